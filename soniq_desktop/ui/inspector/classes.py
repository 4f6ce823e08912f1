"""The card of all class probabilities, with the line from which on a class is in the set."""

from functools import partial

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.library.records import GenreHeard
from soniq_desktop.ui.components import Card, IconButton, Label, Menu, fill_rounded
from soniq_desktop.ui.genres import FAMILIES
from soniq_desktop.ui.inspector import words
from soniq_desktop.ui.inspector.table import show_table
from soniq_desktop.ui.theme import Theme

ROW, FOOT, NAME, VALUE, BAR = 19, 18, 80, 64, 8


class ClassBars(QWidget):
    """One row for each family, the likeliest first."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: GenreHeard | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Class probabilities")
        Theme.current().changed.connect(self.updateGeometry)

    def set_heard(self, heard: GenreHeard | None) -> None:
        """Other probabilities; None draws empty rows."""
        self.heard = heard
        rows = words.in_order(heard.probabilities) if heard is not None else []
        self.setAccessibleDescription(
            ", ".join(f"{name} {words.percent(share)}" for name, share in rows) or "Not analysed yet"
        )
        self.update()

    def sizeHint(self) -> QSize:
        theme = Theme.current()
        return QSize(240, len(FAMILIES) * theme.px(ROW) + theme.px(FOOT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        heard = self.heard
        rows = words.in_order(heard.probabilities) if heard is not None else [(f, 0.0) for f in FAMILIES]
        high = Theme.current().px(ROW)
        for number, (name, share) in enumerate(rows):
            member = heard is not None and name in heard.shown
            row = QRectF(0, number * high, self.width(), high)
            self._paint_row(painter, row, name, share if heard is not None else None, member=member)
        if heard is not None and (limit := words.threshold(heard)) is not None:
            self._paint_limit(painter, limit, len(rows) * high)
        painter.end()

    def _bar(self, row: QRectF) -> QRectF:
        theme = Theme.current()
        left = theme.px(NAME)
        width = max(20.0, row.width() - left - theme.px(VALUE))
        return QRectF(left, row.center().y() - BAR / 2, width, BAR)

    def _paint_row(
        self, painter: QPainter, row: QRectF, name: str, share: float | None, *, member: bool
    ) -> None:
        theme = Theme.current()
        painter.setFont(theme.font("small", 600 if member else 400, figures=True))
        painter.setPen(theme.color("text" if member else "text3"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignLeft, name)
        value = words.percent(share) if share is not None else "—"
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, value)
        bar = self._bar(row)
        fill_rounded(painter, bar, BAR / 2, theme.color("raised"))
        if share:
            bar.setWidth(max(3.0, bar.width() * share))
            fill_rounded(
                painter,
                bar,
                min(BAR / 2, bar.width() / 2),
                theme.genre(name) if member else theme.color("disabled"),
            )

    def _paint_limit(self, painter: QPainter, limit: float, bottom: float) -> None:
        theme = Theme.current()
        bar = self._bar(QRectF(0, 0, self.width(), theme.px(ROW)))
        x = round(bar.left() + limit * bar.width()) - 0.5
        pen = QPen(theme.color("text2"), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, 0), QPointF(x, bottom + 2))
        painter.setFont(theme.font("caption", 400))
        painter.setPen(theme.color("text3"))
        text = f"in the set from {words.percent(limit)}"
        wide = QFontMetricsF(painter.font()).horizontalAdvance(text)
        left = min(max(0.0, x - wide / 2), self.width() - wide)
        painter.drawText(
            QRectF(left, bottom + 2, wide + 2, theme.px(FOOT) - 2), Qt.AlignmentFlag.AlignVCenter, text
        )


# Value of the setting "genre.model", its name, and what choosing it means.
MODELS = (
    ("head", "Classifier on the embedding", "Agrees more often with the models that taught both"),
    ("crnn", "CRNN on the spectrogram", "What the picture explains; hears every song once more first"),
)


class ClassesCard(Card):
    """Head, bars, and who said it. Emits `model_chosen` with a value of the setting "genre.model"."""

    model_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.model = "head"
        self.choose = IconButton("ph.gear-six", "Choose the classifier", size=16, side=24)
        self.choose.clicked.connect(self._open_menu)
        self.bars = ClassBars()
        self.table = IconButton("ph.table", "Show the probabilities as a table", size=16, side=24)
        self.table.clicked.connect(self._show_table)
        self.who = Label("", "caption", "text3", weight=400, wrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label("Class probabilities", "body", weight=600), 1)
        head.addWidget(Label("calibrated", "small", "text3"))
        head.addWidget(self.choose)
        head.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 14, 12)
        column.setSpacing(4)
        column.addLayout(head)
        inset = QVBoxLayout()
        inset.setContentsMargins(0, 0, 6, 0)
        inset.addWidget(self.bars)
        inset.addWidget(self.who)
        column.addLayout(inset)

    def set_heard(self, heard: GenreHeard | None) -> None:
        """What is said of the whole song, and by whom."""
        self.bars.set_heard(heard)
        self.who.setText(words.who_judged(heard) if heard is not None else "")
        self.who.setVisible(heard is not None)

    def menu(self) -> Menu:
        """Who shall judge."""
        menu = Menu("Classifier", parent=self)
        for value, name, meaning in MODELS:
            action = menu.item(name, partial(self.model_chosen.emit, value), checked=value == self.model)
            action.setToolTip(meaning)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _open_menu(self) -> None:
        self.menu().popup(self.choose.mapToGlobal(QPoint(0, self.choose.height() + 4)))

    def rows(self) -> list[list[str]]:
        """Family, probability, whether it is in the set."""
        heard = self.bars.heard
        if heard is None:
            return []
        return [
            [name, words.percent(share), "yes" if name in heard.shown else "no"]
            for name, share in words.in_order(heard.probabilities)
        ]

    def _show_table(self) -> None:
        heads = ("Genre", "Probability", "In the set")
        show_table(self.table, "Class probabilities", heads, self.rows(), "Not analysed yet.")
