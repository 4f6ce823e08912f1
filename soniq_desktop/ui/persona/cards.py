"""The cards of the page, each with its plot; the page puts them on a grid."""

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.persona.portrait import Portrait
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.ui.components import Button, IconButton, Label
from soniq_desktop.ui.for_you.distance import SETTING, SETTLED_MS
from soniq_desktop.ui.persona.card import PlotCard
from soniq_desktop.ui.persona.dial import DistanceKnob
from soniq_desktop.ui.persona.gauge import Gauge, words
from soniq_desktop.ui.persona.plot import Table
from soniq_desktop.ui.persona.text import percent

LACKING = 0.1  # share of plays without a known genre from which it is said
INFO = (
    "Shannon entropy of the genres of what you play: 0 is one genre only, 1 all twelve alike. A song adds its"
    " probabilities, not one label; the bias of few plays is taken off, and the interval comes from drawing"
    " your days again with replacement."
)


class EntropyCard(PlotCard):
    """The gauge and, below it, bits and genres."""

    def __init__(self) -> None:
        self.info = IconButton("ph.info", INFO)
        super().__init__("Listening entropy", "", self.info)
        self.gauge = Gauge()
        self.bits = Label("", "small", "text3", figures=True)
        self.bits.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(self.gauge, 1)
        self.body.addWidget(self.bits)
        self._found: Portrait | None = None

    def set_portrait(self, found: Portrait | None) -> None:
        """None while it is worked out."""
        self._found = found
        entropy = found.entropy if found is not None else None
        self.gauge.set_value(entropy)
        if entropy is None:
            self.bits.setText("")
        else:
            assert found is not None
            assert found.figures is not None
            missing = 1 - found.figures.with_genre
            lacking = f", {percent(missing)} of plays without" if missing >= LACKING else ""
            self.bits.setText(
                f"{entropy.bits:.2f} of {entropy.most:.2f} bits across {len(FAMILIES)} genres{lacking}"
            )
            within = percent(entropy.within / max(entropy.bits, 1e-9))
            self.bits.setToolTip(f"{within} of it lies in songs that are several genres at once")

    def as_table(self) -> Table:
        """Every figure of variety."""
        found = self._found
        if found is None or found.entropy is None or found.figures is None:
            return Table(
                "Listening entropy",
                ("Figure", "Value"),
                (("Plays still needed", str(found.missing) if found else ""),),
            )
        entropy, figures = found.entropy, found.figures
        low, high = entropy.interval
        rows = [
            ("Entropy of genres, 0 to 1", f"{entropy.normalised:.3f}"),
            ("90 % interval", f"{low:.3f} to {high:.3f}, from {entropy.units}"),
            ("Bits, bias taken off", f"{entropy.bits:.3f} of {entropy.most:.3f}"),
            ("Bits, plug-in", f"{entropy.raw:.3f}"),
            ("Of that within songs", f"{entropy.within:.3f}"),
            ("Hill numbers of order 0, 1, 2", ", ".join(f"{value:.1f}" for value in figures.hill)),
            ("Plays with a known genre", percent(figures.with_genre)),
        ]
        total = max(float(found.genres.sum()), 1e-9)
        rows += [(FAMILIES[i], percent(float(found.genres[i]) / total, 1)) for i in (-found.genres).argsort()]
        return Table("Listening entropy", ("Figure", "Value"), rows)

    def describe(self) -> str:
        return words(self._found.entropy if self._found else None)


class DistanceCard(PlotCard):
    """The dial over the setting of For you and the radio; `preview` asks for a list at that distance."""

    settled = Signal()

    def __init__(self, settings: SettingsService) -> None:
        super().__init__("How far from home")
        self.table.hide()
        self._settings = settings
        self.knob = DistanceKnob()
        self.knob.setValue(round(float(settings.get(SETTING))))
        self.sentence = Label(
            "Sets how far recommendations and the radio stray from your usual sound.",
            "small",
            "text2",
            wrap=True,
        )
        self.own = Label("", "small", "text3", wrap=True)
        self.reached = Label("", "small", "text2", wrap=True)
        self.preview = Button("Preview", "ph.sparkle")
        self._timer = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._timer.timeout.connect(self.settled)
        self._lay_out()
        self.knob.valueChanged.connect(self._moved)
        settings.changed.connect(self._changed)

    def _lay_out(self) -> None:
        ends = QHBoxLayout()
        ends.setContentsMargins(6, 0, 6, 0)
        ends.addWidget(Label("Home", "small", "text2"))
        ends.addStretch(1)
        ends.addWidget(Label("Deep", "small", "text2"))
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addStretch(1)
        left.addWidget(self.knob, 0, Qt.AlignmentFlag.AlignHCenter)
        left.addLayout(ends)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addSpacing(4)
        right.addWidget(self.sentence)
        right.addWidget(self.own)
        right.addWidget(self.reached)
        right.addStretch(1)
        right.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(left)
        row.addLayout(right, 1)
        self.body.addLayout(row, 1)

    def set_portrait(self, found: Portrait | None) -> None:
        """The listener's own distance beside the dial, and what radio and recommendations reached."""
        figures = found.figures if found is not None else None
        own = figures.reach if figures is not None else math.nan
        self.knob.set_own(None if math.isnan(own) else own)
        self.own.setText("" if math.isnan(own) else f"You average {own:.0f} on your own.")
        self.own.setToolTip("The share of first listens among plays that you chose yourself")
        guided = figures.guided_reach if figures is not None else math.nan
        self.reached.setText("" if math.isnan(guided) else f"Guided plays reached {guided:.0f}.")
        self.reached.setToolTip("The share of first listens among plays that radio and recommendations chose")

    def set_reached(self, away: int, count: int) -> None:
        """A list was made: so many of its songs are from away from home."""
        reached = 100 * away / max(1, count)
        self.reached.setText(f"Reached {reached:.0f}: {away} of {count} songs are from away.")

    def _moved(self, value: int) -> None:
        self._settings.set(SETTING, value)
        self._timer.start()

    def _changed(self, name: str) -> None:
        value = round(float(self._settings.get(SETTING)))
        if name == SETTING and value != self.knob.value():
            self.knob.setValue(value)


class FiguresCard(PlotCard):
    """Further figures: artists, repeats, concentration."""

    def __init__(self) -> None:
        super().__init__("Further figures")
        self._rows: list[tuple[str, str]] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self.body.addLayout(self._column)
        self.body.addStretch(1)
        self._labels: list[tuple[Label, Label]] = []

    def set_portrait(self, found: Portrait | None) -> None:
        self._rows = [] if found is None else figure_rows(found)
        while len(self._labels) < len(self._rows):
            self._add_line()
        for (name, value), (left, right) in zip(self._rows, self._labels, strict=False):
            left.setText(name)
            right.setText(value)
        for place, (left, right) in enumerate(self._labels):
            left.setVisible(place < len(self._rows))
            right.setVisible(place < len(self._rows))

    def _add_line(self) -> None:
        left = Label("", "small", "text2", elide=Qt.TextElideMode.ElideRight)
        right = Label("", "small", weight=500, figures=True)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(left, 1)
        row.addWidget(right)
        self._column.addWidget(line)
        self._labels.append((left, right))

    def as_table(self) -> Table:
        return Table("Further figures", ("Figure", "Value"), self._rows)


def figure_rows(found: Portrait) -> list[tuple[str, str]]:
    """Names and values; empty below the plays that they need."""
    figures, archetype = found.figures, found.archetype
    if figures is None or archetype is None:
        return []
    axes = archetype.axes
    skip = "not known" if math.isnan(axes.skip_rate) else percent(axes.skip_rate)
    return [
        ("Hours listened", f"{figures.hours:,.0f}"),
        ("Days with music", percent(figures.active_days)),
        ("Artists heard", f"{figures.artists:,}"),
        (
            "Entropy of artists",
            f"{figures.artist_bits:.1f} bits, like {2**figures.artist_bits:,.0f} equal ones",
        ),
        ("Gini of artists, of songs", f"{figures.gini_artists:.2f}, {figures.gini_songs:.2f}"),
        ("Genres, as equal ones", f"{figures.hill[1]:.1f}"),
        ("Heard again within 30 days", percent(figures.repeat_rate)),
        ("Diversity, depth, engagement", f"{axes.diversity:.2f}, {axes.depth:.2f}, {axes.engagement:.2f}"),
        ("Skip rate", skip),
    ]
