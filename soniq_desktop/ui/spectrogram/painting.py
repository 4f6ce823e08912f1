"""What is drawn over and around a live picture: axes, playhead, cross-hair, read-out, estimate."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.spectrogram.views import Reading, Tick
from soniq_desktop.ui.theme import Theme

RADIUS = 6.0
MARKER = 6  # how far the playhead's marker may stick out of the plot
CROSS = QColor(255, 255, 255, 170)
READOUT_GAP = 14.0
BEAT, DOWNBEAT = QColor(255, 255, 255, 64), QColor(255, 255, 255, 150)
BAR_MARK = 8  # height of the mark on a downbeat
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def axis_font() -> QFont:
    """JetBrains Mono 10, for axes."""
    font = Theme.current().font("mono")
    font.setPixelSize(max(9, round(font.pixelSize() * 10 / 11)))
    return font


def paint_left_axis(painter: QPainter, plot: QRectF, ticks: Iterable[Tick], unit: str) -> None:
    """Labels right-aligned beside the plot; those that would cover the unit or each other are left out."""
    painter.setFont(axis_font())
    painter.setPen(Theme.current().color("text3"))
    painter.drawText(QRectF(0, plot.top() - 3, plot.left() - 8, 16), _RIGHT, unit)
    lowest_free = plot.top() + (20 if unit else 4)
    for tick in sorted(ticks, key=lambda t: -t.at):
        y = plot.bottom() - tick.at * plot.height()
        if y >= lowest_free and y <= plot.bottom() - 4:
            painter.drawText(QRectF(0, y - 8, plot.left() - 8, 16), _RIGHT, tick.label)
            lowest_free = y + 12


def paint_bottom_axis(painter: QPainter, plot: QRectF, ticks: Iterable[Tick]) -> None:
    """Labels centred below the plot; those that would be cut off are left out."""
    painter.setFont(axis_font())
    painter.setPen(Theme.current().color("text3"))
    metrics = QFontMetricsF(axis_font())
    for tick in ticks:
        x = plot.left() + tick.at * plot.width()
        half = metrics.horizontalAdvance(tick.label) / 2 + 1
        if x - half >= plot.left() - 12 and x + half <= plot.right() + 1:
            painter.drawText(QRectF(x - half, plot.bottom() + 8, 2 * half, 16), _CENTRE, tick.label)


def paint_corners(painter: QPainter, plot: QRectF) -> None:
    """Round the plot's corners by painting the page over them: clipping every blit would cost more."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Theme.current().color("window"))
    for corner, dx, dy in (
        (plot.topLeft(), 1, 1),
        (plot.topRight(), -1, 1),
        (plot.bottomLeft(), 1, -1),
        (plot.bottomRight(), -1, -1),
    ):
        path = QPainterPath(corner)
        path.lineTo(corner + QPointF(dx * RADIUS, 0))
        path.quadTo(corner, corner + QPointF(0, dy * RADIUS))
        path.closeSubpath()
        painter.drawPath(path)
    painter.restore()


def paint_beats(painter: QPainter, plot: QRectF, xs: Sequence[float], downbeats: Sequence[bool]) -> None:
    """Lines at the beats; the first of each bar is stronger and has a mark at the top."""
    for strong, colour in ((False, BEAT), (True, DOWNBEAT)):
        painter.setPen(QPen(colour, 1))
        painter.drawLines(
            [
                QLineF(x, plot.top(), x, plot.bottom())
                for x, first in zip(xs, downbeats, strict=True)
                if first == strong
            ]
        )
    for x, first in zip(xs, downbeats, strict=True):
        if first:
            painter.fillRect(QRectF(x - 1, plot.top(), 3, BAR_MARK), DOWNBEAT)


def paint_playhead(painter: QPainter, plot: QRectF, x: float) -> None:
    """A lime line with a marker on top, between what was heard and what comes."""
    if not plot.left() - 1 <= x <= plot.right() + 1:
        return
    lime = Theme.current().color("accent")
    painter.fillRect(QRectF(x - 1, plot.top(), 2, plot.height()), lime)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(lime)
    top = plot.top()
    painter.drawPolygon(QPolygonF([QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x, top + 7)]))
    painter.restore()


def paint_cross(painter: QPainter, plot: QRectF, at: QPointF, *, horizontal: bool = True) -> None:
    """Dashed lines through the cross-hair, and a ring where they meet."""
    painter.save()
    pen = QPen(CROSS, 1, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([3, 3])
    painter.setPen(pen)
    x, y = round(at.x()) + 0.5, round(at.y()) + 0.5
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
    if horizontal:
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("white"), 1.6))
        painter.setBrush(QColor(7, 8, 12, 160))
        painter.drawEllipse(QPointF(x, y), 4, 4)
    painter.restore()


def paint_reading(painter: QPainter, plot: QRectF, at: QPointF, reading: Reading) -> None:
    """The read-out card, beside the cross-hair and always inside the plot."""
    theme = Theme.current()
    head, small, mono = theme.font("large", 600), theme.font("small"), theme.font("mono")
    gap = 22
    width = 24 + max(
        QFontMetricsF(head).horizontalAdvance(reading.head)
        + QFontMetricsF(small).horizontalAdvance(reading.side),
        QFontMetricsF(mono).horizontalAdvance(reading.left + reading.right),
    )
    box = QRectF(0, 0, max(150.0, width + gap), theme.px(56))
    box.moveTopLeft(_beside(plot, at, box))
    fill_rounded(painter, box, 8, theme.color("popover"), theme.color("line_strong"))
    inner = box.adjusted(12, 7, -12, -7)
    upper = QRectF(inner.left(), inner.top(), inner.width(), inner.height() * 0.52)
    lower = QRectF(inner.left(), upper.bottom(), inner.width(), inner.height() * 0.48)
    _text(painter, upper, _LEFT, reading.head, (head, "text"))
    _text(painter, upper, _RIGHT, reading.side, (small, "text2"))
    _text(painter, lower, _LEFT, reading.left, (mono, "text2"))
    _text(painter, lower, _RIGHT, reading.right, (mono, "text2"))


def _text(
    painter: QPainter, box: QRectF, align: Qt.AlignmentFlag, text: str, look: tuple[QFont, str]
) -> None:
    painter.setFont(look[0])
    painter.setPen(Theme.current().color(look[1]))
    painter.drawText(box, align, text)


def _beside(plot: QRectF, at: QPointF, box: QRectF) -> QPointF:
    """Right and above the cross-hair; left or below where there is no room."""
    x = at.x() + READOUT_GAP
    if x + box.width() > plot.right() - 4:
        x = at.x() - READOUT_GAP - box.width()
    y = at.y() - READOUT_GAP - box.height()
    if y < plot.top() + 4:
        y = at.y() + READOUT_GAP
    return QPointF(max(plot.left() + 4, x), min(y, plot.bottom() - box.height() - 4))


def paint_level_mark(painter: QPainter, plot: QRectF, fraction: float, label: str) -> None:
    """A dashed lime line at a height with its figure at the left: the current tempo."""
    theme = Theme.current()
    y = round(plot.bottom() - fraction * plot.height()) + 0.5
    painter.save()
    pen = QPen(theme.color("accent"), 1, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([2, 4])
    painter.setPen(pen)
    painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
    font = theme.font("caption", 600)
    width = QFontMetricsF(font).horizontalAdvance(label) + 16
    top = y - 26 if y - 26 > plot.top() + 4 else y + 6
    box = QRectF(plot.left() + 8, top, width, 20)
    fill_rounded(painter, box, 6, theme.color("accent"))
    painter.setFont(font)
    painter.setPen(theme.color("on_accent"))
    painter.drawText(box, _CENTRE, label)
    painter.restore()


def paint_message(painter: QPainter, plot: QRectF, sentence: str) -> None:
    """A quiet sentence in the middle of an empty plot."""
    painter.setFont(Theme.current().font("body"))
    painter.setPen(QColor("#8C94A6"))  # text3 of the dark theme: the canvas is dark in both
    painter.drawText(plot, _CENTRE, sentence)
