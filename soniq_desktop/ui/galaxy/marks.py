"""What lies over the stars: labels, the path, the lasso, and the marks of single songs."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from soniq_desktop.ui.galaxy.names import RegionName
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.tokens import DARK

LEAST_PIXELS = 80.0  # size of a region on the screen below which its label is left out
RING = 14.0  # radius of the pulse
SPOTS = ((0, -0.8), (0, 0.8), (1, 0), (-1, 0), (0, 0))  # of a label around its region, the best first


def ink(token: str, alpha: float = 1.0) -> QColor:
    """A token of the dark theme: the canvas is dark in both."""
    colour = QColor(DARK[token])
    colour.setAlphaF(alpha)
    return colour


def paint_labels(
    painter: QPainter,
    names: Sequence[tuple[RegionName, QPointF, float]],
    room: QRectF,
    taken: list[QRectF],
    stars: NDArray[np.float32],
) -> None:
    """Names of regions with place and size on the screen; a label that would cover another is left out.

    `stars` (n, 2) are single songs that a label keeps clear of where it can.
    """
    theme = Theme.current()
    title_font, words_font = theme.font("body", 600), theme.font("caption", 400)
    title_size, words_size = QFontMetricsF(title_font), QFontMetricsF(words_font)
    for name, place, size in names:
        if size < LEAST_PIXELS:
            continue
        width = max(title_size.horizontalAdvance(name.title), words_size.horizontalAdvance(name.words)) + 8
        height = title_size.height() + (words_size.height() if name.words else 0)
        box = _free_place(QRectF(0, 0, width, height), place, size, room, taken, stars)
        if box is None:
            continue
        taken.append(box)
        _write(painter, box, name, title_size.height())


def _free_place(
    box: QRectF,
    place: QPointF,
    size: float,
    room: QRectF,
    taken: Sequence[QRectF],
    stars: NDArray[np.float32],
) -> QRectF | None:
    """Beside or on the region, where no label is and the window does not end, over as few stars as can be."""
    aside, free = min(size * 0.42, 120.0), list[QRectF]()
    for dx, dy in SPOTS:
        spot = QRectF(box)
        spot.moveCenter(QPointF(place.x() + dx * (aside + box.width() * 0.3), place.y() + dy * aside))
        if room.contains(spot) and not any(spot.intersects(other) for other in taken):
            free.append(spot)
            if not len(stars):
                break
    return min(free, key=lambda spot: _covered(spot, stars), default=None)


def _covered(spot: QRectF, stars: NDArray[np.float32]) -> int:
    """How many stars would be below."""
    inside = (stars > (spot.left(), spot.top())) & (stars < (spot.right(), spot.bottom()))
    return int(inside.all(axis=1).sum())


def _write(painter: QPainter, box: QRectF, name: RegionName, first: float) -> None:
    theme = Theme.current()
    title, words = theme.font("body", 600), theme.font("caption", 400)
    above = QRectF(box.left(), box.top(), box.width(), first)
    _outlined(painter, above, title, name.title, name.colour.lighter(118))
    rest = QRectF(box.left(), box.top() + first, box.width(), box.height() - first)
    _outlined(painter, rest, words, name.words, ink("text2"))


def _outlined(painter: QPainter, box: QRectF, font: QFont, text: str, colour: QColor) -> None:
    """Centred text with a dark rim, to be read over stars."""
    size = QFontMetricsF(font)
    x = box.center().x() - size.horizontalAdvance(text) / 2
    line = QPainterPath()
    line.addText(QPointF(x, box.center().y() + (size.ascent() - size.descent()) / 2), font, text)
    painter.strokePath(line, _rim())
    painter.fillPath(line, colour)


def _rim() -> QPen:
    pen = QPen(ink("canvas", 0.85), 4)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def paint_path(painter: QPainter, points: Sequence[QPointF], playing: int | None) -> None:
    """A path of songs as a smooth line with a dot for each; `playing` is the one that sounds now."""
    if len(points) < 2:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line = smooth_line(points)
    for pen in (QPen(ink("canvas", 0.7), 5), QPen(ink("text", 0.95), 1.6)):
        painter.setPen(pen)
        painter.drawPath(line)
    for number, point in enumerate(points):
        end = number in (0, len(points) - 1)
        painter.setPen(QPen(ink("canvas", 0.9), 1.5))
        painter.setBrush(ink("accent") if number == playing else ink("text"))
        painter.drawEllipse(point, 5.5 if end else 3.8, 5.5 if end else 3.8)


def smooth_line(points: Sequence[QPointF]) -> QPainterPath:
    """A line through all points: centripetal Catmull-Rom (Yuksel and others 2011) as Bézier pieces.

    It stays near the straight one and makes no loops where two songs of a path lie close together.
    """
    path = QPainterPath(points[0])
    padded = [points[0], *points, points[-1]]
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        path.cubicTo(_handle(before, start, end), _handle(after, end, start), end)
    return path


def _handle(before: QPointF, at: QPointF, after: QPointF) -> QPointF:
    """The control point beside `at` on the way to `after`."""
    back, onwards = _root(at - before), _root(after - at)
    if back < 1e-6 or onwards < 1e-6:
        return at
    own = 2 * back * back + 3 * back * onwards + onwards * onwards
    mixed = after * (back * back) - before * (onwards * onwards) + at * own
    return mixed / (3 * back * (back + onwards))


def _root(way: QPointF) -> float:
    return math.sqrt(math.hypot(way.x(), way.y()))


def paint_lasso(painter: QPainter, line: QPolygonF, label: str) -> None:
    """The drawn line, closed, and how many songs it holds."""
    if line.count() < 2:
        return
    painter.setBrush(ink("accent", 0.08))
    pen = QPen(ink("accent"), 1.5, Qt.PenStyle.DashLine)
    pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.drawPolygon(line)
    if label:
        _paint_tag(painter, tag_box(line, label), label)


def tag_box(line: QPolygonF, label: str) -> QRectF:
    """Where the tag of a lasso stands; empty where there is none."""
    if line.count() < 2 or not label:
        return QRectF()
    around = line.boundingRect()
    width = QFontMetricsF(Theme.current().font("small", 500)).horizontalAdvance(label) + 20
    return QRectF(around.center().x() - width / 2, max(4.0, around.top() - 34), width, 24)


def _paint_tag(painter: QPainter, box: QRectF, label: str) -> None:
    font = Theme.current().font("small", 500)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink("accent"))
    painter.drawRoundedRect(box, 12, 12)
    painter.setFont(font)
    painter.setPen(ink("on_accent"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)


def paint_playing(painter: QPainter, point: QPointF, phase: float) -> None:
    """The song that plays: a dot in rings that open with `phase`, 0 to 1."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for offset in (0.0, 0.5):
        share = (phase + offset) % 1.0
        painter.setPen(QPen(ink("accent", 0.9 * (1 - share)), 1.6))
        painter.drawEllipse(point, 5 + share * (RING - 5), 5 + share * (RING - 5))
    painter.setPen(QPen(ink("canvas"), 1.5))
    painter.setBrush(ink("accent"))
    painter.drawEllipse(point, 4, 4)


def paint_focus(painter: QPainter, point: QPointF, *, keyboard: bool) -> None:
    """The song under the mouse or the keyboard's."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink("canvas", 0.8), 4))
    painter.drawEllipse(point, 9, 9)
    painter.setPen(QPen(ink("accent" if keyboard else "text"), 2))
    painter.drawEllipse(point, 9, 9)


def paint_near(painter: QPainter, centre: QPointF, others: Sequence[QPointF]) -> None:
    """Lines to the nearest songs on the map."""
    painter.setPen(QPen(ink("text", 0.35), 1))
    for other in others:
        away = math.hypot(other.x() - centre.x(), other.y() - centre.y())
        if away > 9:
            painter.drawLine(centre + (other - centre) * (9 / away), other)


def paint_chosen(painter: QPainter, points: Sequence[QPointF]) -> None:
    """Songs picked one by one: the first end of a path that is being drawn."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink("accent"), 2, Qt.PenStyle.DotLine))
    for point in points:
        painter.drawEllipse(point, 12, 12)
