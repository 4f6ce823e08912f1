"""Columns to pixels: a ring of palette indices that scrolls without computing anything twice.

Pixels are numbered from the start of the track ("world pixels"), so a pixel always shows the same columns
however far the picture has scrolled: nothing shimmers, and only pixels that came into view are computed.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Columns = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"""Column numbers (any shape) to values (*shape, bands)."""


class Raster:
    """A (height, width) uint8 picture of palette indices, row 0 on top, used as a ring of world pixels.

    World pixel p lies in picture column p % width.
    """

    def __init__(self, columns: Columns, column_rate: float) -> None:
        self._columns = columns
        self._rate = column_rate
        self._range = (0.0, 1.0)
        self.pixels_per_second = 100.0
        self.shape((1, 1), np.zeros(1), smooth=True)

    def shape(self, size: tuple[int, int], rows: NDArray[np.float64], *, smooth: bool) -> None:
        """Set the size in pixels (height, width) and which band each pixel row shows.

        Args:
            rows: (height,) band positions from the top; fractions blend neighbouring bands where `smooth`.
        """
        self.height, self.width = size
        self.picture = np.zeros(size, np.uint8)
        self._low = np.floor(rows).astype(np.int64) if smooth else np.round(rows).astype(np.int64)
        self._blend = (rows - self._low).astype(np.float32)[:, None] if smooth else None

    def level_range(self, darkest: float, brightest: float) -> None:
        """The values of palette entries 0 and 255."""
        self._range = (darkest, brightest)

    def draw(self, first: int, last: int) -> None:
        """Compute the world pixels in [first, last), at most `width` of them."""
        first = max(first, last - self.width)
        if last <= first:
            return
        bands = self._quantised(self._sampled(np.arange(first, last)))
        picture = self._in_rows(np.ascontiguousarray(bands.T))
        start = first % self.width
        fit = min(self.width - start, last - first)
        self.picture[:, start : start + fit] = picture[:, :fit]
        self.picture[:, : last - first - fit] = picture[:, fit:]

    def _sampled(self, pixels: NDArray[np.int64]) -> NDArray[np.float32]:
        """Values at pixels: the loudest of the columns under one pixel, or blended between two."""
        ratio = self._rate / self.pixels_per_second
        if ratio > 1.0:
            offsets = np.arange(int(np.ceil(ratio)))
            several = self._columns(np.floor(pixels * ratio).astype(np.int64)[:, None] + offsets)
            return np.asarray(several.max(axis=1))
        at = (pixels + 0.5) * ratio
        low = np.floor(at).astype(np.int64)
        part = (at - low).astype(np.float32)[:, None]
        return np.asarray(self._columns(low) * (1 - part) + self._columns(low + 1) * part)

    def _quantised(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        darkest, brightest = self._range
        return np.asarray(np.clip((values - darkest) * (255.0 / (brightest - darkest)), 0.0, 255.0))

    def _in_rows(self, bands: NDArray[np.float32]) -> NDArray[np.uint8]:
        """(bands, n) to (height, n)."""
        if self._blend is None:
            return bands.astype(np.uint8)[self._low]
        last = len(bands) - 1
        low, high = bands[np.minimum(self._low, last)], bands[np.minimum(self._low + 1, last)]
        return (low + (high - low) * self._blend).astype(np.uint8)
