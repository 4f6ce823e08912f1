"""What the fingerprint engine takes and gives: plain values, no files and no Qt."""

from dataclasses import dataclass

from soniq_desktop.library.records import Fingerprint

__all__ = ["Candidate", "EvidencePeak", "Fingerprint", "Match", "NoMatch"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A track that may be it. `score` is on one scale for all lengths: 0 is the accept threshold."""

    track_id: int
    offset_seconds: float
    score: float


@dataclass(frozen=True, slots=True)
class EvidencePeak:
    """One peak of the leading candidate on the query's own time axis, and whether it was heard there."""

    seconds: float
    hertz: float
    matched: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A track of the library was recognised.

    Attributes:
        offset_seconds: place in the track where the query begins; negative where it begins before the track.
        tempo_ratio: how fast the query runs through the track (1.02: two per cent faster).
        pitch_ratio: how high the query sounds against the track.
        confidence: 0..1, probability that the answer is right, given as many unknown as known queries.
        false_alarm_rate: share of queries that are not in the library but would score as high as this.
    """

    track_id: int
    offset_seconds: float
    tempo_ratio: float
    pitch_ratio: float
    confidence: float
    false_alarm_rate: float
    alternatives: tuple[Candidate, ...] = ()
    evidence: tuple[EvidencePeak, ...] = ()


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Nothing was recognised. `reason` is a plain sentence; `best_guess_similarity` is 0..1."""

    reason: str
    best_guess_similarity: float = 0.0
    alternatives: tuple[Candidate, ...] = ()
