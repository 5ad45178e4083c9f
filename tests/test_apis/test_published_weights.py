"""What is said of published models that are not whole."""

import json
import subprocess
import sys

import pytest
import torch

from vpd_mm.apis.published_vipe import DECODER, ENCODER, bone_features, convert_vipe
from vpd_mm.apis.published_weights import read_published_weights, write_converted
from vpd_mm.formats import FormatError
from vpd_mm.models.backbones import ResidualMLP
from vpd_mm.models.heads import PoseLiftingHead

SETTINGS = dict(datasets=[{'name': 'pairs'}, {'name': 'people3d', '3d_pose_shape': [24, 4]}])


@pytest.fixture
def model_dir(tmp_path):
    """A small published teacher with three blocks, and a decoder of one layer."""
    encoder = ResidualMLP(75, 5, hidden_channels=8, num_blocks=3)
    head = PoseLiftingHead(
        dict(people3d=24), embedding_dim=5, hidden_channels=6, num_layers=1, bone_features=4
    )
    decoder = {
        f'fcn.{name}' if name.startswith('layers') else name.replace('fc.', 'fc_'): value
        for name, value in head.state_dict().items()
    }
    folder = tmp_path / 'model'
    folder.mkdir()
    torch.save(encoder.state_dict(), folder / ENCODER)
    torch.save(decoder, folder / DECODER)
    (folder / 'config.json').write_text(json.dumps(SETTINGS))
    return folder


def test_sizes_come_from_the_weights(model_dir, tmp_path):
    converted = convert_vipe(model_dir)
    assert converted.config['model'] == dict(
        type='VIPEEmbedder',
        backbone=dict(
            type='ResidualMLP', in_channels=75, out_channels=5, hidden_channels=8, num_blocks=3
        ),
        head=dict(
            type='PoseLiftingHead',
            num_bones=dict(people3d=24),
            embedding_dim=5,
            hidden_channels=6,
            num_layers=1,
            residual=False,
            bone_features=4,
        ),
    )
    assert converted.config['test_dataloader']['dataset']['bones']
    config = write_converted(converted, tmp_path / 'new' / 'teacher.pth')
    assert config == tmp_path / 'new' / 'teacher.py'
    checkpoint = torch.load(tmp_path / 'new' / 'teacher.pth', weights_only=True)
    assert checkpoint['meta']['published_settings'] == SETTINGS
    assert {name.partition('.')[0] for name in checkpoint['state_dict']} == {'backbone', 'head'}


@pytest.mark.parametrize('settings', [{}, dict(datasets=None), dict(datasets=['human36m'])])
def test_bones_have_seven_features_by_default(settings):
    assert bone_features(settings) == 7


def test_missing_files(model_dir):
    (model_dir / ENCODER).unlink()
    with pytest.raises(FileNotFoundError, match=r'encoder\.pt: there is no such file'):
        convert_vipe(model_dir)
    (model_dir / 'config.json').unlink()
    with pytest.raises(FileNotFoundError, match=r'config\.json: there is no such file'):
        convert_vipe(model_dir)


def test_settings_of_another_form(model_dir):
    (model_dir / 'config.json').write_text('[]')
    with pytest.raises(FormatError, match=r'config\.json: is no JSON object'):
        convert_vipe(model_dir)


class Command:
    def __reduce__(self):
        return print, ('this must not run',)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (Command(), 'cannot be read as plain weights'),
        ([torch.zeros(2)], 'is no mapping'),
        ({}, 'is no mapping'),
        ({'epoch': 3}, 'holds more than tensors'),
    ],
)
def test_files_that_are_no_weights(tmp_path, capsys, content, message):
    torch.save(content, tmp_path / 'weights.pt')
    with pytest.raises(FormatError, match=f'weights.pt: {message}'):
        read_published_weights(tmp_path / 'weights.pt')
    assert not capsys.readouterr().out


def test_truncated_weights(model_dir):
    path = model_dir / ENCODER
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(FormatError, match='cannot be read as plain weights'):
        convert_vipe(model_dir)


@pytest.mark.parametrize(
    ('file', 'name', 'shape', 'message'),
    [
        (ENCODER, 'layers.0.weight', (8, 51), 'takes poses of 51 numbers'),
        (ENCODER, 'layers.0.bias', (9,), 'do not fit VIPEEmbedder .*layers.0.bias'),
        (ENCODER, 'more.weight', (9,), 'do not fit VIPEEmbedder .*more.weight'),
        (ENCODER, 'layers.9.weight', (9, 9), 'other layers than a teacher'),
        (DECODER, 'fc_people3d.bias', (95,), 'other layers than a decoder'),
    ],
)
def test_weights_of_another_network(model_dir, file, name, shape, message):
    weights = torch.load(model_dir / file, weights_only=True)
    torch.save(weights | {name: torch.zeros(shape)}, model_dir / file)
    with pytest.raises(FormatError, match=message):
        convert_vipe(model_dir)


def test_command_ends_with_one_sentence(repository, tmp_path):
    script = repository / 'tools' / 'convert' / 'convert_vipe.py'
    result = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(tmp_path / 'out.pth')],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr.startswith('error: ') and 'Traceback' not in result.stderr
    assert not (tmp_path / 'out.py').exists()
