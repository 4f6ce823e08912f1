"""The table of songs as a widget: full-row painting, hover, playing bars, keys, drag and type-ahead."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTreeView, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components.scroll_bar import QuietScrollBar
from soniq_desktop.ui.components.tooltip import tooltip
from soniq_desktop.ui.genres import shown_genre
from soniq_desktop.ui.songs.columns import COLUMNS, INDEX, visible_columns
from soniq_desktop.ui.songs.delegate import RowState, SongDelegate, heart_rect, menu_rect
from soniq_desktop.ui.songs.drag import drag_pixmap, track_mime
from soniq_desktop.ui.songs.header import SongsHeader
from soniq_desktop.ui.songs.model import SongsModel
from soniq_desktop.ui.theme import Theme, text_width

if TYPE_CHECKING:
    from soniq_desktop.services.library import LibraryService

FRAME_MS = 120
LISTEN_AFTER_MS = 600
TYPE_AHEAD_MS = 1000


class SongsView(QTreeView):
    """Shows a SongsModel. What the user wants comes out as signals; the page decides what they mean."""

    play_row = Signal(int)
    toggle_play = Signal()
    play_selection = Signal()
    play_next = Signal()
    add_to_queue = Signal()
    like_clicked = Signal(int)  # row
    menu_wanted = Signal(QPoint)  # global position
    sort_wanted = Signal(str, bool)
    columns_wanted = Signal(QPoint)
    in_sight = Signal(list)  # ids of rows in sight, some time after scrolling stopped

    def __init__(self, model: SongsModel, library: "LibraryService", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._songs = model
        self._library = library
        self.delegate = SongDelegate(lambda key: library.artwork(key, 64))
        self.keyboard_focus = False
        self.letters_search = False
        self.search_title: Callable[[str], None] = lambda _text: None
        self._scale = Theme.current().scale
        self._hovered = -1
        self._playing_state = "stopped"
        self._frame = 0
        self._typed = ""
        self._wanted_columns = {column.name for column in COLUMNS if column.shown}
        self._cells_cache: dict[str, tuple[int, int]] | None = None
        self._set_up()
        self._set_up_timers()
        self.setModel(model)
        self._set_up_header()
        model.rows_arrived.connect(self.viewport().update)
        model.replaced.connect(self._model_replaced)
        library.artwork_ready.connect(lambda _key: self.viewport().update())
        Theme.current().changed.connect(self._theme_changed)

    def _set_up(self) -> None:
        self.setAccessibleName("Songs")
        self.setItemDelegate(self.delegate)
        self.setUniformRowHeights(True)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        self.setVerticalScrollBar(QuietScrollBar())
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def _set_up_timers(self) -> None:
        self._bars = QTimer(self, interval=FRAME_MS)
        self._bars.timeout.connect(self._next_frame)
        self._settled = QTimer(self, singleShot=True, interval=LISTEN_AFTER_MS)
        self._settled.timeout.connect(self._tell_in_sight)
        self._forget_typed = QTimer(self, singleShot=True, interval=TYPE_AHEAD_MS)
        self._forget_typed.timeout.connect(lambda: setattr(self, "_typed", ""))

    def _set_up_header(self) -> None:
        header = SongsHeader(self)
        self._songs_header = header
        self.setHeader(header)
        header.setSectionsClickable(True)  # setHeader switches it off: Qt does not sort here, we do
        header.setStretchLastSection(False)
        for index, column in enumerate(COLUMNS):
            fixed = column.name in ("number", "heart", "match")
            mode = QHeaderView.ResizeMode.Fixed if fixed else QHeaderView.ResizeMode.Interactive
            if column.name in ("title", "why"):
                mode = QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(index, mode)
            header.resizeSection(index, Theme.current().px(column.width))
        header.sectionClicked.connect(self._header_clicked)
        header.sectionResized.connect(self._forget_cells)
        header.customContextMenuRequested.connect(
            lambda point: self.columns_wanted.emit(header.mapToGlobal(point))
        )
        self._apply_columns()

    @property
    def songs_header(self) -> SongsHeader:
        return self._songs_header

    def columns(self) -> set[str]:
        """The columns that the user wants (some may be out of sight while the window is narrow)."""
        return set(self._wanted_columns)

    def set_columns(self, names: set[str]) -> None:
        """Show these columns where there is room."""
        self._wanted_columns = set(names)
        self._apply_columns()

    def widths(self) -> dict[str, int]:
        """Widths that the user may have changed, for the session."""
        return {c.name: self.columnWidth(i) for i, c in enumerate(COLUMNS) if not self.isColumnHidden(i)}

    def set_widths(self, widths: dict[str, int]) -> None:
        for name, width in widths.items():
            if name in INDEX and name not in ("title", "why", "number", "heart"):
                self.songs_header.resizeSection(INDEX[name], max(36, min(480, int(width))))

    def set_compact(self, compact: bool) -> None:
        """Rows of 32 with one line, or of 40 with two."""
        row = self.first_row()
        self.delegate.compact = compact
        self.scheduleDelayedItemsLayout()
        self.executeDelayedItemsLayout()
        self.scroll_to_row(row)

    def set_keyboard_focus(self, used: bool) -> None:
        """Whether the current row shows a focus ring."""
        self.keyboard_focus = used
        self.viewport().update()

    def set_playing(self, track_id: int | None, state: str) -> None:
        """Which track plays, and whether sound comes out."""
        self._songs.playing_id = track_id
        self._playing_state = state
        moving = state == "playing" and track_id is not None and not Theme.current().reduced_motion
        if moving and self.isVisible():
            self._bars.start()
        else:
            self._bars.stop()
        self.viewport().update()

    def selected_rows(self) -> list[int]:
        """Selected rows from top to bottom."""
        ranges = self.selectionModel().selection().toList()
        rows: set[int] = set()
        for part in ranges:
            rows.update(range(part.top(), part.bottom() + 1))
        return sorted(rows)

    def selected_ids(self) -> list[int]:
        """Ids of the selected rows in their order."""
        found = (self._songs.id_at(row) for row in self.selected_rows())
        return [track_id for track_id in found if track_id is not None]

    def select_row(self, row: int) -> None:
        """Make one row current and selected, in sight."""
        index = self._songs.index(row, INDEX["title"])
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def first_row(self) -> int:
        """The uppermost row in sight."""
        height = self.delegate.row_height()
        return self.verticalScrollBar().value() // height if height else 0

    def scroll_to_row(self, row: int) -> None:
        """Bring a row to the top."""
        self.executeDelayedItemsLayout()  # otherwise the scroll bar still has the range of the list before
        self.verticalScrollBar().setValue(row * self.delegate.row_height())

    # painting

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.row()
        top = option.rect.top()
        track = self._songs.track(row)
        height = self.delegate.row_height()
        state = self._row_state(row, track)
        area = QRectF(0, top, self.viewport().width(), height)
        match = self._songs.matches.get(track.id) if track else None
        note = self._songs.notes.get(track.id, "") if track else ""
        self.delegate.paint_row(
            painter, area, self._cells(top, height),
            number=row + 1, track=track, state=state, match=match, note=note,
        )  # fmt: skip

    def _row_state(self, row: int, track: Track | None) -> RowState:
        playing = track is not None and track.id == self._songs.playing_id
        current = self.keyboard_focus and self.hasFocus() and self.currentIndex().row() == row
        selected = self.selectionModel().isRowSelected(row, QModelIndex())
        moving = playing and self._playing_state == "playing"
        return RowState(playing, moving, selected, row == self._hovered, current, self._frame)

    def _cells(self, top: int, height: int) -> dict[str, QRectF]:
        if self._cells_cache is None:
            header = self.header()
            self._cells_cache = {
                column.name: (header.sectionViewportPosition(i), header.sectionSize(i))
                for i, column in enumerate(COLUMNS)
                if not header.isSectionHidden(i)
            }
        return {name: QRectF(x, top, width, height) for name, (x, width) in self._cells_cache.items()}

    def _forget_cells(self) -> None:
        self._cells_cache = None
        self.viewport().update()

    def _want_visible(self) -> None:
        height = self.delegate.row_height()
        first = self.first_row()
        self._songs.want(first, first + self.viewport().height() // height + 1)
        self._settled.start()

    def _scrolled(self) -> None:
        self._want_visible()
        self._hover_at(self.viewport().mapFromGlobal(self.cursor().pos()))

    def _tell_in_sight(self) -> None:
        first = self.first_row()
        rows = range(first, first + self.viewport().height() // self.delegate.row_height() + 1)
        tracks = [track for row in rows if (track := self._songs.track(row)) is not None]
        waiting = [track.id for track in tracks if track.state == "new" and not track.missing]
        if waiting and self.isVisible():
            self.in_sight.emit(waiting)

    def _next_frame(self) -> None:
        if not self.isVisible():
            self._bars.stop()
            return
        self._frame += 1
        first = self.first_row()
        for row in range(first, first + self.viewport().height() // self.delegate.row_height() + 2):
            if self._songs.id_at(row) == self._songs.playing_id:
                self.viewport().update(self._row_rect(row))

    def _row_rect(self, row: int) -> QRect:
        height = self.delegate.row_height()
        top = row * height - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), height)

    def _model_replaced(self) -> None:
        self.selectionModel().clear()
        self._hovered = -1
        self._want_visible()
        self.viewport().update()

    def _theme_changed(self) -> None:
        scale = Theme.current().scale
        if scale != self._scale:
            for index in range(len(COLUMNS)):
                width = round(self.header().sectionSize(index) * scale / self._scale)
                self.header().resizeSection(index, width)
            self._scale = scale
            self.scheduleDelayedItemsLayout()
        self._apply_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._apply_columns()
        self._want_visible()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.set_playing(self._songs.playing_id, self._playing_state)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._bars.stop()
        self._settled.stop()

    def _apply_columns(self) -> None:
        if not isinstance(self.header(), SongsHeader):
            return
        shown = visible_columns(self._wanted_columns, self.viewport().width(), Theme.current().scale)
        for index, column in enumerate(COLUMNS):
            self.setColumnHidden(index, column.name not in shown)
        self._forget_cells()

    # mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover_at(event.position().toPoint())
        super().mouseMoveEvent(event)

    def _hover_at(self, point: QPoint) -> None:
        inside = self.viewport().rect().contains(point)
        row = (point.y() + self.verticalScrollBar().value()) // self.delegate.row_height() if inside else -1
        row = row if 0 <= row < self._songs.rowCount() else -1
        if row != self._hovered:
            for changed in (self._hovered, row):
                self.viewport().update(self._row_rect(changed))
            self._hovered = row

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover_at(QPoint(-1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._press_control(event.position().toPoint()):
            return
        super().mousePressEvent(event)

    def _press_control(self, point: QPoint) -> bool:
        """Play, heart and menu inside the row under the pointer. True where one of them was hit."""
        row = self.indexAt(point).row()
        track = self._songs.track(row)
        if track is None:
            return False
        cells = self._cells(self._row_rect(row).top(), self.delegate.row_height())
        if cells["number"].contains(point):
            if track.id == self._songs.playing_id:
                self.toggle_play.emit()
            else:
                self.play_row.emit(row)
            return True
        if _target(heart_rect(cells["heart"])).contains(point):
            self.like_clicked.emit(row)
            return True
        if _target(menu_rect(cells["heart"])).contains(point):
            if row not in self.selected_rows():
                self.select_row(row)
            self.menu_wanted.emit(self.viewport().mapToGlobal(point))
            return True
        return False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            cells = self._cells(self._row_rect(index.row()).top(), self.delegate.row_height())
            if cells["number"].right() < event.position().x() < cells["heart"].left():
                self.play_row.emit(index.row())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self.currentIndex().isValid():
            rect = self._row_rect(self.currentIndex().row())
            self.menu_wanted.emit(self.viewport().mapToGlobal(rect.bottomLeft() + QPoint(48, -4)))
        elif self.indexAt(event.pos()).isValid():
            self.menu_wanted.emit(event.globalPos())

    def startDrag(self, _actions: Qt.DropAction) -> None:
        ids = self.selected_ids()
        if not ids:
            return
        tracks = [track for i in ids[:100] if (track := self._songs.known(i)) is not None]
        drag = QDrag(self)
        drag.setMimeData(track_mime(ids, [track.path for track in tracks if not track.missing]))
        label = tracks[0].title if len(ids) == 1 and tracks else f"{len(ids):,} songs"
        drag.setPixmap(drag_pixmap(label, self.devicePixelRatioF()))
        drag.exec(Qt.DropAction.CopyAction)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.cut_text_at(event.pos())
            tooltip().show_at(text, event.globalPos() - QPoint(0, 12))
            return True
        if event.type() in (QEvent.Type.Leave, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
            tooltip().show_at("", QPoint())
        return super().viewportEvent(event)

    def cut_text_at(self, point: QPoint) -> str:
        """The whole text of a cell that had to be shortened, or an empty string."""
        index = self.indexAt(point)
        track = self._songs.track(index.row())
        if track is None:
            return ""
        room = self.columnWidth(index.column()) - 12
        name = COLUMNS[index.column()].name
        if name == "album" and text_width(track.tags.album, "small") > room:
            return track.tags.album
        if name == "genre":
            genre = ", ".join(shown_genre(track).names)
            shortened = text_width(genre, "small") + 40 > room
            heard = f"Heard: {', '.join(track.genre_heard)}" if track.genre_heard else ""
            return "\n".join(filter(None, (genre if shortened else "", heard)))
        room -= 44
        texts = ((track.title, "body"), (track.artist, "small"))
        cut = [text for text, style in texts if text_width(text, style) > room]
        return "\n".join(cut) if name == "title" else ""

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(event.modifiers())
            return
        if self._type_ahead(event):
            return
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape, Qt.Key.Key_Space):
            event.ignore()
            return
        super().keyPressEvent(event)

    def _enter(self, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.add_to_queue.emit()
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.play_next.emit()
        else:
            self.play_selection.emit()

    def _type_ahead(self, event: QKeyEvent) -> bool:
        """Letters jump to the next song of that name, where they are not shortcuts."""
        text = event.text()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if not (self.letters_search and plain and text.isprintable() and text.strip()):
            return False
        self._typed += text
        self._forget_typed.start()
        self.search_title(self._typed)
        return True

    def keyboardSearch(self, _search: str) -> None:
        """Qt's own search would ask the model for every row; ours asks the library (`search_title`)."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._songs.rowCount():
            index = self._songs.index(self.first_row(), INDEX["title"])
            self.selectionModel().setCurrentIndex(index, self.selectionModel().SelectionFlag.NoUpdate)

    def _header_clicked(self, section: int) -> None:
        column = COLUMNS[section]
        if not column.sort:
            return
        header = self.songs_header
        same = header.sort_key == column.sort
        self.sort_wanted.emit(column.sort, not header.descending if same else column.descending)


def _target(rect: QRectF) -> QRectF:
    """The area that answers to a click: 24 wide and as high as the row."""
    return rect.adjusted(-5, -13, 5, 13)
