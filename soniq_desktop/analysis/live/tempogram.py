"""Onset strength and its local autocorrelation (autocorrelation tempogram; Grosche, Müller & Kurth 2010)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.live import COLUMN_RATE
from soniq_desktop.analysis.live.scales import FASTEST_BPM, SLOWEST_BPM, log_spaced

N_TEMPI = 128
WINDOW_SECONDS = 8.0
WINDOW = int(WINDOW_SECONDS * COLUMN_RATE)
TEMPOGRAM_RATE = 20
"""Tempogram columns per second."""

ONSET_LAG = 3
"""Columns between the two spectra compared: the windows overlap so much that neighbours hardly differ."""

_FFT = 2048  # holds a window and its longest lag without wrap-around
_TEMPO_PRIOR_BPM, _TEMPO_PRIOR_OCTAVES = 120.0, 1.0  # log-normal preference, as in Ellis 2007


@dataclass(frozen=True, slots=True)
class TempoEstimate:
    """Where the periodicity is now."""

    bpm: float
    strength: float  # normalised autocorrelation at that lag, 0 to 1


def tempo_axis() -> NDArray[np.float64]:
    """Tempo of each row, BPM, slowest first, shape (N_TEMPI,)."""
    return log_spaced(SLOWEST_BPM, FASTEST_BPM, N_TEMPI)


def onset_strength(levels: NDArray[np.float32], before: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much louder the bands became (spectral flux in dB, mean over the bands).

    Args:
        levels: (n, bands) dB.
        before: (ONSET_LAG, bands) the columns before them.

    Returns:
        (n,) at least 0.
    """
    earlier = np.concatenate([before, levels])[: len(levels)]
    return np.asarray(np.maximum(levels - earlier, 0.0).mean(axis=1))


def tempogram(onsets: NDArray[np.float32]) -> NDArray[np.float32]:
    """Strength of each tempo in windows of onset strength.

    Args:
        onsets: (n, WINDOW) onset strength; each row ends at its column's instant.

    Returns:
        (n, N_TEMPI), normalised by the energy of the window: 1 is a perfect repetition; at least 0.
    """
    acf = _autocorrelation(onsets)
    lags = 60.0 * COLUMN_RATE / tempo_axis()
    low = lags.astype(np.int64)
    part = (lags - low).astype(np.float32)
    return np.maximum(acf[:, low] * (1 - part) + acf[:, low + 1] * part, 0.0)


def estimate_tempo(onsets: NDArray[np.float32]) -> TempoEstimate | None:
    """The most likely tempo of one window, or None where nothing repeats.

    Lag multiples are added up (a comb), so that the beat is not only known to 10 ms; the lag itself counts as
    much as its multiples, so that every second beat is not taken for the beat; a log-normal prior around
    120 BPM decides what is left of the octave question.
    """
    acf = _autocorrelation(onsets[None, :])[0]
    bpm = np.arange(SLOWEST_BPM, FASTEST_BPM, 0.25)
    lags = 60.0 * COLUMN_RATE / bpm
    grid = np.arange(acf.size)
    comb = np.mean([np.interp(m * lags, grid, acf, right=0.0) for m in (1, 2, 3, 4)], axis=0)
    own = np.interp(lags, grid, acf)
    prior = np.exp(-0.5 * (np.log2(bpm / _TEMPO_PRIOR_BPM) / _TEMPO_PRIOR_OCTAVES) ** 2)
    best = int(np.argmax((own + comb) * prior))
    strength = float(np.interp(lags[best], grid, acf))
    return TempoEstimate(float(bpm[best]), min(strength, 1.0)) if strength > 0.05 else None


def _autocorrelation(onsets: NDArray[np.float32]) -> NDArray[np.float32]:
    """Autocorrelation of mean-free windows by FFT, lag 0 scaled to 1; rows without energy stay 0."""
    centred = onsets - onsets.mean(axis=1, keepdims=True)
    power = np.square(np.abs(np.fft.rfft(centred, _FFT, axis=1)))
    acf = np.fft.irfft(power, _FFT, axis=1)[:, :WINDOW].astype(np.float32, copy=False)
    energy = acf[:, :1]
    return np.divide(acf, energy, out=np.zeros_like(acf), where=energy > 1e-6)
