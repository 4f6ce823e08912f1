"""How starts end: finished, left part-way, skipped."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from soniq_desktop.persona.behind import Selection
from soniq_desktop.persona.habits import Endings
from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.persona.plot import Mark, Plot, Table
from soniq_desktop.ui.persona.text import ENDED, MINUS, percent
from soniq_desktop.ui.songs.text import clock
from soniq_desktop.ui.theme import Theme, text_width

BAR, ROW, TOP = 12, 31, 26


class EndingsPlot(Plot):
    """Marks are numbered 0 finished, 1 left part-way, 2 skipped."""

    def __init__(self) -> None:
        super().__init__("When a song starts", 156)
        self._found: Endings | None = None
        self._since = ""

    def set_endings(self, found: Endings | None, since: str) -> None:
        """Another period; `since` says where its second half begins."""
        self._found, self._since, self.key = found, since, None
        if found is not None and found.starts:
            said = ", ".join(
                f"{name} {percent(share)}" for name, share in zip(ENDED, self._shares(), strict=True)
            )
            self.setAccessibleDescription(said)
        self.update()

    def _shares(self) -> tuple[float, float, float]:
        found = self._found
        return (0.0, 0.0, 0.0) if found is None else (found.finished, found.part, found.skipped)

    def _row(self, key: int) -> QRectF:
        theme = Theme.current()
        return QRectF(0, theme.px(TOP) + key * theme.px(ROW), self.width(), theme.px(ROW))

    def key_at(self, point: QPointF) -> int | None:
        if self._found is None or not self._found.starts:
            return None
        if point.y() <= Theme.current().px(BAR) + 4:
            share, total = point.x() / max(1, self.width()), 0.0
            for key, part in enumerate(self._shares()):
                total += part
                if share <= total:
                    return key
            return None
        return next((key for key in range(3) if self._row(key).contains(point)), None)

    def step(self, key: int | None, right: int, down: int) -> int | None:
        return 0 if key is None else min(max(0, key + right + down), 2)

    def mark(self, key: int) -> Mark | None:
        found = self._found
        if found is None or not found.starts:
            return None
        words = f"{ENDED[key]}: {percent(self._shares()[key], 1)} of {found.starts:,} starts"
        row = self._row(key)
        return Mark(QPointF(self.width() / 2, row.top() + 6), words, Selection("ending", ENDED[key], key))

    def as_table(self) -> Table:
        found = self._found
        if found is None:
            return Table("When a song starts", (), ())
        after = ("", _after(found.part_after), _after(found.skipped_after))
        rows = [
            (name, percent(share, 1), f"{round(share * found.starts):,}", when)
            for name, share, when in zip(ENDED, self._shares(), after, strict=True)
        ]
        return Table(
            "When a song starts", ("Ending", "Share", "Starts", "Median"), rows, None, frozenset({1, 2})
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        found = self._found
        if found is None or not found.starts:
            painter.setFont(Theme.current().font("small"))
            painter.setPen(Theme.current().color("text3"))
            words = "" if found is None else "No play here says how it ended."
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
            painter.end()
            return
        self._paint_bar(painter)
        change = "" if math.isnan(found.change) else f"{_signed(found.change)} since {self._since}"
        after = (change, _after(found.part_after), _after(found.skipped_after))
        for key, words in enumerate(after):
            self._paint_row(painter, key, words)
        if found.skipped_most:
            self._paint_most(painter, found.skipped_most)
        painter.end()

    def _paint_bar(self, painter: QPainter) -> None:
        theme, x = Theme.current(), 0.0
        for key, share in enumerate(self._shares()):
            width = share * self.width()
            if width >= 1:
                box = QRectF(x, 1, max(1.0, width - 2), theme.px(BAR))
                fill_rounded(painter, box, 4, _colour(key))
            x += width

    def _paint_row(self, painter: QPainter, key: int, aside: str) -> None:
        theme, row = Theme.current(), self._row(key)
        if self.key == key:
            fill_rounded(painter, row.adjusted(-4, 2, 0, -2), 6, theme.color("raised"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_colour(key))
        painter.drawEllipse(QPointF(5, row.center().y()), 4.5, 4.5)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text2"))
        left = row.adjusted(18, 0, 0, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(left, middle, ENDED[key])
        name = text_width("Left part-way", "body") + 14
        painter.setFont(theme.font("body", 600, figures=True))
        painter.setPen(theme.color("text"))
        painter.drawText(left.adjusted(name, 0, 0, 0), middle, percent(self._shares()[key]))
        painter.setFont(theme.font("small", figures=True))
        painter.setPen(theme.color("text3"))
        room = row.adjusted(18 + name + theme.px(44), 0, -2, 0)
        words = painter.fontMetrics().elidedText(aside, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, words)

    def _paint_most(self, painter: QPainter, what: str) -> None:
        theme, row = Theme.current(), self._row(3)
        painter.fillRect(QRectF(0, row.top() + 4, self.width(), 1), theme.color("line"))
        box = row.adjusted(0, 12, 0, 8)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text3"))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, "Skipped most:")
        box.adjust(text_width("Skipped most: ", "small") + 2, 0, 0, 0)
        painter.setPen(theme.color("text"))
        words = painter.fontMetrics().elidedText(what, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)


def _colour(key: int) -> QColor:
    theme = Theme.current()
    return (theme.color("text"), theme.ramp("heatmap")[3], theme.color("line_strong"))[key]


def _after(seconds: float) -> str:
    return "" if math.isnan(seconds) else f"after {clock(seconds)}, median"


def _signed(share: float) -> str:
    points = round(100 * share)
    return f"{MINUS if points < 0 else '+'}{abs(points)} points"
