"""Convert a student that the paper's authors publish into a checkpoint and a config of ours.

Example:
  python tools/convert/convert_vpd.py published/fs_model work_dirs/vpd_published.pth
  python tools/embed.py work_dirs/vpd_published.py work_dirs/vpd_published.pth \\
      --input data/fs/crops --out data/fs/embeddings/vpd

MODEL_DIR holds config.json, best_epoch.encoder.pt and perhaps best_epoch.decoder.pt. The config is
written beside the checkpoint and has the sizes of these weights.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.apis.published_vpd import convert_vpd
from vpd_mm.apis.published_weights import ConvertedModel, write_converted


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('model_dir', metavar='MODEL_DIR', type=Path, help='published directory')
    parser.add_argument('out', metavar='OUT.pth', type=Path, help='checkpoint to write')
    args = parser.parse_args()
    if args.out.suffix != '.pth':
        parser.error(f'{args.out}: name the checkpoint to write with the suffix .pth')
    return args


def describe(converted: ConvertedModel) -> str:
    """What was found, a line each for the networks and the crops."""
    model = converted.config['model']
    crops = converted.config['test_dataloader']['dataset']['pipeline'][0]
    parts = dict(
        encoder=model['backbone'],
        embedding=model['head'],
        motion=model.get('motion_head', {}),
        crops={key: crops[key] for key in ('size', 'use_flow')},
    )
    return '\n'.join(
        f'{name}: {", ".join(f"{key} {value}" for key, value in found.items()) or "none"}'
        for name, found in parts.items()
    )


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        converted = convert_vpd(args.model_dir)
        config = write_converted(converted, args.out)
    print(describe(converted))
    print(f'{args.out}: written, with its config {config}')
    print(f'python tools/embed.py {config} {args.out} --input CROPS --out EMBEDDINGS')


if __name__ == '__main__':
    main()
