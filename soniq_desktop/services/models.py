"""Weights that are fetched, imported and removed, off the GUI thread."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.models.downloads import CancelledError, Received
from soniq_desktop.models.fetchable import FETCHABLE
from soniq_desktop.models.store import ModelStore
from soniq_desktop.services.tasks import Tasks

log = topic("models")
STOP_WAIT = 40_000  # ms: a server that does not answer is given up after 30 s


@dataclass(frozen=True, slots=True)
class ModelProgress:
    """How far a download is: bytes, and bytes a second; total 0 where it is not known."""

    name: str
    received: int
    total: int
    rate: float


class ModelThread(QThread):
    """Runs one job on the model store; `ended` gets sentence and hint, empty where all went well."""

    reported = Signal(object)  # ModelProgress
    ended = Signal(str, str)

    def __init__(self, work: Callable[["ModelThread"], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.control = Control()
        self._work = work

    def run(self) -> None:
        """Called by Qt on the thread."""
        try:
            self._work(self)
            self.ended.emit("", "")
        except CancelledError:
            self.ended.emit("", "")
        except SoniqError as error:
            self.ended.emit(error.sentence, error.hint)
        except Exception as error:  # the window must hear of every end
            log.exception("model job failed")
            self.ended.emit(
                f"The model could not be stored ({type(error).__name__}).", "The log has the details."
            )

    def fetch(self, store: ModelStore, name: str) -> None:
        """The work of a download whose licence was accepted."""

        def report(received: Received) -> None:
            self.reported.emit(ModelProgress(name, received.done, received.total, received.rate))

        store.fetch(name, accept_licence=True, control=self.control, report=report)


class ModelService(QObject):
    """One job at a time; all methods return at once."""

    changed = Signal()  # weights came or went
    progress = Signal(object)  # ModelProgress | None when it ends
    failed = Signal(str, str)  # sentence, hint

    def __init__(self, store: ModelStore, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store, self._tasks = store, tasks
        self._thread: ModelThread | None = None

    def close(self) -> None:
        """Stop a download and wait for it. Idempotent."""
        if self._thread is not None:
            self._thread.control.cancel()
            self._thread.wait(STOP_WAIT)
        self._thread = None

    def get(self, name: str, accepted: bool) -> None:
        """Fetch weights; `accepted`: the user has read the licence (EngineChoice.licence_text) and agrees."""
        if not accepted:
            self.failed.emit(f"The licence of {FETCHABLE[name].title} has to be accepted first.", "")
            return
        self._run(lambda thread: thread.fetch(self.store, name))

    def import_file(self, path: str) -> None:
        """Take in weights from a file."""

        def work(_: ModelThread) -> None:
            self.store.import_file(Path(path))

        self._run(work)

    def remove(self, name: str) -> None:
        """Delete weights."""
        self._tasks.run(lambda: self.store.remove(name), lambda _: self.changed.emit(), self._say)

    def cancel(self) -> None:
        """Stop the download; what has arrived is kept."""
        if self._thread is not None:
            self._thread.control.cancel()

    def _run(self, work: Callable[[ModelThread], None]) -> None:
        if self._thread is not None:
            self.failed.emit("Another model is being fetched.", "Wait until it is here.")
            return
        self._thread = ModelThread(work, self)
        self._thread.reported.connect(self.progress)
        self._thread.ended.connect(self._end)
        self._thread.start()

    def _end(self, sentence: str, hint: str) -> None:
        if self._thread is None:
            return
        self._thread.wait(STOP_WAIT)
        self._thread = None
        self.progress.emit(None)
        self.changed.emit()
        if sentence:
            self.failed.emit(sentence, hint)

    def _say(self, error: Exception) -> None:
        if isinstance(error, SoniqError):
            self.failed.emit(error.sentence, error.hint)
        else:
            self.failed.emit("Something went wrong with the models.", "The log has the details.")
