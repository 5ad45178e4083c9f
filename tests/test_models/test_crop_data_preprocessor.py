"""Each augmentation does what it should, and leaves alone what it must."""

import math

import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample

from vpd_mm.models.data_preprocessors import CropDataPreprocessor
from vpd_mm.models.data_preprocessors.crop_augmentation import (
    CropAugmentation,
    add_background_noise,
    draw_boxes,
    hue_matrices,
    jitter_colours,
    resized_crop,
)

MEAN, STD = (0.5, 0.4, 0.6), (0.2, 0.25, 0.3)
OFF = dict(
    scale=(1.0, 1.0),
    ratio=(1.0, 1.0),
    flip_prob=0.0,
    rotation=0.0,
    brightness=0.0,
    contrast=0.0,
    saturation=0.0,
    hue=0.0,
    noise_prob=0.0,
)


def preprocessor(**changes) -> CropDataPreprocessor:
    return CropDataPreprocessor(MEAN, STD, **{**OFF, **changes})


def codes(count: int = 4, size: int = 16) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    images = torch.randint(0, 256, (count, 6, size, size), dtype=torch.uint8, generator=generator)
    images[:, -1] = 255
    images[:, -1, :, : size // 2] = 0
    return images


def batch(images: torch.Tensor, views: int = 2, dim: int = 3) -> dict:
    samples = []
    for number in range(len(images)):
        sample = ActionDataSample()
        rows = np.arange(views * dim, dtype=np.float32).reshape(views, dim) + 100 * number
        sample.set_data(dict(gt_embedding=rows))
        samples.append(sample)
    return dict(inputs=list(images), data_samples=samples)


def neutral(count: int, **changes) -> CropAugmentation:
    one = torch.ones(count)
    values = dict(
        box=torch.tensor([[0.0, 0, 1, 1]]).repeat(count, 1),
        flip=torch.zeros(count, dtype=torch.bool),
        angle=0 * one,
        brightness=one,
        contrast=one,
        saturation=one,
        hue=0 * one,
        noisy=torch.zeros(0, dtype=torch.long),
        noise=torch.zeros(0, 3, 1, 1),
    )
    return CropAugmentation(**{**values, **changes})


def test_switched_off_equals_plain():
    part = preprocessor()
    images = codes()
    trained = part(batch(images), training=True)['inputs']
    torch.testing.assert_close(trained, part(batch(images))['inputs'], rtol=0, atol=1e-4)


def test_same_generator_same_batch():
    part = CropDataPreprocessor(MEAN, STD)
    first, second = (
        part.augment(codes(), part.draw(4, 16, generator=torch.Generator().manual_seed(5)))
        for _ in range(2)
    )
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    assert not torch.equal(first, part.augment(codes(), part.draw(4, 16)))


def test_flip_mirrors_image_flow_and_target():
    images = codes()
    plain = preprocessor()(batch(images))
    out = preprocessor(flip_prob=1.0)(batch(images), training=True)
    expected = plain['inputs'].flip(-1)
    expected[:, :, 3] *= -1
    torch.testing.assert_close(out['inputs'], expected, rtol=0, atol=1e-4)
    for number, sample in enumerate(out['data_samples']):
        assert sample.gt_embedding.tolist() == [100 * number + k for k in (3, 4, 5)]
    assert plain['data_samples'][1].gt_embedding.tolist() == [100, 101, 102]


def test_no_flip_without_mirrored_target():
    part = preprocessor(flip_prob=1.0)
    out = part(batch(codes(), views=1), training=True)['inputs']
    torch.testing.assert_close(out, part(batch(codes()))['inputs'], rtol=0, atol=1e-4)


def test_test_views():
    out = preprocessor()(batch(codes()), mirror=True)['inputs']
    assert out.shape == (4, 2, 5, 16, 16)
    torch.testing.assert_close(out[:, 1, :3], out[:, 0, :3].flip(-1))
    torch.testing.assert_close(out[:, 1, 3], -out[:, 0, 3].flip(-1))
    torch.testing.assert_close(out[:, 1, 4], out[:, 0, 4].flip(-1))


def test_jittered_views():
    images, changes = codes(), dict(brightness=0.2, contrast=0.2, saturation=0.05, hue=0.05)
    views = preprocessor(**changes)(batch(images), mirror=True, jitter=2)['inputs']
    assert views.shape == (4, 6, 5, 16, 16)
    plain = preprocessor()(batch(images), mirror=True)['inputs']
    torch.testing.assert_close(views[:, [0, 3]], plain)
    for view in (1, 2):
        torch.testing.assert_close(views[:, view, 3:], plain[:, 0, 3:])
        torch.testing.assert_close(views[:, view + 3, :3], views[:, view, :3].flip(-1))
        torch.testing.assert_close(views[:, view + 3, 3:], plain[:, 1, 3:])
        assert (views[:, view, :3] - plain[:, 0, :3]).abs().mean() > 0.01
    assert (views[:, 1] - views[:, 2]).abs().mean() > 0.01
    still = preprocessor()(batch(images), jitter=1)['inputs']
    torch.testing.assert_close(still[:, 1], still[:, 0])


def test_jitter_of_a_frame_depends_on_nothing_else():
    images, changes = codes(), dict(brightness=0.2, contrast=0.2, saturation=0.05, hue=0.05)
    torch.manual_seed(1)
    together = preprocessor(**changes)(batch(images), jitter=3)['inputs']
    torch.manual_seed(2)
    alone = preprocessor(**changes)(batch(images[2:3]), jitter=3)['inputs']
    torch.testing.assert_close(alone[0], together[2])


def test_boxes_keep_to_scale_and_ratio():
    boxes = draw_boxes(4000, (0.5, 1.0), (0.9, 1.1), generator=torch.Generator().manual_seed(0))
    left, top, width, height = boxes.unbind(1)
    area, ratio = width * height, width / height
    assert area.min() >= 0.5 - 1e-6 and area.max() <= 1 + 1e-6
    assert ratio.min() >= 0.9 - 1e-5 and ratio.max() <= 1.1 + 1e-5
    assert (left >= 0).all() and (top >= 0).all()
    assert (left + width <= 1 + 1e-6).all() and (top + height <= 1 + 1e-6).all()
    assert abs(area.mean() - 0.74) < 0.02  # windows near the whole image may not fit
    assert abs(torch.log(ratio).mean()) < 0.01
    place = left / (1 - width).clamp(min=1e-6)
    assert abs(place[width < 0.95].mean() - 0.5) < 0.02


def test_boxes_that_never_fit_are_the_whole_image():
    boxes = draw_boxes(3, (1.0, 1.0), (2.0, 2.0))
    assert boxes.tolist() == [[0, 0, 1, 1]] * 3


def test_resized_crop_cuts_the_window():
    ramp = torch.arange(16.0).expand(1, 1, 16, 16)
    box = torch.tensor([[0.25, 0.0, 0.5, 1.0]])
    out = resized_crop(ramp, box, torch.tensor([False]), torch.zeros(1))[0, 0, 0]
    torch.testing.assert_close(out, 3.75 + 0.5 * torch.arange(16.0))
    mirrored = resized_crop(ramp, box, torch.tensor([True]), torch.zeros(1))[0, 0, 0]
    torch.testing.assert_close(mirrored, out.flip(0))


def test_crop_moves_all_channels_alike():
    images = codes()
    images[:, 1:] = images[:, :1]
    part = preprocessor(scale=(0.5, 0.6))
    out = part.augment(images, part.draw(4, 16))
    rgb = out[:, :3] * torch.tensor(STD)[:, None, None] + torch.tensor(MEAN)[:, None, None]
    torch.testing.assert_close(rgb[:, 0], out[:, 4] + 0.5, rtol=0, atol=1e-4)
    torch.testing.assert_close(rgb[:, 1], out[:, 3] + 0.5, rtol=0, atol=1e-4)


@pytest.mark.parametrize('flip', [False, True])
def test_quarter_turn(flip):
    images = codes(1)
    still = preprocessor().augment(images, neutral(1, flip=torch.tensor([flip])))
    quarter = torch.tensor([math.pi / 2])
    turned = preprocessor().augment(images, neutral(1, flip=torch.tensor([flip]), angle=quarter))
    expected = still.rot90(1, (2, 3))  # anticlockwise: right becomes up, and down right
    torch.testing.assert_close(turned[:, :3], expected[:, :3], rtol=0, atol=1e-5)
    torch.testing.assert_close(turned[:, 3], expected[:, 4], rtol=0, atol=1e-5)
    torch.testing.assert_close(turned[:, 4], -expected[:, 3], rtol=0, atol=1e-5)


def test_rotation_spans_its_range():
    angle = (
        preprocessor(rotation=20).draw(2000, 1, generator=torch.Generator().manual_seed(0)).angle
    )
    assert angle.abs().max() <= math.radians(20)
    assert abs(angle.mean()) < 0.01
    assert abs(angle.std() - math.radians(20) / 3**0.5) < 0.01


@pytest.mark.parametrize('name', ['brightness', 'contrast', 'saturation', 'hue'])
def test_jitter_leaves_flow_and_space_alone(name):
    part = preprocessor(**{name: 0.2})
    images = codes()
    out = part(batch(images), training=True)['inputs']
    plain = part(batch(images))['inputs']
    torch.testing.assert_close(out[:, :, 3:], plain[:, :, 3:], rtol=0, atol=1e-4)
    assert not torch.allclose(out[:, :, :3], plain[:, :, :3], atol=1e-2)


@pytest.mark.parametrize('name', ['brightness', 'contrast', 'saturation'])
def test_jitter_equals_torchvision(name):
    functional = pytest.importorskip('torchvision.transforms.functional')
    images = 0.3 + 0.4 * torch.rand(3, 3, 8, 8)
    out = jitter_colours(images, neutral(3, **{name: torch.full((3,), 1.1)}))
    expected = getattr(functional, f'adjust_{name}')(images, 1.1)
    torch.testing.assert_close(out, expected, rtol=0, atol=2e-3)


def test_hue_keeps_grey_and_turns_back():
    matrices = hue_matrices(torch.tensor([0.05, -0.03, 0.0]))
    grey = torch.ones(3)
    torch.testing.assert_close(matrices @ grey, torch.ones(3, 3), rtol=0, atol=1e-3)
    torch.testing.assert_close(grey @ matrices, torch.ones(3, 3), rtol=0, atol=1e-5)
    torch.testing.assert_close(matrices[2], torch.eye(3), rtol=0, atol=1e-5)
    back = hue_matrices(torch.tensor([0.05])) @ hue_matrices(torch.tensor([-0.05]))
    torch.testing.assert_close(back[0], torch.eye(3), rtol=0, atol=1e-4)


def test_hue_is_close_to_torchvision():
    functional = pytest.importorskip('torchvision.transforms.functional')
    images = 0.3 + 0.4 * torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    expected = functional.adjust_hue(images, 0.05)
    out = jitter_colours(images, neutral(4, hue=torch.full((4,), 0.05)))
    opposite = jitter_colours(images, neutral(4, hue=torch.full((4,), -0.05)))
    change = (expected - images).square().mean()
    assert (out - expected).square().mean() < 0.4 * change
    assert (opposite - expected).square().mean() > 2 * change


def test_jitter_spans_its_range():
    part = preprocessor(brightness=0.2, contrast=0.2, saturation=0.05, hue=0.05)
    drawn = part.draw(4000, 2, generator=torch.Generator().manual_seed(0))
    widths = dict(brightness=0.2, contrast=0.2, saturation=0.05, hue=0.05)
    for name, width in widths.items():
        value = getattr(drawn, name) - (0 if name == 'hue' else 1)
        assert value.abs().max() <= width + 1e-6
        assert value.std() == pytest.approx(width / math.sqrt(3), rel=0.05)


def test_noise_falls_on_the_background_only():
    part = preprocessor(noise_prob=1.0, noise_variance=0.05)
    images = codes(8, 64)
    difference = part(batch(images), training=True)['inputs'] - part(batch(images))['inputs']
    difference = difference[:, 0]
    assert difference[:, 3:].abs().max() < 1e-4
    assert difference[..., 33:].abs().max() < 1e-4
    background = difference[:, :3, :, :31]
    assert background.var() == pytest.approx(0.05, rel=0.05)
    assert abs(background.mean()) < 0.01


def test_noise_probability():
    part = preprocessor(noise_prob=0.5)
    drawn = part.draw(2000, 1, generator=torch.Generator().manual_seed(0))
    assert len(drawn.noisy) == pytest.approx(1000, abs=70)
    assert len(drawn.noise) == len(drawn.noisy)


def test_no_noise_where_there_is_no_mask():
    images, mask = torch.zeros(2, 3, 4, 4), torch.full((2, 4, 4), 255)
    add_background_noise(images, mask, torch.arange(2), torch.ones(2, 3, 4, 4))
    assert images.abs().max() == 0


@pytest.mark.parametrize('autocast', [False, True])
def test_autocast_does_not_reach_the_images(autocast):
    with torch.autocast('cpu', torch.bfloat16, enabled=autocast):
        out = preprocessor(brightness=0.1)(batch(codes()), training=True)['inputs']
    assert out.dtype == torch.float32
