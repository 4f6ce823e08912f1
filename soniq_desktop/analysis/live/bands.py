"""Levels in 128 log-spaced bands, with a longer window where the bands are narrower.

One FFT length cannot show both a bass note and a hi-hat: 8,192 samples separate 55 Hz from 62 Hz but smear
an attack over 186 ms. As in constant-Q analysis (Brown 1991) the window shrinks with frequency, here in three
steps.

The bands are evenly spaced in pitch. Above 1 kHz this is how the mel scale runs; below, where mel becomes
linear and would leave two bands for a whole octave of bass, they go on in equal steps.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.live import FLOOR_DB
from soniq_desktop.analysis.live.scales import HIGHEST_HZ, LOWEST_HZ, log_spaced

N_BANDS = 128
_SPLITS_HZ = (0.0, 220.0, 700.0, 1e9)  # where the next shorter window takes over
_SHORTENING = (1, 2, 4)
_HANN_ENBW = 1.5  # equivalent noise bandwidth of a Hann window, in bins (Harris 1978)
_TINY = 10.0 ** (FLOOR_DB / 10.0) * 1e-3


def window_length(sample_rate: int) -> int:
    """Samples of the longest window: the power of two next to 0.19 s (8,192 at 44.1 and 48 kHz)."""
    return int(2 ** round(np.log2(0.18 * sample_rate)))


def band_frequencies() -> NDArray[np.float64]:
    """Centre of each band, Hz, shape (N_BANDS,)."""
    return log_spaced(LOWEST_HZ, HIGHEST_HZ, N_BANDS)


@dataclass(frozen=True, slots=True)
class _Octaves:
    """One window length and the bands that use it."""

    window: NDArray[np.float32]  # (n,), scaled so that |rfft| is the amplitude of a sine
    bins: slice  # those that the bands need
    weights: NDArray[np.float32]  # (bins, bands)


class BandAnalyser:
    """From centred frames of samples to band levels in dB."""

    def __init__(self, sample_rate: int) -> None:
        self.length = window_length(sample_rate)
        self._parts = [
            _octaves(sample_rate, self.length // shorter, low, high)
            for shorter, low, high in zip(_SHORTENING, _SPLITS_HZ, _SPLITS_HZ[1:], strict=False)
        ]

    def levels(self, frames: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Band levels and the finest amplitude spectrum.

        Args:
            frames: (n, length) samples, each row centred on its column's instant.

        Returns:
            (n, N_BANDS) levels in dB, at least FLOOR_DB, 0 dB for a full-scale sine on a band's centre;
            (n, length // 2 + 1) amplitudes of the longest window.
        """
        spectra = [self._amplitudes(frames, part.window) for part in self._parts]
        power = [
            np.square(spectrum[:, part.bins]) @ part.weights
            for spectrum, part in zip(spectra, self._parts, strict=True)
        ]
        return decibels(np.concatenate(power, axis=1)), spectra[0]

    def _amplitudes(self, frames: NDArray[np.float32], window: NDArray[np.float32]) -> NDArray[np.float32]:
        margin = (self.length - window.size) // 2
        return amplitude_spectrum(frames[:, margin : margin + window.size], window)


def amplitude_window(length: int) -> NDArray[np.float32]:
    """Periodic Hann window, scaled so that the spectrum of a sine peaks at its amplitude."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    window: NDArray[np.float32] = (2.0 * hann / hann.sum()).astype(np.float32)
    return window


def amplitude_spectrum(frames: NDArray[np.float32], window: NDArray[np.float32]) -> NDArray[np.float32]:
    """|rfft| along the last axis, float32."""
    amplitudes: NDArray[np.float32] = np.abs(np.fft.rfft(frames * window, axis=-1)).astype(np.float32)
    return amplitudes


def decibels(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """10 log10 of a power, not below FLOOR_DB."""
    level = 10.0 * np.log10(np.maximum(power, _TINY))
    floored: NDArray[np.float32] = np.maximum(level, FLOOR_DB).astype(np.float32, copy=False)
    return floored


def _octaves(sample_rate: int, length: int, low: float, high: float) -> _Octaves:
    """The bands between two frequencies, as triangles over the bins of one window length."""
    centres = band_frequencies()
    wanted = centres[(centres >= low) & (centres < high)]
    ratio = centres[1] / centres[0]
    width = sample_rate / length
    half = np.maximum(wanted * (ratio - 1.0), width)  # a triangle narrower than a bin would miss every bin
    frequencies = np.arange(length // 2 + 1) * width
    weights = np.maximum(0.0, 1.0 - np.abs(frequencies[:, None] - wanted) / half)
    # A sine spreads over ENBW bins of power: a wide band sums them all, a narrow one sees the peak bin alone.
    weights /= np.minimum(np.maximum(weights.sum(axis=0), 1.0), _HANN_ENBW)
    used = np.flatnonzero(weights.any(axis=1))
    bins = slice(int(used[0]), int(used[-1]) + 1) if used.size else slice(0, 0)
    return _Octaves(amplitude_window(length), bins, weights[bins].astype(np.float32))
