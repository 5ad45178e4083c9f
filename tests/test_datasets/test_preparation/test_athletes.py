"""Following people and choosing the athlete, with synthetic boxes."""

import numpy as np
import pytest

from vpd_mm.datasets.preparation.athletes import (
    AthleteChoice,
    athlete_rows,
    bridge_gaps,
    choose_athletes,
)
from vpd_mm.datasets.preparation.tracking import (
    People,
    box_size,
    nearness,
    overlap,
    track_people,
)

FPS = 25.0


@pytest.fixture(autouse=True)
def _tracker():
    pytest.importorskip('trackers')


def walk(frames, start, step, size=(40, 100), score=0.9):
    """Rows frame, x1, y1, x2, y2, score of somebody whose centre moves evenly."""
    frames = np.asarray(frames)
    centre = np.asarray(start, float) + frames[:, None] * np.asarray(step, float)
    half = np.asarray(size) / 2
    return np.column_stack([frames, centre - half, centre + half, np.full(len(frames), score)])


def scene(*walks):
    rows = np.concatenate(walks)
    rows = rows[np.argsort(rows[:, 0], kind='stable')]
    return People(rows[:, 0].astype(np.int64), rows[:, 1:5], rows[:, 5])


def choose(people, **choice):
    return choose_athletes(people, FPS, 480, AthleteChoice(**choice))


def centre_x(boxes):
    return boxes.box[:, 0] + boxes.box[:, 2] / 2


def test_measures_of_boxes():
    boxes = np.array([[0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 6, 6], [4, 4, 4, 4]], float)
    np.testing.assert_allclose(overlap(boxes, boxes[0]), [1, 1 / 3, 0, 0])
    np.testing.assert_allclose(box_size(boxes), [2, 2, 1, 0])
    near = nearness(boxes, boxes[0])
    assert near[0] == 1 and near[0] > near[1] > near[2] > near[3]


def test_two_people_who_cross_stay_themselves():
    frames = range(60)
    people = scene(walk(frames, (50, 200), (8, 0)), walk(frames, (522, 215), (-8, 0)))
    track = track_people(people, FPS)
    assert len(np.unique(track)) == 2 and (track >= 0).all()
    first, second = choose(people, max_people=2)['']
    assert len(first) == len(second) == 60
    assert {round(np.diff(centre_x(x)).mean()) for x in (first, second)} == {8, -8}
    assert np.abs(np.abs(np.diff(centre_x(first))) - 8).max() < 1e-6


def test_a_gap_of_the_detector_is_bridged_and_a_long_one_is_not():
    frames = [*range(20), *range(30, 50), *range(120, 140)]
    people = scene(walk(frames, (100, 200), (1.5, 0)))
    (athlete,) = choose(people)['']
    assert athlete.frame.tolist() == [*range(50), *range(120, 140)]
    np.testing.assert_allclose(centre_x(athlete)[20:30], 100 + 1.5 * np.arange(20, 30))
    (athlete,) = choose(people, max_gap=0.2)['']
    assert athlete.frame.tolist() == frames


def test_a_blurred_athlete_is_followed_at_a_low_score():
    rows = walk(range(40), (100, 200), (3, 0))
    rows[15:25, 5] = 0.15
    track = track_people(scene(rows), FPS)
    assert (track == track[0]).all()
    assert (track_people(scene(rows[15:25]), FPS) == -1).all()


def test_a_bystander_larger_for_one_frame_is_not_chosen():
    athlete = walk(range(50), (100, 200), (4, 0))
    bystander = walk([20], (400, 240), (0, 0), size=(300, 400))
    (chosen,) = choose(scene(athlete, bystander))['']
    np.testing.assert_allclose(centre_x(chosen), 100 + 4 * np.arange(50))


def test_a_bystander_does_not_stand_in_for_the_absent_athlete():
    athlete = walk([*range(30), *range(90, 120)], (100, 200), (2, 0))
    bystander = walk(range(120), (500, 240), (0, 0), size=(30, 70))
    (chosen,) = choose(scene(athlete, bystander))['']
    assert chosen.frame.tolist() == [*range(30), *range(90, 120)]


def test_after_a_cut_the_athlete_is_found_elsewhere_but_somebody_tiny_is_not():
    people = scene(
        walk(range(40), (100, 200), (1, 0)),
        walk(range(40, 80), (500, 240), (-1, 0), size=(80, 200)),
        walk(range(90, 130), (300, 100), (0, 0), size=(8, 20)),
    )
    (chosen,) = choose(people)['']
    assert chosen.frame.tolist() == list(range(80))
    assert chosen.box[-1, 3] == 200


def test_of_equally_large_people_the_nearer_one_continues():
    people = scene(
        walk(range(30), (100, 200), (0, 0)),
        walk(range(35, 45), (110, 200), (0, 0)),
        walk(range(35, 45), (600, 200), (0, 0)),
    )
    track = np.select(
        [people.frame < 30, people.box[:, 0] < 300], [0, 1], 2
    )  # as though the tracker had lost them
    rows = athlete_rows(people, track, box_size(people.box))
    assert (people.box[rows, 0] < 300).all() and len(rows) == 40


def test_nobody_in_some_frames_and_in_none():
    (chosen,) = choose(scene(walk(range(50, 60), (100, 200), (0, 0))))['']
    assert chosen.frame.tolist() == list(range(50, 60))
    nobody = People(np.zeros(0, np.int64), np.zeros((0, 4)), np.zeros(0))
    assert [len(boxes) for boxes in choose(nobody, max_people=2)['']] == [0, 0]
    assert {key: len(boxes[0]) for key, boxes in choose(nobody, net=0.5).items()} == {
        'front__': 0,
        'back__': 0,
    }


def test_a_single_detection_is_better_than_none():
    (chosen,) = choose(scene(walk([3], (100, 200), (0, 0))))['']
    assert chosen.frame.tolist() in ([], [3])


def test_players_are_told_from_officials_and_by_side():
    frames = range(100)
    swing = np.abs(np.arange(100) % 50 - 25)[:, None] * [[6.0, 0.0]]
    front = walk(frames, (200, 400), (0, 0), size=(40, 100))
    back = walk(frames, (250, 140), (0, 0), size=(20, 50))
    front[:, 1:5] += np.tile(swing, 2)
    back[:, 1:5] += np.tile(swing / 2, 2)
    linesman = walk(frames, (600, 130), (0, 0), size=(24, 60))
    people = scene(linesman, front, back)
    players = choose(people, net=0.45)
    assert list(players) == ['front__', 'back__']
    np.testing.assert_allclose(centre_x(players['front__'][0]), 200 + swing[:, 0])
    np.testing.assert_allclose(centre_x(players['back__'][0]), 250 + swing[:, 0] / 2)


def test_bridging_goes_through_the_boxes_that_are_there():
    box = np.array([[0, 0, 10, 20], [4, 0, 14, 20], [500, 0, 510, 20]], float)
    boxes = bridge_gaps(np.array([2, 4, 6]), box, np.array([0, 1, 2]), 5)
    assert boxes.frame.tolist() == [2, 3, 4, 6]
    np.testing.assert_allclose(boxes.box[1], [2, 0, 10, 20])
