"""Great circles on the unit sphere of an embedding. numpy only.

Source: Shoemake, "Animating rotation with quaternion curves" (SIGGRAPH 1985), here for any dimension, in the
form cos(tω) p + sin(tω) q with q orthogonal to p, which stays exact where the ends (nearly) agree.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.vectors import Vectors

ALIGNED = 1e-6  # sine below which two ends span no plane of their own


def slerp(start: NDArray[np.floating], end: NDArray[np.floating], t: NDArray[np.floating] | float) -> Vectors:
    """Points at the shares t (n,) of the shortest arc between two unit vectors (dim,): (n, dim), unit length.

    Identical ends give the same point everywhere. Opposite ends have no shortest arc of their own; the one
    through `perpendicular(start)` is taken, so that the answer is always the same.
    """
    p, q = np.asarray(start, np.float64), np.asarray(end, np.float64)
    p, q = p / np.linalg.norm(p), q / np.linalg.norm(q)
    across = q - (p @ q) * p
    sine, cosine = float(np.linalg.norm(across)), float(p @ q)
    if sine < ALIGNED:
        across, sine = perpendicular(p), 0.0
    else:
        across /= sine
    angles = np.atleast_1d(np.asarray(t, np.float64))[:, None] * np.arctan2(sine, cosine)
    points = np.cos(angles) * p + np.sin(angles) * across
    return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True), np.float32)


def perpendicular(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """A unit vector (dim,) at a right angle to a unit vector: the axis it leans to least, straightened."""
    axis = np.zeros_like(vector)
    axis[np.argmin(np.abs(vector))] = 1.0
    across = axis - (axis @ vector) * vector
    unit: NDArray[np.float64] = across / np.linalg.norm(across)
    return unit


def angle(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Angle between two unit vectors in radians, exact also where it is small."""
    one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
    return float(2 * np.arctan2(np.linalg.norm(one - other), np.linalg.norm(one + other)))


def guide(anchors: NDArray[np.floating], places: Sequence[int], length: int) -> Vectors:
    """Waypoints (length, dim) through anchors (a, dim) that stand at `places`, evenly spaced in between.

    The first place is 0; behind the last one the guide stays where it is.
    """
    points = np.repeat(np.asarray(anchors[-1:], np.float32), length, axis=0)
    for i in range(len(places) - 1):
        first, last = places[i], places[i + 1]
        points[first : last + 1] = slerp(anchors[i], anchors[i + 1], np.linspace(0, 1, last - first + 1))
    return points


def bent(waypoints: Vectors, target: NDArray[np.floating], amount: float) -> Vectors:
    """The guide pulled towards a unit vector: not at its ends, by the share `amount` of the arc half-way."""
    pull = amount * np.sin(np.linspace(0, np.pi, len(waypoints)))
    pairs = zip(waypoints, pull, strict=True)
    return np.concatenate([slerp(point, target, float(share)) for point, share in pairs])


def spread(anchors: NDArray[np.floating], length: int) -> list[int]:
    """Where anchors (a, dim) stand on a path of `length` tracks: hops in proportion to the angles.

    There is one hop between two anchors at least, so there must not be more anchors than tracks. The first is
    at 0, the last at length - 1.
    """
    angles = np.array([angle(anchors[i], anchors[i + 1]) for i in range(len(anchors) - 1)]) + 1e-9
    hops = np.ones(len(angles), np.int64)
    while hops.sum() < length - 1:
        hops[np.argmax(angles / hops)] += 1
    return [0, *np.cumsum(hops).tolist()]
