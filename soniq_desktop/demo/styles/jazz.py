"""Trio, swing band, bossa nova, jazz waltz."""

from soniq_desktop.demo.harmony import scale
from soniq_desktop.demo.score import Piece
from soniq_desktop.demo.writing import Rng, bass, chords, drums, melody, walking


def trio(rng: Rng) -> Piece:
    """Piano, bass, brushes; a ii-V-I tune in F."""
    piece = Piece(126, "F", "major", swing=0.62, room="room", ritardando=3, tail=3.0, target=-16.0)
    piano = piece.part("piano", -19, reverb=0.16, width=0.35, loose=0.009)
    comp = piece.part("piano", -23, reverb=0.16, width=0.35, loose=0.009)
    low = piece.part("upright_bass", -20, reverb=0.06, stem="bass", loose=0.008)
    tops = piece.part("ride", -25, reverb=0.12, stem="drums", pan=0.25)
    kit = piece.part("brush", -25, reverb=0.12, stem="drums")
    for section in piece.form("head 8 solo 16 head 4 end 1"):
        if section.among("end"):
            spans = section.harmony("F69")
            chords(comp, spans, "0/4", 60, 0.55, strum=0.05)
            bass(low, spans, "0/3/r", 36, 0.6)
            continue
        spans = section.harmony("Gm9 C13 Fmaj9 Dm9 Gm9 C13 Am7|D7b9 Gm7|C13")
        walking(low, spans, rng, 39)
        chords(comp, spans, "0/1 1.5/.4" if section.among("head") else "0.5/.4 2.5/.6", 59, 0.5)
        drums(tops, section, ride="x...x..ox...x..o")
        drums(kit, section, brush="o.......o.......", hat="....o.......o...", soft_kick="-...............")
        melody(
            piano, spans, scale("F", "major"), rng, centre=74,
            cells=["0/1 1.5/.5 2/.5 2.5/1", "0.5/.5 1/.5 1.5/.5 2/1.5"], form="ABAC", velocity=0.65, reach=10,
        )  # fmt: skip
    return piece


def swing(rng: Rng) -> Piece:
    """A small big band: saxophone tune, brass answers, walking bass."""
    piece = Piece(168, "Bb", "major", swing=0.64, room="plate", tail=2.5, target=-15.0)
    sax = piece.part("saxophone", -19, reverb=0.2, pan=-0.15)
    horns = piece.part("brass_section", -20, reverb=0.2, pan=0.15)
    comp = piece.part("piano", -24, reverb=0.12, pan=0.3)
    low = piece.part("upright_bass", -20, reverb=0.05, stem="bass")
    tops = piece.part("ride", -24, reverb=0.12, stem="drums", pan=0.25)
    kit = piece.part("soft_kick", -21, reverb=0.12, stem="drums")
    for section in piece.form("intro 4 tune 16 solo 8 tune 8 end 1"):
        if section.among("end"):
            spans = section.harmony("Bb69")
            chords(horns, spans, "0/.6 1/2", 65, 0.9)
            bass(low, spans, "0/2/r", 34)
            tops.add(section.start, 1, 60, 0.9, "crash")
            continue
        spans = section.harmony("Bb6|G7 Cm7|F7 Bb6|G7 Cm7|F7 Bb7 Eb6|Edim7 Bb6|G7 Cm7|F7")
        walking(low, spans, rng, 39)
        drums(tops, section, ride="x...x..ox...x..o")
        drums(
            kit,
            section,
            soft_kick="o...o...o...o...",
            hat="....x.......x...",
            snare="...........-....|......-.......-.",
        )
        chords(comp, spans, "0.5/.4", 60, 0.5)
        if section.among("intro"):
            chords(horns, spans, "0/.4 .5/.4 1.5/.3", 65, 0.8)
        else:
            melody(
                sax, spans, scale("Bb", "major"), rng, centre=67,
                cells=["0/.5 .5/.5 1/1 2.5/1", "0/1 1.5/.5 2/1"], form="ABAC", velocity=0.7, reach=9,
            )  # fmt: skip
        if section.among("tune"):
            answers = [span for span in spans if span.start % 16 >= 12]
            chords(horns, answers, "0.5/.3 1.5/.3", 65, 0.75)
    return piece


def bossa(rng: Rng) -> Piece:
    """Nylon guitar, rim clicks, flute; nobody hurries."""
    piece = Piece(132, "D", "major", room="plate", tail=3.0, target=-16.0)
    guitar = piece.part("nylon_guitar", -20, reverb=0.14, pan=-0.25)
    tune = piece.part("flute", -19, reverb=0.25, pan=0.15)
    low = piece.part("upright_bass", -21, reverb=0.04, stem="bass")
    tops = piece.part("shaker", -27, reverb=0.08, stem="drums", pan=0.35)
    clicks = piece.part("rim", -26, reverb=0.15, stem="drums", pan=-0.1)
    strings = piece.part("string_section", -26, reverb=0.3, width=0.5)
    for section in piece.form("intro 4 tune 16 bridge 8 end 2"):
        spans = section.harmony(
            "Gmaj7 Gm6 F#m7 B7b9 Em9 A13 Dmaj9 Dmaj9" if section.among("bridge") else "Dmaj9 E9 Em9 A13"
        )
        if section.among("end"):
            spans = section.harmony("Dmaj9 D69")
        chords(guitar, spans, "0/.8 1/.4 1.5/.9 3/.4 3.5/.4", 59, 0.6)
        bass(low, spans, "0/1.4/r 1.5/.4/5 2/1.4/5 3.5/.4/r", 38, 0.65)
        drums(tops, section, shaker="o-o-o-o-o-o-o-o-")
        drums(clicks, section, rim="x..x..x...x..x..")
        if section.among("tune", "bridge"):
            melody(
                tune, spans, scale("D", "major"), rng, centre=74,
                cells=["0/1.5 1.5/1 3/1", "0/.5 .5/1 2/2"], form="ABAC", velocity=0.6,
            )  # fmt: skip
        if section.among("bridge"):
            chords(strings, spans, "0/4", 66, 0.45)
    return piece


def jazz_waltz(rng: Rng) -> Piece:
    """Vibraphone in three."""
    piece = Piece(144, "G", "minor", meter=3, swing=0.61, room="plate", tail=3.5, target=-16.0)
    vibes = piece.part("vibraphone", -18, reverb=0.2, pan=0.1)
    comp = piece.part("electric_piano", -23, reverb=0.12, pan=-0.3, chorus=0.3)
    low = piece.part("upright_bass", -20, reverb=0.05, stem="bass")
    tops = piece.part("ride", -25, reverb=0.12, stem="drums", pan=0.25)
    kit = piece.part("brush", -25, reverb=0.12, stem="drums")
    for section in piece.form("intro 4 head 16 solo 16 end 2"):
        spans = section.harmony("Gm9 Cm9 F13 Bbmaj9 Ebmaj9 Am7b5 D7b9 Gm9")
        if section.among("end", "intro"):
            spans = section.harmony("Gm9")
        chords(comp, spans, "0/.9 1.5/1.2", 60, 0.5)
        drums(tops, section, ride="x...x.o.o...")
        drums(kit, section, brush="....o...o...", hat="....o.......")
        bass(low, spans, "0/.9/r 1/.9/5 2/.9/3", 38, 0.7)
        if not section.among("intro"):
            melody(
                vibes, spans, scale("G", "minor"), rng, centre=74,
                cells=["0/1 1/.5 1.5/1.5", "0/.5 .5/.5 1/1 2/1", "0/2.5", "1/1.5"], form="AB", velocity=0.65,
                reach=9,
            )  # fmt: skip
    return piece
