"""Weights that are fetched, imported and removed, off the GUI thread."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.models.downloads import CancelledError, Received
from soniq_desktop.models.fetchable import FETCHABLE
from soniq_desktop.models.store import ModelStore
from soniq_desktop.services.tasks import Tasks

log = topic("models")
STOP_WAIT = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class ModelProgress:
    """How far a download is: bytes, and bytes a second; total 0 where it is not known."""

    name: str
    received: int
    total: int
    rate: float


class ModelJob(QObject):
    """One job on the model store, on a thread of its own.

    A daemon: a server that has stopped answering may hold it for half a minute, and nobody waits for that
    when the window closes. What has arrived is on the disk at any moment.
    """

    reported = Signal(object)  # ModelProgress
    ended = Signal(str, str)  # sentence and hint, empty where all went well

    def __init__(self, work: Callable[["ModelJob"], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.control = Control()
        self._work = work
        self._thread = threading.Thread(target=self._run, name="soniq-models", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end, and wait a moment for that."""
        self.control.cancel()
        self._thread.join(STOP_WAIT)

    def fetch(self, store: ModelStore, name: str) -> None:
        """The work of a download whose licence was accepted."""

        def report(received: Received) -> None:
            self.reported.emit(ModelProgress(name, received.done, received.total, received.rate))

        store.fetch(name, accept_licence=True, control=self.control, report=report)

    def _run(self) -> None:
        sentence, hint = self._outcome()
        with contextlib.suppress(RuntimeError):  # the window is gone
            self.ended.emit(sentence, hint)

    def _outcome(self) -> tuple[str, str]:
        try:
            self._work(self)
        except CancelledError:
            return "", ""
        except SoniqError as error:
            return error.sentence, error.hint
        except Exception as error:  # the window must hear of every end
            log.exception("model job failed")
            return f"The model could not be stored ({type(error).__name__}).", "The log has the details."
        return "", ""


class ModelService(QObject):
    """One job at a time; all methods return at once."""

    changed = Signal()  # weights came or went
    progress = Signal(object)  # ModelProgress | None when it ends
    failed = Signal(str, str)  # sentence, hint

    def __init__(self, store: ModelStore, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store, self._tasks = store, tasks
        self._job: ModelJob | None = None

    def close(self) -> None:
        """Stop a download and wait for it. Idempotent."""
        if self._job is not None:
            self._job.stop()
        self._job = None

    def get(self, name: str, accepted: bool) -> None:
        """Fetch weights; `accepted`: the user has read the licence (EngineChoice.licence_text) and agrees."""
        if not accepted:
            self.failed.emit(f"The licence of {FETCHABLE[name].title} has to be accepted first.", "")
            return
        self._run(lambda job: job.fetch(self.store, name))

    def import_file(self, path: str) -> None:
        """Take in weights from a file."""

        def work(_: ModelJob) -> None:
            self.store.import_file(Path(path))

        self._run(work)

    def remove(self, name: str) -> None:
        """Delete weights."""
        self._tasks.run(lambda: self.store.remove(name), lambda _: self.changed.emit(), self._say)

    def cancel(self) -> None:
        """Stop the download; what has arrived is kept."""
        if self._job is not None:
            self._job.control.cancel()

    def _run(self, work: Callable[[ModelJob], None]) -> None:
        if self._job is not None:
            self.failed.emit("Another model is being fetched.", "Wait until it is here.")
            return
        self._job = ModelJob(work, self)
        self._job.reported.connect(self.progress)
        self._job.ended.connect(self._end)
        self._job.start()

    def _end(self, sentence: str, hint: str) -> None:
        if self._job is None:
            return
        self._job.stop()
        self._job.deleteLater()
        self._job = None
        self.progress.emit(None)
        self.changed.emit()
        if sentence:
            self.failed.emit(sentence, hint)

    def _say(self, error: Exception) -> None:
        if isinstance(error, SoniqError):
            self.failed.emit(error.sentence, error.hint)
        else:
            self.failed.emit("Something went wrong with the models.", "The log has the details.")
