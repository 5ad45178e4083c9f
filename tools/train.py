"""Train the model of a config.

Example: python tools/train.py configs/vpd/vpd_r18_motion_fs.py
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter

from mmengine.config import Config
from mmengine.runner import Runner

from vpd_mm.apis.command_line import add_runner_arguments, read_config, user_errors_as_sentences


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        help='resume from this checkpoint; without a path, from the latest one in the work dir',
    )
    parser.add_argument('--amp', action='store_true', help='train with mixed precision')
    parser.add_argument('--no-validate', action='store_true', help='do not validate while training')
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help="scale the learning rate with the batch size, from the config's base batch size",
    )
    parser.add_argument('--seed', type=int, help='random seed, instead of the one in the config')
    parser.add_argument(
        '--diff-rank-seed', action='store_true', help='give every process a seed of its own'
    )
    parser.add_argument(
        '--deterministic', action='store_true', help='use deterministic algorithms only'
    )
    add_runner_arguments(parser)
    return parser.parse_args()


def merge_args(cfg: Config, args: Namespace) -> Config:
    if args.no_validate:
        cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    if args.amp:
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
    if args.resume is not None:
        cfg.resume = True
        cfg.load_from = None if args.resume == 'auto' else args.resume
    if args.auto_scale_lr:
        if 'auto_scale_lr' not in cfg:
            sys.exit(
                f'error: {args.config}: --auto-scale-lr needs '
                '`auto_scale_lr = dict(base_batch_size=…)` in the config.'
            )
        cfg.auto_scale_lr.enable = True
    randomness = cfg.setdefault('randomness', {})
    if args.seed is not None:
        randomness.seed = args.seed
    randomness.diff_rank_seed = args.diff_rank_seed
    randomness.deterministic = args.deterministic
    return cfg


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        Runner.from_cfg(merge_args(read_config(args), args)).train()


if __name__ == '__main__':
    main()
