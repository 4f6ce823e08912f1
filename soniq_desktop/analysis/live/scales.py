"""Axes of the live views: log-spaced frequencies and tempi, note names, round tick values."""

import math

import numpy as np
from numpy.typing import NDArray

NOTE_NAMES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
LOWEST_HZ = 40.0
HIGHEST_HZ = 16_000.0
SLOWEST_BPM = 40.0
FASTEST_BPM = 240.0

_ROUND_HZ = (20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
_FINE_HZ = tuple(m * 10**e for e in (1, 2, 3, 4) for m in (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9))
_ROUND_BPM = (40, 50, 60, 70, 80, 90, 100, 120, 140, 160, 180, 200, 240)


def log_spaced(low: float, high: float, n: int) -> NDArray[np.float64]:
    """`n` values from `low` to `high` with a constant ratio between neighbours."""
    return np.geomspace(low, high, n)


def log_fraction(value: float, low: float, high: float) -> float:
    """Where `value` lies between `low` (0) and `high` (1) on a log axis; outside values go beyond 0 and 1."""
    return math.log(value / low) / math.log(high / low)


def from_log_fraction(fraction: float, low: float, high: float) -> float:
    """The inverse of `log_fraction`."""
    return float(low * (high / low) ** fraction)


def nearest_note(hz: float, tuning: float = 0.0) -> tuple[str, int, int]:
    """The equal-tempered note nearest to a frequency.

    Args:
        hz: frequency, above 0.
        tuning: how far the recording's A lies from 440 Hz, in semitones.

    Returns:
        Name, octave (scientific pitch, A4 = 440 Hz) and the rest in cents (-50 to 50).
    """
    midi = 69.0 + 12.0 * math.log2(hz / 440.0) - tuning
    nearest = math.floor(midi + 0.5)
    return NOTE_NAMES[nearest % 12], nearest // 12 - 1, round(100 * (midi - nearest))


def frequency_ticks(low: float, high: float) -> list[float]:
    """Round frequencies from `low` to `high` Hz: 1-2-5 steps, finer ones where the view is zoomed in."""
    steps = _ROUND_HZ if high / low > 12 else _FINE_HZ
    return [float(hz) for hz in steps if low <= hz <= high]


def tempo_ticks(low: float, high: float) -> list[float]:
    """Round tempi for an axis from `low` to `high` BPM."""
    return [float(bpm) for bpm in _ROUND_BPM if low <= bpm <= high]


def time_step(seconds_per_pixel: float, pixels: float = 90.0) -> float:
    """The round distance between time labels that leaves at least `pixels` between them, in seconds."""
    wanted = seconds_per_pixel * pixels
    return next((s for s in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0) if s >= wanted), 60.0)
