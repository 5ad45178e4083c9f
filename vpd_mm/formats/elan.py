"""Annotation files of ELAN (``.eaf``)."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Collection
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote

from .errors import FormatError
from .spans import Span


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
