"""Augmentation of a batch of crops with its own parameters for each image: pure functions."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

_LUMA = (0.299, 0.587, 0.114)


@dataclass
class CropAugmentation:
    """What happens to each of B crops.

    Attributes:
        box: Window (left, top, width, height) as shares of the image, (B, 4).
        flip: Whether to mirror it, (B,) bool.
        angle: Radians that it then turns anticlockwise about its centre, (B,).
        brightness, contrast, saturation: Factors, (B,), 1 changes nothing.
        hue: Turn of the hue as a share of the full circle, (B,).
        noisy: The images whose background gets noise, (K,) int64.
        noise: The noise, (K, 3, H, W).
    """

    box: torch.Tensor
    flip: torch.Tensor
    angle: torch.Tensor
    brightness: torch.Tensor
    contrast: torch.Tensor
    saturation: torch.Tensor
    hue: torch.Tensor
    noisy: torch.Tensor
    noise: torch.Tensor

    def to(self, device) -> 'CropAugmentation':
        """The same on another device."""
        return CropAugmentation(
            **{k: v.to(device, non_blocking=True) for k, v in vars(self).items()}
        )


def draw_boxes(
    count: int, scale: tuple, ratio: tuple, tries: int = 10, generator=None
) -> torch.Tensor:
    """Windows for a random resized crop of square images.

    Args:
        count: How many.
        scale: Least and largest share of the area.
        ratio: Least and largest width divided by height, drawn uniformly in its logarithm.
        tries: Draws for a window that fits; failing that, the whole image.
        generator: Source of randomness.

    Returns:
        (count, 4) left, top, width, height as shares of the image.
    """
    draw = torch.rand(4, count, tries, generator=generator)
    area = scale[0] + draw[0] * (scale[1] - scale[0])
    low, high = math.log(ratio[0]), math.log(ratio[1])
    aspect = torch.exp(low + draw[1] * (high - low))
    size = torch.stack([(area * aspect).sqrt(), (area / aspect).sqrt()], -1)
    fits = (size <= 1).all(-1)
    first = fits.float().argmax(1)
    rows = torch.arange(count)
    size = torch.where(fits.any(1)[:, None], size[rows, first], torch.ones(()))
    return torch.cat([draw[2:, :, 0].T * (1 - size), size], 1)


def resized_crop(
    images: torch.Tensor, box: torch.Tensor, flip: torch.Tensor, angle: torch.Tensor
) -> torch.Tensor:
    """Cut a window from each image, mirror some, turn them, and resize to the images' size.

    What lies outside of an image are the pixels of its border. Interpolation is bilinear.

    Args:
        images: (B, C, H, W) float.
        box: (B, 4) left, top, width, height as shares of the image.
        flip: (B,) bool.
        angle: (B,) radians, anticlockwise.
    """
    left, top, width, height = box.unbind(1)
    centre = torch.stack([2 * left + width - 1, 2 * top + height - 1], 1)
    half = torch.stack([torch.where(flip, -width, width), height], 1)
    theta = torch.cat([half[:, :, None] * turns(-angle), centre[:, :, None]], 2)
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode='border', align_corners=False)


def turns(angle: torch.Tensor) -> torch.Tensor:
    """Matrices (B, 2, 2) that turn (x, y), y downwards, anticlockwise by (B,) radians."""
    cos, sin = angle.cos(), angle.sin()
    return torch.stack([cos, sin, -sin, cos], 1).view(-1, 2, 2)


def move_flow(flow: torch.Tensor, flip: torch.Tensor, angle: torch.Tensor) -> torch.Tensor:
    """Let the vectors of mirrored and turned images point the right way.

    Args:
        flow: (B, 2, H, W), x and y; or (B, 0, H, W), which stays as it is.
        flip: (B,) bool.
        angle: (B,) radians, anticlockwise.
    """
    if not flow.shape[1]:
        return flow
    sign = torch.where(flip, -1.0, 1.0)
    matrix = turns(angle) * torch.stack([sign, torch.ones_like(sign)], 1)[:, None]
    return (matrix @ flow.flatten(2)).view_as(flow)


def hue_matrices(hue: torch.Tensor) -> torch.Tensor:
    """Turns of RGB about the grey axis, (B,) shares of a circle -> (B, 3, 3).

    The turn of the hue in HSV is nearly this, but not linear.
    """
    angle = (2 * math.pi * hue)[:, None, None]
    third = math.sqrt(1 / 3)
    cross = torch.tensor([[0, -third, third], [third, 0, -third], [-third, third, 0]])
    cross = cross.to(hue.device)
    eye = torch.eye(3, device=hue.device)
    return eye + angle.sin() * cross + (1 - angle.cos()) * (cross @ cross)


def jitter_colours(images: torch.Tensor, augmentation: CropAugmentation) -> torch.Tensor:
    """Change brightness, contrast, saturation and hue, in this order, as one affine map.

    Brightness scales, contrast blends with the mean grey of the image, saturation with the grey of
    the pixel, and the hue turns about the grey axis. The result is clamped once, at the end.

    Args:
        images: (B, 3, H, W) in 0..1.
        augmentation: Its four colour fields are used.
    """
    luma = torch.tensor(_LUMA, device=images.device)
    saturation = augmentation.saturation[:, None, None]
    blend = saturation * torch.eye(3, device=images.device) + (1 - saturation) * luma
    gain = (augmentation.brightness * augmentation.contrast)[:, None, None]
    matrix = gain * (hue_matrices(augmentation.hue) @ blend)
    mean = images.mean((2, 3)) @ luma
    offset = (1 - augmentation.contrast) * augmentation.brightness * mean
    offset = offset[:, None, None].expand(-1, 3, 1)
    return torch.baddbmm(offset, matrix, images.flatten(2)).view_as(images).clamp_(0, 1)


def add_background_noise(
    images: torch.Tensor, mask: torch.Tensor, noisy: torch.Tensor, noise: torch.Tensor
) -> torch.Tensor:
    """Add noise to the background of some images, in place.

    Args:
        images: (B, 3, H, W), normalised.
        mask: (B, H, W), 0 on the background.
        noisy: Which images, (K,).
        noise: (K, 3, H, W).
    """
    if len(noisy):
        images.index_add_(0, noisy, noise * (mask[noisy] == 0)[:, None])
    return images
