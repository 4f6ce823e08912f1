"""Dragging a loop by whole bars: a new one, one of its ends, or all of it. Pure values."""

from dataclasses import dataclass
from typing import Literal

from soniq_desktop.ui.stems.bars import Lines

Loop = tuple[float, float]
Kind = Literal["new", "begin", "end", "all"]
NEAR = 7.0  # pixels from an end


def grip(x: float, edges: Loop | None, *, on_ruler: bool) -> Kind | None:
    """What a press at `x` would take hold of; `edges` are the loop's places. Off the ruler only its ends."""
    if edges is not None:
        left, right = edges
        if abs(x - right) <= NEAR:
            return "end"
        if abs(x - left) <= NEAR:
            return "begin"
        if on_ruler and left < x < right:
            return "all"
    return "new" if on_ruler else None


@dataclass(slots=True)
class LoopDrag:
    """One drag from a moment on; `moved` becomes True with the first change of bars."""

    kind: Kind
    lines: Lines
    loop: Loop | None
    at: float
    moved: bool = False

    def to(self, seconds: float) -> Loop | None:
        """The loop with the pointer at a moment."""
        first, last = self._bars(self.lines.at(seconds))
        loop = self.lines.span(first, last)
        if self.kind != "new" or self.lines.at(seconds) != self.lines.at(self.at):
            self.moved = self.moved or loop != self.loop
        return loop if self.moved else self.loop

    def _bars(self, bar: int) -> tuple[int, int]:
        held = self.lines.at(self.at)
        if self.kind == "new" or self.loop is None:
            return min(held, bar), max(held, bar)
        first, last = self.lines.within(self.loop)
        if self.kind == "begin":
            return min(bar, last), last
        if self.kind == "end":
            return first, max(first, bar)
        by = min(max(bar - held, -first), self.lines.count - 1 - last)
        return first + by, last + by


def shifted(lines: Lines, loop: Loop, by: int) -> Loop:
    """The loop `by` bars later (earlier, below 0), within the track."""
    first, last = lines.within(loop)
    by = min(max(by, -first), lines.count - 1 - last)
    return lines.span(first + by, last + by)


def resized(lines: Lines, loop: Loop, by: int) -> Loop:
    """The loop with `by` bars more (fewer) at its end, at least one."""
    first, last = lines.within(loop)
    return lines.span(first, max(first, last + by))
