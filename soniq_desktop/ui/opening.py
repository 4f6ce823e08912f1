"""Songs opened from outside (a double click, a drop): played as soon as the library knows them."""

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QObject

from soniq_desktop.ui.services import Services

PATIENCE_MS = 120_000  # afterwards a song that appears is no longer what the user waits for


class PlayWhenKnown(QObject):
    """Asks the library for files, now and whenever it changes, and plays them once all are there."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._files: list[str] = []
        self._asked = QElapsedTimer()
        services.library.changed.connect(self._look)

    def play(self, files: Sequence[str]) -> None:
        """Play these files in this order; a later call replaces an earlier one."""
        self._files = list(files)
        self._asked.start()
        self._look()

    def _look(self) -> None:
        if self._files and self._asked.hasExpired(PATIENCE_MS):
            self._files = []
        if self._files:
            files = tuple(self._files)
            self._services.library.locate(files, lambda ids: self._found(files, ids), key="opening")

    def _found(self, files: tuple[str, ...], ids: Sequence[int | None]) -> None:
        known = [track_id for track_id in ids if track_id is not None]
        if files == tuple(self._files) and len(known) == len(files):
            self._files = []
            self._services.player.play(known, 0, "files")
