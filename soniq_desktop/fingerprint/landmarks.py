"""Sound in, fingerprint out; at once or as it is decoded."""

import numpy as np
import soxr
from numpy.typing import NDArray

from soniq_desktop.fingerprint.hashes import hash_pairs, pair
from soniq_desktop.fingerprint.layout import COLUMNS, HOP_LENGTH, SAMPLE_RATE
from soniq_desktop.fingerprint.peaks import SECOND, Peaks, Radii, find_peaks, join
from soniq_desktop.fingerprint.records import Fingerprint
from soniq_desktop.fingerprint.spectrum import CONTEXT, FRAME_LENGTH, log_power, whiten

STORED_PEAKS = 8  # of each band and second, for verification
HASHED_PEAKS = 3  # the strongest of those, for the index
FAN = 4  # partners of each
RADII = Radii(bins=9, frames=5, bass_bins=3, bass_frames=8)

_STRETCH = 20 * SECOND  # frames of which peaks are sought at once
_MARGIN = CONTEXT + max(RADII.frames, RADII.bass_frames)  # frames on either side on which they depend


def fingerprint(mono: NDArray[np.float32], sample_rate: int) -> Fingerprint:
    """The landmarks of a whole recording: mono (n,) float32 of any level and rate."""
    printer = Fingerprinter(sample_rate)
    printer.push(mono)
    return printer.finish()


class Fingerprinter:
    """Fingerprints a recording while it is decoded, keeping about 40 s of it in memory.

    The result does not depend on how the sound is cut into blocks: it is processed in stretches of fixed
    length, whatever comes in.
    """

    def __init__(self, sample_rate: int) -> None:
        """Raises ValueError for a rate that is no rate."""
        self._rate = _Rate(sample_rate)
        self._samples = np.zeros(FRAME_LENGTH // 2, np.float32)  # not yet framed; half a window of lead-in
        self._rows = np.empty((0, COLUMNS), np.float32)
        self._first_row = 0  # frame number of _rows[0]
        self._done = 0  # frames of which the peaks are known
        self._peaks: list[Peaks] = []
        self._starts: list[int] = []

    def push(self, mono: NDArray[np.float32]) -> None:
        """The next block (n,) of mono sound. Samples that are not finite count as silence."""
        for block in self._rate.push(mono):
            self._frame(block)
            self._seek_peaks(len(self._rows) + self._first_row - _MARGIN)

    def finish(self) -> Fingerprint:
        """The fingerprint of what was pushed; afterwards the object is spent."""
        for block in self._rate.finish():
            self._frame(block)
        self._frame(np.zeros(FRAME_LENGTH // 2, np.float32))
        frames = len(self._rows) + self._first_row
        self._seek_peaks(frames - frames % _STRETCH)
        if self._done < frames:
            self._take_stretch(frames)
        return _fingerprint_of(join(self._peaks, self._starts), frames) if self._peaks else _nothing(frames)

    def _frame(self, block: NDArray[np.float32]) -> None:
        self._samples = np.concatenate((self._samples, block))
        rows = log_power(self._samples)
        self._samples = self._samples[len(rows) * HOP_LENGTH :]
        self._rows = np.concatenate((self._rows, rows))

    def _seek_peaks(self, frames: int) -> None:
        """Find the peaks of all whole stretches within the first `frames` frames."""
        while self._done + _STRETCH <= frames:
            self._take_stretch(self._done + _STRETCH)

    def _take_stretch(self, end: int) -> None:
        start = self._done - self._first_row
        whitened = whiten(self._rows[: end - self._first_row + _MARGIN])
        frames = slice(start, end - self._first_row)
        self._peaks.append(find_peaks(whitened, STORED_PEAKS, RADII, frames))
        self._starts.append(self._done)
        self._done = end
        spare = max(0, end - _MARGIN - self._first_row)
        self._rows = self._rows[spare:]
        self._first_row += spare


def tame(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """`samples` without what no sound card gives: NaN becomes silence, and all lie within ±1e6."""
    finite: NDArray[np.float32] = np.nan_to_num(
        np.asarray(samples, np.float32), nan=0.0, posinf=0.0, neginf=0.0
    )
    return np.clip(finite, -1e6, 1e6)


class _Rate:
    """Resamples to 11,025 Hz in blocks of one second of input, whatever the blocks that come in."""

    def __init__(self, sample_rate: int) -> None:
        if sample_rate <= 0:
            raise ValueError(f"a sample rate of {sample_rate} Hz")
        self._block = sample_rate
        self._waiting: list[NDArray[np.float32]] = []
        self._count = 0
        same = sample_rate == SAMPLE_RATE
        self._stream = None if same else soxr.ResampleStream(sample_rate, SAMPLE_RATE, 1, "float32", "HQ")

    def push(self, mono: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        self._waiting.append(tame(mono))
        self._count += mono.size
        if self._count < self._block:
            return []
        samples = np.concatenate(self._waiting)
        whole = samples.size - samples.size % self._block
        self._waiting, self._count = [samples[whole:]], samples.size - whole
        return [self._convert(part, last=False) for part in np.split(samples[:whole], whole // self._block)]

    def finish(self) -> list[NDArray[np.float32]]:
        rest = np.concatenate(self._waiting) if self._waiting else np.empty(0, np.float32)
        return [self._convert(rest, last=True)]

    def _convert(self, block: NDArray[np.float32], *, last: bool) -> NDArray[np.float32]:
        if self._stream is None:
            return block
        return np.asarray(self._stream.resample_chunk(block, last=last), np.float32)


def _fingerprint_of(peaks: Peaks, frames: int) -> Fingerprint:
    hashed = peaks.select(peaks.ranks < HASHED_PEAKS)
    pairs = pair(hashed, FAN)
    hashes = hash_pairs(hashed.times, hashed.bins, pairs)
    times = hashed.times[pairs[0]].astype(np.uint32)
    return Fingerprint(frames, peaks.times.astype(np.uint32), peaks.bins.astype(np.uint16), hashes, times)


def _nothing(frames: int) -> Fingerprint:
    none = np.empty(0, np.uint32)
    return Fingerprint(frames, none, np.empty(0, np.uint16), none, none)
