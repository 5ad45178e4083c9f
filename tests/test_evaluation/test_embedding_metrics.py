"""Writing embeddings and comparing them with the teacher's."""

import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.evaluator import Evaluator

from vpd_mm.evaluation.functional import regression_scores
from vpd_mm.evaluation.metrics import EmbeddingRegression, EmbeddingWriter, embedding_writer
from vpd_mm.formats import read_embeddings


def chunk(video: str, frames: list, num_rows, views: int = 2) -> ActionDataSample:
    meta = [dict(kp_score=0.1 * f) for f in frames]
    sample = ActionDataSample(
        metainfo=dict(video=video, frame=frames, num_rows=num_rows, embedding_meta=meta)
    )
    rows = torch.tensor(frames).float()[:, None, None].expand(-1, views, 3)
    sample.set_data(dict(pred_embedding=rows))
    return sample


def test_student_rows_are_written_when_complete(tmp_path):
    writer = Evaluator([EmbeddingWriter(str(tmp_path / 'out'))])
    writer.process([chunk('a', [3], 2), chunk('b', [0], 1)])
    assert [path.name for path in (tmp_path / 'out').iterdir()] == ['b.emb.pkl']
    writer.process([chunk('a', [1], 2)])
    rows = read_embeddings(tmp_path / 'out' / 'a.emb.pkl')
    assert rows.frame.tolist() == [1, 3]
    assert rows.embedding.shape == (2, 2, 3)
    assert rows.embedding[:, 0, 0].tolist() == [1, 3]
    assert rows.meta[1] == dict(kp_score=pytest.approx(0.3))
    assert writer.evaluate(3) == {'written/videos': 2, 'written/rows': 3}


def test_teacher_video_with_several_rows_a_frame(tmp_path):
    writer = Evaluator([EmbeddingWriter(str(tmp_path))])
    writer.process([chunk('a', [0, 0, 2], 3, views=1), chunk('b', [4], None)])
    writer.evaluate(2)
    rows = read_embeddings(tmp_path / 'a.emb.pkl')
    assert rows.frame.tolist() == [0, 0, 2] and rows.embedding.shape == (3, 1, 3)
    assert len(read_embeddings(tmp_path / 'b.emb.pkl')) == 1


def test_processes_come_together(tmp_path, monkeypatch):
    """The samples that a sampler repeats to even out the processes count once."""
    other, here = (Evaluator([EmbeddingWriter(str(tmp_path))]) for _ in range(2))
    here.process([chunk('a', [0], 3), chunk('a', [2], 3)])
    other.process([chunk('a', [1], 3), chunk('a', [0], 3), chunk('b', [7], 1)])
    there = other.metrics[0]
    monkeypatch.setattr(
        embedding_writer,
        'all_gather_object',
        lambda own: [own, (there.pending, there.written, there.problems)],
    )
    assert here.evaluate(4) == {'written/videos': 2, 'written/rows': 4}
    assert read_embeddings(tmp_path / 'a.emb.pkl').frame.tolist() == [0, 1, 2]


def test_incomplete_video_is_an_error(tmp_path):
    writer = Evaluator([EmbeddingWriter(str(tmp_path))])
    writer.process([chunk('a', [0], 3)])
    with pytest.raises(RuntimeError, match=r'1 videos lack rows.*such as a'):
        writer.evaluate(1)
    assert not list(tmp_path.iterdir())


def test_writer_starts_afresh(tmp_path):
    writer = Evaluator([EmbeddingWriter(str(tmp_path))])
    for _ in range(2):
        writer.process([chunk('a', [0], 1)])
        assert writer.evaluate(1)['written/videos'] == 1


def test_regression_scores():
    target = np.array([[1.0, 0], [0, 1], [2, 2]])
    assert regression_scores(target, target) == dict(loss=0, cosine=pytest.approx(1), r2=1)
    mean = np.repeat(target.mean(0, keepdims=True), 3, 0)
    assert regression_scores(mean, target)['r2'] == pytest.approx(0)
    scores = regression_scores(np.array([[0.0, 3], [0, 0], [2, 2]]), target)
    assert scores['loss'] == pytest.approx((1 + 9 + 1) / 3)
    assert scores['cosine'] == pytest.approx(1 / 3)


def test_regression_metric():
    evaluator = Evaluator([EmbeddingRegression()])
    for value in (0.0, 2.0):
        sample = ActionDataSample()
        sample.set_data(dict(pred_target=torch.zeros(2), gt_embedding=torch.full((2,), value)))
        evaluator.process([sample])
    result = evaluator.evaluate(2)
    assert result['embedding/loss'] == pytest.approx(4)
    assert result['embedding/r2'] == pytest.approx(-1)
    assert set(result) == {'embedding/loss', 'embedding/cosine', 'embedding/r2'}


def test_what_cannot_be_read_is_told_after_the_rest_is_written(tmp_path):
    writer = Evaluator([EmbeddingWriter(str(tmp_path))])
    broken = chunk('b', [], 0)
    broken.set_metainfo(dict(problem='b.json.gz: is damaged'))
    writer.process([broken, chunk('a', [0], None)])
    with pytest.raises(ValueError, match=r'^b\.json\.gz: is damaged\n1 videos could not'):
        writer.evaluate(2)
    assert [path.name for path in tmp_path.iterdir()] == ['a.emb.pkl']
