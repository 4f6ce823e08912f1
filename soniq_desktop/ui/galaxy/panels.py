"""Panels that float on the map: their ground, the tools above, the zoom buttons at the side."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.ui.components import IconButton, Label, Menu, PaintedButton, Toggle, fill_rounded
from soniq_desktop.ui.galaxy.colours import COLOUR_CHOICES, SIZE_CHOICES
from soniq_desktop.ui.theme import Theme, text_width


class FloatingPanel(QWidget):
    """A raised surface over the map; clicks do not fall through it."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), 12, theme.color("popover"), theme.color("line_strong"))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()


class Choice(PaintedButton):
    """The value in force with a caret; a click opens the menu of all."""

    changed = Signal(str)

    def __init__(self, name: str, choices: Mapping[str, str], value: str) -> None:
        super().__init__()
        self._name, self._choices, self.value = name, choices, value
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)
        self._describe()

    def set_value(self, value: str) -> None:
        """Another value, without telling."""
        self.value = value
        self._describe()

    def _describe(self) -> None:
        self.setText(self._choices[self.value])
        self.setAccessibleName(f"{self._name}: {self.text()}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        widest = max(text_width(text, "body", 500) for text in self._choices.values())
        return QSize(round(widest) + 40, Theme.current().px(30))

    def _open(self) -> None:
        menu = Menu(parent=self)
        for value, text in self._choices.items():
            menu.item(text, partial(self._choose, value), checked=value == self.value)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _choose(self, value: str) -> None:
        if value != self.value:
            self.set_value(value)
            self.changed.emit(value)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(
            painter, QRectF(self.rect()), 8, self.fill_color("raised_hover", "overlay", "raised_pressed")
        )
        painter.setFont(theme.font("body", 500))
        painter.setPen(theme.color("text"))
        painter.drawText(self.rect().adjusted(10, 0, -24, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        caret = QRectF(self.width() - 22, (self.height() - 12) / 2, 12, 12)
        theme.paint_icon(painter, "ph.caret-down", caret, "text3")
        painter.end()


class Divider(QWidget):
    """An upright hairline."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(1, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Theme.current().color("line_strong"))
        painter.end()


TOOLS = (
    ("pan", "ph.hand", "Move the map", "P"),
    ("lasso", "mdi6.lasso", "Lasso", "Shift+L"),
    ("path", "ph.flow-arrow", "Wormhole between two songs", "W"),
)


class Toolbar(FloatingPanel):
    """Tools, what colour and size say, the path, three dimensions, and the rest in a menu."""

    tool_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.tools = {
            name: IconButton(icon, words, shortcut=keys, checkable=True) for name, icon, words, keys in TOOLS
        }
        group = QButtonGroup(self)
        for name, button in self.tools.items():
            group.addButton(button)
            button.clicked.connect(lambda _on, name=name: self.tool_chosen.emit(name))
        self.tools["pan"].setChecked(True)
        self.colour = Choice("Colour", COLOUR_CHOICES, "genre")
        self.size_by = Choice("Size", SIZE_CHOICES, "plays")
        self.path = Toggle("Show the path", text="Path")
        self.paths = IconButton("ph.caret-down", "Choose a path among your playlists", size=14, side=24)
        self.paths.setEnabled(False)
        self.dimensions = IconButton("ph.cube", "Three dimensions", checkable=True)
        self.info = IconButton("ph.info", "About this map")
        self.more = IconButton("ph.dots-three", "More")
        self._lay_out()
        self.set_path_name("")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 7, 8, 7)
        row.setSpacing(4)
        for button in self.tools.values():
            row.addWidget(button)
        for part in (
            None,
            "Colour",
            self.colour,
            "Size",
            self.size_by,
            None,
            self.path,
            self.paths,
            None,
            self.dimensions,
        ):
            if part is None:
                row.addSpacing(6)
                row.addWidget(Divider())
                row.addSpacing(6)
            elif isinstance(part, str):
                row.addSpacing(2)
                row.addWidget(Label(part, "small", "text3"))
            else:
                row.addWidget(part)
        row.addWidget(self.info)
        row.addWidget(self.more)

    def set_tool(self, name: str) -> None:
        """Show which tool is in hand."""
        self.tools[name].setChecked(True)

    def set_path_name(self, name: str) -> None:
        """What the path is called; empty where there is none, then the switch is off and tells why."""
        short = name if len(name) <= 24 else f"{name[:23]}…"
        self.path.setText(f"Path: {short}" if name else "Path")
        self.path.setEnabled(bool(name))
        self.path.setToolTip(f"Path: {name}" if name else "Draw a wormhole between two songs first")
        self.path.updateGeometry()
        self.adjustSize()


class ZoomBox(FloatingPanel):
    """Nearer, farther, all of it, and the song that plays."""

    def __init__(self) -> None:
        super().__init__()
        self.nearer = IconButton("ph.plus", "Zoom in", shortcut="+")
        self.farther = IconButton("ph.minus", "Zoom out", shortcut="−")
        self.all = IconButton("ph.corners-out", "Show the whole map", shortcut="0")
        self.playing = IconButton("ph.crosshair", "Find the playing song", shortcut="F", color="accent_text")
        column = QVBoxLayout(self)
        column.setContentsMargins(3, 3, 3, 3)
        column.setSpacing(0)
        for button in (self.nearer, self.farther, self.all, self.playing):
            column.addWidget(button)

    def connect_to(
        self,
        nearer: Callable[[], object],
        farther: Callable[[], object],
        everything: Callable[[], object],
        find: Callable[[], object],
    ) -> None:
        """What the buttons do."""
        for button, do in (
            (self.nearer, nearer),
            (self.farther, farther),
            (self.all, everything),
            (self.playing, find),
        ):
            button.clicked.connect(lambda _on=False, do=do: do())
