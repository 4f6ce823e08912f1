"""From sound to a ranking of hypotheses: where in which track it is from, and how it was changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import FRAME_SECONDS, HIGHEST_BIN, LOWEST_BIN
from soniq_desktop.fingerprint.matcher import QUERY_FAN, Alignments, align, query_hashes
from soniq_desktop.fingerprint.query import QUERY_PEAKS, View, views_of
from soniq_desktop.fingerprint.segment import Segment
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.fingerprint.verification import Evidence, Fits, Reference, evidence_of, verify
from soniq_desktop.fingerprint.warp import SAME, Warp, align_warped, neighbours

WARPED_BUDGET = 60_000  # of each hypothesis
VERIFIED_FRAMES = 130_000  # alignments times frames that are verified: 1,000 of 3 s, 300 of 10 s
MOST_VERIFIED = 1000
VERIFIED_WARPED = 24
REFINED_WARPED = 6  # of those, at finer steps

_VOTE_WEIGHT = 0.4  # found on queries in noise, see docs/decisions/identify.md
_SMALLEST_SPREAD = 0.3
_FEWEST_OTHERS = 20  # candidates from which to tell what is usual
_KEPT = 64  # hypotheses of each segment


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The query begins at `frame` of a segment's time line, in the track at `track` of that segment.

    Attributes:
        frame: frames of the track, with a fraction.
        support: raw score, on a scale that depends on length and pass; see `calibration`.
        fit: standard deviations of verification.
    """

    segment: Segment
    track: int
    frame: float
    warp: Warp
    support: float
    fit: float

    @property
    def track_id(self) -> int:
        return int(self.segment.track_ids[self.track])

    @property
    def offset_seconds(self) -> float:
        return (self.frame - int(self.segment.starts[self.track])) * FRAME_SECONDS


class Effort(NamedTuple):
    """How hard to look.

    Attributes:
        peaks: of each band and second of the query; `fan`: partners of each.
        budget: postings that may be read: bounds time and memory whatever the library's size.
        places: alignments that are verified.
    """

    peaks: int
    fan: int
    budget: int
    places: int


QUICK = Effort(6, 20, 200_000, 100)  # a thirtieth of the hashes: enough where noise does not drown the music
FULL = Effort(QUERY_PEAKS, QUERY_FAN, 1_000_000, MOST_VERIFIED)


@dataclass(frozen=True, slots=True)
class Heard:
    """A query made ready.

    Attributes:
        views: its spectrograms on several grids; `evidence`: what stands out in them.
        clarity: nepers by which the strongest hundredth of it stands out from the long-term spectrum: about 3
            in noise, 4 among voices, 5 for music alone.
    """

    views: Sequence[View]
    evidence: Evidence
    clarity: float


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found in one query.

    Attributes:
        exact: hypotheses without change of tempo or pitch, best first, one for each track.
        usual: centre and spread of the fits of its candidates, nearly all of which are wrong.
    """

    heard: Heard
    exact: tuple[Hypothesis, ...]
    usual: "Usual"


class Usual(NamedTuple):
    """What is usual among the candidates of a query. Music that is all one chord fits everything a bit."""

    centre: float
    spread: float


_WHERE_FEW = Usual(2.0, 2.0)  # as among many, rather a bit stricter


def hear(samples: NDArray[np.float32]) -> Heard:
    """A query (n,) at 11,025 Hz, ready for any number of searches."""
    views = views_of(samples)
    clarity = float(np.quantile(views[0].whitened[:, LOWEST_BIN:HIGHEST_BIN], 0.99))
    return Heard(views, evidence_of(views), clarity)


def search(heard: Heard, snapshot: Snapshot, effort: Effort = FULL) -> Findings:
    """Look for a query in its original tempo and pitch; `search_warped` may follow."""
    evidence = heard.evidence
    peaks = [view.peaks.select(view.peaks.ranks < effort.peaks) for view in heard.views]
    keep = min(effort.places, VERIFIED_FRAMES // evidence.frames)
    found = align(query_hashes(peaks, effort.fan), snapshot, effort.budget, keep)
    fits = [_verify(evidence, each, SAME) for each in found]
    others = _of_other_tracks(found, fits)
    usual = _usual(np.concatenate([np.empty(0), *(fit.scores for fit in fits)])[others])
    votes = _usual(np.concatenate([np.empty(0), *(each.votes for each in found)])[others])
    hypotheses = [
        hypothesis
        for each, fit in zip(found, fits, strict=True)
        for hypothesis in _hypotheses(each, fit, SAME, _support(fit.scores, each.votes, usual, votes))
    ]
    return Findings(heard, _one_for_each_track(hypotheses), usual)


def search_warped(findings: Findings, snapshot: Snapshot) -> tuple[Hypothesis, ...]:
    """Look for the same query with tempo, pitch or both changed by up to 4.5 %; best first."""
    found = list(align_warped(findings.heard.views[0].peaks, snapshot, WARPED_BUDGET))
    votes = _usual(np.concatenate([np.empty(0), *(alignments.votes for _, alignments in found)]))

    def verified(around: Alignments, warp: Warp) -> list[Hypothesis]:
        fit = _verify(findings.heard.evidence, around, warp)
        return _hypotheses(around, fit, warp, _support(fit.scores, around.votes, findings.usual, votes))

    coarse = [(max(verified(around, warp), key=_by_support), around) for warp, around in _most_voted(found)]
    coarse.sort(key=lambda item: -item[0].support)
    hypotheses = [best for best, _ in coarse]
    for best, around in coarse[:REFINED_WARPED]:
        for finer in neighbours(best.warp):
            hypotheses += verified(around, finer)
    return _one_for_each_track(hypotheses)


def _by_support(hypothesis: Hypothesis) -> float:
    return hypothesis.support


def _most_voted(found: list[tuple[Warp, Alignments]]) -> list[tuple[Warp, Alignments]]:
    """The best alignments of all hypotheses, each with the frames around it."""
    rows = [(warp, each, row) for warp, each in found for row in range(len(each.votes))]
    rows.sort(key=lambda item: -item[1].votes[item[2]])
    return [(warp, _around(each, row)) for warp, each, row in rows[:VERIFIED_WARPED]]


def _around(alignments: Alignments, row: int) -> Alignments:
    frames = alignments.frames[row] + np.arange(-2, 4)
    return Alignments(alignments.segment, frames, np.full(len(frames), alignments.votes[row], np.float32))


def expected_peaks(findings: Findings, hypothesis: Hypothesis) -> Reference:
    """The track's stored peaks as they would lie on the query's grid; all of one stretch."""
    start = np.array([round(hypothesis.frame)])
    return _reference(hypothesis.segment, start, findings.heard.evidence.frames, hypothesis.warp)


def _verify(evidence: Evidence, alignments: Alignments, warp: Warp) -> Fits:
    frames = evidence.frames
    reference = _reference(alignments.segment, alignments.frames, frames, warp)
    return verify(evidence, reference, len(alignments.frames))


def _reference(segment: Segment, starts: NDArray[np.int64], frames: int, warp: Warp) -> Reference:
    """Stored peaks of stretches as they would lie on the query's grid of `frames` frames."""
    owners, times, bins = segment.reference_peaks(starts, int(frames * warp.tempo))
    if warp == SAME:
        return Reference(owners, times, bins)
    times = np.minimum(np.rint(times / warp.tempo).astype(np.int64), frames - 1)
    bins = np.rint(bins * warp.pitch).astype(np.int64)
    inside = (bins < HIGHEST_BIN) & (bins >= LOWEST_BIN)
    return Reference(owners[inside], times[inside], bins[inside])


def _of_other_tracks(found: list[Alignments], fits: list[Fits]) -> NDArray[np.bool_]:
    """Which candidates (n,) are not of the track that fits best: a loop fits itself in a hundred places."""
    tracks = [each.segment.track_ids[each.segment.track_at(each.frames)] for each in found]
    owners = np.concatenate([np.empty(0, np.int64), *tracks])
    scores = np.concatenate([np.empty(0), *(fit.scores for fit in fits)])
    return owners != owners[scores.argmax()] if len(scores) else np.zeros(0, np.bool_)


def _usual(values: NDArray[np.float64]) -> Usual:
    """Mean and standard deviation without the largest 5 %, which may be right."""
    if len(values) < _FEWEST_OTHERS:
        return _WHERE_FEW
    wrong = values[values <= np.quantile(values, 0.95)]
    return Usual(float(wrong.mean()), float(wrong.std()) + _SMALLEST_SPREAD)


def _support(
    fits: NDArray[np.float64], votes: NDArray[np.float32], usual_fit: Usual, usual_votes: Usual
) -> NDArray[np.float64]:
    """Raw score (n,): how far fit and votes stand out among those of the query's candidates."""
    fit = (fits - usual_fit.centre) / usual_fit.spread
    vote = (votes - usual_votes.centre) / usual_votes.spread
    return np.asarray(fit + _VOTE_WEIGHT * vote, np.float64)


def _hypotheses(
    alignments: Alignments, fits: Fits, warp: Warp, supports: NDArray[np.float64]
) -> list[Hypothesis]:
    """The best few of one segment."""
    segment = alignments.segment
    order = np.argsort(-supports)[:_KEPT]
    tracks = np.maximum(segment.track_at(alignments.frames[order]), 0)
    frames = alignments.frames[order] - fits.delays[order] * warp.tempo
    return [
        Hypothesis(segment, int(track), float(frame), warp, float(supports[row]), float(fits.scores[row]))
        for row, track, frame in zip(order, tracks, frames, strict=True)
    ]


def _one_for_each_track(hypotheses: list[Hypothesis]) -> tuple[Hypothesis, ...]:
    best: dict[int, Hypothesis] = {}
    for hypothesis in sorted(hypotheses, key=lambda each: -each.support):
        best.setdefault(hypothesis.track_id, hypothesis)
    return tuple(best.values())
