"""A neighbour index on disk, in step with the catalogue.

Two files per embedder: `<name>.hnsw`, the graph, and `<name>.json` beside it, which says what the graph is of
(embedder, version, dimension, scaling, metric, checksum) and which state of which track's vector is in it.
Both are a cache of the catalogue: where they do not fit together, are damaged or belong to another embedder,
the index is made anew, with a line in the log. The exact index is not stored; reading the vectors is all
there is to it.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from soniq_desktop.common.log import topic
from soniq_desktop.discovery.hnsw import HnswIndex
from soniq_desktop.discovery.neighbours import ExactIndex, index_kind, new_index
from soniq_desktop.discovery.vectors import Ids, Kind, Vectors, sound_rows
from soniq_desktop.models.embedder_specs import EmbedderSpec

FORMAT = 1
METRIC = "cosine"
ROWS = 1_000  # vectors read from the catalogue at a time
RETUNE = 0.25  # growth or shrinkage after which the index looks again how thoroughly it must search

log = topic("index")


class VectorSource(Protocol):
    """The part of the catalogue that an index needs."""

    def embeddings(self, embedder: str, ids: Sequence[int] | None = None) -> tuple[Ids, Vectors]: ...

    def embedding_stamps(self, embedder: str, version: int) -> tuple[Ids, Ids]: ...


class Changes(NamedTuple):
    """What a `sync` did, in tracks."""

    added: int  # new or changed
    removed: int


class StoredIndex:
    """The index of one embedder, kept in step with the catalogue. One thread at a time may sync and save.

    Attributes:
        index: the vectors; stays the same object, so that it can be handed out and searched from any thread.
        path: where the graph is stored.
    """

    def __init__(
        self, source: VectorSource, spec: EmbedderSpec, folder: Path, kind: Kind | None = None
    ) -> None:
        self.source, self.spec = source, spec
        self.path = folder / f"{spec.name}.hnsw"
        self.stamps: dict[int, int] = {}
        self.unusable: dict[int, int] = {}  # stamps of vectors that cannot be compared
        self.tuned_at = 0  # tracks at the last tuning
        self.index = self._opened(kind or index_kind())

    def sync(self, stopped: Callable[[], bool] = lambda: False) -> Changes:
        """Take over what is new, changed or gone in the catalogue; ends early once `stopped` says so."""
        ids, stamps = self.source.embedding_stamps(self.spec.name, self.spec.version)
        current = dict(zip(ids.tolist(), stamps.tolist(), strict=True))
        gone = [key for key in self.stamps if key not in current]
        self._forget(gone)
        seen = self.stamps | self.unusable
        wanted = [key for key, stamp in current.items() if seen.get(key) != stamp]
        added = 0
        for start in range(0, len(wanted), ROWS):
            if stopped():
                break
            added += self._take(wanted[start : start + ROWS], current)
        else:
            self._tune()
        return Changes(added, len(gone))

    def save(self) -> bool:
        """Write the index, all or nothing; False, and a line in the log, where that is not possible."""
        if isinstance(self.index, ExactIndex):
            return True
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self.path) as part:
                self.index.save(part)
                side = self._side(self.index, digest(part))
            with replacing(self.path.with_suffix(".json")) as part:
                part.write_text(json.dumps(side), encoding="utf-8")
        except (OSError, RuntimeError) as error:  # hnswlib says RuntimeError of a full disk
            log.warning("The index of %s cannot be saved: %s", self.spec.name, error)
            return False
        return True

    def _take(self, wanted: list[int], current: dict[int, int]) -> int:
        """Add the vectors of these tracks; those that cannot be compared are remembered and left out."""
        ids, vectors = self.source.embeddings(self.spec.name, wanted)
        sound = sound_rows(vectors, self.spec.dim)
        self.index.add(ids[sound], vectors[sound])
        self.stamps |= {key: current[key] for key in ids[sound].tolist()}
        if bad := ids[~sound].tolist():
            log.warning(
                "Vectors of %s that cannot be compared: %d, tracks %s", self.spec.name, len(bad), bad[:9]
            )
            self._forget([key for key in bad if key in self.stamps])
            self.unusable |= {key: current[key] for key in bad}
        return int(sound.sum())

    def _tune(self) -> None:
        if abs(len(self.stamps) - self.tuned_at) > RETUNE * self.tuned_at:
            self.index.tune()
            self.tuned_at = len(self.stamps)

    def _forget(self, ids: list[int]) -> None:
        self.index.remove(ids)
        for key in ids:
            del self.stamps[key]

    def _opened(self, kind: Kind) -> ExactIndex | HnswIndex:
        """What is on disk, or an empty index where that is nothing or not usable."""
        side = self.path.with_suffix(".json")
        if kind == "exact" or not side.exists():
            return new_index(self.spec.dim, kind)
        try:
            return self._loaded(json.loads(side.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            log.warning("The index of %s is made anew: %s", self.spec.name, error)
            return new_index(self.spec.dim, kind)

    def _loaded(self, side: dict[str, Any]) -> HnswIndex:
        """The index of a side file; ValueError where it belongs to something else or is damaged."""
        if differing := [key for key, value in self._identity().items() if side[key] != value]:
            raise ValueError(f"{', '.join(differing)} is of another index")
        if digest(self.path) != side["checksum"]:
            raise ValueError("the graph is damaged")
        index = HnswIndex.load(self.path, self.spec.dim, np.asarray(side["ids"], np.int64))
        index.ef, index.recall = int(side["ef"]), float(side["recall"])
        self.tuned_at = int(side["tuned_at"])
        self.stamps = dict(zip(side["ids"], side["stamps"], strict=True))
        return index

    def _identity(self) -> dict[str, Any]:
        """What a stored index must be of to be used here."""
        scaling = {"scaling": self.spec.scaling} if self.spec.scaling else {}
        return {
            "format": FORMAT,
            "metric": METRIC,
            "embedder": self.spec.name,
            "version": self.spec.version,
            "dim": self.spec.dim,
            **scaling,
        }

    def _side(self, index: HnswIndex, checksum: str) -> dict[str, Any]:
        return self._identity() | {
            "count": len(self.stamps),
            "checksum": checksum,
            "ef": index.ef,
            "recall": index.recall,
            "tuned_at": self.tuned_at,
            "ids": list(self.stamps),
            "stamps": list(self.stamps.values()),
        }


def open_index(
    source: VectorSource, spec: EmbedderSpec, folder: Path, stopped: Callable[[], bool] = lambda: False
) -> StoredIndex:
    """The index of an embedder as the catalogue is now: loaded or made anew, brought up to date, saved."""
    stored = StoredIndex(source, spec, folder)
    if any(stored.sync(stopped)):
        stored.save()
    return stored


def digest(path: Path) -> str:
    """BLAKE2b-128 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path that takes the place of `path` at the end of the block, or goes away if that fails."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
