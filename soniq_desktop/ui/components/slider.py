"""A slim slider: track 4, thumb 12 (16 while pressed), click jumps, wheel and arrows step."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from soniq_desktop.ui.components.base import fill_rounded
from soniq_desktop.ui.theme import Theme


class Slider(QSlider):
    """A horizontal QSlider in the design's shape; `lit` where its value is what the page is about."""

    focus_radius = 10.0

    def __init__(
        self,
        name: str,
        minimum: int = 0,
        maximum: int = 100,
        parent: QWidget | None = None,
        *,
        lit: bool = False,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._lit = lit
        self.setAccessibleName(name)
        self.setRange(minimum, maximum)
        self.setSingleStep(max(1, (maximum - minimum) // 20))
        self.setPageStep(max(1, (maximum - minimum) // 10))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(80, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, 24)

    def focus_rect(self) -> QRectF:
        """The ring goes round the thumb."""
        return QRectF(self._thumb_x() - 6, self.height() / 2 - 6, 12, 12)

    def _share(self) -> float:
        span = self.maximum() - self.minimum()
        return (self.sliderPosition() - self.minimum()) / span if span else 0.0

    def _thumb_x(self) -> float:
        return 6 + self._share() * (self.width() - 12)

    def _value_at(self, x: float) -> int:
        share = min(1.0, max(0.0, (x - 6) / max(1, self.width() - 12)))
        return round(self.minimum() + share * (self.maximum() - self.minimum()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setSliderDown(True)
        self.setSliderPosition(self._value_at(event.position().x()))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setSliderPosition(self._value_at(event.position().x()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        middle = self.height() / 2
        x = self._thumb_x()
        lively = self.isEnabled() and (
            self._lit or self.underMouse() or self.hasFocus() or self.isSliderDown()
        )
        fill = "accent_text" if lively else "text2" if self.isEnabled() else "disabled"
        fill_rounded(painter, QRectF(0, middle - 2, self.width(), 4), 2, theme.color("track"))
        fill_rounded(painter, QRectF(0, middle - 2, x, 4), 2, theme.color(fill))
        radius = 8.0 if self.isSliderDown() else 6.0
        painter.setBrush(theme.color("text" if self.isEnabled() else "disabled"))
        painter.drawEllipse(QRectF(x - radius, middle - radius, 2 * radius, 2 * radius))
        painter.end()
