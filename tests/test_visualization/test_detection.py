import numpy as np

from vpd_mm.formats import write_video
from vpd_mm.visualization.detection import draw_precision_recall, draw_timeline
from vpd_mm.visualization.detection_overlay import overlay_scores

FOUND = np.array([[2, 5, 0.9, 1], [0, 3, 0.4, 0]])


def test_timeline_has_a_bar_for_each_interval():
    scores = np.random.default_rng(0).random((10, 2))
    figure = draw_timeline('routine', 5, ['axel', 'lutz'], scores, FOUND, np.array([[1, 4, 0]]))
    bars, lines = figure.axes
    assert len(bars.collections) == 3
    assert [line.get_xydata()[-1, 0] for line in lines.lines] == [9 / 5] * 2
    alone = draw_timeline('routine', 5, ['axel', 'lutz'], scores, FOUND)
    assert len(alone.axes[0].collections) == 2


def test_precision_recall_falls():
    precision, recall = np.array([1, 0.5, 2 / 3]), np.array([0.5, 0.5, 1])
    (line,) = draw_precision_recall({'tIoU 0.5': (precision, recall)}).axes[0].lines
    assert (np.diff(line.get_ydata()) <= 0).all()
    assert line.get_ydata()[-1] == 2 / 3
    assert len(draw_precision_recall({}).axes) == 1


def test_overlay_names_the_action_while_it_lasts(tmp_path):
    video = tmp_path / 'a.mp4'
    write_video(video, np.full((8, 48, 64, 3), 90, np.uint8), 5)
    frames = list(overlay_scores(video, 5, ['axel', 'lutz'], np.zeros((6, 2)), FOUND[:1]))
    assert len(frames) == 8  # scores may end before the video
    assert {frame.shape for frame in frames} == {(480, 640, 3)}
    named = [bool((frame[5:20, 5:60] != frames[0][5:20, 5:60]).any()) for frame in frames]
    assert named == [False, False, True, True, True, False, False, False]
