"""Pause, resume and cancel for long work, shared between the thread that works and the one that decides."""

import threading


class Control:
    """A switch with three positions: running, paused, cancelled (which is final). Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._cancelled = False

    @property
    def paused(self) -> bool:
        return self._paused and not self._cancelled

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    def pause(self) -> None:
        self._set(paused=True)

    def resume(self) -> None:
        self._set(paused=False)

    def cancel(self) -> None:
        """Ask the work to stop as soon as it can; a paused worker wakes up for it."""
        with self._changed:
            self._cancelled = True
            self._changed.notify_all()

    def wait_if_paused(self, timeout: float | None = None) -> bool:
        """Block while paused, at most `timeout` seconds. Returns True where the work may go on now."""
        with self._changed:
            self._changed.wait_for(lambda: not self.paused, timeout)
            return not (self._paused or self._cancelled)

    def wait_for_cancel(self, timeout: float) -> bool:
        """Sleep up to `timeout` seconds; returns True, at once, when cancelled."""
        with self._changed:
            return self._changed.wait_for(lambda: self._cancelled, timeout)

    def _set(self, *, paused: bool) -> None:
        with self._changed:
            self._paused = paused
            self._changed.notify_all()
