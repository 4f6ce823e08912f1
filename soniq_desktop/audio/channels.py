"""From any loudspeaker layout to mono or stereo."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# Share of each loudspeaker in the left channel; the right one is its mirror image. ITU-R BS.775-3, table 2:
# centre and surrounds at -3 dB, no low-frequency effects channel.
_HALF = 0.5**0.5
_LEFT: dict[str, float] = {"FL": 1.0, "FLC": 1.0, "FC": _HALF, "BL": _HALF, "SL": _HALF, "BC": 0.5}
_LEFT |= {"TFL": _HALF, "TBL": _HALF, "WL": _HALF, "DL": 1.0, "TFC": 0.5, "TBC": 0.5}
_RIGHT: dict[str, float] = {"FR": 1.0, "FRC": 1.0, "FC": _HALF, "BR": _HALF, "SR": _HALF, "BC": 0.5}
_RIGHT |= {"TFR": _HALF, "TBR": _HALF, "WR": _HALF, "DR": 1.0, "TFC": 0.5, "TBC": 0.5}


@lru_cache(maxsize=32)
def downmix_matrix(layout: tuple[str, ...], channels: int) -> NDArray[np.float32]:
    """Weights (inputs, channels) that fold a layout of FFmpeg channel names into mono or stereo.

    Mono goes to both sides unchanged and stereo stays as it is. Wider layouts follow ITU-R BS.775, scaled so
    that full scale on every loudspeaker at once gives full scale: a downmix never clips.
    """
    inputs = len(layout)
    if inputs == 1:
        return np.ones((1, channels), np.float32)
    stereo = np.array([[_LEFT.get(name, 0.0), _RIGHT.get(name, 0.0)] for name in layout], np.float64)
    if inputs == 2 or not stereo.any():  # unnamed channels: take the first two
        stereo = np.eye(inputs, 2)
    matrix = stereo if channels == 2 else stereo.mean(axis=1, keepdims=True)
    return np.asarray(matrix / max(1.0, matrix.sum(axis=0).max()), np.float32)


def downmix(block: NDArray[np.float32], layout: tuple[str, ...], channels: int) -> NDArray[np.float32]:
    """Fold (n, inputs) into (n, channels), channels being 1 or 2."""
    if block.shape[1] == channels and channels <= 2:
        return block
    return np.ascontiguousarray(block @ downmix_matrix(layout, channels), np.float32)
