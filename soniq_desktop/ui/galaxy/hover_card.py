"""The card of one song on the map."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import Cover, Label, PlayButton
from soniq_desktop.ui.galaxy.colours import family_colour
from soniq_desktop.ui.galaxy.panels import FloatingPanel
from soniq_desktop.ui.songs.text import key_texts, tempo_text

WIDTH, COVER = 272, 48


class _Dot(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(8, 8)
        self._family = ""

    def set_family(self, family: str) -> None:
        self._family = family
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(family_colour(self._family))
        painter.drawEllipse(QRectF(self.rect()))
        painter.end()


class HoverCard(FloatingPanel):
    """Cover, title, artist, genre, tempo and key of a song, and a button that plays it."""

    play_wanted = Signal(int)  # track id

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.track: Track | None = None
        self.cover = Cover(COVER, 6)
        self.title = Label("", "body", weight=600, elide=Qt.TextElideMode.ElideRight)
        self.artist = Label("", "small", "text2", elide=Qt.TextElideMode.ElideRight)
        self.facts = Label("", "small", "text2", figures=True, elide=Qt.TextElideMode.ElideRight)
        self.dot = _Dot()
        self.play = PlayButton(32)
        self.play.clicked.connect(self._play)
        self._lay_out()
        self.setFixedWidth(WIDTH)
        self.hide()

    def _lay_out(self) -> None:
        facts = QHBoxLayout()
        facts.setSpacing(6)
        facts.addWidget(self.dot)
        facts.addWidget(self.facts, 1)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self.title)
        texts.addWidget(self.artist)
        texts.addLayout(facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(self.cover, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(texts, 1)
        row.addWidget(self.play)

    def show_track(self, track: Track, family: str) -> None:
        """Fill the card; `family` is what the map took the song for."""
        self.track = track
        self.title.setText(track.title)
        album = f" · {track.tags.album}" if track.tags.album else ""
        self.artist.setText(f"{track.artist}{album}")
        tempo = tempo_text(track.features)
        tempo = f"{tempo} BPM" if tempo else ""
        key = key_texts(track.features)[0]
        parts = ("Its file is not there now",) if track.missing else (family, tempo, key)
        self.facts.setText("   ".join(part for part in parts if part))
        self.play.setEnabled(not track.missing)
        self.dot.set_family(family)
        self.play.setAccessibleName(f"Play {track.title}")
        away = ", its file is not there now" if track.missing else ""
        self.setAccessibleName(f"{track.title}, {track.artist}, {family}, {tempo}{away}")
        self.adjustSize()

    def _play(self) -> None:
        if self.track is not None:
            self.play_wanted.emit(self.track.id)
