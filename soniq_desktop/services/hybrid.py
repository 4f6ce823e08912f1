"""The listener's habits as the window sees them: checked at most once a day in a process of its own."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.common.log import topic
from soniq_desktop.common.processes import Failed, Finished, ProcessPool
from soniq_desktop.discovery.finishing import remembered
from soniq_desktop.discovery.habits import HabitBonus
from soniq_desktop.discovery.hybrid import USES, Use
from soniq_desktop.discovery.hybrid_judge import Verdict
from soniq_desktop.discovery.hybrid_store import Checked, load
from soniq_desktop.library.play_history import play_columns
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.discovery_engine import DiscoveryEngine
from soniq_desktop.services.tasks import Tasks

HANDLER = "soniq_desktop.discovery.hybrid_worker:check"
LOOK_AFTER_MS = 180_000  # after the start, when the rest has settled
LOOK_EVERY_MS = 3_600_000
DAY = 86_400.0
TIME_LIMIT = 1_800.0  # seconds
POLL = 0.2

log = topic("habits")


class HybridService(QObject):
    """Which recommender is in use and by how much it wins; and how likely a song is finished.

    No method blocks; answers and `changed` come on the GUI thread.
    """

    changed = Signal()  # another check has ended

    def __init__(
        self, catalogue: Path, folder: Path, discovery: DiscoveryService, parent: QObject | None = None
    ) -> None:
        """`catalogue` is the file of the library, `folder` that of the index."""
        super().__init__(parent)
        self._catalogue, self._folder, self._discovery = catalogue, folder, discovery
        self._tasks = Tasks(1, self)
        self._closing = threading.Event()
        self._checked: Checked | None = None
        self._running = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        discovery.switched.connect(self._read)  # what was found of one embedder says nothing of another

    def start(self) -> None:
        """Take over what the last check found, and look once an hour whether another is due."""
        self._read()
        self._timer.start(LOOK_AFTER_MS)

    def close(self) -> None:
        """End the process and the thread. Safe to call twice."""
        self._timer.stop()
        self._closing.set()
        self._tasks.close()

    def lines(self) -> tuple[str, ...]:
        """For each use, which recommender and by how much it wins; empty before the first check."""
        return () if self._checked is None else tuple(each.sentence() for each in self._checked.verdicts)

    def verdicts(self) -> tuple[Verdict, ...]:
        """The same as numbers."""
        return () if self._checked is None else self._checked.verdicts

    def finishing(self, track_id: int, done: Callable[[tuple[str, str] | None], None]) -> None:
        """How likely the song would be finished now ("78 %"), and what that rests on ("from 640 plays, AUC
        0.71"); None where the plays do not suffice to say so (`finishing.Evidence.shown`).
        """
        checked = self._checked
        if checked is None or checked.model is None or not checked.evidence.shown:
            done(None)
            return
        model, evidence = checked.model, checked.evidence

        def work(engine: DiscoveryEngine) -> tuple[str, str] | None:
            sounds = engine.sounds.current()
            rows = sounds.rows([track_id])
            if not len(rows):
                return None
            memory = remembered(sounds, play_columns(engine.catalogue.database))
            return evidence.words(float(model.chances(memory.features(rows, time.time()))[0]))

        self._discovery.run(work, done, lambda _error: done(None), key="finishing")

    def check(self) -> None:
        """Check now, unless a check is running."""
        if self._running or self._closing.is_set():
            return
        self._running = True
        self._tasks.run(self._check_in_process, self._ended, self._failed)

    # -- parts

    def _look(self) -> None:
        self._timer.setInterval(LOOK_EVERY_MS)
        last = max((each.at for each in self.verdicts()), default=0.0)
        if not 0 <= time.time() - last < DAY:  # a clock that was set back must not stop the checks
            self.check()

    def _check_in_process(self) -> str:
        """A plain sentence where it failed, else empty. On the thread."""
        spec = self._discovery.embedder()
        with ProcessPool(HANDLER, 1, time_limit=TIME_LIMIT, nice=15) as pool:
            pool.submit("habits", (str(self._catalogue), str(self._folder), spec))
            while not self._closing.is_set():
                for event in pool.events(POLL):
                    if isinstance(event, Finished):
                        return ""
                    if isinstance(event, Failed):
                        return event.sentence
        return ""

    def _ended(self, sentence: str) -> None:
        self._running = False
        if sentence:
            log.warning("The habits could not be checked: %s", sentence)
        self._read()

    def _failed(self, error: Exception) -> None:
        self._running = False
        log.error("The habits could not be checked.", exc_info=error)

    def _read(self) -> None:
        self._discovery.run(self._take_over, self._taken, self._failed, key="habits")

    def _take_over(self, engine: DiscoveryEngine) -> Checked | None:
        """From the disk into the engine."""
        checked = load(self._folder, engine.spec)
        won: dict[Use, HabitBonus | None] = {
            use: checked.bonus(use) if checked is not None else None for use in USES
        }
        engine.habits = {use: bonus for use, bonus in won.items() if bonus is not None}
        return checked

    def _taken(self, checked: Checked | None) -> None:
        self._checked = checked
        self.changed.emit()
