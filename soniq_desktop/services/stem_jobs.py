"""The thread that follows a separation, and what the window is told of it."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal

from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.stems.separation import Progress, Separation

log = topic("stems")
UNEXPECTED = "Something went wrong while taking this track apart. The log has the details."


@dataclass(frozen=True, slots=True)
class StemProgress:
    """How far the separation of a track is, for the window.

    Attributes:
        stage: "loading", "separating", "paused" or "done".
        chunk, chunks: finished, of how many (0: not known yet).
        seconds_ready, duration, seconds_left: seconds; the last None where nothing is known.
        memory, peak_memory, total_memory: bytes, of the worker now and at most, and of the machine.
        threads: CPU threads that work.
    """

    track_id: int
    engine: str
    stage: str
    chunk: int = 0
    chunks: int = 0
    seconds_ready: float = 0.0
    duration: float = 0.0
    seconds_left: float | None = None
    memory: int = 0
    peak_memory: int = 0
    device: str = ""
    total_memory: int = 0
    threads: int = 0


class SeparationThread(QThread):
    """Runs one Separation; `ended` gets "done", "paused", "cancelled" or "failed", then sentence and hint."""

    reported = Signal(object)  # separation.Progress
    ended = Signal(str, str, str)

    def __init__(self, separation: Separation, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.control = Control()
        self._separation = separation

    def run(self) -> None:
        """Called by Qt on the thread."""
        try:
            self.ended.emit(self._separation.run(self.control, self._report), "", "")
        except SoniqError as error:
            self.ended.emit("failed", error.sentence, error.hint)
        except Exception:  # the window must hear of every end
            log.exception("separation failed")
            self.ended.emit("failed", UNEXPECTED, "")

    def _report(self, progress: Progress) -> None:
        self.reported.emit(progress)
