"""The keyboard map: one table of keys and actions, installed on the window, shown by "?"."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from soniq_desktop.ui.components import IconButton, Label, Popover, fill_rounded
from soniq_desktop.ui.theme import Theme, text_width


@dataclass(frozen=True)
class Key:
    """One line of the map. `action` names a function of the window; without one the view handles the keys."""

    keys: tuple[str, ...]
    text: str
    action: str = ""
    letter: bool = False  # a single letter: can be switched off in the settings
    shown: str = ""  # how the map writes it, where that is shorter


PLAYBACK = (
    Key(("Space",), "Play or pause", "toggle_play"),
    Key(("Ctrl+Left",), "Previous song", "previous"),
    Key(("Ctrl+Right",), "Next song", "next"),
    Key((), "Seek 5 s (Shift: 30 s)", shown="Left  Right"),
    Key(("Ctrl+Up",), "Louder", "louder"),
    Key(("Ctrl+Down",), "Quieter", "quieter"),
    Key(("M",), "Mute", "mute", letter=True),
    Key(("H",), "Shuffle", "shuffle", letter=True),
    Key(("R",), "Repeat", "repeat", letter=True),
    Key(("X",), "Crossfade", "crossfade", letter=True),
    Key(("L",), "Like what plays", "like", letter=True),
)
LISTS = (
    Key((), "Play the selection", shown="Enter"),
    Key((), "Play next", shown="Shift+Enter"),
    Key((), "Add to queue", shown="Ctrl+Enter"),
    Key((), "Move in the queue", shown="Alt+Up  Down"),
    Key(("W",), "Wormhole from the selection", "wormhole_here", letter=True),
    Key(("E",), "Inspect the selected song", "inspect_here", letter=True),
    Key(("S",), "Take the selection apart", "stems_here", letter=True),
    Key((), "Stems: mute, loop, karaoke", shown="1  [  ]  K"),
    Key(("Ctrl+F", "/"), "Filter this list", "search"),
)
GALAXY = (
    Key((), "Song beside this one", shown="Arrows"),
    Key((), "Zoom in, out, show all", shown="+  −  0"),
    Key((), "Move the map, lasso", shown="P  Shift+L"),
    Key((), "Wormhole between two songs", shown="W"),
    Key((), "Find the playing song", shown="F"),
    Key((), "Select the cluster", shown="C"),
    Key((), "Show as table", shown="T"),
    Key((), "Clear the selection", shown="Esc"),
)
WINDOW = (
    Key(("Ctrl+K",), "Search", "search"),
    Key(("Alt+Left",), "Back", "back"),
    Key(("Alt+Right",), "Forward", "forward"),
    Key(("F6",), "Next region", "next_region"),
    Key(("Shift+F6",), "Previous region", "previous_region"),
    Key(("Ctrl+I",), "Identify, start and stop", "identify"),
    Key(("Q",), "Queue", "queue", letter=True),
    Key(("V",), "Spectrogram", "spectrogram", letter=True),
    Key(("F11",), "Full player", "full_player"),
    Key(("Ctrl+O",), "Add a folder", "add_folder"),
    Key(("Ctrl+,",), "Settings", "settings"),
    Key(("?",), "This map", "show_map"),
)
PLACES = tuple(
    Key((f"Alt+{number}",), name, f"open_{page}")
    for number, page, name in (
        (1, "songs", "Songs"), (2, "albums", "Albums"), (3, "artists", "Artists"), (4, "genres", "Genres"),
        (5, "for_you", "For you"), (6, "wormhole", "Wormhole"), (7, "galaxy", "Galaxy"),
        (8, "identify", "Identify"), (9, "stems", "Stems"),
    )
)  # fmt: skip
SECTIONS = (
    PLAYBACK_SECTION := ("Playback", PLAYBACK),
    LISTS_SECTION := ("Lists", LISTS),
    WINDOW_SECTION := ("Window", WINDOW),
    PLACES_SECTION := ("Go to", PLACES),
    GALAXY_SECTION := ("Galaxy", GALAXY),
)


class Shortcuts:
    """The table's shortcuts, living on one window. `actions` maps their names to functions."""

    def __init__(self, window: QWidget, actions: Mapping[str, Callable[[], object]]) -> None:
        self._letters: list[QShortcut] = []
        for _, keys in SECTIONS:
            for key in keys:
                if key.action in actions:
                    self._install(window, key, actions[key.action])

    def _install(self, window: QWidget, key: Key, do: Callable[[], object]) -> None:
        for sequence in key.keys:
            shortcut = QShortcut(QKeySequence(sequence), window)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.setAutoRepeat(key.action in ("louder", "quieter"))
            shortcut.activated.connect(do)
            if key.letter or sequence in ("/", "?"):
                self._letters.append(shortcut)

    def set_letters(self, enabled: bool) -> None:
        """Switch single-letter keys on or off."""
        for shortcut in self._letters:
            shortcut.setEnabled(enabled)


class _KeyCaps(QWidget):
    """Keys drawn as caps: "Ctrl" "K"."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._caps = [cap for part in text.split("  ") for cap in _split_keys(part)]
        widths = [max(20.0, text_width(cap, "caption") + 12) for cap in self._caps]
        self._widths = widths
        self.setFixedSize(round(sum(widths) + 4 * len(widths)), Theme.current().px(20))
        self.setAccessibleName(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        x = 0.0
        for cap, width in zip(self._caps, self._widths, strict=True):
            box = QRectF(x, 0, width, self.height())
            fill_rounded(painter, box, 4, theme.color("raised_hover"), theme.color("line_strong"))
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("text2"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, cap)
            x += width + 4
        painter.end()


def _split_keys(text: str) -> list[str]:
    return [text] if len(text) == 1 else text.replace("Ctrl+,", "Ctrl+comma").split("+")


def show_map(owner: QWidget, *, letters: bool) -> Popover:
    """The keyboard map as an overlay in the middle of the window."""
    popover = Popover(owner, name="Keyboard map", width=1000, padding=24)
    head = QHBoxLayout()
    head.addWidget(Label("Keyboard", "heading"), 1)
    close = IconButton("ph.x", "Close", shortcut="Esc")
    close.clicked.connect(popover.close_popover)
    head.addWidget(close)
    popover.body.addLayout(head)
    columns = QHBoxLayout()
    columns.setSpacing(32)
    for sections in ((PLAYBACK_SECTION, GALAXY_SECTION), (WINDOW_SECTION,), (LISTS_SECTION, PLACES_SECTION)):
        columns.addLayout(_column(sections), 1)
    popover.body.addLayout(columns)
    if not letters:
        popover.body.addWidget(Label("Single letters are switched off in the settings.", "small", "text3"))
    popover.open_centred()
    return popover


def _column(sections: Sequence[tuple[str, tuple[Key, ...]]]) -> QGridLayout:
    """Sections one below the other: a grid of its own, so that lines beside it do not stretch its rows."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 1)
    row = 0
    for title, keys in sections:
        grid.addWidget(Label(title, "caption", "text3"), row, 0, Qt.AlignmentFlag.AlignBottom)
        grid.setRowMinimumHeight(row, Theme.current().px(20 if row == 0 else 36))
        for offset, key in enumerate(keys, start=1):
            _add_line(grid, row + offset, 0, key)
        row += len(keys) + 1
    grid.setRowStretch(row, 1)
    return grid


def _add_line(grid: QGridLayout, row: int, column: int, key: Key) -> None:
    grid.addWidget(Label(key.text, "small", "text"), row, column)
    caps = _KeyCaps(key.shown or key.keys[0])
    grid.addWidget(caps, row, column + 1, Qt.AlignmentFlag.AlignRight)
