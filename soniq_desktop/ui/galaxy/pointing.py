"""The card of the song that the mouse rests on, that was clicked, or that the keyboard went to."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from soniq_desktop.discovery.galaxy_map import GalaxyMap
from soniq_desktop.library.records import Track
from soniq_desktop.ui.galaxy.canvas import GalaxyCanvas
from soniq_desktop.ui.galaxy.colours import FAMILIES, families
from soniq_desktop.ui.galaxy.hover_card import COVER, HoverCard
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import accessible_row

EDGE = 24
DELAY = 120  # ms that the mouse rests on a song before its card comes
STAYS = 400  # ms that it stays when the mouse has left, so that its button can be reached


class Pointing(QObject):
    """Shows and hides the card. A clicked song is pinned: its card stays until another is wanted."""

    def __init__(self, canvas: GalaxyCanvas, card: HoverCard, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas, self._card, self._library = canvas, card, services.library
        self._pinned: int | None = None
        self._wanted: int | None = None  # track id
        self._families: NDArray[np.intp] = np.zeros(0, np.intp)
        self._soon = _once(self, DELAY, self._ask)
        self._away = _once(self, STAYS, self._leave)
        canvas.pointed.connect(self._pointed)
        canvas.pinned.connect(self._pin)
        canvas.camera_changed.connect(self._moved)
        services.library.artwork_ready.connect(self._cover_ready)

    def set_map(self, galaxy: GalaxyMap) -> None:
        """Another map: rows are others."""
        self._families = families(galaxy)
        self.close()

    def close(self) -> None:
        """No card, and none on its way."""
        for timer in (self._soon, self._away):
            timer.stop()
        self._pinned = self._wanted = None
        self._card.hide()

    def _pin(self, row: int) -> None:
        self._pinned = row
        self._show(row)

    def _pointed(self, row: int | None) -> None:
        if row is None:
            self._soon.stop()
            if self._pinned is None:
                self._away.start()
            return
        self._away.stop()
        if row == self._canvas.hover_row:
            self._soon.start()
        else:  # the keyboard's: at once
            self._pinned = row
            self._show(row)

    def _ask(self) -> None:
        if self._canvas.hover_row is not None:
            self._pinned = None
            self._show(self._canvas.hover_row)

    def _leave(self) -> None:
        if self._card.underMouse() or self._card.play.hasFocus():
            self._away.start()
        elif self._pinned is None:
            self._card.hide()

    def _show(self, row: int) -> None:
        self._wanted = self._canvas.song(row)
        if self._wanted is not None:
            self._library.track(self._wanted, self._arrived)

    def _arrived(self, track: Track | None) -> None:
        galaxy = self._canvas.galaxy
        if track is None or galaxy is None or track.id != self._wanted:
            return
        row = galaxy.row(track.id)
        if row is None:
            return
        self._card.show_track(track, FAMILIES[self._families[row]])
        self._cover_ready(track.tags.artwork or "")
        self._place(row)
        self._card.show()
        self._card.raise_()
        self._canvas.setAccessibleDescription(accessible_row(track))

    def _cover_ready(self, key: str) -> None:
        track = self._card.track
        if track is not None and (track.tags.artwork or "") == key:
            self._card.cover.set_source(self._library.artwork(key, COVER) if key else None)

    def _moved(self) -> None:
        if self._pinned is not None and self._card.isVisible():
            self._place(self._pinned)
        elif self._card.isVisible() and not self._card.underMouse():
            self._card.hide()

    def _place(self, row: int) -> None:
        point, size = self._canvas.place_of(row).toPoint(), self._card.size()
        x = min(max(EDGE, point.x() - size.width() // 2), self._canvas.width() - size.width() - EDGE)
        below = point.y() + 16
        fits = below + size.height() < self._canvas.height() - 8
        self._card.move(x, below if fits else point.y() - 16 - size.height())


def _once(parent: QObject, after: int, do: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(after)
    timer.timeout.connect(do)
    return timer
