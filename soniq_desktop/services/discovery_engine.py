"""What every room of discovery works with, once per process: the measured sounds, and the neighbour index."""

import threading
from pathlib import Path

from soniq_desktop.discovery.compared_by import spec_in_use
from soniq_desktop.discovery.habits import HabitBonus
from soniq_desktop.discovery.hybrid import Use
from soniq_desktop.discovery.index_store import StoredIndex, open_index
from soniq_desktop.discovery.neighbours import NeighbourIndex
from soniq_desktop.discovery.recommend import Recommender
from soniq_desktop.discovery.sounds import SoundStore
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.models.embedder_specs import EmbedderSpec


class DiscoveryEngine:
    """The catalogue as one embedder hears it. Any thread; nothing is read before it is asked for.

    Attributes:
        catalogue: the library.
        spec: the embedder: name, version, dim, tags.
        sounds: `sounds.current()` is all that was measured, up to date; reads only what changed.
        recommender: like one song, for you, from seeds.
        habits: of the listener, where they have won for a use (services/hybrid.py).
    """

    def __init__(self, catalogue: Catalogue, folder: Path, spec: EmbedderSpec | None = None) -> None:
        """`folder` is where the index is stored; without a `spec` it is the embedder in use."""
        self.catalogue = catalogue
        self.spec = spec or spec_in_use(catalogue)
        self.sounds = SoundStore(catalogue, self.spec)
        self.habits: dict[Use, HabitBonus] = {}
        self.recommender = Recommender(catalogue, self.sounds, self.spec.tags, self._habit)
        self._folder = folder
        self._lock = threading.Lock()
        self._stored: StoredIndex | None = None
        self._unsaved = False
        self._stopped = False

    def _habit(self, use: Use) -> HabitBonus | None:
        return self.habits.get(use)

    @property
    def index(self) -> NeighbourIndex:
        """Nearest neighbours by cosine; always the same object.

        The first call opens it and brings it up to date: seconds at 100,000 songs, or a minute and more where
        it must be made anew. Later it is as `sync` left it.
        """
        return self._opened().index

    def sync(self) -> int:
        """Take over new, changed and gone vectors; how many those were."""
        stored = self._opened()
        with self._lock:
            changes = sum(stored.sync(self._is_stopped))
            self._unsaved |= changes > 0
            return changes

    def save(self) -> None:
        """Write the index where it changed. What is not written is made up for at the next start."""
        with self._lock:
            if self._stored is not None and self._unsaved and not self._stopped:
                self._unsaved = not self._stored.save()

    def warm(self) -> None:
        """Read all that is needed to answer at once; seconds, or minutes, at 100,000 songs."""
        self.sync()
        self.save()
        self.sounds.current()

    def stop(self) -> None:
        """Let a long opening or syncing end early: SONIQ closes."""
        self._stopped = True

    def _opened(self) -> StoredIndex:
        with self._lock:
            if self._stored is None:
                self._stored = open_index(self.catalogue, self.spec, self._folder, self._is_stopped)
            return self._stored

    def _is_stopped(self) -> bool:
        return self._stopped
