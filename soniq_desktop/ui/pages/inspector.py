"""Inspector: what the genre model heard in a song, how sure it is, and what else was measured."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.analysis.genre.engine import GenreCoverage
from soniq_desktop.analysis.genre.evidence import Evidence
from soniq_desktop.library.records import GenreHeard, Track, Waveform
from soniq_desktop.services.genre import GenreService
from soniq_desktop.ui.components import Button, EmptyState, Label, Menu, ProgressStrip
from soniq_desktop.ui.inspector import words
from soniq_desktop.ui.inspector.classes import ClassesCard
from soniq_desktop.ui.inspector.head import InspectorHead
from soniq_desktop.ui.inspector.listened import ListenedCard
from soniq_desktop.ui.inspector.measured import MeasuredCard
from soniq_desktop.ui.inspector.neighbours import NeighboursCard
from soniq_desktop.ui.inspector.set_card import SetCard
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.parts import MARGIN, scrolled
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import SongActions
from soniq_desktop.ui.songs.genre_menu import genre_menu
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.wormhole.picker import SongPicker

GAP, SIDE, NARROW_SIDE = 16, 400, 324
NARROW_BELOW = 1100  # width of the page
BELOW = 16
ROOMY_TEXT = 1.2  # text size above which the head has no room for all words
LEFT_LEAST = 444  # height of the picture's card


class InspectorPage(QWidget):
    """Parameters: track_id, label (a class to explain)."""

    right_panel = False

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        assert services.genre is not None
        self.title = "Inspector"
        self._services, self._navigator = services, navigator
        self._genre: GenreService = services.genre
        self._actions = SongActions(services, navigator, "inspector")
        self.track: Track | None = None
        self.heard: GenreHeard | None = None
        self._evidence: Evidence | None = None
        self._waiting = False  # for SONIQ to listen to this song
        self._make_parts()
        self._lay_out()
        self._connect()
        self._show_track(None)

    def _make_parts(self) -> None:
        services, navigator = self._services, self._navigator
        self.head = InspectorHead(services.library)
        self.strip = ProgressStrip()
        self.strip.cancel.hide()
        self.strip.problems.hide()
        self.notice = Label("", "small", "warn", wrap=True)
        self.listened = ListenedCard(services, navigator)
        self.neighbours = NeighboursCard(services, navigator)
        self.classes = ClassesCard()
        self.set_card = SetCard()
        self.measured = MeasuredCard()
        self.search_button = Button("Choose a song", "ph.magnifying-glass", "primary")
        self.empty = EmptyState("ph.magnifying-glass-plus", "", "", self.search_button)

    def _lay_out(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        cards_of: tuple[tuple[QVBoxLayout, tuple[QWidget, ...]], ...] = (
            (left, (self.listened, self.neighbours)),
            (right, (self.classes, self.set_card, self.measured)),
        )
        for column, parts in cards_of:
            column.setSpacing(GAP)
            for part in parts:
                column.addWidget(part)
        left.addStretch(1)
        right.addStretch(1)
        self.side = QWidget()
        self.side.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        cards = QWidget()
        row = QHBoxLayout(cards)
        row.setContentsMargins(MARGIN, 0, MARGIN, BELOW)
        row.setSpacing(GAP)
        row.addLayout(left, 1)
        row.addWidget(self.side)
        self.area = scrolled(cards)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.area)
        self.stack.addWidget(self.empty)
        upper = QVBoxLayout()
        upper.setContentsMargins(MARGIN, 12, MARGIN, 0)
        upper.setSpacing(10)
        for shown in (self.head, self.strip, self.notice):
            upper.addWidget(shown)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GAP)
        page.addLayout(upper)
        page.addWidget(self.stack, 1)
        self.strip.hide()
        self.notice.hide()

    def _connect(self) -> None:
        services, genre = self._services, self._genre
        self.head.choose.clicked.connect(partial(self._choose, self.head.choose))
        self.search_button.clicked.connect(partial(self._choose, self.search_button))
        self.head.unsure.clicked.connect(lambda: self._navigator.open("unsure"))
        self.head.again.clicked.connect(self._analyse_again)
        self.head.correct.clicked.connect(self._open_genres)
        self.head.play.clicked.connect(self._play)
        self.listened.explained.connect(self._explained)
        self.neighbours.chosen.connect(lambda each: self._navigator.open("inspector", track_id=each))
        self.set_card.level_chosen.connect(genre.set_level)
        settings = services.settings
        self.set_card.per_class_chosen.connect(lambda on: settings.set("genre.per_class", on))
        self.classes.model_chosen.connect(lambda model: settings.set("genre.model", model))
        self.measured.tempo_corrected.connect(self._correct_tempo)
        self.strip.pause.clicked.connect(self._pause)
        genre.changed.connect(self._genres_changed)
        genre.taught.connect(lambda _refit: self._ask_genre())
        genre.notice.connect(self._genre_trouble)
        services.settings.changed.connect(self._setting_changed)
        services.library.tracks_updated.connect(self._tracks_updated)
        services.library.listened.connect(self._listened)
        services.library.progress.connect(self._progressed)
        services.player.track_changed.connect(self._player_changed)
        services.player.state_changed.connect(lambda _state: self._show_playing())
        Theme.current().changed.connect(self._arrange)

    # what the window asks

    def activate(self, params: dict[str, Any]) -> None:
        """Show the song that `params` name, the one that was shown, or the one that plays."""
        track_id, label = params.get("track_id"), params.get("label")
        if isinstance(track_id, int):
            self._services.library.track(track_id, partial(self._track_arrived, label))
        elif self.track is None:
            self._show_track(self._services.player.track(), label)
        else:
            self._refresh()

    def session(self) -> dict[str, Any]:
        return {"track_id": self.track.id} if self.track is not None else {}

    def regions(self) -> list[QWidget]:
        return [self.head, self.stack]

    def focus_main(self) -> None:
        main: QWidget = self.listened.view if self.track is not None else self.search_button
        main.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # the song

    def _track_arrived(self, label: str | None, track: Track | None) -> None:
        if track is None:
            self._navigator.tell("This song is not in the library any more.")
        if track is not None or self.track is None:
            self._show_track(track, label)

    def _show_track(self, track: Track | None, label: str | None = None) -> None:
        other = track is None or self.track is None or track.id != self.track.id
        self.track = track
        self.head.set_track(track)
        self._show_playing()
        self.stack.setCurrentIndex(0 if track is not None else 1)
        if track is None:
            self.empty.set_texts(
                "No song to look at",
                "Choose one, or play one: the Inspector shows what SONIQ hears in it.",
            )
            return
        if other:
            self.heard, self._evidence, self._waiting = None, None, False
            self.listened.set_track(track, label)
            self.strip.hide()
            self._services.library.waveform(track.id, partial(self._waveform_arrived, track.id))
        self._refresh()

    def _refresh(self) -> None:
        track = self.track
        if track is None:
            return
        self.measured.set_track(track)
        self.neighbours.set_track(track)
        self._show_options()
        self._show_genre()
        self._ask_genre()
        self._show_waiting()
        self.listened.look()

    def _waveform_arrived(self, track_id: int, waveform: Waveform | None) -> None:
        if self.track is not None and self.track.id == track_id:
            self.listened.set_waveform(waveform)

    def _tracks_updated(self, ids: list[int]) -> None:
        if self.track is not None and self.track.id in ids:
            self._services.library.track(self.track.id, partial(self._updated, self.track.id))

    def _updated(self, track_id: int, track: Track | None) -> None:
        if self.track is not None and self.track.id == track_id:
            self._show_track(track)

    # listening first

    def _show_waiting(self) -> None:
        """A song that was not listened to goes first; a problem is said."""
        track = self.track
        assert track is not None
        self._waiting = (track.state == "new" and not track.missing) or self._waiting
        if track.state == "new" and not track.missing:
            self._services.library.listen_first([track.id])
        problem = track.state == "problem"
        sentence = "This file could not be analysed. Problems has the reason." if problem else ""
        if track.missing:
            sentence = "The file of this song is not there now; what is known of it is still shown."
        self.notice.setText(sentence)
        self.notice.setVisible(bool(self.notice.text()))
        self.strip.setVisible(self._waiting)
        if self._waiting:
            self._progressed(None)

    def _progressed(self, progress: Any) -> None:
        if not self._waiting or self.track is None:
            return
        words_ = f"Listening to “{self.track.title}” first"
        if progress is None:
            self.strip.show_progress(words_, "waiting for the start", "", None, paused=True)
            return
        share = progress.done / progress.total if progress.total else None
        figures = "paused" if progress.paused else f"{progress.done:,} of {progress.total:,}"
        self.strip.show_progress(words_, figures, progress.item, share, paused=progress.paused)

    def _pause(self) -> None:
        library = self._services.library
        if self.strip.pause.accessibleName() == "Pause":
            library.pause()
        else:
            library.resume()
            library.rescan()

    def _listened(self, track_id: int) -> None:
        if self.track is not None and self.track.id == track_id:
            self._waiting = False
            self.strip.hide()
            self._services.library.waveform(track_id, partial(self._waveform_arrived, track_id))
            self._services.library.track(track_id, partial(self._updated, track_id))

    def _analyse_again(self) -> None:
        if self.track is None:
            return
        if self.track.state == "problem":
            self._actions.retry(self.track)
        else:
            self._waiting = True
            self._services.library.listen_again(self.track.id)
        self._show_waiting()

    # the genre

    def _ask_genre(self) -> None:
        if self.track is None or not self.isVisible():
            return
        self._genre.heard(self.track.id, partial(self._heard_arrived, self.track.id), key="inspector")
        self._genre.coverage(self._coverage_arrived)

    def _heard_arrived(self, track_id: int, heard: GenreHeard | None) -> None:
        if self.track is not None and self.track.id == track_id:
            self.heard = heard
            self._show_genre()
            self.listened.set_heard(heard)

    def _coverage_arrived(self, coverage: GenreCoverage) -> None:
        self.set_card.show_coverage(coverage)

    def _show_genre(self) -> None:
        evidence = self._evidence
        self.listened.set_agreement(words.compared(self.heard, evidence) if evidence is not None else "")
        self.classes.set_heard(self.heard)
        self.set_card.show_set(self.track, self.heard)

    def _explained(self, evidence: Evidence | None) -> None:
        self._evidence = evidence
        self._show_genre()

    def _genres_changed(self, ids: list[int]) -> None:
        if self.track is not None and self.track.id in ids:
            self._tracks_updated(ids)

    def _genre_trouble(self, sentence: str) -> None:
        """Weights that are damaged or not there: said where the genre would be."""
        self.set_card.coverage.setText(sentence)

    def _setting_changed(self, name: str) -> None:
        if name.startswith("genre."):
            self._show_options()

    def _show_options(self) -> None:
        get = self._services.settings.get
        self.set_card.set_level(float(get("genre.level")))
        self.set_card.per_class = bool(get("genre.per_class"))
        self.classes.model = str(get("genre.model"))

    def genre_menu(self) -> Menu:
        """The twelve families, and back to what was heard."""
        assert self.track is not None
        return genre_menu(self._genre, self._navigator, [self.track.id], [self.track], Menu(parent=self))

    def _open_genres(self) -> None:
        if self.track is not None:
            self.head.open_below(self.genre_menu(), self.head.correct)

    # playing

    def _play(self) -> None:
        if self.track is None:
            return
        if self._is_current():
            self._services.player.toggle()
        else:
            self._actions.play([self.track.id])

    def _is_current(self) -> bool:
        playing = self._services.player.track()
        return self.track is not None and playing is not None and playing.id == self.track.id

    def _show_playing(self) -> None:
        self.head.set_playing(self._is_current() and self._services.player.state() == "playing")

    def _player_changed(self, track: Track | None) -> None:
        if self.track is None and track is not None and self.isVisible():
            self._show_track(track)
        self._show_playing()

    def _choose(self, button: QWidget) -> None:
        picker = SongPicker(
            button, "Song to inspect", self._services.library,
            lambda track: self._navigator.open("inspector", track_id=track.id),
        )  # fmt: skip
        picker.open_at(button)

    def _correct_tempo(self, bpm: float | None) -> None:
        if self.track is not None:
            self._services.library.correct_tempo(self.track.id, bpm)

    # look

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask_genre()
        self.listened.look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.listened.leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """The picture takes what the neighbours leave; wide enough for large text, too."""
        narrow = self.width() < NARROW_BELOW
        self.side.setFixedWidth(NARROW_SIDE if narrow else SIDE)
        for part in (self.head, self.listened):
            part.set_narrow(narrow or Theme.current().scale > ROOMY_TEXT)
        room = self.area.viewport().height() - BELOW - GAP - self.neighbours.minimumHeight()
        self.listened.setFixedHeight(max(Theme.current().px(LEFT_LEAST), room))
