"""Folk guitar, a reel, harp."""

from soniq_desktop.demo.harmony import scale
from soniq_desktop.demo.score import Piece
from soniq_desktop.demo.writing import Rng, arpeggio, bass, chords, drums, melody, pads


def fingerpicking(rng: Rng) -> Piece:
    """Travis picking on steel strings, a whistle-like flute, a little bass."""
    piece = Piece(96, "G", "major", room="room", ritardando=4, tail=3.0, target=-16.0)
    guitar = piece.part("acoustic_guitar", -19, reverb=0.14, pan=-0.15, loose=0.009)
    thumb = piece.part("acoustic_guitar", -22, reverb=0.12, pan=-0.1)
    tune = piece.part("flute", -20, reverb=0.25, pan=0.2)
    low = piece.part("upright_bass", -23, reverb=0.05, stem="bass")
    for section in piece.form("intro 4 verse 8 middle 4 verse 6 end 1"):
        spans = section.harmony(
            {"middle": "Em C Am D", "end": "G"}.get(section.name, "G Cadd9 Em7 D G C|D G G")
        )
        if section.among("end"):
            chords(guitar, spans, "0/4", 60, 0.6, strum=0.08)
            continue
        bass(thumb, spans, "0/.9/r 1/.9/5 2/.9/8 3/.9/5", 43, 0.6)
        arpeggio(guitar, spans, ". 3 . 2 3 . 2 1", 0.5, 62, 0.6, held=2)
        if not section.among("intro"):
            bass(low, spans, "0/1.9/r 2/1.9/5", 38, 0.55)
        if section.among("verse"):
            melody(
                tune, spans, scale("G", "pentatonic"), rng, centre=76,
                cells=["0/1 1/.5 1.5/.5 2/2", "0/1 1/1 2/1.5"], form="ABAC", velocity=0.6,
            )  # fmt: skip
    return piece


def reel(rng: Rng) -> Piece:
    """Fiddle and flute in unison over strummed guitar."""
    piece = Piece(112, "D", "major", swing=0.54, swing_unit=0.25, room="room", tail=2.0, target=-16.0)
    fiddle = piece.part("violin", -18, reverb=0.14, pan=0.2, loose=0.006)
    whistle = piece.part("flute", -23, reverb=0.18, pan=-0.25)
    guitar = piece.part("acoustic_guitar", -21, reverb=0.1, pan=-0.3)
    drum = piece.part("tom", -22, reverb=0.12, stem="drums")
    low = piece.part("upright_bass", -22, reverb=0.04, stem="bass")
    for section in piece.form("vamp 2 a 8 b 8 a 6"):
        spans = section.harmony({"vamp": "D", "b": "Bm G D A Bm G A D"}.get(section.name, "D D G A D Bm A D"))
        chords(guitar, spans, "0/.4 .5/.2 1/.4 1.5/.2 2/.4 2.5/.2 3/.4 3.5/.2", 59, 0.6, strum=0.018)
        bass(low, spans, "0/.9/r 2/.9/5", 38, 0.6)
        drums(drum, section, tom="x..-o.-.x..-o.--")
        if section.among("vamp"):
            continue
        melody(
            fiddle, spans, scale("D", "major"), rng, centre=74,
            cells=["0/.5 .5/.25 .75/.25 1/.5 1.5/.5 2/.5 2.5/.25 2.75/.25 3/1",
                   "0/.5 .5/.5 1/.25 1.25/.25 1.5/.5 2/1 3/1"],
            form="ABAC", velocity=0.7, reach=9,
        )  # fmt: skip
        if section.among("b"):
            tune = [note for note in fiddle.notes if note.start >= section.start]
            for note in tune:
                whistle.add(note.start, note.length, note.pitch + 12, 0.5)
    return piece


def heather(rng: Rng) -> Piece:
    """Harp and cello, dorian, unhurried."""
    piece = Piece(80, "E", "minor", room="hall", ritardando=4, tail=4.0, target=-16.0)
    harp = piece.part("harp", -20, reverb=0.25, pan=-0.2, loose=0.01)
    cello = piece.part("cello", -19, reverb=0.28, pan=0.2, stem="vocals")
    guitar = piece.part("nylon_guitar", -24, reverb=0.2, pan=0.35)
    choir = piece.part("choir_oo", -27, reverb=0.4, stem="vocals")
    deep = piece.part("upright_bass", -25, reverb=0.1, stem="bass")
    for section in piece.form("intro 2 song 8 rise 4 song 4"):
        spans = section.harmony("Em7 Dadd9 Em7 Bm7" if not section.among("rise") else "G D/F# Em7 A")
        arpeggio(harp, spans, "0 1 2 3 4 3 2 1", 0.5, 62, 0.5, held=3)
        for span in spans:
            deep.add(span.start, span.length * 0.95, 28 + (span.chord.bass - 4) % 12, 0.5)
        if section.among("song"):
            melody(
                cello, spans, scale("E", "minor pentatonic"), rng, centre=60,
                cells=["0/2 2/1 3/1", "0/3"], form="ABAC", velocity=0.6,
            )  # fmt: skip
        if section.among("rise"):
            pads(choir, spans, 67, 0.45)
            chords(guitar, spans, "0/2 2/2", 64, 0.5, strum=0.07)
    return piece
