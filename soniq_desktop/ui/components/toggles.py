"""Exclusive and on/off choices: Segmented and Toggle."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from soniq_desktop.ui.components.base import PaintedButton, fill_rounded
from soniq_desktop.ui.theme import Theme, mix, text_width


class _Segment(PaintedButton):
    focus_radius = 6.0

    def __init__(self, text: str, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.setText(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        theme = Theme.current()
        icon = theme.px(16) + 6 if self._icon else 0
        width = text_width(self.text(), "body", 500) + 2 * theme.px(12) + icon
        return QSize(round(width + 0.5), theme.px(26))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        if self.isChecked():
            fill_rounded(painter, QRectF(self.rect()), 6, theme.color("raised_hover"))
        ink = theme.color("text2")
        if self.isChecked():
            ink = theme.color("text")
        elif not self.isEnabled():
            ink = theme.color("disabled")
        x = theme.px(12) + (self.width() - self.sizeHint().width()) / 2  # in the middle of a wide one
        if self._icon:
            side = theme.px(16)
            token = "accent_text" if self.isChecked() else "text2"
            theme.paint_icon(painter, self._icon, QRectF(x, (self.height() - side) / 2, side, side), token)
            x += side + 6
        painter.setFont(theme.font("body", 500))
        painter.setPen(mix(ink, theme.color("text"), self.hover_amount if self.isEnabled() else 0))
        painter.drawText(
            QRectF(x, 0, self.width() - x, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        painter.end()


class Segmented(QWidget):
    """A row of exclusive choices; `wide` fills the room there is. `changed` gives the user's choice."""

    changed = Signal(int)

    def __init__(
        self,
        texts: Sequence[str],
        name: str,
        *,
        icons: Sequence[str] = (),
        wide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        across = QSizePolicy.Policy.Expanding if wide else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.setSpacing(2)
        for index, text in enumerate(texts):
            segment = _Segment(text, icons[index] if index < len(icons) else "")
            segment.setAccessibleName(f"{name}: {text}")
            segment.setSizePolicy(across, QSizePolicy.Policy.Fixed)
            self._group.addButton(segment, index)
            layout.addWidget(segment)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self.changed)

    def current(self) -> int:
        """The index of the choice in force."""
        return self._group.checkedId()

    def set_current(self, index: int | None) -> None:
        """Choose without emitting `changed`; None leaves nothing chosen."""
        if index is not None:
            self._group.button(index).setChecked(True)
        elif (chosen := self._group.checkedButton()) is not None:
            self._group.setExclusive(False)
            chosen.setChecked(False)
            self._group.setExclusive(True)

    def set_enabled(self, index: int, enabled: bool, why: str = "") -> None:
        """Enable or disable one choice; `why` becomes its tooltip."""
        self._group.button(index).setEnabled(enabled)
        self._group.button(index).setToolTip(why)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), 8, theme.color("surface"), theme.color("line_strong"))
        painter.end()


class Toggle(PaintedButton):
    """An on/off switch, 28 x 16 drawn in a 32 px high target, with an optional text at its right."""

    def __init__(self, name: str, *, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setText(text)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = 28 + (8 + text_width(self.text(), "body") if self.text() else 0)
        return QSize(round(width + 0.5), Theme.current().px(32))

    def focus_rect(self) -> QRectF:
        """Where the focus ring goes: around the switch, not the whole target."""
        return QRectF(0, (self.height() - 16) / 2, 28, 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        track = self.focus_rect()
        on = self.isChecked()
        if on and self.isEnabled():
            line = None if theme.dark else theme.color("accent_border")
            fill_rounded(painter, track, 8, self.fill_color("accent", "accent_hover", "accent_pressed"), line)
            thumb = theme.color("on_accent")
        else:
            fill = theme.color("track") if self.isEnabled() else theme.color("raised")
            fill_rounded(painter, track, 8, fill, theme.color("line_strong"))
            thumb = theme.color("text2") if self.isEnabled() else theme.color("disabled")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(thumb)
        painter.drawEllipse(QRectF(15 if on else 3, track.top() + 3, 10, 10))
        if self.text():
            painter.setFont(theme.font("body"))
            painter.setPen(theme.color("text2" if self.isEnabled() else "disabled"))
            box = QRectF(36, 0, self.width() - 36, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()
