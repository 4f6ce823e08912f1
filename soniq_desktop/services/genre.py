"""Genres as the window sees them: chips, corrections, the unsure inbox, what the sets are worth."""

import threading
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.analysis.genre.engine import GenreCoverage, GenreEngine, GenreOptions
from soniq_desktop.analysis.genre.probe import Refit
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.genre_shown import ShownGenre, shown_genre
from soniq_desktop.library.records import GenreHeard, Track
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, GENRE_MODELS
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks

log = topic("genre")
AFTER_START_MS = 5_000  # not while the first lists are being fetched
SETTLE_MS = 1_500  # several corrections are taken together
LISTENED_MS = 20_000  # and so are tracks just listened to, which the listening process has judged already
INBOX = 12


class GenreService(QObject):
    """No method blocks; answers and signals come on the GUI thread."""

    changed = Signal(list)  # ids of tracks whose genre shows otherwise now
    taught = Signal(object)  # Refit, or None while there are too few labels
    notice = Signal(str)  # a plain sentence

    def __init__(
        self,
        catalogue: Catalogue,
        library: LibraryService,
        settings: SettingsService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._library, self._settings = catalogue, library, settings
        self._tasks = Tasks(1, self)  # one thread: the engine is not to be called from two
        self._engine: GenreEngine | None = None
        self._closing = threading.Event()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._bring_up_to_date)
        self._broken = False
        library.listened.connect(self._listened)
        settings.changed.connect(self._setting_changed)
        self.changed.connect(library.touch)

    # -- life

    def start(self) -> None:
        """Judge what was listened to before there was a classifier, or this one."""
        self._timer.start(AFTER_START_MS)

    def close(self) -> None:
        """End the thread. Safe to call twice."""
        self._timer.stop()
        self._closing.set()
        self._tasks.close()

    # -- questions

    def genre_set(self, track: Track) -> ShownGenre:
        """What a chip shows of a track, and where that comes from; from memory."""
        return shown_genre(track)

    def heard(self, track_id: int, done: Callable[[GenreHeard | None], None], *, key: str = "heard") -> None:
        """All probabilities of one track; each `key` stands for one view, whose newer question counts."""
        self._tasks.run(lambda: self._catalogue.genre_heard(track_id), done, self._failed, key=key)

    def unsure(self, done: Callable[[list[Track]], None], count: int = INBOX) -> None:
        """Tracks about which the user's word would teach most, the most useful first."""
        self._tasks.run(
            lambda: self._catalogue.tracks(self._ready().unsure(count)), done, self._failed, key="unsure"
        )

    def coverage(self, done: Callable[[GenreCoverage], None]) -> None:
        """How often the sets held the true family, with interval and size."""
        self._tasks.run(lambda: self._ready().coverage(), done, self._failed, key="coverage")

    def learned(self, done: Callable[[tuple[Refit | None, int]], None]) -> None:
        """What the labels taught, None for too few of them, and how many corrections there are."""

        def work() -> tuple[Refit | None, int]:
            engine = self._ready()
            corrections = engine.coverage().corrections
            return engine.refit, corrections

        self._tasks.run(work, done, self._failed, key="learned")

    # -- the user's word

    def correct(self, ids: Sequence[int], family: str | None) -> None:
        """The user says what these tracks are; None takes it back. The classifier learns from it."""
        wanted = [int(each) for each in ids]

        def write() -> list[int]:
            for track_id in wanted:
                self._catalogue.set_correction(track_id, "genre", family)
            return wanted

        self._tasks.run(write, self._corrected, self._failed)

    def set_level(self, level: float) -> None:
        """0.8, 0.9 or 0.95: how often sets shall hold the true family."""
        self._settings.set("genre.level", level)

    # -- inside

    def _corrected(self, ids: list[int]) -> None:
        self.changed.emit(ids)
        self._timer.start(SETTLE_MS)

    def _listened(self, _track_id: int) -> None:
        if not self._timer.isActive():
            self._timer.start(LISTENED_MS)

    def _setting_changed(self, name: str) -> None:
        if name.startswith("genre."):
            self._timer.start(0)

    def _bring_up_to_date(self) -> None:
        if not self._broken:
            self._tasks.run(self._work, self._done, self._failed)

    def _work(self) -> tuple[list[int], Refit | None]:
        engine = self._ready()
        return engine.bring_up_to_date(self._closing.is_set), engine.refit

    def _ready(self) -> GenreEngine:
        """On the service's thread: the engine with the options of now."""
        options = GenreOptions(
            float(self._settings.get("genre.level")), bool(self._settings.get("genre.per_class"))
        )
        embedder = GENRE_MODELS[str(self._settings.get("genre.model"))] or DEFAULT_EMBEDDER
        if self._engine is None or self._engine.embedder != embedder:
            self._engine = GenreEngine(self._catalogue, options, embedder)
        self._engine.options = options
        return self._engine

    def _done(self, result: tuple[list[int], Refit | None]) -> None:
        changed, refit = result
        if changed:
            self.changed.emit(changed)
        self.taught.emit(refit)

    def _failed(self, error: Exception) -> None:
        """Without a classifier (damaged weights) tags and corrections still show."""
        log.error("Genres could not be worked out.", exc_info=error)
        self._broken = True
        self.notice.emit(str(error) if isinstance(error, SoniqError) else "Genres could not be worked out.")
