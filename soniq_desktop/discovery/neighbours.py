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
        self.rows: Vectors = np.zeros((0, dim), np.float32)  # with room behind the last one
        self.keys: Ids = np.zeros(0, np.int64)
        self.places: dict[int, int] = {}  # id -> row

    def __len__(self) -> int:
        return len(self.places)

    def ids(self) -> Ids:
        with self.lock:
            return np.sort(self.keys[: len(self)])

    def add(self, ids: Sequence[int] | Ids, vectors: NDArray[np.floating]) -> None:
        keys, rows = unit_rows(ids, vectors, self.dim)
        with self.lock:
            self._make_room(len(self) + len(keys))
            for key in keys.tolist():
                self.places.setdefault(key, len(self.places))
            places = [self.places[key] for key in keys.tolist()]
            self.keys[places], self.rows[places] = keys, rows

    def remove(self, ids: Sequence[int] | Ids) -> None:
        with self.lock:
            for key in {int(key) for key in ids} & self.places.keys():
                self._remove(key)

    def search(self, vector: NDArray[np.floating], k: int) -> tuple[Ids, Vectors]:
        query = unit_query(vector, self.dim)
        if k < 1:
            raise ValueError(f"cannot give {k} neighbours")
        with self.lock:
            return nearest(self.keys[: len(self)], self.rows[: len(self)], query, k)

    def tune(self) -> None:
        """Nothing to do: nothing is missed."""

    def _make_room(self, wanted: int) -> None:
        """Grow by half at least, so that adding piece by piece does not copy everything each time."""
        if wanted > len(self.keys):
            more = max(wanted - len(self.keys), len(self.keys) // 2)
            self.keys = np.concatenate([self.keys, np.zeros(more, np.int64)])
            self.rows = np.concatenate([self.rows, np.zeros((more, self.dim), np.float32)])

    def _remove(self, key: int) -> None:
        """Put the last row in the place of this one."""
        place, last = self.places.pop(key), len(self.places)
        if place != last:
            moved = int(self.keys[last])
            self.keys[place], self.rows[place], self.places[moved] = moved, self.rows[last], place


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
