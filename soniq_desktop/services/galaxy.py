"""The galaxy as the window sees it: the map, in step with the library, and learned where it is not yet."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.discovery.galaxy_map import GalaxyMap, GalaxyMaps, comparable
from soniq_desktop.discovery.galaxy_reports import Progress
from soniq_desktop.discovery.wormhole import Wormhole, Wormholes
from soniq_desktop.discovery.wormhole_recipe import Recipe, Stop
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, EmbedderSpec, embedder_spec
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.discovery_engine import DiscoveryEngine
from soniq_desktop.services.galaxy_process import LayoutProcess
from soniq_desktop.services.library import LibraryService

LOOK_EVERY = 3000  # ms between two looks at a library that changes
FAILED = "The map could not be read. The log has the details."

log = topic("galaxy")


class GalaxyService(QObject):
    """The map of the library by the embedder in use. No method blocks, all signals come on the GUI thread.

    Nothing is read before `open`. While it is open, songs that come are placed and songs that go vanish,
    within a few seconds; nothing else moves until `lay_out`, which is called by itself only where there is
    no layout. After a change of the embedder the layout stays as well, until one is learned by the new one.
    """

    map_changed = Signal(object)  # GalaxyMap, or None: SONIQ has not listened to anything yet
    progress = Signal(object)  # galaxy_reports.Progress, None when no layout is being learned
    failed = Signal(str)  # a plain sentence

    def __init__(
        self,
        catalogue: Path,
        folder: Path,
        discovery: DiscoveryService,
        library: LibraryService,
        parent: QObject | None = None,
    ) -> None:
        """`catalogue` is the library's file, `folder` that of the index."""
        super().__init__(parent)
        self._catalogue, self._folder, self._discovery = catalogue, folder, discovery
        self._maps = _maps(folder, discovery.embedder())
        self._process: LayoutProcess | None = None
        self._map: GalaxyMap | None = None
        self._seen: tuple[int, int] | None = None
        self._open = self._closed = False
        self._look_soon = QTimer(self)
        self._look_soon.setSingleShot(True)
        self._look_soon.setInterval(LOOK_EVERY)
        self._look_soon.timeout.connect(self._look)
        for news in (library.changed, library.tracks_updated, discovery.grown):
            news.connect(self._news)
        discovery.switched.connect(self._switched)

    @property
    def map(self) -> GalaxyMap | None:
        """The map as last told."""
        return self._map

    @property
    def laying_out(self) -> bool:
        return self._process is not None

    def open(self) -> None:
        """Somebody looks: tell the map, and again whenever it changes."""
        self._open = True
        self._look()

    def leave(self) -> None:
        """Nobody looks any more; a layout that is being learned goes on."""
        self._open = False
        self._look_soon.stop()

    def lay_out(self) -> None:
        """Learn the map anew in the background; `map_changed` when it is there. Once at a time."""
        if self._process is not None or self._closed:
            return
        self._process = LayoutProcess(self._catalogue, self._folder, self._discovery.embedder(), self)
        self._process.progressed.connect(self.progress)
        self._process.ended.connect(self._laid_out)
        self.progress.emit(Progress("Starting", None, 0))

    def cancel(self) -> None:
        """Stop learning; the map stays as it was."""
        self._end_process()

    def path(
        self, start: int, end: int, done: Callable[[Wormhole], None], failed: Callable[[Exception], None]
    ) -> None:
        """A wormhole between two songs, worked out in the full dimension of the embedding."""

        def work(engine: DiscoveryEngine) -> Wormhole:
            wormholes = Wormholes(engine.catalogue, engine.index, engine.spec)
            return wormholes.find(Recipe(Stop(start), Stop(end)))

        self._discovery.run(work, done, failed, key="galaxy.path")

    def close(self) -> None:
        """End the process. Safe to call twice."""
        self._closed = True
        self._look_soon.stop()
        self._end_process(wait=2.0)

    # -- in step with the library

    def _news(self, *_what: object) -> None:
        if self._open and not self._closed and not self._look_soon.isActive():
            self._look_soon.start()

    def _switched(self) -> None:
        """Songs are compared by another embedder; a layout that is being learned is of no use any more."""
        self._end_process()
        self._maps, self._seen = _maps(self._folder, self._discovery.embedder()), None
        if self._open:
            self._look()

    def _look(self) -> None:
        seen, maps = self._seen, self._maps

        def work(engine: DiscoveryEngine) -> tuple[tuple[int, int], int, GalaxyMap | None]:
            state = engine.catalogue.state_of_tracks()
            if state == seen:
                return state, -1, None
            sounds = engine.sounds.current()
            found = maps.current(sounds, engine.catalogue.genres_of_tracks())
            return state, int(comparable(sounds).sum()), found

        def looked(found: tuple[tuple[int, int], int, GalaxyMap | None]) -> None:
            if maps is self._maps:  # else the embedder has changed meanwhile
                self._looked(*found)

        self._discovery.run(work, looked, self._not_looked, key="galaxy.map")

    def _looked(self, state: tuple[int, int], songs: int, galaxy: GalaxyMap | None) -> None:
        if self._closed:
            return
        if songs < 0:  # nothing new; a page that was just opened wants it all the same
            self.map_changed.emit(self._map)
            return
        self._seen, self._map = state, galaxy
        self.map_changed.emit(galaxy)
        if galaxy is None and songs:
            self._seen = None
            self.lay_out()

    def _not_looked(self, error: Exception) -> None:
        if isinstance(error, SoniqError):
            self.failed.emit(str(error))
        else:
            log.error("the map could not be read", exc_info=error)
            self.failed.emit(FAILED)

    # -- learning

    def _laid_out(self, sentence: str) -> None:
        self._end_process()
        if sentence:
            self.failed.emit(sentence)
            return
        self._maps.forget()
        self._seen = None
        if self._open:
            self._look()

    def _end_process(self, wait: float = 0.0) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.close(wait)
            process.deleteLater()
            self.progress.emit(None)


def _maps(folder: Path, spec: EmbedderSpec) -> GalaxyMaps:
    """The map of an embedder, with that of the built-in one until there is one."""
    default = embedder_spec(DEFAULT_EMBEDDER)
    return GalaxyMaps(folder, spec, None if spec.name == default.name else default)
