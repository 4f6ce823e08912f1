"""The windows of a track, read as they are needed: a few seconds in memory, whatever its length."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.stems.overlap import Grid

Samples = NDArray[np.float32]


class WindowReader:
    """Windows (2, segment) of a file at a fixed rate, in any order; reading forwards decodes everything once.

    Attributes:
        frames: the track's length; an estimate from the header until its end has been read (`exact`).

    Raises:
        UnreadableAudioError: here or in `window`.
    """

    def __init__(self, path: str, sample_rate: int, grid: Grid) -> None:
        self._decoder = Decoder(path, sample_rate, 2)
        self._grid = grid
        self.frames = self._decoder.frames
        self.exact = False
        self._buffer = np.zeros((0, 2), np.float32)
        self._begin = 0  # frame of the buffer's first sample

    def window(self, index: int) -> tuple[Samples, int, int] | None:
        """One window: (2, segment), where in it the track's frames begin, and how many they are.

        None behind the end. A window that reaches over the end is padded as demucs does it: the music before
        it on the left, silence on the right, half of what is missing each.
        """
        begin, segment = index * self._grid.stride, self._grid.segment
        length = len(self._read(begin, segment))
        if length == 0:
            return None
        missing = segment - length
        lead = missing // 2
        start = max(0, begin - lead)
        sound = self._read(start, begin + length - start)
        padded = np.zeros((2, segment), np.float32)
        first = start - (begin - lead)
        padded[:, first : first + len(sound)] = sound.T
        return padded, lead, length

    def original(self, begin: int, frames: int) -> Samples:
        """What the file itself holds there: (n, 2)."""
        return self._read(begin, frames)

    def _read(self, begin: int, frames: int) -> Samples:
        end = self._begin + len(self._buffer)
        if begin < self._begin or begin > end:
            self._decoder.seek(begin)
            self._buffer, self._begin, end = self._buffer[:0], begin, begin
        if (wanted := begin + frames - end) > 0:
            new = self._decoder.read(wanted)
            if len(new) < wanted:
                self._find_end(end + len(new), begin)
            self._forget(begin - 2 * self._grid.segment)
            self._buffer = np.concatenate([self._buffer, new])
        at = begin - self._begin
        return self._buffer[at : at + frames]

    def _find_end(self, end: int, begin: int) -> None:
        """Reading stopped at `end`: that is the length, unless one had jumped behind it."""
        if end > begin or end == 0:
            self.frames, self.exact = end, True
        else:
            self.frames = min(self.frames, end)

    def _forget(self, frame: int) -> None:
        drop = min(frame - self._begin, len(self._buffer))
        if drop > 0:
            self._buffer, self._begin = self._buffer[drop:], self._begin + drop

    def close(self) -> None:
        """Release the file."""
        self._decoder.close()
