"""Pitch-class profile from spectral peaks, tuned to the recording.

The harmonic pitch class profile of Gómez 2006 ("Tonal description of music audio signals"), without its
weights for harmonics.
"""

import numpy as np
from numpy.typing import NDArray

N_CLASSES = 12
_LOW_HZ, _HIGH_HZ = 60.0, 4_000.0
_GATE = 10.0 ** (-70.0 / 20.0)  # peaks below this amplitude are noise floor
_RELATIVE_GATE = 10.0 ** (-45.0 / 20.0)  # below the strongest peak of the same column
_SPREAD = 2.0 / 3.0  # semitones to each side over which a peak counts, cos² weighted
_TUNING_MEMORY = 3_000  # columns (30 s) over which the tuning estimate forgets


class ChromaAnalyser:
    """Columns of twelve pitch classes; keeps a running estimate of the tuning."""

    def __init__(self, sample_rate: int, length: int) -> None:
        width = sample_rate / length
        self._first = max(2, int(_LOW_HZ / width))
        self._last = min(length // 2 - 1, int(_HIGH_HZ / width))
        self._width = width
        self._phasor = 0j
        self._tuning = 0.0

    @property
    def tuning(self) -> float:
        """How far the recording's A lies from 440 Hz, semitones (-0.5 to 0.5)."""
        return self._tuning

    def reset(self) -> None:
        self._phasor, self._tuning = 0j, 0.0

    def profile(self, amplitudes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Relative strength of the pitch classes.

        Args:
            amplitudes: (n, bins) amplitude spectra of the longest window.

        Returns:
            (n, 12), C first; the strongest class of a column is 1, silent columns are 0.
        """
        out = np.zeros((len(amplitudes), N_CLASSES), np.float32)
        for i, spectrum in enumerate(amplitudes):
            # Column by column: the tuning must not depend on how many columns arrive at a time.
            pitches, strengths = self._peaks(spectrum)
            if strengths.size:
                self._learn_tuning(pitches, strengths)
                out[i] = _fold(pitches - self._tuning, strengths)
        return out

    def _peaks(self, spectrum: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """MIDI pitches and amplitudes of the local maxima, by parabolic interpolation of the log spectrum."""
        part = spectrum[self._first - 1 : self._last + 2]
        middle = part[1:-1]
        gate = max(_GATE, _RELATIVE_GATE * float(middle.max(initial=0.0)))
        at = np.flatnonzero((middle > part[:-2]) & (middle >= part[2:]) & (middle > gate))
        left, centre, right = (np.log(part[at + i] + 1e-12) for i in range(3))
        shift = 0.5 * (left - right) / np.minimum(left - 2 * centre + right, -1e-9)
        hz = (at + self._first + shift) * self._width
        return 69.0 + 12.0 * np.log2(hz / 440.0), middle[at]

    def _learn_tuning(self, pitches: NDArray[np.float64], strengths: NDArray[np.float32]) -> None:
        """Circular mean of the peaks' distances to the semitone grid, forgetting slowly."""
        clear = pitches > 55.0  # below about 200 Hz a bin is wider than the deviation that is sought
        now = complex(np.sum(strengths[clear] * np.exp(2j * np.pi * pitches[clear])))
        self._phasor = self._phasor * (1.0 - 1.0 / _TUNING_MEMORY) + now
        self._tuning = float(np.angle(self._phasor)) / (2 * np.pi) if self._phasor else 0.0


def _fold(pitches: NDArray[np.float64], strengths: NDArray[np.float32]) -> NDArray[np.float32]:
    """Spread each peak over its nearest pitch classes; scale the strongest to 1."""
    nearest = np.round(pitches)
    profile = np.zeros(N_CLASSES)
    for neighbour in (-1, 0, 1):
        distance = np.abs(pitches - (nearest + neighbour))
        weight = np.where(distance < _SPREAD, np.cos(0.5 * np.pi * distance / _SPREAD) ** 2, 0.0)
        classes = (nearest + neighbour).astype(np.int64) % N_CLASSES
        profile += np.bincount(classes, strengths * weight, N_CLASSES)
    scaled: NDArray[np.float32] = (profile / profile.max()).astype(np.float32)
    return scaled
