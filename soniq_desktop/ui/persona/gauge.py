"""Entropy on an arc: the value, its 90 % interval, and where the archetypes of taste begin."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.persona.archetypes import MIDDLE, STEP
from soniq_desktop.persona.interval import EntropyEstimate
from soniq_desktop.ui.theme import Theme, mix

FROM, SPAN = 197.0, 214.0  # degrees, from the left end clockwise
WIDTH = 11.0
ENDS = ((MIDDLE[0] - STEP[0], "Niche fan"), (MIDDLE[0], "Balanced"), (MIDDLE[0] + STEP[0], "Explorer"))


class Gauge(QWidget):
    """0 is one genre only, 1 all twelve alike."""

    def __init__(self) -> None:
        super().__init__()
        self._value: EntropyEstimate | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Listening entropy")
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(280, Theme.current().px(176))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, Theme.current().px(176))

    def set_value(self, value: EntropyEstimate | None) -> None:
        """None: not yet."""
        self._value = value
        self.setAccessibleDescription(words(value))
        self.update()

    def _point(self, centre: QPointF, radius: float, share: float) -> QPointF:
        angle = math.radians(FROM - SPAN * share)
        return centre + QPointF(math.cos(angle) * radius, -math.sin(angle) * radius)

    def _arc(self, painter: QPainter, box: QRectF, begin: float, end: float) -> None:
        painter.drawArc(box, round(16 * (FROM - SPAN * begin)), round(-16 * SPAN * (end - begin)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = min(self.height() - theme.px(70), self.width() / 2 - theme.px(56))
        centre = QPointF(self.width() / 2, self.height() - theme.px(44))
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        self._paint_arc(painter, box)
        self._paint_ticks(painter, centre, radius - WIDTH - 8)
        self._paint_ends(painter, centre, radius)
        self._paint_value(painter, centre, radius)
        painter.end()

    def _paint_arc(self, painter: QPainter, box: QRectF) -> None:
        theme, value = Theme.current(), self._value
        painter.setBrush(Qt.BrushStyle.NoBrush)
        cap = Qt.PenCapStyle.RoundCap
        painter.setPen(QPen(theme.color("track"), WIDTH, Qt.PenStyle.SolidLine, cap))
        self._arc(painter, box, 0, 1)
        if value is None:
            return
        low, high = value.interval
        fill = theme.color("accent")
        painter.setPen(QPen(fill, WIDTH, Qt.PenStyle.SolidLine, cap))
        self._arc(painter, box, 0, max(low, 0.001))
        painter.setPen(
            QPen(
                mix(fill, theme.color("surface"), 0.42), WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap
            )
        )
        self._arc(painter, box, low, high)
        centre, radius = box.center(), box.width() / 2
        painter.setPen(QPen(theme.color("text"), 3, Qt.PenStyle.SolidLine, cap))
        inner, outer = (self._point(centre, radius + by, value.normalised) for by in (-WIDTH, WIDTH))
        painter.drawLine(inner, outer)

    def _paint_ticks(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        painter.setPen(QPen(Theme.current().color("line_strong"), 1))
        for tick in range(21):
            long = 5 if tick % 5 == 0 else 3
            painter.drawLine(
                self._point(centre, radius, tick / 20), self._point(centre, radius - long, tick / 20)
            )

    def _paint_ends(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        theme, value = Theme.current(), self._value
        painter.setFont(theme.font("small"))
        nearest = None if value is None else min(ENDS, key=lambda end: abs(end[0] - value.normalised))[1]
        for share, name in ENDS:
            at = self._point(centre, radius + WIDTH + 6, share)
            width = painter.fontMetrics().horizontalAdvance(name) + 2
            left = at.x() if at.x() > centre.x() + 12 else at.x() - width
            if abs(at.x() - centre.x()) <= 24:
                left = at.x() - width / 2
            box = QRectF(min(max(0.0, left), self.width() - width), at.y() - 14, width, 16)
            painter.setPen(theme.color("text" if name == nearest else "text3"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
        painter.setPen(theme.color("text3"))
        for share, text in ((0.0, "0"), (1.0, "1")):
            at = self._point(centre, radius, share)
            box = QRectF(at.x() - 20 + (20 if share else -20), at.y() - 6, 40, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_value(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        theme, value = Theme.current(), self._value
        painter.setPen(theme.color("text" if value else "text3"))
        font = theme.font("hero", figures=True)
        font.setPixelSize(round(font.pixelSize() * 1.15))
        painter.setFont(font)
        text = "–" if value is None else f"{value.normalised:.2f}"
        middle = QRectF(centre.x() - radius, centre.y() - radius * 0.66, 2 * radius, theme.px(52))
        painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, text)
        painter.setFont(theme.font("small", figures=True))
        painter.setPen(theme.color("text2"))
        said = "not yet" if value is None else "90 % interval {:.2f} – {:.2f}".format(*value.interval)
        painter.drawText(
            middle.translated(0, theme.px(43)).adjusted(0, 0, 0, -theme.px(30)),
            Qt.AlignmentFlag.AlignCenter,
            said,
        )


def words(value: EntropyEstimate | None) -> str:
    """The gauge as a sentence."""
    if value is None:
        return "Not yet: too few plays"
    low, high = value.interval
    return f"{value.normalised:.2f} of 1, 90 % interval {low:.2f} to {high:.2f}"
