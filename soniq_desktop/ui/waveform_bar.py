"""The coloured waveform that is the seek bar."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from soniq_desktop.ui.components.tooltip import tooltip
from soniq_desktop.ui.songs.text import clock
from soniq_desktop.ui.theme import Theme, mix
from soniq_desktop.ui.tokens import UNPLAYED_MIX

if TYPE_CHECKING:
    from soniq_desktop.library.records import Waveform

PITCH = 3
BAR = 2
FLAT = 4  # px, height of the bars while there is no waveform
STEP, BIG_STEP = 5.0, 30.0  # seconds


class WaveformBar(QAbstractSlider):
    """Value and range are milliseconds. `seek_wanted` carries seconds, on release of a drag or at a key."""

    focus_radius = 6.0
    seek_wanted = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setAccessibleName("Position in the song")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._waveform: Waveform | None = None
        self._pictures: tuple[QPixmap, QPixmap] | None = None
        self._picture_for: tuple[int, int, float] | None = None
        self._hover_x: float | None = None
        self._drag_share: float | None = None
        self.setRange(0, 0)
        Theme.current().changed.connect(self._forget_pictures)

    def sizeHint(self) -> QSize:
        return QSize(536, 48)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 48)

    def set_waveform(self, waveform: "Waveform | None") -> None:
        """The overview of the playing song; None draws a flat line."""
        self._waveform = waveform
        self._forget_pictures()

    def set_duration(self, seconds: float) -> None:
        """Length of the song; 0 when nothing is loaded."""
        self.setRange(0, round(seconds * 1000))
        self._describe()

    def set_position(self, seconds: float) -> None:
        """Where playback is."""
        if self._drag_share is None:
            self.setValue(round(seconds * 1000))
            self._describe()
            self.update()

    def value_text(self) -> str:
        """ "1:38 of 4:12"."""
        return f"{clock(self.value() / 1000)} of {clock(self.maximum() / 1000)}"

    def _describe(self) -> None:
        text = self.value_text()
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def _forget_pictures(self) -> None:
        self._pictures = None
        self.update()

    # painting

    def _share(self) -> float:
        if self._drag_share is not None:
            return self._drag_share
        return self.value() / self.maximum() if self.maximum() else 0.0

    def _bars(self) -> list[tuple[float, int]]:
        """Height (0..1) and colour (0..255) of each bar: the loudest moment and the mean colour under it."""
        count = max(1, self.width() // PITCH)
        waveform = self._waveform
        if waveform is None:
            return [(0.0, 0)] * count
        peaks, colours = bytes(waveform.peak), bytes(waveform.colour)
        bars = []
        for bar in range(count):
            start = bar * len(peaks) // count
            end = max(start + 1, (bar + 1) * len(peaks) // count)
            shades = colours[start:end]
            bars.append((max(peaks[start:end]) / 255, sum(shades) // len(shades)))
        return bars

    def _render(self) -> tuple[QPixmap, QPixmap]:
        """Played and unplayed pictures of the whole bar."""
        theme = Theme.current()
        ratio = self.devicePixelRatioF()
        pictures = []
        ramp = ramp_table(theme.ramp("spectral"))
        bars = self._bars()
        background = theme.color("sidebar")
        quiet = theme.color("text3" if self.isEnabled() else "disabled")
        for unplayed in (False, True):
            picture = QPixmap(QSize(round(self.width() * ratio), round(self.height() * ratio)))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for index, (height, shade) in enumerate(bars):
                color = ramp[shade] if self._waveform is not None else quiet
                if unplayed:
                    color = mix(color, background, UNPLAYED_MIX[theme.scheme])
                painter.setBrush(color)
                tall = max(2.0, height * self.height()) if self._waveform is not None else FLAT
                painter.drawRoundedRect(QRectF(index * PITCH, (self.height() - tall) / 2, BAR, tall), 1, 1)
            painter.end()
            pictures.append(picture)
        return pictures[0], pictures[1]

    def paintEvent(self, _event: QPaintEvent) -> None:
        wanted = (self.width(), self.height(), self.devicePixelRatioF())
        if self._pictures is None or self._picture_for != wanted:
            self._pictures, self._picture_for = self._render(), wanted
        played, unplayed = self._pictures
        painter = QPainter(self)
        if not self.isEnabled() or not self.maximum():
            painter.drawPixmap(QPointF(0, 0), unplayed)
            painter.end()
            return
        x = self._share() * self.width()
        painter.setClipRect(QRectF(0, 0, max(0.0, x - 3), self.height()))
        painter.drawPixmap(QPointF(0, 0), played)
        painter.setClipRect(QRectF(x + 3, 0, self.width(), self.height()))
        painter.drawPixmap(QPointF(0, 0), unplayed)
        painter.setClipping(False)
        self._paint_heads(painter, x)
        painter.end()

    def _paint_heads(self, painter: QPainter, x: float) -> None:
        theme = Theme.current()
        if self._hover_x is not None and self._drag_share is None:
            painter.fillRect(QRectF(self._hover_x - 0.5, 0, 1, self.height()), theme.color("text3"))
        painter.fillRect(
            QRectF(min(max(x - 1, 0), self.width() - 2), 0, 2, self.height()), theme.color("playhead")
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._forget_pictures()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._forget_pictures()

    # mouse and keys

    def _share_at(self, x: float) -> float:
        return min(1.0, max(0.0, x / max(1, self.width())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.maximum():
            self._drag_share = self._share_at(event.position().x())
            self._read_out(event.position().x())
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.maximum():
            return
        x = event.position().x()
        self._hover_x = x
        if self._drag_share is not None:
            self._drag_share = self._share_at(x)
        self._read_out(x)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._drag_share is None:
            return
        share, self._drag_share = self._drag_share, None
        self._seek(share * self.maximum() / 1000)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover_x = None
        tooltip().show_at("", QPoint())
        self.update()

    def _read_out(self, x: float) -> None:
        seconds = self._share_at(x) * self.maximum() / 1000
        at = QPoint(round(min(max(x, 0), self.width())), -6)
        tooltip().show_at(clock(seconds), self.mapToGlobal(at))

    def _seek(self, seconds: float) -> None:
        seconds = min(max(0.0, seconds), self.maximum() / 1000)
        self.setValue(round(seconds * 1000))
        self._describe()
        self.update()
        self.seek_wanted.emit(seconds)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        now = self.value() / 1000
        step = BIG_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        targets = {
            Qt.Key.Key_Left: now - step,
            Qt.Key.Key_Right: now + step,
            Qt.Key.Key_PageDown: now - BIG_STEP,
            Qt.Key.Key_PageUp: now + BIG_STEP,
            Qt.Key.Key_Home: 0.0,
        }
        target = targets.get(Qt.Key(event.key()))
        if target is None or not self.maximum():
            event.ignore()
            return
        self._seek(target)


def ramp_table(stops: list[QColor]) -> list[QColor]:
    """256 colours along the stops of a ramp."""
    table = []
    for value in range(256):
        place = value / 255 * (len(stops) - 1)
        index = min(int(place), len(stops) - 2)
        table.append(mix(stops[index], stops[index + 1], place - index))
    return table
