"""Small background jobs whose results come back on the GUI thread."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from soniq_desktop.common.log import topic

T = TypeVar("T")
log = topic("tasks")


class _Delivery:
    """What is to be called on the GUI thread once a job has ended."""

    __slots__ = ("argument", "call", "key", "number")

    def __init__(
        self, key: str | None, number: int, call: Callable[[Any], None] | None, argument: object
    ) -> None:
        self.key = key
        self.number = number
        self.call = call
        self.argument = argument


class Tasks(QObject):
    """Run short functions off the GUI thread.

    Jobs start in the order in which they were given. A job with a `key` makes every older job of the same key
    obsolete: one that has not started is never run, one that is running is not delivered. That is what search
    as you type needs. Results and errors are delivered on the thread that made this object.
    """

    _ended = Signal(object)

    def __init__(self, workers: int = 2, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="soniq-task")
        self._numbers = itertools.count(1)
        self._latest: dict[str, int] = {}
        self._open = 0
        self._idle = threading.Condition()
        self._closed = False
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        *,
        key: str | None = None,
    ) -> None:
        """Call `work` on a background thread, then `done(result)` or `failed(error)` here."""
        if self._closed:
            return
        number = next(self._numbers)
        if key is not None:
            self._latest[key] = number
        with self._idle:
            self._open += 1
        self._pool.submit(self._work, work, done, failed, key, number)

    def wait(self, seconds: float = 5.0) -> bool:
        """Block until no job is queued or running. For tests and shutdown, not for the GUI."""
        with self._idle:
            return self._idle.wait_for(lambda: self._open == 0, seconds)

    def close(self) -> None:
        """Drop what has not started, wait for what runs; nothing is delivered afterwards."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None] | None,
        failed: Callable[[Exception], None] | None,
        key: str | None,
        number: int,
    ) -> None:
        try:
            if self._obsolete(key, number):
                return
            try:
                delivery = _Delivery(key, number, done, work())
            except Exception as error:  # noqa: BLE001 - handed to the caller, whatever it is
                delivery = _Delivery(key, number, failed or _report, error)
            if not self._closed:
                self._ended.emit(delivery)
        finally:
            with self._idle:
                self._open -= 1
                self._idle.notify_all()

    def _obsolete(self, key: str | None, number: int) -> bool:
        return self._closed or (key is not None and self._latest.get(key) != number)

    @Slot(object)
    def _deliver(self, delivery: _Delivery) -> None:
        if delivery.call is not None and not self._obsolete(delivery.key, delivery.number):
            delivery.call(delivery.argument)


def _report(error: Exception) -> None:
    log.error("A background task failed.", exc_info=error)
