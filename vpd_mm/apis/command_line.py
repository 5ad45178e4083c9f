"""What the commands under ``tools/`` share."""

import os
import os.path as osp
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from traceback import walk_tb

from mmengine.config import Config, DictAction

from vpd_mm.compat import use_gloo_without_gpu


@contextmanager
def user_errors_as_sentences() -> Iterator[None]:
    """End the program with one sentence, not a traceback, for errors that the user can mend.

    These are files that cannot be read or written, missing optional packages, and every
    ``ValueError`` that this package raises itself, which files of a wrong format are among. Any
    other exception is a defect and keeps its traceback.
    """
    try:
        yield
    except (OSError, ImportError, ValueError) as error:
        cause = error
        while type(cause.__context__) is type(error):  # registries raise again with a prefix
            cause = cause.__context__
        if isinstance(cause, ValueError) and not raised_by_this_package(cause):
            raise
        sys.exit(f'error: {cause}')


def raised_by_this_package(error: BaseException) -> bool:
    """Whether the innermost call that `error` comes from is one of ``vpd_mm``."""
    *_, (frame, _) = walk_tb(error.__traceback__)
    return frame.f_globals.get('__name__', '').partition('.')[0] == 'vpd_mm'


def add_runner_arguments(parser: ArgumentParser) -> None:
    """Add the options that every command that runs a config has, named as OpenMMLab names them."""
    parser.add_argument('--work-dir', help='the folder for logs and results')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        help='override settings of the config: key=value, key="[a,b]", with dots for nested keys',
    )
    parser.add_argument(
        '--launcher',
        choices=['none', 'pytorch', 'slurm', 'mpi'],
        default='none',
        help='job launcher',
    )
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)


def number_or_full(things: str) -> Callable[[str], int | str]:
    """Type of an argument that is a number of things, or the word ``full`` for all of them."""

    def read(text: str) -> int | str:
        if text != 'full' and not (text.isdigit() and int(text) > 0):
            raise ArgumentTypeError(f'{text!r} is neither a number of {things} nor "full"')
        return text if text == 'full' else int(text)

    return read


def read_config(args: Namespace) -> Config:
    """Read the config named on the command line and merge the options of `add_runner_arguments`.

    Raises:
        FileNotFoundError: There is no such config.
    """
    import_module('vpd_mm.registry')  # an unfit MMCV is told before anything else is read
    if not osp.isfile(args.config):
        raise FileNotFoundError(f'{args.config}: there is no such config file.')
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    cfg = Config.fromfile(args.config)
    cfg.launcher = args.launcher
    if args.cfg_options is not None:
        cfg.merge_from_dict(args.cfg_options)
    if args.work_dir is not None:
        cfg.work_dir = args.work_dir
    elif cfg.get('work_dir') is None:
        cfg.work_dir = osp.join('./work_dirs', osp.splitext(osp.basename(args.config))[0])
    use_gloo_without_gpu(cfg)
    return cfg
