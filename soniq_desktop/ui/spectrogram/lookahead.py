"""Decodes the neighbourhood of the playhead in a thread, so that the picture is full at once and shows what comes.

A second decode of the same file costs little: about 1 % of a core while playing, since decoding runs at hundreds of
times real time and the analysis takes 0.15 ms a column.
"""

import threading
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from soniq_desktop.analysis.live.stream import ColumnStream
from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic

BLOCK_SECONDS = 0.5
LEAD_SECONDS = 0.2  # decoded before the wanted time: the first windows must be whole
REST_MS = 2  # between blocks, so that the GUI thread gets the interpreter in time

log = topic("live")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stretch of a file, in seconds, and the rate at which to analyse it."""

    path: str
    sample_rate: int
    start: float
    end: float


class LookAhead(QThread):
    """Emits the columns of what `want` asks for, in the order of time. A newer wish replaces the older one."""

    analysed = Signal(str, object)  # path, Columns
    failed = Signal(str, str)  # path, sentence

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("live-lookahead")
        self._condition = threading.Condition()
        self._wanted: Wanted | None = None
        self._stopping = False
        self._reader: _Reader | None = None
        self._broken: str | None = None

    def want(self, wanted: Wanted) -> None:
        """Analyse this stretch; what follows on from the last one is not computed again."""
        with self._condition:
            self._wanted = wanted
            self._condition.notify()

    def stop(self) -> None:
        """Ask the thread to end; it does so after the block in hand."""
        with self._condition:
            self._stopping = True
            self._condition.notify()

    def run(self) -> None:
        while (wanted := self._next_wish()) is not None:
            try:
                self._read_block(wanted)
            except SoniqError as error:
                self._give_up(wanted, error.sentence)
            except Exception as error:  # noqa: BLE001 - a strange file must not end the picture of the next one
                log.warning("Look-ahead failed for %r", wanted.path, exc_info=error)
                self._give_up(wanted, "This file cannot be read ahead.")
            self.msleep(REST_MS)
        self._close_reader()

    def _next_wish(self) -> Wanted | None:
        """Wait until there is something to do; None means stop."""
        with self._condition:
            self._condition.wait_for(lambda: self._stopping or self._has_work())
            return None if self._stopping else self._wanted

    def _has_work(self) -> bool:
        wanted = self._wanted
        if wanted is None or wanted.path == self._broken:
            return False
        reader = self._reader
        return reader is None or not reader.continues(wanted) or reader.position < wanted.end

    def _read_block(self, wanted: Wanted) -> None:
        if self._reader is None or not self._reader.continues(wanted):
            self._close_reader()
            self._reader = _Reader(wanted)
            self._broken = None
        columns = self._reader.read()
        if len(columns):
            self.analysed.emit(wanted.path, columns)

    def _give_up(self, wanted: Wanted, sentence: str) -> None:
        self._broken = wanted.path
        self._close_reader()
        self.failed.emit(wanted.path, sentence)

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


class _Reader:
    """One open file, read block by block from a starting point."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._decoder = Decoder(wanted.path, sample_rate=wanted.sample_rate, channels=1)
        self._stream = ColumnStream(wanted.sample_rate)
        self.start = max(0.0, wanted.start - LEAD_SECONDS)
        first = round(self.start * wanted.sample_rate)
        self._decoder.seek(first)
        self._stream.restart(first)
        self.position = self.start

    def continues(self, wanted: Wanted) -> bool:
        """Whether `wanted` can be had by reading on."""
        same = (wanted.path, wanted.sample_rate) == (self._wanted.path, self._wanted.sample_rate)
        return same and self.start <= wanted.start <= self.position

    def read(self):  # type: ignore[no-untyped-def]  # noqa: ANN201
        """The next columns; at the end of the file the position becomes infinite."""
        block = self._decoder.read(round(BLOCK_SECONDS * self._wanted.sample_rate))
        columns = self._stream.push(np.ascontiguousarray(block[:, 0]))
        self.position += len(block) / self._wanted.sample_rate
        if len(block) < round(BLOCK_SECONDS * self._wanted.sample_rate):
            self.position = float("inf")
        return columns

    def close(self) -> None:
        self._decoder.close()
