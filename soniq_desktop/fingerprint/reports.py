"""What the window and the process that listens say to each other: small plain values through a pipe."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.capture import InputDevice
from soniq_desktop.fingerprint.records import EvidencePeak, Match, NoMatch

BANDS = 60  # of the level ring


# Commands


@dataclass(frozen=True, slots=True)
class LookForDevices:
    """Answered by `Devices`."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Listen to an input: until it is sure, or (`keep`) until `Stop`. `device` None: the default."""

    device: str | None
    keep: bool
    clip: str  # where to put the sound when nothing was recognised


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Identify a clip; a longer file (a mix) gives a set list."""

    path: str
    clip: str


@dataclass(frozen=True, slots=True)
class Stop:
    """End what runs. Answered by `Ended`."""


Command: TypeAlias = LookForDevices | Listen | ReadFile | Stop


# Reports


@dataclass(frozen=True, slots=True)
class Devices:
    """What can be recorded from now."""

    devices: tuple[InputDevice, ...]


@dataclass(frozen=True, slots=True)
class Hearing:
    """Some ten times a second while listening.

    Attributes:
        elapsed: seconds heard in this question; `total` is known for files.
        level: dB relative to full scale, root mean square.
        bands: (BANDS,) uint8, loudness from low to high, 0 at -72 dB and 255 at 0 dB.
        times, hertz: (n,) float32, peaks newly heard, by the clock of `elapsed`.
        evidence: the leading candidate's peaks, where they changed; None otherwise.
    """

    elapsed: float
    level: float
    bands: NDArray[np.uint8]
    times: NDArray[np.float32]
    hertz: NDArray[np.float32]
    evidence: tuple[EvidencePeak, ...] | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Identified:
    """A track was recognised.

    Attributes:
        heard: seconds that it took.
        started: `time.monotonic()` of the moment to which `match.offset_seconds` belongs; None for a file.
        at: seconds from the start of the recording or file to that moment.
    """

    match: Match
    heard: float
    started: float | None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing was recognised; `clip` is the WAV file with what was heard, or an empty string."""

    result: NoMatch
    heard: float
    clip: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """It cannot go on. `kind` as in InputDeviceError, "file" or "error"."""

    kind: str
    sentence: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Listened:
    """A track of a set list, seconds on the recording's or file's own clock."""

    begins: float
    ends: float
    track_id: int
    offset: float  # seconds into the track at `begins`
    confidence: float
    false_alarm_rate: float
    times: int = 1  # how many stretches agreed


@dataclass(frozen=True, slots=True)
class SetListed:
    """The set list so far; `done` is the share of the file, None while listening."""

    entries: tuple[Listened, ...] = field(default=())
    done: float | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing runs any more."""


Report: TypeAlias = Devices | Hearing | Identified | Unknown | Trouble | SetListed | Ended
