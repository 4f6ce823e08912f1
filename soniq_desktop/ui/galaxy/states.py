"""What lies over the map when there is no map, or another one is being learned."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.discovery.galaxy_map import GalaxyMap
from soniq_desktop.discovery.galaxy_reports import Progress
from soniq_desktop.ui.components import Button, Label, Popover, ProgressRing
from soniq_desktop.ui.galaxy.panels import FloatingPanel
from soniq_desktop.ui.songs.text import day, songs
from soniq_desktop.ui.theme import Theme

INFO_WIDTH = 340
SLOW = 20_000  # songs from which a layout takes minutes
PATIENCE = "This takes some minutes. It goes on while you are elsewhere."
HINT = (
    "Songs that sound alike lie near each other. Distance on the map is a hint only: a flat picture "
    "cannot hold everything SONIQ hears. Paths and similar songs are worked out from the full sound, not "
    "from the map."
)
STAYS = (
    "Songs stay where they are. New ones are placed among their neighbours, until you lay the map out again."
)


class StateCard(FloatingPanel):
    """A sentence with progress and up to two buttons."""

    first_wanted = Signal()
    second_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.ring = ProgressRing()
        self.title = Label("", "body", weight=600)
        self.words = Label("", "small", "text2", wrap=True)
        self.first = Button("", kind="secondary")
        self.second = Button("", kind="ghost")
        self.first.clicked.connect(self.first_wanted)
        self.second.clicked.connect(self.second_wanted)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(14)
        row.addWidget(self.ring)
        row.addLayout(texts, 1)
        row.addWidget(self.first)
        row.addWidget(self.second)
        self.setFixedWidth(460)
        self.hide()
        self._announced = -1

    def show_progress(self, progress: Progress) -> None:
        """How far the layout is."""
        self.ring.show()
        self.ring.set_share(progress.share)
        percent = "" if progress.share is None else f" {progress.share:.0%}".replace("%", " %")
        self.title.setText("Laying out the map")
        parts = (progress.stage, songs(progress.songs) if progress.songs else "", percent.strip())
        patience = f"\n{PATIENCE}" if progress.songs >= SLOW else ""
        self.words.setText(" · ".join(filter(None, parts)) + patience)
        tenth = -1 if progress.share is None else int(progress.share * 10)
        if tenth != self._announced:
            self._announced = tenth
            self.setAccessibleName(f"Laying out the map{percent}")
        self._buttons("Cancel", "")

    def show_words(self, title: str, words: str, first: str = "", second: str = "") -> None:
        """A sentence, with buttons where they have a text."""
        self.ring.hide()
        self.title.setText(title)
        self.words.setText(words)
        self.setAccessibleName(f"{title}. {words}")
        self._buttons(first, second)

    def _buttons(self, first: str, second: str) -> None:
        for button, text in ((self.first, first), (self.second, second)):
            button.setText(text)
            button.setVisible(bool(text))
        self.show()
        self.adjustSize()


def open_info(owner: QWidget, anchor: QWidget, galaxy: GalaxyMap | None) -> Popover:
    """What the map is, and how far it can be trusted."""
    popover = Popover(owner, name="About this map", width=INFO_WIDTH)
    popover.body.addWidget(Label("About this map", "body", weight=600))
    popover.body.addWidget(_paragraph(HINT))
    popover.body.addWidget(_paragraph(STAYS))
    if galaxy is not None:
        popover.body.addWidget(_paragraph(measured_text(galaxy)))
    close = Button("Close")
    close.clicked.connect(popover.close_popover)
    popover.body.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
    popover.open_at(anchor)
    return popover


def measured_text(galaxy: GalaxyMap) -> str:
    """The figures of the layout in a sentence or two."""
    placed = len(galaxy) - galaxy.learned
    parts = [f"Learned from {songs(galaxy.learned)} on {day(galaxy.learned_at)}"]
    if placed > 0:
        parts.append(f"{songs(placed)} placed since")
    text = ", ".join(parts) + "."
    if galaxy.trust is None:
        return f"{text} Too few songs to measure how far it can be trusted."
    return (
        f"{text} Trustworthiness at 15 neighbours: {galaxy.trust:.3f} of 1. It says how seldom songs lie "
        "together here that do not sound alike; 0.5 would be a map drawn by chance."
    )


def _paragraph(text: str) -> Label:
    """A wrapped text of the popover's width, as high as it needs: the layout would guess too low."""
    label = Label(text, "small", "text2", wrap=True)
    width = Theme.current().px(INFO_WIDTH) - 32
    label.setFixedSize(width, label.heightForWidth(width))
    return label
