"""Which part of the track is on the screen."""

import math

from PySide6.QtCore import QObject, Signal

LEAST = 2.0  # seconds in the window at the most zoom
STEPS = 100  # of the zoom slider
AHEAD = 0.1  # of the window, left of the playhead after the window has followed it


class TimeView(QObject):
    """The window on the track: `begin` and `span` in seconds within `duration`."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.duration = self.span = 1.0
        self.begin = 0.0

    @property
    def end(self) -> float:
        return self.begin + self.span

    @property
    def zoom(self) -> int:
        """0: the whole track, STEPS: LEAST seconds."""
        return round(STEPS * math.log(self.duration / self.span) / self._most) if self._most else 0

    @property
    def _most(self) -> float:
        return math.log(max(1.0, self.duration / LEAST))

    def set_duration(self, seconds: float) -> None:
        """Another track: all of it is shown. The same length leaves the window."""
        seconds = max(1.0, seconds)
        if seconds != self.duration:
            self.duration = self.span = seconds
            self.begin = 0.0
            self.changed.emit()

    def set_zoom(self, zoom: int, around: float | None = None) -> None:
        """Zoom to 0 .. STEPS; the moment `around` stays where it is (the middle without one)."""
        span = self.duration / math.exp(self._most * min(max(0, zoom), STEPS) / STEPS)
        around = self.begin + self.span / 2 if around is None else around
        share = (around - self.begin) / self.span
        self.show(around - share * span, span)

    def show(self, begin: float, span: float | None = None) -> None:
        """Move the window, and make it `span` wide; put within the track."""
        span = min(max(LEAST, self.span if span is None else span), self.duration)
        begin = min(max(0.0, begin), self.duration - span)
        if (begin, span) != (self.begin, self.span):
            self.begin, self.span = begin, span
            self.changed.emit()

    def follow(self, seconds: float) -> None:
        """Turn the page when the playhead has left the window."""
        if not self.begin <= seconds <= self.end:
            self.show(seconds - AHEAD * self.span)

    def x(self, seconds: float, width: float) -> float:
        """Where a moment is in a picture of `width`."""
        return (seconds - self.begin) / self.span * width

    def seconds(self, x: float, width: float) -> float:
        """The moment at a place, within the track."""
        return min(max(0.0, self.begin + x / max(1.0, width) * self.span), self.duration)
