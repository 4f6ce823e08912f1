"""Lines on the ruler: bars where the beat is known, else seconds. Pure values."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from soniq_desktop.ui.songs.text import clock

if TYPE_CHECKING:
    from soniq_desktop.library.records import BeatGrid

BAR_STEPS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
SECOND_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)
SHORTEST = 0.05  # seconds: a line nearer to the end than that is the end


@dataclass(frozen=True)
class Lines:
    """Where bars (or seconds) begin.

    Attributes:
        starts: seconds, rising; the last one is the end of the last bar.
        musical: they are bars.
    """

    starts: tuple[float, ...]
    musical: bool

    @property
    def count(self) -> int:
        """How many bars there are."""
        return len(self.starts) - 1

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """Distances that labels may have, in bars or seconds."""
        return BAR_STEPS if self.musical else SECOND_STEPS

    def label(self, index: int) -> str:
        """What stands at a line: the bar's number from 1, or a time."""
        return str(index + 1) if self.musical else clock(self.starts[index])

    def at(self, seconds: float) -> int:
        """Index of the bar that sounds then, the nearest one outside of all."""
        return min(max(0, bisect_right(self.starts, seconds + 1e-6) - 1), max(0, self.count - 1))

    def nearest(self, seconds: float) -> float:
        """The line next to a moment."""
        return min(self.starts, key=lambda start: abs(start - seconds))

    def span(self, first: int, last: int) -> tuple[float, float]:
        """Seconds of the bars `first` to `last`, indexes, both included and put within the track."""
        first = min(max(0, first), max(0, self.count - 1))
        last = min(max(first, last), max(0, self.count - 1))
        return self.starts[first], self.starts[min(last + 1, len(self.starts) - 1)]

    def within(self, loop: tuple[float, float]) -> tuple[int, int]:
        """Indexes of the first and last bar of a loop."""
        first = self.starts.index(self.nearest(loop[0]))
        last = self.starts.index(self.nearest(loop[1])) - 1
        return min(first, max(0, self.count - 1)), max(first, last)

    def name(self, loop: tuple[float, float]) -> str:
        """ "40 – 55" in bars, "1:10 – 1:41" in seconds."""
        if not self.musical:
            return f"{clock(loop[0])} – {clock(loop[1])}"
        first, last = self.within(loop)
        return f"{first + 1} – {last + 1}" if last > first else str(first + 1)

    def describe(self, loop: tuple[float, float]) -> str:
        """ "Bars 40 – 55, 31.0 s"."""
        bars = self.name(loop)
        if self.musical:
            bars = f"{'Bars' if '–' in bars else 'Bar'} {bars}"
        return f"{bars}, {loop[1] - loop[0]:.1f} s"


def lines_of(grid: "BeatGrid | None", duration: float) -> Lines:
    """Bars by the downbeats of a grid, gone on with to the track's end; whole seconds without a grid."""
    if grid is not None:
        downbeats = [float(each) for each in grid.beats[grid.downbeats]]
        if len(downbeats) > 2:
            return Lines(tuple(_to_the_end(downbeats, duration)), True)
    return Lines((*map(float, range(max(1, int(duration)))), max(1.0, duration)), False)


def _to_the_end(starts: Sequence[float], duration: float) -> list[float]:
    """Bars that the beat tracker left out near the end have the usual length; the last one ends the track."""
    lines = [start for start in starts if start < duration - SHORTEST] or list(starts[:1])
    bar = median(after - before for before, after in pairwise(starts))
    while lines[-1] + bar < duration - SHORTEST:
        lines.append(lines[-1] + bar)
    return [*lines, max(duration, lines[-1] + SHORTEST)]
