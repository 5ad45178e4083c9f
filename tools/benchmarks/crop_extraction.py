"""Time crop extraction against decoding alone, and optical flow, on one core.

Example: python tools/benchmarks/crop_extraction.py

Makes a 720p H.264 video of about 2 Mbit/s (PyAV does; or takes --video), with a box and a mask in
every frame, and prints milliseconds of processor time a frame: decoding by OpenCV and by PyAV;
extraction into images, with what share of it goes into which step; extraction into packed crops;
and flow by DIS a 128-pixel crop. Every figure is the best of --repeats runs in turn.
"""

import tempfile
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np

from vpd_mm.datasets.preparation import (
    CropSettings,
    dis_flow,
    extract_crops,
    iter_crops,
    pack_extracted_crops,
)
from vpd_mm.formats import (
    Boxes,
    Masks,
    PackedCropWriter,
    probe_video,
    scan_frames,
    write_boxes,
    write_masks,
)
from vpd_mm.formats.png import encode_png

WIDTH, HEIGHT, BOX = 1280, 720, (150, 300)


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('--video', type=Path, help='a video to decode instead of a made one')
    parser.add_argument('--frames', type=int, default=250, help='frames of the video')
    parser.add_argument('--repeats', type=int, default=3)
    return parser.parse_args()


def texture(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Noise at every scale, as pictures have it, (height, width, 3) uint8."""
    image = np.zeros((height, width, 3), np.float32)
    for size in (2, 4, 8, 16, 32, 64, 128):
        noise = rng.normal(size=(height // size + 2, width // size + 2, 3)).astype(np.float32)
        image += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) * size**0.7
    return cv2.normalize(image, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


def athlete_path(count: int) -> np.ndarray:
    """Upper left corner of the athlete in every frame, (count, 2) int64."""
    t = np.arange(count)
    return np.stack([500 + 300 * np.sin(t / 20), 200 + 100 * np.cos(t / 15)], 1).astype(np.int64)


def make_video(path: Path, count: int) -> None:
    """Write an athlete that moves before a camera that pans, with the camera's noise."""
    rng = np.random.default_rng(0)
    background = texture(rng, HEIGHT, WIDTH + 2 * count)
    athlete = texture(rng, *BOX[::-1])
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('libx264', rate=25, options={'crf': '21'})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, 'yuv420p'
        for t, (x, y) in enumerate(athlete_path(count)):
            image = background[:, 2 * t : 2 * t + WIDTH].astype(np.int16)
            image[y : y + BOX[1], x : x + BOX[0]] = athlete
            image += rng.integers(-8, 9, image.shape, np.int16)
            frame = av.VideoFrame.from_ndarray(np.clip(image, 0, 255).astype(np.uint8), 'rgb24')
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def make_pose(folder: Path, count: int) -> None:
    """Write boxes and masks of the athlete."""
    corners = athlete_path(count)
    boxes = np.concatenate([corners, np.tile(BOX, (count, 1))], axis=1)
    x, y = np.meshgrid(*(np.linspace(-1, 1, side) for side in BOX))
    write_boxes(folder, Boxes(np.arange(count), boxes.astype(float)))
    masks = [x**2 + y**2 < 1] * count
    write_masks(folder, Masks(np.arange(count), np.full(count, 0.9), boxes, masks))


def decode_by_pyav(path: Path) -> None:
    """Decode every frame to BGR, on one thread."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = 'NONE'
        for frame in container.decode(video=0):
            frame.to_ndarray(format='bgr24')


def processor_time(function: Callable[[], object]) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


def main() -> None:
    args = parse_args()
    cv2.setNumThreads(1)
    settings = CropSettings()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video, pose = args.video or folder / 'video.mp4', folder / 'pose'
        if args.video is None:
            make_video(video, args.frames)
        make_pose(pose, args.frames)
        crops = [(crop, previous[0]) for _, crop, previous in iter_crops(video, pose, settings)]
        images = [image for crop, previous in crops for image in (crop.rgb, previous, crop.mask)]
        new = (folder / str(number) for number in range(args.repeats))
        pairs = [(previous, crop.rgb) for crop, previous in crops]
        writer = PackedCropWriter(folder / 'packed')
        work = {
            'decoding, OpenCV': lambda: list(map(len, scan_frames(video, range(args.frames)))),
            'decoding, PyAV': lambda: decode_by_pyav(video),
            'extraction, images': lambda: extract_crops(video, pose, next(new), settings),
            'extraction, packed': lambda: pack_extracted_crops(video, pose, writer, 'v', settings),
            'of which decoding and cutting': lambda: list(iter_crops(video, pose, settings)),
            'of which PNG': lambda: list(map(encode_png, images)),
            'flow by DIS': lambda: [dis_flow(*pair) for pair in pairs],
        }
        rounds = [{k: processor_time(f) for k, f in work.items()} for _ in range(args.repeats)]
        megabits = video.stat().st_size * 8e-6 / args.frames * probe_video(video).fps
    best = {name: min(r[name] for r in rounds) / args.frames * 1e3 for name in work}
    print(f'{args.frames} frames, {megabits:.1f} Mbit/s, milliseconds a frame on one core')
    base = min(best['decoding, OpenCV'], best['decoding, PyAV'])
    for label, value in best.items():
        print(f'{label:30} {value:6.2f}   {value / base:5.2f} × decoding')


if __name__ == '__main__':
    main()
