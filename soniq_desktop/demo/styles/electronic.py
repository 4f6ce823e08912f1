"""House, techno, drum and bass, synth pop, disco, chip music."""

from soniq_desktop.demo.harmony import scale
from soniq_desktop.demo.score import Piece
from soniq_desktop.demo.writing import Rng, arpeggio, bass, chords, drums, melody, pads, roll


def house(rng: Rng) -> Piece:
    """Deep house: stabs on the off-beat, round bass, electric piano answers."""
    piece = Piece(122, "A", "minor", swing=0.55, swing_unit=0.25, target=-14.5)
    kit = piece.part("kick", -17, reverb=0.03, stem="drums", loose=0.002)
    tops = piece.part("hat", -24, reverb=0.05, stem="drums", pan=0.1, loose=0.003)
    low = piece.part("sub_bass", -19, reverb=0.0, stem="bass", duck=0.5)
    stab = piece.part("poly_stab", -21, reverb=0.2, delay=0.25, duck=0.35)
    keys = piece.part("electric_piano", -22, reverb=0.15, width=0.4, chorus=0.5)
    pad = piece.part("warm_pad", -25, reverb=0.25, duck=0.6)
    for section in piece.form("intro 4 groove 8 lift 4 full 8 out 2"):
        spans = section.harmony("Am9 Fmaj9 Dm9 Em7")
        chords(stab, spans, "0.75/.25 1.5/.25 2.75/.25 3.5/.25", 62, 0.5 if section.among("intro") else 0.7)
        if not section.among("lift"):
            drums(kit, section, kick="x...x...x...x...")
            drums(tops, section, hat="--o---o---o---o-", shaker="-.--..--.--.-.--")
        if not section.among("intro", "lift"):
            drums(kit, section, clap="....x.......x...")
            drums(tops, section, open_hat="..o...o...o...o.")
            bass(low, spans, "0/.7/r 1.5/.4/r 2.25/.5/5 3.25/.5/8", 35)
        if section.among("lift", "full"):
            pads(pad, spans, 64, 0.6)
            melody(
                keys, spans, scale("A", "minor pentatonic"), rng, centre=74,
                cells=["0.5/.5 1.5/.5 2/1", "1/.5 1.5/1.5"], form="ABAC", velocity=0.6,
            )  # fmt: skip
        if section.among("lift"):
            roll(kit, section.end - 2, 2, "clap", 8)
    return piece


def techno(rng: Rng) -> Piece:
    """One acid line, a deep kick, tension by filter and layers."""
    piece = Piece(132, "F", "minor", target=-14.0)
    kit = piece.part("deep_kick", -16, reverb=0.04, stem="drums", loose=0.001)
    tops = piece.part("hat", -23, reverb=0.1, stem="drums", loose=0.002)
    line = piece.part("acid", -20, reverb=0.1, delay=0.3, duck=0.4, loose=0.001)
    low = piece.part("sub_bass", -21, reverb=0.0, stem="bass", duck=0.8, loose=0.001)
    chord = piece.part("glass_pad", -24, reverb=0.4, delay=0.3, duck=0.5)
    noise = piece.part("riser", -27, reverb=0.2)
    notes = [41, 41, 53, 41, 44, 41, 48, 51, 41, 53, 41, 46, 44, 41, 39, 41]
    for section in piece.form("intro 4 line 8 break 4 peak 12 out 2"):
        spans = section.harmony("Fm7 Fm7 Dbmaj7 Ebadd9")
        if not section.among("break"):
            drums(kit, section, deep_kick="X...X...X...X...")
            drums(tops, section, hat="-.o-..o--.o-..o.")
            bass(low, spans, "0.5/.4/r 1.5/.4/r 2.5/.4/r 3.5/.4/r", 29, 0.7)
        if section.among("line", "peak"):
            drums(kit, section, clap="....x.......x...", rim="...-......-..-..")
        if not section.among("intro", "out"):
            build = 0.55 if section.among("break") else 0.4
            for bar in range(section.bars):
                opening = min(1.0, build + 0.45 * bar / section.bars)
                for step, pitch in enumerate(notes):
                    accent = opening if step % 3 == 0 else 0.7 * opening
                    line.add(section.bar(bar) + step / 4, 0.2, pitch, accent)
        if section.among("break", "peak"):
            pads(chord, spans, 65, 0.6)
        if section.among("break"):
            noise.add(section.start, section.end - section.start, 60, 0.8)
    return piece


def drum_and_bass(rng: Rng) -> Piece:
    """Broken beat at 172, long bass, soft chords above."""
    piece = Piece(172, "E", "minor", target=-14.0, room="plate")
    kit = piece.part("kick", -16, reverb=0.06, stem="drums", loose=0.003)
    tops = piece.part("hat", -24, reverb=0.08, stem="drums", loose=0.003)
    low = piece.part("reese", -19, reverb=0.02, stem="bass", duck=0.4)
    pad = piece.part("warm_pad", -23, reverb=0.4)
    keys = piece.part("bell", -24, reverb=0.35, delay=0.35, width=0.6)
    voice = piece.part("choir_ah", -25, reverb=0.4, stem="vocals")
    for section in piece.form("intro 8 drop 16 air 8 drop 12 out 2"):
        spans = section.harmony("Em9 Em9 Cmaj9 Cmaj9 Am9 Am9 Bm7 Bm7")
        pads(pad, spans, 62, 0.5)
        if section.among("intro", "air"):
            arpeggio(keys, spans, "0 2 1 3 4 2", 1.0, 76, 0.45)
            drums(tops, section, hat="-.-.-.-.-.-.-.-.")
        if section.among("drop"):
            drums(
                kit, section,
                kick="x.........x.....|x.........x..x..", snare="....X..-.-..X...|....X..-....X.-.",
            )  # fmt: skip
            drums(tops, section, hat="o-o-o-o-o-o-o-o-", ride="x...............|................")
            bass(low, spans, "0/1.9/r 2.5/1.4/r", 28, 0.7)
            melody(
                keys, spans, scale("E", "minor pentatonic"), rng, centre=78,
                cells=["0/2 2.5/1.5", "0/4"], form="ABAC", velocity=0.5,
            )  # fmt: skip
        if section.among("air"):
            pads(voice, spans, 69, 0.5)
            roll(kit, section.end - 4, 4, "snare", 16)
    return piece


def synth_pop(rng: Rng) -> Piece:
    """Bright hooks, octave bass, wide chorus."""
    piece = Piece(112, "D", "major", target=-14.0)
    kit = piece.part("kick", -17, reverb=0.1, stem="drums", loose=0.002)
    tops = piece.part("hat", -25, reverb=0.05, stem="drums", loose=0.002)
    low = piece.part("saw_bass", -20, reverb=0.0, stem="bass", duck=0.3, loose=0.002)
    wide = piece.part("supersaw", -21, reverb=0.2, duck=0.4)
    pulse = piece.part("pluck_synth", -23, reverb=0.15, delay=0.3, pan=0.3)
    hook = piece.part("lead", -18, reverb=0.2, delay=0.2, stem="vocals")
    for section in piece.form("intro 2 verse 8 chorus 8 bridge 2 chorus 8"):
        chorus = section.among("chorus")
        spans = section.harmony("D A Bm G" if chorus else "Bm G D A")
        arpeggio(pulse, spans, "0 2 1 3 2 4 1 2", 0.25, 69, 0.55, held=0.8)
        if not section.among("bridge"):
            drums(
                kit,
                section,
                kick="x...x...x...x..." if chorus else "x.....x.x.......",
                snare="....x.......x...",
            )
            drums(
                tops,
                section,
                hat="o-o-o-o-o-o-o-o-",
                open_hat="..............o." if chorus else "................",
            )
            bass(low, spans, "0/.45/r .5/.45/8 1/.45/r 1.5/.45/8 2/.45/r 2.5/.45/8 3/.45/r 3.5/.45/8", 35)
        if chorus or section.among("bridge"):
            pads(wide, spans, 66, 0.6)
        if section.among("verse", "chorus"):
            melody(
                hook, spans, scale("D", "major"), rng, centre=78 if chorus else 73,
                cells=["0/.5 .5/.5 1/1 2.5/.5 3/1", "0/1.5 1.5/.5 2/2"], form="ABAC", velocity=0.7,
            )  # fmt: skip
        if section.among("bridge"):
            roll(kit, section.end - 4, 4, "tom", 12)
    return piece


def disco(rng: Rng) -> Piece:
    """Strings, octave bass and open hats on the off-beat."""
    piece = Piece(118, "G", "minor", target=-14.0)
    kit = piece.part("kick", -17, reverb=0.06, stem="drums", loose=0.003)
    tops = piece.part("hat", -23, reverb=0.06, stem="drums", loose=0.003)
    low = piece.part("electric_bass", -19, reverb=0.02, stem="bass")
    guitar = piece.part("muted_guitar", -23, reverb=0.08, pan=-0.4)
    strings = piece.part("string_section", -20, reverb=0.25, width=0.5)
    horns = piece.part("brass_section", -21, reverb=0.18, pan=0.2)
    keys = piece.part("electric_piano", -24, reverb=0.1, pan=0.35, chorus=0.6)
    for section in piece.form("intro 4 verse 8 chorus 8 break 4 out 4"):
        spans = section.harmony(
            "Gm7 C9 Fmaj7 Bbmaj7 Ebmaj7 Am7b5 D7 Gm7" if section.among("verse", "chorus") else "Gm7 C9"
        )
        drums(kit, section, kick="x...x...x...x...", clap="....x.......x...")
        drums(tops, section, open_hat="..x...x...x...x.", tambourine="o-o-o-o-o-o-o-o-")
        if not section.among("break"):
            bass(low, spans, "0/.4/r .5/.3/8 1/.4/r 1.5/.3/8 2/.4/r 2.5/.3/8 3/.4/5 3.5/.3/8", 34)
        chords(guitar, spans, "0/.2 .5/.1 .75/.2 1.5/.2 2/.2 2.5/.1 2.75/.2 3.5/.2", 64, 0.6, strum=0.02)
        chords(keys, spans, "0/1.4 1.5/.4 2.5/1.2", 62, 0.55)
        if section.among("chorus", "out"):
            melody(
                strings, spans, scale("G", "minor"), rng, centre=77,
                cells=["0/.5 .5/.5 1/2 3/1", "0/3"], form="ABAC", velocity=0.7,
            )  # fmt: skip
        if section.among("chorus", "break"):
            chords(horns, spans, "1.5/.3 3.5/.4", 66, 0.75)
    return piece


def chip(rng: Rng) -> Piece:
    """Four voices of an imaginary game console, in a hurry."""
    piece = Piece(150, "C", "major", room="room", tail=1.5, target=-15.0)
    tune = piece.part("chip_lead", -18, reverb=0.08, delay=0.15, pan=0.15, loose=0.0)
    arps = piece.part("chip_square", -22, reverb=0.05, pan=-0.3, loose=0.0)
    low = piece.part("chip_bass", -19, reverb=0.0, stem="bass", loose=0.0)
    kit = piece.part("chip_noise", -23, reverb=0.03, stem="drums", loose=0.0)
    for section in piece.form("intro 4 level 8 boss 8 level 8 win 2"):
        dark = section.among("boss")
        spans = section.harmony("Am F G E7" if dark else "C G Am F C G F|G C")
        arpeggio(arps, spans, "0 1 2 3 2 1", 0.25, 67, 0.6, held=0.9)
        bass(low, spans, "0/.4/r .5/.4/8 1/.4/r 1.5/.4/8 2/.4/r 2.5/.4/8 3/.4/5 3.5/.4/8", 43)
        drums(kit, section, kick="x...x...x...x...", chip_noise="..o.x.o...o.x.oo")
        if not section.among("intro"):
            melody(
                tune, spans, scale("A", "harmonic") if dark else scale("C", "major"), rng, centre=79,
                cells=["0/.5 .5/.5 1/.5 1.5/.5 2/1 3/1", "0/.75 .75/.75 1.5/.5 2/2"], form="ABAC",
                velocity=0.75,
            )  # fmt: skip
    return piece


def chip_waltz(rng: Rng) -> Piece:
    """A save point: slow square waves in three."""
    piece = Piece(96, "Eb", "major", meter=3, ritardando=3, room="hall", tail=3.0, target=-16.0)
    tune = piece.part("chip_square", -19, reverb=0.25, delay=0.25, pan=0.1, loose=0.0)
    second = piece.part("chip_lead", -25, reverb=0.25, pan=-0.35, loose=0.0)
    low = piece.part("chip_bass", -20, reverb=0.05, stem="bass", loose=0.0)
    for section in piece.form("intro 4 tune 12 again 8"):
        spans = section.harmony(
            "Eb Cm7 Ab Bb7" if not section.among("again") else "Ab Bb7 Eb Cm7 Fm7 Bb7 Eb Eb"
        )
        bass(low, spans, "0/.9/r 1/.5/5 2/.5/8", 41, 0.6)
        arpeggio(second, spans, "0 1 2 3 2 1", 0.5, 67, 0.5, held=0.9)
        if not section.among("intro"):
            melody(
                tune, spans, scale("Eb", "major"), rng, centre=75,
                cells=["0/2 2/1", "0/1 1/1 2/1"], form="ABAC", velocity=0.65,
            )  # fmt: skip
    return piece
