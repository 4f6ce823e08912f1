"""Chunks that overlap, and how their estimates are blended.

Window `i` begins at frame `i * stride`; chunk `i` of the result is [i * stride, (i + 1) * stride) and
depends on the windows `i` and `i - 1` alone. The weights are demucs' (a triangle over the window,
normalised by their sum), so that the result is that of its `apply_model` on the whole track, whatever its
length and wherever one starts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Grid:
    """Where windows lie: `segment` frames each, `stride` apart."""

    segment: int
    stride: int

    @classmethod
    def of(cls, segment: int, overlap: float) -> "Grid":
        """The grid of an overlap between 0 and 0.5."""
        return cls(segment, int((1 - overlap) * segment))

    def chunks(self, frames: int) -> int:
        """How many chunks a track has."""
        return -(-frames // self.stride)

    def chunk_at(self, frame: int) -> int:
        return max(0, frame) // self.stride

    def span(self, chunk: int, frames: int) -> tuple[int, int]:
        """First frame of a chunk and the one behind its last."""
        return chunk * self.stride, min((chunk + 1) * self.stride, frames)


def triangle(segment: int) -> Samples:
    """Weights (segment,) that rise to 1 in the middle and fall again, never 0."""
    rising = np.arange(1, segment // 2 + 1)
    falling = np.arange(segment - segment // 2, 0, -1)
    weights = np.concatenate([rising, falling])
    return np.asarray(weights / weights.max(), np.float32)


def blend(grid: Grid, weights: Samples, estimate: Samples, before: Samples | None) -> Samples:
    """One chunk of the result.

    Args:
        estimate: (stems, 2, n) of the chunk's own window, n shorter than the segment at the track's end.
        before: the same of the window before it; None for the first chunk.

    Returns:
        (stems, 2, m), m the stride or what is left of the track.
    """
    length = min(grid.stride, estimate.shape[2])
    own = weights[:length]
    if before is None:
        return np.array(estimate[:, :, :length], np.float32)
    shared = min(before.shape[2] - grid.stride, length)
    chunk = estimate[:, :, :length] * own
    total = own.copy()
    if shared > 0:
        tail = weights[grid.stride : grid.stride + shared]
        chunk[:, :, :shared] += before[:, :, grid.stride : grid.stride + shared] * tail
        total[:shared] += tail
    return np.asarray(chunk / total, np.float32)
