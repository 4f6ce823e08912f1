"""The line that says why the playing song was chosen, and the evidence behind it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.discovery.facets import FACETS, WEIGHTS
from soniq_desktop.discovery.recommend import Recommended
from soniq_desktop.ui.components import Card, Label, Popover, fill_rounded
from soniq_desktop.ui.for_you.text import FACET_NAMES, why_text
from soniq_desktop.ui.pages.parts import TextLink
from soniq_desktop.ui.theme import Theme


class _Sign(QWidget):
    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.setFixedSize(16, 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        Theme.current().paint_icon(painter, self._icon, QRectF(self.rect()), "accent_text")
        painter.end()


class WhyCard(Card):
    """Hidden while there is nothing to explain; "Explain" opens the figures."""

    def __init__(self) -> None:
        super().__init__(radius=8)
        self._shown: Recommended | None = None
        self.text = Label("", "small", "text2", wrap=True)
        self.explain = TextLink("Explain", "small", "accent_text")
        self.explain.clicked.connect(self.open_evidence)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self.text)
        texts.addWidget(self.explain, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 11, 12, 11)
        layout.setSpacing(8)
        layout.addWidget(_Sign("ph.sparkle"), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        self.hide()

    def show_reason(self, each: Recommended | None) -> None:
        """Another song's reason; None hides the card."""
        self._shown = each
        self.setVisible(each is not None)
        if each is not None:
            self.text.setText(why_text(each))
            self.setAccessibleName(f"Why this song: {self.text.text()}")
            self.explain.setVisible(bool(each.reason.similarities))

    def open_evidence(self) -> None:
        """The similarity of each facet, what it counts, and which ones the sentence names."""
        if self._shown is None:
            return
        popover = Popover(self, name="Why this song", width=300)
        popover.body.addWidget(Label("Why this song", "body", weight=600))
        popover.body.addWidget(evidence(self._shown))
        popover.body.addWidget(
            Label(
                "A named quality is one without which the song would rank lower in your library.",
                "small", "text3", wrap=True,
            )
        )  # fmt: skip
        popover.open_at(self.explain, right=True)


def evidence(each: Recommended) -> QWidget:
    """A table: facet, how similar it is, and its share in the score."""
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    for column, title in enumerate(("", "alike", "", "weight")):
        grid.addWidget(Label(title, "caption", "text3"), 0, column)
    for row, (facet, weight) in enumerate(zip(FACETS, WEIGHTS, strict=True), 1):
        named = facet in each.reason.named
        value = each.reason.similarities[facet]
        name = Label(FACET_NAMES[facet], "small", "text" if named else "text3", weight=600 if named else 400)
        grid.addWidget(name, row, 0)
        grid.addWidget(Bar(value, lit=named), row, 1)
        grid.addWidget(Label(f"{100 * value:.0f}\u202f%", "small", "text2", figures=True), row, 2)
        grid.addWidget(Label(f"{100 * weight:.0f}\u202f%", "small", "text3", figures=True), row, 3)
    grid.setColumnStretch(1, 1)
    total = Label(f"Alike as a whole: {100 * each.score:.0f}\u202f%", "small", "text2", figures=True)
    grid.addWidget(total, len(FACETS) + 1, 0, 1, 4)
    return table


class Bar(QWidget):
    """A value from 0 to 1; bright where the sentence names it (the name beside it is bold, too)."""

    def __init__(self, value: float, *, lit: bool) -> None:
        super().__init__()
        self._value, self._lit = min(max(value, 0.0), 1.0), lit
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(60, 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        track = QRectF(0, self.height() / 2 - 2, self.width(), 4)
        fill_rounded(painter, track, 2, theme.color("track"))
        track.setWidth(max(4.0, self._value * self.width()))
        fill_rounded(painter, track, 2, theme.color("accent_text" if self._lit else "text2"))
        painter.end()
