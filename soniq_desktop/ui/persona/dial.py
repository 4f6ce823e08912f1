"""The dial "how far from home": a slider bent into a circle."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy

from soniq_desktop.ui.for_you.text import distance_word
from soniq_desktop.ui.theme import Theme

FROM, SPAN = 225.0, 270.0  # degrees, clockwise
WIDTH = 6.0
STEP, LARGE_STEP = 1, 10


class DistanceKnob(QAbstractSlider):
    """0 is home, 100 deep space. Drag, wheel, arrows, Page Up and Down, Home and End."""

    focus_radius = 90.0

    def __init__(self) -> None:
        super().__init__()
        self.setRange(0, 100)
        self.setSingleStep(STEP)
        self.setPageStep(LARGE_STEP)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("How far from home, 0 to 100")
        self.own: float | None = None  # the listener's own average, marked outside
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.valueChanged.connect(self._changed)
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        side = Theme.current().px(164)
        return QSize(side, side)

    def set_own(self, own: float | None) -> None:
        """Where the listener is without help, 0 to 100; None: not known."""
        self.own = own
        self.update()

    def _changed(self, value: int) -> None:
        self.setAccessibleDescription(f"{value}, {distance_word(value)}")
        self.update()

    # pointer and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._turn_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._turn_to(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only while it has the focus: scrolling the page must not turn it."""
        if self.hasFocus():
            self.setValue(self.value() + (2 if event.angleDelta().y() > 0 else -2))
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Home:
            self.setValue(0)
        elif event.key() == Qt.Key.Key_End:
            self.setValue(100)
        else:
            super().keyPressEvent(event)

    def _turn_to(self, at: QPointF) -> None:
        centre = QRectF(self.rect()).center()
        angle = math.degrees(math.atan2(centre.y() - at.y(), at.x() - centre.x()))
        turned = (FROM - angle) % 360
        if turned > SPAN:  # the gap below: the nearer end
            turned = SPAN if turned < SPAN + (360 - SPAN) / 2 else 0.0
        value = round(100 * turned / SPAN)
        if self.isSliderDown() and abs(value - self.value()) > 60:  # never across the gap
            return
        self.setValue(value)

    # look

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre, share = QRectF(self.rect()).center(), self.value() / 100
        outer = self.width() / 2 - theme.px(18)
        self._paint_scale(painter, centre, outer)
        box = QRectF(centre.x() - outer, centre.y() - outer, 2 * outer, 2 * outer)
        cap = Qt.PenCapStyle.RoundCap
        for begin, end, colour in ((0.0, 1.0, "track"), (0.0, share, "accent")):
            painter.setPen(QPen(theme.color(colour), WIDTH, Qt.PenStyle.SolidLine, cap))
            painter.drawArc(box, round(16 * (FROM - SPAN * begin)), round(-16 * SPAN * (end - begin)) - 1)
        inner = outer - 14
        painter.setPen(QPen(theme.color("line_strong"), 1))
        painter.setBrush(theme.color("raised"))
        painter.drawEllipse(centre, inner, inner)
        painter.setPen(QPen(theme.color("text"), 3, Qt.PenStyle.SolidLine, cap))
        painter.drawLine(_at(centre, inner - 5, share), _at(centre, inner - 15, share))
        self._paint_value(painter, centre)
        painter.end()

    def _paint_scale(self, painter: QPainter, centre: QPointF, outer: float) -> None:
        theme = Theme.current()
        for tick in range(51):
            near = tick / 50 <= self.value() / 100
            painter.setPen(QPen(theme.color("text3" if near else "line_strong"), 1))
            long = 9 if tick % 5 == 0 else 6
            painter.drawLine(_at(centre, outer + 8, tick / 50), _at(centre, outer + 8 + long - 3, tick / 50))
        if self.own is not None:
            tip = _at(centre, outer + 10, self.own / 100)
            out = _at(centre, outer + 18, self.own / 100)
            side = (out - tip) * 0.5
            across = QPointF(-side.y(), side.x())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("text2"))
            painter.drawPolygon(QPolygonF([tip, out + across, out - across]))

    def _paint_value(self, painter: QPainter, centre: QPointF) -> None:
        theme = Theme.current()
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("title", figures=True))
        box = QRectF(centre.x() - 60, centre.y() - theme.px(27), 120, theme.px(32))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self.value()))
        painter.setPen(theme.color("text2"))
        painter.setFont(theme.font("caption"))
        words = distance_word(self.value())
        painter.drawText(box.translated(0, theme.px(32)), Qt.AlignmentFlag.AlignHCenter, words)


def _at(centre: QPointF, radius: float, share: float) -> QPointF:
    angle = math.radians(FROM - SPAN * share)
    return centre + QPointF(math.cos(angle) * radius, -math.sin(angle) * radius)
