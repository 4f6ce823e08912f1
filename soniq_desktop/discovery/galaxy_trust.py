"""How far the map can be trusted: whether neighbours on it are neighbours in sound."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.vectors import Vectors

K = 15
SAMPLE = 1_000  # songs that are asked where there are more
BLOCK = 100  # songs at a time


def trustworthiness(
    vectors: Vectors, places: NDArray[np.float32], k: int = K, sample: int = SAMPLE, seed: int = 0
) -> float | None:
    """Trustworthiness of the map (n, 2) against the vectors (n, dim) of unit length, 0 to 1.

    T(k) = 1 − 2 / (m k (2n − 3k − 1)) · Σ_i Σ_{j in N_k(i)} max(0, r(i, j) − k)

    N_k(i): the k nearest on the map; r(i, j): rank of j among the neighbours of i by cosine distance, 1 for
    the nearest; the sum is over all n songs, or over m = `sample` of them, drawn by `seed`, where there are
    more. Venna and Kaski, "Neighborhood preservation in nonlinear projection methods" (2001). None where n
    ≤ 2k: the measure does not hold there.
    """
    count = len(vectors)
    if count <= 2 * k:
        return None
    rows = np.arange(count)
    if count > sample:
        rows = np.sort(np.random.default_rng(seed).choice(count, sample, replace=False))
    excess = sum(
        _excess(vectors, places, rows[start : start + BLOCK], k) for start in range(0, len(rows), BLOCK)
    )
    return float(1 - 2 * excess / (len(rows) * k * (2 * count - 3 * k - 1)))


def _excess(vectors: Vectors, places: NDArray[np.float32], rows: NDArray[np.intp], k: int) -> float:
    """Σ max(0, r − k) over the map's neighbours of these rows."""
    own = np.arange(len(rows))
    apart = np.square(places[rows, None, :].astype(np.float64) - places[None, :, :]).sum(axis=2)
    apart[own, rows] = np.inf
    near = np.argpartition(apart, k - 1, axis=1)[:, :k]
    distances = -(vectors[rows] @ vectors.T)
    distances[own, rows] = np.inf
    limits = np.take_along_axis(distances, near, axis=1)
    ordered = np.sort(distances, axis=1)
    ranks = 1 + np.array(
        [np.searchsorted(line, limit) for line, limit in zip(ordered, limits, strict=True)]
    )  # equal distances share the better rank
    return float(np.maximum(0, ranks - k).sum())
