""" "Sorted by Artist": a quiet button that opens the menu of orders."""

from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from soniq_desktop.ui.components import Menu, PaintedButton
from soniq_desktop.ui.theme import Theme, mix, text_width

# key of TrackQuery, name, descending at first
CHOICES = (
    ("artist", "Artist", False),
    ("title", "Title", False),
    ("album", "Album", False),
    ("genre", "Genre", False),
    ("added", "Recently added", True),
    ("last_played", "Recently played", True),
    ("plays", "Most played", True),
    ("year", "Year", True),
    ("tempo", "BPM", False),
    ("key", "Key", False),
    ("energy", "Energy", True),
    ("duration", "Length", False),
    ("shuffle", "Shuffle", False),
)
NAMES = {key: name for key, name, _ in CHOICES} | {"path": "File"}
LABEL = "Sorted by"


class SortButton(PaintedButton):
    """`chosen` carries the key and whether it starts descending."""

    chosen = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self._key = "artist"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)

    def show_choice(self, key: str, *, descending: bool) -> None:
        """The order in force."""
        self._key = key
        direction = ", descending" if descending else ""
        self.setAccessibleName(f"{LABEL} {NAMES.get(key, key)}{direction}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = text_width(LABEL, "small") + text_width(NAMES.get(self._key, ""), "small", 500) + 34
        return QSize(round(width + 0.5), Theme.current().px(28))

    def _open(self) -> None:
        menu = Menu(parent=self)
        for key, name, descending in CHOICES:
            choose = partial(self.chosen.emit, key, descending)
            menu.item(name, choose, checked=key == self._key)
        menu.aboutToHide.connect(menu.deleteLater)
        left = self.width() - menu.sizeHint().width()  # the button stands at the right of its page
        menu.popup(self.mapToGlobal(QPoint(min(0, left), self.height() + 4)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        box = QRectF(self.rect())
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text3"))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, LABEL)
        painter.setFont(theme.font("small", 500))
        painter.setPen(mix(theme.color("text2"), theme.color("text"), self.hover_amount))
        value = box.adjusted(text_width(LABEL, "small") + 8, 0, 0, 0)
        painter.drawText(value, Qt.AlignmentFlag.AlignVCenter, NAMES.get(self._key, ""))
        caret = QRectF(self.width() - 14, (self.height() - 12) / 2, 12, 12)
        theme.paint_icon(painter, "ph.caret-down", caret, "text2")
        painter.end()
