"""The process that learns the map, as an object: progress out on the GUI thread, ended at any moment."""

import contextlib
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from soniq_desktop.common import child
from soniq_desktop.common.processes import spawn_child
from soniq_desktop.discovery.galaxy_reports import Ended
from soniq_desktop.models.embedder_specs import EmbedderSpec

TARGET = "soniq_desktop.discovery.galaxy_worker:serve"  # not imported here: openTSNE is the child's
DIED = "The process that lays out the map has stopped."


class LayoutProcess(QObject):
    """One child for one layout. `ended` comes once, unless it is closed before."""

    progressed = Signal(object)  # Progress
    ended = Signal(str)  # a plain sentence where it failed, else empty
    _arrived = Signal(object)

    def __init__(
        self, catalogue: Path, folder: Path, spec: EmbedderSpec, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._process, self._pipe = spawn_child(child.call, TARGET, str(catalogue), str(folder), spec)
        self._thread = threading.Thread(
            target=self._read, args=(self._pipe,), name="soniq-galaxy", daemon=True
        )
        self._thread.start()

    def close(self, wait: float = 0.0) -> None:
        """End the child, whatever it does; nothing is told any more. Safe to call twice.

        It is buried by the thread that reads its reports: on a busy machine that takes a while, and this is
        called on the GUI thread. `wait` seconds for that at the most.
        """
        if not self._closed:
            self._closed = True
            self._process.kill()
        self._thread.join(wait)

    def _read(self, pipe: Connection) -> None:
        report: object = None
        with contextlib.suppress(EOFError, OSError):
            while not isinstance(report, Ended):
                report = pipe.recv()
                self._tell(report)
        if not isinstance(report, Ended):
            self._tell(Ended(DIED))
        self._process.kill()  # it has nothing more to do
        self._process.join(5.0)
        pipe.close()

    def _tell(self, report: object) -> None:
        if not self._closed:
            with contextlib.suppress(RuntimeError):  # the application is gone
                self._arrived.emit(report)

    def _deliver(self, report: object) -> None:
        if self._closed:
            return
        if isinstance(report, Ended):
            self.close()
            self.ended.emit(report.sentence)
        else:
            self.progressed.emit(report)
