"""The approximate index: hnswlib behind guards, searching as thoroughly as its own vectors need.

hnswlib itself crashes on a vector of the wrong length, takes NaN, raises when k exceeds what is there, must
not be read while it is written. Source of the method: Malkov and Yashunin, "Efficient and robust approximate
nearest neighbor search using Hierarchical Navigable Small World graphs" (2018).
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.vectors import Ids, Kind, Vectors, nearest, unit_query, unit_rows

M = 16
EF_CONSTRUCTION = 200
EF_STEPS = (50, 100, 200, 400, 800, 1600, 3200)  # how many candidates a query may keep
TARGET = 0.985  # recall@10 that tuning asks for: a little above the 0.98 that we promise
SAMPLE = 64  # tracks, and as many points between two tracks, that tuning asks about
DEPTH = 12  # neighbours looked at: ten, and the one or two tracks that were asked about
CHUNK = 64  # rows added per lock, so that a query never waits long
READ = 4096  # rows read per lock
MOST_DEAD = 0.25  # share of removed entries at which the graph is made anew


class Probe(NamedTuple):
    """A query of the tuning, and the tracks that it was made from."""

    query: Vectors  # (dim,), unit length
    sources: set[int]

    def counted(self, ids: Ids) -> set[int]:
        """The ten best of `ids` that are not sources."""
        return set([key for key in ids.tolist() if key not in self.sources][:10])


class HnswIndex:
    """Vectors by track id in a navigable small-world graph; a `neighbours.NeighbourIndex`."""

    kind: Kind = "hnsw"

    def __init__(self, dim: int, graph: Any = None) -> None:
        self.dim = dim
        self.ef = 200  # until it is tuned
        self.recall = float("nan")
        self.lock = threading.Lock()
        self.graph: Any = graph or empty_graph(dim)
        self.live: set[int] = set()
        self.dead: set[int] = set()  # removed, but still in the graph

    def __len__(self) -> int:
        return len(self.live)

    def ids(self) -> Ids:
        with self.lock:
            return np.fromiter(sorted(self.live), np.int64, len(self.live))

    def add(self, ids: Sequence[int] | Ids, vectors: NDArray[np.floating]) -> None:
        keys, rows = unit_rows(ids, vectors, self.dim)
        for start in range(0, len(keys), CHUNK):
            part = slice(start, start + CHUNK)
            with self.lock:
                self._add(keys[part], rows[part])

    def remove(self, ids: Sequence[int] | Ids) -> None:
        with self.lock:
            gone = {int(key) for key in ids} & self.live
            for key in gone:
                self.graph.mark_deleted(key)
            self.live -= gone
            self.dead |= gone
            if len(self.dead) > MOST_DEAD * max(len(self.live), 100):
                self._rebuild()

    def search(self, vector: NDArray[np.floating], k: int) -> tuple[Ids, Vectors]:
        query = unit_query(vector, self.dim)
        if k < 1:
            raise ValueError(f"cannot give {k} neighbours")
        with self.lock:
            return self._search(query, k, self.ef)

    def tune(self) -> None:
        """Take the smallest `ef` that finds 98.5 % of the true ten nearest of the index's own vectors.

        Asked about are tracks ("more like this") and points half-way between two tracks (a wormhole's stops);
        those tracks themselves, which any search finds, do not count. Vectors of music need few candidates,
        vectors without any structure thousands: so it is measured.
        """
        probes = self._probes()
        truth = self._exact(probes)
        wanted = sum(map(len, truth))
        for ef in EF_STEPS if wanted else ():
            self.ef, self.recall = ef, self._found(probes, truth, ef) / wanted
            if self.recall >= TARGET:
                return

    def save(self, path: Path) -> None:
        """Write the graph to `path`; not atomic, see `index_store`."""
        with self.lock:
            self.graph.save_index(str(path))

    @classmethod
    def load(cls, path: Path, dim: int, live: Ids) -> "HnswIndex":
        """The graph of a file that `save` wrote, with the ids that were live then.

        Raises:
            ValueError: the file does not hold those ids.
            RuntimeError: hnswlib cannot read it.
        """
        graph = new_graph(dim)
        graph.load_index(str(path))
        index, labels = cls(dim, graph), {int(label) for label in graph.get_ids_list()}
        index.live = {int(key) for key in live}
        index.dead = labels - index.live
        if not index.live <= labels:
            raise ValueError("the graph does not hold the listed tracks")
        return index

    # -- with the lock held

    def _add(self, keys: Ids, rows: Vectors) -> None:
        wanted = {int(key) for key in keys}
        room = len(self.live | self.dead | wanted)
        if room > self.graph.get_max_elements():
            self.graph.resize_index(room + room // 2)
        self.graph.add_items(rows, keys, num_threads=1)  # brings dead entries back to life
        self.dead -= wanted
        self.live |= wanted

    def _rebuild(self) -> None:
        """Without the removed entries, which cost memory and slow every query down."""
        keys = np.fromiter(self.live, np.int64, len(self.live))
        rows = self._rows(keys)
        self.graph, self.dead = empty_graph(self.dim, 2 * len(keys)), set()
        if len(keys):
            self.graph.add_items(rows, keys, num_threads=1)

    def _search(self, query: Vectors, k: int, ef: int) -> tuple[Ids, Vectors]:
        k = min(k, len(self.live))
        if not k:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        self.graph.set_ef(max(ef, 2 * k))
        try:
            labels, distances = self.graph.knn_query(query, k, num_threads=1)
        except RuntimeError:  # fewer than k were within reach: part of the graph is cut off
            keys = np.fromiter(self.live, np.int64, len(self.live))
            return nearest(keys, self._rows(keys), query, k)
        keys, cosines = labels[0].astype(np.int64), 1 - distances[0]
        order = np.lexsort((keys, -cosines))
        return keys[order], cosines[order]

    def _rows(self, keys: Ids) -> Vectors:
        """Stored vectors (n, dim), at unit length."""
        return np.asarray(self.graph.get_items(keys), np.float32).reshape(len(keys), self.dim)

    # -- tuning

    def _probes(self) -> list[Probe]:
        """A fixed sample of tracks, and the points half-way between each two of them."""
        keys = self.ids()
        keys = keys[np.linspace(0, len(keys) - 1, min(SAMPLE, len(keys))).astype(int)]
        with self.lock:
            rows = self._rows(keys)
        between = rows + np.roll(rows, 1, axis=0)
        tracks = [Probe(row, {int(key)}) for key, row in zip(keys, rows, strict=True)]
        return tracks + [
            Probe(middle / np.linalg.norm(middle), {int(one), int(other)})
            for middle, one, other in zip(between, keys, np.roll(keys, 1), strict=True)
            if np.linalg.norm(middle) > 0.1
        ]

    def _exact(self, probes: list[Probe]) -> list[set[int]]:
        """The true ten nearest of each probe, without holding all vectors at once."""
        best = [(np.zeros(0, np.int64), np.zeros(0, np.float32))] * len(probes)
        keys = self.ids()
        for start in range(0, len(keys), READ):
            with self.lock:
                part = np.fromiter((key for key in keys[start : start + READ] if key in self.live), np.int64)
                rows = self._rows(part)
            cosines = rows @ np.stack([probe.query for probe in probes]).T
            best = [merged(old, (part, cosines[:, i]), DEPTH) for i, old in enumerate(best)]
        return [probe.counted(ids) for probe, (ids, _) in zip(probes, best, strict=True)]

    def _found(self, probes: list[Probe], truth: list[set[int]], ef: int) -> int:
        """How many of the true neighbours searches with `ef` candidates find."""
        found = 0
        for probe, expected in zip(probes, truth, strict=True):
            with self.lock:
                ids, _ = self._search(probe.query, DEPTH, ef)
            found += len(expected & probe.counted(ids))
        return found


def merged(old: tuple[Ids, Vectors], new: tuple[Ids, Vectors], k: int) -> tuple[Ids, Vectors]:
    """The k best of two lists of ids and cosines."""
    ids, cosines = np.concatenate([old[0], new[0]]), np.concatenate([old[1], new[1]])
    best = np.argsort(-cosines)[:k]
    return ids[best], cosines[best]


def new_graph(dim: int) -> Any:
    """A graph that is neither loaded nor set up."""
    import hnswlib

    return hnswlib.Index(space="cosine", dim=dim)


def empty_graph(dim: int, room: int = 0) -> Any:
    """A graph with room for that many vectors (it grows)."""
    graph = new_graph(dim)
    graph.init_index(max_elements=max(room, 1024), ef_construction=EF_CONSTRUCTION, M=M, random_seed=1966)
    return graph
