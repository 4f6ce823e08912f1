"""Energy: how intense a track feels, from 0 (still) to 1 (relentless)."""

import numpy as np

# Middle and spread of real music (some 60 tracks from ambient to metal).
LOUDNESS = (-15.0, 5.0)  # LUFS
ACTIVITY = (72.0, 0.6)  # nepers of onset strength a second, octaves
BRIGHTNESS = (1_800.0, 0.65)  # Hz, octaves
WEIGHTS = (0.45, 0.30, 0.25)
STEEPNESS = 2.0


def energy(loudness: float | None, activity: float | None, brightness: float | None) -> float | None:
    """A logistic function of how far loudness, activity and brightness lie above the middle of real music.

    Loudness, the rate and strength of onsets and the brightness of the sound all go with arousal
    (A. Gabrielsson and E. Lindström, "The role of structure in the musical expression of emotions", 2010).
    The weights are ours.

    Args:
        loudness: LUFS, integrated.
        activity: mean onset strength, see `onsets.activity`.
        brightness: Hz, mean spectral centroid.

    Returns:
        0..1, rising with each of the three; None where the loudness could not be measured.
    """
    if loudness is None:
        return None
    terms = (
        (loudness - LOUDNESS[0]) / LOUDNESS[1],
        _octaves(activity, ACTIVITY[0]) / ACTIVITY[1],
        _octaves(brightness, BRIGHTNESS[0]) / BRIGHTNESS[1],
    )
    return float(1 / (1 + np.exp(-STEEPNESS * np.dot(WEIGHTS, np.clip(terms, -3, 3)))))


def _octaves(value: float | None, middle: float) -> float:
    return float(np.log2(max(value or 0.0, middle / 32) / middle))
