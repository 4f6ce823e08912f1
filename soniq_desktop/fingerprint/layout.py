"""The grid of landmarks and the layout of a hash. Any change here makes every stored fingerprint useless:
raise `FINGERPRINT_VERSION` with it.

Design after Wang, "An industrial-strength audio search algorithm" (ISMIR 2003), with a whitened spectrogram
and stored peaks for verification.
"""

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 11025  # Hz
WINDOW_LENGTH = 1024  # samples, Hann
HOP_LENGTH = 256  # samples
FRAME_SECONDS = HOP_LENGTH / SAMPLE_RATE
BIN_HERTZ = SAMPLE_RATE / WINDOW_LENGTH

LOWEST_BIN, HIGHEST_BIN = 12, 476  # half open: 129 to 5124 Hz

# Notes of the bass are closer together than these bins. From 32 to 129 Hz windows four times as long are
# used, of every 16th sample. Their bins are numbered from 540 on: so far above the others that no pair
# reaches across, and that a pitch of −4.5 % does not bring them among the others.
BASS_STEP = 16  # samples
BASS_WINDOW = 256  # of those that are left
BASS_BIN_HERTZ = SAMPLE_RATE / (BASS_STEP * BASS_WINDOW)
BASS_OFFSET = 12  # bins of its spectrum that are left out
BASS_BIN, BASS_BINS = 540, 36
BINS = BASS_BIN + BASS_BINS  # more than any bin there is

# Bins that bound the bands among which peaks are shared out evenly: 129, 431, 861, 1507, 2369, 3445, 5124 Hz,
# and the bass.
BAND_EDGES = np.array([LOWEST_BIN, 40, 80, 140, 220, 320, BASS_BIN, BINS])

# A spectrum has no column for the numbers that are left out: the bass follows the highest bin.
COLUMNS = HIGHEST_BIN + BASS_BINS
_LEFT_OUT = BASS_BIN - HIGHEST_BIN

# hash = bin of the earlier peak (9 bits) | difference in bins + 64 (7) | difference in frames (6)
HASH_BITS = 22
LARGEST_BIN_STEP = 63
SHORTEST_PAIR, LONGEST_PAIR = 2, 63  # frames


def columns_of(bins: NDArray[np.int64]) -> NDArray[np.int64]:
    """Columns (n,) of a spectrum in which `bins` (n,) are; what is in none is taken to the nearest."""
    treble = np.minimum(bins, HIGHEST_BIN - 1)
    return np.where(bins < BASS_BIN, treble, np.minimum(bins - _LEFT_OUT, COLUMNS - 1))


def bins_of(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Bins (n,) of `columns` (n,) of a spectrum."""
    return np.where(columns < HIGHEST_BIN, columns, columns + _LEFT_OUT)


def hertz_of(bins: NDArray[np.integer]) -> NDArray[np.float64]:
    """Frequencies (n,) of `bins` (n,)."""
    return np.where(bins < BASS_BIN, bins * BIN_HERTZ, (bins - BASS_BIN + BASS_OFFSET) * BASS_BIN_HERTZ)


def pack(
    first_bins: NDArray[np.int64], bin_steps: NDArray[np.int64], frame_steps: NDArray[np.int64]
) -> NDArray[np.uint32]:
    """Hashes (n,) of pairs: `bin_steps` within ±63, `frame_steps` within 2..63."""
    steps = (bin_steps + (LARGEST_BIN_STEP + 1)) * 64 + frame_steps
    return (columns_of(first_bins) * 8192 + steps).astype(np.uint32)
