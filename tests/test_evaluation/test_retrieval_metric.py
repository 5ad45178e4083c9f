import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.evaluator import Evaluator

from vpd_mm.datasets import EmbeddingSequenceDataset
from vpd_mm.evaluation import RetrievalMetric
from vpd_mm.formats import Action, Actions, VideoMeta, write_actions, write_embeddings
from vpd_mm.models import StoredEmbedder

LEVELS = [0.0, 0.1, 5.0, 5.2]


@pytest.fixture
def sequences():
    lengths = (9, 8, 9, 10)
    return [np.full((t, 2, 3), level) for level, t in zip(LEVELS, lengths, strict=True)]


def test_calculate(sequences):
    scores = RetrievalMetric.calculate(sequences, [0, 0, 1, 1], k=(1, 2))
    assert scores == pytest.approx(
        {'hit@1': 100, 'prec@1': 100, 'hit@2': 100, 'prec@2': 50, 'map': 100, 'mrr': 100}
    )
    mixed = RetrievalMetric.calculate(sequences, [0, 1, 0, 1], k=(1,))
    assert mixed['hit@1'] == 0 and mixed['mrr'] == pytest.approx(250 / 6)


def test_missing_actions_are_misses(sequences):
    scores = RetrievalMetric.calculate([*sequences, None], [0, 0, 1, 1, 1], k=(1,))
    assert scores['hit@1'] == pytest.approx(80)
    scores = RetrievalMetric.calculate([*sequences, None], [0, 0, 1, 1, 1], [0, 4], (1,))
    assert scores['hit@1'] == pytest.approx(50)


def test_views_are_concatenated():
    rng = np.random.default_rng(0)
    views = rng.normal(size=(6, 8, 2, 3))
    labels = [0, 1, 2, 0, 1, 2]
    flat = RetrievalMetric.calculate(list(views.reshape(6, 8, 6)), labels)
    assert RetrievalMetric.calculate(list(views), labels) == flat


def make_sport(folder):
    (folder / 'emb').mkdir(exist_ok=True)
    videos = [f'v{n}' for n in range(5)]
    actions = [Action(v, v, 0, 9, 'aabbb'[n]) for n, v in enumerate(videos)]
    split = dict(train=['v0', 'v2'], test=['v1', 'v3', 'v4'])
    metas = dict.fromkeys(videos, VideoMeta(25.0, 9, 64, 64))
    write_actions(folder / 'actions.json', Actions(['a', 'b'], metas, actions, split))
    for video, level in zip(videos[:4], LEVELS, strict=True):
        rows = np.full((9, 2, 3), level)
        write_embeddings(folder / 'emb' / f'{video}.emb.pkl', np.arange(9), rows)
    return dict(type='CustomSport', data_root=str(folder))


@pytest.mark.parametrize('split, hit', [(None, 80), ('test', 200 / 3)])
def test_from_files(tmp_path, split, hit):

    dataset = EmbeddingSequenceDataset(
        make_sport(tmp_path), str(tmp_path / 'emb'), 'all', test_mode=True
    )
    assert dataset.metainfo['missing'] == {'v4': 1}
    model = StoredEmbedder()
    samples = [dataset[n] for n in range(len(dataset))]
    batch = {key: [sample[key] for sample in samples] for key in samples[0]}
    evaluator = Evaluator(RetrievalMetric(k=(1,), query_split=split))
    evaluator.dataset_meta = dataset.metainfo
    evaluator.process(model.test_step(batch), batch)
    assert evaluator.evaluate(len(dataset))['retrieval/hit@1'] == pytest.approx(hit)


def test_padding_is_cut_off():
    lengths = (4, 7)
    inputs = [torch.rand(2, length, 3) for length in lengths]
    batch = dict(inputs=inputs, data_samples=[ActionDataSample() for _ in lengths])
    for sample, views in zip(StoredEmbedder().test_step(batch), inputs, strict=True):
        assert torch.equal(sample.pred_embedding, views.transpose(0, 1))


def test_errors(tmp_path):
    metric = RetrievalMetric(query_split='train')
    metric.dataset_meta = dict(sport=make_sport(tmp_path))
    with pytest.raises(ValueError, match='no action of split train is among the 1'):
        metric.compute_metrics([('v1', 0, np.zeros((9, 2, 3)))])
    with pytest.raises(ValueError, match="mode is 'loss'"):
        StoredEmbedder()(dict(sequence=torch.zeros(1, 1, 2, 3)), [], mode='loss')
