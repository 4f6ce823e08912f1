"""Sound of which nothing can be said, and the sentence that says why."""

import numpy as np
from numpy.typing import NDArray

SHORTEST = 1.5  # seconds
SILENCE = 1e-4  # of full scale: −80 dB; below it is what a converter makes of nothing
LOWEST_RATE = 4000  # Hz; below, too little of the music's band is left
MOST_DAMAGED = 0.1  # share of samples that are no numbers
NOTHING = "There is nothing to hear in this recording."
MOST_CLIPPED = 0.05  # share of samples at the limit


def unusable(samples: NDArray[np.float32], sample_rate: int) -> str:
    """Why a clip (n,) or (n, channels) cannot be identified; empty where it can be tried."""
    seconds = len(samples) / max(sample_rate, 1)
    if sample_rate < LOWEST_RATE:
        return f"This recording has only {sample_rate:,} samples a second; {LOWEST_RATE:,} are needed."
    if seconds < SHORTEST:
        return f"{seconds:.1f} seconds are too short to recognise anything: at least 3 are needed."
    if samples.size == 0:  # of no channel
        return NOTHING
    finite = np.isfinite(samples)
    if finite.mean() < 1 - MOST_DAMAGED:
        return "This recording is damaged: many of its samples are not numbers."
    if _level(np.where(finite, samples, 0)) < SILENCE:
        return NOTHING
    return ""


def clipping(mono: NDArray[np.float32]) -> bool:
    """Whether so many samples are at the limit that the music cannot be made out."""
    limit = np.abs(mono).max(initial=0.0)
    return bool(limit > 0 and (np.abs(mono) >= 0.999 * limit).mean() > MOST_CLIPPED)


def _level(samples: NDArray[np.float32]) -> float:
    """Root mean square (of the louder channel) without the constant part."""
    varying = samples.astype(np.float64) - samples.mean(axis=0, dtype=np.float64)
    return float(np.sqrt(np.square(varying).mean(axis=0)).max())
