"""What the commands share that turn annotations into ``actions.json``."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path

from vpd_mm.formats import (
    Actions,
    FormatError,
    VideoMeta,
    probe_video,
    read_video_metadata,
    write_actions,
)
from vpd_mm.formats.spans import VIDEO_SUFFIX, Span, spans_to_actions


def add_output_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of what is written."""
    parser.add_argument('out', type=Path, help='actions.json to write')
    parser.add_argument('--force', action='store_true', help='replace the file if it is there')


def add_video_arguments(parser: ArgumentParser) -> None:
    """Add the two ways to know frame rates and lengths."""
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument('--videos', type=Path, help='folder of the video files')
    group.add_argument(
        '--metadata',
        type=Path,
        help='JSON {video: {fps, num_frames, width, height}}, where the videos are missing',
    )


def read_all(
    paths: Iterable[Path], read: Callable[[Path], tuple[list[Span], dict[str, str]]]
) -> tuple[list[Span], dict[str, str]]:
    """Read annotation files; a bad one does not stop the rest.

    Args:
        paths: The files.
        read: Gives the spans of a file, and by place what is wrong there.

    Returns:
        All spans, and by place what is wrong.
    """
    spans: list[Span] = []
    problems: dict[str, str] = {}
    for path in paths:
        try:
            found, wrong = read(path)
        except FormatError as error:
            place, _, problem = str(error).partition(': ')
            problems[place] = problem
        except OSError as error:
            problems[str(path)] = error.strerror or str(error)
        else:
            spans += found
            problems |= wrong
    return spans, problems


def find_videos(
    names: Iterable[str], folder: Path | None, metadata: Path | None
) -> tuple[dict[str, VideoMeta], dict[str, str]]:
    """Facts of videos, from a metadata file or from the files themselves.

    Args:
        names: The videos.
        folder: Folder of video files.
        metadata: File of facts to use instead.

    Returns:
        The facts by video, and by video why there are none.

    Raises:
        FileNotFoundError: If there is no such folder or file.
    """
    if metadata is not None:
        return read_video_metadata(metadata), {}
    if not folder.is_dir():
        raise FileNotFoundError(f'{folder}: there is no such folder of videos.')
    files = {p.stem: p for p in sorted(folder.iterdir()) if VIDEO_SUFFIX.search(p.name)}
    videos, problems = {}, {}
    for name in sorted(set(names) & files.keys()):
        try:
            videos[name] = probe_video(files[name])
            if not videos[name].num_frames or not videos[name].fps:
                raise FormatError(files[name], 'does not say its frame rate and length')
        except FormatError as error:
            videos.pop(name, None)
            problems[name] = str(error)
    return videos, problems


def write_conversion(
    out: Path,
    spans: list[Span],
    videos: dict[str, VideoMeta],
    problems: dict[str, str],
    radius: float,
    force: bool,
) -> None:
    """Write ``actions.json`` and report; where something was wrong, list it and exit with 1.

    Args:
        out: The file.
        spans: What was annotated.
        videos: Facts of the videos.
        problems: What went wrong so far.
        radius: Seconds before and after an event that belong to it.
        force: Whether a file that is there is replaced.

    Raises:
        FileExistsError: If the file is there.
    """
    if out.exists() and not force:
        raise FileExistsError(f'{out}: is there already; replace it with --force, or name another.')
    actions, wrong = spans_to_actions(spans, videos, radius)
    problems = problems | wrong
    if actions.actions:
        write_actions(out, actions)
        print(summarize(out, actions))
    else:
        print(f'{out}: not written, as no action was found.')
    if problems or not actions.actions:
        lines = [f'error: {place}: {problem}' for place, problem in problems.items()]
        sys.exit('\n'.join([*lines, f'{len(problems)} could not be converted.']))


def summarize(out: Path, actions: Actions) -> str:
    """One line about what was written."""
    text = (
        f'{out}: {len(actions.actions)} actions of {len(actions.classes)} classes in '
        f'{len(actions.videos)} videos'
    )
    splits = ', '.join(f'{name} {len(ids)}' for name, ids in actions.splits.items())
    return f'{text}; splits: {splits or "none, make them with tools/data/make_splits.py"}.'
