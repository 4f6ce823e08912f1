"""A sound device under the test's control, and a player engine that is driven step by step."""

import threading

import numpy as np

from soniq_desktop.audio.events import Message, Played, StateChanged, TrackChanged
from soniq_desktop.audio.feeder import Feeder
from soniq_desktop.audio.outputs import Outputs
from soniq_desktop.audio.queue import PlayQueue
from soniq_desktop.audio.ring import SIZE
from soniq_desktop.audio.source import Source
from soniq_desktop.common.errors import NotFoundError, OutputDeviceError

BLOCK = 1024


class FakeOutput:
    """Takes blocks when it is told to, and keeps what it took. Implements AudioOutput."""

    silent = False
    channels = 2

    def __init__(self, sample_rate=44100, latency=0.0, name="Fake speakers"):
        self.sample_rate, self.latency, self.name = sample_rate, latency, name
        self.ring, self.read, self.published = None, 0, 0
        self.taken, self.starved, self.closed, self.gone = [], 0, False, False

    def start(self, ring):
        self.ring = ring
        self.publish()

    def publish(self):
        self.published = self.ring.written - self.ring.origin

    def frames_read(self):
        return self.read

    def alive(self):
        return not self.gone

    def underruns(self):
        return self.starved

    def close(self):
        self.closed = True

    def take(self, frames=BLOCK):
        have = min(frames, self.published - self.read)
        self.starved += have < frames
        at = (self.read + np.arange(have)) % SIZE
        self.taken.append(self.ring.wet[at].copy())
        self.read += have

    @property
    def sound(self):
        return np.concatenate(self.taken) if self.taken else np.zeros((0, 2), np.float32)


class Bench:
    """A Feeder with a fake device and a clock: `run(seconds)` plays, `events` has what it told."""

    def __init__(self, paths, *, rate=44100, latency=0.0, sources=None, seed=1):
        self.sources = sources or {i: Source(i, str(path), f"Track {i}") for i, path in enumerate(paths)}
        self.events, self.outputs, self.now = [], [], 100.0
        self.rate, self.latency, self.devices = rate, latency, True
        self.queue = PlayQueue(seed)
        self.outs = Outputs(self.events.append, self._open)
        self.feeder = Feeder(
            self.queue,
            threading.RLock(),
            lookup=self._lookup,
            emit=self.events.append,
            outputs=self.outs,
            clock=lambda: self.now,
        )

    def _open(self, name, latency):
        if not self.devices:
            raise OutputDeviceError("No sound device was found.")
        self.outputs.append(FakeOutput(self.rate, self.latency, name or "Default speakers"))
        return self.outputs[-1]

    def _lookup(self, track):
        if track not in self.sources:
            raise NotFoundError("The track is not in the library any more.")
        return self.sources[track]

    @property
    def output(self):
        return self.outputs[-1]

    def play(self, tracks=None, start=0):
        self.queue.replace(list(self.sources) if tracks is None else tracks, start)
        self.feeder.start()

    def run(self, seconds):
        """Let time pass: the device takes whole blocks, the engine ticks in between."""
        for _ in range(round(seconds * self.rate / BLOCK)):
            self.feeder.tick()
            if self.outputs and not self.output.closed and self.output.ring is not None:
                self.output.take()
            self.now += BLOCK / self.rate
        self.feeder.tick()

    def until_stopped(self, limit=60.0):
        while self.feeder.state == "playing" and limit > 0:
            self.run(0.5)
            limit -= 0.5

    def position(self):
        return self.feeder.view.position(self.now)

    @property
    def plays(self):
        return [event for event in self.events if isinstance(event, Played)]

    @property
    def messages(self):
        return [event.sentence for event in self.events if isinstance(event, Message)]

    @property
    def states(self):
        return [event.state for event in self.events if isinstance(event, StateChanged)]

    @property
    def tracks(self):
        return [event.track for event in self.events if isinstance(event, TrackChanged)]
