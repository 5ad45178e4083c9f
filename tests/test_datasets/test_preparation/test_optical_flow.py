import sys

import cv2
import numpy as np
import pytest
import torch

from vpd_mm.datasets.preparation import (
    DisFlow,
    RaftFlow,
    build_flow,
    default_flow_method,
    dis_flow,
)


@pytest.fixture(scope='module')
def pair():
    """An image and the same moved by 3 pixels to the right and 2 down."""
    noise = np.random.default_rng(0).integers(0, 256, (100, 110, 3), np.uint8)
    image = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX)
    return image[12:92, 13:103].copy(), image[10:90, 10:100].copy()


@pytest.fixture(scope='module')
def weights(tmp_path_factory):
    models = pytest.importorskip('torchvision.models')
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp('raft') / 'raft_small.pth'
    torch.save(models.get_model('raft_small', weights=None).state_dict(), path)
    return str(path)


def test_dis_flow_leads_from_the_previous_to_the_current_image(pair):
    flow = dis_flow(*pair)
    assert flow.shape == (80, 90, 2) and flow.dtype == np.float32
    assert np.median(flow, axis=(0, 1)) == pytest.approx([3, 2], abs=0.2)


def test_batches_equal_single_pairs(pair):
    previous, current = (np.stack([image, image[::-1]]) for image in pair)
    flows = DisFlow()(previous, current)
    assert np.array_equal(flows[0], dis_flow(*pair))
    assert DisFlow()(previous[:0], current[:0]).shape == (0, 80, 90, 2)


def test_raft_takes_images_of_any_size(pair, weights, monkeypatch):
    monkeypatch.setattr('vpd_mm.datasets.preparation.optical_flow._RAFT_UPDATES', 2)
    previous, current = (np.stack([image] * 3) for image in pair)
    flow = RaftFlow('small', weights, device='cpu', batch_size=2)
    flows = flow(previous, current)
    assert flows.shape == (3, 80, 90, 2) and flows.dtype == np.float32
    assert np.allclose(flows[0], flows[2], atol=1e-3)
    assert flow(previous[:0], current[:0]).shape == (0, 80, 90, 2)


def test_unknown_weights_are_one_sentence():
    pytest.importorskip('torchvision')
    with pytest.raises(FileNotFoundError, match='neither a file nor the name of weights'):
        RaftFlow('small', 'missing.pth')


def test_missing_torchvision_is_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, 'torchvision', None)
    monkeypatch.setitem(sys.modules, 'torchvision.models', None)
    with pytest.raises(ImportError, match='RAFT needs torchvision, which is not installed'):
        RaftFlow('small')


def test_the_default_needs_no_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    assert default_flow_method() == 'dis'
    assert isinstance(build_flow('auto'), DisFlow)
    with pytest.raises(ValueError, match="flow method 'farneback' is unknown"):
        build_flow('farneback')
