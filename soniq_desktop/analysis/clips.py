"""The excerpts that an embedder wants, cut from a stream without holding a long track."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Plan = Callable[[float], Sequence[tuple[float, float]]]

LONG = 14_400_000  # samples up to which a track is kept whole, 58 MB: 15 minutes at 16 kHz


class ClipCutter:
    """Keeps what `plan` asks for of a mono stream.

    A track up to 15 minutes at 16 kHz is kept whole and cut at the end by its true length. A longer one is
    cut as it passes by, after the length that its header states; where that is none, its first part is used.

    Args:
        plan: seconds of the track -> [(start, length), ...] in seconds, ascending and disjoint.
        rate: Hz of the stream.
        expected: seconds, as the header says; 0 where it says nothing.
    """

    def __init__(self, plan: Plan, rate: int, expected: float) -> None:
        self._plan = plan
        self._rate = rate
        self._planned = expected * rate > LONG
        self._wanted = _spans(plan(expected), rate) if self._planned else [(0, LONG)]
        self._pieces: list[list[Samples]] = [[] for _ in self._wanted]
        self._position = 0

    def add(self, mono: Samples) -> None:
        """(n,) that follow what was added before."""
        start, end = self._position, self._position + len(mono)
        for (first, last), pieces in zip(self._wanted, self._pieces, strict=True):
            if first < end and start < last:
                pieces.append(mono[max(0, first - start) : last - start].copy())
        self._position = end

    def clips(self) -> list[Samples]:
        """What there is of each planned excerpt, without empty ones."""
        kept = [np.concatenate(pieces) for pieces in self._pieces if pieces]
        if self._planned or not kept:
            return kept
        whole = kept[0]
        cut = (whole[first:last] for first, last in _spans(self._plan(len(whole) / self._rate), self._rate))
        return [clip for clip in cut if len(clip)]


def _spans(plan: Sequence[tuple[float, float]], rate: int) -> list[tuple[int, int]]:
    return [(round(start * rate), round((start + length) * rate)) for start, length in plan]
