"""What all plots share: a mark under the pointer or the arrow keys, its read-out, and the plays behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.persona.behind import Selection
from soniq_desktop.ui.components import Menu, tooltip
from soniq_desktop.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing in a plot that can be pointed at."""

    at: QPointF  # where the read-out points to
    text: str
    selection: Selection


@dataclass(frozen=True, slots=True)
class Table:
    """A plot as rows.

    Attributes:
        wide: the column that takes the room that is left; None: all alike.
        numbers: columns that stand at the right.
    """

    title: str
    heads: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    wide: int | None = None
    numbers: frozenset[int] = frozenset()


class Plot(QWidget):
    """Arrow keys walk the marks, Enter opens the plays behind one, T shows the whole as a table."""

    chosen = Signal(object)  # Selection
    table_wanted = Signal()

    def __init__(self, name: str, height: int) -> None:
        super().__init__()
        self._height = height
        self.key: int | None = None  # the mark in hand, as the plot numbers them
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        Theme.current().changed.connect(self.update)

    # what a plot gives

    def mark(self, key: int) -> Mark | None:
        """The mark of a number, None where there is nothing."""
        raise NotImplementedError

    def key_at(self, point: QPointF) -> int | None:
        """The number of what is at a point."""
        raise NotImplementedError

    def step(self, key: int | None, right: int, down: int) -> int | None:
        """The number of the neighbour; the first one from None."""
        raise NotImplementedError

    def as_table(self) -> Table:
        raise NotImplementedError

    # pointer and keys

    def sizeHint(self) -> QSize:
        return QSize(200, Theme.current().px(self._height))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, Theme.current().px(self._height))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._take(self.key_at(event.position()))
        self.setCursor(Qt.CursorShape.ArrowCursor if self.key is None else Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._take(self.key_at(event.position()))
            self._open()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._take(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._take(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }.get(Qt.Key(event.key()))  # fmt: skip
        if steps is not None:
            self._take(self.step(self.key, *steps))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.key() == Qt.Key.Key_T and not event.modifiers():
            self.table_wanted.emit()
        elif event.key() == Qt.Key.Key_Escape and self.key is not None:
            self._take(None)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = Menu(parent=self)
        held = self.mark(self.key) if self.key is not None else None
        if held is not None:
            menu.item("Show the plays", lambda: self.chosen.emit(held.selection), icon="ph.music-notes")
        menu.item("Show as table", self.table_wanted.emit, icon="ph.table", shortcut="T")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def _open(self) -> None:
        held = self.mark(self.key) if self.key is not None else None
        if held is not None:
            tooltip().show_at("", QPoint())
            self.chosen.emit(held.selection)

    def _take(self, key: int | None) -> None:
        if key == self.key:
            return
        self.key = key
        held = self.mark(key) if key is not None else None
        if held is None:
            tooltip().show_at("", QPoint())
        else:
            tooltip().show_at(held.text, self.mapToGlobal(held.at.toPoint()) - QPoint(0, 8))
            self.setAccessibleDescription(held.text.replace("\n", ", "))
        self.update()
