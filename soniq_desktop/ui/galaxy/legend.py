"""The legend: colours, what they mean, how many songs; a click hides them on the map."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.ui.components import PaintedButton
from soniq_desktop.ui.galaxy.colours import Entry
from soniq_desktop.ui.galaxy.marks import ink
from soniq_desktop.ui.theme import Theme

ROW, WIDTH = 23, 176


class LegendRow(PaintedButton):
    """One colour; checked means shown."""

    focus_radius = 4.0

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry
        self.setCheckable(True)
        self.setChecked(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._describe)
        self._describe()

    def _describe(self) -> None:
        state = "shown" if self.isChecked() else "hidden"
        songs = f"{self.entry.songs:,} song{'' if self.entry.songs == 1 else 's'}"
        self.setAccessibleName(f"{self.entry.label}, {songs}, {state}")
        self.setToolTip(
            f"{'Hide' if self.isChecked() else 'Show'} {self.entry.label}; Ctrl+click shows only this"
        )

    def sizeHint(self) -> QSize:
        theme = Theme.current()
        return QSize(theme.px(WIDTH), theme.px(ROW))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = self.isChecked()
        middle = self.height() / 2
        painter.setPen(Qt.PenStyle.NoPen if shown else self.entry.colour)
        painter.setBrush(self.entry.colour if shown else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(2, middle - 4, 8, 8))
        loud = "text" if self.hover_amount > 0.5 and shown else "text2" if shown else "text3"
        painter.setFont(theme.font("body"))
        painter.setPen(ink(loud))
        text = QRectF(18, 0, self.width() - 18, self.height())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.entry.label)
        painter.setFont(theme.font("body", figures=True))
        painter.setPen(ink("text3"))
        painter.drawText(
            text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{self.entry.songs:,}"
        )
        if not shown:
            painter.setPen(ink("text3"))
            width = painter.fontMetrics().horizontalAdvance(self.entry.label)
            painter.drawLine(18, round(middle), 18 + width, round(middle))
        painter.end()


class Legend(QWidget):
    """Rows of the colouring in force. `changed` gives the indexes of the entries that are shown."""

    changed = Signal(object)  # set[int]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Legend")
        self.rows: list[LegendRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Other lines. What was hidden stays hidden where it has the same name."""
        hidden = {row.entry.label for row in self.rows if not row.isChecked()}
        if [row.entry.label for row in self.rows] == [entry.label for entry in entries]:
            for row, entry in zip(self.rows, entries, strict=True):  # keeps the focus
                row.entry = entry
                row.update()
            return
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [LegendRow(entry) for entry in entries]
        for row in self.rows:
            row.setChecked(row.entry.label not in hidden)
            row.clicked.connect(lambda _on, row=row: self._clicked(row))
            self._column.addWidget(row)
            row.show()  # now: the size of the legend is asked for at once
        self.adjustSize()

    def shown(self) -> set[int]:
        """Indexes of the entries that are shown."""
        return {index for index, row in enumerate(self.rows) if row.isChecked()}

    def show_all(self) -> None:
        """Hide nothing."""
        for row in self.rows:
            row.setChecked(True)
        self.changed.emit(self.shown())

    def _clicked(self, row: LegendRow) -> None:
        if QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier:
            for other in self.rows:
                other.setChecked(other is row)
        self.changed.emit(self.shown())
