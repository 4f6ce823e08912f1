"""The entries of a playlist: drag to reorder, Alt+Up and Alt+Down to move, Delete to remove."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
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
from soniq_desktop.ui.components import fill_rounded, paint_cover
from soniq_desktop.ui.pages.grid import keyboard_used
from soniq_desktop.ui.songs.drag import MIME, track_mime
from soniq_desktop.ui.songs.reorder import ReorderList
from soniq_desktop.ui.songs.text import accessible_row, clock
from soniq_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from soniq_desktop.library.playlists import PlaylistEntry
    from soniq_desktop.services.library import LibraryService

ROW = 44
NUMBER = 40
TIME = 64
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
Row = tuple["PlaylistEntry", Track | None]


class EntriesModel(QAbstractListModel):
    """Entries with their tracks; None beside one that is not in the library."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Row] = ()
        self.playing_id: int | None = None

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Other entries, or another order."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        entry, track = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return track.title if track else entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if track is None:
                return f"{entry.title}, {entry.artist}, not in the library"
            return accessible_row(track, playing=track.id == self.playing_id)
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        return base if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        tracks = [track for index in indexes if (track := self.rows[index.row()][1]) is not None]
        return track_mime([track.id for track in tracks], [track.path for track in tracks])


class EntriesDelegate(QStyledItemDelegate):
    """Number, cover, title, artist, album and time; missing entries are greyed and say so."""

    def __init__(self, model: EntriesModel, library: "LibraryService", parent: QWidget) -> None:
        super().__init__(parent)
        self._view, self._model, self._library = parent, model, library

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, Theme.current().px(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry, track = self._model.rows[index.row()]
        row, state = QRectF(option.rect), option.state
        playing = track is not None and track.id == self._model.playing_id
        painter.save()
        self._background(painter, row, state, playing=playing)
        missing = track is None or track.missing
        if missing:
            painter.setOpacity(0.5)
        theme = Theme.current()
        number = QRectF(row.left(), row.top(), NUMBER - 8, row.height())
        self._write(painter, number, str(index.row() + 1), ("small", None, "text3"), RIGHT)
        cover = QRectF(row.left() + NUMBER + 4, row.center().y() - 16, 32, 32)
        key = track.tags.artwork if track else None
        paint_cover(painter, cover, self._library.artwork(key, 64) if key else None, 4)
        right = QRectF(row.right() - TIME - 12, row.top(), TIME, row.height())
        words = QRectF(cover.right() + 12, row.center().y() - theme.px(17), 0, theme.px(17))
        album = row.width() > 620
        words.setRight(row.left() + row.width() * 0.58 if album else right.left())
        title = track.title if track else entry.title or entry.path
        artist = track.artist if track else entry.artist
        self._write(painter, words, title, ("body", 500, "accent_text" if playing else "text"), LEFT)
        self._write(painter, words.translated(0, theme.px(17)), artist, ("small", None, "text2"), LEFT)
        if album:
            box = QRectF(words.right() + 16, row.top(), right.left() - words.right() - 24, row.height())
            told = "Not in the library" if track is None else "File missing" if track.missing else ""
            self._write(
                painter, box, told or (track.tags.album if track else ""), ("small", None, "text2"), LEFT
            )
        length = track.tags.duration if track else entry.duration
        self._write(painter, right, clock(length) if length else "—", ("body", None, "text2"), RIGHT)
        painter.restore()

    def _background(self, painter: QPainter, row: QRectF, state: QStyle.StateFlag, *, playing: bool) -> None:
        theme = Theme.current()
        if playing:
            fill_rounded(painter, row, 8, theme.color("accent_bg"))
        elif state & QStyle.StateFlag.State_Selected:
            fill_rounded(painter, row, 8, theme.color("row_selected"))
        elif state & QStyle.StateFlag.State_MouseOver:
            fill_rounded(painter, row, 8, theme.color("row_hover"))
        if state & QStyle.StateFlag.State_HasFocus and keyboard_used(self._view):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent_text"), 2))
            painter.drawRoundedRect(row.adjusted(1, 1, -1, -1), 7, 7)

    def _write(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        look: tuple[str, int | None, str],
        align: Qt.AlignmentFlag | Qt.TextFlag,
    ) -> None:
        style, weight, token = look
        font = Theme.current().font(style, weight)
        painter.setFont(font)
        painter.setPen(Theme.current().color(token))
        painter.drawText(
            box, int(align), QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        )


class EntriesView(ReorderList):
    """Rows are positions in the playlist; the page turns signals into orders."""

    moved = Signal(list, int)  # positions, before position
    removed = Signal(list)  # positions
    menu_wanted = Signal(QPoint)
    row_height = ROW

    def __init__(self, library: "LibraryService", parent: QWidget | None = None) -> None:
        self.entries = EntriesModel()
        super().__init__(self.entries, library, QAbstractItemView.SelectionMode.ExtendedSelection, parent)
        self._keep: list[int] = []
        self.setItemDelegate(EntriesDelegate(self.entries, library, self))
        self.setAccessibleName("Songs of the playlist")

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Other entries; scroll position stays, and what was moved stays selected."""
        top, current = self.verticalScrollBar().value(), self.currentIndex().row()
        keep, self._keep = self._keep or ([current] if current >= 0 else []), []
        self.entries.set_rows(rows)
        self.executeDelayedItemsLayout()
        self.verticalScrollBar().setValue(top)
        selection = self.selectionModel()
        for row in keep:
            if row < len(rows):
                index = self.entries.index(row)
                selection.select(index, selection.SelectionFlag.Select)
                selection.setCurrentIndex(index, selection.SelectionFlag.NoUpdate)

    def move_by(self, by: int) -> None:
        chosen = self.selected_rows()
        if not chosen or chosen[0] + by < 0 or chosen[-1] + by >= len(self.entries.rows):
            return
        self._order(chosen, chosen[0] - 1 if by < 0 else chosen[-1] + 2)

    def move_before(self, row: int) -> None:
        self._order(self.selected_rows(), row)

    def remove_rows(self, rows: Sequence[int]) -> None:
        self.removed.emit(list(rows))

    def _order(self, chosen: list[int], before: int) -> None:
        first = before - sum(row < before for row in chosen)
        self._keep = list(range(first, first + len(chosen)))
        self.moved.emit(chosen, before)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid():
            if index.row() not in self.selected_rows():
                self.setCurrentIndex(index)
            self.menu_wanted.emit(event.globalPos())
