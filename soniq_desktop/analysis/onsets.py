"""Onset strength: how much new sound begins in each frame, in four frequency bands."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from soniq_desktop.analysis.spectrum import FRAME_RATE, Spectra, mel_filters

Floats = NDArray[np.float32]

MEL_BANDS = 40
GROUPS = (0, 5, 13, 26, MEL_BANDS)  # up to about 260 Hz, 1 kHz, 3.2 kHz and 10 kHz
LAG = 2  # frames between the spectra that are compared
FLOOR = 1e-5  # of the loudest band so far: what lies 50 dB below it is silence

NEIGHBOURHOOD = 0.05  # seconds on each side in which a peak is the highest
SURROUNDINGS = 1.0  # seconds over which the threshold adapts
PROMINENCE = 0.5  # standard deviations of the track's onset strength above its surroundings, and at least
LEAST = 0.6  # nepers of power, all bands together: less is the flicker of sustained sound


class OnsetMeter:
    """Spectral flux of a log-mel spectrum (S. Dixon, "Onset detection revisited", DAFx 2006).

    The floor follows the loudest band heard so far, so the level of the recording does not matter.
    """

    def __init__(self) -> None:
        self._previous = np.zeros((0, MEL_BANDS), np.float32)
        self._loudest = 0.0
        self._flux: list[Floats] = []

    def add(self, power: Spectra) -> None:
        """(frames, bins) of the shared spectra."""
        if not len(power):
            return
        bands = np.concatenate([self._previous, power @ mel_filters(MEL_BANDS)])
        self._loudest = max(self._loudest, float(bands.max()))
        fresh = len(power)
        self._previous = bands[-LAG:]
        if self._loudest <= 0:
            self._flux.append(np.zeros((fresh, len(GROUPS) - 1), np.float32))
            return
        levels = np.log1p(bands / (FLOOR * self._loudest))
        rise = np.maximum(0, levels[LAG:] - levels[:-LAG])
        flux = np.add.reduceat(rise, GROUPS[:-1], axis=1) / np.diff(GROUPS).astype(np.float32)
        missing = np.zeros((fresh - len(flux), flux.shape[1]), np.float32)  # the very first frames
        self._flux.append(np.concatenate([missing, flux]))

    def result(self) -> Floats:
        """(frames, 4) at FRAME_RATE."""
        return np.concatenate([np.zeros((0, len(GROUPS) - 1), np.float32), *self._flux])


def activity(flux: Floats) -> float | None:
    """Mean onset strength in nepers a second, all bands together; None where there is no sound.

    Unlike the onset rate, it weighs each onset by how strong it is.
    """
    return float(flux.sum(axis=1).mean() * FRAME_RATE) if flux.any() else None


def onset_rate(flux: Floats) -> float | None:
    """Onsets per second, or None for less than a second of sound or for silence.

    An onset is a local peak of the summed flux that stands out of the second around it.
    """
    strength = flux.sum(axis=1)
    seconds = len(strength) / FRAME_RATE
    if seconds < 1 or not strength.any():
        return None
    around = ndimage.uniform_filter1d(strength, round(SURROUNDINGS * FRAME_RATE), mode="nearest")
    highest = ndimage.maximum_filter1d(strength, 2 * round(NEIGHBOURHOOD * FRAME_RATE) + 1)
    peaks = (strength == highest) & (strength > around + max(LEAST, PROMINENCE * strength.std()))
    return float(np.count_nonzero(peaks) / seconds)
