"""Which class the evidence is for: those of the set and the next likeliest, and a menu with all."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from soniq_desktop.ui.components import IconButton, Menu, PaintedButton, fill_rounded
from soniq_desktop.ui.genres import FAMILIES, genre_family
from soniq_desktop.ui.theme import Theme, mix, text_width

DOT, GAP, PADDING = 7, 7, 12
OFFERED = 3


class _Segment(PaintedButton):
    """One class; a dot where it is in the set."""

    focus_radius = 6.0

    def __init__(self, label: str, *, member: bool) -> None:
        super().__init__()
        self._member = member
        self.setText(label)
        self.setAccessibleName(f"Evidence for {label}" + (", in the set" if member else ""))
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        theme = Theme.current()
        dot = DOT + GAP if self._member else 0
        width = text_width(self.text(), "body", 500) + 2 * theme.px(PADDING) + dot
        return QSize(round(width + 0.5), theme.px(26))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        if self.isChecked():
            fill_rounded(painter, QRectF(self.rect()), 6, theme.color("raised_hover"))
        x = float(theme.px(PADDING))
        if self._member:
            box = QRectF(x, (self.height() - DOT) / 2, DOT, DOT)
            fill_rounded(painter, box, DOT / 2, theme.genre(genre_family(self.text()) or ""))
            x += DOT + GAP
        ink = theme.color("text" if self.isChecked() else "text2")
        painter.setFont(theme.font("body", 500))
        painter.setPen(mix(ink, theme.color("text"), self.hover_amount))
        room = QRectF(x, 0, self.width() - x, self.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class ClassChoice(QWidget):
    """Emits `chosen` with a class that the user wants explained."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.labels: tuple[str, ...] = ()
        self._members: frozenset[str] = frozenset()
        self._current = ""
        self._group = QButtonGroup(self)
        self.setAccessibleName("Evidence for")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(3, 3, 3, 3)
        self._row.setSpacing(2)
        self.more = IconButton("ph.caret-down", "Evidence for another genre", size=14, side=26)
        self.more.clicked.connect(self._open_menu)
        self._row.addWidget(self.more)

    def current(self) -> str:
        """The class that is explained."""
        return self._current

    def show_classes(self, members: Sequence[str], likeliest: Sequence[str], current: str) -> None:
        """Offer the set and what comes next to it; `current` is always among them."""
        offered = list(dict.fromkeys((*members[:OFFERED], *likeliest)))[:OFFERED]
        if current and current not in offered:
            offered[-1:] = [current]
        wanted = tuple(offered)
        if wanted != self.labels or frozenset(members) != self._members:
            self.labels, self._members = wanted, frozenset(members)
            self._rebuild()
        self._current = current
        for button in self._group.buttons():
            button.setChecked(button.text() == current)

    def _rebuild(self) -> None:
        focused = next((each.text() for each in self._group.buttons() if each.hasFocus()), "")
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        for place, label in enumerate(self.labels):
            segment = _Segment(label, member=label in self._members)
            segment.clicked.connect(partial(self.chosen.emit, label))
            self._group.addButton(segment)
            self._row.insertWidget(place, segment)
            if label == focused:
                segment.setFocus()
        self.updateGeometry()

    def menu(self) -> Menu:
        """All classes."""
        menu = Menu("Evidence for", parent=self)
        for family in FAMILIES:
            menu.item(family, partial(self.chosen.emit, family), checked=family == self._current)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _open_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), 8, theme.color("surface"), theme.color("line_strong"))
        painter.end()
