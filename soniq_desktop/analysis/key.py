"""Musical key: a tuned chromagram against key profiles."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.spectrum import RATE as GIVEN_RATE
from soniq_desktop.analysis.spectrum import Framer, Resampler, Samples, power_spectra
from soniq_desktop.common.music import Mode

Floats = NDArray[np.float64]

RATE = 11_025  # Hz: pitches above 2 kHz say little about the key
N_FFT = 4_096  # 2.7 Hz a bin, enough for semitones from 65 Hz
HOP = 2_048
LOWEST, HIGHEST = 65.0, 2_100.0  # Hz
FINE = 10  # bins in a semitone
SEGMENT = 32  # frames, 6 s: each counts the same, so a loud ending does not decide
COMPRESSION = 0.7  # exponent of the peak magnitude
FLOOR = 1e-3  # of the frame's highest peak, magnitude

TONAL = 0.45  # correlation with the best profile: noise and talk reach 0.35, music begins at 0.6
PER_MATCH, PER_LEAD, OFFSET = 3.10, 7.81, -1.77  # of the logistic, fitted on the development set

# B. Albrecht and D. Shanahan, "The use of large corpora to train a new type of key-finding algorithm",
# Music Perception 31(1), 2013: how often each degree sounds in major and in minor.
MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)


@dataclass(frozen=True, slots=True)
class Key:
    """A key with its confidence, 0..1.

    Attributes:
        tonic: pitch class, C = 0.
        tuning: how far the recording is from A = 440 Hz, in semitones, -0.5 to 0.5.
    """

    tonic: int
    mode: Mode
    confidence: float
    tuning: float


class ChromaMeter:
    """Pitch-class histogram of spectral peaks, ten bins a semitone, one row for every 6 s."""

    def __init__(self) -> None:
        self._resampler = Resampler(GIVEN_RATE, RATE)
        self._framer = Framer(N_FFT, HOP)
        self._rows: list[Floats] = []
        self._rest = np.zeros((0, 12 * FINE))

    def add(self, mono: Samples, *, last: bool = False) -> None:
        """(n,) at the shared rate of 22,050 Hz."""
        frames = self._framer.add(self._resampler.add(mono, last=last), last=last)
        fresh = pitch_histograms(power_spectra(frames)) if len(frames) else self._rest[:0]
        rows = np.concatenate([self._rest, fresh])
        whole = len(rows) if last else len(rows) // SEGMENT * SEGMENT
        for start in range(0, whole, SEGMENT):
            self._rows.append(rows[start : min(start + SEGMENT, whole)].mean(axis=0))
        self._rest = rows[whole:]

    def result(self) -> Floats:
        """(segments, 120), pitch class C first."""
        return np.array(self._rows).reshape(-1, 12 * FINE)


def pitch_histograms(power: NDArray[np.float32]) -> Floats:
    """(frames, bins) -> (frames, 120): where in the octave the spectral peaks lie, weighted by their size."""
    magnitude = np.sqrt(power)
    first, last = _bin_range()
    middle = magnitude[:, first:last]
    left, right = magnitude[:, first - 1 : last - 1], magnitude[:, first + 1 : last + 1]
    floor = FLOOR * middle.max(axis=1, keepdims=True)
    frame, column = np.nonzero((middle > left) & (middle >= right) & (middle > floor))
    a, b, c = (np.log(part[frame, column] + 1e-30) for part in (left, middle, right))
    offset = 0.5 * (a - c) / np.minimum(a - 2 * b + c, -1e-9)
    semitone = 69 + 12 * np.log2((column + first + offset) * (RATE / N_FFT) / 440.0)
    fine = np.round(semitone * FINE).astype(np.intp) % (12 * FINE)
    weights = np.exp(COMPRESSION * b)
    flat = np.bincount(frame * (12 * FINE) + fine, weights, minlength=len(power) * 12 * FINE)
    return np.asarray(flat.reshape(len(power), 12 * FINE), np.float64)


@cache
def _bin_range() -> tuple[int, int]:
    return round(LOWEST * N_FFT / RATE), round(HIGHEST * N_FFT / RATE)


def tuning_of(histogram: Floats) -> float:
    """Deviation from A = 440 Hz in semitones, -0.5 to 0.5: the circular mean within the semitone."""
    within = histogram.reshape(12, FINE).sum(axis=0)
    return float(np.angle(within @ np.exp(2j * np.pi * np.arange(FINE) / FINE)) / (2 * np.pi))


def fold(histogram: Floats, tuning: float) -> Floats:
    """(120,) -> chroma (12,) of unit sum; each bin counts for the nearest tuned semitones (raised cosine)."""
    positions = np.arange(12 * FINE) / FINE - tuning
    distance = (positions[:, None] - np.arange(12) + 6) % 12 - 6
    shares = np.where(np.abs(distance) < 1, 0.5 + 0.5 * np.cos(np.pi * distance), 0.0)
    chroma = histogram @ shares
    return np.asarray(chroma / chroma.sum())


def estimate_key(segments: Floats) -> Key | None:
    """The best of 24 keys by correlation of the chroma with the profiles; None for silence, noise and talk.

    Args:
        segments: (n, 120) pitch histograms.

    The confidence is how often keys like it were right, from the best correlation and its lead over the next
    (docs/decisions/beats.md has the table).
    """
    totals = segments.sum(axis=1)
    if not totals.any():
        return None
    histogram = (segments[totals > 0] / totals[totals > 0, None]).mean(axis=0)
    tuning = tuning_of(histogram)
    scores = key_scores(fold(histogram, tuning))
    if scores.max() < TONAL:
        return None
    best = int(scores.argmax())
    return Key(best % 12, "major" if best < 12 else "minor", _confidence(scores), tuning)


def key_scores(chroma: Floats) -> Floats:
    """Correlation (24,) with each major and then each minor key, -1..1."""
    centred = chroma - chroma.mean()
    norm = float(np.linalg.norm(centred))
    return _profiles() @ centred / norm if norm > 0 else np.zeros(24)


@cache
def _profiles() -> Floats:
    rows = np.array([np.roll(profile, tonic) for profile in (MAJOR, MINOR) for tonic in range(12)])
    rows -= rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def _confidence(scores: Floats) -> float:
    second, first = np.sort(scores)[-2:]
    return float(1 / (1 + np.exp(-(PER_MATCH * first + PER_LEAD * (first - second) + OFFSET))))
