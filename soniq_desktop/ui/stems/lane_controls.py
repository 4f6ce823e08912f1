"""The controls of one lane: gain with its mark at 0 dB, pan knob, mute and solo buttons."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from soniq_desktop.audio.mixer import GAIN_DB
from soniq_desktop.ui.components import PaintedButton, Slider, fill_rounded
from soniq_desktop.ui.stems.look import Look, signed, spoken_pan
from soniq_desktop.ui.theme import Theme, mix

TENTHS = 10  # steps of the gain slider in a decibel
LOWEST = -24.0  # dB at one eighth of the way; below it falls to silence
TURN = 270.0  # degrees from hard left to hard right
PIXELS = 140.0  # of dragging for half a turn


class GainSlider(Slider):
    """−60 (silence) to 12 dB in tenths, in the lane's colour; `changed by hand` is valueChanged."""

    def __init__(self, name: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(name, round(GAIN_DB[0] * TENTHS), round(GAIN_DB[1] * TENTHS), parent)
        self._look = look
        self.quiet = False
        self.setSingleStep(TENTHS // 2)
        self.setPageStep(3 * TENTHS)
        self.valueChanged.connect(lambda _value: self._describe())
        self._describe()

    def _describe(self) -> None:
        words = "silent" if self.db() <= GAIN_DB[0] else f"{signed(self.db())} decibels"
        self.setAccessibleDescription(words)

    def db(self) -> float:
        """The gain in dB."""
        return self.value() / TENTHS

    def set_db(self, gain: float) -> None:
        """Show a gain without telling anybody."""
        self.blockSignals(True)
        self.setValue(round(gain * TENTHS))
        self.blockSignals(False)
        self._describe()
        self.update()

    def _share(self) -> float:
        return place_of_gain(self.sliderPosition() / TENTHS)

    def _value_at(self, x: float) -> int:
        share = min(1.0, max(0.0, (x - 6) / max(1, self.width() - 12)))
        gain = gain_at_place(share)
        return round((0.0 if abs(gain) < 0.35 else gain) * TENTHS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # the next lane
            return
        super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Back to 0 dB."""
        self.setValue(0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        middle, x = self.height() / 2, self._thumb_x()
        fill = theme.color("disabled") if self.quiet else self._look.color
        fill_rounded(painter, QRectF(0, middle - 2, self.width(), 4), 2, theme.color("track"))
        fill_rounded(painter, QRectF(0, middle - 2, x, 4), 2, fill)
        zero = 6 + place_of_gain(0.0) * (self.width() - 12)
        painter.fillRect(QRectF(zero - 0.5, middle + 6, 1, 4), theme.color("text3"))
        radius = 8.0 if self.isSliderDown() else 6.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("text3" if self.quiet else "text"))
        painter.drawEllipse(QRectF(x - radius, middle - radius, 2 * radius, 2 * radius))
        painter.end()


def place_of_gain(gain: float) -> float:
    """0 to 1 along the slider: fine round 0 dB, coarse towards silence. LOWEST lies at 1/8."""
    low, high = GAIN_DB
    if gain >= LOWEST:
        return 0.125 + 0.875 * (gain - LOWEST) / (high - LOWEST)
    return 0.125 * (gain - low) / (LOWEST - low)


def gain_at_place(share: float) -> float:
    """The inverse of `place_of_gain`."""
    low, high = GAIN_DB
    if share >= 0.125:
        return LOWEST + (share - 0.125) / 0.875 * (high - LOWEST)
    return low + share / 0.125 * (LOWEST - low)


class PanKnob(QAbstractSlider):
    """−100 (left) to 100. Drag up or sideways, wheel, Left and Right; a double click centres it."""

    focus_radius = 14.0

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setAccessibleName(name)
        self.setRange(-100, 100)
        self.setSingleStep(5)
        self.setPageStep(25)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._held: tuple[QPointF, int] | None = None
        self.valueChanged.connect(lambda _value: self._describe())
        self._describe()

    def _describe(self) -> None:
        words = spoken_pan(self.value() / 100)
        self.setAccessibleDescription(words)
        self.setToolTip(f"{self.accessibleName()}: {words}")
        self.update()

    def set_pan(self, pan: float) -> None:
        """Show a pan from −1 to 1 without telling anybody."""
        self.blockSignals(True)
        self.setValue(round(pan * 100))
        self.blockSignals(False)
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(32, 32)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # the next lane
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = (event.position(), self.value())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            way = event.position() - self._held[0]
            self.setValue(round(self._held[1] + 100 * (way.x() - way.y()) / PIXELS))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.setValue(0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.setValue(self.value() + (5 if event.angleDelta().y() > 0 else -5))
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(3, 3, 26, 26)
        painter.setPen(QPen(theme.color("line_strong"), 2))
        painter.drawArc(ring, 225 * 16, -round(TURN * 16))
        angle = self.value() / 100 * TURN / 2
        if self.value():
            painter.setPen(QPen(theme.color("text2"), 2))
            painter.drawArc(ring, 90 * 16, -round(angle * 16))
        fill_rounded(painter, QRectF(6.5, 6.5, 19, 19), 10, theme.color("track"))
        middle, turn = QPointF(16, 16), math.radians(angle)
        direction = QPointF(math.sin(turn), -math.cos(turn))
        pen = QPen(theme.color("text"), 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(middle + direction * 4, middle + direction * 9)
        painter.end()


class LaneButton(PaintedButton):
    """M or S: a letter in a square, coloured while it is on."""

    def __init__(self, letter: str, name: str, keys: str, *, side: int = 32, color: str = "warn") -> None:
        super().__init__()
        self._letter, self._color, self._side = letter, color, side
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}, {keys}")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def set_side(self, side: int) -> None:
        """Smaller in low lanes."""
        if side != self._side:
            self._side = side
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self.isChecked():
            ink = theme.color(self._color)
            fill = theme.color("warn_bg" if self._color == "warn" else "accent_bg")
            fill_rounded(painter, box, 8, fill, mix(fill, ink, 0.35 + 0.3 * self.hover_amount))
        else:
            ink = theme.color("text")
            fill = self.fill_color("raised", "raised_hover", "raised_pressed")
            fill_rounded(painter, box, 8, fill, theme.color("line_strong"))
        painter.setFont(theme.font("body", 600))
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._letter)
        painter.end()
