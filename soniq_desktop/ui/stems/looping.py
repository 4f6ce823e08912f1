"""The loop: set by bars, switched off and on again, heard at once."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from soniq_desktop.ui.stems.bars import Lines, lines_of
from soniq_desktop.ui.stems.loop_drag import Loop

if TYPE_CHECKING:
    from soniq_desktop.library.records import BeatGrid
    from soniq_desktop.services.stems import StemService
    from soniq_desktop.ui.stems.playing import Playing

BARS = 4  # of a loop that nobody drew
SECONDS = 8


class Looping(QObject):
    """Keeps the last loop of a song while it is off."""

    def __init__(self, service: "StemService", playing: "Playing", parent: QObject) -> None:
        super().__init__(parent)
        self._service, self._playing = service, playing
        self.lines: Lines = lines_of(None, 1.0)
        self.loop: Loop | None = None

    def new_song(self, duration: float, *, same: bool) -> None:
        """Nothing is looped, unless it is the `same` song as before; the beat is not known yet."""
        self.loop = self._service.mixer().loop or self.loop if same else None
        self.lines = lines_of(None, duration)

    def take_grid(self, grid: "BeatGrid | None", duration: float) -> None:
        """Bars, where they are known."""
        self.lines = lines_of(grid, duration)

    @property
    def on(self) -> bool:
        return self._service.mixer().loop is not None

    def set(self, begin: float, end: float) -> None:
        """Loop from one second to another; a playhead behind or before it goes to its beginning."""
        self.loop = (begin, end)
        self._service.set_loop(begin, end)
        now = self._playing.position()
        if self._playing.mine and not begin - 0.05 <= now < end:
            self._playing.seek(begin)

    def switch(self, on: bool) -> None:
        """Off, or the last loop again; without one, the bars round the playhead."""
        if not on:
            self._service.clear_loop()
            return
        if self.loop is None:
            bar = self._bar()
            self.loop = self.lines.span(bar, bar + self._usual - 1)
        self.set(*self.loop)

    def toggle(self) -> None:
        self.switch(not self.on)

    def begin_here(self) -> None:
        """The loop begins with the bar that sounds."""
        bar = self._bar()
        last = self.lines.within(self.loop)[1] if self.loop is not None else -1
        self.set(*self.lines.span(bar, last if last >= bar else bar + self._usual - 1))

    def end_here(self) -> None:
        """The loop ends with the bar that sounds."""
        bar = self._bar()
        first = self.lines.within(self.loop)[0] if self.loop is not None else bar + 1
        self.set(*self.lines.span(first if first <= bar else max(0, bar - self._usual + 1), bar))

    def clear(self) -> None:
        """No loop, and none to come back to."""
        self.loop = None
        self._service.clear_loop()

    @property
    def _usual(self) -> int:
        return BARS if self.lines.musical else SECONDS

    def _bar(self) -> int:
        return self.lines.at(self._playing.position())
