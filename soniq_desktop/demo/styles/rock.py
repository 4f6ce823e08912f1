"""Rock, metal, post-rock and blues."""

from soniq_desktop.demo.harmony import scale
from soniq_desktop.demo.score import Piece
from soniq_desktop.demo.writing import Rng, arpeggio, bass, chords, drums, melody, pads, power_chords, roll


def rock(rng: Rng) -> Piece:
    """Two guitars, a tune, a chorus that goes up."""
    piece = Piece(138, "E", "major", room="room", target=-14.0)
    kit = piece.part("rock_kick", -16, reverb=0.22, stem="drums", loose=0.005)
    tops = piece.part("hat", -23, reverb=0.12, stem="drums", pan=0.2)
    low = piece.part("electric_bass", -19, reverb=0.02, stem="bass")
    left = piece.part("electric_guitar", -20, reverb=0.1, pan=-0.75, drive=0.55)
    right = piece.part("electric_guitar", -20, reverb=0.1, pan=0.75, drive=0.5, loose=0.01)
    solo = piece.part("electric_guitar", -19, reverb=0.2, delay=0.25, drive=0.4)
    for section in piece.form("intro 4 verse 8 chorus 8 solo 8 chorus 4 end 1"):
        spans = section.harmony("A B C#m A" if section.among("chorus", "solo") else "E E A B")
        if section.among("end"):
            spans = section.harmony("E")
            power_chords(left, spans, "0/4", 43)
            power_chords(right, spans, "0/4", 43)
            drums(kit, section, rock_kick="x...............")
            drums(tops, section, crash="x...............")
            bass(low, spans, "0/4/r", 33)
            continue
        power_chords(left, spans, "0/.9 1/.4 1.5/.4 2/.9 3/.4 3.5/.4", 43)
        if not section.among("intro"):
            power_chords(
                right,
                spans,
                "0/1.9 2/1.9" if section.among("chorus") else "0/.9 1/.4 1.5/.4 2/.9 3/.4 3.5/.4",
                43,
            )
            bass(low, spans, "0/.45/r .5/.45/r 1/.45/r 1.5/.45/r 2/.45/r 2.5/.45/r 3/.45/5 3.5/.45/8", 33)
            drums(
                kit,
                section,
                rock_kick="x...x...x.x.x...|x...x...x..xx..."
                if section.among("chorus")
                else "x.......x.x.....",
                snare="....X.......X...",
            )
            drums(tops, section, hat="x.o.x.o.x.o.x.o.") if section.among("verse") else drums(
                tops, section, ride="x.o.x.o.x.o.x.o."
            )
            tops.add(section.start, 1, 60, 0.8, "crash")
        roll(kit, section.end - 1, 1, "tom", 4)
        if section.among("solo"):
            melody(
                solo, spans, scale("E", "pentatonic"), rng, centre=73,
                cells=["0/.5 .5/.5 1/1 2/.5 2.5/.5 3/1", "0/1.5 1.5/.5 2/2"], form="ABAC", velocity=0.8,
                reach=10,
            )  # fmt: skip
    return piece


def metal(rng: Rng) -> Piece:
    """Low gallops, double kick, a slow heavy middle."""
    piece = Piece(168, "D", "minor", room="room", target=-14.0)
    kit = piece.part("rock_kick", -16, reverb=0.18, stem="drums", loose=0.002)
    tops = piece.part("ride", -23, reverb=0.1, stem="drums", pan=0.25)
    low = piece.part("electric_bass", -20, reverb=0.0, stem="bass", drive=0.15, loose=0.003)
    left = piece.part("electric_guitar", -19, reverb=0.05, pan=-0.85, drive=0.95, loose=0.003)
    right = piece.part("electric_guitar", -19, reverb=0.05, pan=0.85, drive=0.95, loose=0.006)
    solo = piece.part("electric_guitar", -20, reverb=0.2, delay=0.25, drive=0.7)
    gallop = "0/.45 .5/.2 .75/.2 1/.45 1.5/.2 1.75/.2 2/.45 2.5/.2 2.75/.2 3/.45 3.5/.45"
    for section in piece.form("intro 4 riff 8 lift 8 half 8 solo 8 end 2"):
        spans = section.harmony(
            {"lift": "Bb C Dm Dm", "half": "Dm Dm Bb A", "solo": "Dm Bb Gm A"}.get(section.name, "Dm Dm Bb C")
        )
        heavy = section.among("half", "end")
        for guitar in (left, right):
            power_chords(guitar, spans, "0/1.9 2/1.9" if heavy else gallop, 39)
        bass(
            low,
            spans,
            "0/1.9/r 2/1.9/r" if heavy else "0/.4/r .5/.4/r 1/.4/r 1.5/.4/r 2/.4/r 2.5/.4/r 3/.4/r 3.5/.4/r",
            31,
        )
        if heavy:
            drums(kit, section, rock_kick="x.....x.x.......", snare="........X.......")
            drums(tops, section, crash="x.......o.......")
        elif not section.among("intro"):
            drums(kit, section, rock_kick="x.xxx.xxx.xxx.x.", snare="....X.......X...")
            drums(tops, section, ride="x.o.x.o.x.o.x.o.")
        if section.among("solo"):
            melody(
                solo, spans, scale("D", "harmonic"), rng, centre=76,
                cells=["0/.5 .5/.5 1/.5 1.5/.5 2/.5 2.5/.5 3/1", "0/1 1/1 2/2"], form="ABAC", velocity=0.8,
                reach=11,
            )  # fmt: skip
    return piece


def post_rock(rng: Rng) -> Piece:
    """One figure that grows from a single guitar to a wall, and leaves it alone again."""
    piece = Piece(104, "G", "major", room="hall", tail=5.0, target=-15.0)
    first = piece.part("electric_guitar", -20, reverb=0.35, delay=0.4, pan=-0.35)
    second = piece.part("electric_guitar", -21, reverb=0.35, delay=0.3, pan=0.4)
    wall = piece.part("electric_guitar", -20, reverb=0.3, drive=0.6)
    strings = piece.part("string_section", -22, reverb=0.35, width=0.5)
    low = piece.part("electric_bass", -20, reverb=0.03, stem="bass")
    kit = piece.part("rock_kick", -17, reverb=0.3, stem="drums")
    tops = piece.part("ride", -23, reverb=0.2, stem="drums")
    for section in piece.form("alone 4 two 4 walk 4 wall 8 alone 2"):
        spans = section.harmony("Gmaj7 D/F# Em7 Cadd9")
        arpeggio(first, spans, "0 2 1 3 2 4 3 2", 0.5, 64, 0.55, held=2.5)
        if section.among("alone"):
            continue
        melody(
            second, spans, scale("G", "pentatonic"), rng, centre=76,
            cells=["0/1 1/1 2/2", "0/3"], form="ABAC", velocity=0.6,
        )  # fmt: skip
        bass(low, spans, "0/.9/r 1/.9/r 2/.9/r 3/.9/5", 33, 0.7)
        if section.among("walk"):
            drums(kit, section, rock_kick="x.......x.......", rim="....o.......o...")
            pads(strings, spans, 64, 0.5)
        if section.among("wall"):
            power_chords(wall, spans, "0/.5 .5/.5 1/.5 1.5/.5 2/.5 2.5/.5 3/.5 3.5/.5", 47, 0.75)
            pads(strings, spans, 69, 0.8)
            drums(kit, section, rock_kick="x.....x.x.x.....", snare="....X.......X...")
            drums(tops, section, ride="x.x.x.x.x.x.x.x.", crash="o...............")
    return piece


def blues(rng: Rng) -> Piece:
    """Twelve bars, shuffled, twice and an ending."""
    piece = Piece(96, "A", "major", swing=0.655, room="room", target=-15.0)
    kit = piece.part("soft_kick", -18, reverb=0.15, stem="drums", loose=0.008)
    tops = piece.part("ride", -24, reverb=0.1, stem="drums", pan=0.2)
    low = piece.part("electric_bass", -19, reverb=0.03, stem="bass")
    rhythm = piece.part("electric_guitar", -22, reverb=0.12, pan=-0.4, drive=0.12)
    organ = piece.part("fast_organ", -25, reverb=0.15, pan=0.35)
    solo = piece.part("electric_guitar", -18, reverb=0.2, delay=0.12, drive=0.3)
    bars = "A7 D9 A7 A7 D9 D9 A7 A7 E9 D9 A7 E9"
    for section in piece.form("head 12 solo 12 end 1"):
        if section.among("end"):
            spans = section.harmony("A9")
            chords(rhythm, spans, "0/3", 57, 0.7, strum=0.06)
            bass(low, spans, "0/3/r", 33)
            kit.add(section.start, 1, 60, 0.8, "soft_kick")
            tops.add(section.start, 1, 60, 0.8, "crash")
            continue
        spans = section.harmony(bars)
        drums(kit, section, soft_kick="x...x...x...x...", snare="....x.......x...")
        drums(tops, section, ride="x.-.x.o.x.-.x.o.")
        bass(low, spans, "0/.9/r 1/.9/3 2/.9/5 3/.9/7", 35)
        chords(rhythm, spans, "0/.4 .5/.3 1/.4 1.5/.3 2/.4 2.5/.3 3/.4 3.5/.3", 55, 0.55)
        if section.among("solo"):
            chords(organ, spans, "0/3.8", 62, 0.5)
        melody(
            solo, spans, scale("A", "blues" if section.among("solo") else "pentatonic"), rng, centre=71,
            cells=["0.5/.5 1/.5 1.5/.5 2/1.5", "0.5/.5 1/2", "0/.5 .5/.5 1/1 2.5/1", "1/2"], form="AAB",
            velocity=0.75, reach=9,
        )  # fmt: skip
    return piece
