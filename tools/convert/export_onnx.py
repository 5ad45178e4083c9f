"""Write a student's network as an ONNX file, and check it against PyTorch.

Example:
  python tools/convert/export_onnx.py configs/vpd/vpd_r18_motion_fs.py work_dirs/vpd/best.pth \\
      work_dirs/vpd/best.onnx
  python tools/embed.py configs/vpd/vpd_r18_motion_fs.py --onnx work_dirs/vpd/best.onnx \\
      --out data/fs/embeddings/vpd_r18_motion

The input `crops` are normalised crops (B, C, S, S) in any number, the output `embedding` is (B, D).
What the config's data preprocessor does is no part of the file. Needs the extra: vpd_mm[onnx].
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from mmengine.config import Config, DictAction
from mmengine.registry import init_default_scope
from mmengine.runner import load_checkpoint

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.apis.onnx_export import export_onnx
from vpd_mm.registry import MODELS


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('config', metavar='CONFIG', help='config file of a student')
    parser.add_argument('checkpoint', metavar='CHECKPOINT', type=Path, help='checkpoint file')
    parser.add_argument('out', metavar='OUT.onnx', type=Path, help='file to write')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        help='override settings of the config: key=value, with dots for nested keys',
    )
    args = parser.parse_args()
    if args.out.suffix != '.onnx':
        parser.error(f'{args.out}: name the file to write with the suffix .onnx')
    for path in (args.config, args.checkpoint):
        if not Path(path).is_file():
            parser.error(f'{path}: there is no such file')
    return args


def main() -> None:
    args = parse_args()
    cfg = Config.fromfile(args.config)
    cfg.merge_from_dict(args.cfg_options or {})
    init_default_scope(cfg.get('default_scope', 'vpd_mm'))
    if cfg.model.type != 'VPDEmbedder':
        raise SystemExit(f'error: {args.config}: is no config of a student.')
    with user_errors_as_sentences():
        student = MODELS.build(cfg.model)
        load_checkpoint(student, str(args.checkpoint), map_location='cpu', strict=True)
        size = cfg.test_dataloader.dataset.pipeline[0].size
        channels = cfg.model.backbone.get('in_channels', 5)
        difference = export_onnx(student, args.out, channels, size)
    print(f'{args.out}: written; takes crops (B, {channels}, {size}, {size}), float32')
    print(f'largest difference from PyTorch: {difference:.1e} of the largest value')


if __name__ == '__main__':
    main()
