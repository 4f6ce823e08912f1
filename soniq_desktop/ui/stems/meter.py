"""Level meters: two bars with a line at the highest level of late."""

import math
import time

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.stems.look import look, signed
from soniq_desktop.ui.theme import Theme, mix

FLOOR, TOP = -54.0, 3.0  # dB at the ends
FALL = 30.0  # dB in a second
HOLD = 1.2  # seconds that the line stays
BAR, GAP = 9, 4
SAY = 1.0  # seconds between two accessible descriptions


def decibels(level: float) -> float:
    """dB of a linear peak, FLOOR at the least."""
    return max(FLOOR, 20 * math.log10(level)) if level > 0 else FLOOR


class Ballistics:
    """One channel: rises at once, falls slowly; the peak stays a while. Times in seconds, levels in dB."""

    def __init__(self) -> None:
        self.level = self.peak = FLOOR
        self._held_since = 0.0

    def take(self, level: float, now: float, passed: float) -> None:
        """A new level, `passed` seconds after the one before it."""
        self.level = max(level, self.level - FALL * passed, FLOOR)
        if self.level >= self.peak:
            self.peak, self._held_since = self.level, now
        elif now - self._held_since > HOLD:
            self.peak = max(self.level, self.peak - FALL * passed)


class Meter(QWidget):
    """Left and right level of a lane, as it is heard."""

    def __init__(self, stem: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look(stem)
        self.channels = (Ballistics(), Ballistics())
        self._before, self._said = 0.0, 0.0
        self.setAccessibleName(f"Level of {self._look.title.lower()}")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(56, 80)

    def set_levels(self, left: float, right: float, now: float | None = None) -> None:
        """Linear peaks; call it regularly, also with silence, so that the bars fall."""
        now = time.monotonic() if now is None else now
        passed = min(0.2, now - self._before)
        self._before = now
        shown = [(c.level, c.peak) for c in self.channels]
        for channel, level in zip(self.channels, (left, right), strict=True):
            channel.take(decibels(level), now, passed)
        if shown != [(c.level, c.peak) for c in self.channels]:
            self.update()
        if now - self._said > SAY:
            self._said = now
            self.setAccessibleDescription(self.describe())

    @property
    def still(self) -> bool:
        """Nothing moves any more."""
        return all(channel.peak <= FLOOR for channel in self.channels)

    def describe(self) -> str:
        """ "−6.2 dB left, −7.0 dB right", or "silent"."""
        if all(channel.level <= FLOOR for channel in self.channels):
            return "silent"
        left, right = (f"{signed(channel.level)} dB" for channel in self.channels)
        return f"{left} left, {right} right"

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.color("line"))
        left = (self.width() - 2 * BAR - GAP) / 2
        for number, channel in enumerate(self.channels):
            box = QRectF(left + number * (BAR + GAP), 8, BAR, self.height() - 16)
            self._paint_channel(painter, box, channel)
        painter.end()

    def _paint_channel(self, painter: QPainter, box: QRectF, channel: Ballistics) -> None:
        theme = Theme.current()
        fill_rounded(painter, box, 2, mix(theme.color("track"), theme.color("surface"), 0.5))
        if channel.level > FLOOR:
            height = _share(channel.level) * box.height()
            fill_rounded(
                painter,
                QRectF(box.left(), box.bottom() - height, box.width(), height),
                2,
                self._ink(channel.level),
            )
        if channel.peak > FLOOR:
            y = box.bottom() - _share(channel.peak) * box.height()
            painter.fillRect(QRectF(box.left(), y, box.width(), 2), self._ink(channel.peak))

    def _ink(self, level: float) -> QColor:
        return Theme.current().color("danger") if level > 0 else self._look.color


def _share(level: float) -> float:
    return min(1.0, max(0.0, (level - FLOOR) / (TOP - FLOOR)))
