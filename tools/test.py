"""Test a checkpoint with the test settings of its config.

Example: python tools/test.py configs/recognition/bigru_fs.py work_dirs/bigru_fs/best_acc_top1.pth
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter

from mmengine.config import Config
from mmengine.runner import Runner

from vpd_mm.apis.command_line import add_runner_arguments, read_config, user_errors_as_sentences


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument(
        'checkpoint', nargs='?', help='checkpoint file; none for a model that is not trained'
    )
    parser.add_argument('--dump', help='write all predictions to this .pkl file')
    add_runner_arguments(parser)
    args = parser.parse_args()
    if args.dump is not None and not args.dump.endswith(('.pkl', '.pickle')):
        parser.error('--dump takes the name of a .pkl file')
    return args


def merge_args(cfg: Config, args: Namespace) -> Config:
    cfg.load_from = args.checkpoint
    if args.dump is not None:
        evaluators = cfg.test_evaluator
        evaluators = evaluators if isinstance(evaluators, list) else [evaluators]
        cfg.test_evaluator = [*evaluators, dict(type='DumpResults', out_file_path=args.dump)]
    return cfg


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        Runner.from_cfg(merge_args(read_config(args), args)).test()


if __name__ == '__main__':
    main()
