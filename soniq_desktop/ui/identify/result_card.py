"""The card of a track that was recognised."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout

from soniq_desktop.library.records import Track
from soniq_desktop.services.answers import Answer
from soniq_desktop.ui.components import Button, Card, Cover, GenreChip, IconButton, Label, Pill
from soniq_desktop.ui.genres import shown_genre
from soniq_desktop.ui.identify.parts import Overview, Rule, Sign
from soniq_desktop.ui.identify.text import confidence_words, percent, reason, seconds_text, speed
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import clock, key_texts, tempo_text

COVER = 128
PADDING = 20


class ResultCard(Card):
    """The recognised track: where it is now, how sure that is and why, and what to do with it."""

    play_wanted = Signal(object)  # Answer
    queue_wanted = Signal(object)  # Track

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self.answer: Answer | None = None
        self._make_parts()
        self._lay_out()
        self._clock = QTimer(self, interval=500)
        self._clock.timeout.connect(self._show_place)
        self.play.clicked.connect(lambda: self.play_wanted.emit(self.answer))
        self.queue.clicked.connect(lambda: self.queue_wanted.emit(self.answer and self.answer.track))
        self.heart.clicked.connect(self._like)
        services.library.artwork_ready.connect(self._artwork_ready)

    def _make_parts(self) -> None:
        elide = Qt.TextElideMode.ElideRight
        self.cover = Cover(COVER)
        self.found = Label("", "small", "accent_text", weight=500)
        self.title = Label("", "heading", elide=elide, weight=700)
        self.artist = Label("", "body", "text2", elide=elide)
        self.genre, self.tempo, self.key = GenreChip(), Pill("", ""), Pill("", "")
        self.overview = Overview()
        self.place = Label("", "small", "text", weight=500, figures=True)
        self.speed = Label("", "small", "text3")
        self.confidence = Label("", "title")
        self.sure = Label("", "small", "text3")
        self.why = Label("", "small", "text2", wrap=True)
        self.play = Button("Play from here", "ph.play-fill", "primary", "large")
        self.play.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.queue = Button("Add to queue", "ph.queue", "secondary", "large")
        self.heart = IconButton("ph.heart", "Like", checkable=True, on_icon="ph.heart-fill", side=40)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        layout.setSpacing(8)
        layout.addLayout(self._head())
        layout.addSpacing(4)
        layout.addWidget(self.overview)
        under = QHBoxLayout()
        under.addWidget(self.place)
        under.addStretch(1)
        under.addWidget(self.speed)
        layout.addLayout(under)
        layout.addSpacing(8)
        layout.addWidget(Rule())
        layout.addSpacing(8)
        layout.addLayout(self._evidence())
        layout.addSpacing(8)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        actions.addWidget(self.play, 1)
        actions.addWidget(self.queue)
        actions.addWidget(self.heart)
        layout.addLayout(actions)

    def _head(self) -> QHBoxLayout:
        chips = QHBoxLayout()
        chips.setSpacing(8)
        for chip in (self.genre, self.tempo, self.key):
            chips.addWidget(chip)
        chips.addStretch(1)
        found = QHBoxLayout()
        found.setSpacing(6)
        found.addWidget(Sign("ph.check-circle-fill", "accent_text", 16))
        found.addWidget(self.found, 1)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addLayout(found)
        texts.addWidget(self.title)
        texts.addWidget(self.artist)
        texts.addSpacing(4)
        texts.addLayout(chips)
        texts.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(PADDING)
        head.addWidget(self.cover, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        return head

    def _evidence(self) -> QHBoxLayout:
        figure = QVBoxLayout()
        figure.setSpacing(0)
        figure.addWidget(self.confidence)
        figure.addWidget(self.sure)
        row = QHBoxLayout()
        row.setSpacing(PADDING)
        row.addLayout(figure)
        row.addWidget(self.why, 1)
        return row

    def show_answer(self, answer: Answer) -> None:
        """Another answer."""
        self.answer = answer
        track, match = answer.track, answer.match
        self.found.setText(f"Found in {seconds_text(answer.heard)}")
        self.title.setText(track.title)
        self.artist.setText(" · ".join(filter(None, (track.artist, track.tags.album))))
        self.confidence.setText(percent(match.confidence))
        self.sure.setText(f"confidence: {confidence_words(match.confidence)}")
        self.why.setText(reason(match))
        self.speed.setText(speed(match))
        self.heart.setChecked(track.liked)
        self._show_chips(track)
        self._show_cover()
        self._show_place()
        self.overview.set_waveform(None)
        self._services.library.waveform(track.id, self.overview.set_waveform)
        self.setAccessibleName(f"Found: {track.title}, {track.artist}")

    def _show_chips(self, track: Track) -> None:
        self.genre.set_names(shown_genre(track).names[:2])
        tempo, (code, name) = tempo_text(track.features), key_texts(track.features)
        self.tempo.set_value(f"{tempo} BPM" if tempo else "", "Tempo")
        self.key.set_value(code, f"Key: {name}")

    def _show_cover(self) -> None:
        key = self.answer.track.tags.artwork if self.answer else None
        self.cover.set_source(self._services.library.artwork(key, COVER) if key else None)

    def _artwork_ready(self, key: str) -> None:
        if self.answer is not None and key == self.answer.track.tags.artwork:
            self._show_cover()

    def _show_place(self) -> None:
        """It plays on in the room while this card is read."""
        if self.answer is None:
            return
        seconds, duration = self.answer.live_position(), self.answer.track.tags.duration
        over = self.answer.ended()
        self.place.setText("The song has ended" if over else f"{clock(seconds)} into the track")
        self.play.setText("Play from the start" if over else f"Play from {clock(seconds)}")
        self.overview.set_share(seconds / duration if duration else 0.0)

    def _like(self) -> None:
        if self.answer is not None:
            self._services.library.set_liked(self.answer.track.id, self.heart.isChecked())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()
