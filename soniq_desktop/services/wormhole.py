"""The wormhole for the window: paths found in the background, ends listened to first, paths kept."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.discovery.wormhole import NotHeardError, Wormhole, Wormholes
from soniq_desktop.discovery.wormhole_pair import far_apart
from soniq_desktop.discovery.wormhole_recipe import Recipe, with_another
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.m3u import write_m3u
from soniq_desktop.library.playlists import Playlist, entry_of
from soniq_desktop.library.records import Track
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.discovery_engine import DiscoveryEngine
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.playlists import PlaylistService
from soniq_desktop.services.progress import Progress

log = topic("wormhole")
KEY = "wormhole.find"
RETRY_MS = 250  # after news of a track that was waited for: several come together


@dataclass(frozen=True, slots=True)
class Found:
    """A path and how long the search took, in seconds."""

    path: Wormhole
    seconds: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """Chosen tracks that are listened to first, and what is worked on now (None: nothing is)."""

    tracks: tuple[Track, ...]
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no path: a plain sentence and what to do next."""

    sentence: str
    hint: str = ""


class WormholeService(QObject):
    """Finds the path of a recipe; an answer that a later recipe has overtaken is dropped. Nothing blocks."""

    started = Signal()
    found = Signal(object)  # Found
    waiting = Signal(object)  # Waiting
    failed = Signal(object)  # Trouble
    message = Signal(str)  # a plain sentence

    def __init__(
        self,
        discovery: DiscoveryService,
        library: LibraryService,
        playlists: PlaylistService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._discovery, self._library, self._playlists = discovery, library, playlists
        self._recipe: Recipe | None = None
        self._awaited: tuple[Track, ...] = ()
        self._progress: Progress | None = None
        self._retry = QTimer(self, singleShot=True, interval=RETRY_MS)
        self._retry.timeout.connect(self._find_again)
        library.tracks_updated.connect(self._tracks_updated)
        library.progress.connect(self._progressed)

    def find(self, recipe: Recipe) -> None:
        """Find the path; `found`, `waiting` or `failed` says what came of it."""
        self._recipe, self._awaited = recipe, ()
        self._retry.stop()
        self.started.emit()
        self._discovery.run(lambda engine: _found(engine, recipe), self._arrived, self._refused, key=KEY)

    def another(self, path: Wormhole, place: int) -> None:
        """The same path with another track at one place."""
        try:
            self.find(with_another(path.recipe, path.stops, place))
        except SoniqError as error:
            self.message.emit(str(error))

    def forget(self) -> None:
        """No path is wanted any more; what is being found is dropped."""
        self._recipe, self._awaited = None, ()
        self._retry.stop()
        self._discovery.run(lambda _engine: None, lambda _none: None, key=KEY)

    def suggest(self, seed: int, done: Callable[[tuple[int, int] | None], None]) -> None:
        """Ids of two songs that are far apart, or None where there are no two."""

        def work(engine: DiscoveryEngine) -> tuple[int, int] | None:
            return far_apart(engine.catalogue, engine.spec.name, seed)

        self._discovery.run(work, done, key="wormhole.suggest")

    def save(self, path: Wormhole, name: str, done: Callable[[Playlist], None] | None = None) -> None:
        """A playlist of the path that keeps its recipe."""
        ids = [track.id for track in path.tracks]
        self._playlists.create(name, ids, done, kind="path", recipe=path.recipe.as_data())

    def export(self, path: Wormhole, file: Path) -> None:
        """Write the path as M3U8, with names relative to the file."""
        entries = [entry_of(track) for track in path.tracks]
        self._discovery.run(
            lambda _engine: write_m3u(file, entries, relative=True),
            lambda _none: self.message.emit(f"Saved {file.name}."),
            self._tell,
        )

    def close(self) -> None:
        """Wait for nothing any more."""
        self._retry.stop()
        self._recipe, self._awaited = None, ()

    # -- answers

    def _arrived(self, found: Found) -> None:
        self.found.emit(found)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, NotHeardError):
            self._wait_for(error.tracks)
        elif isinstance(error, SoniqError):
            self.failed.emit(Trouble(error.sentence, error.hint))
        else:
            log.error("No path was found.", exc_info=error)
            self.failed.emit(Trouble("The path could not be worked out.", "The log has the details."))

    def _wait_for(self, tracks: Sequence[Track]) -> None:
        """These are listened to before everything else; then the path is found."""
        broken = next((track for track in tracks if track.state == "problem"), None)
        if broken is not None:
            self.failed.emit(
                Trouble(
                    f"“{broken.title}” could not be analysed.",
                    "Choose another song, or retry it in Problems.",
                )
            )
            return
        self._awaited = tuple(tracks)
        self._library.listen_first([track.id for track in tracks])
        self.waiting.emit(Waiting(self._awaited, self._progress))

    def _tracks_updated(self, ids: Sequence[int]) -> None:
        if any(track.id in ids for track in self._awaited):
            self._retry.start()

    def _progressed(self, progress: Progress | None) -> None:
        self._progress = progress
        if self._awaited:
            self.waiting.emit(Waiting(self._awaited, progress))

    def _find_again(self) -> None:
        if self._recipe is not None:
            self.find(self._recipe)

    def _tell(self, error: Exception) -> None:
        if isinstance(error, SoniqError):
            self.message.emit(str(error))
        else:
            log.error("The path could not be written.", exc_info=error)
            self.message.emit("The path could not be written. The log has the details.")


def _found(engine: DiscoveryEngine, recipe: Recipe) -> Found:
    """On a background thread. The time is that of the search, without opening the index before it."""
    catalogue: Catalogue = engine.catalogue
    holes = Wormholes(catalogue, engine.index, engine.spec)
    begun = time.perf_counter()
    path = holes.find(recipe)
    return Found(path, time.perf_counter() - begun)
