"""Hip-hop, trap, lo-fi, reggae and dub."""

from soniq_desktop.demo.harmony import scale
from soniq_desktop.demo.score import Piece
from soniq_desktop.demo.writing import Rng, arpeggio, bass, chords, drums, melody, pads


def boom_bap(rng: Rng) -> Piece:
    """Dusty drums, upright bass, a horn sample that answers."""
    piece = Piece(90, "C", "minor", swing=0.58, swing_unit=0.25, room="room", target=-14.5)
    kit = piece.part("kick", -16, reverb=0.12, stem="drums", loose=0.006)
    tops = piece.part("hat", -24, reverb=0.06, stem="drums", pan=0.15)
    low = piece.part("upright_bass", -19, reverb=0.03, stem="bass")
    keys = piece.part("electric_piano", -21, reverb=0.12, chorus=0.4)
    horn = piece.part("muted_trumpet", -22, reverb=0.3, delay=0.3, pan=-0.2)
    for section in piece.form("intro 2 verse 8 hook 4 verse 6 out 2"):
        spans = section.harmony("Cm9 Abmaj7 Fm9 G7#9" if not section.among("hook") else "Abmaj9 G7#9")
        chords(keys, spans, "0/1.2 1.75/.5 3/.8", 60, 0.6)
        if not section.among("intro"):
            drums(
                kit, section,
                kick="x......x..x.....|x......x..xx..-.", snare="....x.......x..-",
            )  # fmt: skip
            drums(tops, section, hat="o.-.o.-.o.-.o.--")
            bass(low, spans, "0/.8/r 1.75/.4/5 2.5/.7/r 3.5/.4/8", 37)
        if section.among("hook", "intro"):
            melody(
                horn, spans, scale("C", "minor pentatonic"), rng, centre=70,
                cells=["0.5/.5 1/1 2.5/1"], form="AB", velocity=0.6,
            )  # fmt: skip
    return piece


def trap(rng: Rng) -> Piece:
    """Half-time, long bass, fast hats, cold bells."""
    piece = Piece(140, "F#", "minor", room="hall", target=-14.0)
    kit = piece.part("deep_kick", -18, reverb=0.06, stem="drums", loose=0.002)
    tops = piece.part("hat", -23, reverb=0.04, stem="drums", loose=0.001)
    low = piece.part("glide_bass", -18, reverb=0.0, stem="bass", loose=0.001)
    bells = piece.part("bell", -21, reverb=0.35, delay=0.3)
    pad = piece.part("choir_oo", -24, reverb=0.4, stem="vocals", width=0.4)
    strings = piece.part("pizzicato", -24, reverb=0.3, pan=0.35)
    for section in piece.form("intro 4 verse 8 hook 8 break 4 hook 8"):
        spans = section.harmony("F#m F#m D E")
        pads(pad, spans, 61, 0.5)
        arpeggio(bells, spans, "0 2 1 . 3 . 2 1", 0.5, 78, 0.5, held=2)
        if section.among("verse", "hook"):
            drums(
                kit,
                section,
                deep_kick="x.....x...x.....|x..x......x...x.",
                snare="........x.......",
                clap="........x.......",
            )
            drums(
                tops, section,
                hat="o-o-o-o-o-o-o-o-o-o-o-o-o-o-o-o-|o-o-o-o-ooo-o-o-o-o-o-o-oooooooo",
                open_hat="......o.........",
            )  # fmt: skip
            bass(low, spans, "0/1.3/r 2.5/1.2/r", 30, 0.85)
        if section.among("hook"):
            melody(
                strings, spans, scale("F#", "minor pentatonic"), rng, centre=73,
                cells=["0/.5 .5/.5 1.5/.5 2/.5 3/.5", "0/.5 1/.5 2.5/1"], form="ABAC", velocity=0.65,
            )  # fmt: skip
    return piece


def lofi(rng: Rng) -> Piece:
    """Sunday: brushed beat behind the beat, nylon guitar, warm keys."""
    piece = Piece(76, "Bb", "major", swing=0.6, swing_unit=0.25, room="room", tail=3.0, target=-16.0)
    kit = piece.part("soft_kick", -19, reverb=0.1, stem="drums", loose=0.012)
    tops = piece.part("shaker", -27, reverb=0.08, stem="drums", pan=0.25, loose=0.01)
    low = piece.part("electric_bass", -20, reverb=0.03, stem="bass", loose=0.01)
    keys = piece.part("electric_piano", -20, reverb=0.15, chorus=0.7, loose=0.014)
    guitar = piece.part("nylon_guitar", -20, reverb=0.2, pan=-0.3, loose=0.012)
    for section in piece.form("intro 2 one 6 two 6 out 2"):
        spans = section.harmony("Bbmaj9 Gm9 Cm9 F13")
        chords(keys, spans, "0/1.8 2.5/1.3", 60, 0.5, strum=0.03)
        if not section.among("intro", "out"):
            drums(kit, section, soft_kick="x.....x.x.......|x.....x..xx.....", rim="....o.......o...")
            drums(tops, section, shaker="o-.-o-.-o-.-o-.-")
            bass(low, spans, "0/1.4/r 1.75/.6/5 3/.8/8", 36, 0.7)
        if section.among("two", "out"):
            melody(
                guitar, spans, scale("Bb", "pentatonic"), rng, centre=70,
                cells=["0.5/.5 1/.5 1.5/1 3/.5", "0/1.5 2/1"], form="ABAC", velocity=0.6,
            )  # fmt: skip
    return piece


def reggae(rng: Rng) -> Piece:
    """One drop: kick and rim on three, guitar on the off-beat, organ bubble."""
    piece = Piece(74, "D", "major", swing=0.56, swing_unit=0.25, room="plate", target=-15.0)
    kit = piece.part("soft_kick", -18, reverb=0.1, stem="drums")
    tops = piece.part("hat", -25, reverb=0.06, stem="drums", pan=0.2)
    low = piece.part("electric_bass", -17, reverb=0.01, stem="bass")
    skank = piece.part("muted_guitar", -21, reverb=0.18, delay=0.12, pan=0.35)
    bubble = piece.part("organ", -24, reverb=0.1, pan=-0.3)
    tune = piece.part("trumpet", -21, reverb=0.3, delay=0.3)
    for section in piece.form("intro 2 verse 6 chorus 4 dub 2 chorus 4"):
        spans = section.harmony("D G D A" if not section.among("chorus") else "Bm G D A")
        drums(kit, section, soft_kick="........x.......", rim="........x.....-.")
        drums(tops, section, hat="o.-.o.-.o.-.o.--")
        chords(skank, spans, "1/.18 3/.18", 64, 0.75, strum=0.015)
        if not section.among("intro"):
            bass(low, spans, "0/.7/r .75/.5/3 1.5/.5/5 2.5/.5/8 3.25/.6/5", 38)
        if not section.among("dub"):
            chords(bubble, spans, "0.5/.2 .75/.2 1.5/.2 2.5/.2 2.75/.2 3.5/.2", 60, 0.5)
        if section.among("chorus"):
            melody(
                tune, spans, scale("D", "pentatonic"), rng, centre=71,
                cells=["0/1 1.5/.5 2/1.5", "0.5/.5 1/2"], form="ABAC", velocity=0.65,
            )  # fmt: skip
    return piece


def dub(rng: Rng) -> Piece:
    """Space: bass and drums stay, everything else comes and goes in echoes."""
    piece = Piece(70, "A", "minor", swing=0.55, swing_unit=0.25, room="hall", tail=5.0, target=-15.5)
    kit = piece.part("deep_kick", -18, reverb=0.1, stem="drums")
    tops = piece.part("hat", -26, reverb=0.12, stem="drums", delay=0.15)
    snares = piece.part("rim", -23, reverb=0.35, delay=0.5, stem="drums")
    low = piece.part("sub_bass", -18, reverb=0.0, stem="bass")
    skank = piece.part("poly_stab", -22, reverb=0.3, delay=0.55, pan=0.2)
    melodica = piece.part("clarinet", -22, reverb=0.35, delay=0.5, pan=-0.15)
    for section in piece.form("intro 2 one 4 two 4 space 2 three 4"):
        spans = section.harmony("Am7 Dm7 Am7 Em7")
        drums(kit, section, deep_kick="x.......x.......")
        drums(snares, section, rim="....x..-....x...")
        drums(tops, section, hat="..o-..o-..o-..oo")
        bass(low, spans, "0/.9/r 1/.4/8 1.5/.4/5 2.5/.9/r 3.5/.4/3", 33)
        if not section.among("space"):
            chords(skank, spans, "1.5/.15", 64, 0.6)
        if section.among("two", "three"):
            melody(
                melodica, spans, scale("A", "minor pentatonic"), rng, centre=69,
                cells=["0/1 1.5/.5 2/1", "1/2"], form="ABAC", velocity=0.6,
            )  # fmt: skip
    return piece
