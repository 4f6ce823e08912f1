"""The overview of a whole track that the seek bar draws."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

POINTS = 1_024
BIN = 0.01  # seconds; measured this finely, because the length of a track is not known in advance
DARKEST, BRIGHTEST = 100.0, 8_000.0  # Hz at colours 0 and 255


class WaveformMeter:
    """Peak and power of every 10 ms over all channels."""

    def __init__(self, rate: int) -> None:
        self._size = round(rate * BIN)
        self._rest: Floats | None = None
        self._peaks: list[Floats] = []
        self._powers: list[Floats] = []

    def add(self, block: Floats) -> None:
        """(channels, frames) float32."""
        if self._rest is not None and self._rest.size:
            block = np.concatenate([self._rest, block], axis=1)
        whole = block.shape[1] // self._size * self._size
        self._rest = block[:, whole:].copy()
        if whole:
            self._measure(block[:, :whole])

    def overview(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """`peak` and `rms` of records.Waveform, (POINTS,) each."""
        if self._rest is not None and self._rest.size:
            self._measure(self._rest, self._rest.shape[1])
            self._rest = None
        peaks = np.concatenate([np.zeros(0, np.float32), *self._peaks])
        powers = np.concatenate([np.zeros(0, np.float32), *self._powers])
        return _bytes(spread(peaks, np.maximum)), _bytes(np.sqrt(spread(powers, np.add, mean=True)))

    def _measure(self, block: Floats, size: int = 0) -> None:
        bins = block.reshape(len(block), -1, size or self._size)
        self._peaks.append(np.maximum(bins.max(axis=(0, 2)), -bins.min(axis=(0, 2))))
        self._powers.append(np.einsum("cbs,cbs->b", bins, bins) / (bins.shape[0] * bins.shape[2]))


def spread(values: Floats, combine: np.ufunc, *, mean: bool = False) -> Floats:
    """Exactly POINTS values: neighbours are combined, or repeated where there are too few."""
    if not len(values):
        return np.zeros(POINTS, np.float32)
    edges = np.arange(POINTS + 1) * len(values) / POINTS
    starts = np.minimum(edges[:-1].astype(np.intp), len(values) - 1)
    combined = combine.reduceat(values, starts)
    if mean:
        combined = combined / np.maximum(1, np.diff(starts, append=len(values)))
    return np.asarray(combined, np.float32)


def colours(centroids: Floats, weights: Floats) -> NDArray[np.uint8]:
    """Colour of records.Waveform, (POINTS,): the mean centroid of each stretch on a log scale.

    Args:
        centroids: Hz, one per frame, 0 where the frame is silent.
        weights: how loud each frame is; loud frames decide the colour.
    """
    scale = np.log(BRIGHTEST / DARKEST)
    positions = np.log(np.maximum(centroids, DARKEST) / DARKEST) / scale
    total = spread(weights, np.add)
    mean = np.divide(spread(positions * weights, np.add), total, out=np.zeros_like(total), where=total > 0)
    return _bytes(mean)


def _bytes(values: Floats) -> NDArray[np.uint8]:
    return np.round(np.clip(values, 0.0, 1.0) * 255).astype(np.uint8)
