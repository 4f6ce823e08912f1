"""Rows of the settings page: a name with a sentence at the left, a control at the right."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.ui.components import Card, Label
from soniq_desktop.ui.theme import Theme


class SettingsCard(Card):
    """A group of rows under a heading."""

    def __init__(self, title: str, sentence: str = "") -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(20, 16, 20, 16)
        self.rows.setSpacing(12)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(Label(title, "body", weight=600))
        if sentence:
            head.addWidget(Label(sentence, "small", "text3", wrap=True))
        self.rows.addLayout(head)

    def add(self, name: str, sentence: str, control: QWidget) -> None:
        """One row."""
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(Label(name, "body"))
        if sentence:
            texts.addWidget(Label(sentence, "small", "text3", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(texts, 1)
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        self.rows.addLayout(row)


class Choice(QComboBox):
    """A drop-down of values with words. `chosen` gives the value that the user took."""

    chosen = Signal(object)

    def __init__(self, name: str, options: Sequence[tuple[str, Any]] = ()) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMinimumWidth(180)
        self.set_options(options)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def set_options(self, options: Sequence[tuple[str, Any]]) -> None:
        """Other options; the current value stays where it is still among them."""
        value = self.currentData()
        self.clear()
        for words, each in options:
            self.addItem(words, each)
        self.set_value(value)

    def disable(self, row: int, why: str) -> None:
        """An option that cannot be taken, and why."""
        items = self.model()
        assert isinstance(items, QStandardItemModel)
        items.item(row).setEnabled(False)
        self.setItemData(row, why, Qt.ItemDataRole.ToolTipRole)

    def set_value(self, value: Any) -> None:
        """Show a value without telling anybody."""
        index = next((i for i in range(self.count()) if self.itemData(i) == value), -1)
        if index >= 0:
            self.setCurrentIndex(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRectF(self.width() - 26, (self.height() - 14) / 2, 14, 14)
        token = "text2" if self.isEnabled() else "disabled"
        Theme.current().paint_icon(painter, "ph.caret-down", box, token)
        painter.end()

    def wheelEvent(self, event: Any) -> None:
        """Scrolling the page must not change a setting under the pointer."""
        event.ignore()
