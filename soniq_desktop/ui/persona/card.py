"""The frame of a plot: title, quiet words, and the button that shows it as a table."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.ui.components import Card, IconButton, Label


class PlotCard(Card):
    """Put the plot into `body`. `table` is hidden where there is nothing to show as one."""

    def __init__(self, title: str, caption: str = "", *aside: QWidget, beside: bool = True) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.title = Label(title, "body", weight=600)
        self.caption = Label(caption, "small", "text3", elide=Qt.TextElideMode.ElideRight)
        self.table = IconButton("ph.table", f"Show as table: {title}")
        head = QHBoxLayout()
        head.addStrut(self.table.sizeHint().height())  # as high where the button is hidden
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addWidget(self.caption, 1)
        if not beside:
            self.caption.setAlignment(Qt.AlignmentFlag.AlignRight)
        for widget in aside:
            head.addWidget(widget)
        head.addWidget(self.table)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(19, 7, 14, 10)
        self.body.setSpacing(4)
        self.body.addLayout(head)
