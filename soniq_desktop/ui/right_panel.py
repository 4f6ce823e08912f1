"""The panel at the right: what plays, with what was measured of it, and what comes next."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import Cover, GenreChip, IconButton, Label, Pill
from soniq_desktop.ui.for_you.radio_switch import RadioSwitch
from soniq_desktop.ui.for_you.why import WhyCard
from soniq_desktop.ui.genres import shown_genre
from soniq_desktop.ui.queue_list import BLEED, QueueList
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import key_texts, long_duration, songs, tempo_text
from soniq_desktop.ui.theme import Theme

PADDING = 24
WHY_GAP = 16
NOTHING = "Songs you play next appear here."
RECOMMENDED = ("radio", "similar", "for you")  # sources of plays that come with a reason
WIDTH = 319  # and 1 for the line, which is the splitter's handle


class RightPanel(QWidget):
    """Now playing and Up next."""

    full_player_wanted = Signal()
    inspect_wanted = Signal(int)  # track id

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._player = services.player
        self._track: Track | None = None
        self._request = 0
        self.setAccessibleName("Now playing and queue")
        self.setMinimumWidth(280)
        self.setMaximumWidth(440)
        self._make_parts()
        self._lay_out()
        self._connect()
        self._track_changed(self._player.track())
        self._queue_changed()

    def _make_parts(self) -> None:
        self.expand = IconButton("ph.arrows-out-simple", "Full player", shortcut="F11", size=16)
        self.cover = Cover(None, 12)
        self.cover.setMaximumHeight(392)
        self.title = Label("", "panel", elide=Qt.TextElideMode.ElideRight)
        self.artist = Label("", "body", "text2")
        self.album = Label("", "body", "text3", elide=Qt.TextElideMode.ElideRight)
        self.genre = GenreChip()
        if self._services.explain is not None:
            self.genre.leads_to("Click to see why")
            self.genre.clicked.connect(self._inspect)
        self.tempo, self.key, self.energy = Pill("", "Tempo"), Pill("", "Key"), Pill("", "Energy")
        self.why, self.why_gap = WhyCard(), QWidget()
        self.why_gap.setFixedHeight(WHY_GAP)
        self.queue_count = Label("", "small", "text3", figures=True)
        self.radio = RadioSwitch()
        self.queue = QueueList(self._services.library)
        self.nothing = Label(NOTHING, "small", "text3", wrap=True)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label("Now playing", "body", weight=600), 1)
        head.addWidget(self.expand)
        names = QHBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.artist)
        names.addWidget(self.album, 1)
        self.artist.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        chips = QHBoxLayout()
        chips.setSpacing(6)
        for chip in (self.genre, self.tempo, self.key, self.energy):
            chips.addWidget(chip)
        chips.addStretch(1)
        upper = QVBoxLayout()
        upper.setContentsMargins(PADDING - 1, 12, PADDING, 0)
        upper.setSpacing(0)
        parts = ((head, 8), (self.cover, 18), (self.title, 0), (names, 12), (chips, 16), (self.why, WHY_GAP))
        for part, gap in parts:
            if isinstance(part, QWidget):
                upper.addWidget(part)
            else:
                upper.addLayout(part)
            if part is self.why:  # its distance to what follows goes with it
                upper.addWidget(self.why_gap)
            else:
                upper.addSpacing(gap)
        next_up = QHBoxLayout()
        next_up.addWidget(Label("Up next", "body", weight=600), 1)
        next_up.addWidget(self.queue_count)
        upper.addLayout(next_up)
        upper.addWidget(self.radio)
        upper.addSpacing(6)
        upper.addWidget(self.nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(upper)
        rows = QVBoxLayout()
        rows.setContentsMargins(PADDING - BLEED - 1, 0, PADDING - BLEED - 8, 0)
        rows.addWidget(self.queue)
        layout.addLayout(rows, 1)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 700)

    def _connect(self) -> None:
        library, player = self._services.library, self._player
        player.track_changed.connect(self._track_changed)
        player.queue_changed.connect(self._queue_changed)
        library.tracks_updated.connect(self._tracks_updated)
        library.artwork_ready.connect(self._artwork_ready)
        self.expand.clicked.connect(self.full_player_wanted)
        self.cover.clicked.connect(self.full_player_wanted)
        self.queue.moved.connect(self._move)
        self.queue.removed.connect(lambda row: player.remove(self._first() + row))
        self.queue.inserted.connect(self._insert)
        self.queue.chosen.connect(self._play_row)
        if self._services.discovery is not None:
            self._services.discovery.recalled.connect(lambda: self._show_why(self._track))
        self.radio.setVisible(self._services.radio is not None)
        if self._services.radio is not None:
            self.radio.follow(self._services.radio)
            self._services.radio.changed.connect(self._show_notes)

    def _first(self) -> int:
        """The queue index of the first row."""
        return self._player.current_index() + 1

    def _move(self, row: int, target: int) -> None:
        self._player.move(self._first() + row, self._first() + target)

    def _insert(self, ids: list[int], before: int) -> None:
        """Dropped songs: appended, then moved to where they were dropped."""
        end = len(self._player.queue())
        self._player.add(ids)
        for offset in range(len(ids)):
            if self._first() + before < end:
                self._player.move(end + offset, self._first() + before + offset)

    def _play_row(self, row: int) -> None:
        self._player.jump(self._first() + row)

    def _track_changed(self, track: Track | None) -> None:
        self._track = track
        self.title.setText(track.title if track else "Nothing playing")
        self.title.set_color("text" if track else "text3")
        self.artist.setText(track.artist if track else "")
        album = track.tags.album if track else ""
        self.album.setText(f" · {album}" if album else "")
        self.expand.setEnabled(track is not None)
        self._show_chips(track)
        self._show_why(track)
        self._show_cover()

    def _show_why(self, track: Track | None) -> None:
        """Where something chose the playing song, its reason."""
        discovery = self._services.discovery
        chosen = track is not None and discovery is not None and self._player.playing_from() in RECOMMENDED
        reason = discovery.why(track.id) if chosen and discovery and track else None
        self.why.show_reason(reason)
        self.why_gap.setVisible(reason is not None)

    def _show_notes(self) -> None:
        """Behind the song that the radio has queued, why."""
        radio = self._services.radio
        following = radio.next_track() if radio is not None else None
        self.queue.set_notes({} if following is None else {following.track.id: following.reason.sentence})

    def _inspect(self) -> None:
        if self._track is not None:
            self.inspect_wanted.emit(self._track.id)

    def _show_chips(self, track: Track | None) -> None:
        features = track.features if track else None
        self.genre.set_names(shown_genre(track).names if track else ())
        tempo = tempo_text(features)
        self.tempo.set_value(tempo, f"{tempo} BPM")
        code, name = key_texts(features)
        self.key.set_value(code, f"Key {name}, {code} on the Camelot wheel")
        energy = features.energy if features else None
        text = "" if energy is None else f"{energy:.2f}"
        self.energy.set_value(text, f"Energy {text} of 1")

    def _show_cover(self) -> None:
        key = self._track.tags.artwork if self._track else None
        self.cover.set_source(self._services.library.artwork(key, 640) if key else None)

    def _artwork_ready(self, key: str) -> None:
        if self._track is not None and self._track.tags.artwork == key:
            self._show_cover()

    def _tracks_updated(self, ids: list[int]) -> None:
        if self._track is not None and self._track.id in ids:
            self._services.library.track(self._track.id, self._refreshed)

    def _refreshed(self, track: Track | None) -> None:
        if track is not None and self._track is not None and track.id == self._track.id:
            self._track_changed(track)

    def _queue_changed(self) -> None:
        ids = self._player.upcoming()
        self.queue.set_ids(ids)
        self.nothing.setVisible(not ids)
        self._show_notes()
        self.queue_count.setText(songs(len(ids)) if ids else "")
        self._request += 1
        request = self._request
        if ids:
            self._services.library.total_duration(ids, lambda s: self._show_duration(request, len(ids), s))

    def _show_duration(self, request: int, count: int, seconds: float) -> None:
        if request == self._request:
            self.queue_count.setText(f"{songs(count)} · {long_duration(seconds)}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Theme.current().color("sidebar"))
        painter.end()
