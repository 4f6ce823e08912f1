"""Places for songs that came after the map was learned: among their neighbours, without moving anything."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.galaxy_shape import sunflower
from soniq_desktop.discovery.vectors import Ids, Vectors

Places = NDArray[np.float32]

NEIGHBOURS = 10
STEPS = 12  # of Weiszfeld's iteration
BLOCK = 256  # new songs at a time
JITTER = 0.004  # radii by which a song may lie beside the exact place, so that equal songs are told apart


def place_among(
    new_ids: Ids, new: Vectors, vectors: Vectors, places: Places, learned: NDArray[np.bool_]
) -> Places:
    """Places (m, d) for new vectors (m, dim), given the map's vectors (n, dim) and places (n, d).

    Only songs that the layout was `learned` from (n,) count as neighbours, so a place depends on the song and
    the layout alone, not on which other songs came before it. The place is the geometric median, weighted by
    cosine, of the places of the ten most similar: a mean would put a song that sounds like two clusters into
    the empty space between them. All vectors are of unit length.
    """
    if not learned.any():
        flat = sunflower(len(new))
        return np.pad(flat, ((0, 0), (0, places.shape[1] - 2)))
    found = [
        _place(new[start : start + BLOCK], vectors, places, learned) for start in range(0, len(new), BLOCK)
    ]
    placed = np.concatenate([np.zeros((0, places.shape[1]), np.float32), *found])
    placed[:, :2] += _jitter(new_ids)
    return placed


def _place(new: Vectors, vectors: Vectors, places: Places, learned: NDArray[np.bool_]) -> Places:
    cosines = np.where(learned, new @ vectors.T, -np.inf)
    k = min(NEIGHBOURS, int(learned.sum()))
    near = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
    best = np.take_along_axis(cosines, near, axis=1)
    scale = np.maximum(best.max(axis=1, keepdims=True) - best.min(axis=1, keepdims=True), 1e-6)
    weights = np.exp((best - best.max(axis=1, keepdims=True)) / scale)
    return geometric_median(places[near], weights)


def geometric_median(points: NDArray[np.float32], weights: NDArray[np.floating]) -> Places:
    """The point (m, d) of least weighted distance to k points (m, k, d); Weiszfeld (1937), from the mean."""
    shares = weights / weights.sum(axis=1, keepdims=True)
    median = np.einsum("mk,mkd->md", shares, points)
    for _ in range(STEPS):
        distances = np.maximum(np.linalg.norm(points - median[:, None], axis=2), 1e-6)
        pull = shares / distances
        median = np.einsum("mk,mkd->md", pull, points) / pull.sum(axis=1, keepdims=True)
    result: Places = median.astype(np.float32)
    return result


def _jitter(ids: Ids) -> Places:
    """(m, 2) within `JITTER`, by the id alone."""
    mixed = (ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(11)
    turn = (mixed & np.uint64(0xFFFF)).astype(np.float64) / 0xFFFF * 2 * np.pi
    far = np.sqrt(((mixed >> np.uint64(16)) & np.uint64(0xFFFF)).astype(np.float64) / 0xFFFF) * JITTER
    offsets: Places = np.stack([far * np.cos(turn), far * np.sin(turn)], axis=1).astype(np.float32)
    return offsets
