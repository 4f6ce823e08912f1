"""An output without a device: a clock reads the ring, so that the player and its views go on."""

import time
from collections.abc import Callable

from soniq_desktop.audio.ring import Ring

LONGEST_STEP = 0.5  # seconds; a machine that slept does not skip what it slept through


class NullOutput:
    """Reads at the pace of a monotonic clock. Implements AudioOutput."""

    name = "no sound device"
    channels = 2
    latency = 0.0
    silent = True

    def __init__(self, sample_rate: int = 44100, clock: Callable[[], float] = time.monotonic) -> None:
        self.sample_rate = sample_rate
        self._clock = clock
        self._ring: Ring | None = None
        self._read = 0.0
        self._published = 0
        self._time = 0.0

    def start(self, ring: Ring) -> None:
        self._ring = ring
        self._time = self._clock()

    def publish(self) -> None:
        if self._ring is not None:
            self._published = self._ring.written - self._ring.origin

    def frames_read(self) -> int:
        now = self._clock()
        step = min(max(now - self._time, 0.0), LONGEST_STEP)
        self._time = now
        if self._ring is not None:
            self._read = min(self._read + step * self.sample_rate, self._published)
        return int(self._read)

    def alive(self) -> bool:
        return True

    def underruns(self) -> int:
        return 0

    def close(self) -> None:
        self._ring = None
