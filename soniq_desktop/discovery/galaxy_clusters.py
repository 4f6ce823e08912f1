"""Regions of the map, and the words that set each apart from the rest of the library.

A cluster is a hill of the density of songs: a cell belongs to the peak that the steepest way up ends at.
Its words are tags whose mean score among its songs stands out against the others'; nothing is written down
beforehand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CELLS = 96  # per side of the map
REACH = 1.35  # radii: songs farther out belong to no cluster
SMOOTHING = 2.2  # cells, standard deviation
LEAST_SHARE, LEAST_SONGS = 0.006, 5  # of the songs: a smaller hill is part of its neighbour's
SADDLE = 0.72  # a hill whose pass to a higher one is this high, in its own height, is part of that one
WORDS = 2
LEAST_LIFT = 1.25  # how many times more probable than elsewhere a tag must be to be named


@dataclass(frozen=True, slots=True)
class Cluster:
    """A region of the map.

    Attributes:
        x, y: its densest place.
        songs: how many.
        words: tags that set it apart, the strongest first; may be empty.
    """

    x: float
    y: float
    songs: int
    words: tuple[str, ...] = ()


def find_clusters(places: NDArray[np.float32]) -> tuple[NDArray[np.int32], list[Cluster]]:
    """Cluster numbers (n,) of places (n, 2), −1 for outliers, and the clusters, the largest first."""
    inside = np.abs(places).max(axis=1, initial=0) < REACH
    if int(inside.sum()) < 2 * LEAST_SONGS:
        return np.full(len(places), -1, np.int32), []
    cells = np.floor((places[inside] + REACH) * (CELLS / (2 * REACH))).astype(np.intp).clip(0, CELLS - 1)
    flat = cells[:, 0] * CELLS + cells[:, 1]
    density = _blurred(np.bincount(flat, minlength=CELLS * CELLS).reshape(CELLS, CELLS).astype(float))
    hills = _merged(_hills(density), density, flat, max(LEAST_SONGS, LEAST_SHARE * len(places)))
    members = np.full(len(places), -1, np.int64)
    members[inside] = hills[flat]
    peaks, numbers, counts = np.unique(members[inside], return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order))
    result = np.full(len(places), -1, np.int32)
    result[inside] = rank[numbers]
    clusters = [Cluster(*_centre(int(peaks[place])), int(counts[place])) for place in order]
    return result, clusters


def words_of(
    scores: NDArray[np.floating], members: NDArray[np.int32], tags: Sequence[str], count: int
) -> list[tuple[str, ...]]:
    """For each of `count` clusters the tags (of scores (n, tags), probabilities) that set it apart.

    By c·log(c / r) + (1 − c)·log((1 − c) / (1 − r)) of the cluster's mean score c against the rest's r,
    which is the information that the tag carries about being in the cluster; only tags that are more
    probable inside.
    """
    heard = np.isfinite(scores).all(axis=1) & (scores.max(axis=1, initial=0) > 0)
    rows = np.clip(scores[heard], 1e-4, 1 - 1e-4).astype(np.float64)
    inside = members[heard]
    total = rows.sum(axis=0)
    found: list[tuple[str, ...]] = []
    for number in range(count):
        own = inside == number
        size, others = int(own.sum()), int((~own).sum())
        if not size or not others:
            found.append(())
            continue
        here = rows[own].sum(axis=0)
        found.append(_named(here / size, (total - here) / others, tags))
    return found


def _named(here: Floats, elsewhere: Floats, tags: Sequence[str]) -> tuple[str, ...]:
    information = here * np.log(here / elsewhere) + (1 - here) * np.log((1 - here) / (1 - elsewhere))
    information[here < LEAST_LIFT * elsewhere] = 0
    best = np.argsort(-information, kind="stable")[: 3 * WORDS]
    return tuple(tags[place] for place in best if information[place] > 0)


def _blurred(grid: Floats) -> Floats:
    """A Gaussian blur, separable."""
    reach = int(3 * SMOOTHING)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SMOOTHING) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        grid = np.apply_along_axis(np.convolve, axis, grid, kernel, mode="same")
    return grid


_STEPS = tuple((dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)


def _hills(density: Floats) -> NDArray[np.int64]:
    """(cells²,) flat index of the peak that each cell climbs to."""
    side = density.shape[0]
    own = np.arange(side * side).reshape(side, side)
    best, target = density.copy(), own.copy()
    padded = np.pad(density, 1, constant_values=-1.0)
    for dx, dy in _STEPS:
        value = padded[1 + dx : 1 + dx + side, 1 + dy : 1 + dy + side]
        higher = value > best
        best = np.where(higher, value, best)
        target = np.where(higher, own + dx * side + dy, target)
    up = target.ravel()
    while not np.array_equal(up[up], up):
        up = up[up]
    return up


def _merged(
    hills: NDArray[np.int64], density: Floats, flat: NDArray[np.intp], least: float
) -> NDArray[np.int64]:
    """Hills without those that are only a shoulder of a higher one, or too small to stand for themselves.

    Passes are taken from the highest down, so a hill joins the neighbour that it is most one with.
    """
    parent = {int(peak): int(peak) for peak in np.unique(hills)}
    songs = dict.fromkeys(parent, 0) | dict(
        zip(*(part.tolist() for part in np.unique(hills[flat], return_counts=True)), strict=True)
    )
    height = density.ravel()

    def root(peak: int) -> int:
        while parent[peak] != peak:
            peak = parent[peak]
        return peak

    for level, one, other in _passes(hills, density):
        low, high = sorted((root(one), root(other)), key=lambda peak: (height[peak], peak))
        if low != high and (level > SADDLE * height[low] or songs[low] < least):
            parent[low] = high
            songs[high] += songs[low]
    return np.array([root(int(peak)) for peak in hills])


def _passes(hills: NDArray[np.int64], density: Floats) -> list[tuple[float, int, int]]:
    """(height, hill, hill) where two hills touch, the highest first."""
    side = density.shape[0]
    grid = hills.reshape(side, side)
    best: dict[tuple[int, int], float] = {}
    for dx, dy in ((1, 0), (0, 1)):
        here, there = grid[: side - dx, : side - dy], grid[dx:, dy:]
        level = np.minimum(density[: side - dx, : side - dy], density[dx:, dy:])
        apart = here != there
        for one, other, height in zip(
            here[apart].tolist(), there[apart].tolist(), level[apart].tolist(), strict=True
        ):
            pair = (min(one, other), max(one, other))
            best[pair] = max(best.get(pair, 0.0), height)
    return sorted(((height, one, other) for (one, other), height in best.items()), reverse=True)


def _centre(cell: int) -> tuple[float, float]:
    step = 2 * REACH / CELLS
    return (cell // CELLS + 0.5) * step - REACH, (cell % CELLS + 0.5) * step - REACH
