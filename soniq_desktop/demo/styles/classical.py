"""String quartet, nocturne, baroque keyboard, orchestral waltz, a small fugue-like organ piece."""

from soniq_desktop.demo.harmony import nearest, scale, voicing
from soniq_desktop.demo.score import Part, Piece, Section, Span
from soniq_desktop.demo.writing import Rng, arpeggio, bass, chords, counterpoint, melody, pads


def quartet(rng: Rng) -> Piece:
    """Four voices: a tune, its shadow, moving inner parts, a cello that leads the harmony."""
    piece = Piece(88, "C", "minor", room="hall", ritardando=4, tail=3.0, target=-16.0)
    first = piece.part("violin", -19, reverb=0.22, pan=-0.45, loose=0.012)
    second = piece.part("violin", -22, reverb=0.22, pan=-0.15, loose=0.012)
    viola = piece.part("cello", -23, reverb=0.22, pan=0.2, loose=0.012)
    cello = piece.part("cello", -21, reverb=0.2, pan=0.45, stem="bass", loose=0.012)
    for section in piece.form("theme 8 answer 8 close 4"):
        spans = section.harmony({
            "theme": "Cm Fm G7 Cm Ab Fm G7 Cm", "answer": "Eb Bb Cm Gm Ab Eb Dm7b5|G7 Cm",
            "close": "Fm Cm/G G7 Cm",
        }[section.name])  # fmt: skip
        melody(
            first, spans, scale("C", "minor"), rng, centre=74,
            cells=["0/1.5 1.5/.5 2/1 3/1", "0/1 1/1 2/2"], form="ABAC", velocity=0.7,
        )  # fmt: skip
        counterpoint(second, first, spans, scale("C", "minor"), 66)
        bass(cello, spans, "0/2/r 2/1/5 3/1/r" if section.among("answer") else "0/1.9/r 2/1.9/r", 43, 0.65)
        arpeggio(viola, spans, "0 1 2 1", 0.5 if section.among("answer") else 1.0, 56, 0.5, held=0.95)
    return piece


def nocturne(rng: Rng) -> Piece:
    """Left hand in wide arcs, a singing right hand, a slow end."""
    piece = Piece(63, "Db", "major", room="hall", ritardando=8, tail=4.0, target=-16.0)
    right = piece.part("piano", -18, reverb=0.2, pan=0.12, loose=0.016)
    left = piece.part("piano", -22, reverb=0.2, pan=-0.15, loose=0.014)
    for section in piece.form("first 6 second 4 last 4"):
        spans = section.harmony(
            "Bbm Gb Ebm7 Ab7" if section.among("second") else "Db Bbm Gb Ab7 Db/F Ebm7|Ab7 Db Db"
        )
        for span in spans:
            _arc(left, span)
        melody(
            right, spans, scale("Db", "major"), rng, centre=77,
            cells=["0/1.5 1.5/.5 2/2", "0/1 1/.5 1.5/.5 2/1 3/1"], form="ABAC", velocity=0.6, reach=9,
        )  # fmt: skip
    return piece


def _arc(part: Part, span: Span) -> None:
    """Bass note, then the chord up and down in eighths, as a nocturne's left hand goes."""
    low = nearest(frozenset({span.chord.bass}), 42)
    upper = voicing(span.chord, 58)
    notes = [low, *upper, *upper[-2::-1], *upper][: round(span.length * 2)]
    for number, pitch in enumerate(notes):
        held = span.length - number / 2 if number == 0 else 0.9
        part.add(span.start + number / 2, held, pitch, 0.5 if number == 0 else 0.36)


def baroque(rng: Rng) -> Piece:
    """Harpsichord over a walking continuo, with a canon at the octave."""
    piece = Piece(104, "D", "minor", room="room", ritardando=4, tail=2.5, target=-16.0)
    upper = piece.part("harpsichord", -19, reverb=0.18, pan=-0.2, loose=0.005)
    lower = piece.part("harpsichord", -22, reverb=0.18, pan=0.2, loose=0.005)
    continuo = piece.part("cello", -22, reverb=0.2, stem="bass")
    strings = piece.part("string_section", -25, reverb=0.25, width=0.5)
    for section in piece.form("subject 8 sequence 8 close 6"):
        spans = section.harmony({
            "subject": "Dm A7 Dm Gm Dm/F Gm A7 Dm", "sequence": "Dm Gm C F Bb Em7b5 A7 Dm",
            "close": "Gm Dm/F Em7b5 A7 Dm|A7 D",
        }[section.name])  # fmt: skip
        melody(
            upper, spans, scale("D", "harmonic"), rng, centre=76,
            cells=["0/.5 .5/.5 1/.5 1.5/.5 2/.5 2.5/.5 3/1", "0/.5 .5/.25 .75/.25 1/1 2/.5 2.5/.5 3/1"],
            form="ABAC", velocity=0.7, reach=9,
        )  # fmt: skip
        arpeggio(lower, spans, "0 2 1 2 3 2 1 2", 0.5, 60, 0.55, held=0.9)
        bass(continuo, spans, "0/.9/r 1/.9/5 2/.9/8 3/.9/5", 42, 0.6)
        if section.among("sequence", "close"):
            pads(strings, spans, 62, 0.4)
    return piece


def waltz(rng: Rng) -> Piece:
    """Strings, clarinet and pizzicato: one-two-three."""
    piece = Piece(168, "A", "major", meter=3, room="hall", ritardando=6, tail=3.0, target=-16.0)
    strings = piece.part("string_section", -19, reverb=0.25, width=0.4)
    wind = piece.part("clarinet", -20, reverb=0.25, pan=0.25)
    after = piece.part("pizzicato", -22, reverb=0.2, pan=-0.2)
    low = piece.part("upright_bass", -21, reverb=0.12, stem="bass")
    horn = piece.part("brass_section", -25, reverb=0.3, pan=0.3)
    for section in piece.form("intro 4 first 16 trio 16 first 12 end 2"):
        spans = section.harmony({
            "first": "A A E7 E7 Bm E7 A A", "trio": "D D A A E7 E7 A A7", "end": "E7 A",
        }.get(section.name, "A E7"))  # fmt: skip
        bass(low, spans, "0/.8/r", 40, 0.7)
        chords(after, spans, "1/.5 2/.5", 62, 0.5)
        if section.among("first"):
            _sing(strings, spans, rng, 76)
        if section.among("trio"):
            _sing(wind, spans, rng, 70)
            chords(horn, spans, "0/2.8", 57, 0.4)
    return piece


def _sing(part: Part, spans: list[Span], rng: Rng, centre: float) -> None:
    melody(
        part, spans, scale("A", "major"), rng, centre=centre,
        cells=["0/2 2/1", "0/1 1/1 2/1", "0/2 2/1", "0/3"], form="AB", velocity=0.7,
    )  # fmt: skip


def chorale(rng: Rng) -> Piece:
    """Pipe organ: a hymn in four voices with a moving pedal."""
    piece = Piece(72, "G", "major", room="cathedral", ritardando=4, tail=5.0, target=-16.0)
    manual = piece.part("pipe_organ", -19, reverb=0.3, loose=0.004, width=0.2)
    tune = piece.part("pipe_organ", -18, reverb=0.3, loose=0.004)
    pedal = piece.part("pipe_organ", -20, reverb=0.25, stem="bass", loose=0.004)
    for section in piece.form("verse 8 verse 4 amen 2"):
        spans = _hymn(section)
        pads(manual, spans, 60)
        bass(pedal, spans, "0/.98/r 1/.98/3" if section.among("verse") else "0/4/r", 40, 0.6)
        if section.among("verse"):
            melody(
                tune, spans, scale("G", "major"), rng, centre=73,
                cells=["0/1 1/1 2/1 3/1", "0/1 1/1 2/2"], form="AB", velocity=0.7,
            )  # fmt: skip
    return piece


def _hymn(section: Section) -> list[Span]:
    return section.harmony("G|D/F# Em|C G/B|D G C|G/B Am|D7 Em|C D|G" if section.among("verse") else "C G")
