"""An opened output with its ring: how far it is, how much fits, what can still be changed."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.output import BLOCK, AudioOutput
from soniq_desktop.audio.ring import Ring
from soniq_desktop.audio.tap import Tap
from soniq_desktop.audio.timeline import PlayClock

Samples = NDArray[np.float32]
MARGIN = 2 * BLOCK + 256  # frames: the callback may take two blocks while we write
STALL = 1.5  # seconds without a frame being taken: the device is gone
LONGEST_STEP = 0.1  # seconds that one look adds to a stall: a laptop waking up is not a lost device


class Stream:
    """Feeds one AudioOutput. Frames are those of the player's whole life, counted from `origin`."""

    def __init__(
        self,
        output: AudioOutput,
        origin: int,
        tap: Tap,
        level: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.output = output
        self.rate = output.sample_rate
        self.ring = Ring(self.rate, output.channels, origin, tap, level)
        self._clock = clock
        self._heard = PlayClock(self.rate, output.latency, clock)
        self.started = False
        self._last_read = origin
        self._stalled = 0.0
        self._looked = clock()

    @property
    def read(self) -> int:
        """The first frame that the device has not taken."""
        return self.ring.origin + (self.output.frames_read() if self.started else 0)

    @property
    def heard(self) -> int:
        """The frame that is audible now."""
        return self.ring.origin + self._heard.heard(self.read - self.ring.origin)

    def room(self, seconds: float) -> int:
        """Frames to write until the ring holds this many seconds."""
        return round(seconds * self.rate) - (self.ring.written - self.read)

    def changeable(self) -> int:
        """The first frame that the device will certainly not take while we rewrite it."""
        return min(self.read + (MARGIN if self.started else 0), self.ring.written)

    def append(self, samples: Samples) -> None:
        """Write (n, 2) samples behind the last one; the first ones start the device (OutputDeviceError)."""
        self.ring.append(samples)
        if self.started:
            self.output.publish()
        elif len(samples):
            self.output.start(self.ring)
            self.started = True

    def splice(self, samples: Samples, fade: float) -> int:
        """Replace all that is not heard yet by (n, 2) samples, with a crossfade in seconds; returns where.

        Needs as many samples as the ring holds ahead; fewer are filled up with silence.
        """
        at = self.changeable()
        missing = self.ring.written - at - len(samples)
        if missing > 0:
            samples = np.concatenate([samples, np.zeros((missing, 2), np.float32)])
        self.append(self.ring.splice(at, samples, round(fade * self.rate)))
        return at

    def set_level(self, level: float) -> None:
        """Another volume, heard after the device's own latency."""
        near = self.read + BLOCK // 4 if self.started else self.ring.origin
        self.ring.set_level(min(near, self.ring.written), level)

    def lost(self) -> bool:
        """True once the device has ended or taken nothing for STALL seconds. To be asked at every tick."""
        if not self.started:
            return False
        now, read = self._clock(), self.read
        step, self._looked = min(now - self._looked, LONGEST_STEP), now
        waiting = read == self._last_read and read < self.ring.written
        self._stalled = self._stalled + step if waiting else 0.0
        self._last_read = read
        return self._stalled > STALL or not self.output.alive()

    def close(self) -> None:
        """Release the device."""
        self.output.close()
