"""The card of measured values: tempo with its other octave, key, loudness, energy, and the estimates."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.common.music import camelot, key_name
from soniq_desktop.library.records import Features, Track
from soniq_desktop.ui.components import Card, Label, fill_rounded
from soniq_desktop.ui.pages.tempo_buttons import TempoButtons
from soniq_desktop.ui.spectrogram.text import signed
from soniq_desktop.ui.theme import Theme

DASH = "—"
QUIETEST = -40.0  # LUFS at the left end of the bar
ESTIMATES = ("danceability", "acousticness", "instrumentalness", "valence", "speechiness")
MEANINGS = {
    "danceability": "steady beat at a tempo for dancing",
    "acousticness": "sounds played, not synthesised",
    "instrumentalness": "no singing",
    "valence": "cheerful rather than sad",
    "speechiness": "talking rather than singing",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value: its name, itself, what goes beside it, and its share of the bar (None: no bar)."""

    name: str
    value: str
    beside: str
    share: float | None


def figures(track: Track) -> list[Figure]:
    """The four main ones."""
    found = track.features or Features(version=0)
    return [_tempo(found, track), _key(found), _loudness(found), _energy(found)]


def _tempo(found: Features, track: Track) -> Figure:
    if found.tempo is None:
        return Figure("Tempo", DASH, "no steady beat" if found.version else "", None)
    other = found.tempo_alternative
    beside = "BPM" + (f", or {other:.1f}" if other else "")
    if track.tempo_corrected is not None:
        beside = "BPM, as you count it"
    return Figure("Tempo", f"{found.tempo:.1f}", beside, found.tempo_confidence)


def _key(found: Features) -> Figure:
    if found.key is None or found.mode is None:
        return Figure("Key", DASH, "no key heard" if found.version else "", None)
    name = f"{key_name(found.key, found.mode).removesuffix('m')} {found.mode}"
    sure = found.key_confidence
    beside = camelot(found.key, found.mode) + (f", {sure:.2f} sure" if sure is not None else "")
    return Figure("Key", name, beside, sure)


def _loudness(found: Features) -> Figure:
    if found.loudness is None:
        return Figure("Loudness", DASH, "", None)
    spread = f", range {found.loudness_range:.1f}" if found.loudness_range is not None else ""
    return Figure("Loudness", signed(found.loudness), f"LUFS{spread}", 1 - found.loudness / QUIETEST)


def _energy(found: Features) -> Figure:
    if found.energy is None:
        return Figure("Energy", DASH, "", None)
    return Figure("Energy", f"{found.energy:.2f}", "of 1", found.energy)


def estimates(track: Track) -> list[tuple[str, float]]:
    """The estimates that are known, 0..1."""
    found = track.features
    values = [(name, getattr(found, name, None)) for name in ESTIMATES]
    return [(name.capitalize(), float(value)) for name, value in values if value is not None]


class FigureGrid(QWidget):
    """Two columns: name above value with a thin bar; below, the estimates with theirs."""

    CELL, ESTIMATE = 64, 20

    def __init__(self) -> None:
        super().__init__()
        self._figures: list[Figure] = []
        self._estimates: list[tuple[str, float]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Measured")
        Theme.current().changed.connect(self.updateGeometry)

    def set_track(self, track: Track | None) -> None:
        """The values of a song."""
        self._figures = figures(track) if track is not None else []
        self._estimates = estimates(track) if track is not None else []
        said = [f"{each.name} {each.value} {each.beside}".strip() for each in self._figures]
        said += [f"{name} {value:.2f}" for name, value in self._estimates]
        self.setAccessibleDescription(". ".join(said))
        self.setToolTip("\n".join(f"{name.capitalize()}: {words}" for name, words in MEANINGS.items()))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = Theme.current()
        rows = (len(self._estimates) + 1) // 2
        gap = 4 if rows else 0
        return QSize(300, 2 * theme.px(self.CELL) + gap + rows * theme.px(self.ESTIMATE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        wide = self.width() / 2
        for number, figure in enumerate(self._figures):
            row, column = divmod(number, 2)
            cell = QRectF(column * wide, row * theme.px(self.CELL), wide - 24, theme.px(self.CELL))
            self._paint_figure(painter, cell, figure)
        top = 2 * theme.px(self.CELL) + 4
        for number, (name, value) in enumerate(self._estimates):
            row, column = divmod(number, 2)
            high = theme.px(self.ESTIMATE)
            cell = QRectF(column * wide, top + row * high, wide - 24, high)
            self._paint_estimate(painter, cell, name, value)
        painter.end()

    def _paint_figure(self, painter: QPainter, cell: QRectF, figure: Figure) -> None:
        theme = Theme.current()
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2"))
        line = theme.px(17)
        painter.drawText(cell.adjusted(0, 0, 0, 0), Qt.AlignmentFlag.AlignTop, figure.name)
        box = QRectF(cell.left(), cell.top() + line, cell.width() + 20, theme.px(20))
        bold = theme.font("large", 600, figures=True)
        painter.setFont(bold)
        painter.setPen(theme.color("text" if figure.value != DASH else "text3"))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, figure.value)
        used = QFontMetricsF(bold).horizontalAdvance(figure.value) + 6
        font = theme.font("small", figures=True)
        painter.setFont(font)
        painter.setPen(theme.color("text3"))
        beside = QFontMetricsF(font).elidedText(
            figure.beside, Qt.TextElideMode.ElideRight, box.width() - used
        )
        painter.drawText(box.adjusted(used, 1, 0, 0), Qt.AlignmentFlag.AlignVCenter, beside)
        if figure.share is not None:
            self._bar(painter, QRectF(cell.left(), box.bottom() + 3, cell.width(), 3), figure.share)

    def _paint_estimate(self, painter: QPainter, cell: QRectF, name: str, value: float) -> None:
        theme = Theme.current()
        painter.setFont(theme.font("caption", 400, figures=True))
        painter.setPen(theme.color("text3"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(cell, middle | Qt.AlignmentFlag.AlignLeft, name)
        painter.drawText(cell, middle | Qt.AlignmentFlag.AlignRight, f"{value:.2f}")
        left = theme.px(100)
        bar = QRectF(cell.left() + left, cell.center().y() - 1, cell.width() - left - theme.px(30), 3)
        if bar.width() > 12:
            self._bar(painter, bar, value)

    def _bar(self, painter: QPainter, box: QRectF, share: float) -> None:
        theme = Theme.current()
        fill_rounded(painter, box, 1.5, theme.color("track"))
        filled = QRectF(box)
        filled.setWidth(max(3.0, box.width() * min(1.0, max(0.0, share))))
        fill_rounded(painter, filled, 1.5, theme.color("text2"))


class MeasuredCard(Card):
    """Emits `tempo_corrected` with BPM, or None for the measured one."""

    tempo_corrected = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.grid = FigureGrid()
        self.tempo = TempoButtons()
        self.tempo.corrected.connect(self.tempo_corrected)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(6)
        column.addWidget(Label("Measured", "body", weight=600))
        column.addWidget(self.grid)
        column.addWidget(self.tempo)

    def set_track(self, track: Track | None) -> None:
        self.grid.set_track(track)
        self.tempo.set_track(track)
