"""Nearest neighbours among embeddings: one interface, approximate (HNSW) or exact. numpy and hnswlib only.

Similarity is the cosine. `new_index` gives the approximate index where hnswlib could be built, and the exact
one otherwise; `index_kind` says which that is. Both may be used from several threads. On disk an index is
only a cache of the catalogue's vectors: see `index_store`.
"""

import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.hnsw import HnswIndex
from soniq_desktop.discovery.vectors import Ids, Kind, Vectors, nearest, unit_query, unit_rows


class NeighbourIndex(Protocol):
    """Vectors by track id.

    Attributes:
        kind: how it searches.
        dim: length of its vectors.
        recall: share of the true ten nearest that a search finds, as measured by `tune`; 1 where exact.
    """

    kind: Kind
    dim: int
    recall: float

    def __len__(self) -> int:
        """How many tracks can be found."""
        ...

    def ids(self) -> Ids:
        """Their ids (n,), ascending."""
        ...

    def add(self, ids: Sequence[int] | Ids, vectors: NDArray[np.floating]) -> None:
        """Add vectors (n, dim); an id that is there already is replaced, of one given twice the last counts.

        Raises:
            ValueError: a vector of another length, with NaN or infinity, or zero; then nothing is added.
        """
        ...

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Forget tracks; ids that are not there are ignored."""
        ...

    def search(self, vector: NDArray[np.floating], k: int) -> tuple[Ids, Vectors]:
        """The k most similar tracks, fewer where the index is smaller: ids and cosines, best first.

        Raises:
            ValueError: k below 1, or a query of another length, with NaN or infinity, or zero.
        """
        ...

    def tune(self) -> None:
        """Measure the recall on the index's own vectors and search just thoroughly enough for it."""
        ...


class ExactIndex:
    """All vectors in one array, compared one by one: 100,000 of 200 values take 80 MB, a few ms."""

    kind: Kind = "exact"
    recall = 1.0

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.lock = threading.Lock()
        self.keys: Ids = np.zeros(0, np.int64)  # ascending
        self.rows: Vectors = np.zeros((0, dim), np.float32)

    def __len__(self) -> int:
        return len(self.keys)

    def ids(self) -> Ids:
        return self.keys

    def add(self, ids: Sequence[int] | Ids, vectors: NDArray[np.floating]) -> None:
        keys, rows = unit_rows(ids, vectors, self.dim)
        with self.lock:
            kept = ~np.isin(self.keys, keys)
            everything = np.concatenate([self.keys[kept], keys])
            order = np.argsort(everything)
            self.rows = np.concatenate([self.rows[kept], rows])[order]
            self.keys = everything[order]

    def remove(self, ids: Sequence[int] | Ids) -> None:
        with self.lock:
            kept = ~np.isin(self.keys, np.asarray(ids, np.int64))
            self.keys, self.rows = self.keys[kept], self.rows[kept]

    def search(self, vector: NDArray[np.floating], k: int) -> tuple[Ids, Vectors]:
        query = unit_query(vector, self.dim)
        if k < 1:
            raise ValueError(f"cannot give {k} neighbours")
        with self.lock:  # arrays are replaced, never changed: only the pair must belong together
            keys, rows = self.keys, self.rows
        return nearest(keys, rows, query, k)

    def tune(self) -> None:
        """Nothing to do: nothing is missed."""


def index_kind() -> Kind:
    """The index this machine gets: "exact" where hnswlib is not installed or does not load."""
    try:
        import hnswlib  # noqa: F401
    except (ImportError, OSError):
        return "exact"
    return "hnsw"


def new_index(dim: int, kind: Kind | None = None) -> ExactIndex | HnswIndex:
    """An empty index for vectors of `dim` values, of the kind that this machine gets unless one is named."""
    return ExactIndex(dim) if (kind or index_kind()) == "exact" else HnswIndex(dim)
