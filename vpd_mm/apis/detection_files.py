"""Detections as files for other programs."""

import csv
from collections.abc import Iterable
from pathlib import Path

from vpd_mm.formats import atomic_path, write_json
from vpd_mm.formats.elan import write_elan
from vpd_mm.formats.spans import Span

from .detection import VideoDetections

COLUMNS = ('video', 'start', 'end', 'start_seconds', 'end_seconds', 'label', 'score')


def write_detections(found: Iterable[VideoDetections], folder: str | Path) -> list[dict]:
    """Write ``detections.json``, ``detections.csv`` and, of each video, subtitles and annotations.

    Video players show the subtitles, ``<video>.vtt``; ELAN opens ``<video>.eaf`` to correct them.

    Frames count from 0 and `end` is the frame after the last; seconds are those of the two.

    Returns:
        list[dict]: One dict for each detection, as in the files.
    """
    folder, rows = Path(folder), []
    for video in found:
        own = video.to_list()
        rows += own
        with atomic_path(folder / f'{video.video}.vtt') as path:
            path.write_text(webvtt(own), encoding='utf-8')
        spans = [
            Span(video.video, row['start_seconds'], row['end_seconds'], str(row['label']))
            for row in own
        ]
        write_elan(folder / f'{video.video}.eaf', spans, video.path)
    write_json(folder / 'detections.json', rows, indent=True)
    with (
        atomic_path(folder / 'detections.csv') as path,
        open(path, 'w', newline='', encoding='utf-8') as file,
    ):
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return rows


def webvtt(rows: list[dict]) -> str:
    """Give detections as WebVTT subtitles, which video players show.

    Example:
        >>> print(webvtt([dict(start_seconds=1, end_seconds=2.5, label='axel', score=0.9)]))
        WEBVTT
        <BLANKLINE>
        00:00:01.000 --> 00:00:02.500
        axel (0.90)
        <BLANKLINE>
    """
    cues = [
        f'{_clock(row["start_seconds"])} --> {_clock(row["end_seconds"])}\n'
        f'{_text(row["label"])} ({row["score"]:.2f})\n'
        for row in rows
    ]
    return '\n'.join(['WEBVTT\n', *cues])


def _clock(seconds: float) -> str:
    milliseconds = round(1000 * seconds)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f'{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}'


def _text(label: str) -> str:
    """Escape a label: the arrow and tags have a meaning of their own there."""
    return str(label).replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')
