"""Every config is listed where OpenMMLab's tools look for it, and described beside it."""

from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
FAMILIES = sorted(
    folder
    for folder in (REPOSITORY / 'configs').iterdir()
    if folder.is_dir() and folder.name not in ('_base_', 'demo')
)


def read(path):
    return yaml.safe_load(path.read_text(encoding='utf-8'))


@pytest.mark.parametrize('folder', FAMILIES, ids=[folder.name for folder in FAMILIES])
def test_every_config_is_listed(folder):
    metafile = read(folder / 'metafile.yml')
    listed = [model['Config'] for model in metafile['Models']]
    there = [str(path.relative_to(REPOSITORY)) for path in folder.glob('*.py')]
    assert sorted(listed) == sorted(there)
    collections = {collection['Name'] for collection in metafile['Collections']}
    assert {model['In Collection'] for model in metafile['Models']} <= collections


@pytest.mark.parametrize('folder', FAMILIES, ids=[folder.name for folder in FAMILIES])
def test_every_config_is_described(folder):
    text = (folder / 'README.md').read_text(encoding='utf-8')
    assert [path.name for path in folder.glob('*.py') if f'`{path.name}`' not in text] == []


def test_every_family_is_in_the_index():
    expected = [f'configs/{folder.name}/metafile.yml' for folder in FAMILIES]
    assert sorted(read(REPOSITORY / 'model-index.yml')['Import']) == expected
