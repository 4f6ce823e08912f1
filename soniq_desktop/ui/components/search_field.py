"""The search field: magnifying glass, text, a hint of its shortcut, and a lime border with focus."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from soniq_desktop.ui.components.base import fill_rounded
from soniq_desktop.ui.components.buttons import IconButton
from soniq_desktop.ui.theme import Theme, text_width

GLOW = 2  # px around the border with focus


class SearchField(QWidget):
    """`changed` follows every key; Esc clears and emits `left` when there is nothing to clear."""

    changed = Signal(str)
    submitted = Signal(str)
    left = Signal()

    def __init__(
        self, placeholder: str, name: str, *, hint: str = "", height: int = 36, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._hint = hint
        self._height = height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.edit = QLineEdit()
        self.edit.setProperty("bare", True)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(name)
        self.edit.textChanged.connect(self._text_changed)
        self.edit.returnPressed.connect(lambda: self.submitted.emit(self.text()))
        self.edit.installEventFilter(self)
        self.setFocusProxy(self.edit)
        self._clear = IconButton("ph.x", "Clear search", shortcut="Esc", size=14, side=24)
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(36 + GLOW, GLOW, 8 + GLOW, GLOW)
        layout.addWidget(self.edit)
        layout.addWidget(self._clear)
        Theme.current().changed.connect(self._restyle)
        self._restyle()

    def text(self) -> str:
        """What is typed."""
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Replace the text; emits `changed` where it differs."""
        self.edit.setText(text)

    def clear(self) -> None:
        """Empty the field and keep the focus."""
        self.edit.clear()
        self.edit.setFocus()

    def sizeHint(self) -> QSize:
        return QSize(480 + 2 * GLOW, Theme.current().px(self._height) + 2 * GLOW)

    def _restyle(self) -> None:
        self.edit.setFont(Theme.current().font("body"))
        self.updateGeometry()

    def refresh(self) -> None:
        """Show or hide the clear button after the text was replaced silently."""
        self._clear.setVisible(bool(self.text()))
        self.update()

    def _text_changed(self, text: str) -> None:
        self.refresh()
        self.changed.emit(text)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        elif (
            kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        ):
            if self.text():
                self.edit.clear()
            else:
                self.left.emit()
            return True
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        field = QRectF(self.rect()).adjusted(GLOW, GLOW, -GLOW, -GLOW)
        focused = self.edit.hasFocus()
        if focused:
            fill_rounded(painter, QRectF(self.rect()), 10, theme.color("accent_line"))
        line = theme.color("accent_text" if focused else "line_strong")
        fill_rounded(painter, field, 8, theme.color("surface"), line)
        side = 16
        box = QRectF(field.left() + 12, field.center().y() - side / 2, side, side)
        theme.paint_icon(painter, "ph.magnifying-glass", box, "text" if focused else "text2")
        if self._hint and not self.text() and not focused:
            self._paint_hint(painter, field)
        painter.end()

    def _paint_hint(self, painter: QPainter, field: QRectF) -> None:
        theme = Theme.current()
        width = text_width(self._hint, "caption") + 12
        box = QRectF(field.right() - width - 8, field.center().y() - 9, width, 18)
        fill_rounded(painter, box, 4, theme.color("raised"), theme.color("line_strong"))
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._hint)
