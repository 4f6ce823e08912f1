"""The focus ring: 2 px, 2 px outside the control, only after keyboard use."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from soniq_desktop.ui.theme import Theme

OUTSIDE = 4  # 2 px clear and a 2 px line
KEYS = {
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_F6, Qt.Key.Key_Left, Qt.Key.Key_Right,
    Qt.Key.Key_Up, Qt.Key.Key_Down,
}  # fmt: skip
# These show focus themselves: rows inside the list, fields by their border.
OWN_SIGN = (QAbstractItemView, QLineEdit, QPlainTextEdit, QTextEdit)


class FocusRing(QWidget):
    """An overlay of one window that draws the ring around its focused control.

    A control may say `focus_radius` (default 8) and `focus_rect()` (default: all of it). `keyboard_used`
    tells views that mark focus themselves whether to do so.
    """

    keyboard_changed = Signal(bool)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.keyboard_used = False
        self._target: QWidget | None = None
        self._follow = QTimer(self, interval=50)  # the control may move under a layout or a scroll
        self._follow.timeout.connect(self._place)
        QApplication.instance().focusChanged.connect(self._focus_changed)  # type: ignore[union-attr]
        self.hide()

    def watch(self, native: QObject) -> None:
        """Learn from the native window's events (few, unlike the app's) whether the keyboard is in use."""
        native.installEventFilter(self)

    def use_keyboard(self) -> None:
        """A shortcut moved the focus (the window does not see keys that are shortcuts)."""
        self._set_keyboard(True)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in KEYS:
            self._set_keyboard(True)
        elif kind == QEvent.Type.MouseButtonPress:
            self._set_keyboard(False)
        return False

    def _set_keyboard(self, used: bool) -> None:
        if used != self.keyboard_used:
            self.keyboard_used = used
            self.keyboard_changed.emit(used)
            self._focus_changed(None, QApplication.focusWidget())

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._target = new if new is not None and new.window() is self.window() else None
        self._place()
        if self._target is not None:
            self._target.update()

    def _place(self) -> None:
        target = self._target
        wanted = self.keyboard_used and target is not None and not isinstance(target, OWN_SIGN)
        if not wanted or target is None or not target.isVisible() or target.window() is not self.window():
            self.hide()
            self._follow.stop()
            return
        rect = target.rect()
        if hasattr(target, "focus_rect"):
            rect = target.focus_rect().toAlignedRect()
        corner = target.mapTo(self.window(), QPoint(0, 0))
        place = rect.translated(corner).adjusted(-OUTSIDE, -OUTSIDE, OUTSIDE, OUTSIDE)
        if place != self.geometry() or not self.isVisible():
            self.setGeometry(QRect(place))
            self.raise_()
            self.show()
        self._follow.start()

    def paintEvent(self, _event: QPaintEvent) -> None:
        radius = float(getattr(self._target, "focus_radius", 8.0)) + 3
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Theme.current().color("accent_text"), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        painter.end()
