"""What all painted controls share: hover fade, tooltip (after 400 ms, or on keyboard focus), focus ring."""

from PySide6.QtCore import QEasingCurve, QEvent, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from soniq_desktop.ui.components.tooltip import tooltip
from soniq_desktop.ui.theme import Theme, mix

KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class PaintedButton(QAbstractButton):
    """A button that paints itself. `hover_amount` runs from 0 to 1 in the hover time of the theme."""

    focus_radius = 8.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.hover_amount = 0.0
        self._fade: QVariantAnimation | None = None

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        if self.isEnabled():
            self._fade_to(1.0)
        tooltip().later(self)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._fade_to(0.0)
        tooltip().leave(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in KEYBOARD_REASONS:
            tooltip().later(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        tooltip().leave(self)

    def event(self, event: QEvent) -> bool:
        # Our own tooltip comes earlier than Qt's and in the shape of the design.
        if event.type() == QEvent.Type.ToolTip:
            return True
        # Space presses the focused button; only elsewhere is it the shortcut of play and pause.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        ):
            event.accept()
            return True
        return super().event(event)

    def _fade_to(self, target: float) -> None:
        duration = Theme.current().duration("hover")
        if not duration:
            self._set_hover(target)
            return
        if self._fade is None:
            self._fade = QVariantAnimation(self)
            self._fade.setEasingCurve(QEasingCurve.Type.OutCubic)
            self._fade.valueChanged.connect(self._set_hover)
        self._fade.stop()
        self._fade.setDuration(duration)
        self._fade.setStartValue(self.hover_amount)
        self._fade.setEndValue(target)
        self._fade.start()

    def _set_hover(self, amount: float) -> None:
        self.hover_amount = float(amount)
        self.update()

    def fill_color(self, rest: str | None, hover: str, pressed: str) -> QColor:
        """The background for the state in force; `rest` None means none."""
        theme = Theme.current()
        if self.isDown():
            return theme.color(pressed)
        start = theme.color(rest) if rest else transparent(theme.color(hover))
        return mix(start, theme.color(hover), self.hover_amount)


def transparent(color: QColor) -> QColor:
    """The same colour with no opacity, so that fades keep their hue."""
    clear = QColor(color)
    clear.setAlpha(0)
    return clear


def fill_rounded(
    painter: QPainter, rect: QRectF, radius: float, fill: QColor | None, line: QColor | None = None
) -> None:
    """A rounded rectangle with an optional 1 px inner line, crisp on whole pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = min(radius, rect.height() / 2)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if line is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, radius, radius)
        return
    painter.setPen(QPen(line, 1.0))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius - 0.5, radius - 0.5)
