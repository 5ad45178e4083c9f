"""Dives from the springboard and the platform (Diving48)."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from vpd_mm.formats import Action, FormatError, read_json
from vpd_mm.registry import SPORTS

from .base import Sport, missing_file
from .label_files import read_lines
from .sampling import Sampling
from .splits import check_protocol, split_by_lists

FILES = {
    'v2': dict(train='Diving48_V2_train.json', test='Diving48_V2_test.json'),
    'v1': dict(train='Diving48_train.json', test='Diving48_test.json'),
}
CLASS_FILE = 'diving48_label_map.txt'


@SPORTS.register_module()
class Diving48(Sport):
    """48 dives, told apart by take-off, somersaults, twists and position.

    Files in ``labels/``: ``diving48_label_map.txt`` (names of the classes, one a line),
    ``Diving48_V2_train.json`` and ``Diving48_V2_test.json`` of the data set's page (V1 has no
    ``_V2`` in its names), lists of ``{"vid_name", "start_frame", "end_frame", "label"}``; and
    ``train_<k>_<trial>.ids.txt``. A video is one dive; its name is the action's id.

    Source: Li et al., "RESOUND: Towards Action Recognition without Representation Bias", ECCV
    2018; as used by Hong et al., ICCV 2021.

    Args:
        data_root (str | Path): The folder, such as ``data/diving48``.
        video_metadata (str | Path, optional): JSON ``{video: {fps, num_frames, width, height}}``
            to use in place of ``pose/<video>/meta.json``.
        protocol (str): ``'clean'`` validates on training recordings that are held out;
            ``'reference'`` on the test set, as published. Defaults to ``'clean'``.
        version (str): ``'v2'``, with the corrected labels, or ``'v1'``. Defaults to ``'v2'``.
        target_fps (float, optional): Frames a second that are kept; None keeps all.
    """

    def __init__(
        self,
        data_root: str | Path,
        video_metadata: str | Path | None = None,
        protocol: str = 'clean',
        version: str = 'v2',
        target_fps: float | None = 25,
    ) -> None:
        super().__init__(data_root, video_metadata)
        if version not in FILES:
            raise ValueError(f"version is {version!r}; choose 'v2' or 'v1'")
        self.protocol = check_protocol(protocol)
        self.version = version
        self.sampling = Sampling(False, target_fps, credit=0.0, surplus=0.01)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        return tuple(read_lines(self.label_path(CLASS_FILE), 'the list of classes'))

    @cached_property
    def _published(self) -> dict[str, dict[str, Action]]:
        return {split: self._read(file) for split, file in FILES[self.version].items()}

    def _read(self, file: str) -> dict[str, Action]:
        path = self.label_path(file)
        if not path.is_file():
            raise missing_file(path, 'the list of labelled dives')
        rows = read_json(path)
        if not isinstance(rows, list):
            raise FormatError(path, 'is not a list of dives; take it from the page of Diving48')
        actions = [self._action(path, row) for row in rows]
        return {action.id: action for action in actions}

    def _action(self, path: Path, row) -> Action:
        try:
            name, number = row['vid_name'], row['label']
            start, end = int(row['start_frame']), int(row['end_frame'])
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(
                path, f'has a dive without vid_name, label, start_frame or end_frame: {row}'
            ) from error
        if not isinstance(number, int) or not 0 <= number < len(self.classes):
            raise FormatError(
                path, f'{name}: label {number} is none of 0 to {len(self.classes) - 1}'
            )
        if not 0 <= start < end:
            raise FormatError(path, f'{name}: frames {start} to {end} are no interval')
        return Action(name, name, start, end, self.classes[number])

    def read_labels(self) -> Iterator[Action]:
        yield from {**self._published['train'], **self._published['test']}.values()

    def split_ids(self, split: str) -> list[str]:
        train, test = self._published['train'], self._published['test']
        recordings = {name: name.rpartition('_')[0] for name in train}
        return split_by_lists(self, split, train, test, recordings)

    @cached_property
    def test_videos(self) -> set[str]:
        return set(self._published['test'])
