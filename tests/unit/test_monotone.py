"""The smooth line: through its points, and never beyond them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.discovery.monotone import monotone

values = st.lists(st.floats(0, 1), min_size=2, max_size=8)


@given(values)
def test_the_line_goes_through_its_points(ys: list[float]) -> None:
    x = np.linspace(0, 1, len(ys))
    assert np.allclose(monotone(x, ys, x), ys)


@given(values)
def test_the_line_never_goes_beyond_the_two_points_beside_it(ys: list[float]) -> None:
    x = np.arange(len(ys))
    for piece in range(len(ys) - 1):
        between = monotone(x, ys, np.linspace(piece, piece + 1, 21))
        assert between.min() >= min(ys[piece : piece + 2]) - 1e-9
        assert between.max() <= max(ys[piece : piece + 2]) + 1e-9


def test_a_straight_line_stays_straight_and_the_ends_stay_level() -> None:
    assert np.allclose(monotone([0, 1, 3], [0, 2, 6], [0.5, 2.0, 9.0, -1.0]), [1, 4, 6, 0])
    assert monotone([2.0], [0.4], [0, 5]).tolist() == [0.4, 0.4]


def test_the_line_is_smooth_at_a_point_where_the_slope_changes() -> None:
    step = 1e-6
    one, middle, other = monotone([0, 1, 2], [0, 0.2, 1], [1 - step, 1, 1 + step])
    assert abs((middle - one) - (other - middle)) < 1e-10
