"""A player without a sound card: plays samples by a clock that the test turns."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from soniq_desktop.library.records import Tags, Track


class FakeTap:
    """Ring of what was played, like audio.tap.Tap."""

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self.heard = np.zeros(0, np.float32)

    def latest(self, frames: int) -> NDArray[np.float32]:
        padded = np.concatenate([np.zeros(frames, np.float32), self.heard])
        return padded[-frames:]

    def since(self, counter: int) -> tuple[int, NDArray[np.float32]]:
        return len(self.heard), self.heard[counter:]


class FakePlayer(QObject):
    """PlayerService as far as the views need it. `play_on(seconds)` lets time pass."""

    track_changed = Signal(object)
    state_changed = Signal(str)
    position_changed = Signal(float)
    queue_changed = Signal()
    options_changed = Signal()
    message = Signal(str)

    def __init__(self, samples: NDArray[np.float32], sample_rate: int, track: Track | None) -> None:
        super().__init__()
        self.tap: FakeTap | None = FakeTap(sample_rate)
        self._samples, self._rate, self._track = samples, sample_rate, track
        self._at = 0
        self.gain = 1.0
        self.seeks: list[float] = []

    def track(self) -> Track | None:
        return self._track

    def position(self) -> float:
        return self._at / self._rate

    def duration(self) -> float:
        return len(self._samples) / self._rate

    def state(self) -> str:
        return "playing"

    def seek(self, seconds: float) -> None:
        self.seeks.append(seconds)
        self._at = round(seconds * self._rate)
        self.position_changed.emit(seconds)

    def play_on(self, seconds: float) -> None:
        end = min(len(self._samples), self._at + round(seconds * self._rate))
        if self.tap is not None:
            self.tap.heard = np.concatenate([self.tap.heard, self.gain * self._samples[self._at : end]])
        self._at = end


def make_track(path: Path | str, track_id: int = 1, **tags: object) -> Track:
    """A track record over a file."""
    return Track(track_id, str(path), Tags(**{"title": "Tone", "artist": "Test", **tags}))  # type: ignore[arg-type]
