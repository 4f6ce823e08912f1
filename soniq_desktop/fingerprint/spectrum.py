"""Log-power spectrogram, and its whitening against equalisation, noise slope and level."""

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal import firwin

from soniq_desktop.fingerprint.layout import (
    BASS_BINS,
    BASS_OFFSET,
    BASS_STEP,
    BASS_WINDOW,
    COLUMNS,
    HIGHEST_BIN,
    HOP_LENGTH,
    LOWEST_BIN,
    SAMPLE_RATE,
    WINDOW_LENGTH,
)

WHITENING_RADIUS = 150  # frames: the long-term spectrum is the mean over ±3.5 s
SMOOTHING_RADIUS = 30  # bins: wide enough to keep tones, narrow enough to follow an equaliser
BASS_SMOOTHING_RADIUS = 12  # of the bins of the bass
DYNAMIC_RANGE = 18.0  # nepers of power (78 dB) below the loudest bin of the surroundings
CONTEXT = 2 * WHITENING_RADIUS  # frames on either side on which a whitened frame depends
SMALLEST_POWER = 1e-9  # 138 dB below a full-scale tone

# A frame is seen through a short window, and in the bass through a long one with the same centre.
_TAPS = 128
FRAME_LENGTH = BASS_STEP * (BASS_WINDOW - 1) + _TAPS  # samples on which a frame depends
_BEFORE = (FRAME_LENGTH - WINDOW_LENGTH) // 2  # samples of the long window before the short one

_HANN = np.hanning(WINDOW_LENGTH + 2)[1:-1].astype(np.float32)
_BASS_HANN = (WINDOW_LENGTH / BASS_WINDOW * np.hanning(BASS_WINDOW + 2)[1:-1]).astype(np.float32)
_LOW_PASS = firwin(_TAPS, 340, fs=SAMPLE_RATE).astype(np.float32)  # passes 129 Hz, stops what folds onto it


def log_power(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Natural log power (t, COLUMNS) of the whole frames in `samples` (n,): frame i starts at sample 256 i.

    A tone has the same power in the bass as above.
    """
    if samples.size < FRAME_LENGTH:
        return np.empty((0, COLUMNS), np.float32)
    windows = sliding_window_view(samples[_BEFORE:], WINDOW_LENGTH)[::HOP_LENGTH]
    slow = sliding_window_view(samples, _TAPS)[::BASS_STEP] @ _LOW_PASS
    bass = sliding_window_view(slow, BASS_WINDOW)[:: HOP_LENGTH // BASS_STEP]
    high = _spectrum(windows[: len(bass)] * _HANN, 0, HIGHEST_BIN)
    low = _spectrum(bass * _BASS_HANN, BASS_OFFSET, BASS_OFFSET + BASS_BINS)
    return np.concatenate((high, low), axis=1)


def _spectrum(windows: NDArray[np.float32], first: int, end: int) -> NDArray[np.float32]:
    """Natural log power of the bins [first, end) of windows (t, n)."""
    spectrum = scipy.fft.rfft(windows, axis=1)[:, first:end]
    power: NDArray[np.float32] = spectrum.real**2 + spectrum.imag**2 + np.float32(SMALLEST_POWER)
    return np.log(power, out=power)


def centred(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """`samples` with half a window of zeros at both ends, so that frame i is centred on sample 256 i."""
    return np.pad(samples, FRAME_LENGTH // 2)


def whiten(spectrum: NDArray[np.float32]) -> NDArray[np.float32]:
    """Subtract from each frame (t, bins) the long-term spectrum around it, smoothed over frequency.

    What is more than 78 dB below the loudest bin of the surroundings counts as silence; what lies below the
    lowest band, a constant offset say, does not make them loud. At the ends of
    `spectrum` the windows are cut short, so frames within `CONTEXT` of an end depend on where it is.
    """
    loudest = sliding_maximum(spectrum[:, LOWEST_BIN:].max(axis=1), WHITENING_RADIUS)
    floored: NDArray[np.float32] = np.maximum(spectrum, (loudest - DYNAMIC_RANGE)[:, None])
    mean = _sliding_mean(floored, WHITENING_RADIUS, axis=0)
    floored[:, :HIGHEST_BIN] -= _sliding_mean(mean[:, :HIGHEST_BIN], SMOOTHING_RADIUS, axis=1)
    floored[:, HIGHEST_BIN:] -= _sliding_mean(mean[:, HIGHEST_BIN:], BASS_SMOOTHING_RADIUS, axis=1)
    return floored


def sliding_maximum(values: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """Maximum over i - radius .. i + radius along the first axis, by doubling windows."""
    length, width = values.shape[0], 2 * radius + 1
    edge = np.full((radius, *values.shape[1:]), -np.inf, np.float32)
    best: NDArray[np.float32] = np.concatenate((edge, values, edge))
    covered = 1
    while 2 * covered <= width:
        best = np.maximum(best[:-covered], best[covered:])
        covered *= 2
    np.maximum(best[:length], best[width - covered :][:length], out=best[:length])
    return best[:length]


def _sliding_mean(values: NDArray[np.float32], radius: int, axis: int) -> NDArray[np.float32]:
    """Mean over ±radius along `axis`, over what there is at the ends."""
    length = values.shape[axis]
    sums: NDArray[np.float64] = np.cumsum(values, axis=axis, dtype=np.float64)
    sums = np.concatenate((np.zeros_like(sums.take([0], axis=axis)), sums), axis=axis)
    low = np.maximum(np.arange(length) - radius, 0)
    high = np.minimum(np.arange(length) + radius + 1, length)
    counts = np.expand_dims(high - low, 1 - axis)
    means: NDArray[np.float64] = (sums.take(high, axis=axis) - sums.take(low, axis=axis)) / counts
    return means.astype(np.float32)
