"""What Grad-CAM found in an excerpt, as plain values: what to ask, what comes back, where it is strongest.

numpy alone: the window's process reads these, and must not import torch as `gradcam` does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CELL = (4, 4)  # frames and bands that are looked at together
WEAK, STRONG = 0.45, 0.68  # of the hottest cell: where the contour lines lie
_FLAT = 1e-12  # a rise below this is none
LEAST_SHARE = 0.01  # of all heat: smaller regions are not listed

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What to explain: `length` seconds of a file from `start` on, for a class or None for the likeliest."""

    path: str
    start: float
    length: float
    label: str | None = None
    network: str = "genre_crnn"


@dataclass(frozen=True, slots=True)
class Region:
    """One connected part of the picture that speaks for the class.

    Attributes:
        start, end: seconds in the track; low, high: Hz.
        share: of all heat in the excerpt; peak: its hottest cell, 0..1.
    """

    start: float
    end: float
    low: float
    high: float
    share: float
    peak: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Evidence:
    """A picture of an excerpt and what in it spoke for a class.

    Attributes:
        label: the class explained; probability: what the network gives it, of this excerpt.
        labels, probabilities: all classes of the network.
        image: (frames, bands) uint8 log-mel, lowest band first.
        heat: (frames, bands) uint8, 255 where most speaks for the class; all 0 where nothing does.
        start, end: seconds in the track at the picture's edges.
        hertz: (bands,) middle of each band.
        contours: for WEAK and STRONG, (n, 2, 2) line segments (ends, x and y), as shares of the picture.
        regions: where it is above WEAK, the one with most heat first.
        strongest: the region above STRONG around the hottest cell; None where nothing speaks for the class.
    """

    label: str
    probability: float
    labels: tuple[str, ...]
    probabilities: Floats
    image: NDArray[np.uint8]
    heat: NDArray[np.uint8]
    start: float
    end: float
    hertz: Floats
    contours: tuple[Floats, Floats]
    regions: tuple[Region, ...]
    strongest: Region | None


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the cells of a picture lie: seconds at its edges, middles of its bands in Hz."""

    start: float
    end: float
    hertz: Floats

    def region(self, cells: NDArray[np.int64], grid: Floats) -> Region:
        """The box around cells, (n, 2) places in `grid`."""
        (left, low), (right, high) = cells.min(axis=0), cells.max(axis=0) + 1
        second = (self.end - self.start) / grid.shape[0]
        inside = grid[cells[:, 0], cells[:, 1]]
        return Region(
            float(self.start + left * second),
            float(self.start + right * second),
            self._edge(low / grid.shape[1]),
            self._edge(high / grid.shape[1]),
            float(inside.sum() / grid.sum()),
            float(inside.max()),
        )

    def _edge(self, share: float) -> float:
        """Frequency at a height of the picture."""
        middles = (np.arange(len(self.hertz)) + 0.5) / len(self.hertz)
        return float(np.interp(share, middles, self.hertz))


def coarse(heat: Floats) -> Floats:
    """(frames, bands) -> means over blocks of CELL; what is left over at the ends stays out."""
    frames, bands = (max(1, size // cell) for size, cell in zip(heat.shape, CELL, strict=True))
    wide, high = min(CELL[0], heat.shape[0]), min(CELL[1], heat.shape[1])
    blocks = heat[: frames * wide, : bands * high].reshape(frames, wide, bands, high)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32)


def regions(grid: Floats, frame: Frame, level: float = WEAK) -> list[Region]:
    """Connected parts above `level` of the hottest cell, the one with most heat first."""
    if not grid.any():
        return []
    found = [frame.region(cells, grid) for cells in connected(grid >= level * grid.max())]
    found = [region for region in found if region.share >= LEAST_SHARE]
    return sorted(found, key=lambda region: -region.share)


def strongest(grid: Floats, frame: Frame, level: float = STRONG) -> Region | None:
    """The connected part above `level` of the hottest cell that holds this cell."""
    if not grid.any():
        return None
    hottest = np.unravel_index(int(grid.argmax()), grid.shape)
    parts = connected(grid >= level * grid.max())
    return next(frame.region(cells, grid) for cells in parts if (cells == hottest).all(axis=1).any())


def connected(mask: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Places (n, 2) of each connected part of a mask; neighbours share an edge."""
    open_cells = set(map(tuple, np.argwhere(mask).tolist()))
    parts = []
    while open_cells:
        part, waiting = [], [open_cells.pop()]
        while waiting:
            x, y = waiting.pop()
            part.append((x, y))
            near = {(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)} & open_cells
            open_cells -= near
            waiting.extend(near)
        parts.append(np.array(part, np.int64))
    return parts


# Edges of a square that a contour joins, by which of its corners are inside (bits: 1 lower left, 2 lower
# right, 4 upper right, 8 upper left); edges: 0 lower, 1 right, 2 upper, 3 left.
_JOINED: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 0), (1, 2)), 6: ((0, 2),), 7: ((3, 2),),
    8: ((2, 3),), 9: ((2, 0),), 10: ((0, 1), (2, 3)), 11: ((2, 1),), 12: ((1, 3),), 13: ((1, 0),),
    14: ((0, 3),),
}  # fmt: skip


def contours(grid: Floats, level: float) -> Floats:
    """Line segments (n, 2, 2) where `grid` passes `level`, as shares of its width and height.

    Marching squares (Lorensen and Cline, "Marching cubes", 1987, in the plane); `grid` is (width, height), a
    value standing for the middle of its cell.
    """
    if min(grid.shape) < 2:
        return np.zeros((0, 2, 2), np.float32)
    corners = (grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:])
    kinds = sum((corner >= level) << bit for bit, corner in enumerate(corners))
    edges = _crossings(corners, level)
    segments = [np.zeros((0, 2, 2))]
    for kind, pairs in _JOINED.items():
        places = np.argwhere(np.asarray(kinds) == kind)
        for first, second in pairs:
            ends = [places + edges[edge][places[:, 0], places[:, 1]] for edge in (first, second)]
            segments.append(np.stack(ends, axis=1))
    joined = np.concatenate(segments) + 0.5
    return np.asarray(joined / np.array(grid.shape), np.float32)


def _crossings(corners: tuple[Floats, ...], level: float) -> list[NDArray[np.float64]]:
    """Where the level lies on each of the four edges of each square, (w, h, 2) in 0..1."""

    def between(first: Floats, second: Floats) -> NDArray[np.float64]:
        below, rise = level - first.astype(np.float64), second.astype(np.float64) - first
        return np.clip(below / np.where(np.abs(rise) < _FLAT, 1.0, rise), 0, 1)

    lower_left, lower_right, upper_right, upper_left = corners
    zero, one = np.zeros(lower_left.shape), np.ones(lower_left.shape)
    return [
        np.stack([between(lower_left, lower_right), zero], axis=-1),
        np.stack([one, between(lower_right, upper_right)], axis=-1),
        np.stack([between(upper_left, upper_right), one], axis=-1),
        np.stack([zero, between(lower_left, upper_left)], axis=-1),
    ]
