"""The published teacher, converted, against the embeddings that it was published with."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.runner import load_checkpoint

from vpd_mm.apis.published_vipe import DECODER, ENCODER, convert_vipe
from vpd_mm.apis.published_weights import write_converted
from vpd_mm.formats import read_embeddings
from vpd_mm.registry import MODELS

VIDEOS = {'fs': 'men_olympic_short_program_2010_01_00011475_00015700', 'clip_b': 'clip_b'}
CLOSE = {'rtol': 1e-5, 'atol': 1e-5}


def save_network(data, name, path):
    prefix = f'in_sd_{name}__'
    state = {
        key.removeprefix(prefix): torch.from_numpy(np.array(value))
        for key, value in data.items()
        if key.startswith(prefix)
    }
    torch.save(state, path)


def converted_teacher(golden, folder, encoder, decoder=None):
    """Publish networks of the golden data, convert them, build the config, load the checkpoint."""
    data = dict(golden('04_vipe_net'))
    save_network(data, encoder, folder / ENCODER)
    if decoder is not None:
        save_network(data, decoder, folder / DECODER)
    (folder / 'config.json').write_text(json.dumps(dict(datasets=[dict(name='human36m')])))
    config = write_converted(convert_vipe(folder), folder / 'out.pth')
    cfg = Config.fromfile(config)
    model = MODELS.build(cfg.model)
    load_checkpoint(model, str(folder / 'out.pth'), strict=True)
    return data, cfg, model.eval()


@pytest.mark.parametrize('size', [39, 75])
def test_encoder(golden, tmp_path, size):
    data, cfg, model = converted_teacher(golden, tmp_path, f'enc{size}')
    assert model.head is None
    assert cfg.test_dataloader.dataset.bones == (size == 75)
    with torch.no_grad():
        embedding = model(torch.from_numpy(data[f'in_pose{size}']))
    np.testing.assert_allclose(embedding, data[f'out_emb{size}'], **CLOSE)


@pytest.mark.parametrize('decoder', ['dec', 'resdec'])
def test_decoder(golden, tmp_path, decoder):
    data, _, model = converted_teacher(golden, tmp_path, 'enc39', decoder)
    for name, bones in (('human36m', 20), ('nba2k', 24)):
        with torch.no_grad():
            lifted = model.head(torch.from_numpy(data['in_emb']), name)
        assert lifted.shape[1:] == (bones, 7)
        np.testing.assert_allclose(lifted.flatten(1), data[f'out_{decoder}_{name}'], **CLOSE)


def test_commands_give_the_published_embeddings(golden, golden_dir, repository, tmp_path):
    formats = golden_dir / 'formats'
    shutil.copytree(formats / 'vipe_model', tmp_path / 'vipe_model')
    for command in (
        'tools/convert/convert_vipe.py vipe_model out/teacher.pth',
        f'tools/embed.py out/teacher.py out/teacher.pth --input {formats / "pose"} --out emb',
    ):
        script, *arguments = command.split()
        result = subprocess.run(
            [sys.executable, repository / script, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
    data = golden('12_formats')
    for name, video in VIDEOS.items():
        embeddings = read_embeddings(tmp_path / 'emb' / f'{video}.emb.pkl')
        expected = {
            key: data[f'out_emb_default_{name}_{key}']
            for key in ('frames', 'embs', 'kp_score', 'is_mean')
        }
        np.testing.assert_array_equal(embeddings.frame, expected['frames'])
        np.testing.assert_allclose(embeddings.embedding, expected['embs'], **CLOSE)
        for key in ('kp_score', 'is_mean'):
            values = [row[key] for row in embeddings.meta]
            np.testing.assert_allclose(values, expected[key], rtol=1e-6)
