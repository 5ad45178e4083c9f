"""Recognise actions from few examples: run all trials, then print one table.

Each trial trains on the split train_<k>_<trial>, chooses its epoch on the validation split, and
is tested once. Finished trials are not run again, so an interrupted command can be repeated.

Example:
    python tools/few_shot.py configs/recognition/bigru_fs.py \\
        --embeddings data/fs/embeddings/vipe data/fs/embeddings/vpd_r34_motion \\
        --shots 4 8 16 full --trials 10 --workers 2
"""

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter

from mmengine.config import DictAction

from vpd_mm.apis.command_line import read_config, user_errors_as_sentences


def shots_argument(text: str) -> int | str:
    """Read a number of examples, or the word for the whole split."""
    if text != 'full' and not (text.isdigit() and int(text) > 0):
        raise ArgumentTypeError(f'{text!r} is neither a number of examples nor "full"')
    return text if text == 'full' else int(text)


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config of the recogniser')
    parser.add_argument(
        '--embeddings', nargs='+', help="folders of embeddings to compare (default: the config's)"
    )
    parser.add_argument(
        '--shots',
        nargs='+',
        type=shots_argument,
        default=[4, 8, 16],
        help='examples of a class; "full" is the whole training split',
    )
    parser.add_argument('--trials', type=int, default=3, help='trials of each number of examples')
    parser.add_argument('--workers', type=int, default=1, help='processes')
    parser.add_argument('--data-root', help="folder of the sport (default: the config's)")
    parser.add_argument('--work-dir', help='folder for the trials and the tables')
    parser.add_argument(
        '--cfg-options', nargs='+', action=DictAction, help='override settings: key=value'
    )
    parser.set_defaults(launcher='none', local_rank=0)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        cfg = read_config(args)
        from vpd_mm.apis.few_shot import make_trials, run_trials, set_data_root
        from vpd_mm.apis.few_shot_report import write_report

        if args.data_root is not None:
            set_data_root(cfg, args.data_root)
        embeddings = args.embeddings or [cfg.train_dataloader.dataset.embedding_dir]
        try:
            trials = make_trials(embeddings, args.shots, args.trials, cfg.work_dir)
        except ValueError as error:
            raise SystemExit(f'error: {error}') from error
        results = run_trials(cfg, trials, args.workers)
        print(write_report(results, cfg.work_dir))
        print(f'The table, figures and predictions are in {cfg.work_dir}.')


if __name__ == '__main__':
    main()
