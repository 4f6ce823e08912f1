"""A piece of music as data: notes in beats, parts, sections, and the map from beats to seconds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.demo.harmony import Chord, chord

Stem = Literal["drums", "bass", "vocals", "other"]


@dataclass(frozen=True, slots=True)
class Note:
    """`start` and `length` in beats; `velocity` 0..1; `instrument` overrides the part's (drum kits)."""

    start: float
    length: float
    pitch: float
    velocity: float
    instrument: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A chord over a stretch of beats."""

    start: float
    length: float
    chord: Chord


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of whole bars with a name ("intro", "verse", ...)."""

    name: str
    start: float  # beats
    bars: int
    meter: int  # beats in a bar

    @property
    def end(self) -> float:
        return self.start + self.bars * self.meter

    def among(self, *names: str) -> bool:
        return self.name in names

    def bar(self, number: int) -> float:
        """Beat at which a bar of the section starts; negative numbers count from the end."""
        return self.start + (number if number >= 0 else self.bars + number) * self.meter

    def harmony(self, symbols: str) -> list[Span]:
        """Spread chord symbols over the section, repeating: a bar each, "Dm7|G7" shares a bar."""
        bars = [entry.split("|") for entry in symbols.split()]
        spans = []
        for number in range(self.bars):
            names = bars[number % len(bars)]
            length = self.meter / len(names)
            start = self.bar(number)
            spans += [Span(start + n * length, length, chord(name)) for n, name in enumerate(names)]
        return spans


@dataclass(slots=True)
class Part:
    """One player. `level`: LUFS that the mixer brings its louder moments to; `pan` -1..1; sends 0..1."""

    instrument: str
    level: float
    pan: float = 0.0
    reverb: float = 0.12
    delay: float = 0.0
    stem: Stem = "other"
    duck: float = 0.0  # how deep the kick pushes it down, 0..1
    drive: float = 0.0  # 0 clean .. 1 high gain, through a speaker cabinet
    chorus: float = 0.0  # 0..1
    width: float = 0.0  # spreads notes by pitch over the stereo field, 0..1
    loose: float = 0.006  # seconds, spread of the timing
    swing: bool = True
    notes: list[Note] = field(default_factory=list)

    def add(
        self, start: float, length: float, pitch: float, velocity: float = 0.75, instrument: str = ""
    ) -> None:
        self.notes.append(Note(start, length, pitch, velocity, instrument))


@dataclass(slots=True)
class Piece:
    """A whole piece; `swing` is the share of a pair of eighths (or sixteenths) that the first one takes."""

    tempo: float  # BPM
    key: str  # tonic, "F#"
    mode: Literal["major", "minor"]
    meter: int = 4
    swing: float = 0.5
    swing_unit: float = 0.5  # beats: 0.5 swings eighths, 0.25 sixteenths
    ritardando: float = 0.0  # beats at the end that slow down to two thirds of the tempo
    room: Literal["room", "plate", "hall", "cathedral"] = "plate"
    tail: float = 2.5  # seconds after the last bar
    target: float = -15.0  # LUFS
    parts: list[Part] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def part(self, instrument: str, level: float, **options: object) -> Part:
        """Add a player."""
        made = Part(instrument, level, **options)  # type: ignore[arg-type]
        self.parts.append(made)
        return made

    def form(self, text: str) -> list[Section]:
        """Sections from "intro 4 verse 8 chorus 8": names and their lengths in bars."""
        words = text.split()
        start = 0.0
        for name, bars in zip(words[::2], words[1::2], strict=True):
            self.sections.append(Section(name, start, int(bars), self.meter))
            start = self.sections[-1].end
        return self.sections

    @property
    def beats(self) -> float:
        return self.sections[-1].end

    def seconds(self, beats: NDArray[np.float64] | Sequence[float] | float) -> NDArray[np.float64]:
        """Time of score positions; tempo is constant but for the closing ritardando."""
        position = np.asarray(beats, dtype=np.float64)
        steady = 60.0 / self.tempo
        time = position * steady
        if self.ritardando:
            late = np.clip(position - (self.beats - self.ritardando), 0, None)
            time = time + 0.25 * steady * late**2 / self.ritardando
        return time

    @property
    def duration(self) -> float:
        """Seconds, with the tail."""
        return float(self.seconds(self.beats)) + self.tail

    def swung(self, beat: float) -> float:
        """Where a written position is played: the second of each pair comes late."""
        if self.swing == 0.5:
            return beat
        pair = 2 * self.swing_unit
        whole, rest = divmod(beat, pair)
        half = self.swing_unit
        share = (
            rest / half * self.swing if rest < half else self.swing + (rest - half) / half * (1 - self.swing)
        )
        return (whole + share) * pair

    def __iter__(self) -> Iterator[Section]:
        return iter(self.sections)
