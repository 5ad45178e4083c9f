"""What the teacher's losses give for embeddings whose distances are known."""

import math

import pytest
import torch

from vpd_mm.models.losses import (
    InBatchContrastiveLoss,
    NegativeMarginLoss,
    PoseLiftingLoss,
    ViewContrastiveLoss,
)

FIRST = torch.tensor([[0.0, 0.0], [3.0, 0.0]])
SECOND = torch.tensor([[0.0, 1.0], [3.0, 4.0]])


def test_views():
    torch.testing.assert_close(ViewContrastiveLoss()(FIRST, SECOND), torch.tensor([1.0, 4.0]))
    half = ViewContrastiveLoss(weight=0.5)(FIRST, SECOND)
    torch.testing.assert_close(half, torch.tensor([0.5, 2.0]))


def test_negatives():
    valid = torch.tensor([True, False])
    loss = NegativeMarginLoss(margin=3, weight=2)(FIRST, SECOND, valid)
    torch.testing.assert_close(loss, torch.tensor([4.0, 0.0]))


def test_lifting():
    lifted = torch.ones(2, 3, 7)
    assert PoseLiftingLoss(0.5)(lifted, torch.zeros(2, 3, 7)).tolist() == [10.5, 10.5]


def test_others_of_the_batch():
    """Distances 1, 5 and sqrt(10), 4: a row for each pose, a column for each other view."""
    loss = InBatchContrastiveLoss(temperature=2, weight=3)(FIRST, SECOND)
    near, far, cross, own = (math.exp(-d / 2) for d in (1, 5, math.sqrt(10), 4))
    first = -(math.log(near / (near + far)) + math.log(near / (near + cross))) / 2
    second = -(math.log(own / (own + cross)) + math.log(own / (own + far))) / 2
    assert loss.tolist() == pytest.approx([3 * first, 3 * second], rel=1e-5)


def test_a_single_pose_has_no_others():
    assert InBatchContrastiveLoss()(FIRST[:1], SECOND[:1]).tolist() == [0]
