"""Floor exercise of gymnastics (FX35, the floor part of FineGym's Gym99)."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from vpd_mm.formats import Action, FormatError, read_json
from vpd_mm.registry import SPORTS

from .base import Sport, missing_file
from .label_files import read_label_file, read_lines
from .sampling import Sampling
from .splits import check_protocol, split_by_lists

TRAIN_FILE = 'gym99_train_element_v1.1.txt'
TEST_FILE = 'gym99_val_element.txt'
CATEGORY_FILE = 'gym99_categories.txt'
ANNOTATION_FILE = 'finegym_annotation_info_v1.1.json'
_CATEGORY = re.compile(r'Clabel:\s*(\d+);.*?\((\w+)\)\s*(.+)')


@SPORTS.register_module()
class FineGymFloor(Sport):
    """35 elements of the floor exercise.

    Files, as the page of FineGym gives them, in ``labels/``: ``gym99_categories.txt``,
    ``gym99_train_element_v1.1.txt``, ``gym99_val_element.txt`` (the test set) and
    ``finegym_annotation_info_v1.1.json``; and ``train_<k>_<trial>.ids.txt``.

    A video is an event, ``<id>_E_<start>_<end>``; an action is ``<event>_A_<start>_<end>``. Other
    apparatus than the floor, and events that have no metadata, are left out. In the published
    split most recordings with test actions have training actions too.

    Source: Shao et al., "FineGym: A Hierarchical Video Dataset for Fine-grained Action
    Understanding", CVPR 2020; as used by Hong et al., ICCV 2021.

    Args:
        data_root (str | Path): The folder, such as ``data/fx``.
        video_metadata (str | Path, optional): JSON ``{event: {fps, num_frames, width, height}}``
            to use in place of ``pose/<event>/meta.json``.
        protocol (str): ``'clean'`` validates on training recordings that are held out;
            ``'reference'`` on the test set, as published. Defaults to ``'clean'``.
        pre_seconds (float): Time before an action that belongs to its window.
        min_seconds (float, optional): Shorter actions are lengthened at their end.
        max_seconds (float, optional): Longer actions are cut at their end.
        target_fps (float, optional): Frames a second that are kept; None keeps all.
        average_skipped (bool): Whether a frame is averaged with those skipped before it.
    """

    def __init__(
        self,
        data_root: str | Path,
        video_metadata: str | Path | None = None,
        protocol: str = 'clean',
        pre_seconds: float = 0.25,
        min_seconds: float | None = None,
        max_seconds: float | None = None,
        target_fps: float | None = 25,
        average_skipped: bool = False,
    ) -> None:
        super().__init__(data_root, video_metadata)
        self.protocol = check_protocol(protocol)
        self.pre_seconds = pre_seconds
        self.min_seconds = min_seconds or 0.0
        self.max_seconds = max_seconds or math.inf
        self.sampling = Sampling(False, target_fps, average_skipped=average_skipped)

    @cached_property
    def _categories(self) -> dict[int, str]:
        """Names of the floor's classes by their number in Gym99."""
        path = self.label_path(CATEGORY_FILE)
        found = {}
        for line in read_lines(path, 'the list of classes'):
            match = _CATEGORY.fullmatch(line)
            if match is None:
                raise FormatError(path, f'"{line}" is not "Clabel: n; …; (FX) name"; mend it')
            if match[2] == 'FX':
                found[int(match[1])] = match[3]
        if not found:
            raise FormatError(path, 'has no class of the floor exercise, marked (FX)')
        return dict(sorted(found.items()))

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self._categories.values())

    @cached_property
    def _elements(self) -> dict[str, dict[str, str]]:
        files = dict(train=TRAIN_FILE, test=TEST_FILE)
        return {split: read_label_file(self.label_path(file)) for split, file in files.items()}

    def read_labels(self) -> Iterator[Action]:
        labels = {**self._elements['train'], **self._elements['test']}
        names = {str(number): name for number, name in self._categories.items()}
        floor = {name for name, number in labels.items() if number in names}
        without = {name for name in floor if event_of(name) not in self.known_videos}
        self.leave_out(labels.keys() - floor, None)
        self.leave_out(without, 'their event has no metadata')
        for name in floor - without:
            event = event_of(name)
            fps = self.video_meta(event).fps
            start, end = self._seconds(name)
            first, last = math.floor(start * fps), math.ceil(end * fps)
            fields = dict(seconds=(start, end))
            yield Action(name, event, first, last + 1, names[labels[name]], fields)

    @cached_property
    def _annotations(self) -> dict:
        path = self.label_path(ANNOTATION_FILE)
        if not path.is_file():
            raise missing_file(path, 'the annotation of FineGym')
        return read_json(path)

    def _seconds(self, name: str) -> tuple[float, float]:
        video, _, rest = name.partition('_E_')
        event, _, action = rest.partition('_A_')
        try:
            segment = self._annotations[video][f'E_{event}']['segments'][f'A_{action}']
            start, end = segment['timestamps'][0][0], segment['timestamps'][-1][1]
            return float(start), float(end)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            path = self.label_path(ANNOTATION_FILE)
            raise FormatError(path, f'lacks the times of {name}; take another version') from error

    def window(self, action: Action) -> Action:
        """Give the frames of the action, its length bounded, and of a moment before it."""
        fps = self.video_meta(action.video).fps
        start, end = action.fields['seconds']
        end = start + min(max(end - start, self.min_seconds), self.max_seconds)
        first = math.floor(max(0.0, start - self.pre_seconds) * fps)
        return replace(action, start=first, end=math.ceil(end * fps) + 1)

    def split_ids(self, split: str) -> list[str]:
        train, test = self._elements['train'], self._elements['test']
        recordings = {name: name.partition('_E_')[0] for name in train}
        return split_by_lists(self, split, train, test, recordings)

    @cached_property
    def test_videos(self) -> set[str]:
        test = self._elements['test']
        return {action.video for action in self.labels.values() if action.id in test}


def event_of(name: str) -> str:
    """Name of the event that an action belongs to."""
    return name.partition('_A_')[0]
