"""The teacher's modes, and the losses by hand."""

import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample

from vpd_mm.models.backbones.residual_mlp import ResidualBlock
from vpd_mm.models.embedders import Pose2DEmbedder, VIPEEmbedder, vipe
from vpd_mm.models.embedders.detections import average_detections
from vpd_mm.models.losses import (
    InBatchContrastiveLoss,
)


@pytest.fixture
def teacher():
    torch.manual_seed(0)
    return VIPEEmbedder(
        backbone=dict(type='ResidualMLP', hidden_channels=16, out_channels=4),
        head=dict(type='PoseLiftingHead', num_bones=dict(a=3), embedding_dim=4, hidden_channels=8),
    )


def batch(count=6):
    generator = torch.Generator().manual_seed(count)
    pose = torch.randn(3, count, 13, 3, generator=generator)
    return dict(
        pose1=pose[0],
        pose2=pose[1],
        negative=pose[2],
        negative_valid=torch.arange(count) % 2 == 0,
        features=torch.randn(count, 3, 7, generator=generator),
    )


def test_block_subtracts_its_input():
    block = ResidualBlock(3, 0.0).eval()
    torch.nn.init.constant_(block.block[5].weight, 0)
    inputs = torch.randn(2, 3)
    torch.testing.assert_close(block(inputs), -inputs)


def test_tensor_mode_keeps_leading_axes(teacher):
    teacher.eval()
    poses = torch.randn(5, 2, 13, 3)
    embedding = teacher(poses)
    assert embedding.shape == (5, 2, 4)
    torch.testing.assert_close(embedding[3, 1], teacher(poses[3:4, 1])[0])


def test_losses_are_means_over_all_sets(teacher):
    teacher.eval()
    pairs = {k: v for k, v in batch(2).items() if k in ('pose1', 'pose2')}
    apart = [teacher({'a': batch()}, mode='loss'), teacher({'pairs': pairs}, mode='loss')]
    together = teacher({'a': batch(), 'pairs': pairs}, mode='loss')
    assert set(together) == {'loss_view', 'loss_negative', 'loss_lifting'}
    assert set(apart[1]) == {'loss_view'}
    expected = (6 * apart[0]['loss_view'] + 2 * apart[1]['loss_view']) / 8
    torch.testing.assert_close(together['loss_view'], expected)
    torch.testing.assert_close(together['loss_lifting'], 6 * apart[0]['loss_lifting'] / 8)


def test_contrast_within_each_set(teacher):
    teacher.head, teacher.loss_contrast = None, InBatchContrastiveLoss()
    teacher.eval()
    apart = teacher({'a': batch()}, mode='loss')['loss_contrast']
    together = teacher({'a': batch(), 'b': batch()}, mode='loss')['loss_contrast']
    torch.testing.assert_close(apart, together)
    assert apart > 0


def test_it_learns(teacher):
    optimizer = torch.optim.AdamW(teacher.parameters(), lr=1e-2)
    values = []
    for _ in range(30):
        total = sum(teacher({'a': batch(32)}, mode='loss').values())
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        values.append(float(total.detach()))
    assert values[-1] < 0.9 * values[0]


def test_validation(teacher):
    teacher.eval()
    (sample,) = teacher({'a': batch()}, mode='predict')
    assert sample.set_name == 'a'
    assert sample.pred_embedding.shape == (6, 2, 4)
    losses = teacher({'a': batch()}, mode='loss')
    for name, value in losses.items():
        torch.testing.assert_close(sample.get(name).mean(), value)
    assert (sample.loss_negative[1::2] == 0).all()


def video(frame, average=True):
    sample = ActionDataSample()
    scores = np.linspace(0.9, 0.1, len(frame)).astype(np.float32)
    sample.set_metainfo(
        dict(
            video='v',
            detection_frame=np.array(frame, int),
            kp_score=scores,
            average=average,
            num_rows=0,
        )
    )
    return torch.randn(len(frame), 2, 13, 3), sample


def test_several_detections_of_a_frame_are_averaged(teacher):
    teacher.eval()
    poses, sample = video([4, 7, 4])
    (result,) = teacher([poses], [sample], mode='predict')
    embedding = teacher(poses)
    assert result.frame == [4, 7]
    torch.testing.assert_close(result.pred_embedding[0], (embedding[0] + embedding[2]) / 2)
    torch.testing.assert_close(result.pred_embedding[1], embedding[1])
    assert [m['is_mean'] for m in result.embedding_meta] == [True, False]
    assert result.embedding_meta[0]['kp_score'] == pytest.approx(0.1)
    assert result.embedding_meta[1]['is_flip'] is False


def test_every_detection_may_stay_a_row(teacher):
    teacher.eval()
    poses, sample = video([4, 7, 4], average=False)
    (result,) = teacher([poses], [sample], mode='predict')
    assert result.frame == [4, 4, 7]
    torch.testing.assert_close(result.pred_embedding, teacher(poses)[[0, 2, 1]])
    assert [m['kp_score'] for m in result.embedding_meta] == pytest.approx([0.9, 0.1, 0.5])


def test_videos_are_embedded_together(teacher, monkeypatch):
    """Several videos in a batch, and batches in several parts, change nothing."""
    teacher.eval()
    several = [video([0, 1, 2]), video([]), video([5, 5])]
    alone = [teacher([p], [s], mode='predict')[0].pred_embedding for p, s in several]
    monkeypatch.setattr(vipe, 'ROWS_AT_ONCE', 4)
    poses, samples = zip(*several, strict=True)
    for result, expected in zip(teacher(poses, samples, mode='predict'), alone, strict=True):
        torch.testing.assert_close(result.pred_embedding, expected)


def test_a_video_without_detections(teacher):
    teacher.eval()
    (result,) = teacher([torch.zeros(0, 2, 13, 3)], [video([])[1]], mode='predict')
    assert result.pred_embedding.shape == (0, 2, 4)
    assert result.frame == []


def test_average_of_nothing():
    frame, embedding, meta = average_detections(
        np.zeros(0, int), np.zeros(0), np.zeros((0, 2, 3), np.float32)
    )
    assert (len(frame), embedding.shape, meta) == (0, (0, 2, 3), [])


def test_pose2d():
    poses, sample = video([1, 2])
    (result,) = Pose2DEmbedder()([poses], [sample], mode='predict')
    assert result.pred_embedding.shape == (2, 2, 26)
    torch.testing.assert_close(result.pred_embedding[1, 0], poses[1, 0, :, :2].flatten())
    assert result.embedding_meta[0]['is_2d'] is True


def test_errors(teacher):
    with pytest.raises(ValueError, match='mode'):
        teacher(torch.zeros(1, 13, 3), mode='sing')
    with pytest.raises(ValueError, match='num_bones'):
        teacher({'unknown': batch()}, mode='loss')
    with pytest.raises(ValueError, match='mode'):
        Pose2DEmbedder()(torch.zeros(1, 13, 3), mode='loss')


def test_the_views_of_all_sets_are_one_batch_to_batch_norm(teacher):
    """Three updates whatever the number of sets: first views, second views, negatives."""
    pairs = {k: v for k, v in batch(2).items() if k in ('pose1', 'pose2')}
    teacher.train()
    teacher({'a': batch(), 'pairs': pairs}, mode='loss')
    assert teacher.backbone.layers[2].block[1].num_batches_tracked == 3
