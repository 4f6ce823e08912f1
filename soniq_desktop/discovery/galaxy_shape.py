"""The map as a shape: its start, its size, its third dimension, and how it is turned to fit an older one."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.vectors import Vectors

Places = NDArray[np.float32]

GOLDEN = np.pi * (3 - np.sqrt(5))  # the angle between the seeds of a sunflower
INSIDE = 99.0  # per cent of the songs that lie within radius 1
CELLS = 24  # per side: how finely the flat map is taken out before the depth is looked for
DEPTH = 0.35  # half the thickness of the galaxy, in radii


def principal_components(vectors: Vectors, count: int) -> Places:
    """Scores (n, count) of the first principal components; the sign is that of the largest weight.

    Zero where there are fewer than `count` directions. Eigenvectors of the covariance matrix in float64, so
    the same vectors give the same scores.
    """
    if not len(vectors):
        return np.zeros((0, count), np.float32)
    centred = vectors - vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    covariance = np.zeros((vectors.shape[1], vectors.shape[1]))
    for start in range(0, len(centred), 8_192):
        block = centred[start : start + 8_192].astype(np.float64)
        covariance += block.T @ block
    axes = np.linalg.eigh(covariance)[1][:, ::-1][:, :count]
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    scores: Places = (centred @ (axes * np.sign(largest)).astype(np.float32)).astype(np.float32)
    return np.pad(scores, ((0, 0), (0, count - scores.shape[1])))


def sunflower(count: int) -> Places:
    """Places (n, 2) for songs with nothing between them to compare: even, from the middle outwards."""
    order = np.arange(count)
    radius = np.sqrt((order + (count > 1) * 0.5) / max(count, 1))
    places: Places = np.stack([radius * np.cos(order * GOLDEN), radius * np.sin(order * GOLDEN)], axis=1)
    return places.astype(np.float32)


def normalised_map(places: Places) -> Places:
    """The map (n, 2) around its median, scaled so that `INSIDE` per cent of it lie within radius 1."""
    if not len(places):
        return np.zeros((0, 2), np.float32)
    centred = places - np.median(places, axis=0)
    radius = float(np.percentile(np.linalg.norm(centred, axis=1), INSIDE))
    scaled: Places = (centred / (radius or 1.0)).astype(np.float32)
    return scaled


def turned_to(places: Places, old: Places, rows: NDArray[np.intp], old_rows: NDArray[np.intp]) -> Places:
    """`places` (n, 2) turned, and mirrored where that is nearer, so that it lies as the older map does.

    Orthogonal Procrustes (Schönemann, 1966) over the songs that both maps have: row `rows[i]` of the one is
    row `old_rows[i]` of the other. Neither moved nor scaled: both maps are normalised.
    """
    if len(rows) < 2:
        return places
    left, _, right = np.linalg.svd(places[rows].T.astype(np.float64) @ old[old_rows])
    turned: Places = (places @ (left @ right)).astype(np.float32)
    return turned


def depth_of(vectors: Vectors, places: Places) -> NDArray[np.float32]:
    """The third dimension (n,): what of the sound the flat map does not show.

    The mean vector of each cell of the flat map is taken away; depth is the first principal component of what
    remains, so songs at one place of the map are told apart by it. Between −DEPTH and DEPTH.
    """
    if len(places) < 4:
        return np.zeros(len(places), np.float32)
    scaled = np.clip((places + 1) * (CELLS / 2), 0, CELLS - 1).astype(np.intp)
    cells, members = np.unique(scaled[:, 0] * CELLS + scaled[:, 1], return_inverse=True)
    sums = np.zeros((len(cells), vectors.shape[1]), np.float32)
    order = np.argsort(members, kind="stable")
    starts = np.searchsorted(members[order], np.arange(len(cells)))
    np.add.reduceat(vectors[order], starts, axis=0, out=sums)
    means = sums / np.bincount(members)[:, None]
    scores = principal_components(vectors - means.astype(np.float32)[members], 1)[:, 0]
    spread = float(np.percentile(np.abs(scores), INSIDE)) or 1.0
    depth: NDArray[np.float32] = (np.clip(scores / spread, -1, 1) * DEPTH).astype(np.float32)
    return depth
