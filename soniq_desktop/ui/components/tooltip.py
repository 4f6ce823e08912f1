"""Tool tips and read-outs in the design's shape: radius 8, after 400 ms, also for keyboard focus."""

from functools import lru_cache

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from soniq_desktop.ui.theme import Theme

DELAY_MS = 400
STAY_MS = 6000
PADDING = (12, 8)


class Tooltip(QWidget):
    """One small window for the whole program; shown below a widget, or at a point as a read-out."""

    def __init__(self) -> None:
        flags = Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint
        super().__init__(None, flags | Qt.WindowType.WindowTransparentForInput)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._text = ""
        self._widget: QWidget | None = None
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self._show_for_widget)
        self._hide_timer = QTimer(self, singleShot=True, interval=STAY_MS)
        self._hide_timer.timeout.connect(self.hide)

    def later(self, widget: QWidget) -> None:
        """Show the widget's tooltip text after the delay, unless `leave` comes first."""
        if widget.toolTip():
            self._widget = widget
            self._timer.start()

    def leave(self, widget: QWidget) -> None:
        """Take the tooltip of this widget away."""
        if self._widget is widget:
            self._timer.stop()
            self._widget = None
            self.hide()

    def show_at(self, text: str, anchor: QPoint) -> None:
        """A read-out whose lower edge is centred on `anchor` (global), at once; empty text hides it."""
        if not text:
            self.hide()
            return
        self._set_text(text)
        self._place(anchor - QPoint(self.width() // 2, self.height()))
        self._hide_timer.stop()

    def _show_for_widget(self) -> None:
        widget = self._widget
        if widget is None or not widget.isVisible():
            return
        self._set_text(widget.toolTip())
        below = widget.mapToGlobal(QPoint(widget.width() // 2, widget.height() + 6))
        self._place(below - QPoint(self.width() // 2, 0))
        self._hide_timer.start()

    def _set_text(self, text: str) -> None:
        self._text = text
        metrics = QFontMetrics(Theme.current().font("small"))
        lines = text.split("\n")
        width = max(metrics.horizontalAdvance(line) for line in lines)
        height = Theme.current().line_height("small") * len(lines)
        self.resize(QSize(width + 2 * PADDING[0] + 1, height + 2 * PADDING[1]))
        self.update()

    def _place(self, corner: QPoint) -> None:
        screen = QGuiApplication.screenAt(corner) or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        x = min(max(corner.x(), area.left() + 4), area.right() - self.width() - 4)
        y = min(max(corner.y(), area.top() + 4), area.bottom() - self.height() - 4)
        self.move(x, y)
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.color("popover"))
        painter.setPen(QPen(theme.color("line_strong"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7.5, 7.5)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()


@lru_cache(maxsize=1)
def _make() -> Tooltip:
    window = Tooltip()
    app = QGuiApplication.instance()
    if app is not None:
        app.aboutToQuit.connect(window.deleteLater)
        app.aboutToQuit.connect(_make.cache_clear)
    return window


def tooltip() -> Tooltip:
    """The one tooltip window, made when first needed and gone before the application is."""
    if not isValid(_make()):
        _make.cache_clear()
    return _make()
