"""A ring of columns by their number: what is known of the neighbourhood of the playhead."""

import numpy as np
from numpy.typing import NDArray

_NONE = np.iinfo(np.int64).min  # no column has this number; -1 is the one before a track's beginning


class ColumnStore:
    """Keeps `capacity` columns of `width` values; a new one replaces the one `capacity` columns away."""

    def __init__(self, width: int, capacity: int, empty: float) -> None:
        self.empty = empty
        self._values = np.full((capacity, width), empty, np.float32)
        self._numbers = np.full(capacity, _NONE, np.int64)

    def clear(self) -> None:
        self._numbers.fill(_NONE)

    def put(self, first: int, values: NDArray[np.float32]) -> None:
        """Store consecutive columns, replacing what was known of them. `values`: (n, width)."""
        fit = len(self._numbers)
        numbers = np.arange(first, first + len(values))[-fit:]
        slots = numbers % len(self._numbers)
        self._values[slots] = values[-fit:]
        self._numbers[slots] = numbers

    def get(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """The columns with these numbers, (*numbers.shape, width); unknown ones hold the `empty` value."""
        slots = numbers % len(self._numbers)
        values = self._values[slots]
        values[self._numbers[slots] != numbers] = self.empty
        return values

    def known(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these columns are stored."""
        return np.asarray(self._numbers[numbers % len(self._numbers)] == numbers)
