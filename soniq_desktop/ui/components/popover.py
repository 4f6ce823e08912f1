"""A panel that floats over the window next to its button; a click outside or Esc closes it."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from soniq_desktop.ui.components.base import fill_rounded
from soniq_desktop.ui.components.card import paint_shadow
from soniq_desktop.ui.theme import Theme

GAP = 6
EDGE = 8


class Popover(QWidget):
    """Covers its window with a clear layer, so that any click outside the panel is a "close".

    Put widgets into `body` (a vertical layout), then `open_at(button)`. `closed` comes once; the popover
    deletes itself afterwards and gives the focus back.
    """

    closed = Signal()

    def __init__(self, owner: QWidget, *, name: str, width: int = 280, padding: int = 16) -> None:
        super().__init__(owner.window())
        self.setAccessibleName(name)
        self._owner = owner
        self._focus_before = owner.window().focusWidget()
        self._anchor: QWidget | None = None
        self._right = False
        self.panel = QWidget(self)
        self.panel.setFixedWidth(Theme.current().px(width))
        self.panel.installEventFilter(self)
        self.body = QVBoxLayout(self.panel)
        self.body.setContentsMargins(padding, padding, padding, padding)
        self.body.setSpacing(12)
        owner.window().installEventFilter(self)
        self.hide()

    def open_at(self, anchor: QWidget, *, right: bool = False) -> None:
        """Show below `anchor`, or above where there is no room; `right` lines up the right edges."""
        self._anchor = anchor
        self._right = right
        self.setGeometry(self.window().rect())
        self._place()
        self.raise_()
        self.show()
        inside = self._focusable()
        (inside[0] if inside else self).setFocus(Qt.FocusReason.PopupFocusReason)

    def open_centred(self) -> None:
        """Show in the middle of the window."""
        self.open_at(self.window())

    def close_popover(self) -> None:
        """Close, give the focus back and delete."""
        if self.isHidden():
            return
        self.hide()
        self.window().removeEventFilter(self)
        if self._focus_before is not None:
            self._focus_before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()
        self.deleteLater()

    def _place(self) -> None:
        if self._anchor is None:
            return
        self.panel.adjustSize()
        size = self.panel.size()
        if self._anchor is self.window():
            middle = self.rect().center() - self.panel.rect().center()
            self.panel.move(middle.x(), max(EDGE, middle.y()))
            self.update()
            return
        anchor = QRect(self._anchor.mapTo(self.window(), QPoint(0, 0)), self._anchor.size())
        x = anchor.right() + 1 - size.width() if self._right else anchor.left()
        x = min(max(x, EDGE), self.width() - size.width() - EDGE)
        y = anchor.bottom() + 1 + GAP
        if y + size.height() > self.height() - EDGE:
            y = max(EDGE, anchor.top() - GAP - size.height())
        self.panel.move(x, y)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.panel and event.type() == QEvent.Type.LayoutRequest:
            self._place()
        elif watched is self.window() and event.type() == QEvent.Type.Resize:
            self.setGeometry(self.window().rect())
            self._place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.close_popover()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_popover()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside the panel."""
        inside = self._focusable()
        if not inside:
            return True
        focused = self.window().focusWidget()
        at = inside.index(focused) if focused in inside else -1
        inside[(at + (1 if forward else -1)) % len(inside)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _focusable(self) -> list[QWidget]:
        widgets = self.panel.findChildren(QWidget)
        return [
            widget
            for widget in widgets
            if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        rect = QRectF(self.panel.geometry())
        painter = QPainter(self)
        paint_shadow(painter, rect, 12)
        fill_rounded(painter, rect, 12, theme.color("popover"), theme.color("line_strong"))
        painter.end()
