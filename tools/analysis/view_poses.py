"""Draw the people that were found in a video upon it: skeletons, boxes, masks, scores.

Example: python tools/analysis/view_poses.py waltz.mp4 data/fs/pose/waltz --out waltz_poses.mp4

Left limbs are orange, right ones blue. Each person of a frame has a colour, shared by box and mask;
the number is the detection's score. The athlete's box (boxes.json) is white. What a pose directory
lacks is left out. Small videos are enlarged.
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from rich.progress import track

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.formats import probe_video, write_video
from vpd_mm.visualization.video_overlay import overlay_frames, read_detections


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('video', type=Path, help='the video')
    parser.add_argument('poses', type=Path, help='its pose directory, or a .json.gz of poses')
    parser.add_argument('--out', type=Path, required=True, help='video to write, an .mp4')
    args = parser.parse_args()
    if args.out.suffix != '.mp4':
        parser.error('--out must end in .mp4')
    return args


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        meta, found = probe_video(args.video), read_detections(args.poses)
        frames = track(overlay_frames(args.video, found), 'frames', total=meta.num_frames or None)
        write_video(args.out, frames, meta.fps or 25)
    num_frames, last = probe_video(args.out).num_frames, max(found.frames(), default=-1)
    if last >= num_frames:
        sys.exit(f'error: {args.poses}: is about frame {last}, but the video has {num_frames}')


if __name__ == '__main__':
    main()
