"""Recognise actions from few examples: run all trials, then print one table.

Each trial trains on the split train_<k>_<trial>, chooses its epoch on the validation split, and
is tested once. Finished trials are not run again unless the config, their labels or the embeddings
have changed, so an interrupted command can be repeated. Several configs, also of nearest
neighbours, which need no training, run on the same splits and stand side by side in the table.

Example:
    python tools/few_shot.py configs/recognition/bigru_fs.py \\
        --embeddings data/fs/embeddings/vipe data/fs/embeddings/vpd_r34_motion \\
        --shots 4 8 16 full --trials 10 --workers 2
    python tools/few_shot.py configs/recognition/bigru_fs.py configs/recognition/dtw_fs.py \\
        --shots 4 8 --work-dir work_dirs/few_shot_fs
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from mmengine.config import DictAction

from vpd_mm.apis.command_line import number_or_full, read_config, user_errors_as_sentences


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('configs', nargs='+', metavar='config', help='config of a recogniser')
    parser.add_argument(
        '--embeddings', nargs='+', help="folders of embeddings to compare (default: the config's)"
    )
    parser.add_argument(
        '--shots',
        nargs='+',
        type=number_or_full('examples'),
        default=[4, 8, 16],
        help='examples of a class; "full" is the whole training split',
    )
    parser.add_argument('--trials', type=int, default=3, help='trials of each number of examples')
    parser.add_argument(
        '--workers', type=int, default=1, help='processes; they take GPUs in turn, if there are any'
    )
    parser.add_argument('--data-root', help="folder of the sport (default: the config's)")
    parser.add_argument('--work-dir', help='folder for the trials and the tables')
    parser.add_argument(
        '--cfg-options', nargs='+', action=DictAction, help='override settings: key=value'
    )
    parser.set_defaults(launcher='none', local_rank=0)
    args = parser.parse_args()
    if len({Path(name).stem for name in args.configs}) < len(args.configs):
        parser.error('the configs must have different names, which stand in the table')
    if len(args.configs) > 1 and args.work_dir is None:
        parser.error('several configs need --work-dir')
    return args


def run_config(args: Namespace, name: str) -> tuple[list[dict], str]:
    """Run the trials of one config; give their results, and the folder of the tables."""
    from vpd_mm.apis.few_shot import make_trials, run_trials
    from vpd_mm.apis.few_shot_config import set_data_root, training_data

    cfg = read_config(Namespace(**vars(args), config=name))
    if args.data_root is not None:
        set_data_root(cfg, args.data_root)
    embeddings = args.embeddings or [training_data(cfg).embedding_dir]
    recognizer = Path(name).stem if len(args.configs) > 1 else ''
    try:
        trials = make_trials(embeddings, args.shots, args.trials, cfg.work_dir, recognizer)
    except ValueError as error:
        raise SystemExit(f'error: {error}') from error
    return run_trials(cfg, trials, args.workers), cfg.work_dir


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        results = []
        for name in args.configs:
            found, work_dir = run_config(args, name)
            results += found
        from vpd_mm.apis.few_shot_report import write_report

        print(write_report(results, work_dir))
        print(f'The table, figures and predictions are in {work_dir}.')


if __name__ == '__main__':
    main()
