"""Annotation files of ELAN (``.eaf``)."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote

from .atomic import atomic_path
from .errors import FormatError
from .spans import Span

SCHEMA = 'http://www.mpi.nl/tools/elan/EAFv3.0.xsd'


def read_elan(path: str | Path, tiers: Collection[str] = ()) -> list[Span]:
    """Read the annotations of a file, in seconds; their values are the labels.

    Annotations that refer to another one, on a tier below, have its times. Those without a value,
    and those whose times ELAN has not fixed, are no labels. The video is the first one linked, with
    its offset, or else has the name of the file.

    Args:
        path: The file.
        tiers: Names of the tiers wanted; by default all.

    Returns:
        The spans, each with the field ``tier``, and ``participant`` where the tier names one.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If it is no such file, or lacks a tier that is wanted.
    """
    path = Path(path)
    try:
        root = ElementTree.fromstring(path.read_bytes())
    except ElementTree.ParseError as error:
        raise FormatError(path, f'is not an annotation file of ELAN ({error})') from error
    if root.tag != 'ANNOTATION_DOCUMENT':
        raise FormatError(path, 'is not an annotation file of ELAN')
    names = [tier.get('TIER_ID', '') for tier in root.iter('TIER')]
    unknown = set(tiers) - set(names)
    if unknown:
        raise FormatError(path, f'has no tier {min(unknown)} (it has: {", ".join(names)})')
    video, origin = _video(path, root)
    times = {
        name: (start + origin, end + origin) for name, (start, end) in _times(path, root).items()
    }
    tiers = set(tiers or names)
    wanted = [tier for tier in root.iter('TIER') if tier.get('TIER_ID', '') in tiers]
    return [span for tier in wanted for span in _spans(path, tier, video, times)]


def _video(path: Path, root: ElementTree.Element) -> tuple[str, float]:
    """Name of the linked video, and the time in it at which the annotation begins."""
    for media in root.iter('MEDIA_DESCRIPTOR'):
        link = unquote(media.get('RELATIVE_MEDIA_URL') or media.get('MEDIA_URL') or '')
        if link and media.get('MIME_TYPE', 'video/').startswith('video/'):
            origin = media.get('TIME_ORIGIN', '0')
            if not origin.lstrip('-').isdecimal():
                raise FormatError(path, f'has a TIME_ORIGIN that is no number: {origin}')
            return PureWindowsPath(link).stem, int(origin) / 1000  # reads POSIX paths as well
    return path.stem, 0.0


def _times(path: Path, root: ElementTree.Element) -> dict[str, tuple[float, float]]:
    """Start and end of each annotation in seconds."""
    try:
        slots = {
            slot.attrib['TIME_SLOT_ID']: int(slot.attrib['TIME_VALUE']) / 1000
            for slot in root.iter('TIME_SLOT')
            if 'TIME_VALUE' in slot.attrib
        }
        aligned = {
            one.attrib['ANNOTATION_ID']: (
                one.attrib['TIME_SLOT_REF1'],
                one.attrib['TIME_SLOT_REF2'],
            )
            for one in root.iter('ALIGNABLE_ANNOTATION')
        }
        parents = {
            one.attrib['ANNOTATION_ID']: one.attrib['ANNOTATION_REF']
            for one in root.iter('REF_ANNOTATION')
        }
    except (KeyError, ValueError) as error:
        raise FormatError(path, f'has an annotation without its times ({error})') from error
    times = {
        name: (slots[start], slots[end])
        for name, (start, end) in aligned.items()
        if start in slots and end in slots
    }
    for name in parents:
        top, seen = name, set()
        while top in parents and top not in seen:
            seen.add(top)
            top = parents[top]
        if top in times:
            times[name] = times[top]
    return times


def _spans(
    path: Path, tier: ElementTree.Element, video: str, times: dict[str, tuple[float, float]]
) -> list[Span]:
    fields = dict(tier=tier.get('TIER_ID', ''))
    if tier.get('PARTICIPANT'):
        fields['participant'] = tier.get('PARTICIPANT')
    spans = []
    for annotation in tier.findall('ANNOTATION/*'):
        name = annotation.get('ANNOTATION_ID')
        label = (annotation.findtext('ANNOTATION_VALUE') or '').strip()
        if label and name in times:
            where = f'{path}: annotation {name}'
            spans.append(Span(video, *times[name], label, fields=fields, where=where))
    return spans


def write_elan(path: str | Path, spans: Iterable[Span], media: str | Path | None = None) -> None:
    """Write spans of one video, in seconds, as annotations on one tier for each label.

    ELAN allows no overlap on a tier: what overlaps goes to further tiers, ``<label> 2`` and so on.

    Args:
        path: The file.
        spans: Labelled spans.
        media: The video file, for ELAN to open.
    """
    root = ElementTree.Element(
        'ANNOTATION_DOCUMENT',
        {
            'AUTHOR': 'vpd_mm',
            'DATE': datetime.now().astimezone().isoformat(timespec='seconds'),
            'FORMAT': '3.0',
            'VERSION': '3.0',
            'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
            'xsi:noNamespaceSchemaLocation': SCHEMA,
        },
    )
    header = ElementTree.SubElement(root, 'HEADER', MEDIA_FILE='', TIME_UNITS='milliseconds')
    if media is not None:
        url = Path(media).absolute().as_uri()
        ElementTree.SubElement(header, 'MEDIA_DESCRIPTOR', MEDIA_URL=url, MIME_TYPE='video/mp4')
    order = ElementTree.SubElement(root, 'TIME_ORDER')
    for name, own in _tiers(spans).items():
        tier = ElementTree.SubElement(root, 'TIER', TIER_ID=name, LINGUISTIC_TYPE_REF='default-lt')
        for span in own:
            _add_annotation(order, tier, span)
    ElementTree.SubElement(
        root,
        'LINGUISTIC_TYPE',
        LINGUISTIC_TYPE_ID='default-lt',
        TIME_ALIGNABLE='true',
        GRAPHIC_REFERENCES='false',
    )
    ElementTree.indent(root)
    with atomic_path(path) as partial:
        ElementTree.ElementTree(root).write(partial, encoding='utf-8', xml_declaration=True)


def _tiers(spans: Iterable[Span]) -> dict[str, list[Span]]:
    """Put spans, in the order of time, on tiers without overlap."""
    tiers: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        name, number = span.label, 1
        while name in tiers and tiers[name][-1].end > span.start:
            number += 1
            name = f'{span.label} {number}'
        tiers.setdefault(name, []).append(span)
    return dict(sorted(tiers.items()))


def _add_annotation(order: ElementTree.Element, tier: ElementTree.Element, span: Span) -> None:
    slots = []
    for seconds in (span.start, span.end):
        slots.append(f'ts{len(order) + 1}')
        value = str(round(1000 * seconds))
        ElementTree.SubElement(order, 'TIME_SLOT', TIME_SLOT_ID=slots[-1], TIME_VALUE=value)
    annotation = ElementTree.SubElement(
        ElementTree.SubElement(tier, 'ANNOTATION'),
        'ALIGNABLE_ANNOTATION',
        ANNOTATION_ID=f'a{len(order) // 2}',
        TIME_SLOT_REF1=slots[0],
        TIME_SLOT_REF2=slots[1],
    )
    ElementTree.SubElement(annotation, 'ANNOTATION_VALUE').text = span.label
