"""Paints rows of the songs table: one call a row, so that a frame of 20 rows stays far below 16 ms."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components.base import fill_rounded
from soniq_desktop.ui.components.chips import paint_genre_chip
from soniq_desktop.ui.components.cover import paint_cover
from soniq_desktop.ui.genres import shown_genre
from soniq_desktop.ui.songs.text import clock, day, key_texts, tempo_text
from soniq_desktop.ui.theme import Theme, mix, text_width

# Plain integers: combining Qt's flags costs as much as drawing a short text.
_LINE = Qt.TextFlag.TextSingleLine.value | Qt.AlignmentFlag.AlignVCenter.value
LEFT = Qt.AlignmentFlag.AlignLeft.value | _LINE
RIGHT = Qt.AlignmentFlag.AlignRight.value | _LINE
DASH = "—"
BAR_HEIGHTS = ((4, 12, 8, 10), (7, 9, 12, 6), (10, 6, 10, 9), (6, 10, 5, 12), (9, 12, 7, 8), (12, 8, 11, 5))


@dataclass(slots=True)
class RowState:
    """What a row looks like besides its values."""

    playing: bool = False
    moving: bool = False  # sound is coming out, so the bars may move
    selected: bool = False
    hovered: bool = False
    focused: bool = False
    frame: int = 0


class SongDelegate(QStyledItemDelegate):
    """Knows the height of a row and paints one into the cells that it is given.

    `artwork(key)` gives a cover from memory or None. While `analysing` is off (nothing runs in the
    background) a track that was not listened to shows its tag as it is.
    """

    def __init__(self, artwork: Callable[[str], QPixmap | None]) -> None:
        super().__init__()
        self._artwork = artwork
        self.compact = False
        self.analysing = True

    def row_height(self) -> int:
        return Theme.current().px(32 if self.compact else 40)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(10, self.row_height())

    def paint_row(
        self, painter: QPainter, row: QRectF, cells: dict[str, QRectF], *, number: int, track: Track | None,
        state: RowState, match: float | None = None, note: str = "",
    ) -> None:  # fmt: skip
        """Background, then every cell of `cells` (name to rectangle, all of the row's height)."""
        self._background(painter, row, state)
        if track is None:
            self._placeholder(painter, cells, number)
            return
        faded = track.missing
        if faded:
            painter.setOpacity(0.45)
        self._number(painter, cells["number"], number, state)
        self._title(painter, cells["title"], track, state)
        for name, cell in cells.items():
            paint = _CELLS.get(name)
            if paint is not None:
                paint(self, painter, cell, track, state)
        if match is not None and "match" in cells:
            self._figure(painter, cells["match"], f"{match:.2f}", "text")
        if note and "why" in cells:
            self._write(painter, cells["why"].adjusted(0, 0, -12, 0), note, "small", "text2")
        painter.setOpacity(1.0)

    def _background(self, painter: QPainter, row: QRectF, state: RowState) -> None:
        theme = Theme.current()
        if state.playing:
            line = theme.color("accent_line") if state.selected else None
            fill_rounded(painter, row, 8, theme.color("accent_bg"), line)
        elif state.selected:
            fill_rounded(painter, row, 8, theme.color("row_selected"))
        elif state.hovered:
            fill_rounded(painter, row, 8, theme.color("row_hover"))
        if state.focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent_text"), 2))
            painter.drawRoundedRect(row.adjusted(1, 1, -1, -1), 7, 7)

    def _placeholder(self, painter: QPainter, cells: dict[str, QRectF], number: int) -> None:
        theme = Theme.current()
        self._write(painter, _number_box(cells["number"]), str(number), "small", "text3", figures=True)
        title = cells["title"]
        side = self._cover_side()
        box = QRectF(title.left(), title.center().y() - side / 2, side, side)
        fill_rounded(painter, box, 4, theme.color("surface"))
        bar = QRectF(box.right() + 12, title.center().y() - 5, min(140.0, title.width() * 0.5), 10)
        fill_rounded(painter, bar, 5, theme.color("surface"))

    def _number(self, painter: QPainter, cell: QRectF, number: int, state: RowState) -> None:
        theme = Theme.current()
        if state.hovered:
            icon = "ph.pause-fill" if state.playing and state.moving else "ph.play-fill"
            box = QRectF(cell.left() + 14, cell.center().y() - 8, 16, 16)
            theme.paint_icon(painter, icon, box, "text")
        elif state.playing:
            _playing_bars(painter, cell, state.frame if state.moving else 0)
        else:
            self._write(painter, _number_box(cell), str(number), "small", "text3", figures=True)

    def _cover_side(self) -> int:
        return Theme.current().px(24 if self.compact else 32)

    def _title(self, painter: QPainter, cell: QRectF, track: Track, state: RowState) -> None:
        side = self._cover_side()
        key = track.tags.artwork
        cover = QRectF(cell.left(), cell.center().y() - side / 2, side, side)
        paint_cover(painter, cover, self._artwork(key) if key else None, 4)
        text = cell.adjusted(side + 12, 0, -12, 0)
        title_color = "accent_text" if state.playing else "text"
        if self.compact:
            self._one_line(painter, text, track, title_color)
            return
        theme = Theme.current()
        top = text.center().y() - theme.px(16)
        upper = QRectF(text.left(), top, text.width(), theme.px(17))
        lower = QRectF(text.left(), top + theme.px(17), text.width(), theme.px(15))
        self._write(painter, upper, track.title, "body", title_color, weight=500)
        self._write(painter, lower, track.artist, "small", "text2")

    def _one_line(self, painter: QPainter, text: QRectF, track: Track, color: str) -> None:
        self._write(painter, text, track.title, "body", color, weight=500)
        used = text_width(track.title, "body", 500) + 10
        if used < text.width() - 40:
            self._write(painter, text.adjusted(used, 0, 0, 0), track.artist, "small", "text2")

    def _write(
        self, painter: QPainter, box: QRectF, text: str, style: str, color: str, *,
        align: int = LEFT, weight: int | None = None, figures: bool = False,
    ) -> None:  # fmt: skip
        theme = Theme.current()
        font = theme.font(style, weight, figures=figures)
        painter.setFont(font)
        painter.setPen(theme.color(color))
        if text_width(text, style, weight) > box.width():
            text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, align, text)

    def _figure(self, painter: QPainter, cell: QRectF, text: str, color: str) -> None:
        self._write(painter, cell.adjusted(0, 0, -8, 0), text, "body", color, align=RIGHT, figures=True)

    def _album(self, painter: QPainter, cell: QRectF, track: Track, _state: RowState) -> None:
        self._write(painter, cell.adjusted(0, 0, -12, 0), track.tags.album, "small", "text2")

    def _genre(self, painter: QPainter, cell: QRectF, track: Track, _state: RowState) -> None:
        theme = Theme.current()
        if track.features is None and track.state == "new" and self.analysing:
            side = theme.px(14)
            box = QRectF(cell.left(), cell.center().y() - side / 2, side, side)
            theme.paint_icon(painter, "ph.circle-dashed", box, "text3")
            self._write(painter, cell.adjusted(side + 5, 0, 0, 0), "analysing", "small", "text3")
            return
        shown = shown_genre(track)
        if shown.names:
            paint_genre_chip(painter, cell, shown.names)
        elif shown.note:
            self._write(painter, cell, shown.note, "small", "text3")

    def _year(self, painter: QPainter, cell: QRectF, track: Track, _state: RowState) -> None:
        self._figure(painter, cell, str(track.tags.year or ""), "text2")

    def _added(self, painter: QPainter, cell: QRectF, track: Track, _state: RowState) -> None:
        self._write(painter, cell, day(track.added_at), "small", "text2")

    def _bpm(self, painter: QPainter, cell: QRectF, track: Track, _state: RowState) -> None:
        text = tempo_text(track.features)
        self._figure(painter, cell, text or DASH, "text" if text else "text3")

    def _key(self, painter: QPainter, cell: QRectF, track: Track, _state: RowState) -> None:
        code, name = key_texts(track.features)
        box = cell.adjusted(8, 0, 0, 0)
        self._write(painter, box, code or DASH, "body", "text" if code else "text3")
        if name:
            self._write(painter, box.adjusted(Theme.current().px(34), 0, 0, 0), name, "small", "text3")

    def _energy(self, painter: QPainter, cell: QRectF, track: Track, state: RowState) -> None:
        theme = Theme.current()
        value = track.features.energy if track.features else None
        if value is None:
            self._write(painter, cell, DASH, "body", "text3")
            return
        width = theme.px(40)
        bar = QRectF(cell.left(), cell.center().y() - 2, width, 4)
        fill_rounded(painter, bar, 2, theme.color("track"))
        bar.setWidth(max(4.0, width * min(1.0, value)))
        fill_rounded(painter, bar, 2, theme.color("accent_text" if state.playing else "text2"))

    def _time(self, painter: QPainter, cell: QRectF, track: Track, _state: RowState) -> None:
        self._figure(painter, cell, clock(track.tags.duration), "text2")

    def _plays(self, painter: QPainter, cell: QRectF, track: Track, _state: RowState) -> None:
        self._figure(painter, cell, f"{track.plays:,}", "text2")

    def _heart(self, painter: QPainter, cell: QRectF, track: Track, state: RowState) -> None:
        theme = Theme.current()
        heart = heart_rect(cell)
        color: str | QColor = "accent_text" if state.playing else "text2"
        if track.liked:
            theme.paint_icon(painter, "ph.heart-fill", heart, color)
        elif state.hovered:
            theme.paint_icon(painter, "ph.heart", heart, mix(theme.color("text2"), theme.color("text"), 0.3))
        if state.hovered:
            theme.paint_icon(painter, "ph.dots-three", menu_rect(cell), "text2")


def _number_box(cell: QRectF) -> QRectF:
    return cell.adjusted(12, 0, 0, 0)


def heart_rect(cell: QRectF) -> QRectF:
    """Where the heart is drawn in the last cell."""
    return QRectF(cell.right() - 26, cell.center().y() - 7, 14, 14)


def menu_rect(cell: QRectF) -> QRectF:
    """Where the three dots are drawn while the pointer is over the row."""
    return QRectF(cell.right() - 50, cell.center().y() - 8, 16, 16)


def _playing_bars(painter: QPainter, cell: QRectF, frame: int) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Theme.current().color("accent_text"))
    bottom = cell.center().y() + 7
    for index, height in enumerate(BAR_HEIGHTS[frame % len(BAR_HEIGHTS)]):
        bar = QRectF(cell.left() + 14 + index * 4.4, bottom - height, 2.4, height)
        painter.drawRoundedRect(bar, 1, 1)


_CELLS: dict[str, Callable[[SongDelegate, QPainter, QRectF, Track, RowState], None]] = {
    "album": SongDelegate._album,  # noqa: SLF001
    "genre": SongDelegate._genre,  # noqa: SLF001
    "year": SongDelegate._year,  # noqa: SLF001
    "added": SongDelegate._added,  # noqa: SLF001
    "bpm": SongDelegate._bpm,  # noqa: SLF001
    "key": SongDelegate._key,  # noqa: SLF001
    "energy": SongDelegate._energy,  # noqa: SLF001
    "time": SongDelegate._time,  # noqa: SLF001
    "plays": SongDelegate._plays,  # noqa: SLF001
    "heart": SongDelegate._heart,  # noqa: SLF001
}
