"""Chords, scales and voice leading, in MIDI note numbers (60 = middle C)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"": 0, "#": 1, "b": -1}

QUALITIES = {
    "": (0, 4, 7), "m": (0, 3, 7), "5": (0, 7, 12), "dim": (0, 3, 6), "aug": (0, 4, 8),
    "sus2": (0, 2, 7), "sus4": (0, 5, 7), "6": (0, 4, 7, 9), "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "m7": (0, 3, 7, 10),
    "m7b5": (0, 3, 6, 10), "dim7": (0, 3, 6, 9),
    "7sus4": (0, 5, 7, 10), "add9": (0, 4, 7, 14), "madd9": (0, 3, 7, 14), "69": (0, 4, 9, 14),
    "9": (0, 4, 10, 14), "maj9": (0, 4, 11, 14), "m9": (0, 3, 10, 14), "m11": (0, 3, 10, 17),
    "13": (0, 4, 10, 21), "7b9": (0, 4, 10, 13), "7#9": (0, 4, 10, 15), "9sus4": (0, 5, 10, 14),
}  # fmt: skip

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10), "harmonic": (0, 2, 3, 5, 7, 8, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10), "mixolydian": (0, 2, 4, 5, 7, 9, 10), "lydian": (0, 2, 4, 6, 7, 9, 11),
    "pentatonic": (0, 2, 4, 7, 9), "minor pentatonic": (0, 3, 5, 7, 10), "blues": (0, 3, 5, 6, 7, 10),
}  # fmt: skip


def pitch_class(name: str) -> int:
    """0..11 of a note name such as "F#" or "Bb"."""
    return (NAMES[name[0]] + ACCIDENTALS[name[1:]]) % 12


@dataclass(frozen=True, slots=True)
class Chord:
    """Root and bass are pitch classes; tones are semitones above the root."""

    root: int
    tones: tuple[int, ...]
    bass: int

    @property
    def classes(self) -> frozenset[int]:
        return frozenset((self.root + tone) % 12 for tone in self.tones)


def chord(symbol: str) -> Chord:
    """Parse "Am7", "F#m7b5" or "C/E"."""
    match = re.fullmatch(r"([A-G][#b]?)([^/]*)(?:/([A-G][#b]?))?", symbol)
    if match is None:
        raise ValueError(f"not a chord: {symbol}")
    root = pitch_class(match[1])
    return Chord(root, QUALITIES[match[2]], pitch_class(match[3]) if match[3] else root)


def nearest(classes: frozenset[int], pitch: float) -> int:
    """The note of `classes` that is closest to `pitch`, the lower one of two."""
    around = range(round(pitch) - 11, round(pitch) + 12)
    return min((note for note in around if note % 12 in classes), key=lambda note: (abs(note - pitch), note))


def scale(tonic: str, name: str) -> frozenset[int]:
    """Pitch classes of a scale."""
    return frozenset((pitch_class(tonic) + step) % 12 for step in SCALES[name])


def walk(classes: frozenset[int], pitch: int, steps: int) -> int:
    """Move by scale steps, from a note that may lie outside the scale."""
    note = nearest(classes, pitch)
    direction = 1 if steps > 0 else -1
    for _ in range(abs(steps)):
        note += direction
        while note % 12 not in classes:
            note += direction
    return note


def _rotations(of: Chord, centre: float) -> list[tuple[int, ...]]:
    """Close positions of the chord around `centre`, one per inversion and octave."""
    found = []
    for octave in (-24, -12, 0, 12):
        base = round(centre) // 12 * 12 + of.root + octave
        notes = sorted({base + tone % 12 if tone < 12 else base + tone - 12 for tone in of.tones})
        for turn in range(len(notes)):
            found.append(tuple(sorted(notes[turn:] + [note + 12 for note in notes[:turn]])))  # noqa: PERF401
    return found


def voicing(of: Chord, centre: float, previous: Sequence[int] = ()) -> tuple[int, ...]:
    """A close voicing that moves as little as possible from `previous` and stays near `centre`."""

    def cost(notes: tuple[int, ...]) -> float:
        drift = abs(sum(notes) / len(notes) - centre)
        if not previous:
            return drift
        moved = sum(min(abs(note - before) for before in previous) for note in notes)
        return moved + 0.6 * drift

    return min(_rotations(of, centre), key=cost)
