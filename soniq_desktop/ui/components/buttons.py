"""Buttons: Button (primary, secondary, ghost), IconButton and PlayButton."""

from typing import Literal

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.ui.components.base import PaintedButton, fill_rounded
from soniq_desktop.ui.theme import Theme, mix, text_width

Kind = Literal["primary", "secondary", "ghost", "outline", "danger"]
Size = Literal["chip", "regular", "large", "hero"]
# height, padding, radius, text style, icon size
METRICS: dict[str, tuple[int, int, int, str, int]] = {
    "chip": (28, 10, 8, "small", 14),
    "regular": (32, 12, 8, "body", 16),
    "large": (40, 20, 8, "body", 16),
    "hero": (48, 24, 12, "large", 20),
}
GAP = 8


class Button(PaintedButton):
    """A text button with an optional icon. One primary button per view."""

    def __init__(
        self, text: str, icon: str = "", kind: Kind = "secondary", size: Size = "regular",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._icon = icon
        self._kind = kind
        self._size = size
        self.focus_radius = float(METRICS[size][2])
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def set_icon(self, icon: str) -> None:
        """Another icon name, or an empty string for none."""
        self._icon = icon
        self.updateGeometry()
        self.update()

    def _weight(self) -> int:
        return 600 if self._size == "hero" or self._kind == "primary" else 500

    def sizeHint(self) -> QSize:
        theme = Theme.current()
        height, padding, *_ = METRICS[self._size]
        return QSize(round(2 * theme.px(padding) + self._content_width() + 0.5), theme.px(height))

    def _content_width(self) -> float:
        theme = Theme.current()
        _, _, _, style, icon = METRICS[self._size]
        beside = theme.px(icon) + theme.px(GAP) if self._icon else 0
        return text_width(self.text(), style, self._weight()) + beside

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        _, padding, radius, style, icon_size = METRICS[self._size]
        painter = QPainter(self)
        fill, line = self._fill()
        fill_rounded(painter, QRectF(self.rect()), radius, fill, line)
        ink = self._ink()
        x = max(float(theme.px(padding)), (self.width() - self._content_width()) / 2)
        if self._icon:
            side = theme.px(icon_size)
            box = QRectF(x, (self.height() - side) / 2, side, side)
            theme.paint_icon(painter, self._icon, box, self._icon_ink(ink))
            x += side + theme.px(GAP)
        painter.setFont(theme.font(style, self._weight()))
        painter.setPen(ink)
        text_box = QRectF(x, 0, self.width() - x, self.height())
        painter.drawText(text_box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.end()

    def _fill(self) -> tuple[QColor | None, QColor | None]:
        theme = Theme.current()
        if self._kind == "primary":
            if not self.isEnabled():
                return theme.color("primary_disabled"), None
            fill = self.fill_color("accent", "accent_hover", "accent_pressed")
            return fill, None if theme.dark else theme.color("accent_border")
        if self._kind == "ghost":
            return (self.fill_color(None, "raised", "overlay") if self.isEnabled() else None), None
        line = theme.color("line_strong")
        if self._kind == "outline":
            return (self.fill_color(None, "raised", "raised_pressed") if self.isEnabled() else None), line
        if not self.isEnabled():
            return theme.color("raised_pressed" if theme.dark else "raised"), theme.color("line")
        return self.fill_color("raised", "raised_hover", "raised_pressed"), line

    def _ink(self) -> QColor:
        theme = Theme.current()
        if not self.isEnabled():
            return theme.color("on_primary_disabled" if self._kind == "primary" else "disabled")
        if self._kind in ("ghost", "outline"):
            return mix(theme.color("text2"), theme.color("text"), 1.0 if self.isDown() else self.hover_amount)
        return theme.color({"primary": "on_accent", "danger": "danger"}.get(self._kind, "text"))

    def _icon_ink(self, ink: QColor) -> QColor:
        quiet = self.isEnabled() and self._kind == "secondary"
        return mix(ink, Theme.current().color("text2"), 0.8) if quiet else ink


class IconButton(PaintedButton):
    """A button of 32 x 32 with an icon only; `name` is its accessible name and, with its keys, tooltip."""

    def __init__(
        self, icon: str, name: str, *, shortcut: str = "", checkable: bool = False, on_icon: str = "",
        size: int = 18, side: int = 32, color: str = "text2", on_fill: bool = True,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._icon, self._on_icon = icon, on_icon or icon
        self._size, self._side, self._color = size, side, color
        self._on_fill = on_fill
        self._shortcut = shortcut
        self._name = name
        self.badge = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCheckable(checkable)
        self.toggled.connect(self._describe)
        self._describe()

    def set_icon(self, icon: str, on_icon: str = "") -> None:
        """Other icon names."""
        self._icon, self._on_icon = icon, on_icon or icon
        self.update()

    def set_name(self, name: str) -> None:
        """Another accessible name and tooltip, after the state changed."""
        self._name = name
        self._describe()

    def set_badge(self, count: int) -> None:
        """A small figure at the upper right; 0 takes it away."""
        self.badge = count
        self.update()

    def _describe(self) -> None:
        state = (", on" if self.isChecked() else ", off") if self.isCheckable() else ""
        keys = f", {self._shortcut}" if self._shortcut else ""
        self.setAccessibleName(self._name)
        self.setToolTip(f"{self._name}{state}{keys}")

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        on = self.isChecked()
        fill = self._fill(on)
        if fill is not None:
            fill_rounded(painter, QRectF(self.rect()), self.focus_radius, fill)
        inset = (self._side - self._size) / 2
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        theme.paint_icon(painter, self._on_icon if on else self._icon, box, self._ink(on))
        if self.badge:
            self._paint_badge(painter)
        painter.end()

    def _fill(self, on: bool) -> QColor | None:
        if not self.isEnabled():
            return None
        if on and self._on_fill:
            return self.fill_color("accent_bg", "accent_bg_hover", "accent_bg_pressed")
        return self.fill_color(None, "raised", "overlay")

    def _ink(self, on: bool) -> QColor:
        theme = Theme.current()
        if not self.isEnabled():
            return theme.color("disabled")
        if on:
            return theme.color("accent_text")
        return mix(theme.color(self._color), theme.color("text"), self.hover_amount)

    def _paint_badge(self, painter: QPainter) -> None:
        theme = Theme.current()
        text = str(self.badge) if self.badge < 100 else "99+"
        width = max(14.0, text_width(text, "caption", 600) * 0.82 + 8)
        box = QRectF(self.width() - width / 2 - 9, 0, width, 14).translated(0, 1)
        fill_rounded(painter, box, 7, theme.color("warn"))
        font = theme.font("caption", 700)
        font.setPixelSize(9)
        painter.setFont(font)
        painter.setPen(theme.color("label_ink") if theme.dark else QColor("#FFFFFF"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class PlayButton(PaintedButton):
    """The round play and pause button; checked means playing."""

    def __init__(self, diameter: int = 48, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._diameter = diameter
        self.focus_radius = diameter / 2
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.playing = False
        self.set_playing(False)

    def set_playing(self, playing: bool) -> None:
        """Show pause bars while something plays."""
        self.playing = playing
        self.setAccessibleName("Pause" if playing else "Play")
        self.setToolTip("Pause, Space" if playing else "Play, Space")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._diameter, self._diameter)

    def hitButton(self, position: QPoint) -> bool:
        offset = QPointF(position) - QRectF(self.rect()).center()
        return offset.x() ** 2 + offset.y() ** 2 <= (self._diameter / 2) ** 2

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isEnabled():
            painter.setBrush(self.fill_color("accent", "accent_hover", "accent_pressed"))
            ink = theme.color("on_accent")
        else:
            painter.setBrush(theme.color("raised"))
            ink = theme.color("disabled")
        lined = self.isEnabled() and not theme.dark
        painter.setPen(QPen(theme.color("accent_border"), 1) if lined else Qt.PenStyle.NoPen)
        inset = 0.5 if lined else 0.0
        painter.drawEllipse(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))
        self._paint_symbol(painter, ink)
        painter.end()

    def _paint_symbol(self, painter: QPainter, ink: QColor) -> None:
        side = self._diameter * 22 / 48
        box = QRectF(0, 0, side, side)
        box.moveCenter(QRectF(self.rect()).center())
        if self.playing:
            name = "ph.pause-fill"
        else:
            name = "ph.play-fill"
            box.translate(side * 0.04, 0)
        Theme.current().paint_icon(painter, name, box, ink)
