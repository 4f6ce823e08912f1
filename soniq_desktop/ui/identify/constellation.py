"""The picture of listening: peaks around a button, lit where they fit the leading candidate.

Angle is time, ten seconds a turn, clockwise from the top; radius is frequency on a log scale.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QConicalGradient, QPainter, QPaintEvent, QPen, QRadialGradient, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.fingerprint.records import EvidencePeak
from soniq_desktop.fingerprint.reports import Hearing
from soniq_desktop.ui.components import PaintedButton
from soniq_desktop.ui.identify.ring import OUTER, LevelRing
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.waveform_bar import ramp_table

TURN = 10.0  # seconds
LOWEST, HIGHEST = 32.0, 5500.0  # Hz, at the inner and the outer circle
MARKS = ((5500.0, "5.5 kHz"), (1500.0, "1.5"), (420.0, "0.42"), (115.0, "0.12"), (32.0, "0.03"))
INNER, BUTTON = 0.52, 0.277  # parts of the outer radius
EDGE = 26  # pixels around the outer circle
FADE = 1.5  # seconds before a peak leaves
NEAR_SECONDS, NEAR_OCTAVES = 1.2, 1.0  # matched peaks that are joined by a line
DARK = "canvas"


class ListenButton(PaintedButton):
    """The round button in the middle: a microphone, or a stop sign while it listens."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.listening = False
        self.set_listening(False)

    def set_listening(self, listening: bool) -> None:
        self.listening = listening
        name = "Stop listening" if listening else "Listen"
        self.setAccessibleName(name)
        self.setToolTip(f"{name}, Ctrl+I")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        enabled = self.isEnabled()
        fill = self.fill_color("accent", "accent_hover", "accent_pressed")
        painter.setBrush(fill if enabled else theme.color("primary_disabled"))
        painter.drawEllipse(QRectF(self.rect()))
        ink = theme.color("on_accent" if enabled else "on_primary_disabled")
        side = self.width() * (0.24 if self.listening else 0.36)
        box = QRectF(0, 0, side, side)
        box.moveCenter(QRectF(self.rect()).center())
        if self.listening:
            painter.setBrush(ink)
            painter.drawRoundedRect(box, 3, 3)
        else:
            theme.paint_icon(painter, "ph.microphone", box, ink)
        painter.end()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.focus_radius = self.width() / 2


class Constellation(QWidget):
    """Shows what is heard; `toggled` when the button in the middle is pressed."""

    toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Peaks of the sound")
        self.ring = LevelRing(self)
        self.button = ListenButton(self)
        self.button.clicked.connect(self.toggled)
        self.elapsed = 0.0
        self.times: NDArray[np.float32] = np.zeros(0, np.float32)
        self.hertz: NDArray[np.float32] = np.zeros(0, np.float32)
        self.evidence: tuple[EvidencePeak, ...] = ()
        self._lines: list[tuple[int, int]] = []
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(500, 500)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 240)

    @property
    def peaks(self) -> int:
        """How many peaks were heard."""
        return len(self.times)

    def begin(self) -> None:
        """Empty, for a new question."""
        self.elapsed = 0.0
        self.times = self.hertz = np.zeros(0, np.float32)
        self.ring.rest()
        self.set_evidence(())

    def hear(self, hearing: Hearing) -> None:
        """Another moment of the sound."""
        if hearing.elapsed < self.elapsed:  # the next question of a set list
            self.begin()
        self.elapsed = hearing.elapsed
        self.times = np.concatenate([self.times, hearing.times])
        self.hertz = np.concatenate([self.hertz, hearing.hertz])
        self.ring.hear(hearing)
        if hearing.evidence is not None:
            self.set_evidence(hearing.evidence)
        self.update()

    def set_evidence(self, evidence: Sequence[EvidencePeak]) -> None:
        """The leading candidate's peaks; those heard in their place are lit."""
        self.evidence = tuple(sorted((peak for peak in evidence if peak.matched), key=lambda p: p.seconds))
        self._lines = joined(self.evidence)
        self.setAccessibleDescription(
            f"{self.peaks} peaks heard, {len(self.evidence)} of them fit the leading song."
        )
        self.update()

    def rest(self) -> None:
        """Listening ended: the ring falls, the picture stays."""
        self.ring.rest()
        self.update()

    # geometry

    def _radius(self) -> float:
        return max(60.0, min(self.width(), self.height()) / 2 - EDGE)

    def place(self, seconds: float, hertz: float) -> QPointF:
        """Where a peak is drawn."""
        share = math.log(max(hertz, LOWEST) / LOWEST) / math.log(HIGHEST / LOWEST)
        radius = self._radius() * (INNER + (1 - INNER) * min(1.0, share))
        angle = 2 * math.pi * (seconds % TURN) / TURN
        return self._centre() + QPointF(radius * math.sin(angle), -radius * math.cos(angle))

    def _centre(self) -> QPointF:
        return QRectF(self.rect()).center()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        centre = self._centre()
        for widget, share in ((self.ring, OUTER), (self.button, BUTTON)):
            side = round(2 * self._radius() * share)
            widget.setGeometry(round(centre.x() - side / 2), round(centre.y() - side / 2), side, side)

    # painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_sweep(painter)
        ramp = ramp_table(_spectral())
        self._paint_heard(painter, ramp)
        self._paint_lit(painter)
        self._paint_marks(painter)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        theme = Theme.current()
        centre, radius = self._centre(), self._radius()
        painter.setPen(Qt.PenStyle.NoPen)
        if not theme.dark:  # plots stay on a dark canvas
            painter.setBrush(theme.color(DARK))
            painter.drawEllipse(centre, radius + 11, radius + 11)
        glow = QRadialGradient(centre, radius * (1.25 if theme.dark else 1.0))
        glow.setColorAt(0, QColor(72, 58, 160, 105))
        glow.setColorAt(1, QColor(72, 58, 160, 0))
        painter.setBrush(glow)
        painter.drawEllipse(centre, radius * 1.25, radius * 1.25) if theme.dark else painter.drawEllipse(
            centre, radius, radius
        )
        self._paint_grid(painter)

    def _paint_grid(self, painter: QPainter) -> None:
        centre, radius = self._centre(), self._radius()
        quiet = QColor(170, 178, 200, 26)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(quiet, 1))
        for hertz, _ in MARKS:
            around = centre.y() - self.place(0, hertz).y()
            painter.drawEllipse(centre, around, around)
        for second in range(0, 10, 1):
            angle = 2 * math.pi * second / TURN
            out = QPointF(math.sin(angle), -math.cos(angle))
            painter.drawLine(centre + out * radius * INNER, centre + out * radius)

    def _paint_sweep(self, painter: QPainter) -> None:
        """The hand, and a fading sector behind it."""
        if not self.elapsed:
            return
        accent = QColor("#CDF24B")
        centre, radius = self._centre(), self._radius()
        degrees = 90 - 360 * (self.elapsed % TURN) / TURN
        fan = QConicalGradient(centre, degrees)
        accent.setAlpha(52)
        fan.setColorAt(0, accent)
        accent.setAlpha(0)
        fan.setColorAt(0.13, accent)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fan)
        whole = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        span = min(46.0, 360 * self.elapsed / TURN)
        painter.drawPie(whole, round(degrees * 16), round(span * 16))
        painter.setPen(QPen(QColor("#CDF24B"), 2))
        painter.drawLine(self.place(self.elapsed, LOWEST), self.place(self.elapsed, HIGHEST))

    def _paint_heard(self, painter: QPainter, ramp: list[QColor]) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for seconds, hertz in zip(self.times.tolist(), self.hertz.tolist(), strict=True):
            strength = self._strength(seconds)
            if strength <= 0:
                continue
            color = QColor(ramp[_shade(hertz)])
            color.setAlphaF(0.62 * strength)
            painter.setBrush(color)
            painter.drawEllipse(self.place(seconds, hertz), 1.7, 1.7)

    def _paint_lit(self, painter: QPainter) -> None:
        places = [self.place(peak.seconds, peak.hertz) for peak in self.evidence]
        strengths = [self._strength(peak.seconds) for peak in self.evidence]
        line = QColor("#CDF24B")
        for first, second in self._lines:
            strength = min(strengths[first], strengths[second])
            if strength > 0:
                line.setAlphaF(0.38 * strength)
                painter.setPen(QPen(line, 1))
                painter.drawLine(places[first], places[second])
        painter.setPen(Qt.PenStyle.NoPen)
        for place, strength in zip(places, strengths, strict=True):
            if strength > 0:
                _paint_star(painter, place, strength)

    def _strength(self, seconds: float) -> float:
        """1 for what was heard in this turn of the hand, falling to 0 where the hand is about to wipe."""
        age = self.elapsed - seconds
        return 0.0 if age >= TURN or age < -0.5 else min(1.0, (TURN - age) / FADE)

    def _paint_marks(self, painter: QPainter) -> None:
        theme = Theme.current()
        font = theme.font("mono")
        font.setPixelSize(theme.px(10))
        painter.setFont(font)
        for hertz, text in MARKS:
            width = painter.fontMetrics().horizontalAdvance(text) + 8
            at = self.place(0, hertz)
            box = QRectF(at.x() + 4, at.y() - 7, width, 14)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(7, 8, 12, 190))
            painter.drawRoundedRect(box, 2, 2)
            painter.setPen(QColor("#AEB5C4"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def joined(peaks: Sequence[EvidencePeak]) -> list[tuple[int, int]]:
    """Which of the peaks (ascending in time) are joined by a line: each with its next two near ones."""
    lines = []
    for index, peak in enumerate(peaks):
        near = 0
        for other in range(index + 1, len(peaks)):
            later = peaks[other]
            if later.seconds - peak.seconds > NEAR_SECONDS or near == 2:
                break
            if abs(math.log2(max(later.hertz, 1) / max(peak.hertz, 1))) < NEAR_OCTAVES:
                lines.append((index, other))
                near += 1
    return lines


def _paint_star(painter: QPainter, place: QPointF, strength: float) -> None:
    glow = QRadialGradient(place, 9)
    color = QColor("#CDF24B")
    color.setAlphaF(0.5 * strength)
    glow.setColorAt(0, color)
    color.setAlpha(0)
    glow.setColorAt(1, color)
    painter.setBrush(glow)
    painter.drawEllipse(place, 9, 9)
    core = QColor("#F4FFC9")
    core.setAlphaF(strength)
    painter.setBrush(core)
    painter.drawEllipse(place, 2.4, 2.4)


def _spectral() -> list[QColor]:
    """The ramp of the dark theme: the canvas is dark in both."""
    from soniq_desktop.ui.tokens import SPECTRAL

    return [QColor(stop) for stop in SPECTRAL["dark"]]


def _shade(hertz: float) -> int:
    share = math.log(max(hertz, LOWEST) / LOWEST) / math.log(HIGHEST / LOWEST)
    return round(255 * min(1.0, share))
