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
