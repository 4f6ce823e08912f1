"""Duplicates for the window: compares the library in other processes, remembers what the user decided."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.common.paths import Paths
from soniq_desktop.fingerprint.compared import FILE_NAME, Compared, load
from soniq_desktop.fingerprint.comparison import compare_library
from soniq_desktop.fingerprint.duplicates import Duplicates, grouped
from soniq_desktop.fingerprint.overlay import Relation
from soniq_desktop.fingerprint.recordings import between
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.distinct import NotDuplicates
from soniq_desktop.library.records import Track
from soniq_desktop.services.listening import default_workers
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks

log = topic("duplicates")
State = Literal["idle", "comparing"]


@dataclass(frozen=True, slots=True)
class Found:
    """What is known now.

    Attributes:
        compared, fingerprinted, tracks: songs that were compared, that can be, and that are in the library.
        decisions: pairs that the user said are no duplicates.
        complete: the comparison went to its end.
    """

    duplicates: Duplicates
    compared: int
    fingerprinted: int
    tracks: int
    decisions: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two songs have in common; `relation` is None where that is nothing."""

    one: Track
    other: Track
    relation: Relation | None
    known: bool = True  # both have a fingerprint


class DuplicatesService(QObject):
    """Commands return at once; signals come on the GUI thread."""

    state_changed = Signal(str)
    progressed = Signal(object)  # ComparingProgress
    found = Signal(object)  # Found
    failed = Signal(str)  # a plain sentence
    message = Signal(str)

    def __init__(
        self,
        catalogue: Catalogue,
        decisions: NotDuplicates,
        paths: Paths,
        settings: SettingsService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._decisions = catalogue, decisions
        self._folder = paths.fingerprints
        self._file = paths.cache / FILE_NAME
        self._settings = settings
        self._tasks = Tasks(1, self)  # comparing takes its time
        self._quick = Tasks(1, self)
        self._control = Control()
        self._state: State = "idle"
        self._compared: Compared | None = None
        self._indexed = 0

    def state(self) -> State:
        return self._state

    # commands

    def look(self) -> None:
        """Show what is known, and compare what is new; `found` comes for both."""
        if self._state == "comparing":
            return
        self._control = control = Control()
        workers = int(self._settings.get("analysis.workers")) or default_workers()
        self._set_state("comparing")

        def work() -> Found:
            if (
                self._compared is None
            ):  # the first look of this start: what was found earlier is shown at once
                self._compared = load(self._file)
                if self._compared.sounds:
                    self.found.emit(self._described(complete=False))
            self._compared = compare_library(
                self._folder,
                self._file,
                control=control,
                workers=workers,
                progress=self.progressed.emit,
            )
            self._indexed = _count(self._folder)
            return self._described(complete=not control.cancelled)

        self._tasks.run(work, self._done, self._broken)

    def cancel(self) -> None:
        """Stop comparing; what was compared is kept."""
        self._control.cancel()

    def say_different(self, track: Track, others: Sequence[Track]) -> None:
        """The user says that `track` is no copy of `others`; holds until it is taken back."""
        self._decide(lambda: self._decisions.add(track, others))

    def take_back(self, track: Track, others: Sequence[Track]) -> None:
        """`track` may be a copy of `others` again."""
        self._decide(lambda: self._decisions.remove(track, others))

    def take_all_back(self) -> None:
        """Forget every decision."""
        self._decide(self._decisions.clear)

    def compare(
        self, one: int, other: int, done: Callable[[Likeness], None], failed: Callable[[str], None]
    ) -> None:
        """What two songs have in common."""

        def work() -> Likeness:
            tracks = {track.id: track for track in self._catalogue.tracks([one, other])}
            with FingerprintStore(self._folder, merging=False) as store:
                return _likeness(tracks[one], tracks[other], store)

        self._quick.run(work, done, lambda error: failed(_sentence(error)), key="compare")

    def close(self) -> None:
        """End the processes and threads. Safe to call twice."""
        self._control.cancel()
        self._tasks.close()
        self._quick.close()

    # answers

    def _decide(self, change: Callable[[], None]) -> None:
        def work() -> Found | None:
            change()
            return None if self._compared is None else self._described(complete=self._state == "idle")

        def done(found: Found | None) -> None:
            if found is not None:
                self.found.emit(found)

        self._quick.run(work, done, lambda error: self.message.emit(_sentence(error)))

    def _described(self, *, complete: bool) -> Found:
        """On a background thread."""
        compared = self._compared or Compared()
        decisions = self._decisions.decisions()
        return Found(
            grouped(self._catalogue, compared.relations.values(), decisions.apart),
            len(compared.sounds),
            self._indexed,
            self._catalogue.counts().tracks,
            len(decisions),
            complete,
        )

    def _done(self, found: Found) -> None:
        self._set_state("idle")
        self.found.emit(found)

    def _broken(self, error: Exception) -> None:
        self._set_state("idle")
        self.failed.emit(_sentence(error))

    def _set_state(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)


def _count(folder: Path) -> int:
    with FingerprintStore(folder, merging=False) as store:
        return len(store.track_ids())


def _likeness(one: Track, other: Track, store: FingerprintStore) -> Likeness:
    """Of equal files the index holds one: sounds are looked up, not tracks."""
    by_sound = {sound: track_id for track_id, sound in store.audio_hashes().items()}
    ids = [by_sound.get(each.audio_hash or "") for each in (one, other)]
    if one.audio_hash is not None and one.audio_hash == other.audio_hash:
        length = one.tags.duration
        return Likeness(one, other, Relation(one.id, other.id, 0.0, length, 1.0, 1.0, 1.0))
    if ids[0] is None or ids[1] is None:
        return Likeness(one, other, None, known=False)
    return Likeness(one, other, between(store.snapshot(), ids[0], ids[1]))


def _sentence(error: Exception) -> str:
    if isinstance(error, SoniqError):
        return str(error)
    log.error("duplicates", exc_info=error)
    return "The songs could not be compared."
