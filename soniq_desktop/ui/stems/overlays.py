"""Ruler, loop and playhead of the lanes, as painting functions."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF

from soniq_desktop.ui.stems.bars import Lines
from soniq_desktop.ui.stems.view import TimeView
from soniq_desktop.ui.theme import Theme, text_width

APART = 50.0  # pixels between two labels
TICK = 16
DIM = 0.38  # how far what is not played yet goes towards the background


def paint_ruler(painter: QPainter, box: QRectF, view: TimeView, lines: Lines) -> None:
    """Labels at bars or seconds, so far apart that they can be read."""
    theme = Theme.current()
    painter.setFont(theme.font("mono"))
    step = label_step(view, lines, box.width())
    for index in range(0, lines.count, step):
        x = view.x(lines.starts[index], box.width())
        if -20 <= x <= box.width():
            painter.fillRect(QRectF(x, box.bottom() - TICK, 1, TICK), theme.color("line_strong"))
            if x + 5 + text_width(lines.label(index), "mono") > box.width():
                continue
            painter.setPen(theme.color("text2"))
            place = QRectF(x + 5, box.bottom() - TICK - 8, 80, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, lines.label(index))


def label_step(view: TimeView, lines: Lines, width: float) -> int:
    """Lines between two labels."""
    if lines.count < 1:
        return 1
    typical = (lines.starts[-1] - lines.starts[0]) / lines.count / view.span * width
    return next((step for step in lines.steps if step * typical >= APART), lines.steps[-1])


def paint_unplayed(painter: QPainter, lanes: QRectF, x: float) -> None:
    """What is still to come is paler."""
    veil = QColor(Theme.current().color("surface"))
    veil.setAlphaF(DIM)
    left = max(0.0, x)
    if left < lanes.right():
        painter.fillRect(QRectF(left, lanes.top() + 1, lanes.right() - left, lanes.height()), veil)


def paint_loop(
    painter: QPainter, box: QRectF, edges: tuple[float, float], name: str, ruler: float, *, on: bool
) -> None:
    """The loop's region with its flag on the ruler; pale where it is off."""
    theme = Theme.current()
    left, right = edges
    region = QRectF(left, 0, right - left, box.height())
    tint = QColor(theme.color("accent"))
    tint.setAlphaF(0.10 if on else 0.04)
    painter.fillRect(region.adjusted(0, ruler, 0, 0), tint)
    line = theme.color("accent_text" if on else "accent_line")
    below = QRectF(left, 0, max(right, _flag(edges, name, box.width()).right()) - left, ruler)
    painter.fillRect(below, theme.color("surface"))  # its labels would stand half under the flag
    for x in (left, right - 1.5):
        painter.fillRect(QRectF(x, 0, 1.5, box.height()), line)
    _paint_flag(painter, _flag(edges, name, box.width()), f"Loop {name}", on=on)


def _flag(edges: tuple[float, float], name: str, limit: float) -> QRectF:
    """The loop's name on the ruler: as wide as the loop, or as its words where they need more."""
    left, right = max(0.0, edges[0]), min(limit, edges[1])
    if right <= left:
        return QRectF(left, 0, 0, 0)
    wide = max(right - left, text_width(f"Loop {name}", "caption", 700) + 30)
    return QRectF(min(left, limit - wide), 0, wide, 20)


def _paint_flag(painter: QPainter, flag: QRectF, text: str, *, on: bool) -> None:
    theme = Theme.current()
    if flag.isEmpty():
        return
    painter.fillRect(flag, theme.color("accent" if on else "accent_bg"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = theme.color("on_accent" if on else "text2")
    theme.paint_icon(painter, "ph.repeat", QRectF(flag.left() + 6, 4, 12, 12), ink)
    painter.setFont(theme.font("caption", 700))
    painter.setPen(ink)
    painter.drawText(flag.adjusted(23, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)


def paint_playhead(painter: QPainter, box: QRectF, x: float, ruler: float) -> None:
    """A line through all lanes with a mark on the ruler."""
    if not -1 <= x <= box.width() + 1:
        return
    x = min(max(1.0, x), box.width() - 1)
    ink = Theme.current().color("text")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(x - 1, ruler - 8, 2, box.height() - ruler + 8), ink)
    mark = QPainterPath()
    top = ruler - 14
    mark.addPolygon(QPolygonF([QPointF(x - 6, top), QPointF(x + 6, top), QPointF(x, top + 9)]))
    painter.fillPath(mark, ink)
