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
BINS = WINDOW_LENGTH // 2  # the Nyquist bin is left out
FRAME_SECONDS = HOP_LENGTH / SAMPLE_RATE
BIN_HERTZ = SAMPLE_RATE / WINDOW_LENGTH

# Bins that bound the bands among which peaks are shared out evenly: 129, 431, 861, 1507, 2369, 3445, 5383 Hz.
BAND_EDGES = np.array([12, 40, 80, 140, 220, 320, 500])
LOWEST_BIN, HIGHEST_BIN = int(BAND_EDGES[0]), int(BAND_EDGES[-1])  # half open

# hash = bin of the earlier peak (9 bits) | difference in bins + 64 (7) | difference in frames (6)
HASH_BITS = 22
LARGEST_BIN_STEP = 63
SHORTEST_PAIR, LONGEST_PAIR = 2, 63  # frames


def pack(
    first_bins: NDArray[np.int64], bin_steps: NDArray[np.int64], frame_steps: NDArray[np.int64]
) -> NDArray[np.uint32]:
    """Hashes (n,) of pairs: `bin_steps` within ±63, `frame_steps` within 2..63."""
    steps = (bin_steps + (LARGEST_BIN_STEP + 1)) * 64 + frame_steps
    return (first_bins * 8192 + steps).astype(np.uint32)
