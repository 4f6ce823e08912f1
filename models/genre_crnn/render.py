"""Accompaniments in a named style, rendered with several soundfonts: weak labels beside the teacher's.

    python models/genre_crnn/render.py OUT [how many]

Needs the Debian packages mma (its grooves are named by style), fluidsynth, fluid-soundfont-gm,
timgm6mb-soundfont, opl3-soundfont, musescore-general-soundfont-small and csound-soundfont (SONIQ_SOUNDFONTS
names another folder than /usr/share/sounds). Writes OUT/*.wav (30 s) and OUT/list.tsv for collect.py: the
group is the groove's file, so no style pattern is on both sides of a split; the label is the family of its
name (STYLES). Grooves of the test part sound with fonts that the training never hears.
"""

import os
import random
import re
import subprocess
import sys
from pathlib import Path

from split import part_of

LIBRARY = Path("/usr/share/mma/lib")
SOUNDS = Path(os.environ.get("SONIQ_SOUNDFONTS", "/usr/share/sounds"))
FONTS = {
    "fluid": SOUNDS / "sf2/FluidR3_GM.sf2",
    "timgm": SOUNDS / "sf2/TimGM6mb.sf2",
    "opl3": SOUNDS / "sf2/OPL-3_FM_128M.sf2",
}
TEST_FONTS = {
    "musescore": SOUNDS / "sf3/MuseScore_General_Lite.sf3",
    "csound": SOUNDS / "sf2/sf_GMbank.sf2",
}
# In every other score one of these pairs plays with the other voice.
SWAPS = (
    "Piano1=EPiano1", "Piano1=Organ3", "Piano1=CleanGuitar", "NylonGuitar=SteelGuitar",
    "SteelGuitar=CleanGuitar", "AcousticBass=FingeredBass", "FingeredBass=PickedBass",
    "Strings=SynthStrings", "Organ1=Accordion",
)  # fmt: skip
SEED = 5
SECONDS = 30
# Of a groove file's name; first match wins. What fits none (Latin dances, marches) is not used.
STYLES = (
    ("Metal", r"metal|thr$|mtl|hrk"),
    ("Hip-Hop", r"hip"),
    ("Ambient", r"ambient|stringballad|desert|lullaby|trip"),
    ("Reggae", r"^ska|reggae|calypso"),
    ("Blues", r"blues|boog|bogg"),
    ("Jazz", r"jazz|swing|bigband|bebop|evansish|dixie|bossa|combo|foxtrot|charleston|fusion|ragtime"),
    ("Soul", r"soul|funk|r\+b|^rb|motown|rnb|disco|strut|mellowrb|modernrb"),
    ("Folk", r"country|cntry|bluegrass|folk|western|zydeco|polka|hymn|plectrum|french"),
    ("Classical", r"viene|serenade|arpeggio|frenchwaltz|lighttango|slowbolero|pianoballad"),
    ("Electronic", r"techno|trance|rave|house|dnb|dance|digital"),
    ("Rock", r"rock|punk|twist|^hrk"),
    ("Pop", r"pop|8beat|16beat|ballad|beat8|beat16|boneym|broadway"),
)
PROGRESSIONS = (
    "I vi IV V", "I V vi IV", "I IV V I", "i VI III VII", "i iv v i", "ii V I I", "I I IV I", "i VII VI V",
)  # fmt: skip
MAJOR_ROOTS = {"I": 0, "II": 2, "III": 4, "IV": 5, "V": 7, "VI": 9, "VII": 11}
MINOR_ROOTS = MAJOR_ROOTS | {"III": 3, "VI": 8, "VII": 10}
NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
TEMPI = {
    "Metal": (130, 190),
    "Reggae": (68, 92),
    "Hip-Hop": (76, 100),
    "Ambient": (60, 90),
    "Electronic": (118, 140),
}
VOICES = ("Organ3", "NylonGuitar", "Piano1", "CleanGuitar", "EPiano1")
OFFBEAT = """
Begin Chord
 Voice {voice}
 Octave 5
 Articulate 40
 Volume f
 Sequence {{2 16 90; 4 16 90}}
End
Begin Bass
 Voice FingeredBass
 Octave 3
 Articulate 80
 Sequence {{1 8 1 90; 2.5 8 3 80; 3 8 5 90; 4 8 1 80}}
End
"""


def main(out: str, count: str = "320") -> None:
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(SEED)
    jobs = chosen(chance, int(count))
    with (folder / "list.tsv").open("w", encoding="utf-8") as listing:
        for number, (group, family, groove) in enumerate(jobs):
            fonts = TEST_FONTS if part_of(group) == "test" else FONTS
            font = chance.choice(list(fonts))
            wave = folder / f"{number:04d}-{family}-{font}.wav"
            score = piece(chance, family, groove)
            if wave.exists() or rendered(score, wave, fonts[font]):
                listing.write(f"{group}\t{family}\t{wave}\n")
                listing.flush()


def chosen(chance: random.Random, count: int) -> list[tuple[str, str, str]]:
    """(group, family, groove), the families in turn, until `count`."""
    by_family: dict[str, list[tuple[str, str, str]]] = {}
    for file in sorted(LIBRARY.rglob("*.mma")):
        family = family_of_groove(file.stem.lower())
        for groove in grooves(file) if family else []:
            library = file.relative_to(LIBRARY).parts[0]
            job = (f"mma:{library}/{file.stem}", str(family), f"{library}:{groove}")
            by_family.setdefault(job[1], []).append(job)
    for jobs in by_family.values():
        chance.shuffle(jobs)
    rounds = max(len(jobs) for jobs in by_family.values())
    jobs = [jobs[i] for i in range(rounds) for _, jobs in sorted(by_family.items()) if i < len(jobs)]
    return jobs[:count]


def family_of_groove(name: str) -> str | None:
    return next((family for family, words in STYLES if re.search(words, name)), None)


def grooves(file: Path) -> list[str]:
    """Grooves of a file that can stand alone: no introduction, ending or fill."""
    found = re.findall(r"^\s*defgroove\s+(\S+)", file.read_text("latin-1"), re.IGNORECASE | re.MULTILINE)
    return [name for name in found if not re.search(r"intro|end|fill|count|stop", name, re.IGNORECASE)]


def piece(chance: random.Random, family: str, groove: str) -> str:
    """An MMA score: 24 bars over one of the progressions, in any key."""
    minor = family in ("Metal", "Hip-Hop", "Reggae", "Electronic") or chance.random() < 0.3
    options = [each for each in PROGRESSIONS if each.startswith("i ") == minor]
    progression, key = chance.choice(options).split(), chance.randrange(12)
    tempo = chance.randint(*TEMPI.get(family, (84, 144)))
    bars = [chord(degree, key, minor) for degree in progression] * 6
    sheet = "\n".join(f"{number} {name}" for number, name in enumerate(bars, 1))
    extra = ""
    if groove.startswith("zoom:"):  # drums alone: chords off the beat and a bass
        extra = OFFBEAT.format(voice=chance.choice(VOICES))
        if family in ("Metal", "Rock"):
            extra = extra.replace("2 16 90; 4 16 90", "1 8 90; 2 8 90; 3 8 90; 4 8 90")
            extra = re.sub(r"Voice \w+", "Voice DistortionGuitar", extra, count=1)
    swap = f"VoiceTr {chance.choice(SWAPS)}\n" if chance.random() < 0.5 else ""
    return f"Tempo {tempo}\n{swap}Groove {groove}\n{extra}\n{sheet}\n"


def chord(degree: str, key: int, minor: bool) -> str:
    """The chord on a degree of the key: small letters are minor chords, V is a dominant seventh."""
    root = (MINOR_ROOTS if minor else MAJOR_ROOTS)[degree.upper()]
    kind = "7" if degree == "V" else "m7" if degree == "ii" else "m" if degree.islower() else ""
    return NAMES[(key + root) % 12] + kind


def rendered(score: str, wave: Path, font: Path) -> bool:
    source, midi = wave.with_suffix(".mma"), wave.with_suffix(".mid")
    source.write_text(score)
    try:
        subprocess.run(["mma", "-f", midi, source], check=True, capture_output=True, timeout=30)
        play = ["fluidsynth", "-ni", "-g", "0.7", "-r", "44100", "-F", wave, font, midi]
        subprocess.run(play, check=True, capture_output=True, timeout=120)
    except subprocess.SubprocessError:
        return False
    finally:
        source.unlink(missing_ok=True)
        midi.unlink(missing_ok=True)
    shorten(wave)
    return True


def shorten(wave: Path) -> None:
    """Keep the first 30 s after the start."""
    import soundfile

    sound, rate = soundfile.read(wave, frames=SECONDS * 44_100)
    soundfile.write(wave, sound, rate, subtype="PCM_16")


if __name__ == "__main__":
    main(*sys.argv[1:])
