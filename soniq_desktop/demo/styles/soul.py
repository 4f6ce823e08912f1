"""Soul, funk, gospel."""

from soniq_desktop.demo.harmony import scale
from soniq_desktop.demo.score import Piece
from soniq_desktop.demo.writing import Rng, bass, chords, drums, melody, pads, roll


def soul(rng: Rng) -> Piece:
    """Slow burn: electric piano, horns, strings, a singing saxophone."""
    piece = Piece(82, "Eb", "major", swing=0.57, swing_unit=0.25, room="plate", target=-15.5)
    kit = piece.part("soft_kick", -17, reverb=0.12, stem="drums", loose=0.009)
    tops = piece.part("hat", -25, reverb=0.08, stem="drums", pan=0.2)
    low = piece.part("electric_bass", -18, reverb=0.03, stem="bass", loose=0.008)
    keys = piece.part("electric_piano", -20, reverb=0.15, chorus=0.6, width=0.3)
    guitar = piece.part("electric_guitar", -24, reverb=0.15, pan=-0.45)
    horns = piece.part("brass_section", -22, reverb=0.2, pan=0.2)
    strings = piece.part("string_section", -24, reverb=0.3, width=0.5)
    sax = piece.part("saxophone", -19, reverb=0.25, delay=0.15, stem="vocals")
    for section in piece.form("intro 2 verse 6 chorus 6 out 2"):
        spans = section.harmony(
            "Ebmaj9 Gm7|Cm7 Fm9 Bb13" if not section.among("chorus") else "Abmaj9 Bb13 Gm7|Cm9 Fm9|Bb13"
        )
        chords(keys, spans, "0/1.4 1.75/.6 3/.9", 60, 0.55)
        drums(kit, section, soft_kick="x......x..x.....", snare="....x.......x..-")
        drums(tops, section, hat="o-o-o-o-o-o-o-o-")
        bass(low, spans, "0/1/r 1.5/.4/5 1.75/.25/8 2.5/.6/r 3.25/.6/5", 35, 0.75)
        chords(guitar, spans, "1/.3 3/.3", 67, 0.5, strum=0.02)
        if section.among("verse", "chorus"):
            melody(
                sax, spans, scale("Eb", "pentatonic"), rng, centre=67,
                cells=["0.5/.5 1/.5 1.5/1 3/.75", "0/1 1.5/2"], form="ABAC", velocity=0.65, reach=9,
            )  # fmt: skip
        if section.among("chorus"):
            pads(strings, spans, 67, 0.5)
            chords(horns, spans, "1.5/.3 2/.8", 65, 0.65)
    return piece


def funk(rng: Rng) -> Piece:
    """Slap bass on one, scratch guitar, clavinet-like stabs, horns that punch."""
    piece = Piece(104, "E", "minor", swing=0.54, swing_unit=0.25, room="room", target=-14.5)
    kit = piece.part("rock_kick", -16, reverb=0.08, stem="drums", loose=0.004)
    tops = piece.part("hat", -23, reverb=0.04, stem="drums", pan=0.15, loose=0.004)
    low = piece.part("slap_bass", -17, reverb=0.02, stem="bass", loose=0.004)
    guitar = piece.part("muted_guitar", -21, reverb=0.06, pan=-0.5)
    clav = piece.part("pluck_synth", -23, reverb=0.06, pan=0.45)
    horns = piece.part("brass_section", -19, reverb=0.15)
    organ = piece.part("organ", -25, reverb=0.1, pan=0.25)
    for section in piece.form("intro 2 groove 8 bridge 4 groove 8 end 1"):
        spans = section.harmony(
            {"bridge": "Cmaj9 Bm7 Am9 B7#9", "end": "Em9"}.get(section.name, "Em9 Em9 A13 A13")
        )
        if section.among("end"):
            chords(horns, spans, "0/.3", 64, 0.95)
            bass(low, spans, "0/.5/r", 33)
            kit.add(section.start, 1, 60, 1.0, "rock_kick")
            continue
        bass(low, spans, "0/.4/r .75/.2/r 1.25/.2/8 1.75/.2/7 2.5/.3/r 2.75/.2/5 3.25/.2/7 3.75/.2/8", 33)
        drums(kit, section, rock_kick="X..x......x..-..|X..x..x...x.....", snare="....X..-.-..X..-")
        drums(tops, section, hat="x-o-x-o-x-o-x-o-")
        chords(
            guitar,
            spans,
            "0/.12 .25/.1 .75/.12 1.25/.1 1.5/.12 2/.12 2.25/.1 2.75/.12 3.25/.1 3.5/.12",
            66,
            0.65,
        )
        if not section.among("intro"):
            chords(clav, spans, "0.5/.15 1.25/.15 2.5/.15 3.25/.15", 62, 0.6)
        if section.among("bridge"):
            pads(organ, spans, 62, 0.5)
            roll(kit, section.end - 1, 1, "snare", 4)
        if section.among("groove"):
            chords(horns, [s for s in spans if (s.start // 4) % 4 == 3], "0.5/.2 1/.2 2.5/.3 3/.7", 67, 0.85)
            melody(
                horns, [s for s in spans if (s.start // 4) % 4 == 1], scale("E", "minor pentatonic"), rng,
                centre=71,
                cells=["1.5/.25 1.75/.25 2/.5 3/.5"], form="A", velocity=0.75,
            )  # fmt: skip
    return piece


def gospel(rng: Rng) -> Piece:
    """Organ and choir, 12/8 feeling, piano answers, a big last chord."""
    piece = Piece(72, "Ab", "major", swing=0.66, room="hall", ritardando=4, tail=4.0, target=-15.5)
    organ = piece.part("organ", -19, reverb=0.18, width=0.2)
    choir = piece.part("choir_ah", -20, reverb=0.3, width=0.4, stem="vocals")
    piano = piece.part("piano", -21, reverb=0.15, pan=0.2)
    low = piece.part("electric_bass", -20, reverb=0.03, stem="bass")
    kit = piece.part("soft_kick", -19, reverb=0.15, stem="drums")
    tops = piece.part("tambourine", -25, reverb=0.12, stem="drums", pan=0.3)
    for section in piece.form("intro 2 verse 6 shout 6 amen 2"):
        spans = section.harmony({
            "intro": "Db Ab", "verse": "Ab Db|Ab Fm Bb7|Eb7 Ab|C7 Fm|Bbm7",
            "shout": "Db|Eb7 Cm7|Fm Bbm7|Eb7 Ab|Ab7 Db|Ddim7 Ab|Eb7", "amen": "Db Ab",
        }[section.name])  # fmt: skip
        pads(organ, spans, 60, 0.6)
        bass(
            low,
            spans,
            "0/.9/r 1/.9/3 2/.9/5 3/.9/8" if section.among("shout") else "0/1.8/r 2/1.8/5",
            36,
            0.7,
        )
        chords(piano, spans, "0/.9 .5/.4 1/.9 1.5/.4", 66, 0.55)
        if section.among("shout", "verse"):
            drums(kit, section, soft_kick="x.......x.......", snare="....o.......o...")
            drums(tops, section, tambourine="..o.x.o...o.x.o.")
        if section.among("shout", "amen"):
            pads(choir, spans, 67, 0.7)
        if section.among("verse"):
            melody(
                choir, spans, scale("Ab", "pentatonic"), rng, centre=70,
                cells=["0/1 1/.5 1.5/1.5 3/1", "0/1 1/2"], form="ABAC", velocity=0.65,
            )  # fmt: skip
    return piece
