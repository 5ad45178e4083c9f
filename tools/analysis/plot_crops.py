"""Draw one action of every class as a strip of crops with their poses, above their optical flow.

Example: python tools/analysis/plot_crops.py data/fs --out crops.png
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

import cv2
import numpy as np

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.sports import Sport, open_sport
from vpd_mm.formats import atomic_path
from vpd_mm.visualization.captions import draw_caption
from vpd_mm.visualization.crop_strip import crop_strip


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('data_root', type=Path, help='folder of the sport, such as data/fs')
    parser.add_argument('--split', default='test', help='split to take the actions from')
    parser.add_argument('--columns', type=int, default=12, help='frames of each action')
    parser.add_argument('--out', type=Path, required=True, help='picture to write')
    return parser.parse_args()


def labelled_strips(sport: Sport, split: str, columns: int) -> list[np.ndarray]:
    """Strips of the first action of each class, the class's name written upon each."""
    first = {}
    for action in sport.actions(split):
        first.setdefault(action.label, action)
    strips = []
    for label, action in sorted(first.items()):
        strip = crop_strip(
            sport.crop_dir(action.video),
            sport.pose_dir(action.video),
            action.start,
            action.end,
            columns,
        )
        draw_caption(strip, label, (0, 0))
        strips.append(strip)
    return strips


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        strips = labelled_strips(open_sport(args.data_root), args.split, args.columns)
        width = max(strip.shape[1] for strip in strips)
        strips = [np.pad(s, ((0, 4), (0, width - s.shape[1]), (0, 0))) for s in strips]
        args.out.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(args.out) as temporary:
            picture = cv2.imencode(args.out.suffix, np.concatenate(strips)[..., ::-1])[1]
            Path(temporary).write_bytes(picture.tobytes())


if __name__ == '__main__':
    main()
