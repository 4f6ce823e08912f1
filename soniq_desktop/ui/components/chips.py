"""Chips: FilterChip above lists, the genre chip (painted in tables, or a widget), and Pill for one figure."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.ui.components.base import PaintedButton, fill_rounded
from soniq_desktop.ui.genres import genre_family
from soniq_desktop.ui.theme import Theme, mix, text_width

DOT = 7
DOT_GAP = 4
PADDING = 7  # "Ambient · Electronic" fits into the column of the design
JOINT = " · "


class _RemoveTarget(PaintedButton):
    """The x of a filter chip: its own 24 px target."""

    focus_radius = 6.0

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        box = QRectF(0, 0, 12, 12)
        box.moveCenter(QRectF(self.rect()).center())
        ink = mix(theme.color("text2"), theme.color("text"), self.hover_amount)
        theme.paint_icon(painter, "ph.x", box, ink if self.isEnabled() else theme.color("disabled"))
        painter.end()


class FilterChip(PaintedButton):
    """Name and value of one filter. A click edits it (`clicked`), its x or Delete removes it (`removed`)."""

    removed = Signal()

    def __init__(self, name: str, value: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._value = name, value
        self._remove = _RemoveTarget(f"Remove filter {name}", self)
        self._remove.clicked.connect(self.removed)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_value(value)

    def set_value(self, value: str) -> None:
        """Another value text."""
        self._value = value
        self.setAccessibleName(f"Filter {self._name}: {value}".rstrip(": "))
        self.updateGeometry()
        self.update()

    def _name_width(self) -> float:
        return text_width(self._name, "small") + (6 if self._value else 0)

    def sizeHint(self) -> QSize:
        theme = Theme.current()
        width = 10 + self._name_width() + text_width(self._value, "small", 500) + 2 + theme.px(24)
        return QSize(round(width + 0.5), theme.px(28))

    def resizeEvent(self, _event: object) -> None:
        side = Theme.current().px(24)
        self._remove.setGeometry(self.width() - side - 2, (self.height() - side) // 2, side, side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(
            painter, QRectF(self.rect()), 8, self.fill_color("raised", "raised_hover", "raised_pressed")
        )
        quiet, loud = ("text2", "text") if self.isEnabled() else ("disabled", "disabled")
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color(quiet))
        box = QRectF(10, 0, self.width(), self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._name)
        painter.setFont(theme.font("small", 500))
        painter.setPen(theme.color(loud))
        painter.drawText(box.translated(self._name_width(), 0), Qt.AlignmentFlag.AlignVCenter, self._value)
        painter.end()


def genre_chip_text_width(names: Sequence[str]) -> float:
    """Width of a genre chip that shows these names (at most three; the caller shortens)."""
    dots = len(names) * (DOT + DOT_GAP)
    joints = (len(names) - 1) * text_width(JOINT, "small")
    return 2 * PADDING + dots + joints + sum(text_width(name, "small") for name in names) + 2


def fit_genres(names: Sequence[str], width: float) -> tuple[list[str], int]:
    """How many names fit into a chip of `width`: those shown (one to three) and how many are left out."""
    shown = list(names[:3])
    while len(shown) > 1 and _chip_width(shown, len(names) - len(shown)) > width:
        shown.pop()
    return shown, len(names) - len(shown)


def _chip_width(shown: Sequence[str], more: int) -> float:
    return genre_chip_text_width(shown) + (text_width(f" +{more}", "small") if more else 0)


def paint_genre_chip(painter: QPainter, rect: QRectF, names: Sequence[str], *, plain: bool = False) -> QRectF:
    """A genre chip at the left of `rect`, centred in its height; returns the rectangle it took.

    One to three names with their family's dot, then "+2". `plain` leaves the background out.
    """
    theme = Theme.current()
    shown, more = fit_genres(names, rect.width())
    height = theme.px(22)
    chip = QRectF(rect.left(), rect.center().y() - height / 2, 0, height)
    chip.setWidth(min(rect.width(), _chip_width(shown, more)))
    if not plain:
        fill_rounded(painter, chip, height / 2, theme.color("genre_chip"), theme.color("genre_chip_line"))
    painter.setFont(theme.font("small"))
    x = chip.left() + PADDING
    for index, name in enumerate(shown):
        if index:
            x = _write(painter, JOINT, x, chip, theme.color("text3"))
        x = _dot(painter, name, x, chip)
        x = _write(painter, name, x, chip, theme.color("text2"))
    if more:
        _write(painter, f" +{more}", x, chip, theme.color("text3"))
    return chip


def _dot(painter: QPainter, name: str, x: float, chip: QRectF) -> float:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Theme.current().genre(genre_family(name) or ""))
    painter.drawEllipse(QRectF(x, chip.center().y() - DOT / 2, DOT, DOT))
    return x + DOT + DOT_GAP


def _write(painter: QPainter, text: str, x: float, chip: QRectF, color: QColor) -> float:
    painter.setPen(color)
    width = text_width(text, "small")
    room = chip.right() - PADDING - x + 1
    if width > room:
        text = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QRectF(x, chip.top(), room + 2, chip.height()), Qt.AlignmentFlag.AlignVCenter, text)
    return x + width


class GenreChip(QWidget):
    """A genre chip as a widget. `leads_to` says in its tooltip where a click leads."""

    clicked = Signal()

    def __init__(self, names: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._where = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_names(names)

    def set_names(self, names: Sequence[str]) -> None:
        """Other genres; an empty list hides the chip."""
        self._names = tuple(names)
        self.setVisible(bool(names) and self.parentWidget() is not None)
        self.setAccessibleName("Genre: " + ", ".join(names))
        self.setToolTip("\n".join(filter(None, (", ".join(names), self._where))))
        self.updateGeometry()
        self.update()

    def leads_to(self, where: str) -> None:
        """What a click does, in a few words."""
        self._where = where
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_names(self._names)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def sizeHint(self) -> QSize:
        width = genre_chip_text_width(self._names[:3]) if self._names else 0
        return QSize(round(width + 0.5), Theme.current().px(22))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(60, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_genre_chip(painter, QRectF(self.rect()), self._names)
        painter.end()


class Pill(PaintedButton):
    """One small value ("124", "8A") with a tooltip that says what it is. Not focusable: it does nothing."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def set_value(self, text: str, name: str) -> None:
        """Another value with its name; an empty text hides the pill."""
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setVisible(bool(text))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        theme = Theme.current()
        return QSize(round(text_width(self.text(), "small") + 2 * PADDING + 2), theme.px(22))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(
            painter, QRectF(self.rect()), 11, theme.color("genre_chip"), theme.color("genre_chip_line")
        )
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()
