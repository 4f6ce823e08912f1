"""Great circles: unit length, constant speed, exact ends, whatever the ends are."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.discovery.slerp import angle, bent, guide, perpendicular, slerp, spread

DIM = 16
seeds = st.integers(0, 2**32 - 1)


def unit(seed: int, dim: int = DIM) -> np.ndarray:
    vector = np.random.default_rng(seed).standard_normal(dim)
    return vector / np.linalg.norm(vector)


@given(seeds, seeds, st.integers(2, 40))
def test_points_have_unit_length_and_the_ends_are_exact(one: int, other: int, n: int) -> None:
    start, end = unit(one), unit(other)
    points = slerp(start, end, np.linspace(0, 1, n))
    assert np.linalg.norm(points, axis=1) == pytest.approx(np.ones(n), abs=1e-6)
    assert points[0] == pytest.approx(start, abs=1e-6)
    assert points[-1] == pytest.approx(end, abs=1e-6)


@given(seeds, seeds, st.integers(3, 40))
def test_speed_is_constant(one: int, other: int, n: int) -> None:
    points = slerp(unit(one), unit(other), np.linspace(0, 1, n))
    steps = [angle(points[i], points[i + 1]) for i in range(n - 1)]
    assert steps == pytest.approx([angle(unit(one), unit(other)) / (n - 1)] * (n - 1), abs=1e-5)


@given(seeds, seeds, st.floats(0, 1))
def test_the_way_back_is_the_same_way(one: int, other: int, t: float) -> None:
    there, back = slerp(unit(one), unit(other), t), slerp(unit(other), unit(one), 1 - t)
    assert there == pytest.approx(back, abs=1e-5)


@given(seeds, seeds, st.floats(0, 1))
def test_no_shorter_arc_exists(one: int, other: int, t: float) -> None:
    start, end = unit(one), unit(other)
    (point,) = slerp(start, end, t)
    assert angle(start, point) + angle(point, end) == pytest.approx(angle(start, end), abs=1e-4)


@given(seeds, st.floats(0, 1))
def test_identical_ends_stay_where_they_are(seed: int, t: float) -> None:
    assert slerp(unit(seed), unit(seed), t)[0] == pytest.approx(unit(seed), abs=1e-6)


@given(seeds, st.sampled_from([0.0, 1e-9, 1e-7, 1e-5]))
def test_opposite_ends_have_one_finite_way_of_half_a_turn(seed: int, noise: float) -> None:
    start = unit(seed)
    end = -start + noise * unit(seed + 1)
    points = slerp(start, end / np.linalg.norm(end), np.linspace(0, 1, 9))
    assert np.isfinite(points).all()
    steps = [angle(points[i], points[i + 1]) for i in range(8)]
    assert steps == pytest.approx([np.pi / 8] * 8, abs=1e-3)
    assert slerp(start, -start, 0.5)[0] @ start == pytest.approx(0, abs=1e-6)


@given(seeds)
def test_perpendicular_is_a_unit_vector_at_a_right_angle(seed: int) -> None:
    across = perpendicular(unit(seed))
    assert np.linalg.norm(across) == pytest.approx(1)
    assert across @ unit(seed) == pytest.approx(0, abs=1e-12)


@given(st.lists(seeds, min_size=2, max_size=6, unique=True), st.integers(0, 30))
def test_a_guide_passes_through_its_anchors_in_order(chosen: list[int], more: int) -> None:
    anchors = np.stack([unit(seed) for seed in chosen])
    length = len(anchors) + more
    places = spread(anchors, length)
    assert places[0] == 0
    assert places[-1] == length - 1
    assert all(before < after for before, after in pairwise(places))
    waypoints = guide(anchors, places, length)
    assert waypoints.shape == (length, DIM)
    assert waypoints[places] == pytest.approx(anchors, abs=1e-6)


def test_a_longer_stretch_gets_more_hops() -> None:
    anchors = slerp(np.eye(DIM)[0], np.eye(DIM)[1], np.array([0, 0.25, 1]))
    assert spread(anchors, 13) == [0, 3, 12]


@settings(max_examples=50)
@given(seeds, seeds, seeds, st.floats(0, 1))
def test_a_detour_leaves_the_ends_and_comes_nearer_to_its_aim(a: int, b: int, c: int, amount: float) -> None:
    waypoints = slerp(unit(a), unit(b), np.linspace(0, 1, 9))
    pulled = bent(waypoints, unit(c), amount)
    assert pulled[[0, -1]] == pytest.approx(waypoints[[0, -1]], abs=1e-5)
    assert (pulled @ unit(c) >= waypoints @ unit(c) - 1e-5).all()
    assert np.linalg.norm(pulled, axis=1) == pytest.approx(np.ones(9), abs=1e-6)
