"""Resampling, framing and power spectra of a signal that arrives in blocks."""

from functools import cache

import numpy as np
import scipy.fft
import soxr
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Spectra = NDArray[np.float32]  # (frames, bins), power

RATE = 22_050  # Hz
N_FFT = 1_024
HOP = 256
FRAME_RATE = RATE / HOP  # 86 frames a second


class Resampler:
    """soxr as a stream; passes the signal through where the rates are equal."""

    def __init__(self, given: int, wanted: int) -> None:
        self._stream = soxr.ResampleStream(given, wanted, 1, dtype="float32") if given != wanted else None

    def add(self, mono: Samples, *, last: bool = False) -> Samples:
        """(n,) -> what is ready of the output; with `last`, all of it."""
        if self._stream is None:
            return mono
        return np.asarray(self._stream.resample_chunk(mono, last=last))


class Framer:
    """Cuts a stream into overlapping frames, the first and the last centred on the ends of the signal."""

    def __init__(self, n_fft: int, hop_length: int) -> None:
        self._n_fft = n_fft
        self._hop = hop_length
        self._rest = np.zeros(n_fft // 2, np.float32)

    def add(self, mono: Samples, *, last: bool = False) -> Samples:
        """(n,) -> a view (frames, n_fft) of the frames that are complete."""
        padding = np.zeros(self._n_fft // 2 if last else 0, np.float32)
        signal = np.concatenate([self._rest, mono, padding])
        count = max(0, (len(signal) - self._n_fft) // self._hop + 1)
        self._rest = signal[count * self._hop :].copy()
        if not count:
            return np.zeros((0, self._n_fft), np.float32)
        return np.lib.stride_tricks.sliding_window_view(signal, self._n_fft)[:: self._hop][:count]


@cache
def window(n_fft: int) -> Samples:
    """Periodic Hann window scaled so that a full-scale sine has a power of 1 in its bin."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    return np.asarray(hann * 2 / hann.sum(), np.float32)


def power_spectra(frames: Samples) -> Spectra:
    """(n, n_fft) -> (n, n_fft // 2 + 1)."""
    spectra = scipy.fft.rfft(frames * window(frames.shape[1]), axis=-1)
    return np.asarray(spectra.real**2 + spectra.imag**2)


def centroids(power: Spectra) -> tuple[Samples, Samples]:
    """Spectral centroid of each frame in Hz (0 for a silent frame), and its weight: the total magnitude."""
    magnitude = np.sqrt(power)
    total = magnitude.sum(axis=-1)
    moment = magnitude @ _frequencies(power.shape[1])
    return np.divide(moment, total, out=np.zeros_like(total), where=total > 0), total


@cache
def _frequencies(bins: int) -> Samples:
    return np.linspace(0, RATE / 2, bins, dtype=np.float32)


@cache
def mel_filters(bands: int, lowest: float = 30.0, highest: float = 10_000.0) -> Samples:
    """Triangular filters (N_FFT // 2 + 1, bands) on the mel scale of O'Shaughnessy, each of unit sum.

    Low bands that are narrower than a bin are widened to one, so that no band is empty.
    """
    points = _hertz(np.linspace(_mel(lowest), _mel(highest), bands + 2))
    bins = np.arange(N_FFT // 2 + 1) * RATE / N_FFT
    width = RATE / N_FFT
    distance = bins[:, None] - points[1:-1]
    rising = 1 + distance / np.maximum(points[1:-1] - points[:-2], width)
    falling = 1 - distance / np.maximum(points[2:] - points[1:-1], width)
    filters = np.maximum(0.0, np.minimum(rising, falling))
    return np.asarray(filters / filters.sum(axis=0), np.float32)


def _mel(hertz: float) -> float:
    return float(2595.0 * np.log10(1 + hertz / 700.0))


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return 700.0 * (10 ** (mel / 2595.0) - 1)
