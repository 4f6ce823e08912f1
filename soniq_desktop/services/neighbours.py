"""The neighbour index of the running application: opened when first needed, kept in step, saved."""

import threading
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.index_store import StoredIndex, open_index
from soniq_desktop.discovery.similar import Neighbours
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec

SYNC_EVERY = 2.0  # seconds, at the least
SYNC_SHARE = 50  # syncing takes at most a fiftieth of the time
SAVE_EVERY = 600.0  # seconds


class NeighbourService:
    """Similar tracks by the default embedder. Any thread; the first call may take long in a large library."""

    def __init__(self, catalogue: Catalogue, folder: Path, embedder: str = DEFAULT_EMBEDDER) -> None:
        self._catalogue = catalogue
        self._folder = folder
        self._spec = embedder_spec(embedder)
        self._lock = threading.Lock()
        self._stored: StoredIndex | None = None
        self._next_sync = 0.0
        self._next_save = 0.0
        self._unsaved = False
        self._stopped = False

    def similar(self, track_id: int, k: int) -> list[tuple[int, float]]:
        """Up to k pairs (id, cosine). Raises NotFoundError where the track was not listened to."""
        index = self._opened().index
        return Neighbours(self._catalogue, index, self._spec.name).similar(track_id, k)

    def closest(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Up to k pairs (id, cosine) for a vector of the embedder that belongs to no track."""
        ids, cosines = self._opened().index.search(vector, k)
        return list(zip(ids.tolist(), cosines.tolist(), strict=True))

    def sync(self, *, now: bool = False) -> None:
        """Take over new vectors; without `now` only if that was not done a moment ago."""
        if not now and time.monotonic() < self._next_sync:
            return
        stored = self._opened()
        with self._lock:
            begun = time.monotonic()
            self._unsaved |= any(stored.sync(self._is_stopped))
            ended = time.monotonic()
            self._next_sync = ended + max(SYNC_EVERY, SYNC_SHARE * (ended - begun))
            if self._unsaved and (now or ended > self._next_save) and not self._stopped:
                self._unsaved = not stored.save()
                self._next_save = ended + SAVE_EVERY

    def stop(self) -> None:
        """Let a long opening or syncing end early: SONIQ closes."""
        self._stopped = True

    def _opened(self) -> StoredIndex:
        with self._lock:
            if self._stored is None:
                self._stored = open_index(self._catalogue, self._spec, self._folder, self._is_stopped)
                self._next_save = time.monotonic() + SAVE_EVERY
            return self._stored

    def _is_stopped(self) -> bool:
        return self._stopped
