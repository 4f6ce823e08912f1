"""What BeatNet hears: logarithmic bands of the spectrum and how much each of them rose.

The network was trained on madmom's spectrograms (S. Böck et al., "madmom: a new Python audio and music signal
processing library", ACM Multimedia 2016); this follows their definition: frames of 64 ms every 20 ms, a Hann
window, triangular filters at 24 per octave on the bins nearest to equal-tempered frequencies, log10(1 + x).
"""

from functools import cache

import numpy as np
import scipy.fft

from soniq_desktop.analysis.spectrum import RATE, Samples

FRAME = 1_411  # samples at 22,050 Hz
HOP = 441
FRAME_RATE = 50  # frames a second
BINS = FRAME // 2
PER_OCTAVE = 24
LOWEST, HIGHEST = 30.0, 17_000.0  # Hz; bands above half the sample rate fall away
BANDS = 136


class BeatFrontEnd:
    """A mono stream at 22,050 Hz -> features (frames, 272), frame k centred on sample 441 k."""

    def __init__(self) -> None:
        self._rest = np.zeros(FRAME // 2, np.float32)
        self._seen = 0
        self._made = 0
        self._previous: Samples | None = None

    def add(self, mono: Samples, *, last: bool = False) -> Samples:
        """(n,) that follow what was added before -> the features that are complete; with `last`, all."""
        self._seen += len(mono)
        padding = np.zeros(FRAME if last else 0, np.float32)
        signal = np.concatenate([self._rest, mono, padding])
        count = max(0, (len(signal) - FRAME) // HOP + 1)
        if last:
            count = min(count, -(-self._seen // HOP) - self._made)
        self._rest = signal[count * HOP :]
        self._made += count
        if not count:
            return np.zeros((0, 2 * BANDS), np.float32)
        return self._with_rise(
            log_bands(np.lib.stride_tricks.sliding_window_view(signal, FRAME)[::HOP][:count])
        )

    def _with_rise(self, bands: Samples) -> Samples:
        before = bands[:1] if self._previous is None else self._previous
        self._previous = bands[-1:].copy()
        rise = np.maximum(0, np.diff(bands, axis=0, prepend=before))
        return np.concatenate([bands, rise], axis=1)


def log_bands(frames: Samples) -> Samples:
    """(n, 1411) -> (n, 136)."""
    spectra = np.abs(scipy.fft.rfft(frames * _window(), axis=1)[:, :BINS])
    return np.asarray(np.log10(1 + spectra @ log_filters()), np.float32)


@cache
def _window() -> Samples:
    return np.hanning(FRAME).astype(np.float32)


@cache
def log_filters() -> Samples:
    """Triangles (705, 136) of unit sum, each from the centre of its neighbour below to that above."""
    steps = np.arange(
        np.floor(np.log2(LOWEST / 440) * PER_OCTAVE), np.ceil(np.log2(HIGHEST / 440) * PER_OCTAVE)
    )
    wanted = 440 * 2 ** (steps / PER_OCTAVE)
    wanted = wanted[(wanted >= LOWEST) & (wanted <= HIGHEST)]
    hertz = np.arange(BINS) * RATE / (2 * BINS)
    centres = np.unique(np.abs(hertz - wanted[:, None]).argmin(axis=1))
    low, middle, high = centres[:-2], centres[1:-1], centres[2:]
    bins = np.arange(BINS)[:, None]
    filters = np.maximum(0.0, np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)))
    return np.asarray(filters / filters.sum(axis=0), np.float32)
