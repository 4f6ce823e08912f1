"""The songs that come next: drag to reorder, drop to insert, Delete to remove, Alt+Up and Alt+Down."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
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
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetricsF,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import Menu, fill_rounded, paint_cover
from soniq_desktop.ui.components.base import transparent
from soniq_desktop.ui.components.scroll_bar import QuietScrollBar
from soniq_desktop.ui.songs.drag import MIME, dragged_ids, track_mime
from soniq_desktop.ui.songs.text import accessible_row, clock
from soniq_desktop.ui.theme import Theme, text_width

if TYPE_CHECKING:
    from soniq_desktop.services.library import LibraryService

SHOWN = 300  # rows; a queue of a whole library is not listed to its end
BLEED = 8  # px by which a row's background is wider than its content


class QueueModel(QAbstractListModel):
    """The next songs, at most SHOWN of them."""

    def __init__(self, library: "LibraryService") -> None:
        super().__init__()
        self._library = library
        self._ids: list[int] = []
        self._tracks: dict[int, Track] = {}
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
            return accessible_row(track)
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
        _elided(painter, text.translated(0, theme.px(17)), track.artist, "small", "text2", None)


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


class QueueList(QListView):
    """Rows are counted from the next song. The panel turns them into orders for the player."""

    moved = Signal(int, int)  # from row, to row (as it is afterwards)
    removed = Signal(int)
    inserted = Signal(list, int)  # ids, before row
    chosen = Signal(int)

    def __init__(self, library: "LibraryService", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = QueueModel(library)
        self.delegate = QueueDelegate(self._model, library)
        self._drop_row: int | None = None
        self.setModel(self._model)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName("Up next")
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollBar(QuietScrollBar())
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        self.doubleClicked.connect(lambda index: self.chosen.emit(index.row()))
        library.artwork_ready.connect(lambda _key: self.viewport().update())

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if row >= 0 and alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._move_by(row, -1 if event.key() == Qt.Key.Key_Up else 1)
        elif row >= 0 and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(row)
        elif row >= 0 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(row)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are shortcuts here."""

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

    # drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drop_row = self._row_before(event.position().toPoint())
        event.acceptProposedAction()
        self.viewport().update()

    def dragLeaveEvent(self, event: Any) -> None:
        self._drop_row = None
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        before = self._row_before(event.position().toPoint())
        self._drop_row = None
        if event.source() is self:
            row = self.currentIndex().row()
            target = before - 1 if before > row else before
            if row >= 0 and target != row:
                self.moved.emit(row, target)
        else:
            self.inserted.emit(dragged_ids(event.mimeData()), before)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.viewport().update()

    def _row_before(self, point: QPoint) -> int:
        index = self.indexAt(point)
        if not index.isValid():
            return self._model.rowCount() if point.y() > 0 else 0
        rect = self.visualRect(index)
        return index.row() + (1 if point.y() > rect.center().y() else 0)

    def paintEvent(self, event: Any) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        bar = self.verticalScrollBar()
        if bar.value() < bar.maximum():
            self._paint_fade(painter)
        if self._drop_row is not None:
            self._paint_drop_line(painter, self._drop_row)
        painter.end()

    def _paint_fade(self, painter: QPainter) -> None:
        """More follows below: the last row fades into the panel."""
        area = QRectF(self.viewport().rect())
        area.setTop(area.bottom() - 40)
        color = Theme.current().color("sidebar")
        fade = QLinearGradient(area.topLeft(), area.bottomLeft())
        fade.setColorAt(0, transparent(color))
        fade.setColorAt(1, color)
        painter.fillRect(area, fade)

    def _paint_drop_line(self, painter: QPainter, row: int) -> None:
        height = Theme.current().px(44)
        y = row * height - self.verticalScrollBar().value()
        line = QRectF(
            BLEED, min(max(y - 1, 0), self.viewport().height() - 2), self.viewport().width() - 2 * BLEED, 2
        )
        fill_rounded(painter, line, 1, Theme.current().color("accent_text"))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.viewport().update()
