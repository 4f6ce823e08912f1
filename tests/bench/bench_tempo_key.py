"""Tempo and key against the truth, side by side with librosa's beat tracker.

    python tests/bench/bench_tempo_key.py [DEMO_FOLDER]

Without a folder only the drum patterns are measured. The folder holds pieces with `*.truth.json` beside them,
as the demo library does. "Exact" is within 4 %, "octave" also allows double, half, triple and third.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[2]))

import librosa
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from soniq_desktop.analysis.key import estimate_key
from soniq_desktop.analysis.tempo import estimate_tempo
from soniq_desktop.audio.decode import Decoder
from tests.listening_fixtures import drums, onset_flux, pitch_segments

RATE = 22_050
TOLERANCE = 0.04
OCTAVES = (1, 2, 1 / 2, 3, 1 / 3)
NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Piece:
    """Sound at RATE and its truth; no key for drums."""

    sound: Samples
    tempo: float
    key: tuple[int, str] | None = None


def patterns() -> Iterator[Piece]:
    """A rock beat from 62 to 180 BPM."""
    for bpm in range(62, 181, 7):
        yield Piece(drums(bpm, 30), bpm)


def pieces(folder: Path) -> Iterator[Piece]:
    """What lies in the folder beside a truth."""
    for file in sorted(folder.rglob("*.truth.json")):
        truth = json.loads(file.read_text(encoding="utf-8"))
        decoder = Decoder(str(file).replace(".truth.json", ".flac"), RATE, 1)
        sound = decoder.read(1 << 30)[:, 0]
        decoder.close()
        yield Piece(sound, truth["tempo"], (pitch_class(truth["key"]), truth["mode"]))


def pitch_class(name: str) -> int:
    """0..11 of "F#", "B♭", ..."""
    return (
        NATURALS[name[0]] + sum(name[1:].count(c) for c in "#♯") - sum(name[1:].count(c) for c in "b♭")
    ) % 12


def ours(sound: Samples) -> float:
    tempo = estimate_tempo(onset_flux(sound))
    return tempo.bpm if tempo else 0.0


def librosas(sound: Samples) -> float:
    return float(np.atleast_1d(librosa.beat.beat_track(y=sound, sr=RATE)[0])[0])


def row(name: str, method: Callable[[Samples], float], found: list[Piece]) -> list[str]:
    start = time.process_time()
    ratios = np.array([method(piece.sound) / piece.tempo for piece in found])
    taken = time.process_time() - start
    seconds = sum(len(piece.sound) for piece in found) / RATE
    exact = np.abs(ratios - 1) < TOLERANCE
    octave = np.any([np.abs(ratios / factor - 1) < TOLERANCE for factor in OCTAVES], axis=0)
    error = np.median(np.abs(ratios[exact] - 1)) if exact.any() else np.nan
    return [name, f"{exact.mean():.0%}", f"{octave.mean():.0%}", f"{error:.2%}", f"{seconds / taken:,.0f}"]


def keys(found: list[Piece]) -> str:
    """Exact keys, and the MIREX score (fifth 0.5, relative 0.3, parallel 0.2)."""
    scores = [mirex(piece) for piece in found if piece.key]
    exact = np.mean(np.array(scores) == 1)
    return f"key: {exact:.0%} exact, MIREX score {np.mean(scores):.2f}, {len(scores)} pieces"


def mirex(piece: Piece) -> float:
    estimate = estimate_key(pitch_segments(piece.sound))
    assert piece.key is not None
    if estimate is None:
        return 0.0
    tonic, mode = piece.key
    apart, same = (estimate.tonic - tonic) % 12, estimate.mode == mode
    if same:
        return {0: 1.0, 5: 0.5, 7: 0.5}.get(apart, 0.0)
    return {0: 0.2, 9 if mode == "major" else 3: 0.3}.get(apart, 0.0)


def main() -> None:
    console = Console()
    ours(drums(120, 10)), librosas(drums(120, 10))  # compile and import
    sets = {"drum patterns, 62 to 180 BPM": list(patterns())}
    if len(sys.argv) > 1:
        sets["pieces with their truth"] = list(pieces(Path(sys.argv[1])))
    for title, found in sets.items():
        table = Table("tempo", "exact", "octave", "error", "x real time", title=f"{title} ({len(found)})")
        for name, method in (("SONIQ", ours), ("librosa beat_track", librosas)):
            table.add_row(*row(name, method, found))
        console.print(table)
        if found[0].key:
            console.print(keys(found))


if __name__ == "__main__":
    main()
