"""Decodes around the playhead in a thread: the picture is full at once and shows what comes.

A second decode of the same file costs little: decoding runs at hundreds of times real time and the analysis
takes about 0.15 ms a column, together 2 % of a core while playing.
"""

import threading
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from soniq_desktop.analysis.live.stream import Columns, ColumnStream
from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic

BLOCK_SECONDS = 0.5
LEAD_SECONDS = 0.2  # decoded before the wanted time: the first windows must be whole
REST_MS = 2  # between blocks, so that the GUI thread gets the interpreter in time

log = topic("live")


@dataclass(frozen=True, slots=True)
class Wish:
    """A stretch of a file in seconds, and the rate at which to analyse it.

    The same number with a later `end` means: read on. Another number means: begin anew at `start`.
    """

    number: int
    path: str
    sample_rate: int
    start: float
    end: float


class LookAhead(QThread):
    """Emits the columns of the latest wish, in the order of time."""

    analysed = Signal(int, object)  # number of the wish, Columns
    failed = Signal(int, str)  # number of the wish, sentence

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("live-lookahead")
        self._condition = threading.Condition()
        self._wish: Wish | None = None
        self._stopping = False
        self._reader: _Reader | None = None
        self._failed = -1

    def want(self, wish: Wish) -> None:
        """Replace the wish in force."""
        with self._condition:
            self._wish = wish
            self._condition.notify()

    def stop(self) -> None:
        """Ask the thread to end; it does so after the block in hand."""
        with self._condition:
            self._stopping = True
            self._condition.notify()

    def run(self) -> None:
        while (wish := self._next()) is not None:
            try:
                self._read_block(wish)
            except SoniqError as error:
                self._give_up(wish, error.sentence)
            except Exception as error:
                # Whatever is wrong with this file must not end the picture of the next one.
                log.warning("Look-ahead failed for %r", wish.path, exc_info=error)
                self._give_up(wish, "This file cannot be read ahead.")
            self.msleep(REST_MS)
        self._close_reader()

    def _next(self) -> Wish | None:
        """Wait until there is something to do; None means stop."""
        with self._condition:
            self._condition.wait_for(lambda: self._stopping or self._has_work())
            return None if self._stopping else self._wish

    def _has_work(self) -> bool:
        wish, reader = self._wish, self._reader
        if wish is None or wish.number == self._failed:
            return False
        return reader is None or reader.number != wish.number or reader.position < wish.end

    def _read_block(self, wish: Wish) -> None:
        if self._reader is None or self._reader.number != wish.number:
            self._close_reader()
            self._reader = _Reader(wish)
        columns = self._reader.read()
        if len(columns):
            self.analysed.emit(wish.number, columns)

    def _give_up(self, wish: Wish, sentence: str) -> None:
        self._failed = wish.number
        self._close_reader()
        self.failed.emit(wish.number, sentence)

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


class _Reader:
    """One open file, read block by block."""

    def __init__(self, wish: Wish) -> None:
        self.number = wish.number
        self._rate = wish.sample_rate
        self._stream = ColumnStream(wish.sample_rate)
        self._decoder = Decoder(wish.path, sample_rate=wish.sample_rate, channels=1)
        first = round(max(0.0, wish.start - LEAD_SECONDS) * wish.sample_rate)
        self._decoder.seek(first)
        self._stream.restart(first)
        self.position = first / wish.sample_rate  # seconds; infinite at the end of the file

    def read(self) -> Columns:
        """The columns of the next block."""
        wanted = round(BLOCK_SECONDS * self._rate)
        block = self._decoder.read(wanted)
        columns = self._stream.push(np.ascontiguousarray(block[:, 0]))
        if len(block) == wanted:
            self.position += BLOCK_SECONDS
            return columns
        self.position = float("inf")
        return columns.followed_by(self._stream.finish())

    def close(self) -> None:
        self._decoder.close()
