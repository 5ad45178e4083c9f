"""Clips of 15 sports actions (Penn Action)."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile

from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from vpd_mm.formats import Action, FormatError
from vpd_mm.registry import SPORTS

from .base import Sport, missing_file
from .splits import FEW_SHOT, check_protocol, few_shot_ids, split_by_lists


@SPORTS.register_module()
class PennAction(Sport):
    """15 actions, one in each clip; the whole clip is the window.

    Files: ``labels/<clip>.mat`` of the data set's page, each with ``action``, ``nframes`` and
    ``train`` (1, or -1 for the test set). Few-shot splits are chosen from the training clips, the
    same everywhere, unless there is a ``train_<k>_<trial>.ids.txt``. A video is one clip; its name
    is the action's id.

    Source: Zhang et al., "From Actemes to Action: A Strongly-supervised Representation for
    Detailed Action Understanding", ICCV 2013.

    Args:
        data_root (str | Path): The folder, such as ``data/penn``.
        video_metadata (str | Path, optional): JSON ``{clip: {fps, num_frames, width, height}}``
            to use in place of ``pose/<clip>/meta.json``.
        protocol (str): ``'clean'`` validates on training clips that are held out;
            ``'reference'`` on the test set. Defaults to ``'clean'``.
    """

    classes = (
        'baseball_pitch',
        'baseball_swing',
        'bench_press',
        'bowl',
        'clean_and_jerk',
        'golf_swing',
        'jump_rope',
        'jumping_jacks',
        'pullup',
        'pushup',
        'situp',
        'squat',
        'strum_guitar',
        'tennis_forehand',
        'tennis_serve',
    )

    def __init__(
        self,
        data_root: str | Path,
        video_metadata: str | Path | None = None,
        protocol: str = 'clean',
    ) -> None:
        super().__init__(data_root, video_metadata)
        self.protocol = check_protocol(protocol)

    def read_labels(self) -> Iterator[Action]:
        paths = sorted(self.label_path('').glob('*.mat'))
        if not paths:
            raise missing_file(self.label_path('<clip>.mat'), 'the label of a clip')
        for path in paths:
            yield self._action(path)

    def _action(self, path: Path) -> Action:
        keys = ('action', 'nframes', 'train')
        try:
            content = loadmat(path, variable_names=keys)
            label, length, train = (content[key].item() for key in keys)
        except (KeyError, ValueError, TypeError, EOFError, BadZipFile, MatReadError) as error:
            raise FormatError(path, 'lacks action, nframes or train; download it again') from error
        if label not in self.classes:
            raise FormatError(path, f'{label!r} is none of the {len(self.classes)} actions')
        fields = dict(train=int(train) == 1)
        return Action(path.stem, path.stem, 0, int(length), str(label), fields)

    def split_ids(self, split: str) -> list[str]:
        train = [name for name, action in self.labels.items() if action.fields['train']]
        test = [name for name in self.labels if name not in set(train)]
        clips = {name: name for name in train}  # their recordings are not known
        few = FEW_SHOT.fullmatch(split)
        if few is None or self.label_path(f'{split}.ids.txt').is_file():
            return split_by_lists(self, split, train, test, clips)
        pool = split_by_lists(self, 'train', train, test, clips)
        return few_shot_ids([self.labels[name] for name in pool], int(few[1]), int(few[2]))

    @cached_property
    def test_videos(self) -> set[str]:
        return {a.video for a in self.labels.values() if not a.fields['train']}
