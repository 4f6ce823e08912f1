"""Clips of unknown music that the user kept are asked about again when there is more to compare with."""

import time
from dataclasses import asdict, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from soniq_desktop.common.log import topic
from soniq_desktop.fingerprint.manifest import changed_at
from soniq_desktop.fingerprint.reports import Ended, Identified, ReadFile, Report
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.identifications import Identification, Identifications
from soniq_desktop.services.answers import Answer, history_entry
from soniq_desktop.services.room import RoomProcess
from soniq_desktop.services.tasks import Tasks

log = topic("identify")
RATE = 0.0005  # of false alarms: each clip is asked about many times, so each time less may go wrong
FOUND = ("title", "artist", "path", "audio_hash", "offset", "confidence", "false_alarm_rate")


class KeptClips(QObject):
    """One look at a time, in a process of its own: the microphone's is not disturbed."""

    recognised = Signal(object)  # Identification, with its song now
    ended = Signal()  # every clip was asked about

    def __init__(
        self, catalogue: Catalogue, history: Identifications, folder: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._history, self._folder = catalogue, history, folder
        self._tasks = Tasks(1, self)
        self._room: RoomProcess | None = None
        self._waiting: list[Identification] = []
        self._found: Identified | None = None
        self._begun = 0.0
        self._looking = False

    def ask_again(self) -> None:
        """Ask about every kept clip that was last asked about before the index changed."""
        if not self._looking:
            self._looking = True
            self._tasks.run(self._unasked, self._begin, self._broken)

    def close(self) -> None:
        """End the process and the thread. Safe to call twice."""
        self._waiting.clear()
        self._let_go()
        self._tasks.close()

    def _unasked(self) -> list[Identification]:
        changed = changed_at(self._folder)
        unknown = [each for each in self._history.all() if each.clip and not each.known]
        return [each for each in unknown if each.asked < changed and Path(each.clip).exists()]

    def _begin(self, waiting: list[Identification]) -> None:
        self._waiting = waiting
        self._next()

    def _next(self) -> None:
        self._found = None
        if not self._waiting:
            self._let_go()
            self._looking = False
            self.ended.emit()
            return
        if self._room is None:
            self._room = RoomProcess(self._folder, self)
            self._room.reported.connect(self._take)
            self._room.lost.connect(self._lost)
        self._begun = time.time()
        self._room.send(ReadFile(self._waiting[0].clip, ""))

    def _take(self, _number: int, report: Report) -> None:
        if not self._waiting:
            return
        if isinstance(report, Identified) and report.match.false_alarm_rate <= RATE:
            self._found = report
        elif isinstance(report, Ended):
            entry, found, begun = self._waiting.pop(0), self._found, self._begun
            self._tasks.run(lambda: self._settle(entry, found, begun), self._settled, self._broken)

    def _settle(self, entry: Identification, found: Identified | None, begun: float) -> Identification | None:
        """Write down what became of a clip; returns the entry where it is known now."""
        values: dict[str, object] = {"asked": begun}
        track = self._catalogue.track(found.match.track_id) if found is not None else None
        if found is not None and track is not None:
            answer = asdict(history_entry(Answer(track, found.match, found.heard, None), entry.source))
            values |= {name: answer[name] for name in FOUND}
        self._history.change(entry.id, **values)
        return None if track is None else replace(entry, **values)  # type: ignore[arg-type]

    def _settled(self, entry: Identification | None) -> None:
        if entry is not None:
            self.recognised.emit(entry)
        self._next()

    def _lost(self) -> None:
        self._room = None
        self._broken(RuntimeError("the process that reads clips has died"))

    def _broken(self, error: Exception) -> None:
        """They are asked about another time."""
        log.warning("Kept clips were not asked about: %s", error)
        self._waiting = []
        self._let_go()
        self._looking = False

    def _let_go(self) -> None:
        if self._room is not None:
            self._room.close()
            self._room.deleteLater()
            self._room = None
