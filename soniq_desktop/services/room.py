"""The process that listens, as an object: commands in, reports out on the GUI thread."""

import contextlib
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from soniq_desktop.common import child
from soniq_desktop.common.log import topic
from soniq_desktop.common.processes import spawn_child
from soniq_desktop.fingerprint.reports import Command

log = topic("identify")
TARGET = "soniq_desktop.fingerprint.room:serve"  # not imported here: the engine is the child's


class RoomProcess(QObject):
    """One child; made anew by its owner when it was lost."""

    reported = Signal(int, object)  # number of the command, a Report
    lost = Signal()  # it died by itself
    _arrived = Signal(int, object)
    _ended = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._closed = False
        self._sent = 0
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._tell_lost, Qt.ConnectionType.QueuedConnection)
        self._process, self._pipe = spawn_child(child.call, TARGET, str(folder))
        self._thread = threading.Thread(target=self._read, args=(self._pipe,), name="soniq-room", daemon=True)
        self._thread.start()

    def send(self, command: Command) -> int:
        """Hand over a command; returns its number. A dead child is told of by `lost`."""
        self._sent += 1
        with contextlib.suppress(OSError):
            self._pipe.send((self._sent, command))
        return self._sent

    def close(self) -> None:
        """End the child. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._process.kill()
        self._process.join(2.0)
        self._thread.join(2.0)
        self._pipe.close()

    def _read(self, pipe: Connection) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._arrived.emit(*pipe.recv())
        with contextlib.suppress(RuntimeError):  # the application is gone
            self._ended.emit()

    def _deliver(self, number: int, report: object) -> None:
        if not self._closed:
            self.reported.emit(number, report)

    def _tell_lost(self) -> None:
        if not self._closed:
            log.error("the process that listens has died (%s)", self._process.exitcode)
            self.close()
            self.lost.emit()
