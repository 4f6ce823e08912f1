"""The waveform of a stem as bars, and the part that is not ready yet as hatching."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen

from soniq_desktop.stems.records import PEAKS_PER_SECOND
from soniq_desktop.ui.stems.view import TimeView
from soniq_desktop.ui.theme import Theme

BAR, PITCH = 1.5, 3.0
HATCH = 7  # pixels between two lines
GLOW = 44.0  # pixels before the edge of what is ready
Span = tuple[float, float]


def bar_heights(peaks: NDArray[np.uint8], begin: float, span: float, count: int) -> list[float]:
    """The loudest moment under each of `count` bars, 0 to 1; 0 behind the end of the peaks."""
    if count <= 0:
        return []
    edges = begin + np.arange(count + 1) * span / count
    places = np.floor(edges * PEAKS_PER_SECOND).astype(np.intp)
    padded = np.concatenate([peaks, np.zeros(1, np.uint8)])
    places = np.clip(places, 0, len(padded) - 1)
    # The last bar ends with the window, not with the track.
    highest = np.maximum.reduceat(padded[: max(places[-1], places[-2] + 1)], places[:-1])
    return [float(value) / 255 for value in highest]


def paint_wave(
    painter: QPainter, box: QRectF, peaks: NDArray[np.uint8], view: TimeView, color: QColor
) -> None:
    """Bars round the middle of `box`, a thin line where it is silent."""
    count = int(box.width() // PITCH)
    heights = bar_heights(peaks, view.begin, view.span, count)
    middle, most = box.center().y(), box.height() / 2 - 4
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    step = box.width() / max(1, count)
    for index, height in enumerate(heights):
        tall = max(0.5, height * most)
        painter.drawRect(QRectF(box.left() + index * step, middle - tall, BAR, 2 * tall))


def gaps(ready: Sequence[Span], duration: float) -> list[Span]:
    """What lies between spans, which are in order."""
    found, at = [], 0.0
    for begin, end in ready:
        if begin > at + 0.01:
            found.append((at, begin))
        at = max(at, end)
    return [*found, (at, duration)] if at < duration - 0.05 else found


def paint_hatching(painter: QPainter, box: QRectF, *, running: bool) -> None:
    """A part that is not ready; while it is being made, its left edge glows."""
    theme = Theme.current()
    line = QColor(theme.color("line_strong"))
    line.setAlphaF(0.45)
    painter.save()
    painter.setClipRect(box)
    painter.setPen(QPen(line, 1))
    first = math.floor((box.left() - box.height()) / HATCH) * HATCH  # in step from part to part
    for place in range(int(first), int(box.right()) + HATCH, HATCH):
        painter.drawLine(QPointF(place, box.bottom()), QPointF(place + box.height(), box.top()))
    painter.restore()
    if not running or box.left() <= 0:
        return
    glow = QLinearGradient(QPointF(box.left() - GLOW, 0), QPointF(box.left(), 0))
    for stop, alpha in ((0.0, 0.0), (1.0, 0.22)):
        tint = QColor(theme.color("accent"))
        tint.setAlphaF(alpha)
        glow.setColorAt(stop, tint)
    painter.fillRect(QRectF(box.left() - GLOW, box.top(), GLOW, box.height()), glow)
    painter.fillRect(QRectF(box.left() - 1, box.top(), 1.5, box.height()), theme.color("accent_line"))
