"""The bar along the top: back and forward, search, and what concerns the whole window."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from soniq_desktop.ui.components import IconButton, SearchField
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.songs.actions import LATER
from soniq_desktop.ui.theme import Theme


class TopBar(QWidget):
    """56 high; the search field is 360 to 480 wide."""

    search_changed = Signal(str)
    theme_flipped = Signal()
    dock_wanted = Signal()

    def __init__(self, navigator: Navigator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Top bar")
        self.back = IconButton("ph.caret-left", "Back", shortcut="Alt+Left")
        self.forward = IconButton("ph.caret-right", "Forward", shortcut="Alt+Right")
        self.search = SearchField("Search songs, artists, albums", "Search", hint="Ctrl K")
        self.search.setMinimumWidth(200)
        self.search.setMaximumWidth(484)
        self.microphone = IconButton("ph.microphone", "Identify")
        self.set_identify(False)
        self.bell = IconButton("ph.bell-simple", "Problems")
        self.sun = IconButton("ph.sun", "Light theme")
        self.dock = IconButton("mdi6.dock-right", "Hide now playing")
        self._lay_out()
        self.back.clicked.connect(navigator.back)
        self.forward.clicked.connect(navigator.forward)
        self.microphone.clicked.connect(lambda: navigator.open("identify"))
        self.bell.clicked.connect(lambda: navigator.open("problems"))
        self.sun.clicked.connect(self.theme_flipped)
        self.dock.clicked.connect(self.dock_wanted)
        self.search.changed.connect(self.search_changed)
        navigator.history_changed.connect(lambda: self._show_history(navigator))
        Theme.current().changed.connect(self._show_theme)
        self._show_history(navigator)
        self._show_theme()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 1)
        layout.setSpacing(8)
        layout.addWidget(self.back)
        layout.addWidget(self.forward)
        layout.addSpacing(-2)
        layout.addWidget(self.search, 3)
        layout.addStretch(1)
        for button in (self.microphone, self.bell, self.sun, self.dock):
            layout.addWidget(button)

    def sizeHint(self) -> QSize:
        return QSize(800, 56)

    def set_identify(self, available: bool) -> None:
        """Whether there is a page to identify music."""
        self.microphone.setEnabled(available)
        self.microphone.setToolTip("Identify, Ctrl+I" if available else LATER)

    def set_problems(self, count: int) -> None:
        """The bell's badge."""
        self.bell.set_badge(count)
        self.bell.set_name(f"{count:,} problem{'' if count == 1 else 's'}" if count else "No problems")

    def set_panel(self, shown: bool) -> None:
        """Whether the right panel is there."""
        self.dock.set_name("Hide now playing" if shown else "Show now playing")

    def focus_search(self) -> None:
        """Ctrl+K: ready to type over what is there."""
        self.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.edit.selectAll()

    def _show_history(self, navigator: Navigator) -> None:
        self.back.setEnabled(navigator.can_go_back)
        self.forward.setEnabled(navigator.can_go_forward)

    def _show_theme(self) -> None:
        dark = Theme.current().dark
        self.sun.set_icon("ph.sun" if dark else "ph.moon")
        self.sun.set_name("Light theme" if dark else "Dark theme")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), Theme.current().color("line"))
        painter.end()
