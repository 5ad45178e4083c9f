import numpy as np

from vpd_mm.visualization.recognition import draw_confusion, draw_few_shot


def test_few_shot():
    rows = [
        dict(embedding='vipe', shots='full', mean=90.0, std=0.0),
        dict(embedding='vipe', shots=4, mean=50.0, std=5.0),
        dict(embedding='pose', shots=8, mean=60.0, std=1.0),
    ]
    axes = draw_few_shot(rows).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ['4', '8', 'full']
    line = axes.containers[0].lines[0]
    assert line.get_xydata().tolist() == [[0, 50], [2, 90]]


def test_confusion():
    axes = draw_confusion(np.array([[3, 1], [0, 0]]), ['axel', 'lutz'], 'vipe').axes[0]
    assert axes.images[0].get_array().tolist() == [[0.75, 0.25], [0, 0]]
    assert [text.get_text() for text in axes.texts] == ['3', '1']
