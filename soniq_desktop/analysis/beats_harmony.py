"""Accents besides the network's own: where the chord changes, and where the bass sets in."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.beats_front import BANDS, BINS, log_filters
from soniq_desktop.analysis.spectrum import RATE, Samples

PITCHES = 12
ACCENTS = PITCHES + 1
LOWEST, HIGHEST = 230.0, 2_600.0  # Hz, of the chroma: below, a band is wider than a semitone
BASS = 160.0  # Hz


def accents(features: Samples) -> NDArray[np.float16]:
    """(frames, 272) -> (frames, 13): mean level of the bands of each pitch class, rise of the bass."""
    chroma = features[:, :BANDS] @ _folding()
    bass = features[:, BANDS:][:, centres() < BASS].mean(axis=1, keepdims=True)
    return np.concatenate([chroma, bass], axis=1).astype(np.float16)


@cache
def centres() -> NDArray[np.float64]:
    """Hz (136,)."""
    return np.asarray(log_filters().argmax(axis=0) * RATE / (2 * BINS))


@cache
def _folding() -> Samples:
    classes = np.round(12 * np.log2(centres() / 440) + 9).astype(np.intp) % PITCHES
    folding = np.zeros((BANDS, PITCHES), np.float32)
    folding[np.arange(BANDS), classes] = (centres() > LOWEST) & (centres() < HIGHEST)
    return np.asarray(folding / np.maximum(folding.sum(axis=0), 1))
