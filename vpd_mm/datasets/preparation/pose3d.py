"""Converting 3D poses to the published layout."""

import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from vpd_mm.formats import FormatError, Sequence3D
from vpd_mm.skeletons import Skeleton, encode_joints, encode_raw

from .bvh import import_bvhio
from .jobs import map_videos
from .mocap import MOCAP_SUFFIXES, read_mocap, split_mocap
from .pose3d_sets import POSE3D_SETS

PERSON = r'^([^_/]+)'
"""By default the person is what comes first in a sequence's name."""


@dataclass
class Pose3DConverter:
    """Converts recordings, and goes on past bad ones.

    Args:
        skeleton: Joint set that the recordings have.
        person: Regular expression whose first group, in the name of a sequence of motion capture,
            is the person; what is left of the name is the action.
        exclude: Regular expression for names of such sequences to leave out.
        up: Axis that points up in files of motion capture that do not say.

    Attributes:
        sequences: What is converted, by (person, action).
        problems: What went wrong, by recording: one sentence that names the file.

    Example:
        >>> converter = Pose3DConverter(SKELETONS['bandai27'], person=r'_([^_]+)_[0-9]+$')
        >>> converter.convert('bandai/')
        >>> write_poses3d('data/pose3d/bandai', converter.sequences)
    """

    skeleton: Skeleton
    person: str = PERSON
    exclude: str | None = None
    up: str = 'y'
    sequences: dict[tuple, Sequence3D] = field(default_factory=dict, init=False)
    problems: dict[str, str] = field(default_factory=dict, init=False)

    def convert(self, source: str | Path) -> None:
        """Convert a file of motion capture, or a folder.

        Args:
            source: Folder of the set that the skeleton is named after, as it is given out (see
                :data:`~.pose3d_sets.POSE3D_SETS`); or one with ``.npz`` and ``.bvh`` files at any
                depth; or one such file (see :func:`~.mocap.read_mocap`).

        Raises:
            FileNotFoundError: There is no such file or folder.
            FormatError: The folder has nothing to convert.
            ImportError: The library that reads its files is not installed.
        """
        source = Path(source)
        if not source.exists():
            raise FileNotFoundError(f'{source}: there is no such file or folder')
        jobs = self._published_jobs(source) or self._mocap_jobs(source)
        if not jobs:
            raise FormatError(source, f'has no {self._expected()}')
        if any(name.endswith('.bvh') for name in jobs):
            import_bvhio()
        problems = map_videos(lambda name: jobs[name](), jobs, description='recordings')
        self.problems.update(problems)

    def _published_jobs(self, source: Path) -> dict[str, partial]:
        published = POSE3D_SETS.get(self.skeleton.name)
        if published is None or source.is_file():
            return {}
        found = published.find(source)
        return {
            '/'.join(key): partial(self._convert_published, key, path)
            for key, path in found.items()
        }

    def _mocap_jobs(self, source: Path) -> dict[str, partial]:
        if source.is_file():
            return {source.name: partial(self._convert_mocap, source.stem, source)}
        files = (path.relative_to(source) for path in sorted(source.rglob('*.*')))
        return {
            path.as_posix(): partial(
                self._convert_mocap, path.with_suffix('').as_posix(), source / path
            )
            for path in files
            if path.suffix in MOCAP_SUFFIXES and '/.' not in f'/{path.as_posix()}'
        }

    def _expected(self) -> str:
        published = POSE3D_SETS.get(self.skeleton.name)
        return f'{published.layout}, *.npz or *.bvh' if published else '*.npz or *.bvh'

    def _convert_published(self, key: tuple, path: Path) -> None:
        raw = POSE3D_SETS[self.skeleton.name].read(path)
        _check_frames(path, raw, range(raw.shape[1]))
        self.sequences[key] = encode_raw(raw, self.skeleton.name)

    def _convert_mocap(self, name: str, path: Path) -> None:
        mocap = read_mocap(path, name, self.up)
        problems = []
        for sequence, joints in split_mocap(path, mocap, self.skeleton):
            if self.exclude and re.search(self.exclude, sequence):
                continue
            try:
                self._add(path, sequence, joints)
            except FormatError as error:
                problems.append(f'sequence {sequence} {error.problem}')
        if problems:
            raise FormatError(path, '. '.join(problems))

    def _add(self, path: Path, name: str, joints: np.ndarray) -> None:
        key = _key(path, name, self.person)
        if key in self.sequences:
            raise FormatError(
                path, f'is {"/".join(key)} as another sequence is; choose another `person`'
            )
        _check_frames(path, joints, self.skeleton.joints)
        self.sequences[key] = encode_joints(joints, self.skeleton)


def _check_frames(path: Path, joints: np.ndarray, names) -> None:
    if not len(joints):
        raise FormatError(path, 'has no frames; leave it out')
    bad = np.argwhere(~np.isfinite(joints).all(-1))
    if len(bad):
        frame, joint = bad[0]
        raise FormatError(
            path,
            f'has no number for joint {names[joint]} in frame {frame}; mend it or leave it out',
        )


def _key(path: Path, name: str, person: str) -> tuple[str, str]:
    match = re.search(person, name)
    if match is None or not match.re.groups or not match.group(1):
        raise FormatError(path, f'has no person by {person!r} in its name; choose another `person`')
    start, end = match.span(1)
    action = f'{name[:start].rstrip("_/")}_{name[end:].lstrip("_/")}'.strip('_')
    return match.group(1), action.replace('/', '_') or 'action'
