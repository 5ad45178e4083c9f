"""The raw 2D pose as an embedding: what the teacher has to beat."""

from collections.abc import Sequence

from mmengine.model import BaseModel

from vpd_mm.registry import MODELS


@MODELS.register_module()
class Pose2DEmbedder(BaseModel):
    """The normalised x and y of 13 joints themselves, (26,). There is nothing to train.

    As the target of a student they give the paper's "2D-VPD". Use it with
    ``PoseSequenceDataset(per_frame='first')``: embedding rows have ``is_2d`` and ``kp_score``, the
    mean score of the 13 joints.
    """

    def forward(self, inputs, data_samples: Sequence | None = None, mode: str = 'tensor'):
        """Run the baseline.

        Args:
            inputs: Normalised poses (..., 13, 3) for mode 'tensor', a list of videos, each
                (N, V, 13, 3), for mode 'predict'.
            data_samples: One a video, see :class:`vpd_mm.datasets.PoseSequenceDataset`.
            mode: 'tensor' gives (..., 26); 'predict' the data samples with ``pred_embedding``.
        """
        if mode == 'tensor':
            return inputs[..., :2].flatten(-2)
        if mode == 'predict':
            for poses, sample in zip(inputs, data_samples, strict=True):
                scores = poses[:, 0, :, 2].mean(1) + 0.5
                meta = [dict(is_2d=True, kp_score=score) for score in scores.tolist()]
                frame = sample.detection_frame.tolist()
                sample.set_metainfo(dict(frame=frame, embedding_meta=meta))
                sample.set_data(dict(pred_embedding=poses[..., :2].flatten(-2)))
            return data_samples
        raise ValueError(f"mode is {mode!r}; choose 'tensor' or 'predict'")
