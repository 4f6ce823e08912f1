"""The table's header: quiet captions, an arrow at the column that sorts, a menu of columns."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from soniq_desktop.ui.songs.columns import COLUMNS
from soniq_desktop.ui.theme import Theme, text_width


class SongsHeader(QHeaderView):
    """A horizontal header that paints itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(36)
        self.setMouseTracking(True)
        self.sort_key = ""
        self.descending = False
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName("Columns")

    def show_sort(self, key: str, *, descending: bool) -> None:
        """Mark the column that sorts; a key without a column marks none."""
        self.sort_key, self.descending = key, descending
        self.viewport().update()

    def sizeHint(self) -> QSize:
        # 32 for the header and 4 of air before the first row.
        return QSize(200, Theme.current().px(32) + 4)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme = Theme.current()
        column = COLUMNS[section]
        box = QRectF(rect).adjusted(8 if column.name == "key" else 0, 0, -8 if column.right else 0, -4)
        active = bool(column.sort) and column.sort == self.sort_key
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2" if active else "text3"))
        align = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, column.title)
        if active:
            self._paint_arrow(painter, box, text_width(column.title, "caption"), right=column.right)
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.left(), rect.bottom() - 4, rect.right() + 1, rect.bottom() - 4)

    def _paint_arrow(self, painter: QPainter, box: QRectF, width: float, *, right: bool) -> None:
        x = box.right() - width - 13 if right else box.left() + width + 4
        name = "ph.caret-down" if self.descending else "ph.caret-up"
        Theme.current().paint_icon(painter, name, QRectF(x, box.center().y() - 5, 10, 10), "accent_text")
