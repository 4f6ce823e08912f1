"""A smooth line through points that goes nowhere the points do not."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def monotone(x: ArrayLike, y: ArrayLike, at: ArrayLike) -> Floats:
    """The monotone cubic through the points (x, y), read at `at`: no higher and no lower than its neighbours.

    Tangents are the weighted harmonic means of the slopes beside a point, zero where the line turns: Fritsch
    and Butland, "A method for constructing local monotone piecewise cubic interpolants" (1984). `x` ascends
    strictly; outside of it the line stays level; one point makes a level line.

    Args:
        x, y: (n,), n at least 1.
        at: (m,).

    Returns:
        (m,) float64.
    """
    xs, ys, wanted = (np.asarray(each, np.float64) for each in (x, y, at))
    if len(xs) == 1:
        return np.full(wanted.shape, ys[0])
    wanted = np.clip(wanted, xs[0], xs[-1])
    widths = np.diff(xs)
    slopes = np.diff(ys) / widths
    tangents = _tangents(widths, slopes)
    piece = np.clip(np.searchsorted(xs, wanted, side="right") - 1, 0, len(widths) - 1)
    t, width = (wanted - xs[piece]) / widths[piece], widths[piece]
    value: Floats = (
        (1 + 2 * t) * (1 - t) ** 2 * ys[piece]
        + t * (1 - t) ** 2 * width * tangents[piece]
        + t**2 * (3 - 2 * t) * ys[piece + 1]
        + t**2 * (t - 1) * width * tangents[piece + 1]
    )
    return value


def _tangents(widths: Floats, slopes: Floats) -> Floats:
    """(n,) of n - 1 pieces; those of the ends are the slopes of the pieces there."""
    before, after = slopes[:-1], slopes[1:]
    weights = (2 * widths[1:] + widths[:-1], widths[1:] + 2 * widths[:-1])
    onwards = before * after > 0
    safe = np.where(onwards, before, 1.0), np.where(onwards, after, 1.0)
    means = (weights[0] + weights[1]) / (weights[0] / safe[0] + weights[1] / safe[1])
    return np.concatenate([slopes[:1], np.where(onwards, means, 0.0), slopes[-1:]])
