"""What MMPose and MMDetection need, in whatever environment the tests run."""

import subprocess
import sys
import types

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer

from vpd_mm import compat_pose


def test_mmpose_imports_after_mmaction_models():
    pytest.importorskip('mmpose')
    code = (
        'import vpd_mm, mmaction.models\n'
        'from vpd_mm.compat_pose import prepare_for_mmpose as prepare\n'
        'prepare(); prepare()\n'
        'import mmpose.apis, mmdet.models\n'
        'from mmcv.ops import RoIAlign\n'
        'import torch\n'
        'try:\n'
        '    RoIAlign(2)(torch.zeros(1, 1, 4, 4), torch.zeros(1, 5))\n'
        'except ImportError as error:\n'
        '    print(error)'
    )
    command = [sys.executable, '-W', 'ignore', '-c', code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 'needs the compiled mmcv 2.1' in result.stdout, result.stderr


@pytest.mark.parametrize('error', [ImportError('missing'), ValueError('numpy.dtype size changed')])
def test_pycocotools_stands_in_for_xtcocotools(monkeypatch, error):
    pycocotools = pytest.importorskip('pycocotools')
    import_module = compat_pose.importlib.import_module

    def fails_for_xtcocotools(name):
        if name.startswith('xtcocotools'):
            raise error
        return import_module(name)

    for part in ('', '.coco', '.cocoeval', '.mask'):
        monkeypatch.setitem(sys.modules, f'xtcocotools{part}', None)
    monkeypatch.setattr(compat_pose.importlib, 'import_module', fails_for_xtcocotools)
    compat_pose.provide_xtcocotools()
    assert sys.modules['xtcocotools'] is pycocotools
    from xtcocotools.coco import COCO

    assert COCO.__module__ == 'pycocotools.coco'


def test_a_working_xtcocotools_is_kept(monkeypatch):
    working = types.ModuleType('xtcocotools')
    monkeypatch.setitem(sys.modules, 'xtcocotools', working)
    monkeypatch.setitem(sys.modules, 'xtcocotools.mask', types.ModuleType('xtcocotools.mask'))
    compat_pose.provide_xtcocotools()
    assert sys.modules['xtcocotools'] is working


@pytest.mark.parametrize('compiled', [True, False])
def test_suppression_keeps_the_best_of_overlapping_boxes(monkeypatch, compiled):
    if not compiled:
        monkeypatch.setattr(compat_pose, 'compiled_suppression', lambda: None)
    boxes = torch.tensor([[0.0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30], [0, 0, 5, 10]])
    scores = torch.tensor([0.6, 0.9, 0.5, 0.8])
    suppress = compat_pose.non_maximum_suppression
    assert suppress(boxes, scores, 0.5, 0).tolist() == [1, 3, 2]
    assert suppress(boxes[:0], scores[:0], 0.5, 0).shape == (0,)


def test_checkpoints_with_arrays_and_histories_load(tmp_path):
    content = dict(
        meta=dict(dataset_meta=dict(sigmas=np.arange(3, dtype=np.float32), sides=np.int64(2))),
        message_hub=dict(log_scalars=dict(loss=HistoryBuffer([1.0], [1]))),
        state_dict=dict(weight=torch.ones(2)),
    )
    torch.save(content, tmp_path / 'model.pth')
    with compat_pose.admit_openmmlab_checkpoints():
        loaded = torch.load(tmp_path / 'model.pth', weights_only=True)
    np.testing.assert_array_equal(loaded['meta']['dataset_meta']['sigmas'], [0, 1, 2])
    assert loaded['state_dict']['weight'].tolist() == [1, 1]
    for history in (loaded['message_hub']['log_scalars']['loss'], HistoryBuffer([1.0], [1])):
        assert [history.statistics(name) for name in ('min', 'max', 'mean', 'current')] == [1] * 4


class Method:
    """Pickled as an attribute of what is not a log history."""

    def __reduce__(self):
        return getattr, (torch.Tensor, 'numpy')


def test_other_attributes_are_refused(tmp_path):
    torch.save(dict(state_dict=Method()), tmp_path / 'model.pth')
    with (
        compat_pose.admit_openmmlab_checkpoints(),
        pytest.raises(Exception, match=r'numpy|Unsupported|Weights only load failed'),
    ):
        torch.load(tmp_path / 'model.pth', weights_only=True)


class Evil:
    def __reduce__(self):
        return print, ('called',)


def test_checkpoints_with_code_do_not(tmp_path, capsys):
    torch.save(dict(state_dict=Evil()), tmp_path / 'model.pth')
    with (
        compat_pose.admit_openmmlab_checkpoints(),
        pytest.raises(Exception, match='Weights only load failed'),
    ):
        torch.load(tmp_path / 'model.pth', weights_only=True)
    assert capsys.readouterr().out == ''
