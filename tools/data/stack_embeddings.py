"""Stack the embeddings of several teachers, for a student that learns from all of them.

Example: python tools/data/stack_embeddings.py data/fs/embeddings/vipe data/fs/embeddings/pose2d \\
    --out data/fs/embeddings/vipe_pose2d

Writes <out>/<video>.emb.pkl for every video of the first folder: the frames that all teachers have,
with the embeddings behind each other and the smallest score.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from functools import partial
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation import exit_with_failures, map_videos
from vpd_mm.datasets.preparation.stacking import stack_embeddings
from vpd_mm.formats import EMBEDDING_SUFFIX, FormatError, read_embeddings, write_embeddings


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('folders', nargs='+', type=Path, help='embeddings by each teacher')
    parser.add_argument('--out', type=Path, required=True, help='folder for the embeddings')
    args = parser.parse_args()
    if len(args.folders) < 2:
        parser.error('name two folders or more')
    return args


def stack_one(video: str, folders: list[Path], out: Path) -> None:
    """Stack one video's embeddings."""
    paths = [folder / f'{video}{EMBEDDING_SUFFIX}' for folder in folders]
    try:
        stacked = stack_embeddings([read_embeddings(path) for path in paths])
    except FormatError:
        raise
    except ValueError as error:
        raise FormatError(paths[0], str(error)) from error
    write_embeddings(
        out / f'{video}{EMBEDDING_SUFFIX}', stacked.frame, stacked.embedding, stacked.meta
    )


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        videos = sorted(
            p.name.removesuffix(EMBEDDING_SUFFIX)
            for p in args.folders[0].glob(f'*{EMBEDDING_SUFFIX}')
        )
        if not videos:
            raise FileNotFoundError(
                f'{args.folders[0]}: there is no {EMBEDDING_SUFFIX} file in this folder.'
            )
    job = partial(stack_one, folders=args.folders, out=args.out)
    exit_with_failures(map_videos(job, videos, description='stack'))


if __name__ == '__main__':
    main()
