import pytest
import torch

from vpd_mm.models import SequenceLocalizer


def build(cell='gru', **settings):
    torch.manual_seed(0)
    return SequenceLocalizer(
        dict(type='RecurrentBackbone', in_channels=4, hidden_channels=8, cell=cell),
        dict(type='FrameClsHead', in_channels=16, num_classes=2),
        **settings,
    )


@pytest.mark.parametrize('cell', ['gru', 'lstm'])
def test_padding_has_no_say(cell):
    model = build(cell).eval()
    videos = [torch.randn(2, length, 4) for length in (9, 5, 1)]
    together = model.test_step(dict(inputs=videos))
    for video, sample in zip(videos, together, strict=True):
        (alone,) = model.test_step(dict(inputs=[video]))
        assert sample.pred_frame_score.shape == (video.size(1), 2)
        assert torch.allclose(sample.pred_frame_score, alone.pred_frame_score, atol=1e-6)


def test_views_are_averaged():
    model = build().eval()
    video = torch.randn(2, 7, 4)
    (both,) = model.test_step(dict(inputs=[video]))
    views = [model.test_step(dict(inputs=[video[i : i + 1]]))[0].pred_frame_score for i in (0, 1)]
    assert torch.allclose(both.pred_frame_score, (views[0] + views[1]) / 2, atol=1e-6)


def test_long_videos_run_in_chunks():
    video = torch.randn(2, 900, 4)
    whole = build(chunk_size=4000).eval().test_step(dict(inputs=[video]))[0].pred_frame_score
    for size in (200, 300, 799):
        model = build(chunk_size=size, chunk_context=100).eval()
        (sample,) = model.test_step(dict(inputs=[video, video[:, :40]]))[:1]
        assert sample.pred_frame_score.shape == (900, 2)
        assert torch.allclose(sample.pred_frame_score, whole, atol=1e-3)
    short = model.test_step(dict(inputs=[video, video[:, :40]]))[1].pred_frame_score
    (alone,) = model.test_step(dict(inputs=[video[:, :40]]))
    assert torch.allclose(short, alone.pred_frame_score, atol=1e-6)


def test_scores_do_not_depend_on_what_is_scored_beside():
    model = build(chunk_size=20, chunk_context=10).eval()
    videos = [torch.randn(2, length, 4) for length in (90, 30, 25, 31)]
    together = model.test_step(dict(inputs=videos))
    for video, sample in zip(videos, together, strict=True):
        (alone,) = model.test_step(dict(inputs=[video]))
        assert torch.allclose(sample.pred_frame_score, alone.pred_frame_score, atol=1e-6)


def windows(label=1):
    length = torch.tensor([6, 4])
    return dict(sequence=torch.randn(2, 1, 6, 4), length=length, label=torch.full((2, 6), label))


def test_loss_leaves_padding_out():
    model = build().eval()
    batch = windows()
    loss = float(model(batch, mode='loss')['loss_cls'].detach())
    batch['label'][1, 4:] = 2
    batch['sequence'][1, :, 4:] = 9
    again = float(model(batch, mode='loss')['loss_cls'].detach())
    assert again == pytest.approx(loss, abs=1e-6)
    model.train()(batch, mode='loss')['loss_cls'].backward()
    assert all(p.grad is not None for p in model.parameters())


def test_wrong_inputs():
    with pytest.raises(ValueError, match='has label 3, but the model has 2 classes'):
        build()(windows(3), mode='loss')
    with pytest.raises(ValueError, match='choose tensor, loss or predict'):
        build()(windows(), mode='other')
