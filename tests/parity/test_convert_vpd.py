"""The published student, converted, against the embeddings that it was published with."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch

from vpd_mm.formats import read_embeddings


@pytest.fixture(scope='module')
def embed(golden_dir, repository, tmp_path_factory):
    """Convert the published student by its command, and embed its crops by another."""
    folder = tmp_path_factory.mktemp('published')
    case = golden_dir / 'student_case'
    shutil.copytree(case / 'model', folder / 'model')

    def run(script, *arguments):
        result = subprocess.run(
            [sys.executable, repository / script, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    told = run('tools/convert/convert_vpd.py', 'model', 'out/student.pth')
    assert 'size 32, use_flow True' in told

    def embed(name, *options):
        out = folder / name
        crops = ['--input', case / 'crops', '--out', out]
        run('tools/embed.py', 'out/student.py', 'out/student.pth', *crops, *options)
        return read_embeddings(out / 'vid0.emb.pkl')

    return embed


@pytest.mark.parametrize('noflip', [0, 1])
def test_commands_give_the_published_embeddings(golden, golden_dir, embed, noflip):
    embeddings = embed(f'noflip{noflip}', *(['--no-flip'] if noflip else []))
    student = golden('07_student')
    expected = student[f'out_apply_noflip{noflip}_embs'].reshape(embeddings.embedding.shape)
    np.testing.assert_array_equal(embeddings.frame, student[f'out_apply_noflip{noflip}_frames'])
    np.testing.assert_allclose(embeddings.embedding, expected, rtol=0, atol=1e-5)
    file = golden_dir / 'student_case' / f'emb_noflip{noflip}' / 'vid0.emb.pkl'
    published = read_embeddings(file)
    np.testing.assert_allclose(embeddings.embedding, published.embedding, rtol=0, atol=1e-5)
    assert embeddings.meta == published.meta


def test_motion_head(golden, golden_dir, tmp_path):
    from vpd_mm.apis.published_vpd import DECODER, convert_vpd
    from vpd_mm.registry import MODELS

    student = golden('07_student')
    shutil.copytree(golden_dir / 'student_case' / 'model', tmp_path / 'model')
    prefix = 'in_sd_motion_head__'
    head = {
        key.removeprefix(prefix): torch.from_numpy(student[key])
        for key in student.files
        if key.startswith(prefix)
    }
    torch.save(head, tmp_path / 'model' / DECODER)
    converted = convert_vpd(tmp_path / 'model')
    model = MODELS.build(converted.config['model'])
    model.load_state_dict(converted.state_dict)
    y = model.motion_head(torch.from_numpy(student['in_head_x'])).detach()
    np.testing.assert_allclose(y, student['out_head_y'], rtol=0, atol=1e-5)


def test_published_shapes(golden_dir):
    facts = json.loads((golden_dir / 'facts.json').read_text())
    from vpd_mm.apis.published_vpd import encoder_name
    from vpd_mm.models.backbones import RGBFlowResNet

    for name, published in facts['07_student']['student_state_dict'].items():
        depth, flow = name.removeprefix('resnet').split('_flow')
        network = RGBFlowResNet(int(depth), in_channels=3 + 2 * int(flow))
        assert len(network.state_dict()) + 2 == published['n_tensors']
        shapes = {f'backbone.{key}': tuple(v.shape) for key, v in network.state_dict().items()}
        for key, shape in published['first']:
            assert shapes[encoder_name(key, 'RGBFlowResNet')] == tuple(shape)
