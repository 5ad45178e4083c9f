"""The student against golden data of the published implementation."""

import numpy as np
import pytest
import torch
from torch import nn

from vpd_mm.datasets.crop_dataset import CropDataset
from vpd_mm.datasets.transforms import LoadCrop, PackCropInputs
from vpd_mm.formats import Crop, PackedCropWriter, write_embeddings
from vpd_mm.models.backbones.rgb_flow_resnet import inflate_stem
from vpd_mm.models.data_preprocessors import CropDataPreprocessor, crop_data_preprocessor
from vpd_mm.models.data_preprocessors.crop_augmentation import add_background_noise
from vpd_mm.models.embedders import VPDEmbedder
from vpd_mm.models.heads import EmbeddingHead, MotionHead
from vpd_mm.models.losses import SquaredErrorLoss
from vpd_mm.registry import MODELS

TOLERANCE = dict(rtol=0, atol=1e-5)
STEMS = dict(a=dict(stride=2, padding=3), b=dict(stride=1, padding=1))


@pytest.fixture(scope='module')
def student(golden):
    return golden('07_student')


def state_dict(student, network: str, prefix: str = '') -> dict:
    start = f'in_sd_{network}__{prefix}'
    return {
        key[len(start) :]: torch.from_numpy(student[key])
        for key in student.files
        if key.startswith(start)
    }


class TinyBackbone(nn.Module):
    """Stands for the ResNet in the end-to-end case."""

    def __init__(self, in_channels: int = 5):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, 6, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(6)

    def forward(self, images):
        return self.bn1(self.conv1(images)).relu()


@pytest.fixture
def tiny_backbone():
    MODELS.register_module(name='TinyBackbone', module=TinyBackbone, force=True)
    yield dict(type='TinyBackbone')
    MODELS.module_dict.pop('TinyBackbone')


def load_tiny(student, network: str, embedding_dim: int, preprocessor, backbone) -> VPDEmbedder:
    model = VPDEmbedder(
        backbone=backbone,
        head=dict(type='EmbeddingHead', in_channels=6, embedding_dim=embedding_dim),
        data_preprocessor=preprocessor,
    )
    weights = state_dict(student, network, 'resnet.')
    head = {key: weights.pop(f'fc.{key}') for key in ('weight', 'bias')}
    model.backbone.load_state_dict(weights)
    model.head.fc.load_state_dict(head)
    return model.eval()


@pytest.mark.parametrize('stem', ['a', 'b'])
def test_stem(student, stem):
    weight = inflate_stem(torch.from_numpy(student[f'in_stem_{stem}_weight']), 5)
    np.testing.assert_allclose(weight, student[f'out_stem_{stem}_weight'], **TOLERANCE)
    bias = None
    if f'in_stem_{stem}_bias' in student.files:
        bias = torch.from_numpy(student[f'in_stem_{stem}_bias'])
        np.testing.assert_array_equal(bias, student[f'out_stem_{stem}_bias'])
    images = torch.from_numpy(student[f'in_stem_{stem}_x'])
    y = nn.functional.conv2d(images, weight, bias, **STEMS[stem])
    np.testing.assert_allclose(y, student[f'out_stem_{stem}_y'], **TOLERANCE)


def test_motion_head(student):
    head = MotionHead(16)
    head.load_state_dict(state_dict(student, 'motion_head'))
    y = head(torch.from_numpy(student['in_head_x'])).detach()
    np.testing.assert_allclose(y, student['out_head_y'], **TOLERANCE)


def test_loss(student, tiny_backbone):
    model = load_tiny(student, 'enc', 16, None, tiny_backbone)
    with torch.no_grad():
        embedding = model.embed(torch.from_numpy(student['in_loss_img'])[:, None])[:, 0]
    np.testing.assert_allclose(embedding, student['out_student_emb'], **TOLERANCE)
    loss = SquaredErrorLoss()
    value = loss(embedding, torch.from_numpy(student['in_loss_emb'])).item()
    assert value == pytest.approx(float(student['out_loss']), rel=1e-5)
    head = MotionHead(16)
    head.load_state_dict(state_dict(student, 'motion_head'))
    target = torch.from_numpy(student['in_loss_emb_motion'])
    prediction = head(embedding)
    whole = loss(prediction, target).item()
    assert whole == pytest.approx(float(student['out_loss_motion']), rel=1e-5)
    parts = 3 * loss(prediction[:3], target[:3]) + 4 * loss(prediction[3:], target[3:])
    assert parts.item() / 7 == pytest.approx(
        float(student['out_loss_motion_two_batches']), rel=1e-5
    )


def videos_of(student, case: str):
    ends = np.cumsum(student[f'in_{case}_frames_lens'])[:-1]
    columns = ('frames', 'embs', 'kp_score', 'dp_score')
    parts = [np.split(student[f'in_{case}_{name}_data'], ends) for name in columns]
    for name, frame, embedding, kp, dp in zip(student[f'in_{case}_names'], *parts, strict=True):
        meta = [
            dict(kp_score=k) if np.isnan(d) else dict(kp_score=k, dp_score=d)
            for k, d in zip(kp, dp, strict=True)
        ]
        yield str(name), frame, embedding, meta


CASES = ['generic_1d', 'generic_2d', 'tennis_1d', 'tennis_2d']


@pytest.fixture(scope='module')
def teachers(student, tmp_path_factory):
    """Each case as a data set; the players' crops lie under player and match."""
    root = tmp_path_factory.mktemp('student')
    dot = Crop(np.zeros((1, 1, 3), np.uint8), np.zeros((1, 1, 2), np.uint8), None)
    for case in CASES:
        folder, cropped = root / case, {}
        for name, frame, embedding, meta in videos_of(student, case):
            path = folder / 'vipe' / f'{name}.emb.pkl'
            path.parent.mkdir(parents=True, exist_ok=True)
            (folder / 'pose' / name).mkdir(parents=True)
            write_embeddings(path, frame, embedding.reshape(len(frame), -1, 5), meta)
            stored, first = stored_crops(case, name)
            cropped.setdefault(stored, []).extend((frame + first).tolist())
        with PackedCropWriter(folder / 'crops') as writer:
            for name, frames in cropped.items():
                writer.write_video(name, [(f, dot, None) for f in frames])
    return root


def stored_crops(case: str, name: str) -> tuple[str, int]:
    if case.startswith('generic'):
        return name, 0
    match, first, _ = name.rsplit('_', 2)
    return match, int(first)


def items_of(root, case: str, **kwargs) -> list:
    """(Key, target) of the frames that train or validate, sorted."""
    folder, items = root / case, []
    sport = dict(type='Tennis', data_root=str(folder)) if case.startswith('tennis') else None
    for split in ('train', 'val'):
        dataset = CropDataset(
            str(folder / 'crops'),
            str(folder / 'vipe'),
            sport,
            split,
            protocol='reference',
            **kwargs,
        )
        infos = (dataset.get_data_info(index) for index in range(len(dataset)))
        items += [((x['crop_video'], x['crop_frame']), x['target']) for x in infos]
    return sorted(items, key=lambda item: (item[0][0].split('__')[::-1], item[0][1]))


def golden_key(case: str, video: str, frame: int) -> str:
    player, _, match = video.partition('__')
    return f'{match}|{player}|{frame}' if case.startswith('tennis') else f'{video}|{frame}'


@pytest.mark.parametrize('threshold', ['none', '02'])
@pytest.mark.parametrize('norm', [0, 1])
@pytest.mark.parametrize('motion', [0, 1])
@pytest.mark.parametrize('case', CASES)
def test_targets(student, teachers, case, motion, norm, threshold):
    items = items_of(
        teachers,
        case,
        motion=bool(motion),
        normalize_target=bool(norm),
        min_score=0.5 if threshold == 'none' else 0.2,
    )
    key = f'out_{case}_motion{motion}_norm{norm}_thr{threshold}'
    assert [golden_key(case, *item[0]) for item in items] == student[f'{key}_key'].tolist()
    targets = np.array([item[1] for item in items])
    expected = student[f'{key}_target'].reshape(targets.shape)
    np.testing.assert_allclose(targets, expected, **TOLERANCE)


@pytest.mark.parametrize('case', CASES)
def test_excluded_videos(student, teachers, case):
    prefix = str(student[f'in_{case}_exclude_prefix'])
    names = [name for name in student[f'in_{case}_names'] if name.startswith(prefix)]
    items = items_of(teachers, case, motion=False, min_score=0, exclude_videos=names)
    assert len(items) == student[f'out_{case}_excluded_count']


@pytest.fixture
def preprocessor(student):
    mean, std = student['in_rgb_mean_std']
    return CropDataPreprocessor(mean.tolist(), std.tolist())


def load_crops(golden_dir, frames, use_flow: bool = True) -> dict:
    load, pack = LoadCrop(size=32, use_flow=use_flow), PackCropInputs()
    crop_dir = golden_dir / 'student_case' / 'crops'
    packed = [
        pack(load(dict(crop_dir=crop_dir, video='vid0', frame=int(f), num_rows=len(frames))))
        for f in frames
    ]
    return {key: [item[key] for item in packed] for key in ('inputs', 'data_samples')}


def test_images(student, golden_dir, preprocessor):
    data = load_crops(golden_dir, student['in_image_frames'])
    plain = preprocessor(data)['inputs']
    np.testing.assert_allclose(plain[:, 0], student['out_item_noaug'], **TOLERANCE)
    np.testing.assert_allclose(plain[:, 0, :3], student['out_image'], **TOLERANCE)
    np.testing.assert_allclose(plain[:, 0, 3:], student['out_flow'], **TOLERANCE)
    both = preprocessor(data, mirror=True)['inputs']
    np.testing.assert_allclose(both, student['out_frames_flip'], **TOLERANCE)


def test_images_without_flow(student, golden_dir, preprocessor):
    data = load_crops(golden_dir, student['in_image_frames'], use_flow=False)
    plain = preprocessor(data)['inputs']
    np.testing.assert_allclose(plain, student['out_frames_noflip_noflow'], **TOLERANCE)


def test_jittered_views(student, golden_dir, preprocessor, monkeypatch):
    """The golden jitter adds 10 to the normalised image; here it comes before normalising."""
    monkeypatch.setattr(
        crop_data_preprocessor,
        'jitter_colours',
        lambda rgb, _: rgb + 10 * preprocessor.std,
    )
    expected = student['out_frames_jitter_flip_corrected']
    data = load_crops(golden_dir, student['in_image_frames'][: len(expected)])
    views = preprocessor(data, mirror=True, jitter=2)['inputs']
    np.testing.assert_allclose(views, expected, **TOLERANCE)


def test_background_noise(student, golden_dir, preprocessor):
    data = load_crops(golden_dir, student['in_mask_frames'])
    codes = torch.stack(data['inputs'])
    np.testing.assert_array_equal(codes[:, -1] == 0, student['out_background_mask'])
    images = preprocessor.plain(codes)[:, :3]
    noise = torch.from_numpy(student['in_noise']) * 0.05**0.5
    noise = noise.expand(len(codes), 3, 32, 32)
    noisy = add_background_noise(images.clone(), codes[:, -1], torch.arange(3), noise)
    np.testing.assert_allclose(noisy, student['out_masked_noise_corrected'], **TOLERANCE)


@pytest.mark.parametrize('noflip', [0, 1])
def test_end_to_end(student, golden_dir, preprocessor, tiny_backbone, noflip):
    model = load_tiny(student, 'apply', 8, preprocessor, tiny_backbone)
    data = load_crops(golden_dir, student[f'out_apply_noflip{noflip}_frames'])
    with torch.no_grad():
        samples = model.val_step(data) if noflip else model.test_step(data)
    embedding = torch.cat([sample.pred_embedding for sample in samples])
    expected = student[f'out_apply_noflip{noflip}_embs'].reshape(embedding.shape)
    np.testing.assert_allclose(embedding, expected, **TOLERANCE)


def test_embedding_head_pools():
    head = EmbeddingHead(4, 3)
    features = torch.randn(2, 4, 5, 5)
    expected = head.fc(features.flatten(2).mean(-1))
    torch.testing.assert_close(head(features), expected)
