"""What several pages share: the title line, the head of a collection, a scrolled column of cards."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.ui.components import Button, Label, PaintedButton
from soniq_desktop.ui.theme import Theme, mix, text_width

MARGIN = 24


class PageHead(QWidget):
    """Title, quiet figures beside it, and buttons at the right."""

    def __init__(self, title: str, *actions: QWidget) -> None:
        super().__init__()
        self.heading = Label(title, "title", elide=Qt.TextElideMode.ElideRight, fit=True)
        self.figures = Label("", "body", "text3")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.heading)
        layout.addWidget(self.figures, 1, Qt.AlignmentFlag.AlignBottom)
        for action in actions:
            layout.addWidget(action)

    def add_action(self, action: QWidget) -> None:
        """One more at the right."""
        layout = self.layout()
        assert layout is not None
        layout.addWidget(action)


class CollectionHead(QWidget):
    """Cover, kind, title, facts, and Play, Shuffle and further buttons."""

    def __init__(self, picture: QWidget, *more: QWidget) -> None:
        super().__init__()
        self.kind = Label("", "caption", "text3")
        self.heading = Label("", "track", elide=Qt.TextElideMode.ElideRight)
        self.byline = QHBoxLayout()
        self.byline.setSpacing(4)
        self.facts = Label("", "body", "text3", elide=Qt.TextElideMode.ElideRight)
        self.play = Button("Play", "ph.play-fill", "primary", "large")
        self.shuffle = Button("Shuffle", "ph.shuffle", "secondary", "large")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.play, self.shuffle, *more):
            buttons.addWidget(button)
        buttons.addStretch(1)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch(1)
        texts.addWidget(self.kind)
        texts.addWidget(self.heading)
        texts.addLayout(self.byline)
        texts.addWidget(self.facts)
        texts.addSpacing(12)
        texts.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(MARGIN)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignBottom)
        layout.addLayout(texts, 1)

    def set_playable(self, playable: bool) -> None:
        """Whether there is anything to play."""
        self.play.setEnabled(playable)
        self.shuffle.setEnabled(playable)


class TextLink(PaintedButton):
    """Words that lead somewhere: no box, brighter under the pointer."""

    focus_radius = 4.0

    def __init__(self, text: str, style: str = "large", color: str = "text2") -> None:
        super().__init__()
        self._style, self._color = style, color
        self.setText(text)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        height = Theme.current().line_height(self._style)
        return QSize(min(420, round(text_width(self.text(), self._style)) + 2), height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        font = theme.font(self._style)
        font.setUnderline(self.hover_amount > 0.5)
        painter.setFont(font)
        painter.setPen(mix(theme.color(self._color), theme.color("text"), self.hover_amount))
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


def scrolled(column: QWidget) -> QScrollArea:
    """A page that scrolls as a whole."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its parts have it; keys that they leave scroll all the same
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(column)
    area.viewport().setAutoFillBackground(False)
    column.setAutoFillBackground(False)
    area.verticalScrollBar().setSingleStep(30)
    return area


def emptied(layout: QBoxLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.deleteLater()


def joined(parts: Sequence[str]) -> str:
    """Facts with middle dots, empty ones left out."""
    return " · ".join(part for part in parts if part)
