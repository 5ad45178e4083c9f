import numpy as np
import pytest

from vpd_mm.formats import Crop, PackedCropWriter, open_crops
from vpd_mm.visualization.library_map import draw_library, map_to_plane
from vpd_mm.visualization.retrieval import HIT, MISS, Strip, draw_alignment, retrieval_sheet


@pytest.fixture
def crops(tmp_path):
    with PackedCropWriter(tmp_path, lossless=True) as writer:
        for number, video in enumerate('ab'):
            crop = Crop(np.full((128, 128, 3), 100 + number, np.uint8), None, None)
            writer.write_video(video, [(frame, crop, None) for frame in range(5, 25)])
    return open_crops(tmp_path)


def test_sheet(crops):
    query = Strip('a', 0, 20, 'query')
    results = [Strip('b', 5, 9, 'first', True), Strip('none', 0, 9, 'second', False)]
    sheet = retrieval_sheet(crops, query, results, columns=6)
    height = 26 + 128 + 8
    assert sheet.shape == (3 * height + 14, 6 * 128 + 8, 3)
    first, second = height + 14, 2 * height + 14
    assert tuple(sheet[first + 27, 100]) == HIT and tuple(sheet[second + 27, 100]) == MISS
    assert (sheet[60, 10 : 6 * 128] == 100).all()
    row = sheet[first + 60, 4:-4]
    assert (row[: 4 * 128] == 101).all() and (row[4 * 128 :] == 52).all()


def test_alignment(crops, tmp_path):
    rng = np.random.default_rng(0)
    query, result = rng.normal(size=(8, 3)), rng.normal(size=(9, 3))
    alignment = np.stack([np.arange(8), np.arange(1, 9)], 1)
    strips = (Strip('a', 5, 13, ''), Strip('b', 5, 14, ''))
    figure = draw_alignment(query, result, alignment, ('q', 'r'), crops, strips, columns=4)
    figure.savefig(tmp_path / 'alignment.png')
    axes = figure.subfigs[1].axes[0]
    image = np.asarray(axes.images[0].get_array())
    np.testing.assert_allclose(image[2, 3], np.linalg.norm(query[2] - result[3]))
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), alignment[:, ::-1])
    assert draw_alignment(query, result, alignment, ('q', 'r')).axes[0].get_title() == 'q\nr'


@pytest.mark.parametrize('method', ['pca', None])
def test_map_keeps_groups_apart(method):
    rng = np.random.default_rng(0)
    vectors = np.concatenate([rng.normal(size=(20, 6)), rng.normal(size=(20, 6)) + 50])
    points = map_to_plane(vectors.astype(np.float32), method)
    assert points.shape == (40, 2)
    middles = points[:20].mean(0), points[20:].mean(0)
    spread = np.linalg.norm(points[:20] - middles[0], axis=1).max()
    assert np.linalg.norm(middles[0] - middles[1]) > spread
    figure = draw_library(points, ['a'] * 20 + ['b'] * 20, ['a', 'b'], 'title')
    assert [len(part.get_offsets()) for part in figure.axes[0].collections] == [20, 20]


def test_few_vectors_and_errors():
    assert map_to_plane(np.ones((1, 3))).tolist() == [[0, 0]]
    with pytest.raises(ValueError, match="method is 'umap'"):
        map_to_plane(np.ones((5, 3)), 'umap')
