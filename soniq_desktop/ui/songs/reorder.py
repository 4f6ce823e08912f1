"""A list of songs that can be put into another order: what the queue and a playlist have in common."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.songs.drag import MIME, dragged_ids
from soniq_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from soniq_desktop.services.library import LibraryService

PASSED_ON = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Escape)  # the window's keys


class ReorderList(QListView):
    """Songs dropped from elsewhere are `inserted`; what a move or a key does is the subclass's."""

    inserted = Signal(list, int)  # track ids, before row
    chosen = Signal(int)
    row_height = 40  # px of the design
    line_inset = 8  # px left and right of the line that shows where a drop goes

    def __init__(
        self,
        model: QAbstractListModel,
        library: "LibraryService",
        selection: QAbstractItemView.SelectionMode,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._drop_row: int | None = None
        self.setModel(model)
        self.setSelectionMode(selection)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(False)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        self.doubleClicked.connect(lambda index: self.chosen.emit(index.row()))
        library.artwork_ready.connect(lambda _key: self.viewport().update())

    # what a subclass does

    def move_by(self, by: int) -> None:
        """Move what is selected one row up (-1) or down (1)."""
        raise NotImplementedError

    def move_before(self, row: int) -> None:
        """Move what is selected before a row: it was dragged there."""
        raise NotImplementedError

    def remove_rows(self, rows: Sequence[int]) -> None:
        """Take rows out."""
        raise NotImplementedError

    def selected_rows(self) -> list[int]:
        """Selected rows from top to bottom."""
        return sorted(index.row() for index in self.selectedIndexes())

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, rows = event.key(), self.selected_rows()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_by(-1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and rows:
            self.remove_rows(rows)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().row())
        elif key in PASSED_ON:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are shortcuts of the window."""

    # drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drop_row = self._row_before(event.position().toPoint())
        event.acceptProposedAction()
        self.viewport().update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_row = None
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        before = self._row_before(event.position().toPoint())
        self._drop_row = None
        if event.source() is self:
            self.move_before(before)
        else:
            self.inserted.emit(dragged_ids(event.mimeData()), before)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.viewport().update()

    def _row_before(self, point: QPoint) -> int:
        index = self.indexAt(point)
        if not index.isValid():
            return self.model().rowCount() if point.y() > 0 else 0
        return index.row() + (1 if point.y() > self.visualRect(index).center().y() else 0)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        self.paint_over(painter)
        if self._drop_row is not None:
            self._paint_drop_line(painter, self._drop_row)
        painter.end()

    def paint_over(self, painter: QPainter) -> None:
        """What is drawn over the rows; nothing by default."""

    def _paint_drop_line(self, painter: QPainter, row: int) -> None:
        theme = Theme.current()
        y = row * theme.px(self.row_height) - self.verticalScrollBar().value()
        width, height = self.viewport().width(), self.viewport().height()
        line = QRectF(self.line_inset, min(max(y - 1, 0), height - 2), width - 2 * self.line_inset, 2)
        fill_rounded(painter, line, 1, theme.color("accent_text"))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.viewport().update()
