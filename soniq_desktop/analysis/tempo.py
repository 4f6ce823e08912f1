"""Tempo from onset strength: periodicity, then the decision between octaves."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy import ndimage

from soniq_desktop.analysis.onsets import onset_rate
from soniq_desktop.analysis.spectrum import FRAME_RATE

Floats = NDArray[np.float64]

SLOWEST, FASTEST = 50.0, 210.0  # BPM
WINDOW = 1_024  # frames, 12 s
BATCH = 64  # windows at once: ten hours of them would take half a gigabyte
SHORTEST = 344  # frames, 4 s
LOCAL = 0.5  # seconds over which the mean is removed
PREFERRED, SPREAD = 110.0, 2.0  # BPM and octaves: at which tempi people tap (van Noorden and Moelants, 1999)
PER_BEAT, PER_BEAT_SPREAD = 2.1, 1.4  # onsets and octaves: how busy a beat usually is
GRID = 0.005  # relative step between candidate tempi
CLEAR = 0.5  # mean autocorrelation of a beat that leaves no doubt
APART = 0.3  # how much less likely the other octave then is
MULTIPLES = 4  # beats over which a candidate must repeat itself


@dataclass(frozen=True, slots=True)
class Tempo:
    """Beats per minute, the other plausible octave, and how sure it is (0..1)."""

    bpm: float
    alternative: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Periodicity:
    """What repeats in the onsets of a track.

    Attributes:
        strength: (frames,) onset strength at FRAME_RATE, bands of equal weight, without their local mean.
        correlation: (lags,) its autocorrelation, 1 at lag 0.
        onsets: onsets a second.
    """

    strength: Floats
    correlation: Floats
    onsets: float


def periodicity(flux: NDArray[np.float32]) -> Periodicity | None:
    """Of onset strength (frames, bands) at FRAME_RATE; None for less than 4 s or no onsets."""
    if len(flux) < SHORTEST or not flux.any():
        return None
    strength = _prepare(flux)
    correlation = autocorrelation(strength)
    return Periodicity(strength, correlation, onset_rate(flux) or 1.0) if correlation[1:].any() else None


def estimate_tempo(flux: NDArray[np.float32]) -> Tempo | None:
    """Tempo from onset strength (frames, bands) at FRAME_RATE; None for less than 4 s or no onsets."""
    found = periodicity(flux)
    return None if found is None else tempo_of(found)


def tempo_of(found: Periodicity) -> Tempo:
    """The tempo that a track's periodicity and two priors say."""
    correlation, onsets = found.correlation, found.onsets
    tempi = SLOWEST * (1 + GRID) ** np.arange(np.ceil(np.log(FASTEST / SLOWEST) / np.log(1 + GRID)) + 1)
    scores = np.maximum(0, comb(correlation, tempi)) * prior(tempi, onsets)
    best = int(scores.argmax())
    bpm = refine(correlation, float(tempi[best]))
    octaves = np.array([bpm, bpm / 2, bpm * 2])
    evidence = np.maximum(0, comb(correlation, octaves))
    likely = evidence * prior(octaves, onsets)
    alternative = octaves[1 + int(likely[1:].argmax())]
    return Tempo(bpm, float(alternative), _confidence(evidence[0], likely[0], likely[1:].max()))


def _prepare(flux: NDArray[np.float32]) -> Floats:
    """Bands of equal weight, without their local mean: (frames,)."""
    total = np.zeros(len(flux))
    for band in flux.T.astype(np.float64):
        values = np.maximum(0, band - ndimage.uniform_filter1d(band, round(LOCAL * FRAME_RATE)))
        total += values / (values.std() or 1.0)
    return total


def autocorrelation(signal: Floats) -> Floats:
    """Mean autocorrelation (WINDOW,) of overlapping windows, without bias, 1 at lag 0.

    Averaging windows instead of correlating the whole track lets the tempo drift.
    """
    length = min(WINDOW, len(signal))
    windows = np.lib.stride_tricks.sliding_window_view(signal, length)[:: length // 4]
    spectrum = np.zeros(length + 1)
    for start in range(0, len(windows), BATCH):
        batch = windows[start : start + BATCH]
        batch = batch - batch.mean(axis=1, keepdims=True)
        spectrum += (np.abs(scipy.fft.rfft(batch, 2 * length, axis=1)) ** 2).sum(axis=0)
    lags = scipy.fft.irfft(spectrum)[:length] / np.arange(length, 0, -1)
    reliable = lags[: length * 3 // 4]  # the last lags rest on few products
    return np.asarray(reliable / reliable[0]) if reliable[0] > 0 else np.zeros(length)


def comb(correlation: Floats, tempi: Floats) -> Floats:
    """Mean autocorrelation at the first multiples of each beat period."""
    periods = 60 * FRAME_RATE / tempi
    lags = periods[:, None] * np.arange(1, MULTIPLES + 1)
    values = np.interp(lags, np.arange(len(correlation)), correlation, right=0.0)
    return np.asarray(values.mean(axis=1))


def prior(tempi: Floats, onsets: float) -> Floats:
    """How likely each tempo is to be felt as the beat of music with so many onsets a second, at most 1.

    Two log-normal terms: people like to tap near 110 BPM, and a beat usually holds about two onsets. The
    second one tells a ballad of 65 BPM from a dance of 130, which have the same periodicities.
    """
    preference = np.log2(tempi / PREFERRED) / SPREAD
    density = np.log2(max(onsets, 0.1) * 60 / tempi / PER_BEAT) / PER_BEAT_SPREAD
    return np.asarray(np.exp(-0.5 * (preference**2 + density**2)))


def refine(correlation: Floats, bpm: float) -> float:
    """A finer tempo from the peaks at longer and longer multiples of the period."""
    period = 60 * FRAME_RATE / bpm
    for multiple in (1, 2, 4, 8):
        lag = peak_near(correlation, period * multiple, 0.04 * period + 1)
        if lag is None:
            break
        period = lag / multiple
    return float(60 * FRAME_RATE / period)


def peak_near(correlation: Floats, lag: float, reach: float) -> float | None:
    """The interpolated position of the highest local peak within `reach` frames of `lag`."""
    low, high = int(np.floor(lag - reach)), int(np.ceil(lag + reach)) + 1
    if low < 1 or high + 1 >= len(correlation):
        return None
    best = low + int(correlation[low:high].argmax())
    before, top, after = correlation[best - 1 : best + 2]
    curve = before - 2 * top + after
    if top <= 0 or curve >= 0 or top < max(before, after):
        return None
    return float(best + 0.5 * (before - after) / curve)


def _confidence(evidence: float, best: float, other: float) -> float:
    """High where the beat repeats itself clearly and the other octave is much less likely."""
    clear = np.clip(evidence / CLEAR, 0, 1)
    apart = np.clip(1 - other / best, 0, 1) if best > 0 else 0.0
    return float(clear * (0.5 + 0.5 * np.clip(apart / APART, 0, 1)))
