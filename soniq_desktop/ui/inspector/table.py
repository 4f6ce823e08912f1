"""A plot as a table, in a popover: for reading figures, and for screen readers."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from soniq_desktop.ui.components import Label, Popover
from soniq_desktop.ui.theme import Theme

WIDTH, ROW, MOST_SHOWN = 560, 28, 12


def show_table(
    owner: QWidget, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], empty: str = ""
) -> Popover:
    """Open a popover at `owner` with these figures, or with the sentence `empty` where there are none."""
    popover = Popover(owner, name=title, width=WIDTH)
    popover.body.addWidget(Label(title, "body", weight=600))
    if rows:
        popover.body.addWidget(_table(title, heads, rows))
    else:
        popover.body.addWidget(Label(empty, "small", "text2", wrap=True))
    popover.open_at(owner, right=True)
    return popover


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> QTableWidget:
    table = QTableWidget(len(rows), len(heads))
    table.setAccessibleName(title)
    table.setHorizontalHeaderLabels(list(heads))
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(row, column, item)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setFont(Theme.current().font("small", figures=True))
    table.verticalHeader().hide()
    high = Theme.current().px(ROW)
    table.verticalHeader().setDefaultSectionSize(high)
    head = table.horizontalHeader()
    head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    head.setHighlightSections(False)
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    first = QTableWidgetItem(heads[0])
    first.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setHorizontalHeaderItem(0, first)
    head.setFont(Theme.current().font("caption"))
    quiet = Theme.current().color("text3").name()
    head.setStyleSheet(f"QHeaderView::section {{ background: transparent; border: 0; color: {quiet}; }}")
    table.viewport().setAutoFillBackground(False)
    table.setFixedHeight(high * (1 + min(len(rows), MOST_SHOWN)) + 8)
    return table
