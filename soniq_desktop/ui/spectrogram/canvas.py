"""The live spectrogram under the user's hands: seek, pan, zoom, cross-hair; by mouse and keyboard."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)

from soniq_desktop.ui.spectrogram.live_canvas import FOOT, GUTTER, MODES, LiveCanvas
from soniq_desktop.ui.spectrogram.window import TimeWindow

__all__ = ["FOOT", "GUTTER", "MODES", "SpectrogramCanvas"]

NOTCH = 120
STEP, LONG_STEP = 8, 40  # pixels the cross-hair moves on an arrow key, without and with Shift
DRAG = 5  # pixels before a press becomes a drag


class SpectrogramCanvas(LiveCanvas):
    """A click seeks, a drag pans, the wheel zooms; arrow keys read values."""

    # mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._press is not None and self._view is not None:
            self._drag(at)
        inside = self.plot().contains(at)
        self._cross = at if inside else None
        self.setCursor(Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.plot().contains(event.position()):
            self._press, self._dragging = event.position(), False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._press = self._press, None
        if pressed is not None and not self._dragging and event.button() == Qt.MouseButton.LeftButton:
            self._seek_to(event.position().x())
        self._dragging = False

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._cross = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y() / NOTCH
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.angleDelta().x() and not turn:
            self._pan(-event.angleDelta().x() / NOTCH * 0.1 * self.window_.seconds)
        elif control or self._view is None:
            self.zoom_vertical(1.25**turn, event.position())
        else:
            plot = self.plot()
            self.zoom_time(1.25**turn, (event.position().x() - plot.left()) / plot.width())
        event.accept()

    def _drag(self, at: QPointF) -> None:
        assert self._press is not None
        if not self._dragging and abs(at.x() - self._press.x()) < DRAG:
            return
        self._dragging = True
        self._pan((self._press.x() - at.x()) / self.plot().width() * self.window_.seconds)
        self._press = at

    def _pan(self, seconds: float) -> None:
        self.window_.pan(seconds, self._player.duration())
        self._changed()

    def _seek_to(self, x: float) -> None:
        if self._view is not None and self._player.track() is not None:
            self.seek_requested.emit(max(0.0, min(self._seconds(x), self._player.duration())))

    # zoom

    def zoom_time(self, factor: float, around: float = 0.5) -> None:
        """Show 1/factor of the time."""
        self.window_.zoom(factor, around, self._player.duration())
        self._changed()

    def zoom_vertical(self, factor: float, at: QPointF | None = None) -> None:
        """Show 1/factor of the frequencies or tempi around a point (the middle without one)."""
        plot = self.plot()
        at = at or plot.center()
        if self._picture is None:
            self._curve.axis = self._curve.axis.zoom(factor, (at.x() - plot.left()) / plot.width())
        elif self._picture.view.axis is not None:
            view = self._picture.view
            view.axis = view.axis.zoom(factor, self._height_fraction(at.y())) if view.axis else None
            self._picture.rescale()
        self._changed()

    def reset_zoom(self) -> None:
        """Everything as at first."""
        self.window_.seconds = TimeWindow().seconds
        self.zoom_vertical(1e-6)

    def _changed(self) -> None:
        self._describe()
        self.view_changed.emit()
        self._step()
        self.update()

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step = LONG_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        moves = {
            Qt.Key.Key_Left: (-step, 0),
            Qt.Key.Key_Right: (step, 0),
            Qt.Key.Key_Up: (0, -step),
            Qt.Key.Key_Down: (0, step),
        }
        if key in moves and not control:
            self._move_cross(*moves[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cross is not None:
            self._seek_to(self._cross.x())
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 0.8 if key == Qt.Key.Key_Minus else 1.25
            self.zoom_vertical(factor) if control or self._view is None else self.zoom_time(factor)
        elif key == Qt.Key.Key_0:
            self.reset_zoom()
        else:
            super().keyPressEvent(event)

    def _move_cross(self, dx: float, dy: float) -> None:
        plot = self.plot()
        at = self._cross or QPointF(self._x(self._position), plot.center().y())
        self._cross = QPointF(
            min(max(at.x() + dx, plot.left()), plot.right() - 1),
            min(max(at.y() + dy, plot.top()), plot.bottom() - 1),
        )
        self._say(self.reading(self._cross).spoken())
        self.update()

    def _say(self, sentence: str) -> None:
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))
        self.setAccessibleDescription(sentence)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.underMouse():
            self._cross = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._step()
