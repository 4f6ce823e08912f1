"""Music made of random notes, and a small library of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.landmarks import fingerprint
from soniq_desktop.fingerprint.layout import SAMPLE_RATE
from soniq_desktop.fingerprint.store import FingerprintStore

Samples = NDArray[np.float32]
NOTES = 9.0  # a second


def melody(seed: int, seconds: float, sample_rate: int = SAMPLE_RATE) -> Samples:
    """Plucked notes with harmonics at random moments and pitches: (n,) float32, peak 0.5."""
    dice = np.random.default_rng(seed)
    sound = np.zeros(round((seconds + 1.5) * sample_rate))
    time = np.arange(round(1.2 * sample_rate)) / sample_rate
    for start in np.sort(dice.uniform(0, seconds, round(NOTES * seconds))):
        pitch = 110 * 2 ** (dice.integers(0, 48) / 12)
        tones = [
            np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 7) if pitch * k < sample_rate / 2.2
        ]
        note = dice.uniform(0.3, 1.0) * np.sum(tones, axis=0) * np.exp(-time / dice.uniform(0.1, 0.5))
        first = round(start * sample_rate)
        sound[first : first + len(note)] += note[: len(sound) - first]
    sound = sound[: round(seconds * sample_rate)]
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def in_noise(samples: Samples, decibels: float, seed: int = 0) -> Samples:
    """`samples` with white noise at that ratio."""
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    noise *= np.sqrt(np.square(samples).mean()) / noise.std() * 10 ** (-decibels / 20)
    return (samples + noise).astype(np.float32)


def library(folder: Path, tracks: Sequence[Samples]) -> FingerprintStore:
    """A store with `tracks` at 11,025 Hz, ids from 1."""
    store = FingerprintStore(folder, merging=False)
    for number, samples in enumerate(tracks, 1):
        store.add(number, f"{number:032x}", fingerprint(samples, SAMPLE_RATE))
    return store
