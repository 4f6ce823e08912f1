"""Duplicates: songs that are there more than once, versions of one recording, and how they differ."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.fingerprint.comparison import ComparingProgress
from soniq_desktop.library.records import Track
from soniq_desktop.services.duplicates import Found, Likeness
from soniq_desktop.ui.components import Button, EmptyState, Label, ProgressStrip, Segmented
from soniq_desktop.ui.duplicates.cards import (
    AnswerCard,
    ComparedCard,
    GroupCard,
    Starts,
    VersionCard,
    place_in,
)
from soniq_desktop.ui.duplicates.text import coverage, summary
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.parts import MARGIN, PageHead, emptied, scrolled
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import time_left

SHOWN = 50  # cards at once
COPIES, VERSIONS = 0, 1
KEPT = "SONIQ deletes nothing. It shows where the files are."


class DuplicatesPage(QWidget):
    """Groups of copies, or pairs of versions; above them the answer about two songs, where it was asked."""

    right_panel = False

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        assert services.duplicates is not None
        self.title = "Duplicates"
        self._services, self._navigator = services, navigator
        self._duplicates = services.duplicates
        self._found: Found | None = None
        self._shown = SHOWN
        self._undo: tuple[Track, list[Track]] | None = None
        self._asked: list[int] = []
        self.cards: list[ComparedCard] = []
        self.answer: AnswerCard | None = None
        self._make_parts()
        self._lay_out()
        self._connect()

    def _make_parts(self) -> None:
        self.again = Button("Compare again", "ph.arrows-clockwise")
        self.head = PageHead("Duplicates", self.again)
        self.kinds = Segmented(("Copies", "Versions"), "Show")
        self.note = Label(KEPT, "small", "text3", elide=Qt.TextElideMode.ElideRight)
        self.progress = ProgressStrip()
        self.progress.pause.hide()
        self.progress.problems.hide()
        self.progress.hide()
        self.empty = EmptyState("ph.copy", "")
        self.more = Button("Show more", kind="ghost")
        self.decided = Label("", "small", "text3")
        self.undo = Button("Undo", kind="ghost")

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(0, 0, MARGIN - 4, 0)
        bar.setSpacing(16)
        bar.addWidget(self.kinds)
        bar.addWidget(self.note, 1)
        bar.addWidget(self.decided)
        bar.addWidget(self.undo)
        self._answers = QVBoxLayout()
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        column = QWidget()
        inside = QVBoxLayout(column)
        inside.setContentsMargins(0, 0, MARGIN - 4, MARGIN)
        inside.setSpacing(12)
        inside.addLayout(self._answers)
        inside.addLayout(self._cards)
        inside.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(1)
        self._scroll = scrolled(column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 20, 4, 0)
        layout.setSpacing(12)
        self.head.setContentsMargins(0, 0, MARGIN - 4, 0)
        layout.addWidget(self.head)
        layout.addLayout(bar)
        strip = QHBoxLayout()
        strip.setContentsMargins(0, 0, MARGIN - 4, 0)
        strip.addWidget(self.progress)
        layout.addLayout(strip)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._scroll)
        layout.addWidget(self._stack, 1)
        for widget in (self.more, self.undo, self.decided):
            widget.hide()

    def _connect(self) -> None:
        duplicates = self._duplicates
        self.again.clicked.connect(duplicates.look)
        self.progress.cancel_clicked.connect(duplicates.cancel)
        self.kinds.changed.connect(self._kind_changed)
        self.more.clicked.connect(self._show_more)
        self.undo.clicked.connect(self._take_back)
        duplicates.state_changed.connect(self._state_changed)
        duplicates.progressed.connect(self._progressed)
        duplicates.found.connect(self._arrived)
        duplicates.failed.connect(self._failed)
        duplicates.message.connect(self._navigator.tell)
        self._services.player.track_changed.connect(self._show_playing)
        self._services.library.artwork_ready.connect(self._artwork_ready)

    # what the window asks

    def activate(self, params: dict[str, Any]) -> None:
        """`compare`: two track ids, of which the likeness is asked."""
        asked = [int(each) for each in params.get("compare", ())]
        if asked != self._asked or not asked:
            self._ask(asked)
        if not asked or self._found is None:
            self._duplicates.look()

    def session(self) -> dict[str, Any]:
        return {}

    def focus_main(self) -> None:
        self.again.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # two songs

    def _ask(self, ids: list[int]) -> None:
        emptied(self._answers)
        self._asked, self.answer = ids, None
        if len(ids) != 2:
            self._fill()
            return
        self._stack.setCurrentWidget(self._scroll)
        self.answer = card = AnswerCard(self._services)
        card.show_sentence("Comparing", "One moment.")
        card.closed.connect(lambda: self._ask([]))
        card.play_wanted.connect(self._play)
        self._answers.addWidget(card)
        self._scroll.verticalScrollBar().setValue(0)

        def done(likeness: Likeness) -> None:
            if self.answer is card:
                card.show_likeness(likeness)
                card.show_playing(self._services.player.track())

        def failed(sentence: str) -> None:
            if self.answer is card:
                card.show_sentence("They could not be compared", sentence)

        self._duplicates.compare(ids[0], ids[1], done, failed)

    # the library

    def _state_changed(self, state: str) -> None:
        self.again.setEnabled(state == "idle")
        if state == "idle":
            self.progress.hide()
        elif self._found is None:
            self.empty.set_texts("Comparing", "Every song is compared with all others by its sound.")

    def _progressed(self, progress: ComparingProgress) -> None:
        if self._duplicates.state() == "idle":
            return
        self.progress.show_progress(
            f"Comparing {progress.done:,} of {progress.total:,} songs",
            time_left(progress.seconds_left),
            "",
            progress.done / progress.total if progress.total else None,
        )
        self.progress.show()

    def _arrived(self, found: Found) -> None:
        self._found = found
        self._fill()

    def _failed(self, sentence: str) -> None:
        if self._found is None:
            self.empty.set_texts("The library could not be compared", sentence)
            self._stack.setCurrentWidget(self.empty)
        else:
            self._navigator.tell(sentence)

    def _kind_changed(self, _index: int) -> None:
        self._shown = SHOWN
        self._fill()
        self._scroll.verticalScrollBar().setValue(0)

    def _show_more(self) -> None:
        self._shown += SHOWN
        self._fill()

    def _fill(self) -> None:
        found = self._found
        if found is None:
            return
        versions = self.kinds.current() == VERSIONS
        things: Sequence[Any] = found.duplicates.versions if versions else found.duplicates.groups
        emptied(self._cards)
        self.cards = [
            VersionCard(each, self._services) if versions else GroupCard(each, self._services)
            for each in things[: self._shown]
        ]
        for card in self.cards:
            card.play_wanted.connect(self._play)
            card.different_wanted.connect(self._different)
            self._cards.addWidget(card)
        self.more.setVisible(len(things) > self._shown)
        self.more.setText(f"Show more of {len(things):,}")
        self.head.figures.setText(summary(found))
        self.note.setText(f"{coverage(found)} {KEPT}")
        self._say_why_empty(found, versions=versions, empty=not things)
        self._show_decisions(found)
        self._show_playing(self._services.player.track())

    def _say_why_empty(self, found: Found, *, versions: bool, empty: bool) -> None:
        self._stack.setCurrentWidget(self.empty if empty and self.answer is None else self._scroll)
        if not found.complete:
            self.empty.set_texts("None so far", "The comparison has not come to its end.")
        elif not found.compared:
            self.empty.set_texts(
                "Nothing to compare yet", "Songs are compared once SONIQ has listened to them."
            )
        elif versions:
            self.empty.set_texts("No versions", "No two songs share a part of one recording.")
        else:
            self.empty.set_texts("No duplicates", "Every song that was compared is there once.")

    # listening

    def _play(self, ids: list[int], index: int, starts: Starts) -> None:
        """From where the music is now, if one of them plays; else from where all of them have it."""
        player = self._services.player
        heard = player.track()
        wanted = place_in(starts, heard.id if heard else 0, player.position(), ids[index])
        player.play(ids, index, "duplicates")
        if wanted:
            player.seek(wanted)

    def _show_playing(self, track: Track | None) -> None:
        for card in [*self.cards, *([self.answer] if self.answer else [])]:
            card.show_playing(track)

    def _artwork_ready(self, key: str) -> None:
        for card in self.cards:
            if isinstance(card, GroupCard):
                card.show_artwork(key)

    # what the user decides

    def _different(self, track: Track, others: list[Track]) -> None:
        self._undo = track, others
        self._duplicates.say_different(track, others)

    def _take_back(self) -> None:
        if self._undo is not None:
            self._duplicates.take_back(*self._undo)
            self._undo = None
        else:
            self._duplicates.take_all_back()

    def _show_decisions(self, found: Found) -> None:
        for widget in (self.decided, self.undo):
            widget.setVisible(found.decisions > 0)
        if self._undo is not None:
            self.decided.setText(f"“{_short(self._undo[0].title)}” is shown no more as a copy.")
            self.undo.setText("Undo")
        else:
            pairs = "pair" if found.decisions == 1 else "pairs"
            self.decided.setText(f"{found.decisions:,} {pairs} set apart by you")
            self.undo.setText("Show again")


def _short(title: str) -> str:
    return title if len(title) <= 28 else f"{title[:27]}…"
