"""Ctrl+C, a log-out and `kill` end the program the way closing its window does."""

import contextlib
import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier


class EndSignals(QObject):
    """Calls `end` on the GUI thread when the process is asked to stop (SIGINT, SIGTERM, SIGHUP).

    Python runs signal handlers between byte codes of the main thread, which sits in Qt's event loop: the
    wake-up socket is what gets it out of there (signal.set_wakeup_fd).
    """

    def __init__(self, end: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._end = end
        self._inside, self._outside = socket.socketpair()
        self._inside.setblocking(False)
        self._outside.setblocking(False)
        self._notifier = QSocketNotifier(self._inside.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._old_fd = signal.set_wakeup_fd(self._outside.fileno(), warn_on_full_buffer=False)
        names = ("SIGINT", "SIGTERM", "SIGHUP")
        wanted = [getattr(signal, name) for name in names if hasattr(signal, name)]
        self._old = {number: signal.signal(number, self._asked) for number in wanted}

    def close(self) -> None:
        """Put the former handlers back."""
        self._notifier.setEnabled(False)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_fd)
        self._inside.close()
        self._outside.close()

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self._end()

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._inside.recv(64)
