"""Chords, voice leading and melodies are what a musician would expect."""

from itertools import pairwise

import numpy as np
import pytest

from soniq_desktop.demo import harmony
from soniq_desktop.demo.score import Part, Piece
from soniq_desktop.demo.writing import melody, walking


@pytest.mark.parametrize(
    ("symbol", "classes"),
    [
        ("C", {0, 4, 7}),
        ("F#m7b5", {6, 9, 0, 4}),
        ("Bbmaj9", {10, 2, 9, 0}),
        ("G7/B", {7, 11, 2, 5}),
        ("A5", {9, 4}),
    ],
)
def test_a_symbol_gives_its_pitch_classes(symbol: str, classes: set[int]) -> None:
    assert harmony.chord(symbol).classes == classes


def test_a_slash_names_the_bass() -> None:
    assert harmony.chord("D/F#").bass == 6


def test_nonsense_is_no_chord() -> None:
    with pytest.raises(ValueError, match="not a chord"):
        harmony.chord("H7")


def test_steps_stay_in_the_scale_and_go_the_right_way() -> None:
    scale = harmony.scale("A", "minor pentatonic")
    assert harmony.walk(scale, 69, 1) == 72
    assert harmony.walk(scale, 69, -2) == 64


def test_voices_move_little_from_chord_to_chord() -> None:
    notes: tuple[int, ...] = ()
    moves = []
    for symbol in ("Dm7", "G7", "Cmaj7", "Am7"):
        following = harmony.voicing(harmony.chord(symbol), 60, notes)
        if notes:
            moves += [min(abs(note - before) for before in notes) for note in following]
        notes = following
    assert max(moves) <= 2


def test_a_melody_keeps_to_its_scale_range_and_comes_home() -> None:
    piece = Piece(100, "G", "major")
    spans = piece.form("verse 8")[0].harmony("G Em C D G Em C G")
    part = Part("flute", -20)
    scale = harmony.scale("G", "major")
    melody(part, spans, scale, np.random.default_rng(1), centre=74, cells=["0/1 1/1 2/2"], reach=8)
    assert {round(note.pitch) % 12 for note in part.notes} <= scale
    assert all(62 <= note.pitch <= 86 for note in part.notes)
    assert part.notes[-1].pitch % 12 in {7, 11}
    assert max(abs(b.pitch - a.pitch) for a, b in pairwise(part.notes)) <= 9


def test_a_phrase_that_comes_back_has_the_same_rhythm() -> None:
    piece = Piece(100, "C", "major")
    spans = piece.form("tune 8")[0].harmony("C")
    part = Part("flute", -20)
    scale = harmony.scale("C", "major")
    melody(part, spans, scale, np.random.default_rng(2), centre=72, cells=["0/1 1/1", "0/2"], form="AABA")
    bars = [[note.start % 4 for note in part.notes if note.start // 4 == bar] for bar in range(8)]
    assert bars[0] == bars[2] == bars[6]


def test_a_walking_bass_steps_into_each_root() -> None:
    piece = Piece(120, "C", "major")
    spans = piece.form("a 4")[0].harmony("Dm7 G7 Cmaj7 A7")
    part = Part("upright_bass", -20)
    walking(part, spans, np.random.default_rng(3))
    assert [note.start for note in part.notes] == list(range(16))
    for bar in range(3):
        into, root = part.notes[4 * bar + 3], part.notes[4 * bar + 4]
        assert (root.pitch - into.pitch) % 12 in {1, 11}


def test_swing_delays_the_second_eighth_only() -> None:
    piece = Piece(120, "C", "major", swing=2 / 3)
    assert piece.swung(1.0) == 1.0
    assert piece.swung(1.5) == pytest.approx(1 + 2 / 3)
    assert piece.swung(1.75) == pytest.approx(1 + 5 / 6)


def test_the_tempo_map_slows_down_to_two_thirds_at_the_end() -> None:
    piece = Piece(120, "C", "major", ritardando=4)
    piece.form("a 4")
    beats = piece.seconds(np.arange(17))
    gaps = np.diff(beats)
    assert gaps[:12] == pytest.approx(0.5)
    assert np.all(np.diff(gaps[12:]) > 0)
    assert gaps[-1] < 0.75
