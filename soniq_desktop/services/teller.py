"""Tells the window what has changed, a few times a second at most, however fast it changes."""

import time
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.services.progress import Progress, smoothed

EVERY_MS = 250


class Teller(QObject):
    """Collects what happens and emits it in bundles. Lives on the GUI thread."""

    changed = Signal()  # rows came or went
    updated = Signal(list)  # ids whose values changed, ascending
    progress = Signal(object)  # Progress | None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = False
        self._ids: set[int] = set()
        self._progress: Progress | None = None
        self._progress_at = 0.0
        self._told: Progress | None = None
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._tell)

    def rows(self) -> None:
        """Rows came or went, or their order may be another."""
        self._rows = True
        self._soon()

    def track(self, track_id: int) -> None:
        """Values of one track changed."""
        self._ids.add(track_id)
        self._soon()

    def working(self, progress: Progress) -> None:
        """Background work stands here."""
        now = time.monotonic()
        self._progress = smoothed(progress, self._progress, now - self._progress_at)
        self._progress_at = now
        self._soon()

    def paused(self, paused: bool) -> None:
        """The work stands still, or goes on."""
        if self._progress is not None:
            self._progress = replace(self._progress, paused=paused)
            self._soon()

    def idle(self) -> None:
        """Nothing runs."""
        self._progress = None
        self._soon()

    def close(self) -> None:
        """Say nothing more."""
        self._closed = True
        self._timer.stop()

    def _soon(self) -> None:
        if not (self._timer.isActive() or self._closed):
            self._timer.start()

    def _tell(self) -> None:
        ids, self._ids = self._ids, set()
        rows, self._rows = self._rows, False
        if rows:
            self.changed.emit()
        if ids:
            self.updated.emit(sorted(ids))
        if self._progress != self._told:
            self._told = self._progress
            self.progress.emit(self._progress)
