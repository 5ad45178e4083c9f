"""Run the whole road on the embedded data set: `make demo` calls this.

Every step is a command that can be typed by hand; it is printed before it runs. A step that is
done is not run again, and one that was interrupted goes on where it stopped. The data lie in
data/demo, everything else in work_dirs/demo; remove both to start anew.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DATA = Path('data/demo')
WORK = Path('work_dirs/demo')
VIPE = 'configs/demo/vipe_demo.py'
VPD = 'configs/demo/vpd_r18_motion_fs_demo.py'
BIGRU = 'configs/demo/bigru_fs_demo.py'
EMBEDDINGS = [DATA / 'embeddings' / name for name in ('pose2d', 'vipe', 'vpd_r18_motion')]
DIS_FLOW = ['--dim', '64', '--flow', 'dis', '--no-prev']
TRIALS = ['--shots', '4', '8', '--trials', '3', '--workers', '2', '--work-dir', WORK / 'few_shot']


class Step(NamedTuple):
    """One command of the road; its ``name`` also names the file that marks it as done."""

    name: str
    title: str
    command: list[str | Path]


def steps() -> Iterator[Step]:
    """Yield the steps in order; a step may look for what the ones before it wrote."""
    pose2d, vipe, vpd = EMBEDDINGS
    yield Step('data', 'make the data set', ['tools/data/make_demo_data.py', DATA])
    yield Step(
        'vipe',
        'train the teacher on 3D poses',
        ['tools/train.py', VIPE, '--work-dir', WORK / 'vipe', '--resume'],
    )
    yield Step(
        'embed_pose2d',
        'write the raw 2D poses as embeddings, for comparison',
        ['tools/embed.py', 'configs/demo/pose2d_demo.py', '--out', pose2d],
    )
    yield Step(
        'embed_vipe',
        'embed the 2D poses of the videos by the teacher',
        ['tools/embed.py', VIPE, best_checkpoint(WORK / 'vipe'), '--out', vipe],
    )
    yield Step(
        'crops',
        "cut the athlete's crops and compute their optical flow",
        ['tools/data/extract_crops.py', DATA / 'videos', DATA / 'pose', DATA / 'crops', *DIS_FLOW],
    )
    yield Step(
        'vpd',
        'train the student on crops and flow',
        ['tools/train.py', VPD, '--work-dir', WORK / 'vpd', '--resume'],
    )
    yield Step(
        'embed_vpd',
        'embed the crops by the student',
        ['tools/embed.py', VPD, best_checkpoint(WORK / 'vpd'), '--out', vpd],
    )
    yield Step(
        'few_shot',
        'recognise jumps from few examples of each',
        ['tools/few_shot.py', BIGRU, '--embeddings', *EMBEDDINGS, *TRIALS],
    )
    yield Step(
        'loss',
        'draw the loss curves',
        ['tools/analysis/plot_loss.py', WORK / 'vipe', WORK / 'vpd', '--out', WORK / 'loss.png'],
    )
    yield Step(
        'crop_strip',
        'draw crops with their poses and flow',
        ['tools/analysis/plot_crops.py', DATA, '--out', WORK / 'crops.png'],
    )
    yield Step(
        'road',
        'draw the road',
        ['tools/analysis/plot_road.py', DATA, *EMBEDDINGS[1:], '--out', WORK / 'road.png'],
    )


def best_checkpoint(work_dir: Path) -> Path:
    """Path of the best checkpoint that a training run has written."""
    checkpoints = sorted(work_dir.glob('best_*.pth'), key=lambda path: path.stat().st_mtime)
    if not checkpoints:
        sys.exit(f'error: {work_dir}: no best_*.pth here; remove {WORK} and run the demo again.')
    return checkpoints[-1]


def run(step: Step) -> float:
    """Run one step, its output into a log file, and mark it as done; the seconds that it took."""
    command = [str(word) for word in step.command]
    log = WORK / 'logs' / f'{step.name}.log'
    for folder in (log.parent, WORK / 'done'):
        folder.mkdir(parents=True, exist_ok=True)
    print(f'{step.title} (output: {log})\n  $ python {" ".join(command)}', flush=True)
    start = time.perf_counter()
    with log.open('w') as output:
        code = subprocess.run(
            [sys.executable, *command], stdout=output, stderr=subprocess.STDOUT, check=False
        ).returncode
    if code != 0:
        last_lines = '\n'.join(log.read_text().splitlines()[-10:])
        sys.exit(f'{last_lines}\nerror: exit code {code}; run the demo again to go on here.')
    (WORK / 'done' / step.name).touch()
    seconds = time.perf_counter() - start
    print(f'  {seconds:.0f} s', flush=True)
    return seconds


def main() -> None:
    if not DATA.is_dir():
        shutil.rmtree(WORK / 'done', ignore_errors=True)
    total = sum(run(step) for step in steps() if not (WORK / 'done' / step.name).exists())
    print(f'Done; {total:.0f} s in all.\n')
    print((WORK / 'few_shot' / 'few_shot.txt').read_text())
    print('Pictures:', *sorted(WORK.rglob('*.png')), sep='\n  ')


if __name__ == '__main__':
    main()
