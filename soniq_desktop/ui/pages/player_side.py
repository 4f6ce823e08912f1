"""The panel beside the live spectrogram: lyrics, queue, and the track's facts."""

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.library.lyrics import Lyrics, read_lyrics
from soniq_desktop.library.records import Track
from soniq_desktop.services.tasks import Tasks
from soniq_desktop.ui.components import GenreChip, IconButton, Label, PaintedButton
from soniq_desktop.ui.for_you.radio_switch import RadioSwitch
from soniq_desktop.ui.genres import shown_genre
from soniq_desktop.ui.pages.lyrics import LyricsView
from soniq_desktop.ui.pages.parts import TextLink
from soniq_desktop.ui.pages.tempo_buttons import TempoButtons
from soniq_desktop.ui.pages.track_facts import FactsTable
from soniq_desktop.ui.queue_list import BLEED, QueueList
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import long_duration, songs
from soniq_desktop.ui.theme import Theme, mix, text_width

WIDTH = 360
PADDING = 24
BAR = 8  # px that a scroll bar takes


class Tab(PaintedButton):
    """A word that is bright while its page is shown."""

    focus_radius = 6.0

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(round(text_width(self.text(), "body", 600)) + 4, Theme.current().px(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setFont(theme.font("body", 600 if self.isChecked() else 400))
        ink = theme.color("text" if self.isChecked() else "text3")
        painter.setPen(mix(ink, theme.color("text"), self.hover_amount))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class PlayerSide(QWidget):
    """Tabs above, track facts below."""

    closed = Signal()
    inspect_wanted = Signal(int)  # track id

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._track: Track | None = None
        self._read: str | None = None  # the file whose lyrics are shown
        self._reader = Tasks(1)
        self.destroyed.connect(self._reader.close)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Lyrics, queue and track facts")
        self._make_parts()
        self._lay_out()
        self._connect()
        self._queue_changed()

    def _make_parts(self) -> None:
        self.tabs = [Tab("Lyrics"), Tab("Queue")]
        self.group = QButtonGroup(self)
        for index, tab in enumerate(self.tabs):
            self.group.addButton(tab, index)
        self.tabs[0].setChecked(True)
        self.shrink = IconButton("ph.arrows-in-simple", "Leave full player", shortcut="Esc", size=16)
        self.lyrics = LyricsView()
        self.queue = QueueList(self._services.library)
        self.queue_count = Label("", "small", "text3")
        self.radio = RadioSwitch()
        self.genre = GenreChip()
        if self._services.explain is not None:
            self.genre.leads_to("Click to see why")
            self.genre.clicked.connect(self._inspect)
        self.facts = FactsTable()
        self.tempo = TempoButtons()
        self.facts_head = Label("Track facts", "body", weight=600)
        self.inspect = TextLink("Open in Inspector", "small", "accent_text")
        self.inspect.clicked.connect(self._inspect)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(16)
        for tab in self.tabs:
            bar.addWidget(tab)
        bar.addStretch(1)
        bar.addWidget(self.shrink)
        queue_page = QWidget()
        queue = QVBoxLayout(queue_page)
        queue.setContentsMargins(0, 0, 0, 0)
        queue.addWidget(self.queue_count)
        queue.addWidget(self.radio)
        for part in (self.queue_count, self.radio):  # rows reach further than they are
            part.setContentsMargins(BLEED, 0, BLEED + BAR, 0)
        queue.addWidget(self.queue, 1)
        self.lyrics.setContentsMargins(BLEED, 0, BLEED + BAR, 0)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.lyrics)
        self.stack.addWidget(queue_page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        bar.setContentsMargins(PADDING, 12, PADDING, 16)
        layout.addLayout(bar)
        tabs = QVBoxLayout()
        tabs.setContentsMargins(PADDING - BLEED, 0, PADDING - BLEED - BAR, 16)
        tabs.addWidget(self.stack)
        layout.addLayout(tabs, 1)
        facts_row = QHBoxLayout()
        facts_row.addWidget(self.facts_head, 1)
        facts_row.addWidget(self.inspect)
        about = QVBoxLayout()
        about.setContentsMargins(PADDING, 0, PADDING, PADDING)
        about.setSpacing(8)
        layout.addLayout(about)
        about.addLayout(facts_row)
        about.addWidget(self.genre)
        about.addWidget(self.facts)
        about.addWidget(self.tempo)

    def _connect(self) -> None:
        player = self._services.player
        self.group.idClicked.connect(self.stack.setCurrentIndex)
        self.shrink.clicked.connect(self.closed)
        self.radio.setVisible(self._services.radio is not None)
        if self._services.radio is not None:
            self.radio.follow(self._services.radio)
        self.lyrics.seek_requested.connect(player.seek)
        self.tempo.corrected.connect(self._correct_tempo)
        player.queue_changed.connect(self._queue_changed)
        player.position_changed.connect(self.lyrics.set_position)
        self.queue.moved.connect(lambda row, to: player.move(self._first() + row, self._first() + to))
        self.queue.removed.connect(lambda row: player.remove(self._first() + row))
        self.queue.inserted.connect(lambda ids, _before: player.play_next(ids))
        self.queue.chosen.connect(self._play_row)

    def show_tab(self, index: int) -> None:
        """0 lyrics, 1 queue."""
        self.tabs[index].setChecked(True)
        self.stack.setCurrentIndex(index)

    def tab(self) -> int:
        return self.stack.currentIndex()

    def _inspect(self) -> None:
        if self._track is not None:
            self.inspect_wanted.emit(self._track.id)

    def set_track(self, track: Track | None) -> None:
        """Show another track, or new values of the same."""
        self._track = track
        self.facts.set_track(track)
        self._ask_finishing()
        self.tempo.set_track(track)
        self.genre.set_names(shown_genre(track).names if track else ())
        self.facts_head.setVisible(track is not None)
        self.inspect.setVisible(track is not None and self._services.explain is not None)
        if track is None:
            self._read = None
            self.lyrics.set_waiting("Nothing is playing")
        elif track.path != self._read:
            self._read = track.path
            self.lyrics.set_waiting("")
            self._reader.run(partial(read_lyrics, track.path), self._lyrics_arrived, key="lyrics")

    def _ask_finishing(self) -> None:
        """How likely the song is finished, where there are plays enough to say so."""
        track, hybrid = self._track, self._services.hybrid
        if track is not None and hybrid is not None:
            hybrid.finishing(track.id, partial(self._finishing_told, track.id))

    def _finishing_told(self, track_id: int, words: tuple[str, str] | None) -> None:
        if self._track is not None and self._track.id == track_id:
            self.facts.set_finishing(words)

    def _correct_tempo(self, bpm: float | None) -> None:
        if self._track is not None:
            self._services.library.correct_tempo(self._track.id, bpm)

    def _lyrics_arrived(self, lyrics: Lyrics | None) -> None:
        if lyrics is None:
            self.lyrics.set_waiting("No lyrics in this file")
            return
        self.lyrics.set_lyrics(lyrics)
        self.lyrics.set_position(self._services.player.position())

    def _first(self) -> int:
        return self._services.player.current_index() + 1

    def _play_row(self, row: int) -> None:
        player = self._services.player
        player.jump(self._first() + row)

    def _queue_changed(self) -> None:
        ids = self._services.player.upcoming()
        self.queue.set_ids(ids)
        self.queue_count.setText(songs(len(ids)) if ids else "Songs you play next appear here.")
        if ids:
            self._services.library.total_duration(ids, lambda seconds: self._timed(len(ids), seconds))

    def _timed(self, count: int, seconds: float) -> None:
        self.queue_count.setText(f"{songs(count)} · {long_duration(seconds)}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("sidebar"))
        painter.fillRect(QRectF(0, 0, 1, self.height()), theme.color("line"))
        painter.end()
