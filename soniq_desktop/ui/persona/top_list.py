"""Most played songs, artists or albums: cover, name, a bar, and how often."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap

from soniq_desktop.persona.behind import Kind, Selection
from soniq_desktop.ui.components import fill_rounded, paint_cover
from soniq_desktop.ui.persona.plot import Mark, Plot, Table
from soniq_desktop.ui.persona.text import plays
from soniq_desktop.ui.theme import Theme, text_width

ROW, COVER, BAR, COUNT = 28, 24, 40, 34


@dataclass(frozen=True, slots=True)
class TopRow:
    """One line: what is named, by whom, its picture's key and what it stands for."""

    name: str
    aside: str
    artwork: str | None
    plays: int
    kind: Kind
    key: int


class TopList(Plot):
    """As many rows as there is room for; the table has all of them."""

    def __init__(self, name: str, artwork: Callable[[str, int], QPixmap | None], height: int = 112) -> None:
        super().__init__(name, height)
        self._artwork = artwork
        self.rows: Sequence[TopRow] = ()

    def set_rows(self, rows: Sequence[TopRow]) -> None:
        """The most played first."""
        self.rows, self.key = rows, None
        self.setAccessibleDescription(
            f"First: {rows[0].name}, {plays(rows[0].plays)}" if rows else "Nothing yet"
        )
        self.update()

    def _shown(self) -> int:
        return min(len(self.rows), max(1, self.height() // Theme.current().px(ROW)))

    def _row(self, key: int) -> QRectF:
        height = Theme.current().px(ROW)
        return QRectF(0, key * height, self.width(), height)

    def key_at(self, point: QPointF) -> int | None:
        key = int(point.y() // Theme.current().px(ROW))
        return key if 0 <= key < self._shown() else None

    def step(self, key: int | None, right: int, down: int) -> int | None:
        if not self.rows:
            return None
        return 0 if key is None else min(max(0, key + right + down), self._shown() - 1)

    def mark(self, key: int) -> Mark | None:
        if key >= len(self.rows):
            return None
        row = self.rows[key]
        words = f"{row.name}{f', {row.aside}' if row.aside else ''}\n{plays(row.plays)}"
        return Mark(
            QPointF(self.width() / 2, self._row(key).top() + 4), words, Selection(row.kind, row.name, row.key)
        )

    def as_table(self) -> Table:
        rows = [(str(place), row.name, row.aside, f"{row.plays:,}") for place, row in enumerate(self.rows, 1)]
        return Table(self.accessibleName(), ("No", "Name", "Artist", "Plays"), rows, 1, frozenset({3}))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.rows:
            painter.setFont(Theme.current().font("small"))
            painter.setPen(Theme.current().color("text3"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Nothing yet")
        for key in range(self._shown() if self.rows else 0):
            self._paint_row(painter, key, self.rows[key])
        painter.end()

    def _paint_row(self, painter: QPainter, key: int, row: TopRow) -> None:
        theme, box = Theme.current(), self._row(key)
        if key == self.key:
            fill_rounded(painter, box.adjusted(-4, 1, 2, -1), 6, theme.color("raised"))
        side = theme.px(COVER)
        cover = QRectF(0, box.top() + (box.height() - side) / 2, side, side)
        paint_cover(painter, cover, self._artwork(row.artwork, 64) if row.artwork else None, 4)
        count, bar = theme.px(COUNT), theme.px(BAR)
        right = box.right() - 2
        painter.setFont(theme.font("small", figures=True))
        painter.setPen(theme.color("text2"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(right - count, box.top(), count, box.height()),
            middle | Qt.AlignmentFlag.AlignRight,
            f"{row.plays:,}",
        )
        track = QRectF(right - count - bar - 4, box.center().y() - 2, bar, 4)
        fill_rounded(painter, track, 2, theme.color("track"))
        share = row.plays / max(1, self.rows[0].plays)
        fill_rounded(
            painter, QRectF(track.left(), track.top(), max(4.0, bar * share), 4), 2, theme.color("text2")
        )
        self._paint_names(painter, QRectF(side + 10, box.top(), track.left() - side - 22, box.height()), row)

    def _paint_names(self, painter: QPainter, box: QRectF, row: TopRow) -> None:
        theme = Theme.current()
        middle, cut = Qt.AlignmentFlag.AlignVCenter, Qt.TextElideMode.ElideRight
        painter.setFont(theme.font("body", 500))
        painter.setPen(theme.color("text"))
        painter.drawText(box, middle, painter.fontMetrics().elidedText(row.name, cut, int(box.width())))
        rest = box.adjusted(text_width(row.name, "body", 500) + 7, 0, 0, 0)
        if rest.width() > 30 and row.aside:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text3"))
            painter.drawText(
                rest, middle, painter.fontMetrics().elidedText(row.aside, cut, int(rest.width()))
            )
