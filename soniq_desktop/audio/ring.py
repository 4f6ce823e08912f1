"""The sound on its way to the device, which can still be changed.

The device's callback (C code) reads `wet` through PortAudio's ring buffer. The feeder is about a second
ahead, so that no stall of the interpreter is heard; what the callback has not reached yet is rewritten in
place, so that volume, pause, seek and skip are heard after the device's own latency all the same.
"""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.tap import Tap

Samples = NDArray[np.float32]
SIZE = 1 << 17  # frames; a power of two for PortAudio: 2.7 s at 48 kHz
VOLUME_RAMP = 0.015  # seconds


class Ring:
    """Memory of one output stream. Frames count from `origin` on and never restart in a player's life."""

    def __init__(self, sample_rate: int, channels: int, origin: int, tap: Tap, level: float) -> None:
        self.sample_rate = sample_rate
        self.channels = channels
        self.origin = origin
        self.written = origin  # the first frame not yet written
        self.wet = np.zeros((SIZE, channels), np.float32)
        self._dry = np.zeros((SIZE, 2), np.float32)
        self._tap = tap
        self._ramp = (origin, level, level)  # first frame, level before it, level after VOLUME_RAMP
        self._ramp_length = round(VOLUME_RAMP * sample_rate)
        tap.restart(origin, sample_rate)

    def append(self, samples: Samples) -> None:
        """Write (n, 2) dry samples behind the last one. The caller publishes them to the output."""
        self._store(self.written, samples)
        self.written += len(samples)

    def splice(self, at: int, samples: Samples, fade: int) -> Samples:
        """Replace everything from frame `at` on by (n, 2) samples; the first `fade` frames are a crossfade.

        Needs at least written - at samples; returns those that did not fit, for `append`.
        """
        ahead = self.written - at
        fade = min(fade, ahead)
        new = samples[:ahead].copy()
        if fade:
            weight = np.linspace(0, 1, fade, endpoint=False, dtype=np.float32)[:, None]
            new[:fade] = new[:fade] * weight + self.dry(at, fade) * (1 - weight)
        self._store(at, new)
        return samples[ahead:]

    def dry(self, at: int, frames: int) -> Samples:
        """A copy of the samples before the volume control."""
        return np.concatenate([self._dry[part] for part in self._parts(at, frames)])

    def set_level(self, at: int, level: float) -> None:
        """Ramp to another amplitude from frame `at` on."""
        self._ramp = (at, float(self._levels(at, 1)[0, 0]), level)
        ahead = self.written - at
        if ahead > 0:
            self._make_wet(at, self.dry(at, ahead))

    def _levels(self, at: int, frames: int) -> Samples:
        start, before, after = self._ramp
        done = np.clip((at - start + np.arange(frames)) / self._ramp_length, 0.0, 1.0)
        return (before + (after - before) * done).astype(np.float32)[:, None]

    def _store(self, at: int, samples: Samples) -> None:
        done = 0
        for part in self._parts(at, len(samples)):
            length = part.stop - part.start
            self._dry[part] = samples[done : done + length]
            done += length
        self._make_wet(at, samples)
        self._tap.write(at, samples)

    def _make_wet(self, at: int, samples: Samples) -> None:
        wet = samples * self._levels(at, len(samples))
        if self.channels == 1:
            wet = wet.mean(axis=1, keepdims=True)
        done = 0
        for part in self._parts(at, len(samples)):
            length = part.stop - part.start
            self.wet[part, :2] = wet[done : done + length]
            done += length

    def _parts(self, at: int, frames: int) -> list[slice]:
        start = (at - self.origin) % SIZE
        first = min(frames, SIZE - start)
        return [slice(start, start + first), slice(0, frames - first)]
