"""Answers to "what is playing?", with their tracks: plain values for the window."""

import time
from dataclasses import dataclass

from soniq_desktop.fingerprint.records import Candidate, Match, NoMatch
from soniq_desktop.fingerprint.reports import Listened
from soniq_desktop.library.identifications import Identification
from soniq_desktop.library.records import Track

SAME_PLACE = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """A recognised track. `alternatives` are the other candidates that are in the library."""

    track: Track
    match: Match
    heard: float  # seconds that it took
    started: float | None  # time.monotonic() to which match.offset_seconds belongs; None for a file
    alternatives: tuple[tuple[Track, Candidate], ...] = ()

    def live_position(self) -> float:
        """Seconds into the track that sound in the room now; for a file, where the clip begins."""
        offset = self.match.offset_seconds
        if self.started is not None:
            offset += (time.monotonic() - self.started) * self.match.tempo_ratio
        return min(max(0.0, offset), max(0.0, self.track.tags.duration - 1.0))

    def ended(self) -> bool:
        """Whether the track must be over in the room by now."""
        if self.started is None:
            return False
        passed = (time.monotonic() - self.started) * self.match.tempo_ratio
        return self.match.offset_seconds + passed > self.track.tags.duration


@dataclass(frozen=True, slots=True)
class Miss:
    """Nothing was recognised."""

    result: NoMatch
    heard: float
    clip: str


@dataclass(frozen=True, slots=True)
class SetListLine:
    """A track of a set list with its row of the library."""

    entry: Listened
    track: Track


def same_play(one: Answer, other: Answer) -> bool:
    """Whether both are the same track, still running: one entry of the history is enough."""
    near = abs(one.live_position() - other.live_position()) < SAME_PLACE
    return one.track.id == other.track.id and one.started is not None and near


def history_entry(answer: Answer, source: str) -> Identification:
    """What the history keeps of an answer."""
    track, match = answer.track, answer.match
    return Identification(
        at=time.time(),
        source=source,
        heard=answer.heard,
        title=track.title,
        artist=track.artist,
        path=track.path,
        audio_hash=track.audio_hash,
        offset=match.offset_seconds,
        confidence=match.confidence,
        false_alarm_rate=match.false_alarm_rate,
    )
