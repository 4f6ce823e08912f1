"""Finding songs on the map: what is at a point, which way the next one lies, what a lasso holds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
Rows = NDArray[np.intp]

PER_CELL = 4  # songs on average
MOST_CELLS = 512  # per side


@dataclass(frozen=True, slots=True, eq=False)
class PointGrid:
    """Points (n, 2) sorted into square cells; the points of one row of cells lie together."""

    points: Points
    order: Rows
    starts: Rows
    low: NDArray[np.float64]
    step: float
    side: int

    @classmethod
    def over(cls, points: Points) -> "PointGrid":
        """The grid of these points; about `PER_CELL` of them in a cell."""
        side = int(np.clip(np.sqrt(len(points) / PER_CELL), 1, MOST_CELLS))
        low = points.min(axis=0).astype(np.float64) if len(points) else np.zeros(2)
        high = points.max(axis=0).astype(np.float64) if len(points) else np.ones(2)
        step = float((high - low).max()) / side * (1 + 1e-6) or 1.0
        cells = ((points - low) / step).astype(np.intp).clip(0, side - 1)
        flat = cells[:, 1] * side + cells[:, 0]
        order = np.argsort(flat, kind="stable")
        return cls(points, order, np.searchsorted(flat[order], np.arange(side * side + 1)), low, step, side)

    def inside(self, left: float, top: float, right: float, bottom: float) -> Rows:
        """Rows of the points in and around a box: all that are inside, and some beside it."""
        corners = np.array([[left, top], [right, bottom]])
        (x0, y0), (x1, y1) = np.clip((corners - self.low) / self.step, -1, self.side).astype(int)
        if x1 < 0 or y1 < 0 or x0 >= self.side or y0 >= self.side:
            return np.zeros(0, np.intp)
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, self.side - 1), min(y1, self.side - 1)
        rows = [
            self.order[self.starts[y * self.side + x0] : self.starts[y * self.side + x1 + 1]]
            for y in range(y0, y1 + 1)
        ]
        return np.concatenate(rows)

    def nearest(self, x: float, y: float, reach: float, shown: NDArray[np.bool_] | None = None) -> int | None:
        """The row of the point nearest to (x, y) within `reach`; of those that are `shown` (n,) only."""
        rows = self.inside(x - reach, y - reach, x + reach, y + reach)
        rows = rows if shown is None else rows[shown[rows]]
        if not len(rows):
            return None
        apart = np.square(self.points[rows] - (x, y)).sum(axis=1)
        best = int(apart.argmin())
        return int(rows[best]) if apart[best] <= reach * reach else None


def nearest_towards(
    points: Points, row: int, dx: float, dy: float, shown: NDArray[np.bool_] | None = None
) -> int | None:
    """The next point from `row` in a direction (unit vector): near, and not far off to the side.

    Cost is forward + 2·|sideways| among points with |sideways| below the forward distance; None where there
    is none.
    """
    apart = points - points[row]
    forward = apart @ np.array([dx, dy], np.float32)
    sideways = np.abs(apart @ np.array([-dy, dx], np.float32))
    fits = (forward > 1e-7) & (sideways < forward)
    if shown is not None:
        fits &= shown
    candidates = np.flatnonzero(fits)
    if not len(candidates):
        return None
    cost = forward[candidates] + 2 * sideways[candidates]
    return int(candidates[cost.argmin()])


def inside_polygon(points: Points, polygon: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which points (n, 2) lie in a closed polygon (m, 2), by the even-odd rule."""
    within = np.zeros(len(points), bool)
    if len(polygon) < 3:
        return within
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    x, y = points[near, 0].astype(np.float64), points[near, 1].astype(np.float64)
    odd = np.zeros(len(near), bool)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        crosses = (y0 > y) != (y1 > y)
        if y0 != y1:
            odd ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    within[near] = odd
    return within


def thinned(line: NDArray[np.floating], most: int = 200) -> NDArray[np.floating]:
    """At most `most` points of a drawn line, evenly chosen."""
    if len(line) <= most:
        return line
    chosen: NDArray[np.floating] = line[np.linspace(0, len(line) - 1, most).astype(int)]
    return chosen
