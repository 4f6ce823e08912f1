"""Plots as tables, and the plays behind a mark, in a popover that keys can walk."""

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from soniq_desktop.library.history_import import ImportReport
from soniq_desktop.services.persona import PlayRow
from soniq_desktop.ui.components import Button, IconButton, Label, Popover
from soniq_desktop.ui.persona.plot import Table
from soniq_desktop.ui.persona.text import ENDED, plays, source_name
from soniq_desktop.ui.songs.text import clock
from soniq_desktop.ui.theme import Theme

ENDINGS = dict(zip(("finished", "part", "skipped"), ENDED, strict=True))
WIDE, HIGH = 760, 440


class TablePopover(Popover):
    """Rows and columns in the middle of the window; Esc closes it. `row_opened` tells the row of Enter."""

    row_opened = Signal(int)

    def __init__(self, owner: QWidget, table: Table, caption: str = "", *actions: Button) -> None:
        super().__init__(owner, name=table.title, width=WIDE, padding=20)
        close = IconButton("ph.x", "Close")
        close.clicked.connect(self.close_popover)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Label(table.title, "panel", elide=Qt.TextElideMode.ElideRight, fit=True))
        head.addWidget(Label(caption, "small", "text3"), 1)
        for action in actions:
            head.addWidget(action)
        head.addWidget(close)
        self.body.addLayout(head)
        self.view = grid(table)
        theme = Theme.current()
        rows = len(table.rows)
        self.view.setFixedHeight(min(theme.px(HIGH), theme.px(34) + max(1, rows) * theme.px(28) + 6))
        self.view.cellActivated.connect(lambda row, _column: self.row_opened.emit(row))
        self.body.addWidget(self.view)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.view)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(lambda: copy_rows(table))


def grid(table: Table) -> QTableWidget:
    """A table that cannot be edited; the first column keeps its words, numbers stand at the right."""
    view = QTableWidget(len(table.rows), len(table.heads))
    view.setAccessibleName(table.title)
    view.setHorizontalHeaderLabels(list(table.heads))
    view.verticalHeader().hide()
    view.setShowGrid(False)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setTabKeyNavigation(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().setDefaultSectionSize(Theme.current().px(28))
    for row, cells in enumerate(table.rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            if column in table.numbers:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(text)
            view.setItem(row, column, item)
    _dress(view, table)
    return view


def _dress(view: QTableWidget, table: Table) -> None:
    theme = Theme.current()
    view.setStyleSheet(
        f"QHeaderView::section {{ background: transparent; border: none; padding: 4px;"
        f" color: {theme.color('text3').name()}; }}"
        f"QTableWidget {{ background: transparent; border: none; }}"
        f"QTableWidget::item:selected {{ background: {theme.color('overlay').name()};"
        f" color: {theme.color('text').name()}; }}"
    )
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column in table.numbers:
        if (head := view.horizontalHeaderItem(column)) is not None:
            head.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    alike = table.wide is None and len(table.heads) <= 6
    header.setSectionResizeMode(
        QHeaderView.ResizeMode.Stretch if alike else QHeaderView.ResizeMode.ResizeToContents
    )
    if table.wide is not None:
        header.setSectionResizeMode(table.wide, QHeaderView.ResizeMode.Stretch)


def copy_rows(table: Table) -> None:
    """The whole table as tab-separated text, for a spreadsheet."""
    lines = ["\t".join(table.heads), *("\t".join(row) for row in table.rows)]
    QGuiApplication.clipboard().setText("\n".join(lines))


def plays_table(title: str, rows: Sequence[PlayRow]) -> Table:
    """Plays as rows: when, what, by whom, how it ended and where it came from."""
    cells = [
        (
            time.strftime("%d %b %Y %H:%M", time.localtime(row.started)), row.track.title, row.track.artist,
            clock(row.heard), ENDINGS[row.ended], source_name(row.source),
        )
        for row in rows
    ]  # fmt: skip
    return Table(title, ("When", "Song", "Artist", "Heard", "Ended", "From"), cells, 1, frozenset({3}))


def shown_of(rows: Sequence[PlayRow], total: int) -> str:
    """ "500 of 3,412 plays, the latest"."""
    return plays(total) if len(rows) == total else f"{len(rows):,} of {plays(total)}, the latest"


def missing_table(report: ImportReport) -> Table:
    """Songs of an imported history that are not in the library."""
    rows = [(artist, title, f"{count:,}") for artist, title, count in report.missing]
    return Table("Not in your library", ("Artist", "Song", "Plays"), rows, 1, frozenset({2}))
