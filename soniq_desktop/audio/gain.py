"""Loudness: normalisation gain, volume, crossfade curves and the limiter."""

import math
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

LoudnessMode = Literal["off", "track", "album"]

TARGET = (
    -18.0
)  # LUFS; the reference level of ReplayGain 2.0, quiet enough that little music needs its peaks cut
HEADROOM = -1.0  # dBTP; no gain lifts a true peak above this (EBU R128)
LOOK_AHEAD = 0.005  # seconds


def normalisation_gain(loudness: float | None, true_peak: float | None) -> float:
    """Linear gain that brings a track or album to TARGET while its true peak stays under HEADROOM.

    Args:
        loudness: integrated loudness in LUFS; None (not measured): the gain is 1.
        true_peak: dBTP; None: full scale is assumed.
    """
    if loudness is None or not math.isfinite(loudness):
        return 1.0
    wanted = TARGET - loudness
    allowed = HEADROOM - (0.0 if true_peak is None else true_peak)
    # A loud peak limits how far a track is lifted; it is never a reason to turn it down beyond the target.
    return db_to_linear(min(wanted, max(allowed, 0.0)) if wanted > 0 else wanted)


def album_loudness(tracks: list[tuple[float, float]]) -> float | None:
    """Loudness of an album from (LUFS, seconds) of its tracks: the mean energy, weighted by duration."""
    total = sum(seconds for _, seconds in tracks)
    if total <= 0:
        return None
    energy = sum(seconds * 10 ** (loudness / 10) for loudness, seconds in tracks) / total
    return 10 * math.log10(energy) if energy > 0 else None


def db_to_linear(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def volume_to_linear(volume: float) -> float:
    """Amplitude of a volume control from 0 to 1: cubic, half way is −18 dB and sounds about half as loud."""
    return float(min(max(volume, 0.0), 1.0) ** 3)


def equal_power(start: int, frames: int, length: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fade-out and fade-in weights (frames, 1) for positions start... of a fade of `length` frames.

    The squares add up to one: two unrelated pieces of music keep their power in the middle of the fade.
    """
    phase = np.clip((start + np.arange(frames)[:, None]) / max(length, 1), 0.0, 1.0) * (math.pi / 2)
    return np.cos(phase).astype(np.float32), np.sin(phase).astype(np.float32)


def fade_in(samples: NDArray[np.float32]) -> None:
    """Ramp (n, 2) samples up from silence, in place."""
    samples *= np.linspace(0, 1, len(samples), endpoint=False, dtype=np.float32)[:, None]


class Limiter:
    """A look-ahead limiter: what stays below full scale passes untouched, bit by bit.

    Peaks above full scale are turned down by a gain that falls and recovers over LOOK_AHEAD: no clipping.
    The output is LOOK_AHEAD behind the input; `flush` gives the rest.
    """

    def __init__(self, sample_rate: int, ceiling: float = 1.0) -> None:
        self._look = max(1, round(LOOK_AHEAD * sample_rate))
        self._ceiling = ceiling
        self._pending = np.zeros((0, 2), np.float32)
        self._needed = np.ones(self._look, np.float32)  # of the last samples given out, then of the pending

    def process(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Feed (n, 2); returns the (m, 2) samples whose future is known."""
        peaks = np.maximum(np.abs(block).max(axis=1, initial=0.0), self._ceiling)
        self._needed = np.concatenate([self._needed, self._ceiling / peaks])
        self._pending = np.concatenate([self._pending, block])
        return self._give(len(self._pending) - self._look)

    def flush(self) -> NDArray[np.float32]:
        """The samples still held back."""
        self._needed = np.concatenate([self._needed, np.ones(self._look, np.float32)])
        return self._give(len(self._pending))

    def _give(self, ready: int) -> NDArray[np.float32]:
        if ready <= 0:
            return self._pending[:0]
        out, self._pending = self._pending[:ready], self._pending[ready:]
        needed = self._needed[: ready + 2 * self._look]
        self._needed = self._needed[ready:]
        if needed.min() >= 1.0:
            return out
        # The minimum over the coming LOOK_AHEAD, averaged over the past one, never exceeds what a peak needs.
        lowest = sliding_window_view(needed, self._look + 1).min(axis=1)
        smooth = np.convolve(lowest, np.full(self._look + 1, 1 / (self._look + 1)), "valid")
        return (out * smooth[:, None]).astype(np.float32)
