"""Detect actions from few labelled videos: run all trials, then print one table.

Each trial takes the first n videos of labels/train.localize.<trial>.txt (a sport without these
lists: n of its training videos, drawn by the trial), trains an ensemble on folds of them, each
stopped by the videos held out, and tests it once. Finished trials and folds are not run again, so
an interrupted command can be repeated.

Example:
    python tools/detect_few_shot.py configs/detection/bigru_fs.py \\
        --embeddings data/fs/embeddings/vipe data/fs/embeddings/vpd_r34_motion \\
        --videos 1 2 4 full --trials 5 --folds 5 --workers 2
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter

from mmengine.config import DictAction

from vpd_mm.apis.command_line import number_or_full, read_config, user_errors_as_sentences


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config of the detector')
    parser.add_argument(
        '--embeddings', nargs='+', help="folders of embeddings to compare (default: the config's)"
    )
    parser.add_argument(
        '--videos',
        nargs='+',
        type=number_or_full('videos'),
        default=['full'],
        help='labelled videos; "full" is all that are no test videos',
    )
    parser.add_argument('--trials', type=int, default=1, help='trials of each number of videos')
    parser.add_argument('--folds', type=int, default=5, help='models of an ensemble, at most')
    parser.add_argument('--workers', type=int, default=1, help='processes')
    parser.add_argument('--amp', action='store_true', help='train with mixed precision')
    parser.add_argument('--data-root', help="folder of the sport (default: the config's)")
    parser.add_argument('--work-dir', help='folder for the trials and the tables')
    parser.add_argument(
        '--cfg-options', nargs='+', action=DictAction, help='override settings: key=value'
    )
    parser.set_defaults(launcher='none', local_rank=0)
    args = parser.parse_args()
    if min(args.trials, args.workers) < 1 or args.folds < 2:
        parser.error('--trials and --workers must be positive, --folds at least 2')
    return args


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        cfg = read_config(args)
        from vpd_mm.apis.detection_few_shot import make_detection_trials, run_detection_trials
        from vpd_mm.apis.detection_report import write_detection_report
        from vpd_mm.apis.few_shot_config import set_data_root

        if args.data_root is not None:
            set_data_root(cfg, args.data_root)
        if args.amp:
            cfg.optim_wrapper.update(type='AmpOptimWrapper', dtype='bfloat16')
        embeddings = args.embeddings or [cfg.train_dataloader.dataset.embedding_dir]
        trials = make_detection_trials(
            embeddings, args.videos, args.trials, args.folds, cfg.work_dir
        )
        results = run_detection_trials(cfg, trials, args.workers)
        print(write_detection_report(cfg, trials, results, cfg.work_dir))
        print(f'The table, figures and frame scores are in {cfg.work_dir}.')


if __name__ == '__main__':
    main()
