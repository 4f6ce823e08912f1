"""Drones, glass and lullabies."""

from soniq_desktop.demo.harmony import scale
from soniq_desktop.demo.score import Piece
from soniq_desktop.demo.writing import Rng, arpeggio, melody, pads


def drone(rng: Rng) -> Piece:
    """Slow lydian chords over a pedal, wind, a few bells."""
    piece = Piece(60, "D", "major", room="cathedral", tail=6.0, target=-16.0)
    low = piece.part("warm_pad", -22, reverb=0.35)
    high = piece.part("glass_pad", -25, reverb=0.5, width=0.6)
    choir = piece.part("choir_oo", -27, reverb=0.5, stem="vocals", width=0.4)
    bells = piece.part("bell", -29, reverb=0.6, delay=0.4, width=0.8, loose=0.05)
    ground = piece.part("sub_bass", -27, reverb=0.05, stem="bass")
    wind = piece.part("air", -38, reverb=0.2)
    for section in piece.form("dawn 4 open 4 drift 4 home 2"):
        spans = section.harmony("Dmaj9 E/D Gmaj9/D Dadd9")
        pads(low, spans, 55)
        wind.add(section.start, section.end - section.start, 60, 0.5)
        for span in spans:
            ground.add(span.start, span.length, 38, 0.5)
        if not section.among("dawn"):
            pads(high, spans, 69, 0.6)
            melody(
                bells,
                spans,
                scale("D", "pentatonic"),
                rng,
                centre=81,
                cells=["0/2 2.5/1.5", "1/3"],
                velocity=0.4,
            )
        if section.among("drift"):
            pads(choir, spans, 64)
    return piece


def glass(rng: Rng) -> Piece:
    """Interlocking arpeggios that open and close."""
    piece = Piece(84, "F", "major", room="cathedral", tail=5.0, target=-16.0)
    first = piece.part("music_box", -22, pan=-0.5, reverb=0.4, delay=0.25)
    second = piece.part("harp", -22, pan=0.5, reverb=0.4)
    pad = piece.part("warm_pad", -24, reverb=0.3)
    bass = piece.part("sub_bass", -25, reverb=0.05, stem="bass")
    line = piece.part("flute", -22, reverb=0.45, delay=0.2)
    for section in piece.form("intro 4 one 4 two 8 coda 2"):
        spans = section.harmony("Fmaj9 Dm9 Bbmaj9 C9sus4")
        arpeggio(second, spans, "0 1 2 3 2 1 4 2", 0.5, 60, 0.5, held=2)
        pads(pad, spans, 58)
        if not section.among("intro"):
            arpeggio(first, spans, "2 . 4 3 . 5", 1 / 3 * 2, 76, 0.4, held=2)
            for span in spans:
                bass.add(
                    span.start,
                    span.length,
                    29 + span.chord.bass % 12 - 5 + (12 if span.chord.bass < 5 else 0),
                    0.5,
                )
        if section.among("two"):
            melody(
                line, spans, scale("F", "major"), rng, centre=74,
                cells=["0/2 2/1 3/1", "0/3"], form="ABAC", velocity=0.55,
            )  # fmt: skip
    return piece


def lullaby(rng: Rng) -> Piece:
    """Music box and celesta-like bells in three, slowing down at the end."""
    piece = Piece(72, "G", "major", meter=3, ritardando=6, room="hall", tail=4.0, target=-16.0)
    tune = piece.part("music_box", -19, reverb=0.3, pan=0.15)
    broken = piece.part("harp", -23, reverb=0.3, pan=-0.25)
    strings = piece.part("string_section", -25, reverb=0.35, width=0.5)
    deep = piece.part("upright_bass", -26, reverb=0.15, stem="bass")
    for section in piece.form("intro 2 tune 8 again 8"):
        spans = section.harmony("G Em C D G Em Am|D7 G" if not section.among("intro") else "G D")
        arpeggio(broken, spans, "0 1 2 3 2 1", 0.5, 59, 0.45, held=2)
        for span in spans:
            deep.add(span.start, span.length * 0.9, 31 + (span.chord.bass - 7) % 12, 0.5)
        if not section.among("intro"):
            melody(
                tune, spans, scale("G", "pentatonic"), rng, centre=83,
                cells=["0/2 2/1", "0/1 1/1 2/1"], form="ABAC", velocity=0.55,
            )  # fmt: skip
        if section.among("again"):
            pads(strings, spans, 62, 0.4)
    return piece
