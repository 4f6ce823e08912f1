"""Not sure yet: the songs whose genre would teach most, answered with one key each."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.analysis.genre.probe import Refit
from soniq_desktop.library.records import GenreHeard, Track
from soniq_desktop.services.genre import GenreService
from soniq_desktop.ui.components import Button, Card, Cover, EmptyState, Label
from soniq_desktop.ui.genres import FAMILIES
from soniq_desktop.ui.inspector import words
from soniq_desktop.ui.inspector.answer import KEYS, AnswerButton
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.parts import MARGIN, PageHead, joined, scrolled
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import SongActions
from soniq_desktop.ui.songs.text import clock, songs

ASKED = 20  # songs that are fetched at a time
WIDEST = 760


class Question(Card):
    """One song and twelve answers. `answered` gives the family."""

    answered = Signal(str)

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._artwork: str | None = None
        self.cover = Cover(96, 8)
        self.heading = Label("", "heading", elide=Qt.TextElideMode.ElideRight)
        self.byline = Label("", "body", "text2", elide=Qt.TextElideMode.ElideRight)
        self.guess = Label("", "small", "text3", wrap=True)
        self.play = Button("Play", "ph.play-fill", "primary")
        self.inspect = Button("Inspect", "ph.magnifying-glass-plus")
        self.answers = [AnswerButton(key, family) for key, family in zip(KEYS, FAMILIES, strict=True)]
        names = QVBoxLayout()
        names.setSpacing(4)
        names.addStretch(1)
        for label in (self.heading, self.byline, self.guess):
            names.addWidget(label)
        names.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(20)
        head.addWidget(self.cover)
        head.addLayout(names, 1)
        head.addWidget(self.inspect)
        head.addWidget(self.play)
        grid = QGridLayout()
        grid.setSpacing(8)
        for number, answer in enumerate(self.answers):
            grid.addWidget(answer, number // 3, number % 3)
            answer.clicked.connect(partial(self.answered.emit, answer.family))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(16)
        column.addLayout(head)
        column.addLayout(grid)
        services.library.artwork_ready.connect(lambda _key: self._show_cover())

    def show_track(self, track: Track) -> None:
        """Ask about another song."""
        self._artwork = track.tags.artwork
        self.heading.setText(track.title)
        self.byline.setText(joined((track.artist, track.tags.album, clock(track.tags.duration))))
        self.guess.setText("")
        for answer in self.answers:
            answer.set_share(None)
        self._show_cover()

    def show_heard(self, heard: GenreHeard | None) -> None:
        """What the classifier thinks so far."""
        if heard is None:
            return
        shares = dict(words.in_order(heard.probabilities))
        best = list(shares)[:2]
        self.guess.setText(f"SONIQ hesitates between {best[0]} and {best[1]}." if len(best) > 1 else "")
        for answer in self.answers:
            answer.set_share(shares.get(answer.family), likely=answer.family in best)

    def _show_cover(self) -> None:
        library = self._services.library
        self.cover.set_source(library.artwork(self._artwork, 320) if self._artwork else None)


class UnsurePage(QWidget):
    """Keys: 1 to 9, 0, - and = answer, Right skips, Backspace takes the last answer back."""

    right_panel = False

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        assert services.genre is not None
        self.title = "Not sure yet"
        self._services, self._navigator = services, navigator
        self._genre: GenreService = services.genre
        self._actions = SongActions(services, navigator, "inspector")
        self.waiting: list[Track] = []
        self.given: list[tuple[Track, str]] = []  # answers of this visit, the latest last
        self._skipped: set[int] = set()
        self._corrections = 0
        self._refit: Refit | None = None
        self._make_parts()
        self._lay_out()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _make_parts(self) -> None:
        self.undo = Button("Take back", "ph.arrow-counter-clockwise")
        self.skip = Button("Skip", "ph.skip-forward-fill")
        self.head = PageHead("Not sure yet", self.undo, self.skip)
        self.about = Label(
            "These songs would teach SONIQ most: it hesitates about them, and many others sound like them. "
            "Answers are yours: they are kept, backed up, and never written into the files.",
            "body", "text2", wrap=True,
        )  # fmt: skip
        self.question = Question(self._services)
        self.learned = Label("", "body", "text2", wrap=True)
        self.back = Button("Back to the Inspector", "ph.caret-left")
        self.empty = EmptyState("ph.check-circle-fill", "", "", self.back)

    def _lay_out(self) -> None:
        asking = QWidget()
        column = QVBoxLayout(asking)
        column.setContentsMargins(0, 0, 0, MARGIN)
        column.setSpacing(16)
        for part in (self.about, self.question, self.learned):
            column.addWidget(part)
        column.addStretch(1)
        asking.setMaximumWidth(WIDEST)
        asking.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.stack = QStackedWidget()
        self.stack.addWidget(scrolled(asking))
        self.stack.addWidget(self.empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 18, MARGIN, 0)
        outer.setSpacing(16)
        outer.addWidget(self.head)
        outer.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.question.answered.connect(self.answer)
        self.question.play.clicked.connect(self._play)
        self.question.inspect.clicked.connect(self._inspect)
        self.undo.clicked.connect(self.take_back)
        self.skip.clicked.connect(self.skip_song)
        self.back.clicked.connect(lambda: self._navigator.open("inspector"))
        self._genre.taught.connect(self._taught)
        self._genre.notice.connect(self._trouble)
        self._show()

    # what the window asks

    def activate(self, _params: dict[str, Any]) -> None:
        """Ask anew: answers given elsewhere count."""
        self._fetch()

    def session(self) -> dict[str, Any]:
        return {}

    def focus_main(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._skipped.clear()

    # asking

    def _fetch(self) -> None:
        self._genre.unsure(self._arrived, ASKED)
        self._genre.learned(self._learned)

    def _arrived(self, tracks: list[Track]) -> None:
        answered = {track.id for track, _ in self.given}
        now = self.waiting[:1]
        fresh = [
            track
            for track in tracks
            if track.id not in answered | self._skipped and not track.missing and track not in now
        ]
        self.waiting = now + fresh
        self._show()

    def _show(self) -> None:
        self.head.figures.setText(f"{songs(len(self.waiting))} to answer" if self.waiting else "")
        self.undo.setEnabled(bool(self.given))
        self.skip.setEnabled(bool(self.waiting))
        self.stack.setCurrentIndex(0 if self.waiting else 1)
        if self.waiting:
            track = self.waiting[0]
            self.question.show_track(track)
            self._genre.heard(track.id, partial(self._heard, track.id), key="unsure")
        else:
            self.empty.set_texts("Nothing to ask", self._nothing())

    def _nothing(self) -> str:
        if not self._services.library.counts().listened:
            return "SONIQ has to listen to some of your songs first."
        return "SONIQ has no more songs whose genre would teach it much now. " + self.learned.text()

    def _heard(self, track_id: int, heard: GenreHeard | None) -> None:
        if self.waiting and self.waiting[0].id == track_id:
            self.question.show_heard(heard)

    # answering

    def answer(self, family: str) -> None:
        """Keep the user's word on the song that is shown, and show the next."""
        if not self.waiting:
            return
        track = self.waiting.pop(0)
        self.given.append((track, family))
        self._genre.correct([track.id], family)
        self._count(1)
        self._navigator.tell(f"“{track.title}” is {family}. Backspace takes it back.")
        self._show()
        if not self.waiting:
            self._fetch()

    def take_back(self) -> None:
        """The last answer is as if it had not been given, and its song is asked about again."""
        if not self.given:
            return
        track, _family = self.given.pop()
        self._genre.correct([track.id], track.genre_corrected)
        self._count(-1)
        self.waiting.insert(0, track)
        self._show()

    def skip_song(self) -> None:
        """Not this one now."""
        if self.waiting:
            self._skipped.add(self.waiting.pop(0).id)
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = QKeySequence(event.key()).toString()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and text in KEYS:
            self.answer(FAMILIES[KEYS.index(text)])
        elif plain and event.key() == Qt.Key.Key_Backspace:
            self.take_back()
        elif plain and event.key() == Qt.Key.Key_Right:
            self.skip_song()
        else:
            super().keyPressEvent(event)

    def _play(self) -> None:
        if self.waiting:
            self._actions.play([self.waiting[0].id])

    def _inspect(self) -> None:
        if self.waiting:
            self._navigator.open("inspector", track_id=self.waiting[0].id)

    # what was learned

    def _taught(self, _refit: Refit | None) -> None:
        if self.isVisible():
            self._fetch()

    def _learned(self, found: tuple[Refit | None, int]) -> None:
        self._refit, self._corrections = found
        self.learned.setText(words.learned(*found))
        if not self.waiting:
            self._show()

    def _count(self, more: int) -> None:
        """At once; what was learned of it follows."""
        self._corrections = max(0, self._corrections + more)
        self.learned.setText(words.learned(self._refit, self._corrections))

    def _trouble(self, sentence: str) -> None:
        self.learned.setText(sentence)
