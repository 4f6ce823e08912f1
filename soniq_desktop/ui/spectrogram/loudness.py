"""The short-term loudness curve of the whole track, with the playhead; a slider for seeking."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from soniq_desktop.library.records import Waveform
from soniq_desktop.ui.spectrogram import text
from soniq_desktop.ui.theme import Theme

RANGE_LU = 30.0  # shown below the loudest moment
STEP_MS, LONG_STEP_MS = 5_000, 30_000


class LoudnessCurve(QAbstractSlider):
    """Value and maximum are milliseconds. `seek_requested` gives seconds."""

    seek_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Loudness over the track")
        self._loudness: NDArray[np.float32] | None = None
        self._pictures: tuple[QPixmap, QPixmap] | None = None
        Theme.current().changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        return QSize(400, 44)

    @property
    def measured(self) -> bool:
        """Whether there is a curve to show."""
        return self._loudness is not None and bool(np.isfinite(self._loudness).any())

    def set_waveform(self, waveform: Waveform | None) -> None:
        """The curve of another track, or None while it is not known."""
        self._loudness = None if waveform is None else waveform.loudness
        self._restyle()

    def set_duration(self, seconds: float) -> None:
        self.setRange(0, round(seconds * 1000))

    def set_position(self, seconds: float) -> None:
        self.setValue(round(seconds * 1000))
        self.setAccessibleDescription(f"{text.clock(seconds)} of {text.clock(self.maximum() / 1000)}")
        self.update()

    def _restyle(self) -> None:
        self._pictures = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.maximum() > 0:
            share = min(1.0, max(0.0, event.position().x() / max(1, self.width())))
            self.seek_requested.emit(share * self.maximum() / 1000)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        far = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        step = (LONG_STEP_MS if far else STEP_MS) * {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(
            Qt.Key(event.key()), 0
        )
        if not step or not self.maximum():
            super().keyPressEvent(event)
            return
        self.seek_requested.emit(min(max(0, self.value() + step), self.maximum()) / 1000)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = Theme.current()
        if not self.measured:
            painter.setPen(QPen(theme.color("line_strong"), 1))
            painter.drawLine(QPointF(0, self.height() - 1), QPointF(self.width(), self.height() - 1))
        else:
            self._paint_curve(painter)
        if self.maximum() > 0:
            x = self.value() / self.maximum() * self.width()
            colour = theme.color("playhead")
            painter.fillRect(QRectF(min(max(0.0, x - 1), self.width() - 2), 0, 2, self.height()), colour)
        painter.end()

    def _paint_curve(self, painter: QPainter) -> None:
        """What was played in full ink, the rest quieter: two pictures, cut at the playhead."""
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._pictures is None or self._pictures[0].size() != size:
            self._pictures = (self._drawn("text", ratio), self._drawn("text3", ratio))
        x = self.value() / max(1, self.maximum()) * self.width()
        played, coming = self._pictures
        painter.drawPixmap(QRectF(0, 0, x, self.height()), played, QRectF(0, 0, x * ratio, size.height()))
        rest = QRectF(x, 0, self.width() - x, self.height())
        painter.drawPixmap(rest, coming, QRectF(x * ratio, 0, rest.width() * ratio, size.height()))

    def _drawn(self, token: str, ratio: float) -> QPixmap:
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = Theme.current()
        line = self._line()
        ground = [QPointF(self.width(), self.height()), QPointF(0, self.height())]
        fill = QColor(theme.color("surface"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF(line + ground))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color(token), 1.4))
        painter.drawPolyline(QPolygonF(line))
        painter.end()
        return pixmap

    def _line(self) -> list[QPointF]:
        assert self._loudness is not None
        curve = np.where(np.isfinite(self._loudness), self._loudness, -120.0)
        top = float(curve.max())
        count = max(2, self.width() // 2)
        at = np.linspace(0, len(curve) - 1, count)
        levels = np.interp(at, np.arange(len(curve)), curve)
        share = np.clip((levels - (top - RANGE_LU)) / RANGE_LU, 0, 1)
        x = np.linspace(0, self.width(), count)
        y = (self.height() - 2) - share * (self.height() - 6)
        return [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
