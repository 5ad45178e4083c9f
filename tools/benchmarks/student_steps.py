"""Ways to train the student, with their times: what student_training.py compares."""

import time
from collections import Counter

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from vpd_mm.datasets import CropDataset
from vpd_mm.formats import open_crops


class Training:
    """One way to train: how its batches are made, and a step, a generator of its parts."""

    def __init__(self, loader: DataLoader, step, device: torch.device) -> None:
        self.loader, self.step, self.device = loader, step, device
        self.best, self.parts = float('inf'), Counter()

    def run(self, count: int, by_parts: bool = False) -> None:
        """Train two steps and, timed, so many more."""
        batches = iter(self.loader)
        for _ in range(2):
            list(self.step(batches))
        self.finish()
        begin = now = time.perf_counter()
        for _ in range(count):
            for part in self.step(batches):
                if by_parts:
                    self.finish()
                    self.parts[part] -= now
                    now = time.perf_counter()
                    self.parts[part] += now
        self.finish()
        if not by_parts:
            self.best = min(self.best, time.perf_counter() - begin)

    def finish(self) -> None:
        if self.device.type == 'cuda':
            torch.cuda.synchronize()


def our_step(batches, model, wrapper, device: torch.device):
    """A step as MMEngine trains a model, part by part."""
    batch = next(batches)
    yield 'read'
    batch['inputs'] = batch['inputs'].to(device, non_blocking=True)
    yield 'transfer'
    batch = model.data_preprocessor(batch, training=True)
    yield 'augment'
    with wrapper.optim_context(model):
        loss, _ = model.parse_losses(model(**batch, mode='loss'))
    wrapper.update_params(loss)
    yield 'forward, backward'


class PlainCrops(Dataset):
    """Crops read as images and augmented one by one: what training does, with a seed a sample.

    Args:
        dataset: Its frames and targets.
        size: Side of the images in pixels.
        mean, std: Of R, G, B in 0..1.
    """

    def __init__(self, dataset: CropDataset, size: int, mean, std) -> None:
        self.dataset, self.size = dataset, size
        self.crops = open_crops(dataset.crop_dir)
        self.mean, self.std = np.float32(mean), np.float32(std)

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Image (C, S, S) and target, float32."""
        info, rng = self.dataset.get_data_info(index), np.random.default_rng(index)
        crop = self.crops.read(info['crop_video'], info['crop_frame'])
        mask = np.ones(crop.rgb.shape[:2], bool) if crop.mask is None else crop.mask
        image = np.concatenate([crop.rgb, crop.flow, mask[..., None]], -1).astype(np.float32)
        image[..., :5] /= 255
        image = self.cut(image, rng)
        rgb, flow, mask = np.split(image, [3, 5], -1)
        flow = flow - 0.5
        rgb = (self.jitter(rgb, rng) - self.mean) / self.std
        if rng.random() < 0.5:
            noise = rng.normal(0, 0.05**0.5, rgb.shape)
            rgb = np.where(mask == 0, rgb + noise, rgb)
        flip = int(rng.random() < 0.5)
        if flip:
            rgb, flow = rgb[:, ::-1], flow[:, ::-1] * (-1, 1)
        image = np.concatenate([rgb, flow], -1).transpose(2, 0, 1)
        return np.ascontiguousarray(image, np.float32), info['target'][flip]

    def cut(self, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A window of half the area or more, resized."""
        height, width = image.shape[:2]
        area = rng.uniform(0.5, 1) * height * width
        ratio = np.exp(rng.uniform(np.log(0.9), np.log(1.1)))
        w = min(width, round((area * ratio) ** 0.5))
        h = min(height, round((area / ratio) ** 0.5))
        left, top = rng.integers(width - w + 1), rng.integers(height - h + 1)
        window = image[top : top + h, left : left + w]
        return cv2.resize(window, (self.size, self.size), interpolation=cv2.INTER_LINEAR)

    def jitter(self, rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Other brightness, contrast, saturation and hue."""
        rgb = np.clip(rgb * rng.uniform(0.8, 1.2), 0, 1)
        contrast, saturation = rng.uniform(0.8, 1.2), rng.uniform(0.95, 1.05)
        mean = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).mean()
        rgb = np.clip(contrast * rgb + (1 - contrast) * mean, 0, 1)
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[..., None]
        rgb = np.clip(saturation * rgb + (1 - saturation) * grey, 0, 1)
        hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)
        hsv[..., 0] = (hsv[..., 0] + 360 * rng.uniform(-0.05, 0.05)) % 360
        return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def plain_step(batches, model, device: torch.device):
    """A step in float32 on NCHW, part by part; the model's data preprocessor is not used."""
    if not hasattr(model, 'plain_optimizer'):
        model.backbone.to(memory_format=torch.contiguous_format)
        model.plain_optimizer = torch.optim.AdamW(model.parameters(), 5e-4)
    images, target = next(batches)
    yield 'read'
    images, target = images.to(device), target.to(device)
    yield 'transfer'
    embedding = model.head(model.backbone(images))
    loss = (model.predict_target(embedding[:, None]) - target).square().sum()
    model.plain_optimizer.zero_grad()
    loss.backward()
    model.plain_optimizer.step()
    yield 'forward, backward'
