"""Text in one of the design's styles: follows theme and text size, elides where it must."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from soniq_desktop.ui.theme import Theme


class Label(QLabel):
    """A label in a text style and colour token.

    With `elide` it takes the width that it gets, ends in an ellipsis and has the whole text as its tooltip;
    with `fit` too it takes no more than its text needs. `figures` keeps changing numbers from jumping.
    """

    def __init__(
        self, text: str = "", style: str = "body", color: str = "text", *, weight: int | None = None,
        elide: Qt.TextElideMode | None = None, fit: bool = False, wrap: bool = False,
        figures: bool = False, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(text, parent)
        self._style, self._color, self._weight = style, color, weight
        self._elide = elide
        self._figures = figures
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if elide is not None:
            wide = QSizePolicy.Policy.Maximum if fit else QSizePolicy.Policy.Ignored
            self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self._restyle)
        self._restyle()

    def set_color(self, token: str, *, weight: int | None = None) -> None:
        """Another colour token, and another weight where one is given."""
        self._color = token
        self._weight = self._weight if weight is None else weight
        self._restyle()

    def _restyle(self) -> None:
        theme = Theme.current()
        self.setFont(theme.font(self._style, self._weight, figures=self._figures))
        palette = self.palette()
        palette.setColor(self.foregroundRole(), theme.color(self._color))
        self.setPalette(palette)
        if not self.wordWrap():
            self.setMinimumHeight(theme.line_height(self._style))

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(0, hint.height()) if self._elide is not None else hint

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and self._elide is not None and not self.toolTip():
            self.setToolTip(self.text() if self._is_cut() else "")
        return super().event(event)

    def _is_cut(self) -> bool:
        return QFontMetrics(self.font()).horizontalAdvance(self.text()) > self.width()

    def setText(self, text: str) -> None:
        if self._elide is not None:
            self.setToolTip("")
        super().setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._elide is None:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = QFontMetrics(self.font()).elidedText(self.text(), self._elide, self.width())
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
