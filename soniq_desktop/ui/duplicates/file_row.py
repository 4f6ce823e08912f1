"""One file of a group: what it is, where it is, and what can be done with it."""

from pathlib import PurePath

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import IconButton, Label
from soniq_desktop.ui.duplicates.text import format_text, history_text
from soniq_desktop.ui.pages.problems import printable
from soniq_desktop.ui.songs.actions import show_in_folder
from soniq_desktop.ui.songs.text import clock, file_size
from soniq_desktop.ui.theme import Theme

MARK, FORMAT, LENGTH, SIZE = 44, 224, 52, 64  # widths of columns


class FileRow(QWidget):
    """`play_wanted` and `different_wanted` when its buttons are pressed."""

    play_wanted = Signal()
    different_wanted = Signal()

    def __init__(self, track: Track, mark: str = "", difference: str = "", *, apart: bool = False) -> None:
        super().__init__()
        self.track = track
        name = printable(PurePath(track.path).name)
        ink = "text3" if track.missing else "text"
        self.mark = Label(mark, "small", "accent_text", weight=600)
        self.format = Label(format_text(track), "body", ink, figures=True)
        self.length = Label(clock(track.tags.duration), "body", "text2", figures=True)
        self.size_ = Label(file_size(track.size) if track.size else "", "body", "text2", figures=True)
        history = " · ".join(filter(None, (difference, history_text(track))))
        gone = "The file is missing" if track.missing else ""
        self.history = Label(gone or history, "small", "text3", elide=Qt.TextElideMode.ElideRight)
        self.path = Label(printable(track.path), "mono", "text3", elide=Qt.TextElideMode.ElideMiddle)
        self.play = IconButton("ph.play", f"Play {name} from the same second")
        self.folder = IconButton("ph.folder-open", f"Show {name} in folder")
        self.different = IconButton("ph.link-break", f"{name} is not a duplicate")
        self.play.setEnabled(not track.missing)
        self.folder.setEnabled(not track.missing)
        if not apart:
            self.different.hide()
        self.play.clicked.connect(self.play_wanted)
        self.folder.clicked.connect(lambda: show_in_folder(track.path))
        self.different.clicked.connect(self.different_wanted)
        spoken = (mark, name, self.format.text(), self.length.text(), self.history.text())
        self.setAccessibleName(", ".join(filter(None, spoken)))
        self._lay_out()

    def _lay_out(self) -> None:
        theme = Theme.current()
        figures = QHBoxLayout()
        figures.setSpacing(12)
        for label, width in (
            (self.mark, MARK),
            (self.format, FORMAT),
            (self.length, LENGTH),
            (self.size_, SIZE),
        ):
            label.setFixedWidth(theme.px(width))
            figures.addWidget(label)
        for label in (self.length, self.size_):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        figures.addWidget(self.history, 1)
        place = QHBoxLayout()
        place.addSpacing(theme.px(MARK) + 12)
        place.addWidget(self.path, 1)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addLayout(figures)
        texts.addLayout(place)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 8)
        layout.setSpacing(4)
        layout.addLayout(texts, 1)
        for button in (self.play, self.folder, self.different):
            layout.addWidget(button)

    def set_playing(self, playing: bool) -> None:
        """Whether it is the one that is heard now."""
        self.format.set_color("accent_text" if playing else "text3" if self.track.missing else "text")
        self.play.set_icon("ph.speaker-high" if playing else "ph.play")
