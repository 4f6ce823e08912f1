"""Fingerprints without music: random landmarks in the shape and number of real ones."""

import numpy as np

from soniq_desktop.fingerprint.layout import HASH_BITS
from soniq_desktop.fingerprint.records import Fingerprint

PEAKS_PER_SECOND, HASHES_PER_SECOND, FRAMES_PER_SECOND = 40, 72, 43


def made_up(seed: int, seconds: float = 20.0, hash_bits: int = HASH_BITS) -> Fingerprint:
    """A fingerprint that depends on `seed` alone; some hashes are far commoner than others, as in music."""
    rng = np.random.default_rng(seed)
    frames = int(seconds * FRAMES_PER_SECOND)
    peaks, hashes = int(seconds * PEAKS_PER_SECOND), int(seconds * HASHES_PER_SECOND)
    spread = rng.random(hashes) ** 3  # low hashes are common
    return Fingerprint(
        frames,
        np.sort(rng.integers(0, frames, peaks)).astype(np.uint32),
        rng.integers(12, 500, peaks).astype(np.uint16),
        (spread * (1 << hash_bits)).astype(np.uint32),
        np.sort(rng.integers(0, frames, hashes)).astype(np.uint32),
    )


def sound(seed: int) -> str:
    """An audio hash."""
    return f"{seed:032x}"


def melody(seconds: float, rate: int = 44_100, seed: int = 0) -> np.ndarray:
    """Music enough for landmarks: plucked random notes over a little noise, (frames, 2) float32."""
    rng = np.random.default_rng(seed)
    mono = rng.normal(0.0, 0.003, round(seconds * rate))
    for at in np.arange(0.0, seconds - 0.3, 0.12):
        length = min(rate // 2, len(mono) - round(at * rate))
        t = np.arange(length) / rate
        hertz = 110.0 * 2 ** (rng.integers(0, 48) / 12)
        note = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in range(1, 6))
        mono[round(at * rate) :][:length] += 0.08 * note * np.exp(-t / 0.15)
    return np.repeat(mono[:, None], 2, axis=1).astype(np.float32)
