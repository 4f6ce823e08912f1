"""False alarms among pieces that share one rhythm grid: loops at one tempo, from one drum machine or several.

    python -m tests.bench.bench_identify_loops [--pieces 24] [--excerpts 5]

Half of the pieces are in the library, the other half are asked about. All have the same tempo and the same
drum pattern; chords, bass line and tune are their own. With own kits only the grid is shared. With one kit
the drums of all are equal, sample by sample: what a matcher hears of them fits everywhere. Worst is a kit
that the unknown pieces share with one piece of the library only: it fits better than all else there.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.calibration import score
from soniq_desktop.fingerprint.identify import Identifier
from soniq_desktop.fingerprint.landmarks import fingerprint
from soniq_desktop.fingerprint.layout import SAMPLE_RATE
from soniq_desktop.fingerprint.records import Match, NoMatch
from soniq_desktop.fingerprint.store import FingerprintStore

BEATS_PER_MINUTE = 125
STEP = round(60 / BEATS_PER_MINUTE / 4 * SAMPLE_RATE)  # samples of a sixteenth: the grid
BAR = 16 * STEP
SECONDS = 60
KICK, SNARE, HAT = "x...x...x...x...", "....x.......x..x", "..x...x...x...xx"
MINOR = np.array([0, 2, 3, 5, 7, 8, 10])

Samples = NDArray[np.float32]


def kit(seed: int) -> list[Samples]:
    """A kick, a snare and a hat of one drum machine."""
    dice = np.random.default_rng(seed)
    time = np.arange(round(0.3 * SAMPLE_RATE)) / SAMPLE_RATE
    sweep = dice.uniform(40, 60) * time + dice.uniform(2, 5) * (1 - np.exp(-time * dice.uniform(20, 40)))
    noise = dice.standard_normal((2, len(time)))
    tone = np.sin(2 * np.pi * dice.uniform(160, 240) * time) * np.exp(-time * 25)
    return [
        (1.0 * np.sin(2 * np.pi * sweep) * np.exp(-time * dice.uniform(8, 15))).astype(np.float32),
        (0.4 * (tone + 0.7 * noise[0] * np.exp(-time * dice.uniform(15, 30)))).astype(np.float32),
        (0.25 * np.diff(noise[1], prepend=0) * np.exp(-time * dice.uniform(40, 90))).astype(np.float32),
    ]


def piece(seed: int, drums: list[Samples]) -> Samples:
    """A minute: drums, and a loop of four bars of chords, bass and tune of its own."""
    dice = np.random.default_rng(seed)
    bars = SECONDS * SAMPLE_RATE // BAR
    sound = np.zeros((bars + 2) * BAR, np.float32)
    for pattern, drum in zip((KICK, SNARE, HAT), drums, strict=True):
        for step in range(16 * bars):
            if pattern[step % 16] == "x":
                sound[step * STEP :][: len(drum)] += drum
    root, roots = 45 + dice.integers(0, 12), dice.choice(7, 4)
    steps = [np.flatnonzero(dice.random(16) < share) for share in (0.3, 0.4)]
    degrees = dice.integers(0, 7, (4, 16))
    for bar in range(bars):
        low = int(roots[bar % 4])
        for degree in (0, 2, 4):
            _add(sound, bar * BAR, root + _degree(low + degree) + 12, BAR, 0.08)
        for step in steps[0]:
            _add(sound, bar * BAR + step * STEP, root + _degree(low) - 12, 2 * STEP, 0.3)
        for step in steps[1]:
            _add(sound, bar * BAR + step * STEP, root + _degree(degrees[bar % 4, step]) + 24, 2 * STEP, 0.15)
    return (0.5 * sound / np.abs(sound).max())[: bars * BAR]


def _degree(number: int) -> int:
    return int(MINOR[number % 7] + 12 * (number // 7))


def _add(sound: Samples, start: int, pitch: int, length: int, level: float) -> None:
    """A note with eight partials; the filter closes as it decays."""
    time = np.arange(length) / SAMPLE_RATE
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    partials = [k for k in range(1, 9) if hertz * k < SAMPLE_RATE / 2.2]
    note = sum(np.sin(2 * np.pi * hertz * k * time) * np.exp(-time * 2 * k) / k for k in partials)
    fade = np.minimum(1, (length - np.arange(length)) / 200)
    sound[start : start + length] += (level * note * fade).astype(np.float32)


def kits(sharing: str, pieces: int) -> list[int]:
    """Which kit each piece has; the first half of them is in the library."""
    known, unknown = pieces // 2, pieces - pieces // 2
    if sharing == "own kits":
        return list(range(pieces))
    return [0] * pieces if sharing == "one kit" else [*range(known), *[0] * unknown]


def ask(pieces: int, excerpts: int, sharing: str, seconds: float, decibels: float) -> str:
    """Names given to unknown pieces, and right names of known ones."""
    songs = [piece(seed, kit(1000 + number)) for seed, number in enumerate(kits(sharing, pieces))]
    dice = np.random.default_rng(int(seconds))
    named, right, scores = 0, 0, []
    with tempfile.TemporaryDirectory() as folder, FingerprintStore(Path(folder), merging=False) as store:
        for number, song in enumerate(songs[: pieces // 2]):
            store.add(number, f"{number:032x}", fingerprint(song, SAMPLE_RATE))
        engine = Identifier(store)
        for number, song in enumerate(songs):
            for begin in dice.uniform(0, SECONDS - seconds - 4, excerpts):
                clip = song[round(begin * SAMPLE_RATE) :][: round(seconds * SAMPLE_RATE)]
                hiss = dice.standard_normal(len(clip)).astype(np.float32) * clip.std()
                answer = engine.identify(clip + hiss * np.float32(10 ** (-decibels / 20)), SAMPLE_RATE)
                if number < pieces // 2:
                    right += isinstance(answer, Match) and answer.track_id == number
                else:
                    named += isinstance(answer, Match)
                    scores.append(_score(answer))
    asked = pieces // 2 * excerpts
    spread = np.quantile(scores, (0.5, 0.9, 1)).round(1)
    return f"right {right}/{asked}  unknown named {named}/{asked}  scores of unknown {spread}"


def _score(answer: Match | NoMatch) -> float:
    if isinstance(answer, Match):
        return score(answer.false_alarm_rate)
    return answer.alternatives[0].score if answer.alternatives else -9.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--pieces", type=int, default=24)
    parser.add_argument("--excerpts", type=int, default=5, help="of each piece")
    options = parser.parse_args()
    for sharing in ("own kits", "one kit", "one mate"):
        for seconds in (3.0, 5.0, 10.0):
            for decibels in (60.0, 5.0):
                told = ask(options.pieces, options.excerpts, sharing, seconds, decibels)
                print(f"{sharing:9} {seconds:3.0f} s {decibels:3.0f} dB  {told}", flush=True)


if __name__ == "__main__":
    main()
