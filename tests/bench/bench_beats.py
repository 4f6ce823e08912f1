"""Tempo, beats, downbeats and key against the truth, side by side with librosa's beat_track.

    python tests/bench/bench_beats.py --pop909 POP909 --rendered WAVS [--demo DEMO_FOLDER] [--librosa]

POP909 holds a folder for each song (NNN/beat_midi.txt, key_audio.txt); WAVS the same songs as NNN.wav or
NNN.flac, rendered with

    fluidsynth -ni -R 0 -C 0 -r 22050 -g 0.5 -F NNN.wav FluidR3_GM.sf2 POP909/NNN/NNN.mid

of which the first two minutes are heard. Songs whose number leaves 1 when divided by three were used to
choose parameters (dev), those that leave 2 were held out from the first version on, the others are new.
DEMO_FOLDER
holds pieces with `*.truth.json` beside them. Tempo is exact within 4 %; beats count within 70 ms, those
before 5 s are left out (as in mir_eval); the key's second figure is the MIREX score.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from soniq_desktop.analysis.beats import BeatMeter, count_beats
from soniq_desktop.analysis.key import Key, estimate_key
from soniq_desktop.analysis.tempo import periodicity, tempo_of
from soniq_desktop.audio.decode import Decoder
from soniq_desktop.models.beatnet import BeatNet, Listener, load_beatnet
from tests.listening_fixtures import drums, onset_flux, pitch_segments

RATE = 22_050
HEARD = 120.0  # seconds of each song
TOLERANCE, WINDOW, SKIPPED = 0.04, 0.07, 5.0
SETS = {1: "POP909 dev", 2: "POP909 held out", 0: "POP909 new"}
NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Song:
    """One piece with its truth; no key for drums, no downbeats where they are not known."""

    group: str
    name: str
    sound: NDArray[np.float32]
    beats: Floats
    downbeats: Floats
    tempo: float
    key: tuple[int, str] | None


@dataclass(frozen=True)
class Result:
    """What came out for one song."""

    group: str
    tempo: float
    either: float
    baseline: float
    beats: float
    downbeats: float
    key: float
    sure: float
    seconds: float


def songs(options: argparse.Namespace) -> Iterator[Song]:
    yield from patterns()
    if options.pop909 and options.rendered:
        for folder in sorted(options.pop909.iterdir()):
            file = next(options.rendered.glob(f"{folder.name}.[wf][al][va]*"), None)
            if file is not None and folder.name.isdigit():
                yield pop909(folder, file)
    if options.demo:
        yield from pieces(options.demo)


def patterns() -> Iterator[Song]:
    """27 rock beats from 62 to 180 BPM."""
    for bpm in np.linspace(62, 180, 27):
        beats = np.arange(0, 30, 60 / bpm)
        yield Song("drum patterns", f"{bpm:.1f}", drums(bpm, 30), beats, beats[:0], float(bpm), None)


def pop909(folder: Path, file: Path) -> Song:
    table = np.loadtxt(folder / "beat_midi.txt")
    times, first = table[:, 0], table[:, 2] > 0.5
    sound = decoded(file)
    inside = times < len(sound) / RATE - 0.1
    tempo = 60 / float(np.median(np.diff(times)))
    group = SETS[int(folder.name) % 3]
    return Song(group, folder.name, sound, times[inside], times[inside & first], tempo, longest_key(folder))


def longest_key(folder: Path) -> tuple[int, str]:
    """The key that lasts longest."""
    rows = [line.split() for line in (folder / "key_audio.txt").read_text().splitlines() if line.strip()]
    _, _, name = max(rows, key=lambda row: float(row[1]) - float(row[0]))
    tonic, mode = name.split(":")
    return pitch_class(tonic), "major" if mode == "maj" else "minor"


def pieces(folder: Path) -> Iterator[Song]:
    for file in sorted(folder.rglob("*.truth.json")):
        truth = json.loads(file.read_text(encoding="utf-8"))
        sound = decoded(Path(str(file).replace(".truth.json", ".flac")))
        beats, downbeats = (np.array(truth[name], np.float64) for name in ("beats", "downbeats"))
        key = (pitch_class(truth["key"]), truth["mode"])
        yield Song("demo library", truth["title"], sound, beats, downbeats, truth["tempo"], key)


def decoded(file: Path) -> NDArray[np.float32]:
    decoder = Decoder(str(file), RATE, 1)
    sound = decoder.read(int(HEARD * RATE))[:, 0]
    decoder.close()
    return sound


def pitch_class(name: str) -> int:
    """0..11 of "F#", "B♭", ..."""
    sharps = sum(name[1:].count(c) for c in "#♯") - sum(name[1:].count(c) for c in "b♭")
    return (NATURALS[name[0]] + sharps) % 12


def measure(song: Song, network: BeatNet, *, baseline: bool) -> Result:
    flux = onset_flux(song.sound)
    start = time.process_time()
    meter = BeatMeter(Listener(network))
    for place in range(0, len(song.sound), 65_536):
        meter.add(song.sound[place : place + 65_536])
    meter.add(song.sound[:0], last=True)
    found = count_beats(meter.result(), periodicity(flux))
    taken = time.process_time() - start
    plain = periodicity(flux)
    ratio = found.tempo.bpm / song.tempo if found else 0.0
    other = found.tempo.alternative / song.tempo if found else 0.0
    beats = found.grid.beats.astype(np.float64) if found else np.zeros(0)
    downbeats = beats[found.grid.downbeats] if found else beats
    key = estimate_key(pitch_segments(song.sound)) if song.key else None
    return Result(
        song.group,
        exact(ratio),
        max(exact(ratio), exact(other)),
        exact(librosas(song.sound) / song.tempo if baseline else tempo_of(plain).bpm / song.tempo)
        if plain
        else 0.0,
        f_measure(song.beats, beats),
        f_measure(song.downbeats, downbeats) if len(song.downbeats) else np.nan,
        mirex(key, song.key) if song.key else np.nan,
        key.confidence if key else np.nan,
        len(song.sound) / RATE / taken,
    )


def librosas(sound: NDArray[np.float32]) -> float:
    import librosa

    return float(np.atleast_1d(librosa.beat.beat_track(y=sound, sr=RATE)[0])[0])


def exact(ratio: float) -> float:
    return float(abs(ratio - 1) < TOLERANCE)


def f_measure(truth: Floats, found: Floats) -> float:
    """Of times in seconds, each matched once at most (both ascend, so the first match is the best)."""
    truth, found = truth[truth >= SKIPPED], found[found >= SKIPPED]
    hits, place = 0, 0
    for at in truth:
        while place < len(found) and found[place] < at - WINDOW:
            place += 1
        if place < len(found) and found[place] <= at + WINDOW:
            hits, place = hits + 1, place + 1
    return 2 * hits / max(1, len(truth) + len(found))


def mirex(found: Key | None, truth: tuple[int, str]) -> float:
    """1 for the key, 0.5 a fifth apart, 0.3 the relative, 0.2 the parallel key."""
    if found is None:
        return 0.0
    apart = (found.tonic - truth[0]) % 12
    if found.mode == truth[1]:
        return {0: 1.0, 5: 0.5, 7: 0.5}.get(apart, 0.0)
    return {0: 0.2, 9 if truth[1] == "major" else 3: 0.3}.get(apart, 0.0)


def report(results: list[Result], baseline: str) -> None:
    table = Table(
        "set", "songs", "tempo", "or other", baseline, "beat F", "downbeat F", "key", "MIREX", "x real time"
    )
    for group in dict.fromkeys(each.group for each in results):
        rows = [each for each in results if each.group == group]
        shares = [np.mean([getattr(row, name) for row in rows]) for name in ("tempo", "either", "baseline")]
        beats, downbeats, key = (
            np.mean([getattr(row, name) for row in rows]) for name in ("beats", "downbeats", "key")
        )
        right = np.mean([row.key == 1 if np.isfinite(row.key) else np.nan for row in rows])
        figures = [f"{share:.0%}" for share in shares] + [f"{beats:.3f}", f"{downbeats:.2f}"]
        speed = np.median([row.seconds for row in rows])
        table.add_row(group, str(len(rows)), *figures, f"{right:.0%}", f"{key:.2f}", f"{speed:.0f}")
    Console(width=130).print(table)
    reliability([row for row in results if row.group == SETS[1]], "dev")
    reliability([row for row in results if row.group in (SETS[2], SETS[0])], "not dev")


def reliability(rows: list[Result], name: str) -> None:
    """How often the key is right at each level of its confidence."""
    table = Table("key confidence", "songs", "mean", "right", title=name)
    for low in np.arange(0, 1, 0.2):
        part = [row for row in rows if low <= row.sure < low + 0.2 or row.sure == 1 == low + 0.2]
        if part:
            right = np.mean([row.key == 1 for row in part])
            mean = np.mean([row.sure for row in part])
            table.add_row(f"{low:.1f} to {low + 0.2:.1f}", str(len(part)), f"{mean:.2f}", f"{right:.0%}")
    if rows:
        Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("pop909", "rendered", "demo"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument(
        "--librosa", action="store_true", help="compare with librosa instead of the onsets alone"
    )
    options = parser.parse_args()
    network = load_beatnet()
    results = [measure(song, network, baseline=options.librosa) for song in songs(options)]
    report(results, "librosa" if options.librosa else "onsets alone")


if __name__ == "__main__":
    main()
