"""How players read a score: rhythms written as text become notes of a part.

A rhythm is a list of `beat/length` tokens, counted from the start of a chord or bar: "0/1.5 2.5/.5". Tokens
of a bass figure carry a chord degree: "0/1/r 2/.5/5". A drum line is one character a step: X loud, x,
o, - soft, and a point for a rest.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from soniq_desktop.demo.harmony import Chord, nearest, voicing, walk
from soniq_desktop.demo.score import Part, Section, Span

STRENGTH = {"X": 1.0, "x": 0.8, "o": 0.55, "-": 0.32}
Rng = np.random.Generator


def drums(part: Part, section: Section, skip: Iterable[int] = (), **lines: str) -> None:
    """Play drum lines through a section: `kick="x...x..."`, "|" between bars; `skip` leaves bars out."""
    for instrument, text in lines.items():
        bars = text.split("|")
        pitch = {"tom": 45.0, "conga": 55.0}.get(instrument, 60.0)
        for number in range(section.bars):
            if number in skip:
                continue
            steps = bars[number % len(bars)]
            for index, mark in enumerate(steps):
                if mark in STRENGTH:
                    at = section.bar(number) + index * section.meter / len(steps)
                    part.add(at, 0.25, pitch, STRENGTH[mark], instrument)


def roll(part: Part, start: float, beats: float, instrument: str, steps: int, rise: float = 0.5) -> None:
    """Even hits that grow louder: a fill into the next section."""
    for number in range(steps):
        strength = 0.85 - rise * (1 - number / steps)
        part.add(start + beats * number / steps, 0.2, 50 - 3 * (number // 2), strength, instrument)


def tokens(rhythm: str) -> list[tuple[float, float, str]]:
    """(beat, length, degree or "") of each token."""
    found = []
    for token in rhythm.split():
        beat, length, *degree = token.split("/")
        found.append((float(beat), float(length), degree[0] if degree else ""))
    return found


def within(rhythm: str, length: float) -> list[tuple[float, float, str]]:
    """The tokens that begin inside a chord of `length` beats, none reaching beyond it."""
    return [(at, min(held, length - at), degree) for at, held, degree in tokens(rhythm) if at < length]


def degree_pitch(chord: Chord, degree: str, centre: float) -> int:
    """A bass note: r root (the slash bass), 3, 5, 7 of the chord, 8 the octave above the root."""
    root = nearest(frozenset({chord.bass}), centre)
    if degree in {"r", ""}:
        return root
    if degree == "8":
        return root + 12
    index = {"3": 1, "5": 2, "7": 3}[degree]
    tone = chord.tones[min(index, len(chord.tones) - 1)] % 12
    if degree == "5":
        tone = next((t for t in chord.tones if t % 12 in {6, 7, 8}), 7) % 12
    return nearest(frozenset({(chord.root + tone) % 12}), root + 6)


def bass(part: Part, spans: Sequence[Span], figure: str, centre: float = 38, velocity: float = 0.8) -> None:
    """Repeat a figure of chord degrees under each chord."""
    for span in spans:
        for at, held, degree in within(figure, span.length):
            accent = velocity if at == 0 else 0.88 * velocity
            part.add(span.start + at, held, degree_pitch(span.chord, degree, centre), accent)


def walking(part: Part, spans: Sequence[Span], rng: Rng, centre: float = 40, velocity: float = 0.75) -> None:
    """Quarter notes: root on the chord, chord tones between, a half step into the next root."""
    following = [*spans[1:], spans[0]]
    note = nearest(frozenset({spans[0].chord.bass}), centre)
    for span, after in zip(spans, following, strict=True):
        root = nearest(frozenset({span.chord.bass}), (note + centre) / 2)
        target = nearest(frozenset({after.chord.bass}), (root + centre) / 2)
        count = round(span.length)
        line = [root]
        for number in range(1, count):
            if number == count - 1:
                line.append(target + int(rng.choice([-1, 1])))
            else:
                line.append(nearest(span.chord.classes - {line[-1] % 12}, line[-1] + rng.choice([-4, 4, 5])))
        for number, pitch in enumerate(line):
            note = pitch + (12 if pitch < centre - 12 else 0)
            part.add(span.start + number, 0.92, note, velocity * (1.0 if number % 2 == 0 else 0.88))


def chords(
    part: Part,
    spans: Sequence[Span],
    rhythm: str,
    centre: float = 60,
    velocity: float = 0.6,
    strum: float = 0.0,
) -> None:
    """Voice-led chords in a rhythm; `strum` in beats between the strings, alternating down and up."""
    notes: tuple[int, ...] = ()
    for span in spans:
        notes = voicing(span.chord, centre, notes)
        for number, (at, held, _) in enumerate(within(rhythm, span.length)):
            order = notes if number % 2 == 0 else notes[::-1]
            for index, pitch in enumerate(order):
                accent = velocity * (1.0 if at == 0 else 0.88)
                part.add(span.start + at + index * strum, max(0.1, held - index * strum), pitch, accent)


def pads(part: Part, spans: Sequence[Span], centre: float = 60, velocity: float = 0.5) -> None:
    """Hold each chord."""
    chords(part, spans, "0/16", centre, velocity)


def arpeggio(
    part: Part,
    spans: Sequence[Span],
    order: str,
    step: float,
    centre: float = 64,
    velocity: float = 0.55,
    held: float = 1.0,
) -> None:
    """Broken chords: indices into the voicing, going on into the octave above; "." is a rest.

    `held` is the length of a note in steps.
    """
    pattern = order.split()
    notes: tuple[int, ...] = ()
    for span in spans:
        notes = voicing(span.chord, centre, notes)
        for number in range(round(span.length / step)):
            mark = pattern[number % len(pattern)]
            if mark != ".":
                octave, index = divmod(int(mark), len(notes))
                accent = velocity * (1.0 if number % len(pattern) == 0 else 0.85)
                part.add(span.start + number * step, held * step, notes[index] + 12 * octave, accent)


def power_chords(
    part: Part, spans: Sequence[Span], rhythm: str, centre: float = 42, velocity: float = 0.8
) -> None:
    """Root, fifth and octave on distorted strings, where thirds would be mud."""
    for span in spans:
        root = nearest(frozenset({span.chord.root}), centre)
        for at, held, _ in within(rhythm, span.length):
            for tone in (0, 7, 12):
                part.add(span.start + at, held, root + tone, velocity if at == 0 else 0.9 * velocity)


def melody(
    part: Part,
    spans: Sequence[Span],
    scale: frozenset[int],
    rng: Rng,
    *,
    centre: float,
    cells: Sequence[str],
    form: str = "AABA",
    velocity: float = 0.75,
    reach: int = 8,
) -> None:
    """A tune of phrases: each letter of `form` is one bar per cell with its own contour, and comes back.

    Long and accented notes are chord tones, the rest are steps of the scale; the tune stays within `reach`
    semitones of `centre` and comes to rest on the root or third of its last chord.
    """
    contours: dict[str, list[list[int]]] = {}
    bars = _bars(spans)
    note = nearest(bars[0][0].chord.classes, centre)
    for number, bar in enumerate(bars):
        letter = form[number // len(cells) % len(form)]
        place = number % len(cells)
        if letter not in contours:
            contours[letter] = [_contour(len(tokens(cell)), rng) for cell in cells]
        rhythm = tokens(cells[place])
        start = bar[0].start
        for (at, held, _), step in zip(rhythm, contours[letter][place], strict=True):
            chord = _sounding(bar, start + at)
            note = _next_note(note, step, scale, chord, centre, reach, strong=at % 1 == 0 or held >= 1)
            last = number == len(bars) - 1 and at == rhythm[-1][0]
            if last:
                home = frozenset({chord.root, (chord.root + chord.tones[1]) % 12})
                note = nearest(home, note)
            part.add(
                start + at, max(held, 2.0) if last else held, note, velocity * (1.0 if at % 2 == 0 else 0.88)
            )


def _contour(count: int, rng: Rng) -> list[int]:
    """Scale steps between notes: mostly by step, now and then a leap, which is answered."""
    steps: list[int] = []
    for _ in range(count):
        if steps and abs(steps[-1]) > 2:
            steps.append(-1 if steps[-1] > 0 else 1)
        else:
            steps.append(int(rng.choice([-3, -2, -1, -1, -1, 0, 1, 1, 1, 2, 3], p=_STEP_ODDS)))
    return steps


_STEP_ODDS = np.array([3, 8, 11, 11, 8, 6, 8, 11, 11, 8, 5]) / 90


def _next_note(
    note: int, step: int, scale: frozenset[int], chord: Chord, centre: float, reach: int, *, strong: bool
) -> int:
    if abs(note + 2 * step - centre) > reach:
        step = -step if step else (1 if note < centre else -1)
    moved = walk(scale, note, step) if step else note
    return nearest(chord.classes, moved) if strong else moved


def _bars(spans: Sequence[Span]) -> list[list[Span]]:
    """Chords grouped by bar: a bar is as long as the longest chord."""
    length = max(span.length for span in spans)
    bars: list[list[Span]] = []
    for span in spans:
        if not bars or span.start >= bars[-1][0].start + length:
            bars.append([])
        bars[-1].append(span)
    return bars


def _sounding(bar: Sequence[Span], beat: float) -> Chord:
    return next(span.chord for span in reversed(bar) if span.start <= beat or span is bar[0])


def counterpoint(part: Part, above: Part, spans: Sequence[Span], scale: frozenset[int], low: float) -> None:
    """A second voice below the tune of `above` in thirds and sixths, in contrary motion where it can."""
    inside = [n for n in above.notes if spans[0].start <= n.start < spans[-1].start + spans[-1].length]
    note = nearest(scale, low)
    for first, second in pairwise([*inside, inside[-1]]):
        direction = -1 if second.pitch > first.pitch else 1
        choices = [walk(scale, round(first.pitch), -steps) for steps in (2, 5, 9)]
        note = min(choices, key=lambda c: abs(c - note - direction) + 0.3 * abs(c - low))
        part.add(first.start, first.length, note, 0.8 * first.velocity)
