"""A time-stamped list of tracks from many short answers."""

from collections.abc import Sequence
from dataclasses import replace

from soniq_desktop.fingerprint.records import Match
from soniq_desktop.fingerprint.reports import Listened

SAME_PLACE = 4.0  # seconds by which two answers may differ and still be one uninterrupted play
SAME_PLAY = 45.0  # seconds without an answer after which the same track counts as played again
SURE = 1e-4  # false alarms a query below which one answer is enough


def extended(entries: Sequence[Listened], at: float, length: float, match: Match) -> tuple[Listened, ...]:
    """The list after another answer: the stretch from `at`, `length` seconds long, is `match`."""
    new = Listened(
        begins=at,
        ends=at + length,
        track_id=match.track_id,
        offset=match.offset_seconds,
        confidence=match.confidence,
        false_alarm_rate=match.false_alarm_rate,
    )
    if not entries or not _continues(entries[-1], new, match.tempo_ratio):
        return (*entries, new)
    last = entries[-1]
    merged = replace(
        last,
        ends=max(last.ends, new.ends),
        confidence=max(last.confidence, new.confidence),
        false_alarm_rate=min(last.false_alarm_rate, new.false_alarm_rate),
        times=last.times + 1,
    )
    return (*entries[:-1], merged)


def _continues(last: Listened, new: Listened, tempo_ratio: float) -> bool:
    if last.track_id != new.track_id or new.begins - last.ends > SAME_PLAY:
        return False
    expected = last.offset + (new.begins - last.begins) * tempo_ratio
    drift = 0.02 * (new.begins - last.begins)  # a deck's pitch slider was moved meanwhile
    return abs(new.offset - expected) < SAME_PLACE + drift


def is_certain(entry: Listened) -> bool:
    """Heard twice in agreement, or once beyond doubt: in hours of unknown music single answers err."""
    return entry.times > 1 or entry.false_alarm_rate <= SURE
