"""The whole track in one line, with the window on it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from soniq_desktop.ui.songs.text import clock
from soniq_desktop.ui.stems.view import TimeView
from soniq_desktop.ui.theme import Theme, mix
from soniq_desktop.ui.tokens import UNPLAYED_MIX
from soniq_desktop.ui.waveform_bar import ramp_table

if TYPE_CHECKING:
    from soniq_desktop.library.records import Waveform

PITCH, BAR = 3.0, 1.5
# Parts of the window that a key moves it by.
STEPS = {Qt.Key.Key_Left: -0.25, Qt.Key.Key_Right: 0.25, Qt.Key.Key_PageUp: -1.0, Qt.Key.Key_PageDown: 1.0}


class Overview(QAbstractSlider):
    """Drag to move the window; Left and Right move it by a quarter of itself."""

    focus_radius = 6.0

    def __init__(self, view: TimeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._waveform: Waveform | None = None
        self._picture: QPixmap | None = None
        self._position = 0.0
        self._held: float | None = None
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Part of the song that is shown")
        view.changed.connect(self._view_changed)
        Theme.current().changed.connect(self._forget)

    def sizeHint(self) -> QSize:
        return QSize(400, 24)

    def set_waveform(self, waveform: "Waveform | None") -> None:
        """The overview that the library keeps; None draws a line."""
        self._waveform = waveform
        self._forget()

    def set_position(self, seconds: float) -> None:
        """Where playback is."""
        if abs(seconds - self._position) * self.width() >= self._view.duration * 0.5:
            self._position = seconds
            self.update()

    def _view_changed(self) -> None:
        self.setRange(0, round(self._view.duration * 1000))
        self.setValue(round(self._view.begin * 1000))
        self.setAccessibleDescription(f"{clock(self._view.begin)} to {clock(self._view.end)}")
        self.update()

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._forget()

    def _x(self, seconds: float) -> float:
        return seconds / self._view.duration * self.width()

    # painting

    def _render(self) -> QPixmap:
        ratio, theme = self.devicePixelRatioF(), Theme.current()
        picture = QPixmap(QSize(round(self.width() * ratio), round(self.height() * ratio)))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._waveform is None:
            painter.fillRect(QRectF(0, self.height() / 2, self.width(), 1), theme.color("line_strong"))
        else:
            self._paint_bars(painter, self._waveform)
        painter.end()
        return picture

    def _paint_bars(self, painter: QPainter, waveform: "Waveform") -> None:
        theme = Theme.current()
        ramp, surface = ramp_table(theme.ramp("spectral")), theme.color("surface")
        ramp = [mix(color, surface, UNPLAYED_MIX[theme.scheme] * 0.6) for color in ramp]
        peaks, shades = bytes(waveform.peak), bytes(waveform.colour)
        count = max(1, int(self.width() / PITCH))
        for bar in range(count):
            start = bar * len(peaks) // count
            end = max(start + 1, (bar + 1) * len(peaks) // count)
            tall = max(1.0, max(peaks[start:end]) / 255 * (self.height() - 6))
            painter.setBrush(ramp[sum(shades[start:end]) // (end - start)])
            painter.drawRect(QRectF(bar * PITCH + 1, (self.height() - tall) / 2, BAR, tall))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._render()
        theme = Theme.current()
        painter = QPainter(self)
        painter.drawPixmap(QPointF(0, 0), self._picture)
        painter.fillRect(QRectF(self._x(self._position) - 0.5, 3, 1, self.height() - 6), theme.color("text"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("text2"), 2))
        left, right = self._x(self._view.begin), self._x(self._view.end)
        painter.drawRoundedRect(QRectF(left + 1, 1, max(6.0, right - left - 2), self.height() - 2), 4, 4)
        painter.end()

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().x() / max(1, self.width()) * self._view.duration
        if not self._view.begin <= at <= self._view.end:
            self._view.show(at - self._view.span / 2)
        self._held = at - self._view.begin

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            at = event.position().x() / max(1, self.width()) * self._view.duration
            self._view.show(at - self._held)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {
            Qt.Key.Key_Left: -0.25,
            Qt.Key.Key_Right: 0.25,
            Qt.Key.Key_PageUp: -1.0,
            Qt.Key.Key_PageDown: 1.0,
        }
        step = by.get(Qt.Key(event.key()))
        if step is None:
            event.ignore()
        else:
            self._view.show(self._view.begin + step * self._view.span)
