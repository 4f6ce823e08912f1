"""The panel at the right of the Wormhole page: what the path is asked for."""

import random
from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QIntValidator, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from soniq_desktop.discovery.wormhole_recipe import (
    ENERGY_CURVES,
    LEAST_SECONDS,
    LONGEST,
    SHORTEST,
    Recipe,
    Stop,
)
from soniq_desktop.library.records import Track
from soniq_desktop.services.library import LibraryService
from soniq_desktop.ui.components import Button, IconButton, Label, Segmented, Slider, Toggle, fill_rounded
from soniq_desktop.ui.pages.parts import emptied
from soniq_desktop.ui.songs.text import songs
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.wormhole.ends import EndsCard, StopRow
from soniq_desktop.ui.wormhole.energy_curve import EnergyCurve
from soniq_desktop.ui.wormhole.picker import SongPicker

SEEDS = 10_000
MOST_PER_ARTIST = 10  # beyond it, any number
WEEK = 7.0
CURVES = ("free", *ENERGY_CURVES)
DEFAULTS: dict[str, Any] = {
    "length": 12, "detour": 0.35, "artist_cap": 1, "energy": (), "keys": False, "fresh_days": 0.0,
    "liked": False, "least_seconds": LEAST_SECONDS,
}  # fmt: skip


def fresh_seed(before: int | None = None) -> int:
    """Another seed."""
    seed = random.randrange(SEEDS)
    return seed if seed != before else (seed + 1) % SEEDS


class SeedField(QWidget):
    """The seed in a field of its own shape: the word at the left, the figure at the right."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.edit.setProperty("bare", True)
        self.edit.setAccessibleName("Seed")
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.setValidator(QIntValidator(0, 2**31 - 1, self.edit))
        self.edit.textEdited.connect(lambda _text: self.changed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 1, 12, 1)
        row.addWidget(Label("Seed", "body", "text3"))
        row.addWidget(self.edit, 1)
        Theme.current().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.edit.setFont(Theme.current().font("body", figures=True))
        self.setFixedHeight(Theme.current().px(32))

    def value(self) -> int:
        return int(self.edit.text() or 0)

    def set_value(self, seed: int) -> None:
        self.edit.setText(str(seed))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        line = "accent_text" if self.edit.hasFocus() else "line_strong"
        fill_rounded(painter, QRectF(self.rect()), 8, theme.color("surface"), theme.color(line))
        painter.end()


class Stepper(QWidget):
    """A small whole number between a minus and a plus; one past the largest is "any"."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._value, self._name = 1, name
        self.less = IconButton("ph.minus", f"{name}: fewer", size=14, side=26)
        self.more = IconButton("ph.plus", f"{name}: more", size=14, side=26)
        self.figure = Label("1", "body", figures=True)
        self.figure.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.figure.setMinimumWidth(24)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        for part in (self.less, self.figure, self.more):
            row.addWidget(part)
        self.less.clicked.connect(lambda: self._step(-1))
        self.more.clicked.connect(lambda: self._step(1))
        self.set_value(1)

    def value(self) -> int:
        """0 is any number."""
        return self._value

    def set_value(self, value: int) -> None:
        self._value = value
        self.figure.setText(str(value) if value else "any")
        self.less.setEnabled(value != 1)
        self.more.setEnabled(value != 0)
        self.setAccessibleName(f"{self._name} {self.figure.text()}")

    def _step(self, by: int) -> None:
        at = (self._value or MOST_PER_ARTIST + 1) + by
        self.set_value(0 if at > MOST_PER_ARTIST else max(1, at))
        self.changed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), 8, theme.color("surface"), theme.color("line_strong"))
        painter.end()


class Controls(QWidget):
    """`changed` comes with every movement of the user's; `recipe` says what is wanted."""

    changed = Signal()
    ids_dropped = Signal(str, list)  # "start" or "end", track ids

    def __init__(self, library: LibraryService) -> None:
        super().__init__()
        self._library = library
        self.stops: list[Track] = []
        self._make_parts()
        self._lay_out()
        self._connect()
        self.set_settings(DEFAULTS | {"seed": fresh_seed()})
        self._show_stops()

    def _make_parts(self) -> None:
        self.ends = EndsCard(self._library)
        self.add_stop = Button("Add a stop on the way", "ph.plus", "ghost")
        self.length = Slider("Length in songs", SHORTEST, LONGEST, lit=True)
        self.length.setSingleStep(1)
        self.length_text = Label("", "small", "text2", figures=True)
        self.detour = Slider("Detour, from direct to scenic", 0, 100, lit=True)
        self.detour_text = Label("", "small", "text2", figures=True)
        self.seed = SeedField()
        self.reroll = Button("Reroll", "ph.dice-five")
        self.per_artist = Stepper("Songs per artist, at most")
        self.curve_text = Label("", "small", "text2")
        self.curve = EnergyCurve()
        self.presets = Segmented([name.capitalize() for name in CURVES], "Energy curve", wide=True)
        self.keys = Toggle("Keep neighbouring keys")
        self.fresh = Toggle("Skip songs heard this week")
        self.liked = Toggle("Only songs I have liked")
        self.long = Toggle(f"Leave out sounds under {LEAST_SECONDS:.0f}\u202fs")
        self.found = Label("", "small", "text3", wrap=True)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 12)
        column.setSpacing(0)
        self._stops_box = QVBoxLayout()
        self._stops_box.setSpacing(0)
        seed = QHBoxLayout()
        seed.setSpacing(8)
        seed.addWidget(self.seed, 1)
        seed.addWidget(self.reroll)
        column.addWidget(self.ends)
        column.addSpacing(8)
        column.addLayout(self._stops_box)
        column.addWidget(self.add_stop, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(10)
        for part, gap in (
            (_line(Label("Length", weight=500), self.length_text), 0), (self.length, 12),
            (_line(Label("Detour", weight=500), self.detour_text), 0), (self.detour, 0),
            (_line(Label("Direct", "small", "text3"), Label("Scenic", "small", "text3")), 8),
            (seed, 20), (_line(_giving_way("Most songs per artist"), self.per_artist), 18),
            (_line(Label("Energy curve", weight=500), self.curve_text), 6), (self.curve, 8),
            (self.presets, 14), (_line(Label(self.keys.accessibleName(), color="text2"), self.keys), 0),
            (_line(Label(self.fresh.accessibleName(), color="text2"), self.fresh), 0),
            (_line(Label(self.liked.accessibleName(), color="text2"), self.liked), 0),
            (_line(Label(self.long.accessibleName(), color="text2"), self.long), 12), (self.found, 0),
        ):  # fmt: skip
            if isinstance(part, QWidget):
                column.addWidget(part)
            else:
                column.addLayout(part)
            column.addSpacing(gap)
        column.addStretch(1)

    def _connect(self) -> None:
        self.length.valueChanged.connect(self._length_changed)
        self.detour.valueChanged.connect(self._detour_changed)
        self.seed.changed.connect(self.changed)
        self.reroll.clicked.connect(self._reroll)
        self.per_artist.changed.connect(self.changed)
        self.curve.changed.connect(self._curve_changed)
        self.presets.changed.connect(self._preset)
        for toggle in (self.keys, self.fresh, self.liked, self.long):
            toggle.toggled.connect(lambda _on: self.changed.emit())
        self.ends.start.clicked.connect(partial(self.pick, "start"))
        self.ends.end.clicked.connect(partial(self.pick, "end"))
        self.ends.start.dropped.connect(partial(self.ids_dropped.emit, "start"))
        self.ends.end.dropped.connect(partial(self.ids_dropped.emit, "end"))
        self.ends.swap.clicked.connect(self._swap)
        self.add_stop.clicked.connect(self._pick_stop)

    # what is wanted

    def settings(self) -> dict[str, Any]:
        """Everything of a recipe but its stops."""
        return {
            "length": self.length.value(),
            "seed": self.seed.value(),
            "detour": self.detour.value() / 100,
            "artist_cap": self.per_artist.value(),
            "energy": self.curve.values(),
            "keys": self.keys.isChecked(),
            "fresh_days": WEEK if self.fresh.isChecked() else 0.0,
            "liked": self.liked.isChecked(),
            "least_seconds": LEAST_SECONDS if self.long.isChecked() else 0.0,
        }

    def set_settings(self, values: dict[str, Any]) -> None:
        """Take over settings without `changed`."""
        before = self.blockSignals(True)
        self.length.setValue(int(values["length"]))
        self.detour.setValue(round(100 * float(values["detour"])))
        self.seed.set_value(int(values["seed"]))
        self.per_artist.set_value(int(values["artist_cap"]))
        self.curve.set_values(tuple(float(each) for each in values["energy"]))
        self.keys.setChecked(bool(values["keys"]))
        self.fresh.setChecked(float(values["fresh_days"]) > 0)
        self.liked.setChecked(bool(values["liked"]))
        self.long.setChecked(float(values["least_seconds"]) > 0)
        self._length_changed()
        self._detour_changed()
        self._name_curve()
        self.blockSignals(before)

    def recipe(self) -> Recipe | None:
        """What the path is asked for; None while an end is not chosen. RecipeError as `Recipe`."""
        start, end = self.ends.start.track(), self.ends.end.track()
        if start is None or end is None:
            return None
        return Recipe(_stop(start), _stop(end), tuple(map(_stop, self.stops)), **self.settings())

    def set_ends(self, start: Track | None, end: Track | None, stops: Sequence[Track] | None = None) -> None:
        """Take over songs without `changed`; stops stay where none are given."""
        self.ends.start.set_track(start)
        self.ends.end.set_track(end)
        if stops is not None:
            self.stops = list(stops)
            self._show_stops()

    def set_end(self, which: str, track: Track) -> None:
        """The user chose one end."""
        (self.ends.start if which == "start" else self.ends.end).set_track(track)
        self.changed.emit()

    def add(self, track: Track) -> None:
        """The user chose a stop on the way."""
        self.stops.append(track)
        self._show_stops()
        self.changed.emit()

    # orders of the user

    def pick(self, which: str) -> None:
        """Search for a song for one end."""
        button = self.ends.start if which == "start" else self.ends.end
        name = "From which song" if which == "start" else "To which song"
        SongPicker(button, name, self._library, partial(self.set_end, which)).open_at(button, right=True)

    def _pick_stop(self) -> None:
        picker = SongPicker(self.add_stop, "A stop on the way", self._library, self.add)
        picker.open_at(self.add_stop)

    def _swap(self) -> None:
        start, end = self.ends.start.track(), self.ends.end.track()
        self.set_ends(end, start, self.stops[::-1])
        self.curve.set_values(self.curve.values()[::-1])
        self._name_curve()
        self.changed.emit()

    def _reroll(self) -> None:
        """Another seed; without a detour it would change nothing."""
        self.seed.set_value(fresh_seed(self.seed.value()))
        if self.detour.value() == 0:
            self.detour.setValue(20)
        else:
            self.changed.emit()

    def _length_changed(self) -> None:
        self.length_text.setText(songs(self.length.value()))
        self.changed.emit()

    def _detour_changed(self) -> None:
        self.detour_text.setText(f"{self.detour.value() / 100:.2f}")
        self.changed.emit()

    def _preset(self, index: int) -> None:
        self.curve.set_values(ENERGY_CURVES.get(CURVES[index], ()))
        self._name_curve()
        self.changed.emit()

    def _curve_changed(self, _values: tuple[float, ...]) -> None:
        self._name_curve()
        self.changed.emit()

    def _name_curve(self) -> None:
        values = self.curve.values()
        name = next((name for name in CURVES if ENERGY_CURVES.get(name, ()) == values), "")
        self.curve_text.setText(name.capitalize() or "Your own")
        self.presets.set_current(CURVES.index(name) if name else None)

    def _show_stops(self) -> None:
        emptied(self._stops_box)
        for number, track in enumerate(self.stops):
            row = StopRow(number, track)
            row.removed.connect(partial(self._remove_stop, number))
            row.raised.connect(partial(self._raise_stop, number))
            self._stops_box.addWidget(row)

    def _remove_stop(self, number: int) -> None:
        del self.stops[number]
        self._show_stops()
        self.changed.emit()

    def _raise_stop(self, number: int) -> None:
        self.stops.insert(number - 1, self.stops.pop(number))
        self._show_stops()
        self.changed.emit()


def _stop(track: Track) -> Stop:
    return Stop(track.id, track.audio_hash)


def _line(first: QWidget, last: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(first, 1)
    row.addWidget(last)
    return row


def _giving_way(text: str) -> Label:
    """A label that is shortened where the control beside it needs the room."""
    return Label(text, weight=500, elide=Qt.TextElideMode.ElideRight)
