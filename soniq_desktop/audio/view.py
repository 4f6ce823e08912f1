"""What other threads see of the engine: a value, replaced as a whole."""

from dataclasses import dataclass

from soniq_desktop.audio.timeline import Playback, Segment, segment_at

LONGEST = 0.25  # seconds that a view is extrapolated; an engine that stands still shows


@dataclass(frozen=True, slots=True)
class View:
    """Where the sound was at `time`, and what it means."""

    time: float = 0.0
    heard: int = 0  # output frame
    rate: int = 44100
    running: bool = False
    segments: tuple[Segment, ...] = ()
    playback: Playback | None = None
    since: int = 0  # frame at which `playback` begins; before it, `seconds` is shown
    seconds: float = 0.0

    def frame(self, now: float) -> int:
        """The audible output frame."""
        return self.heard + int(min(max(now - self.time, 0.0), LONGEST) * self.rate * self.running)

    def position(self, now: float) -> float:
        """Seconds into the current track."""
        if self.playback is None:
            return 0.0
        frame = self.frame(now)
        segment = segment_at(self.segments, frame) if self.running else None
        if segment is None or frame < self.since or segment.playback is not self.playback:
            return self.seconds
        return segment.seconds + segment.speed * (frame - segment.start) / self.rate
