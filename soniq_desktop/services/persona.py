"""Persona as the window sees it: portraits of a period, the plays behind a plot, import and export."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.history_import import ImportReport
from soniq_desktop.library.history_worker import Work, apart
from soniq_desktop.library.play_history import like_moments, play_columns, played_songs
from soniq_desktop.library.records import Track
from soniq_desktop.persona.behind import Selection, behind
from soniq_desktop.persona.entropy import Array
from soniq_desktop.persona.history import History, history_of
from soniq_desktop.persona.portrait import Period, Portrait, portrait
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.player import PlayerService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks

log = topic("persona")
PRIVATE = "privacy.private_session"
MOST_ROWS = 500
NAMED = 50  # lines of a ranking whose songs are fetched


@dataclass(frozen=True, slots=True)
class Persona:
    """A portrait, and the songs that it names.

    Attributes:
        tracks: by track id; `track_of(song row)` finds one.
    """

    portrait: Portrait
    tracks: dict[int, Track]

    def track_of(self, song: int) -> Track | None:
        """The track of a row of `portrait.history.songs`."""
        return self.tracks.get(int(self.portrait.history.songs.ids[song]))


@dataclass(frozen=True, slots=True)
class PlayRow:
    """One play, as a list shows it."""

    track: Track
    started: float
    heard: float
    ended: str
    source: str


class PersonaService(QObject):
    """No method blocks; answers and signals come on the GUI thread."""

    changed = Signal()  # a play was recorded or a history taken in
    message = Signal(str)

    def __init__(
        self,
        catalogue: Catalogue,
        library: LibraryService,
        player: PlayerService,
        settings: SettingsService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._library, self._settings = catalogue, library, settings
        self._tasks = Tasks(1, self)  # one thread: the history is kept for the next question
        self._files = Tasks(1, self)
        self._control = Control()
        self._state: tuple[int, int] | None = None
        self._history: History | None = None
        self._acts: Array = np.zeros(0)
        player.played.connect(lambda _play: self.changed.emit())

    def close(self) -> None:
        """End the threads, and an import or export with them. Safe to call twice."""
        self._control.cancel()
        self._tasks.close()
        self._files.close()

    # -- questions

    def persona(
        self,
        period: Period,
        done: Callable[[Persona], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """The portrait of a period; an older question that is not answered yet is dropped."""

        def work() -> Persona:
            history = self._current()
            found = portrait(history, period, acts=self._acts)
            return Persona(found, self._named(found))

        self._tasks.run(work, done, failed or self._say, key="persona")

    def behind(
        self, persona: Persona, selection: Selection, done: Callable[[list[PlayRow], int], None]
    ) -> None:
        """The plays behind a mark, the latest first, MOST_ROWS at most; and how many there are."""

        def work() -> tuple[list[PlayRow], int]:
            found = persona.portrait
            rows = behind(found, selection)
            return self._rows(found, rows[:MOST_ROWS]), len(rows)

        self._tasks.run(work, lambda both: done(*both), self._say, key="behind")

    def private(self) -> bool:
        """Whether plays are left out of the history now."""
        return bool(self._settings.get(PRIVATE))

    def set_private(self, private: bool) -> None:
        self._settings.set(PRIVATE, private)

    # -- taking in and giving out

    def import_file(self, file: Path, done: Callable[[ImportReport], None]) -> None:
        """Take in a history of another program; doing it twice changes nothing."""

        def arrived(report: ImportReport | int) -> None:
            assert isinstance(report, ImportReport)
            self._library.touch(report.tracks)
            self.changed.emit()
            done(report)

        self._apart("import", file, arrived)

    def export_file(self, file: Path, done: Callable[[int], None]) -> None:
        """Write all plays as JSON, or as CSV where the name ends so; how many those were."""

        def arrived(count: ImportReport | int) -> None:
            assert isinstance(count, int)
            done(count)

        self._apart("export", file, arrived)

    def _apart(self, what: Work, file: Path, done: Callable[[ImportReport | int], None]) -> None:
        path, control = self._catalogue.path, self._control
        self._files.run(lambda: apart(what, path, file, control), done, self._say)

    # -- on the thread

    def _current(self) -> History:
        state = self._catalogue.state_of_tracks()
        if self._history is None or state != self._state:
            database = self._catalogue.database
            self._history = history_of(play_columns(database), played_songs(database))
            self._acts = like_moments(database)
            self._state = state
        return self._history

    def _named(self, found: Portrait) -> dict[int, Track]:
        ranked = (*found.top_songs, *found.dormant, *found.top_artists[:NAMED], *found.top_albums[:NAMED])
        rows = np.array([each.song for each in ranked], np.int64)
        ids = np.unique(found.history.songs.ids[rows])
        return {track.id: track for track in self._catalogue.tracks(ids)}

    def _rows(self, found: Portrait, rows: np.ndarray) -> list[PlayRow]:
        plays, songs = found.whole.where(rows), found.history.songs
        ids = songs.ids[plays.songs].tolist()
        known = {track.id: track for track in self._catalogue.tracks(sorted(set(ids)))}
        sources = found.history.sources
        return [
            PlayRow(known[track], start, heard, ("finished", "part", "skipped")[ended], sources[source])
            for track, start, heard, ended, source in zip(
                ids, plays.started.tolist(), plays.heard.tolist(), plays.ended.tolist(),
                plays.sources.tolist(), strict=True,
            )
            if track in known
        ]  # fmt: skip

    def _say(self, error: Exception) -> None:
        if isinstance(error, SoniqError):
            self.message.emit(str(error))
        else:
            log.error("persona", exc_info=error)
            self.message.emit("That could not be worked out. The log has the details.")
