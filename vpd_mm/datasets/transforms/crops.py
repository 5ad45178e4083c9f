"""Reading a crop and packing it for the student."""

import cv2
import numpy as np
import torch
from mmaction.structures import ActionDataSample
from mmcv.transforms import BaseTransform

from vpd_mm.formats import Crop, CropStore, FormatError, open_crops
from vpd_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadCrop(BaseTransform):
    """Read one frame's crop, flow codes and mask at one size, from images or packed files.

    Required Keys:

    - crop_dir
    - video
    - frame
    - crop (optional: a :class:`vpd_mm.formats.Crop` to take instead of reading one)
    - crop_video, crop_frame (optional: under which the crop is stored, where not as `video` and
      `frame`)

    Added Keys:

    - rgb
    - flow
    - mask

    ``rgb`` is (S, S, 3) uint8; ``flow`` (S, S, 2) uint8 codes, or None without flow; ``mask``
    (S, S) uint8, not 0 on the athlete, and nowhere 0 where there is no mask.

    Args:
        size: Side S in pixels; other crops are resized bilinearly.
        use_flow: Also read the flow.
    """

    def __init__(self, size: int = 128, use_flow: bool = True):
        self.size = size
        self.use_flow = use_flow
        self._stores: dict[str, CropStore] = {}

    def transform(self, results: dict) -> dict:
        """Read the images.

        Raises:
            FormatError: If the flow is wanted and missing.
        """
        crop = results['crop'] if 'crop' in results else self._read(results)
        if self.use_flow and crop.flow is None:
            raise FormatError(
                f'{results.get("crop_dir", "crops")}/{results["video"]}',
                f'has no flow of frame {results["frame"]}; run tools/data/extract_flow.py, '
                'or set use_flow=False',
            )
        results['rgb'] = self._resize(crop.rgb)
        results['flow'] = self._resize(crop.flow) if self.use_flow else None
        if crop.mask is None:
            results['mask'] = np.full((self.size, self.size), 255, np.uint8)
        else:
            results['mask'] = self._resize(crop.mask.astype(np.uint8) * 255)
        return results

    def _read(self, results: dict) -> Crop:
        folder = results['crop_dir']
        if folder not in self._stores:
            self._stores[folder] = open_crops(folder)
        return self._stores[folder].read(
            results.get('crop_video', results['video']), results.get('crop_frame', results['frame'])
        )

    def _resize(self, image: np.ndarray) -> np.ndarray:
        if image.shape[:2] == (self.size, self.size):
            return image
        return cv2.resize(image, (self.size, self.size), interpolation=cv2.INTER_LINEAR)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size}, use_flow={self.use_flow})'


@TRANSFORMS.register_module()
class PackCropInputs(BaseTransform):
    """Pack a crop as one uint8 tensor, which costs a worker one message a batch.

    ``inputs`` is (C + 1, S, S): RGB, flow codes x and y if there are any, mask. The data sample
    carries ``video``, ``frame`` (a list of one), ``num_rows``, ``embedding_meta`` and, where there
    is a target, ``gt_embedding`` (V, D) float32, one row a view.

    Required Keys:

    - rgb
    - flow
    - mask
    - video
    - frame
    - num_rows
    - target (optional)

    Added Keys:

    - inputs
    - data_samples
    """

    def transform(self, results: dict) -> dict:
        """Pack one frame."""
        planes = [results['rgb'], results['mask'][..., None]]
        if results['flow'] is not None:
            planes.insert(1, results['flow'])
        sample = ActionDataSample(
            metainfo=dict(
                video=results['video'],
                frame=[results['frame']],
                num_rows=results['num_rows'],
                embedding_meta=[{}],
            )
        )
        if 'target' in results:
            sample.set_data({'gt_embedding': results['target']})
        image = np.concatenate(planes, axis=-1).transpose(2, 0, 1)
        inputs = torch.from_numpy(np.ascontiguousarray(image))
        return dict(inputs=inputs, data_samples=sample)

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'
