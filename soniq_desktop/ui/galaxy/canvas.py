"""The map with hands: panning, zooming, pointing, drawing a lasso, walking from song to song by keys."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QCursor, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from soniq_desktop.discovery.galaxy_grid import inside_polygon, nearest_towards, thinned
from soniq_desktop.ui.galaxy.view import GalaxyView

Tool = Literal["pan", "lasso", "path"]

REACH = 12.0  # pixels within which the mouse finds a song
MOVED = 4.0  # pixels after which a press is a drag
WHEEL, STEP = 1.0015, 1.3  # zoom per eighth of a degree of the wheel, and per key
KEY_TURN = 0.12  # radians
ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
SIGNS = {
    Qt.Key.Key_Escape: "clear",
    Qt.Key.Key_Plus: "zoom_in",
    Qt.Key.Key_Equal: "zoom_in",
    Qt.Key.Key_Minus: "zoom_out",
    Qt.Key.Key_Underscore: "zoom_out",
    Qt.Key.Key_Menu: "menu",
}
LETTERS: dict[int, str] = {
    Qt.Key.Key_0: "fit",
    Qt.Key.Key_P: "pan",
    Qt.Key.Key_L: "lasso",  # with Shift: L alone likes what plays
    Qt.Key.Key_F: "find",
    Qt.Key.Key_C: "cluster",
    Qt.Key.Key_W: "path",
    Qt.Key.Key_T: "table",
}
CURSORS = {
    "pan": Qt.CursorShape.OpenHandCursor,
    "lasso": Qt.CursorShape.CrossCursor,
    "path": Qt.CursorShape.PointingHandCursor,
}


class GalaxyCanvas(GalaxyView):
    """Tells what the user points at and asks for; does nothing about it itself."""

    pointed = Signal(object)  # row or None: the song under the mouse, or the keyboard's
    pinned = Signal(int)  # row: clicked once
    play_wanted = Signal(int)  # row
    lassoed = Signal(object)  # rows (n,) inside the drawn line
    ends_chosen = Signal(int, int)  # rows: the ends of a path
    key_used = Signal(str)  # an order by key that is not the map's own
    menu_wanted = Signal(int, object)  # row, global place

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Map of your songs")
        self.tool: Tool = "pan"
        self.letters = True
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._dragging = False
        self._line: list[tuple[float, float]] = []
        self.set_tool("pan")

    def set_tool(self, tool: Tool) -> None:
        """What a drag or click does: move the map, draw a lasso, choose the ends of a path."""
        self.tool = tool
        self.chosen_rows = []
        self.setCursor(QCursor(CURSORS[tool]))
        self.update()

    def row_at(self, point: QPointF) -> int | None:
        """The song under a point of the widget."""
        if self.galaxy is None or not len(self.galaxy):
            return None
        ratio = self.devicePixelRatioF()
        if self.camera.depth > 0:  # the grid is flat
            return self._row_in_depth(point, ratio)
        x, y = self.camera.to_map(point.x() * ratio, point.y() * ratio)
        return self.grid.nearest(x, y, REACH * ratio / self.camera.scale, self.picture.stars.shown)

    def _row_in_depth(self, point: QPointF, ratio: float) -> int | None:
        self._see()
        apart = np.square(self.picture.points / np.float32(ratio) - (point.x(), point.y())).sum(axis=1)
        apart[~self.picture.stars.shown] = np.inf
        best = int(apart.argmin())
        return best if apart[best] <= REACH * REACH else None

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hold()
        if event.button() == Qt.MouseButton.RightButton:
            row = self.row_at(event.position())
            if row is not None:
                self.menu_wanted.emit(row, event.globalPosition().toPoint())
            return
        self._pressed = self._last = event.position()
        self._dragging = False
        if self.tool == "lasso" and event.button() == Qt.MouseButton.LeftButton:
            self._line = []

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pressed is None:
            self._point_at(self.row_at(point))
            return
        if not self._dragging and (point - self._pressed).manhattanLength() < MOVED:
            return
        if not self._dragging:
            self._dragging = True
            self._point_at(None)
        self._drag(event, point)
        self._last = point

    def _drag(self, event: QMouseEvent, point: QPointF) -> None:
        by, ratio = point - self._last, self.devicePixelRatioF()
        drawing = self.tool == "lasso" and event.buttons() & Qt.MouseButton.LeftButton
        if drawing:
            self._draw(point)
        elif self.camera.depth > 0 and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.turn(by.x() * 0.006, by.y() * 0.006)
        else:
            self.set_camera(self.camera.panned(by.x() * ratio, by.y() * ratio))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None or event.button() == Qt.MouseButton.RightButton:
            return
        if self._dragging:
            self._dragging = False
            if self.tool == "lasso" and len(self._line) > 2:
                self._close_lasso()
            return
        row = self.row_at(event.position())
        if row is not None:
            self._click(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position())
        if row is not None and self.tool != "path":
            self.play_wanted.emit(row)

    def leaveEvent(self, _event: QEvent) -> None:
        self._point_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(WHEEL ** event.angleDelta().y(), event.position())
        event.accept()

    def _click(self, row: int) -> None:
        self.focus_row = row
        if self.tool != "path":
            self.pinned.emit(row)
            return
        self.choose_end(row)

    def choose_end(self, row: int) -> None:
        """One end of a path; with the second, the path is asked for."""
        self.chosen_rows = [*self.chosen_rows, row][-2:]
        if len(self.chosen_rows) == 2 and self.chosen_rows[0] != self.chosen_rows[1]:
            first, second = self.chosen_rows
            self.chosen_rows = []
            self.ends_chosen.emit(first, second)
        self.update()

    def _point_at(self, row: int | None) -> None:
        if row != self.hover_row:
            self.hover_row = row
            self.pointed.emit(row)
            self.update()

    # lasso

    def _draw(self, point: QPointF) -> None:
        ratio = self.devicePixelRatioF()
        self._line.append(self.camera.to_map(point.x() * ratio, point.y() * ratio))
        self.lasso, self.lasso_label = np.array(self._line, np.float32), ""
        self.update()

    def _close_lasso(self) -> None:
        self.lasso = thinned(np.array(self._line, np.float32)).astype(np.float32)
        self.lassoed.emit(self.rows_inside(self.lasso))

    def rows_inside(self, line: NDArray[np.float32]) -> NDArray[np.intp]:
        """Shown songs inside a line drawn on the flat map; in three dimensions, as they look from here."""
        if self.galaxy is None:
            return np.zeros(0, np.intp)
        points, polygon = self.galaxy.places[:, :2], line
        if self.camera.depth > 0:
            self._see()
            points = self.picture.points
            polygon = (line - (self.camera.x, self.camera.y)) * self.camera.scale + self.camera.middle
        return np.flatnonzero(inside_polygon(points, polygon) & self.picture.stars.shown)

    def clear_lasso(self) -> None:
        """Take the drawn line away."""
        self.lasso, self.lasso_label = np.zeros((0, 2), np.float32), ""
        self.update()

    # keyboard

    def event(self, event: QEvent) -> bool:
        """Keys of the map come before shortcuts of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._meaning(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _meaning(self, event: QKeyEvent) -> str:
        """What a key asks for on the map; empty where it is none of its keys."""
        held = event.modifiers()
        if held & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
            return ""
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        if event.key() in ARROWS:
            return "" if control else "arrow"
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        return _order(event.key(), shift=shift, control=control, letters=self.letters)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        order = self._meaning(event)
        if order == "arrow":
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._arrow(*ARROWS[Qt.Key(event.key())], turn=shift and self.camera.depth > 0)
        elif order == "zoom_in":
            self.zoom_by(STEP)
        elif order == "zoom_out":
            self.zoom_by(1 / STEP)
        elif order:
            self.key_used.emit(order)
        else:
            super().keyPressEvent(event)

    def _arrow(self, dx: float, dy: float, *, turn: bool) -> None:
        if turn:
            self.turn(dx * KEY_TURN, dy * KEY_TURN)
        else:
            self.step(dx, dy)

    def step(self, dx: float, dy: float) -> None:
        """Go to the next song in a direction; without one so far, to the one nearest the middle."""
        if self.galaxy is None or not self.picture.stars.shown.any():
            return
        self._see()
        shown, points = self.picture.stars.shown, self.picture.points
        if self.focus_row is None or not shown[self.focus_row]:
            apart = np.where(shown, np.square(points - self.camera.middle).sum(axis=1), np.inf)
            self.go_to(int(apart.argmin()))
            return
        row = nearest_towards(points, self.focus_row, dx, dy, shown)
        if row is not None:
            self.go_to(row)

    def go_to(self, row: int) -> None:
        """Put the keyboard's mark on a song and bring it into sight."""
        self.focus_row = row
        self.show_row(row)
        self.pointed.emit(row)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()


def _order(key: int, *, shift: bool, control: bool, letters: bool) -> str:
    """What a key asks for; letters and digits only where the settings allow single letters."""
    if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return "queue" if control else "play_next" if shift else "play"
    if control:
        return ""
    if key in SIGNS:
        return SIGNS[Qt.Key(key)]
    if not letters or (shift and key != Qt.Key.Key_L):
        return ""
    return LETTERS.get(key, "") if shift == (key == Qt.Key.Key_L) else ""
