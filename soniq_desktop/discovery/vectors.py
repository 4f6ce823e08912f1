"""What may enter a neighbour index: vectors of one length, finite, not zero; scaled to unit length."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Vectors = NDArray[np.float32]
Kind = Literal["hnsw", "exact"]

LEAST_LENGTH = 1e-6  # shorter than this a vector has no direction


def sound_rows(vectors: NDArray[np.floating], dim: int) -> NDArray[np.bool_]:
    """Which rows (n,) of `vectors` can be compared: of width `dim`, finite and not zero."""
    if vectors.ndim != 2 or vectors.shape[1] != dim:
        return np.zeros(len(vectors), bool)
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)  # NaN and infinity spread into it
    usable: NDArray[np.bool_] = np.isfinite(squares) & (squares > LEAST_LENGTH**2)
    return usable


def unit_rows(ids: Sequence[int] | Ids, vectors: NDArray[np.floating], dim: int) -> tuple[Ids, Vectors]:
    """Ids (n,) and their vectors (n, dim) at unit length; of an id given twice, the last one.

    Raises:
        ValueError: ids and vectors differ in number, or a vector has another length than `dim`, holds NaN or
            infinity, or is zero.
    """
    keys = np.asarray(ids, np.int64)
    rows = np.asarray(vectors, np.float32)
    if keys.ndim != 1 or rows.ndim != 2 or len(keys) != len(rows):
        raise ValueError(f"{keys.shape} ids do not go with {rows.shape} vectors")
    if not len(keys):
        return keys, np.zeros((0, dim), np.float32)
    if rows.shape[1] != dim:
        raise ValueError(f"vectors have {rows.shape[1]} values, the index has {dim}")
    if not (sound := sound_rows(rows, dim)).all():
        raise ValueError(f"the vector of id {keys[~sound][0]} is zero or not finite")
    last = len(keys) - 1 - np.unique(keys[::-1], return_index=True)[1]
    return keys[last], normalised(rows[last])


def unit_query(vector: NDArray[np.floating], dim: int) -> Vectors:
    """A query (dim,) at unit length; ValueError as in `unit_rows`."""
    query = np.asarray(vector, np.float32)
    if query.shape != (dim,):
        raise ValueError(f"the query has shape {query.shape}, the index {dim} dimensions")
    if not sound_rows(query[None], dim)[0]:
        raise ValueError("the query is zero or not finite")
    unit: Vectors = normalised(query[None])[0]
    return unit


def normalised(rows: Vectors) -> Vectors:
    """Rows (n, dim) scaled to unit length; they must not be zero."""
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def nearest(ids: Ids, rows: Vectors, query: Vectors, k: int) -> tuple[Ids, Vectors]:
    """The k rows with the highest cosine to `query` (all at unit length): ids and cosines, best first.

    Equal cosines are ordered by id.
    """
    cosines = rows @ query
    k = min(k, len(ids))
    best = np.argpartition(-cosines, k - 1)[:k] if k < len(ids) else np.arange(len(ids))
    best = best[np.lexsort((ids[best], -cosines[best]))]
    return ids[best], cosines[best]
