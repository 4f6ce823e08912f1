"""What the process that learns the map says; importable without what it works with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the layout is.

    Attributes:
        stage: what is being done, a few plain words.
        share: 0 to 1, None where that is not known.
        songs: how many it is learned from; 0 while they are being read.
    """

    stage: str
    share: float | None
    songs: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of it: `sentence` says what went wrong, empty where the layout is on the disk."""

    sentence: str = ""
