"""Which output frame is which moment of which track."""

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter

from soniq_desktop.audio.source import Source

KEEP = 30.0  # seconds of the past


@dataclass(eq=False, slots=True)
class Playback:
    """One playing-through of one queue entry, from its start until it ends or is left."""

    entry: int
    source: Source
    started_at: float = field(default_factory=time.time)  # Unix seconds
    duration: float = 0.0  # seconds, as the decoder knows it
    heard: float = 0.0  # seconds that really sounded
    closed: bool = False  # its listening event has been told


@dataclass(frozen=True, slots=True)
class Segment:
    """From output frame `start` on, `playback` sounds from `seconds` on; None is silence."""

    start: int
    playback: Playback | None
    seconds: float = 0.0
    speed: float = 1.0  # seconds of the track per second of sound


class Timeline:
    """Segments in the order of output frames, without gaps."""

    def __init__(self) -> None:
        self.segments: tuple[Segment, ...] = ()  # replaced as a whole: other threads read it

    def put(self, segment: Segment) -> None:
        """From this segment's start on nothing else is planned."""
        kept = self.segments[: bisect_right(self.segments, segment.start - 1, key=attrgetter("start"))]
        self.segments = (*kept, segment)

    def forget_before(self, frame: int) -> None:
        """Drop segments that ended before a frame."""
        first = max(0, bisect_right(self.segments, frame, key=attrgetter("start")) - 1)
        if first:
            self.segments = self.segments[first:]

    def between(self, start: int, end: int) -> list[tuple[Segment, int]]:
        """Segments that sound in [start, end), with the number of frames that each has in there."""
        stops = [*(segment.start for segment in self.segments[1:]), end]
        shares = [
            (segment, min(stop, end) - max(segment.start, start))
            for segment, stop in zip(self.segments, stops, strict=False)
        ]
        return [(segment, frames) for segment, frames in shares if frames > 0]

    def at(self, frame: int) -> Segment | None:
        return segment_at(self.segments, frame)


def segment_at(segments: tuple[Segment, ...], frame: int) -> Segment | None:
    """The segment that holds an output frame; None before the first."""
    found = bisect_right(segments, frame, key=attrgetter("start"))
    return segments[found - 1] if found else None


class PlayClock:
    """The frame that is audible now, from a read counter that moves in bursts.

    The callback takes several blocks at once and then nothing for a while. In between it runs by itself,
    within the bounds that the counter sets: it moves evenly and never drifts from the sound card's own.
    """

    def __init__(self, sample_rate: int, latency: float, clock: Callable[[], float]) -> None:
        self._rate = sample_rate
        self._delay = round(latency * sample_rate)
        self._clock = clock
        self._frame = 0.0
        self._time = clock()
        self._read = 0
        self._burst = 0

    def heard(self, read: int) -> int:
        """Frames of the stream that have sounded, given how many were read."""
        now = self._clock()
        self._frame += (now - self._time) * self._rate
        self._time = now
        if self._read == 0:
            self._frame = 0.0  # the first burst only fills the device: it begins to sound at once
        elif read != self._read:
            self._burst = max(read - self._read, self._burst * 99 // 100)
        self._read = read
        # After a burst the device holds `delay` frames, before the next one a burst less.
        earliest = read - self._delay
        self._frame = min(max(self._frame, earliest), earliest + self._burst, read)
        return max(0, int(self._frame))
