"""Joint positions of BVH files, against geometry by hand and the library's own."""

import numpy as np
import pytest

from vpd_mm.datasets.preparation.bvh import read_bvh
from vpd_mm.formats import FormatError

bvhio = pytest.importorskip('bvhio')

ARM = """HIERARCHY
ROOT Hips
{
  OFFSET 1 2 3
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Chest
  {
    OFFSET 0 2 0
    CHANNELS 3 Yrotation Xrotation Zrotation
    JOINT Arm_L
    {
      OFFSET 1 0 0
      CHANNELS 1 Zrotation
      End Site
      {
        OFFSET 1 0 0
      }
    }
  }
  JOINT Leg_L
  {
    OFFSET 0.5 -1 0
    CHANNELS 0
    End Site
    {
      OFFSET 0 -1 0
    }
  }
}
MOTION
Frames: {frames}
Frame Time: 0.0333333
{rows}
"""
NAMES = ['Hips', 'Chest', 'Arm_L', 'Arm_L_end', 'Leg_L', 'Leg_L_end']


def write(path, rows):
    lines = '\n'.join(' '.join(map(str, row)) for row in rows)
    path.write_text(ARM.replace('{frames}', str(len(rows))).replace('{rows}', lines))
    return path


def test_by_hand(tmp_path):
    rest, turned = [0.0] * 10, [10, 0, 0, 90, 0, 0, 0, 0, 0, 90]
    names, xyz = read_bvh(write(tmp_path / 'a.bvh', [rest, turned]))
    assert names == NAMES
    expected = [
        [[0, 0, 0], [0, 2, 0], [1, 2, 0], [2, 2, 0], [0.5, -1, 0], [0.5, -2, 0]],
        [[10, 0, 0], [8, 0, 0], [8, 1, 0], [7, 1, 0], [11, 0.5, 0], [12, 0.5, 0]],
    ]
    np.testing.assert_allclose(xyz, expected, atol=1e-6)


def test_rotation_order_agrees_with_the_library(tmp_path):
    rows = np.random.default_rng(0).uniform(-180, 180, (4, 10)).round(4)
    names, xyz = read_bvh(write(tmp_path / 'a.bvh', rows))
    hierarchy = bvhio.readAsHierarchy(str(tmp_path / 'a.bvh'))
    for frame in range(len(rows)):
        hierarchy.loadPose(frame)
        for joint, _, _ in hierarchy.layout():
            position = np.array(joint.PositionWorld)
            np.testing.assert_allclose(xyz[frame, names.index(joint.Name)], position, atol=1e-3)


@pytest.mark.parametrize(
    ('old', 'new', 'message'),
    [
        ('MOTION', '', 'has no HIERARCHY followed by MOTION'),
        ('Frame Time: 0.0333333\n', '', 'has no HIERARCHY followed by MOTION'),
        ('Frames: 2', 'Frames: 3', '20 numbers for 3 frames of 10 channels'),
        ('OFFSET 0 2 0', 'OFFSET 0 2', 'Offset must be a 3-part tuple'),
        ('  }\n}\nMOTION', 'MOTION', 'is not valid BVH'),
        ('7.5', 'x', 'is not valid BVH'),
        ('CHANNELS 1 Zrotation', 'CHANNELS 1 Zscale', 'unknown channel Zscale'),
    ],
)
def test_damage_is_one_sentence(tmp_path, old, new, message):
    path = write(tmp_path / 'a.bvh', np.full((2, 10), 7.5))
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(FormatError, match=rf'a\.bvh: .*{message}'):
        read_bvh(path)


@pytest.mark.parametrize('size', range(0, 540, 30))
def test_a_file_cut_anywhere_is_one_sentence(tmp_path, size):
    path = write(tmp_path / 'a.bvh', np.full((2, 10), 7.5))
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(FormatError, match=r'a\.bvh: '):
        read_bvh(path)
