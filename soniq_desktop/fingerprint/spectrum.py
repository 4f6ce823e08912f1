"""Log-power spectrogram, and its whitening against equalisation, noise slope and level."""

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import BINS, HOP_LENGTH, LOWEST_BIN, WINDOW_LENGTH

WHITENING_RADIUS = 150  # frames: the long-term spectrum is the mean over ±3.5 s
SMOOTHING_RADIUS = 30  # bins: wide enough to keep tones, narrow enough to follow an equaliser
DYNAMIC_RANGE = 18.0  # nepers of power (78 dB) below the loudest bin of the surroundings
CONTEXT = 2 * WHITENING_RADIUS  # frames on either side on which a whitened frame depends
SMALLEST_POWER = 1e-9  # 138 dB below a full-scale tone

_HANN = np.hanning(WINDOW_LENGTH + 2)[1:-1].astype(np.float32)


def log_power(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Natural log power (t, 512) of the whole windows in `samples` (n,): frame i starts at sample 256 i."""
    if samples.size < WINDOW_LENGTH:
        return np.empty((0, BINS), np.float32)
    windows = sliding_window_view(samples, WINDOW_LENGTH)[::HOP_LENGTH]
    spectrum = scipy.fft.rfft(windows * _HANN, axis=1)[:, :BINS]
    power: NDArray[np.float32] = spectrum.real**2 + spectrum.imag**2 + np.float32(SMALLEST_POWER)
    return np.log(power, out=power)


def centred(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """`samples` with half a window of zeros at both ends, so that frame i is centred on sample 256 i."""
    return np.pad(samples, WINDOW_LENGTH // 2)


def whiten(spectrum: NDArray[np.float32]) -> NDArray[np.float32]:
    """Subtract from each frame (t, bins) the long-term spectrum around it, smoothed over frequency.

    What is more than 78 dB below the loudest bin of the surroundings counts as silence; what lies below the
    lowest band, a constant offset say, does not make them loud. At the ends of
    `spectrum` the windows are cut short, so frames within `CONTEXT` of an end depend on where it is.
    """
    loudest = sliding_maximum(spectrum[:, LOWEST_BIN:].max(axis=1), WHITENING_RADIUS)
    floored: NDArray[np.float32] = np.maximum(spectrum, (loudest - DYNAMIC_RANGE)[:, None])
    mean = _sliding_mean(floored, WHITENING_RADIUS, axis=0)
    floored -= _sliding_mean(mean, SMOOTHING_RADIUS, axis=1)
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
