"""When somebody listens: a cell for each hour of each weekday."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.persona.behind import Selection
from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.persona.plot import Mark, Plot, Table
from soniq_desktop.ui.persona.text import SHORT_DAYS, WEEKDAYS, heard
from soniq_desktop.ui.theme import Theme, mix

NAMES, AXIS, GAP = 34, 16, 2.0


class HeatMap(Plot):
    """Marks are numbered weekday * 24 + hour."""

    def __init__(self) -> None:
        super().__init__("When you listen", 112)
        self._hours: NDArray[np.float64] = np.zeros((7, 24))

    def set_hours(self, hours: NDArray[np.float64]) -> None:
        """(7, 24) hours listened, Monday first."""
        self._hours, self.key = hours, None
        day, hour = np.unravel_index(int(hours.argmax()), hours.shape)
        if hours.any():
            self.setAccessibleDescription(
                f"Most on {WEEKDAYS[day]} at {hour}:00, {heard(3600 * hours.max())}"
            )
        self.update()

    def _cell(self, key: int) -> QRectF:
        theme = Theme.current()
        left, bottom = theme.px(NAMES), theme.px(AXIS)
        width = (self.width() - left) / 24
        height = (self.height() - bottom) / 7
        day, hour = divmod(key, 24)
        return QRectF(left + hour * width, day * height, width - GAP, height - GAP)

    def key_at(self, point: QPointF) -> int | None:
        theme = Theme.current()
        hour = int((point.x() - theme.px(NAMES)) // max(1.0, (self.width() - theme.px(NAMES)) / 24))
        day = int(point.y() // max(1.0, (self.height() - theme.px(AXIS)) / 7))
        return day * 24 + hour if 0 <= hour < 24 and 0 <= day < 7 else None

    def step(self, key: int | None, right: int, down: int) -> int | None:
        if key is None:
            return int(self._hours.argmax())
        day, hour = divmod(key, 24)
        return min(max(0, day + down), 6) * 24 + min(max(0, hour + right), 23)

    def mark(self, key: int) -> Mark | None:
        day, hour = divmod(key, 24)
        name = f"{WEEKDAYS[day]}, {hour:02d}:00 to {(hour + 1) % 24:02d}:00"
        words = f"{name}\n{heard(3600 * float(self._hours[day, hour]))} heard"
        cell = self._cell(key)
        return Mark(QPointF(cell.center().x(), cell.top()), words, Selection("hour", name, key))

    def as_table(self) -> Table:
        rows = [
            (f"{hour:02d}:00", *(f"{self._hours[day, hour]:.1f}" for day in range(7))) for hour in range(24)
        ]
        return Table("When you listen, hours", ("Hour", *WEEKDAYS), rows, None, frozenset(range(1, 8)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setFont(theme.font("caption", 400))
        most = max(1e-9, float(self._hours.max()))
        for key in range(168):
            cell = self._cell(key)
            share = float(self._hours[key // 24, key % 24]) / most
            fill_rounded(painter, cell, 2, ramp(share))
        if self.key is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent_text"), 2))
            painter.drawRoundedRect(self._cell(self.key), 2, 2)
        painter.setPen(theme.color("text3"))
        for day, name in enumerate(SHORT_DAYS):
            cell = self._cell(day * 24)
            box = QRectF(0, cell.top(), cell.left(), cell.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(theme.font("mono"))
        for hour in (0, 6, 12, 18):
            cell = self._cell(6 * 24 + hour)
            painter.drawText(
                QRectF(cell.left(), cell.bottom() + 2, 40, 16), Qt.AlignmentFlag.AlignLeft, f"{hour:02d}"
            )
        painter.end()


class HeatLegend(QWidget):
    """less to more."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        theme = Theme.current()
        return QSize(theme.px(150), theme.px(18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setFont(theme.font("caption", 400))
        painter.setPen(theme.color("text3"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "less")
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, "more")
        left, size = theme.px(29), theme.px(12)
        for step in range(5):
            box = QRectF(left + step * theme.px(18), (self.height() - 8) / 2, size, 8)
            fill_rounded(painter, box, 2, ramp(step / 4))
        painter.end()


def ramp(share: float) -> QColor:
    """The colour of a share of the most, 0 to 1; the square root keeps quiet hours visible."""
    theme = Theme.current()
    stops = theme.ramp("heatmap")
    if not theme.dark:  # on white, more is darker
        stops = [theme.color("raised"), *reversed(stops[1:])]
    place = min(1.0, max(0.0, share)) ** 0.5 * (len(stops) - 1)
    low = min(int(place), len(stops) - 2)
    return mix(stops[low], stops[low + 1], place - low)
