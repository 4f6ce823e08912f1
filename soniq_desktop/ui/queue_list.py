"""The songs that come next: drag to reorder, drop to insert, Delete to remove, Alt+Up and Alt+Down."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import Menu, fill_rounded, paint_cover
from soniq_desktop.ui.components.base import transparent
from soniq_desktop.ui.components.scroll_bar import QuietScrollBar
from soniq_desktop.ui.songs.drag import MIME, track_mime
from soniq_desktop.ui.songs.reorder import ReorderList
from soniq_desktop.ui.songs.text import accessible_row, clock
from soniq_desktop.ui.theme import Theme, text_width

if TYPE_CHECKING:
    from soniq_desktop.services.library import LibraryService

SHOWN = 300  # rows; a queue of a whole library is not listed to its end
ROW = 44  # px of the design
BLEED = 8  # px by which a row's background is wider than its content


class QueueModel(QAbstractListModel):
    """The next songs, at most SHOWN of them."""

    def __init__(self, library: "LibraryService") -> None:
        super().__init__()
        self._library = library
        self._ids: list[int] = []
        self._tracks: dict[int, Track] = {}
        self.notes: dict[int, str] = {}  # why a song is there, by its id
        library.tracks_updated.connect(self._updated)

    def set_ids(self, ids: Sequence[int]) -> None:
        """Other songs, in order."""
        self.beginResetModel()
        self._ids = list(ids[:SHOWN])
        self.endResetModel()
        self._fetch([i for i in dict.fromkeys(self._ids) if i not in self._tracks])

    def _fetch(self, ids: list[int]) -> None:
        if ids:
            self._library.tracks(ids, self._arrived)

    def _arrived(self, tracks: Sequence[Track]) -> None:
        wanted = set(self._ids)
        self._tracks = {i: t for i, t in self._tracks.items() if i in wanted}
        self._tracks.update((track.id, track) for track in tracks)
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    def _updated(self, ids: Sequence[int]) -> None:
        self._fetch([i for i in ids if i in self._tracks])

    def track(self, row: int) -> Track | None:
        """The song of a row, or None while it is not here."""
        return self._tracks.get(self._ids[row]) if 0 <= row < len(self._ids) else None

    def id_at(self, row: int) -> int:
        return self._ids[row]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._ids)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        track = self.track(index.row())
        if track is None:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ". ".join(filter(None, (accessible_row(track), self.notes.get(track.id))))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.notes.get(track.id)
        return track.title if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        return base if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return track_mime([self._ids[index.row()] for index in indexes])


class QueueDelegate(QStyledItemDelegate):
    """Rows of 44: cover, title, artist and time; an x under the pointer."""

    def __init__(self, model: QueueModel, library: "LibraryService") -> None:
        super().__init__()
        self._model = model
        self._library = library
        self.keyboard_focus = False

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, Theme.current().px(44))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        track = self._model.track(index.row())
        rect = QRectF(option.rect)
        state = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = self.keyboard_focus and bool(state & QStyle.StateFlag.State_HasFocus)
        self._background(
            painter, rect, selected=bool(state & QStyle.StateFlag.State_Selected), hovered=hovered
        )
        if focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(Theme.current().color("accent_text"), 2))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 7, 7)
        if track is not None:
            self._song(painter, rect.adjusted(BLEED, 0, -BLEED, 0), track, hovered=hovered)

    def _background(self, painter: QPainter, rect: QRectF, *, selected: bool, hovered: bool) -> None:
        theme = Theme.current()
        if selected:
            fill_rounded(painter, rect, 8, theme.color("row_selected"))
        elif hovered:
            fill_rounded(painter, rect, 8, theme.color("row_hover"))

    def _song(self, painter: QPainter, rect: QRectF, track: Track, *, hovered: bool) -> None:
        theme = Theme.current()
        cover = QRectF(rect.left(), rect.center().y() - 16, 32, 32)
        key = track.tags.artwork
        paint_cover(painter, cover, self._library.artwork(key, 64) if key else None, 4)
        time = clock(track.tags.duration)
        width = text_width(time, "small") + 12
        right = QRectF(rect.right() - width, rect.top(), width, rect.height())
        if hovered:
            theme.paint_icon(painter, "ph.x", remove_rect(rect), "text2")
        else:
            painter.setFont(theme.font("small", figures=True))
            painter.setPen(theme.color("text3"))
            painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, time)
        text = QRectF(cover.right() + 12, rect.center().y() - theme.px(16), 0, theme.px(17))
        text.setRight(right.left())
        _elided(painter, text, track.title, "body", "text", 500)
        note = self._model.notes.get(track.id)
        detail = f"{track.artist} · {note}" if note else track.artist
        _elided(painter, text.translated(0, theme.px(17)), detail, "small", "text2", None)


def remove_rect(content: QRectF) -> QRectF:
    """Where the x of a row is drawn."""
    return QRectF(content.right() - 15, content.center().y() - 7, 14, 14)


def _elided(painter: QPainter, box: QRectF, text: str, style: str, color: str, weight: int | None) -> None:
    theme = Theme.current()
    font = theme.font(style, weight)
    painter.setFont(font)
    painter.setPen(theme.color(color))
    text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


class QueueList(ReorderList):
    """Rows are counted from the next song. The panel turns them into orders for the player."""

    moved = Signal(int, int)  # from row, to row (as it is afterwards)
    removed = Signal(int)
    row_height = ROW
    line_inset = BLEED

    def __init__(self, library: "LibraryService", parent: QWidget | None = None) -> None:
        self._model = QueueModel(library)
        super().__init__(self._model, library, QAbstractItemView.SelectionMode.SingleSelection, parent)
        self.delegate = QueueDelegate(self._model, library)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName("Up next")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollBar(QuietScrollBar())

    def set_keyboard_focus(self, used: bool) -> None:
        """Whether the current row shows a focus ring."""
        self.delegate.keyboard_focus = used
        self.viewport().update()

    def set_ids(self, ids: Sequence[int]) -> None:
        """The songs to come; the current row stays where it was."""
        row = self.currentIndex().row()
        top = self.verticalScrollBar().value()
        self._model.set_ids(ids)
        self.verticalScrollBar().setValue(top)
        if 0 <= row < self._model.rowCount():
            self.setCurrentIndex(self._model.index(row))

    def set_notes(self, notes: dict[int, str]) -> None:
        """Why songs are there, by id: shown behind the artist."""
        self._model.notes = notes
        self.viewport().update()

    def selected_rows(self) -> list[int]:
        row = self.currentIndex().row()
        return [row] if row >= 0 else []

    def move_by(self, by: int) -> None:
        if self.currentIndex().isValid():
            self._move_by(self.currentIndex().row(), by)

    def move_before(self, row: int) -> None:
        current = self.currentIndex().row()
        target = row - 1 if row > current else row
        if current >= 0 and target != current:
            self.moved.emit(current, target)

    def remove_rows(self, rows: Sequence[int]) -> None:
        for row in reversed(rows):
            self.removed.emit(row)

    def _move_by(self, row: int, by: int) -> None:
        target = row + by
        if 0 <= target < self._model.rowCount():
            self.setCurrentIndex(self._model.index(target))
            self.moved.emit(row, target)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            content = QRectF(self.visualRect(index)).adjusted(BLEED, 0, -BLEED, 0)
            if remove_rect(content).adjusted(-6, -12, 8, 12).contains(event.position()):
                self.removed.emit(index.row())
                return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if not index.isValid():
            return
        row = index.row()
        menu = Menu(parent=self)
        menu.item("Play now", lambda: self.chosen.emit(row), icon="ph.play", shortcut="Enter")
        menu.item("Move up", lambda: self._move_by(row, -1), shortcut="Alt+Up", enabled=row > 0)
        last = row == self._model.rowCount() - 1
        menu.item("Move down", lambda: self._move_by(row, 1), shortcut="Alt+Down", enabled=not last)
        menu.item("Remove", lambda: self.removed.emit(row), icon="ph.x", shortcut="Del")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def paint_over(self, painter: QPainter) -> None:
        bar = self.verticalScrollBar()
        if bar.value() < bar.maximum():
            self._paint_fade(painter)

    def _paint_fade(self, painter: QPainter) -> None:
        """More follows below: the last row fades into the panel."""
        area = QRectF(self.viewport().rect())
        area.setTop(area.bottom() - 40)
        color = Theme.current().color("sidebar")
        fade = QLinearGradient(area.topLeft(), area.bottomLeft())
        fade.setColorAt(0, transparent(color))
        fade.setColorAt(1, color)
        painter.fillRect(area, fade)
