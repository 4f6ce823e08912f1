"""Energy: how intense a track feels, from 0 (still) to 1 (relentless)."""

import numpy as np

LOUDNESS = (-14.0, 6.0)  # LUFS: centre and scale
ONSETS = (4.0, 2.0)  # a second
BRIGHTNESS = (2_000.0, 0.7)  # Hz; the scale is in octaves
WEIGHTS = (0.5, 0.25, 0.25)


def energy(loudness: float | None, onset_rate: float | None, brightness: float | None) -> float | None:
    """A logistic function of the weighted sum of how far each lies above the middle of real music.

    Rises with each of the three; None where the loudness could not be measured.
    """
    if loudness is None:
        return None
    terms = (
        (loudness - LOUDNESS[0]) / LOUDNESS[1],
        ((onset_rate or 0.0) - ONSETS[0]) / ONSETS[1],
        np.log2(max(brightness or 0.0, 20.0) / BRIGHTNESS[0]) / BRIGHTNESS[1],
    )
    return float(1 / (1 + np.exp(-2.0 * np.dot(WEIGHTS, terms))))
