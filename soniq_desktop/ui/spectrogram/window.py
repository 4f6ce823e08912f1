"""Which stretch of the track a live view shows."""

from dataclasses import dataclass

PLAYHEAD_AT = 0.58  # of the width, while following
SHORTEST, LONGEST = 2.4, 19.2  # seconds


@dataclass(slots=True)
class TimeWindow:
    """Start and length in seconds; follows the playhead unless told not to."""

    seconds: float = 9.6
    start: float = 0.0
    follow: bool = True

    def at(self, position: float, duration: float) -> float:
        """The start for a position; following ends at the beginning and the end of the track."""
        if self.follow:
            self.start = self._clamped(position - PLAYHEAD_AT * self.seconds, duration)
        return self.start

    def zoom(self, factor: float, around: float, duration: float) -> None:
        """Show 1/factor of the time; `around` (0 left to 1 right) stays in place unless following."""
        fixed = self.start + around * self.seconds
        self.seconds = min(LONGEST, max(SHORTEST, self.seconds / factor))
        if not self.follow:
            self.start = self._clamped(fixed - around * self.seconds, duration)

    def pan(self, seconds: float, duration: float) -> None:
        """Look elsewhere; stops following."""
        self.follow = False
        self.start = self._clamped(self.start + seconds, duration)

    def _clamped(self, start: float, duration: float) -> float:
        return max(0.0, min(start, duration - self.seconds))
