"""Golden topic 10: the recurrent classifier and its schedule."""

import numpy as np
import pytest
import torch

from vpd_mm.engine.optimizers.cosine_restarts import cosine_restart_factor, decay_restart_factor
from vpd_mm.models import SequenceRecognizer

NETS = ['gru_attn0', 'gru_attn1', 'gru_attn0_bn', 'gru_attn1_bn', 'lstm_attn0', 'lstm_attn1']
PREFIXES = {
    'backbone.': 'backbone.rnn.',
    'bn_in.': 'backbone.input_norm.',
    'fc_attn.': 'cls_head.query.',
    'fc_out.': 'cls_head.classify.',
}


@pytest.fixture(scope='module')
def arrays(golden):
    return golden('10_seq_classifier')


@pytest.fixture(autouse=True)
def no_gradients():
    with torch.no_grad():
        yield


def ragged(arrays, name):
    return [
        torch.from_numpy(rows)
        for rows in np.split(arrays[f'{name}_data'], np.cumsum(arrays[f'{name}_lens'])[:-1])
    ]


def load_model(arrays, net):
    model = SequenceRecognizer(
        dict(
            type='RecurrentBackbone',
            in_channels=6,
            hidden_channels=8,
            cell=net.split('_')[0],
            input_norm=net.endswith('_bn'),
        ),
        dict(
            type='SequenceClsHead',
            in_channels=16,
            num_classes=5,
            pooling='attention' if 'attn1' in net else 'max',
            state_channels=32 if 'attn1' in net else None,
        ),
    )
    start = f'in_sd_{net}__'
    state = {}
    for name in arrays.files:
        if name.startswith(start):
            key = name[len(start) :]
            old = next(prefix for prefix in PREFIXES if key.startswith(prefix))
            state[PREFIXES[old] + key[len(old) :]] = torch.from_numpy(arrays[name])
    model.load_state_dict(state)
    return model.eval()


@pytest.mark.parametrize('net', NETS)
def test_logits(arrays, net):
    model = load_model(arrays, net)
    batch = dict(inputs=[rows[None] for rows in ragged(arrays, 'in_seq')], data_samples=None)
    expected = arrays[f'out_{net}_logits_single']
    logits = model(**model.data_preprocessor(batch), mode='tensor')[:, 0]
    assert logits.numpy() == pytest.approx(expected, abs=1e-5)
    padded = f'out_{net}_logits_padded'
    padded = arrays[padded if padded in arrays else f'{padded}_corrected']
    assert logits.numpy() == pytest.approx(padded, abs=1e-5)


@pytest.mark.parametrize('depth', [1, 2])
def test_convolutions(arrays, depth):
    body = dict(type='TemporalCNN', in_channels=6, hidden_channels=8, depth=depth)
    head = dict(type='SequenceClsHead', in_channels=24, hidden_channels=8, num_classes=5)
    model = SequenceRecognizer(body, dict(head, batch_norm=False)).eval()
    start = f'in_sd_cnn_depth{depth}__'
    places = {'convs': 'backbone.convs', 'fc.1.': 'cls_head.classify.2.'}
    places['fc.4.'] = 'cls_head.classify.6.'
    state = {}
    for name in (name for name in arrays.files if name.startswith(start)):
        key = name[len(start) :]
        old = next(place for place in places if key.startswith(place))
        state[places[old] + key[len(old) :]] = torch.from_numpy(arrays[name])
    model.load_state_dict(state)
    sequences = ragged(arrays, f'in_cnn_depth{depth}_seq')
    batch = dict(inputs=[rows[None] for rows in sequences], data_samples=None)
    logits = model(**model.data_preprocessor(batch), mode='tensor')[:, 0].numpy()
    assert logits == pytest.approx(arrays[f'out_cnn_depth{depth}_logits_single'], abs=1e-5)
    # There the padding is let in; the longest sequence has none.
    longest = int(np.argmax(arrays[f'in_cnn_depth{depth}_seq_lens']))
    padded = arrays[f'out_cnn_depth{depth}_logits_padded'][longest]
    assert logits[longest] == pytest.approx(padded, abs=1e-5)


@pytest.mark.parametrize('net', NETS)
def test_probabilities(arrays, net):
    model = load_model(arrays, net)
    single = [rows[None] for rows in ragged(arrays, 'in_seq')]
    samples = model.test_step(dict(inputs=single, data_samples=None))
    scores = torch.stack([sample.pred_score for sample in samples])
    assert scores.numpy() == pytest.approx(arrays[f'out_{net}_prob'], abs=1e-5)
    views = (ragged(arrays, name) for name in ('in_seq', 'in_seq_flip'))
    both = [torch.stack(pair) for pair in zip(*views, strict=True)]
    samples = model.test_step(dict(inputs=both, data_samples=None))
    assert [int(s.pred_label) for s in samples] == list(arrays[f'out_{net}_predict_n_class'])
    scores = [float(s.pred_score.max()) for s in samples]
    assert scores == pytest.approx(list(arrays[f'out_{net}_predict_n_score']), abs=1e-5)


@pytest.mark.parametrize('case', 'abc')
def test_schedule(arrays, case):
    batch, samples, _, first = arrays[f'in_sched_{case}']
    rate = arrays[f'out_sched_{case}_lr']
    first = first * rate.shape[1]
    factors = [cosine_restart_factor(step, first) for step in range(rate.size)]
    assert 1e-3 * np.array(factors) == pytest.approx(rate.ravel(), abs=1e-9)
    # The reference counts a part of a batch as a part of a step.
    scale = np.sqrt(rate.shape[1] * batch / samples)
    factors = [decay_restart_factor(step, first) for step in range(rate.size)]
    expected = arrays[f'out_sched_{case}_weight_decay'].ravel()
    assert 1e-2 * scale * np.array(factors) == pytest.approx(expected, abs=1e-8)
