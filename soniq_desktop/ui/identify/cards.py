"""The answer: a card for a track that was recognised, and one for every way in which none was."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.common.music import camelot, key_name
from soniq_desktop.library.records import Track, Waveform
from soniq_desktop.services.clip_sound import ClipSound
from soniq_desktop.services.identify import Answer, Miss
from soniq_desktop.ui.components import (
    Button,
    Card,
    Cover,
    GenreChip,
    IconButton,
    Label,
    Pill,
    fill_rounded,
)
from soniq_desktop.ui.genres import split_genres
from soniq_desktop.ui.identify.text import confidence_words, families, percent, reason, seconds_text, speed
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import clock, key_texts, tempo_text
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.waveform_bar import ramp_table

COVER = 128
PADDING = 20
BAR, PITCH = 2, 3
CLEAR_TEMPO, CLEAR_KEY = 0.2, 0.1  # confidence below which a short recording through the air says nothing


class Overview(QWidget):
    """The waveform of a whole track with a frame around the moment that was recognised."""

    def __init__(self) -> None:
        super().__init__()
        self._waveform: Waveform | None = None
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(300, 48)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 48)

    def set_waveform(self, waveform: Waveform | None) -> None:
        self._waveform = waveform
        self.update()

    def set_share(self, share: float) -> None:
        """Place of the frame, 0..1."""
        self._share = min(1.0, max(0.0, share))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_bars(painter)
        x = 1 + self._share * (self.width() - 14)
        frame = QRectF(x, 1, 12, self.height() - 2)
        ground = theme.color("accent_bg")
        ground.setAlphaF(0.55)
        painter.setBrush(ground)
        painter.setPen(QPen(theme.color("accent_text"), 1.5))
        painter.drawRoundedRect(frame, 3, 3)
        painter.end()

    def _paint_bars(self, painter: QPainter) -> None:
        theme = Theme.current()
        ramp = ramp_table(theme.ramp("spectral"))
        count = max(1, self.width() // PITCH)
        for bar in range(count):
            height, color = 2.0, theme.color("text3")
            if self._waveform is not None:
                peaks, shades = self._waveform.peak, self._waveform.colour
                start = bar * len(peaks) // count
                end = max(start + 1, (bar + 1) * len(peaks) // count)
                height = max(2.0, max(bytes(peaks[start:end])) / 255 * (self.height() - 12))
                color = ramp[int(shades[start])]
            painter.setBrush(color)
            painter.drawRoundedRect(QRectF(bar * PITCH, (self.height() - height) / 2, BAR, height), 1, 1)


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
        self.genre.set_names(split_genres(track.tags.genre)[:2])
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


class SignCard(Card):
    """A sign, a title, a sentence, facts, and at most two actions."""

    def __init__(self) -> None:
        super().__init__()
        self.sign = Tile("ph.question")
        self.title = Label("", "heading", wrap=True, weight=700)
        self.sentence = Label("", "body", "text2", wrap=True)
        self.primary = Button("", "", "primary", "large")
        self.primary.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.secondary = Button("", "", "secondary", "large")
        self.footnote = Label("", "small", "text3", wrap=True)
        self.facts = Facts()
        self._do: Callable[[], object] | None = None
        self._also: Callable[[], object] | None = None
        self.primary.clicked.connect(lambda: self._do and self._do())
        self.secondary.clicked.connect(lambda: self._also and self._also())
        self._lay_out()

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self.title)
        texts.addWidget(self.sentence)
        texts.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        actions.addWidget(self.primary, 1)
        actions.addWidget(self.secondary)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(16)
        layout.addLayout(head)
        layout.addWidget(self.facts)
        layout.addLayout(actions)
        layout.addWidget(self.footnote)

    def show_texts(self, icon: str, title: str, sentence: str, footnote: str = "") -> None:
        """Other words; facts and actions go away."""
        self.sign.set_icon(icon)
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.footnote.setText(footnote)
        self.footnote.setVisible(bool(footnote))
        self.facts.set_facts([])
        self.primary.hide()
        self.secondary.hide()
        self.setAccessibleName(f"{title}. {sentence}")

    def offer(self, text: str, icon: str, do: Callable[[], object]) -> None:
        """The one thing to do next."""
        self.primary.setText(text)
        self.primary.set_icon(icon)
        self.primary.show()
        self._do = do

    def also(self, text: str, icon: str, do: Callable[[], object], *, enabled: bool = True) -> None:
        """The other thing to do."""
        self.secondary.setText(text)
        self.secondary.set_icon(icon)
        self.secondary.setEnabled(enabled)
        self.secondary.show()
        self._also = do

    def show_miss(self, miss: Miss, listen: Callable[[], object], keep: Callable[[], object]) -> None:
        """Nothing was recognised."""
        sentence = miss.result.reason
        if miss.result.best_guess_similarity > 0:
            sentence += f" The best guess is only {percent(miss.result.best_guess_similarity)} likely."
        self.show_texts(
            "ph.question", "Not in your library", sentence, "A kept clip never leaves this computer."
        )
        self.offer("Listen again", "ph.arrow-clockwise", listen)
        self.also("Keep clip", "ph.download-simple", keep, enabled=bool(miss.clip))

    def show_sound(self, sound: ClipSound) -> None:
        """How the unknown music sounds, once that was found out."""
        features = sound.features
        facts = []
        if names := families(sound.tags):
            facts.append(("Sounds like", " · ".join(names)))
        if features.tempo and (features.tempo_confidence or 0.0) >= CLEAR_TEMPO:
            facts.append(("Tempo", f"{features.tempo:.0f} BPM"))
        clear = (features.key_confidence or 0.0) >= CLEAR_KEY
        if clear and features.key is not None and features.mode is not None:
            name = key_name(features.key, features.mode).removesuffix("m")
            facts.append(("Key", f"{name} {features.mode} · {camelot(features.key, features.mode)}"))
        self.facts.set_facts(facts)


class Facts(QWidget):
    """Lines of label and value with hairlines."""

    ROW = 38

    def __init__(self) -> None:
        super().__init__()
        self._facts: list[tuple[str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_facts(self, facts: list[tuple[str, str]]) -> None:
        self._facts = facts
        self.setVisible(bool(facts))
        self.setAccessibleName(". ".join(f"{label}: {value}" for label, value in facts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, len(self._facts) * Theme.current().px(self.ROW))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        row = theme.px(self.ROW)
        for index, (label, value) in enumerate(self._facts):
            box = QRectF(0, index * row, self.width(), row)
            painter.fillRect(QRectF(0, box.top(), box.width(), 1), theme.color("line"))
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("text3"))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, label)
            painter.setFont(theme.font("body", 500))
            painter.setPen(theme.color("text"))
            painter.drawText(box.adjusted(theme.px(120), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, value)
        painter.end()


class Tile(QWidget):
    """A large sign on a raised square."""

    def __init__(self, icon: str, side: int = 56) -> None:
        super().__init__()
        self._icon = icon
        self.setFixedSize(side, side)

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), 12, theme.color("raised"))
        side = self.width() * 0.43
        box = QRectF(0, 0, side, side)
        box.moveCenter(QRectF(self.rect()).center() + QPointF(0, 0))
        theme.paint_icon(painter, self._icon, box, "text2")
        painter.end()


class Sign(QWidget):
    """A small icon in a line of text."""

    def __init__(self, icon: str, color: str, side: int) -> None:
        super().__init__()
        self._icon, self._color = icon, color
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        Theme.current().paint_icon(painter, self._icon, QRectF(self.rect()), self._color)
        painter.end()


class Rule(QWidget):
    """A hairline."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Theme.current().color("line"))
        painter.end()
