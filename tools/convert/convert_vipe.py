"""Convert the teacher that the paper's authors publish into a checkpoint and a config of ours.

Example:
  python tools/convert/convert_vipe.py published/vipe_model work_dirs/vipe_published.pth
  python tools/embed.py work_dirs/vipe_published.py work_dirs/vipe_published.pth \\
      --input data/fs/pose --out data/fs/embeddings/vipe

MODEL_DIR holds config.json, best_epoch.encoder.pt and perhaps best_epoch.decoder-3d.pt. The config
is written beside the checkpoint and has the sizes of these weights.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.apis.published_vipe import POSE_SIZES, convert_vipe, dataset_names
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
    """What was found, a line each for encoder, decoder and data sets."""
    model = converted.config['model']
    rows = [('encoder', model['backbone']), ('decoder', model.get('head', {}))]
    lines = [
        f'{name}: {", ".join(f"{key} {value}" for key, value in found.items()) or "none"}'
        for name, found in rows
    ]
    lines.append(f'pose: {POSE_SIZES[model["backbone"]["in_channels"]]}')
    lines.append(f'trained on: {", ".join(dataset_names(converted.settings)) or "unknown"}')
    if 'human36m' in model.get('head', {}).get('num_bones', ()):
        lines.append('human36m: its root directions are in joint order, see pose3d_features')
    return '\n'.join(lines)


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        converted = convert_vipe(args.model_dir)
        config = write_converted(converted, args.out)
    print(describe(converted))
    print(f'{args.out}: written, with its config {config}')
    print(f'python tools/embed.py {config} {args.out} --input POSES --out EMBEDDINGS')


if __name__ == '__main__':
    main()
