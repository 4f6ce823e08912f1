"""Identify what is heard among the tracks of the library, or say that it is not there."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint import calibration
from soniq_desktop.fingerprint.layout import FRAME_SECONDS, SAMPLE_RATE, hertz_of
from soniq_desktop.fingerprint.query import single_channel, to_grid_rate
from soniq_desktop.fingerprint.records import Candidate, EvidencePeak, Match, NoMatch
from soniq_desktop.fingerprint.repetition import stands_alone
from soniq_desktop.fingerprint.search import (
    FULL,
    QUICK,
    Findings,
    Hypothesis,
    expected_peaks,
    hear,
    search,
    search_warped,
)
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.fingerprint.unexplained import explains_enough
from soniq_desktop.fingerprint.unusable import clipping, unusable
from soniq_desktop.fingerprint.verification import heard_at

LONGEST_QUERY = 15.0  # seconds; of a longer clip the loudest part is used
LOOKS = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)  # seconds at which a stream is searched
LOOK_RATE = calibration.ALLOWED_RATE / (len(LOOKS) + 1)  # false alarms allowed at each, and at the end
CLEAR_RATE = 1e-5  # false alarms: the original tempo and pitch are clear, nothing else is tried
CERTAIN_RATE = 1e-7  # false alarms: so rare that music which repeats itself is named as well
ALTERNATIVES = 5

NOT_FOUND = "This does not seem to be in your library."
CLIPPED = "The recording is badly clipped. Turn the microphone down and try again."
EMPTY = "No track of your library has been listened to yet, so there is nothing to compare with."

Ranking: TypeAlias = tuple[tuple[float, Hypothesis], ...]  # rates of false alarm, best first


class Identifier:
    """Answers from the index as it is when asked. For worker processes: it imports scipy."""

    def __init__(self, store: FingerprintStore) -> None:
        self._store = store

    def identify(self, samples: NDArray[np.float32], sample_rate: int) -> Match | NoMatch:
        """Name the track that a clip (n,) or (n, channels) is from, any level, any rate.

        At most 0.5 % of clips of unknown music are given a name. Nothing is raised for bad sound: the reason
        of `NoMatch` is a sentence for the user.
        """
        reason = unusable(samples, sample_rate)
        if reason:
            return NoMatch(reason)
        mono = single_channel(samples)
        start = _loudest_start(mono, sample_rate)
        part = mono[start : start + round(LONGEST_QUERY * sample_rate)]
        verdict = _verdict(to_grid_rate(part, sample_rate), self._store.snapshot())
        return verdict.answer(calibration.ALLOWED_RATE, mono, start / sample_rate)

    def stream(self, sample_rate: int) -> "Listening":
        """A question that is asked while it is heard."""
        return Listening(self._store, sample_rate)


class Listening:
    """One question, fed with blocks of mono sound; it answers as soon as it is sure.

    It looks at several lengths, and each look is one more chance to be wrong. So each may use only its part
    of the false alarms allowed, and their sum stays within it.
    """

    def __init__(self, store: FingerprintStore, sample_rate: int) -> None:
        self._store = store
        self._sample_rate = sample_rate
        self._blocks: list[NDArray[np.float32]] = []
        self._seconds = 0.0
        self._next = 0
        self._verdict: Verdict | None = None
        self._answer: Match | None = None

    def push(self, block: NDArray[np.float32]) -> Match | None:
        """The next block (n,) or (n, channels). The match, from the first push at which it is sure."""
        if self._answer is None and self._seconds < LONGEST_QUERY:
            self._blocks.append(block)
            self._seconds += len(block) / self._sample_rate
            if self._next < len(LOOKS) and self._seconds >= LOOKS[self._next]:
                self._look()
        return self._answer

    def finish(self) -> Match | NoMatch:
        """The answer to all that was heard."""
        if self._answer is not None:
            return self._answer
        samples = self._heard()
        reason = unusable(samples, self._sample_rate)
        if reason:
            return NoMatch(reason)
        mono = single_channel(samples)
        return self._search(mono).answer(LOOK_RATE, mono, 0.0)

    def leading(self) -> tuple[EvidencePeak, ...]:
        """Peaks of the leading candidate at the last look, and which of them were heard."""
        return self._verdict.evidence() if self._verdict is not None else ()

    def _look(self) -> None:
        while self._next < len(LOOKS) and self._seconds >= LOOKS[self._next]:
            self._next += 1
        samples = self._heard()
        if unusable(samples, self._sample_rate):
            return
        mono = single_channel(samples)
        answer = self._search(mono).answer(LOOK_RATE, mono, 0.0)
        self._answer = answer if isinstance(answer, Match) else None

    def _search(self, mono: NDArray[np.float32]) -> "Verdict":
        samples = to_grid_rate(mono[: round(LONGEST_QUERY * self._sample_rate)], self._sample_rate)
        self._verdict = _verdict(samples, self._store.snapshot())
        return self._verdict

    def _heard(self) -> NDArray[np.float32]:
        return np.concatenate(self._blocks) if self._blocks else np.empty(0, np.float32)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hypotheses with their rates of false alarm, best first, one for each track."""

    findings: Findings | None
    ranking: Ranking

    def answer(self, allowed: float, mono: NDArray[np.float32], start: float) -> Match | NoMatch:
        """What to say when `allowed` of unknown clips may be named; `start`: seconds cut off before."""
        if self.findings is None:
            return NoMatch(EMPTY)
        others = tuple(_candidate(rate, each, start) for rate, each in self.ranking[1 : ALTERNATIVES + 1])
        if not self.ranking or self.ranking[0][0] > allowed:
            best = tuple(_candidate(rate, each, start) for rate, each in self.ranking[:1])
            likeness = calibration.confidence(self.ranking[0][0]) if self.ranking else 0.0
            return NoMatch(CLIPPED if clipping(mono) else NOT_FOUND, likeness, best + others)
        rate, best_one = self.ranking[0]
        return Match(
            best_one.track_id,
            best_one.offset_seconds - start * best_one.warp.tempo,
            best_one.warp.tempo,
            best_one.warp.pitch,
            calibration.confidence(rate),
            rate,
            others,
            self.evidence(),
        )

    def evidence(self) -> tuple[EvidencePeak, ...]:
        if self.findings is None or not self.ranking:
            return ()
        return _evidence(self.findings, self.ranking[0][1])


def _evidence(findings: Findings, best: Hypothesis) -> tuple[EvidencePeak, ...]:
    """The track's stored peaks on the query's own axes, and which of them were heard."""
    peaks = expected_peaks(findings, best)
    heard = heard_at(findings.heard.evidence, peaks)
    seconds, hertz = peaks.frames * FRAME_SECONDS, hertz_of(peaks.bins)
    return tuple(
        EvidencePeak(*row) for row in zip(seconds.tolist(), hertz.tolist(), heard.tolist(), strict=True)
    )


def _verdict(samples: NDArray[np.float32], snapshot: Snapshot) -> Verdict:
    """Search `samples` (n,) at 11,025 Hz quickly, thoroughly, at other tempos and pitches, until it is clear.

    The quick search looks at fewer places, so the wrong ones among them score no higher than those of the
    thorough one, for which the rates of false alarm were measured.
    """
    if not any(segment.alive.any() for segment in snapshot.segments):
        return Verdict(None, ())
    seconds = len(samples) / SAMPLE_RATE
    heard = hear(samples)
    for effort in (QUICK, FULL):
        findings = search(heard, snapshot, effort)
        ranking = _doubted(findings, _ranked(findings.exact, seconds, heard.clarity))
        if ranking and ranking[0][0] <= CLEAR_RATE:
            return Verdict(findings, ranking)
    everything = (*findings.exact, *search_warped(findings, snapshot))
    return Verdict(findings, _doubted(findings, _ranked(everything, seconds, heard.clarity)))


def _doubted(findings: Findings, ranking: Ranking) -> Ranking:
    """The same with what would be named, but does not convince, as likely wrong as anything."""
    rated = [
        (1.0 if rate <= calibration.ALLOWED_RATE and not _convinces(findings, each, rate) else rate, each)
        for rate, each in ranking
    ]
    return tuple(sorted(rated, key=lambda item: item[0]))


def _convinces(findings: Findings, hypothesis: Hypothesis, rate: float) -> bool:
    """Not where too much is left unexplained, nor where what fits may be a loop that others have as well."""
    alone = rate <= CERTAIN_RATE or stands_alone(findings, hypothesis)
    return alone and explains_enough(findings, hypothesis)


def _ranked(hypotheses: tuple[Hypothesis, ...], seconds: float, clarity: float) -> Ranking:
    rated = [(calibration.false_alarm_rate(each, seconds, clarity), each) for each in hypotheses]
    rated.sort(key=lambda item: (item[0], -item[1].support))
    best: dict[int, tuple[float, Hypothesis]] = {}
    for rate, each in rated:
        best.setdefault(each.track_id, (rate, each))
    return tuple(best.values())


def _candidate(rate: float, hypothesis: Hypothesis, start: float) -> Candidate:
    offset = hypothesis.offset_seconds - start * hypothesis.warp.tempo
    return Candidate(hypothesis.track_id, offset, calibration.score(rate))


def _loudest_start(mono: NDArray[np.float32], sample_rate: int) -> int:
    """First sample of the loudest `LONGEST_QUERY` seconds, in steps of a second; 0 for a short clip."""
    seconds = mono.size // sample_rate
    length = round(LONGEST_QUERY)
    if seconds <= length:
        return 0
    energy = np.square(mono[: seconds * sample_rate].reshape(seconds, sample_rate)).sum(axis=1)
    sums = np.convolve(energy, np.ones(length), mode="valid")
    return int(np.argmax(sums)) * sample_rate
