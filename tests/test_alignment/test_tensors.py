import numpy as np
import pytest
import torch

from vpd_mm.alignment import dtw_distance, pairwise_dtw, tensors


@pytest.fixture(params=[torch.float32, torch.float64])
def sequences(request):
    generator = torch.Generator().manual_seed(0)
    lengths = [1, 1, 2, 3, 5, 8, 12, 13, 20, 29]
    rows = [torch.randn(n, 12, generator=generator, dtype=request.param) for n in lengths]
    rows[4][2:4] = 0
    rows[6][1] = 0
    return rows


@pytest.mark.parametrize('block', [1 << 25, 100])
@pytest.mark.parametrize('metric', ['euclidean', 'cosine'])
@pytest.mark.parametrize('step_pattern', ['symmetricP2', 'symmetric2'])
def test_equals_the_kernels(sequences, step_pattern, metric, block, monkeypatch):
    monkeypatch.setattr(tensors, 'BLOCK_CELLS', block)
    arrays = [rows.numpy() for rows in sequences]
    found = pairwise_dtw(sequences[:6], sequences[3:], step_pattern, metric)
    assert isinstance(found, torch.Tensor)
    expected = pairwise_dtw(arrays[:6], arrays[3:], step_pattern, metric)
    assert found.numpy() == pytest.approx(expected, abs=1e-6)
    found = pairwise_dtw(sequences, None, step_pattern, metric)
    expected = pairwise_dtw(arrays, None, step_pattern, metric)
    assert found.numpy() == pytest.approx(expected, abs=1e-6)


def test_one_pair(sequences):
    a, b = sequences[-2:]
    expected = dtw_distance(a.numpy(), b.numpy())
    assert isinstance(dtw_distance(a, b), float)
    assert dtw_distance(a, b) == pytest.approx(expected, abs=1e-6)


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
def test_on_the_gpu(sequences):
    found = pairwise_dtw([rows.cuda() for rows in sequences])
    assert found.is_cuda
    expected = pairwise_dtw([rows.numpy() for rows in sequences])
    assert found.cpu().numpy() == pytest.approx(expected, abs=1e-6)


def test_empty_lists_and_errors():
    one = torch.ones(2, 3)
    assert pairwise_dtw([one], []).shape == (1, 0)
    with pytest.raises(ValueError, match='sequence 1 has NaN'):
        pairwise_dtw([one, one * np.nan])
    with pytest.raises(ValueError, match='sequence 1 has 4 features'):
        pairwise_dtw([one], [torch.ones(2, 4)])
