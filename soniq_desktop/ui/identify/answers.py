"""The column beside the picture: the answer, the set list, candidates, and what was identified earlier."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from soniq_desktop.fingerprint.reports import Trouble
from soniq_desktop.fingerprint.setlist import is_certain
from soniq_desktop.library.identifications import Identification
from soniq_desktop.library.records import Track
from soniq_desktop.services.answers import Answer, Miss, SetListLine
from soniq_desktop.services.clip_sound import ClipSound
from soniq_desktop.ui.components import IconButton
from soniq_desktop.ui.identify.result_card import ResultCard
from soniq_desktop.ui.identify.rows import BLEED, Line, Section
from soniq_desktop.ui.identify.sign_card import SignCard
from soniq_desktop.ui.identify.text import seconds_text, trouble_parts, when
from soniq_desktop.ui.pages.parts import MARGIN
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import clock, songs

HISTORY, OTHERS = 12, 3
PRIVACY = {
    "darwin": "x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone",
    "win32": "ms-settings:privacy-microphone",
}


class AnswerColumn(QWidget):
    """Exactly one card is shown at its top. What its buttons ask for comes as signals."""

    listen_wanted = Signal()
    keep_wanted = Signal()
    file_wanted = Signal()
    folder_wanted = Signal()
    export_wanted = Signal()
    play_wanted = Signal(object, float)  # Track, seconds

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.waiting = False  # for an answer
        self.card = SignCard()
        self.result = ResultCard(services)
        self.result.hide()
        export = IconButton("ph.export", "Export the set list", size=16)
        export.clicked.connect(self.export_wanted)
        self.set_list = Section(services, "Set list", action=export)
        self.others = Section(services, "Other candidates", "offset, score against the threshold")
        self.closest = Section(services, "Closest in sound", "similarity")
        self.history = Section(services, "Earlier")
        self._lay_out()

    def _lay_out(self) -> None:
        cards = QVBoxLayout()
        cards.setContentsMargins(BLEED, 0, BLEED, 0)
        cards.addWidget(self.result)
        cards.addWidget(self.card)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN - BLEED, MARGIN, MARGIN - BLEED, MARGIN)
        layout.setSpacing(12)
        layout.addLayout(cards)
        for section in (self.set_list, self.others, self.closest, self.history):
            layout.addWidget(section)
        layout.addStretch(1)

    # before an answer

    def show_intro(self) -> None:
        """Nothing was asked yet."""
        self._show_card()
        self.card.show_texts(
            "ph.microphone",
            "What is playing?",
            "SONIQ compares what it hears with your own music: the song, the second, and how sure that is.",
            "Drop a file here to identify it. A recording of a whole evening gives a set list.",
        )
        self.card.offer("Listen", "ph.microphone", self.listen_wanted.emit)

    def show_waiting(self, *, file: bool, keep: bool) -> None:
        """A question is being asked."""
        self._show_card(waiting=True)
        if file:
            self.card.show_texts("ph.activity", "Reading", "Comparing the file with your library.")
            return
        sentence = (
            "Every song that is recognised joins the set list."
            if keep
            else "Usually two to five seconds; it gives up after fifteen."
        )
        self.card.show_texts("ph.microphone", "Listening", sentence)

    def _show_card(self, *, waiting: bool = False) -> None:
        self.waiting = waiting
        self.others.set_lines([])
        self.closest.set_lines([])
        self.result.hide()
        self.card.show()

    # answers

    def show_answer(self, answer: Answer) -> None:
        """A track was recognised."""
        self.waiting = False
        self.card.hide()
        self.closest.set_lines([])
        self.result.show_answer(answer)
        self.result.show()
        self.others.set_lines(
            [
                self._line(track, f"{clock(other.offset_seconds)}   {other.score:+.1f}".replace("-", "−"))
                for track, other in answer.alternatives[:OTHERS]
            ]
        )

    def show_miss(self, miss: Miss) -> None:
        """Nothing was recognised."""
        self._show_card()
        self.card.show_miss(miss, self.listen_wanted.emit, self.keep_wanted.emit)

    def show_sound(self, sound: ClipSound, closest: Sequence[tuple[Track, float]]) -> None:
        """How the unknown music sounds."""
        if not (self.card.isHidden() or self.waiting):
            self.card.show_sound(sound)
            lines = [self._line(track, f"{cosine:.2f}") for track, cosine in closest]
            self.closest.set_lines([replace(line, sign="ph.play-fill") for line in lines])

    def show_trouble(self, trouble: Trouble) -> None:
        """It could not listen: one card with the one action that may help."""
        self._show_card()
        icon, title, action = trouble_parts(trouble)
        self.card.show_texts(icon, title, f"{trouble.sentence} {trouble.hint}".strip())
        if trouble.kind == "denied" and sys.platform not in PRIVACY:
            action = "Try again"
        self.card.offer(action, "", partial(self._fix, trouble.kind))

    def _fix(self, kind: str) -> None:
        if kind == "denied" and sys.platform in PRIVACY:
            QDesktopServices.openUrl(QUrl(PRIVACY[sys.platform]))
        elif kind == "file":
            self.file_wanted.emit()
        elif kind == "empty":
            self.folder_wanted.emit()
        else:
            self.listen_wanted.emit()

    # lists

    def show_set_list(self, lines: Sequence[SetListLine], done: float | None) -> None:
        """The list so far; `done` is the share of a file."""
        self.set_list.set_lines([self._set_list_line(line) for line in lines])
        if done is None:
            return
        self._show_card(waiting=done < 1.0)
        found = songs(len(lines))
        if done < 1.0:
            self.card.show_texts("ph.activity", f"Reading, {done * 100:.0f} %", f"{found} so far.")
        elif lines:
            self.card.show_texts("ph.playlist", "Set list", f"{found} of your library in this file.")
            self.card.offer("Export the set list", "ph.export", self.export_wanted.emit)
        else:
            self.card.show_texts("ph.question", "Set list", "Nothing in this file was recognised.")

    def show_history(self, entries: Sequence[tuple[Identification, Track | None]]) -> None:
        """What was identified earlier, newest first."""
        self.history.set_lines(
            [self._known(*each) if each[0].known else _unknown(each[0]) for each in entries[:HISTORY]]
        )

    def _set_list_line(self, line: SetListLine) -> Line:
        certain = is_certain(line.entry)
        return Line(
            line.track.title,
            line.track.artist + ("" if certain else " · heard once, not certain"),
            before=clock(line.entry.begins),
            artwork=line.track.tags.artwork,
            quiet=not certain,
            hint="Play",
            do=partial(self.play_wanted.emit, line.track, 0.0),
        )

    def _line(self, track: Track, figure: str) -> Line:
        play = partial(self.play_wanted.emit, track, 0.0)
        return Line(track.title, track.artist, figure, artwork=track.tags.artwork, hint="Play", do=play)

    def _known(self, entry: Identification, track: Track | None) -> Line:
        place, at = f"{entry.artist} · at {clock(entry.offset)}", when(entry.at)
        if track is None:
            gone = f"{place} · no longer in your library"
            return Line(entry.title, gone, at, icon="ph.music-notes", quiet=True)
        play = partial(self.play_wanted.emit, track, max(0.0, entry.offset))
        return Line(entry.title, place, at, artwork=track.tags.artwork, hint="Play from there", do=play)


def _unknown(entry: Identification) -> Line:
    title, at = "Not in your library", when(entry.at)
    if not entry.clip:
        return Line(title, f"{seconds_text(entry.heard)} heard", at, icon="ph.question", quiet=True)
    hear = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(entry.clip))
    kept = "Kept, checked again when you add music"
    return Line(title, kept, at, icon="ph.question", quiet=True, hint="Hear clip", do=hear)
