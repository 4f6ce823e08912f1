"""What the progress strip shows, and how its figures are kept from jumping."""

from dataclasses import dataclass, replace
from typing import Literal

from soniq_desktop.analysis.runner import ListenProgress
from soniq_desktop.library.scanner import ScanProgress

Stage = Literal["scan", "tags", "listen", "compare"]
TITLES: dict[Stage, str] = {
    "scan": "Looking for files",
    "tags": "Reading tags",
    "listen": "Listening",
    "compare": "Hearing by the sound model",
}
SMOOTHING = 0.15  # weight of a new estimate of the time left


@dataclass(frozen=True, slots=True)
class Progress:
    """Where background work stands.

    Attributes:
        stage: "scan" (looking for files), "tags", "listen" or "compare" (a chosen sound model hears songs);
            `title` is its name for people.
        done, total: files; total is 0 while it is not known.
        item: path of a file in hand, or an empty string.
        rate: files a second.
        seconds_left: None while it is not known.
    """

    stage: Stage
    done: int
    total: int
    item: str = ""
    rate: float = 0.0
    seconds_left: float | None = None
    paused: bool = False

    @property
    def title(self) -> str:
        return TITLES[self.stage]


def of_scan(progress: ScanProgress) -> Progress:
    """A scan's progress as the window shows it."""
    return Progress(
        "tags" if progress.total else "scan",
        progress.done,
        progress.total,
        progress.item,
        progress.rate,
        progress.seconds_left,
        progress.paused,
    )


def of_listening(progress: ListenProgress, stage: Stage = "listen") -> Progress:
    """A listening pass's progress as the window shows it."""
    item = progress.items[0] if progress.items else ""
    return Progress(
        stage,
        progress.done,
        progress.total,
        item,
        progress.rate,
        progress.seconds_left,
        progress.paused,
    )


def smoothed(new: Progress, old: Progress | None, elapsed: float) -> Progress:
    """`new` with a time left that moves slowly away from the last one, which is `elapsed` seconds old."""
    if old is None or old.stage != new.stage or old.seconds_left is None or not new.seconds_left:
        return new
    expected = max(0.0, old.seconds_left - (0.0 if new.paused else elapsed))
    return replace(new, seconds_left=expected + SMOOTHING * (new.seconds_left - expected))
