"""What is being played, for the views."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

SIZE = 1 << 19  # frames: 10.9 s at 48 kHz


class Tap:
    """A mono ring of the sound around "now", before the volume control.

    The player writes ahead of what is heard and may rewrite that part (a seek); views read only what was
    heard, so neither waits for the other. Every sample is stored twice, SIZE apart: any window is contiguous.

    Args:
        sample_rate: Hz; changes with the output device.
        heard: the output frame that is audible now.
    """

    def __init__(self, sample_rate: int, heard: Callable[[], int]) -> None:
        self.sample_rate = sample_rate
        self._heard = heard
        self._ring = np.zeros(2 * SIZE, np.float32)
        self._first = 0  # the oldest frame that was written since the last gap

    def latest(self, frames: int) -> NDArray[np.float32]:
        """The last `frames` (at most SIZE / 2) mono samples up to what is audible now."""
        frames = min(frames, SIZE // 2)
        end = self._heard()
        missing = max(0, min(frames, self._first - (end - frames)))
        window = self._window(end - (frames - missing), end)
        return window if not missing else np.concatenate([np.zeros(missing, np.float32), window])

    def since(self, counter: int) -> tuple[int, NDArray[np.float32]]:
        """The frames after an earlier counter value up to now, and the new counter; begin with counter 0.

        After a long pause between calls only the last SIZE / 2 frames are given.
        """
        end = self._heard()
        start = max(counter, end - SIZE // 2, self._first)
        return end, self._window(start, end)

    def _window(self, start: int, end: int) -> NDArray[np.float32]:
        if end <= start:
            return np.zeros(0, np.float32)
        at = start % SIZE
        return self._ring[at : at + end - start].copy()

    def write(self, frame: int, samples: NDArray[np.float32]) -> None:
        """Store (n, channels) samples that will be heard from an output frame on. For the player."""
        mono = samples[:, 0] if samples.shape[1] == 1 else (samples[:, 0] + samples[:, 1]) * np.float32(0.5)
        while len(mono):
            at = frame % SIZE
            part = mono[: SIZE - at]
            self._ring[at : at + len(part)] = part
            self._ring[at + SIZE : at + SIZE + len(part)] = part
            mono, frame = mono[len(part) :], frame + len(part)

    def restart(self, frame: int, sample_rate: int) -> None:
        """The stream goes on at this frame, perhaps at another rate; what was before is forgotten."""
        self.sample_rate = sample_rate
        self._first = frame
