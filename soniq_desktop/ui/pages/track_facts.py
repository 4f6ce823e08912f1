"""What is known of the playing track, as a small table: measured values only, dashes otherwise."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.common.music import camelot, key_name
from soniq_desktop.library.records import Features, Tags, Track
from soniq_desktop.ui.songs.text import day
from soniq_desktop.ui.spectrogram.text import signed
from soniq_desktop.ui.theme import Theme

DASH = "—"
NO_BEAT = "no steady beat found"
ROW = 32
LABEL = 84
FINISH = "Finish"
Fact = tuple[str, str, str]  # label, value, companion

CODECS = {
    "flac": "FLAC",
    "mp3": "MP3",
    "vorbis": "Ogg Vorbis",
    "opus": "Opus",
    "aac": "AAC",
    "alac": "ALAC",
    "pcm": "PCM",
    "wavpack": "WavPack",
    "ape": "Monkey's Audio",
}


def facts(track: Track) -> list[Fact]:
    """The rows for a track."""
    features = track.features or Features(version=0)
    return [
        ("Tempo", *_tempo(features, corrected=track.tempo_corrected is not None)),
        ("Key", *_key(features)),
        ("Loudness", *_loudness(features)),
        ("Energy", *_energy(features)),
        ("Source", *_source(track.tags)),
        ("Plays", f"{track.plays:,}", f"{track.skips:,} skip{'' if track.skips == 1 else 's'}"),
        ("Added", day(track.added_at) or DASH, "file missing" if track.missing else "local file"),
    ]


def _tempo(features: Features, *, corrected: bool) -> tuple[str, str]:
    if features.tempo is None:
        return (NO_BEAT if features.version else DASH), ""
    other = features.tempo_alternative
    if corrected:
        return f"{features.tempo:.1f} BPM", "as you count it" + (f", was {other:.1f}" if other else "")
    return f"{features.tempo:.1f} BPM", f"or {other:.1f}" if other else ""


def _key(features: Features) -> tuple[str, str]:
    if features.key is None or features.mode is None:
        return DASH, ""
    name = key_name(features.key, features.mode).removesuffix("m")
    sure = features.key_confidence
    return (
        f"{name} {features.mode} · {camelot(features.key, features.mode)}",
        f"{sure:.2f} confidence" if sure is not None else "",
    )


def _loudness(features: Features) -> tuple[str, str]:
    if features.loudness is None:
        return DASH, ""
    spread = features.loudness_range
    return f"{signed(features.loudness)} LUFS", f"range {spread:.1f} LU" if spread is not None else ""


def _energy(features: Features) -> tuple[str, str]:
    if features.energy is None:
        return DASH, ""
    rate = features.onset_rate
    return f"{features.energy:.2f}", f"{rate:.1f} onsets/s" if rate is not None else ""


def _source(tags: Tags) -> tuple[str, str]:
    codec = CODECS.get(tags.codec, tags.codec.upper())
    rate = f"{tags.sample_rate / 1000:g} kHz" if tags.sample_rate else ""
    bits = f"{tags.bit_depth}-bit" if tags.bit_depth else ""
    speed = f"{tags.bitrate / 1000:,.0f} kb/s" if tags.bitrate else ""
    return " ".join(filter(None, (codec, rate))) or DASH, " · ".join(filter(None, (bits, speed)))


class FactsTable(QWidget):
    """Three columns with hairlines; read as one text by screen readers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: list[Fact] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Track facts")
        Theme.current().changed.connect(self.updateGeometry)

    def set_track(self, track: Track | None) -> None:
        """Show a track's facts."""
        self._set(facts(track) if track is not None else [])

    def set_finishing(self, words: tuple[str, str] | None) -> None:
        """Beside them, how likely it is that the listener finishes it, with the evidence; None: not known."""
        rest = [fact for fact in self._facts if fact[0] != FINISH]
        self._set(rest if words is None else [*rest, (FINISH, *words)])

    def _set(self, shown: list[Fact]) -> None:
        self._facts = shown
        self.setAccessibleDescription(". ".join(" ".join(fact).strip() for fact in self._facts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, len(self._facts) * Theme.current().px(ROW) + 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = Theme.current()
        height = theme.px(ROW)
        for index, fact in enumerate(self._facts):
            row = QRectF(0, index * height, self.width(), height)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(row.topLeft(), row.topRight())
            self._paint_row(painter, row, fact)
        painter.end()

    def _paint_row(self, painter: QPainter, row: QRectF, fact: Fact) -> None:
        theme = Theme.current()
        middle = Qt.AlignmentFlag.AlignVCenter
        label, value, companion = fact
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2"))
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignLeft, label)
        box = row.adjusted(theme.px(LABEL), 0, 0, 0)
        painter.setFont(theme.font("small", 500))
        painter.setPen(theme.color("text" if value != DASH else "text3"))
        value = QFontMetricsF(painter.font()).elidedText(value, Qt.TextElideMode.ElideRight, box.width())
        used = QFontMetricsF(painter.font()).horizontalAdvance(value) + 12
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, value)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text3"))
        room = box.width() - used
        companion = QFontMetricsF(painter.font()).elidedText(companion, Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, companion)
