"""What the player tells; told on the player's own thread."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from soniq_desktop.audio.devices import Device
from soniq_desktop.audio.timeline import Playback

PlayerState = Literal["stopped", "playing", "paused"]
Ended = Literal["finished", "part", "skipped"]

HEARD_AT_LEAST = 1.0  # seconds; less is passing by, not listening
SKIPPED_BELOW = 30.0  # seconds; leaving later than this, or after half of the track, was listening


@dataclass(frozen=True, slots=True)
class TrackChanged:
    """Another track sounds (or is loaded, paused); None when the queue has ended."""

    track: int | None


@dataclass(frozen=True, slots=True)
class StateChanged:
    state: PlayerState


@dataclass(frozen=True, slots=True)
class QueueMoved:
    """The current index changed because the player went on by itself."""


@dataclass(frozen=True, slots=True)
class Message:
    """A plain sentence for the user."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Played:
    """A track was heard and has ended or was left."""

    track: int
    entry: int
    started_at: float  # Unix seconds
    seconds_heard: float  # sound that came out, however often the listener jumped
    ended: Ended
    position: float  # seconds, where in the track


@dataclass(frozen=True, slots=True)
class DevicesChanged:
    devices: tuple[Device, ...]
    using: str | None  # name of the open output; None while none is open


Event: TypeAlias = TrackChanged | StateChanged | QueueMoved | Message | Played | DevicesChanged


def played(playback: Playback, position: float, *, by_itself: bool, moved_on: bool) -> Played | None:
    """The listening event of a playback that is over; None where it was only passed by."""
    if playback.heard < HEARD_AT_LEAST and not by_itself:
        return None
    return Played(
        track=playback.source.track,
        entry=playback.entry,
        started_at=playback.started_at,
        seconds_heard=playback.heard,
        ended=how_it_ended(playback, by_itself=by_itself, moved_on=moved_on),
        position=position,
    )


def how_it_ended(playback: Playback, *, by_itself: bool, moved_on: bool) -> Ended:
    """Finished: it came to its end. Skipped: the listener moved on early. Part: everything else."""
    if by_itself:
        return "finished"
    early = playback.heard < SKIPPED_BELOW and playback.heard < playback.duration / 2
    return "skipped" if moved_on and early else "part"
