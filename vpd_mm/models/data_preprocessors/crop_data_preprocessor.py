"""From packed uint8 crops to the student's input, on the model's device."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from mmengine.model import BaseDataPreprocessor

from vpd_mm.registry import MODELS

from .crop_augmentation import (
    CropAugmentation,
    add_background_noise,
    draw_boxes,
    jitter_colours,
    move_flow,
    resized_crop,
)


@MODELS.register_module()
class CropDataPreprocessor(BaseDataPreprocessor):
    """Augment, normalise and decode a batch of crops.

    In training every image has its own window, mirroring (then the target is the mirrored row and
    the x-flow is negated), rotation, colours (RGB only) and background noise. Otherwise images are
    plain, and with ``mirror`` come twice: as they are and mirrored. With ``jitter`` as many copies
    in other colours come behind either; a copy has the same change of colours in every frame of
    every video.

    The numbers are those of Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained
    Sports Action Recognition", ICCV 2021, which does not rotate.

    Args:
        mean: Mean of R, G, B in 0..1.
        std: Their standard deviation.
        scale: Share of the area that a random window keeps.
        ratio: Width divided by height of a random window.
        flip_prob: Probability of mirroring; only where the teacher has a mirrored row.
        rotation: An image turns by at most so many degrees either way. For teachers whose embedding
            does not depend on the camera.
        brightness: Brightness factors are drawn from 1 - brightness to 1 + brightness.
        contrast: Likewise for the contrast.
        saturation: Likewise for the saturation.
        hue: The hue turns by at most this share of the circle.
        noise_prob: Probability of noise on the background.
        noise_variance: Its variance, in units of the normalised image.
        non_blocking: See :class:`mmengine.model.BaseDataPreprocessor`.
    """

    def __init__(
        self,
        mean: Sequence[float],
        std: Sequence[float],
        scale: tuple[float, float] = (0.5, 1.0),
        ratio: tuple[float, float] = (0.9, 1.1),
        flip_prob: float = 0.5,
        rotation: float = 0.0,
        brightness: float = 0.2,
        contrast: float = 0.2,
        saturation: float = 0.05,
        hue: float = 0.05,
        noise_prob: float = 0.5,
        noise_variance: float = 0.05,
        non_blocking: bool = True,
    ):
        super().__init__(non_blocking=non_blocking)
        self.register_buffer('mean', torch.tensor(mean).view(3, 1, 1), persistent=False)
        self.register_buffer('std', torch.tensor(std).view(3, 1, 1), persistent=False)
        self.scale = tuple(scale)
        self.ratio = tuple(ratio)
        self.flip_prob = flip_prob
        self.rotation = math.radians(rotation)
        self.jitter = dict(brightness=brightness, contrast=contrast, saturation=saturation, hue=hue)
        self.noise_prob = noise_prob
        self.noise_variance = noise_variance

    @torch.compiler.disable  # the shapes of its random draws change from step to step
    def forward(
        self, data: dict, training: bool = False, mirror: bool = False, jitter: int = 0
    ) -> dict:
        """Prepare a batch.

        Args:
            data: ``inputs``, uint8 (C + 1, H, W) each, as a list or stacked, and ``data_samples``;
                see :class:`vpd_mm.datasets.PackCropInputs`.
            training: Augment.
            mirror: Give mirror images as further views (not in training).
            jitter: Give so many views in other colours (not in training).

        Returns:
            ``inputs`` (B, V, C, H, W) float32 and ``data_samples`` whose ``gt_embedding``, if
            any, is the (D,) tensor that belongs to the first view.
        """
        codes, samples = data['inputs'], data.get('data_samples')
        codes = torch.stack(list(codes)) if not isinstance(codes, torch.Tensor) else codes
        codes = codes.to(self.device, non_blocking=self._non_blocking)
        targets = self._stack_targets(samples)
        with torch.autocast(self.device.type, enabled=False):
            if training:
                can_flip = targets is not None and targets.shape[1] == 2
                augmentation = self.draw(len(codes), codes.shape[-1], can_flip)
                images = self.augment(codes, augmentation)[:, None]
                chosen = augmentation.flip.long()
            else:
                views = [self.plain(codes), *self.jittered(codes, jitter)]
                if mirror:
                    views += [flip_images(view) for view in views]
                images, chosen = torch.stack(views, 1), torch.zeros(len(codes), dtype=torch.long)
        if targets is not None:
            self._set_targets(samples, targets, chosen)
        return dict(inputs=images, data_samples=samples)

    def draw(self, count: int, size: int, can_flip: bool = True, generator=None):
        """All random choices for one batch.

        Args:
            count: Number of images.
            size: Their side in pixels.
            can_flip: Whether mirrored targets exist.
            generator: A CPU generator; torch's own by default.

        Returns:
            CropAugmentation: On the CPU, its noise on the model's device unless a generator is
            given.
        """

        def uniform(width):
            return (2 * torch.rand(count, generator=generator) - 1) * width

        def happens(probability):
            return torch.rand(count, generator=generator) < probability

        noisy = happens(self.noise_prob).nonzero().flatten()
        noise = torch.randn(
            (len(noisy), 3, size, size),
            generator=generator,
            device=self.device if generator is None else generator.device,
        )
        return CropAugmentation(
            box=draw_boxes(count, self.scale, self.ratio, generator=generator),
            flip=happens(self.flip_prob if can_flip else 0),
            angle=uniform(self.rotation),
            brightness=1 + uniform(self.jitter['brightness']),
            contrast=1 + uniform(self.jitter['contrast']),
            saturation=1 + uniform(self.jitter['saturation']),
            hue=uniform(self.jitter['hue']),
            noisy=noisy,
            noise=noise.mul_(self.noise_variance**0.5),
        )

    def augment(self, codes: torch.Tensor, augmentation: CropAugmentation) -> torch.Tensor:
        """Augmented images (B, C, H, W) of packed codes (B, C + 1, H, W)."""
        augmentation = augmentation.to(codes.device)
        box, flip, angle = augmentation.box, augmentation.flip, augmentation.angle
        images = resized_crop(codes.float().div_(255), box, flip, angle)
        rgb = self._normalize(jitter_colours(images[:, :3], augmentation))
        rgb = add_background_noise(rgb, images[:, -1], augmentation.noisy, augmentation.noise)
        flow = move_flow(images[:, 3:-1].sub_(0.5), flip, angle)
        return torch.cat([rgb, flow], 1)

    def plain(self, codes: torch.Tensor) -> torch.Tensor:
        """Normalised images (B, C, H, W) of packed codes (B, C + 1, H, W)."""
        images = codes[:, :-1].float().div_(255)
        self._normalize(images[:, :3])
        images[:, 3:].sub_(0.5)
        return images

    def jittered(self, codes: torch.Tensor, copies: int) -> list[torch.Tensor]:
        """Normalised images (B, C, H, W) of packed codes in other colours, once for each copy."""
        if not copies:
            return []
        drawn = self.draw(copies, 1, generator=torch.Generator().manual_seed(0)).to(codes.device)
        views = []
        for copy in range(copies):
            colours = {name: getattr(drawn, name)[copy].expand(len(codes)) for name in self.jitter}
            images = codes[:, :-1].float().div_(255)
            rgb = jitter_colours(images[:, :3], replace(drawn, **colours))
            views.append(torch.cat([self._normalize(rgb), images[:, 3:].sub_(0.5)], 1))
        return views

    def _normalize(self, rgb: torch.Tensor) -> torch.Tensor:
        return rgb.sub_(self.mean).div_(self.std)

    def _stack_targets(self, samples) -> torch.Tensor | None:
        if not samples or 'gt_embedding' not in samples[0]:
            return None
        return torch.from_numpy(np.stack([sample.gt_embedding for sample in samples]))

    def _set_targets(self, samples, targets: torch.Tensor, views: torch.Tensor) -> None:
        chosen = targets[torch.arange(len(targets)), views].to(self.device, non_blocking=True)
        for sample, target in zip(samples, chosen, strict=True):
            sample.set_data({'gt_embedding': target})


def flip_images(images: torch.Tensor) -> torch.Tensor:
    """Mirror (B, C, H, W) images; the x-flow, channel 3, also changes its sign."""
    mirrored = images.flip(-1)
    mirrored[:, 3:4].neg_()
    return mirrored
