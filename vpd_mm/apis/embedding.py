"""Changes to a config that let it embed otherwise than from its own crops and weights."""

from dataclasses import asdict
from pathlib import Path

from mmengine.config import Config

from vpd_mm.datasets.preparation import CropSettings, FlowSettings


def embed_by_onnx(cfg: Config, path: str | Path) -> None:
    """Let a student's config run an exported network.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'{path}: there is no such file; see tools/convert/export_onnx.py.')
    cfg.model.backbone = dict(type='ONNXNetwork', path=str(path))
    cfg.model.head = None
    cfg.model.motion_head = None


def embed_from_videos(
    cfg: Config,
    video_dir: str | Path,
    pose_dir: str | Path,
    crops: CropSettings,
    flow: FlowSettings,
) -> None:
    """Let a student's config cut the crops out of videos while it embeds.

    RAFT runs in the worker processes; a GPU that this process has touched needs them spawned.

    Args:
        cfg: The config; its test dataloader is replaced.
        video_dir: Folder of videos.
        pose_dir: Folder of pose directories with ``boxes.json``.
        crops: How to cut the crops.
        flow: How to compute flow, if the student sees any.
    """
    loader = cfg.test_dataloader
    use_flow = loader.dataset.get('use_flow', True)
    cfg.test_dataloader = dict(
        batch_size=None,
        sampler=None,
        num_workers=loader.num_workers,
        collate_fn=dict(type='vpd_mm.pass_batch'),
        dataset=dict(
            type='VideoCropDataset',
            video_dir=str(video_dir),
            pose_dir=str(pose_dir),
            pipeline=loader.dataset.pipeline,
            batch_size=loader.batch_size,
            dim=crops.dim,
            target_fps=crops.target_fps,
            smooth=crops.smooth,
            flow=asdict(flow) if use_flow else None,
        ),
    )
    if use_flow and flow.method == 'raft' and loader.num_workers > 0:
        cfg.test_dataloader.multiprocessing_context = 'spawn'
