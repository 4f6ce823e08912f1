"""One line of the sidebar: icon, text and a quiet figure; icon only in the rail."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.ui.components.base import PaintedButton, fill_rounded
from soniq_desktop.ui.theme import Theme, mix, text_width

SIDE = 40  # px in the rail


class NavItem(PaintedButton):
    """Checkable: checked means "you are here"."""

    def __init__(self, text: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._detail = ""
        self._compact = False
        self._side = SIDE
        self.setCheckable(True)
        self.setText(text)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_detail(self, detail: str) -> None:
        """The figure at the right."""
        if detail != self._detail:
            self._detail = detail
            self.setAccessibleDescription(detail)
            self.update()

    def set_compact(self, compact: bool) -> None:
        """Icon only, with the text as tooltip."""
        self._compact = compact
        if self.isEnabled():
            self.setToolTip(self.text() if compact else "")
        self.updateGeometry()
        self.update()

    def set_side(self, side: int) -> None:
        """The height in the rail; the design's 40 where the window is high enough."""
        if side != self._side:
            self._side = side
            self.updateGeometry()

    def nextCheckState(self) -> None:
        """The sidebar checks the item of the page that is shown; a click alone does not."""

    def sizeHint(self) -> QSize:
        height = Theme.current().px(32)
        return QSize(SIDE if self._compact else 208, self._side if self._compact else height)

    def minimumSizeHint(self) -> QSize:
        return QSize(SIDE, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.isChecked():
            fill_rounded(painter, rect, 8, theme.color("nav_active"), theme.color("nav_line"))
        elif self.isEnabled():
            fill = mix(theme.color("sidebar"), theme.color("raised_hover"), self.hover_amount * 0.7)
            fill_rounded(painter, rect, 8, theme.color("raised_hover") if self.isDown() else fill)
        self._paint_icon(painter)
        if not self._compact:
            self._paint_text(painter)
        painter.end()

    def _paint_icon(self, painter: QPainter) -> None:
        token = "accent_text" if self.isChecked() else "text3"
        x = (self.width() - 18) / 2 if self._compact else 8
        box = QRectF(x, (self.height() - 18) / 2, 18, 18)
        Theme.current().paint_icon(painter, self._icon, box, token if self.isEnabled() else "disabled")

    def _paint_text(self, painter: QPainter) -> None:
        theme = Theme.current()
        detail_width = text_width(self._detail, "caption") if self._detail else 0
        box = QRectF(38, 0, self.width() - 38 - 8 - detail_width - (8 if self._detail else 0), self.height())
        painter.setFont(theme.font("body", 500 if self.isChecked() else 400))
        ink = mix(theme.color("text2"), theme.color("text"), 1.0 if self.isChecked() else self.hover_amount)
        painter.setPen(ink if self.isEnabled() else theme.color("disabled"))
        text = QFontMetricsF(painter.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        if self._detail:
            painter.setFont(theme.font("caption", figures=True))
            painter.setPen(theme.color("text3"))
            right = QRectF(0, 0, self.width() - 8, self.height())
            painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._detail)
