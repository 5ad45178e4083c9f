"""Fixtures for the whole suite; parity data is used where it lies beside the repository."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import settings

settings.register_profile('no deadline', deadline=None)  # a busy machine takes long now and then
settings.load_profile('no deadline')

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / 'shared'


@pytest.fixture(scope='session', autouse=True)
def few_threads():
    torch.set_num_threads(2)


@pytest.fixture(scope='session')
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope='session')
def golden_dir() -> Path:
    path = SHARED / 'golden'
    if not path.is_dir():
        pytest.skip('the golden data is not beside the repository')
    return path


@pytest.fixture(scope='session')
def golden(golden_dir):
    """Loader of one golden topic: ``golden('06_flow_codec')['out_lut']``."""

    def load(topic: str):
        return np.load(golden_dir / f'{topic}.npz', allow_pickle=False)

    return load


@pytest.fixture(scope='session')
def shared_data_dir() -> Path:
    path = SHARED / 'data'
    if not path.is_dir():
        pytest.skip('the shared recordings are not beside the repository')
    return path
