"""Why a track is recommended: sentences that are true, about facets that its rank really depends on.

A facet is named only if both hold:
- something measured about it can be said ("same key (8A)"), and both measurements are sure enough;
- with the facet taken away, the track ranks lower, by `CLEARLY` places, among all tracks that could have been
  recommended (a single place may be an accident of variety and caps, which come later). Where no single facet
  decides, the smallest combination that does is named; where none does, nothing is claimed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.music import Mode, camelot
from soniq_desktop.discovery.facets import FACETS, Array, Comparison, octaves_between, wheel_steps
from soniq_desktop.discovery.sounds import Mask, Point, Sounds

THIN = "\u202f"  # before a unit: narrow, and no line break
# Confidence from which on a tempo or a key is stated; a key's is the share of such keys that are right.
SURE = {"tempo_confidence": 0.25, "key_confidence": 0.6}
MOST_CLAUSES = 3
CLEARLY = 3  # places that a track must fall without what is named
NAMED_TAGS = 3  # strongest tags of a track
LEAST_SHARE = 0.08  # of a tag that is named, in the sum of all scores
CLOSE_TIMBRE = 0.75  # share of the library that must be less alike


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one track, against one point.

    Attributes:
        named: the facets that the sentence speaks of; taking them away lowers the rank.
        joint: they do so only together.
        sentence: plain words with the measured values.
        shares: share of each facet in what lifts the track above the average; the facets that do sum to 1,
            the others are 0.
        similarities: of each facet, 0 to 1.
    """

    named: tuple[str, ...]
    joint: bool
    sentence: str
    shares: dict[str, float]
    similarities: dict[str, float]


class Ranking:
    """What reasons are tested against: the comparison, who could have been chosen, and what was taken off."""

    def __init__(self, comparison: Comparison, eligible: Mask, penalty: Array | float = 0.0) -> None:
        self.comparison, self.eligible, self.penalty = comparison, eligible, penalty
        self._scores: dict[tuple[int, ...], tuple[Array, Array]] = {}  # of all, of the eligible

    def rank(self, row: int, without: tuple[int, ...] = ()) -> int:
        """How many eligible tracks come before this row, with these facets taken away."""
        if without not in self._scores:
            scores = self.comparison.without(without) - self.penalty
            self._scores[without] = scores, scores[self.eligible]
        scores, others = self._scores[without]
        return int(np.count_nonzero(others > scores[row]))


def explain(sounds: Sounds, point: Point, ranking: Ranking, row: int, tags: tuple[str, ...]) -> Reason:
    """The reason for one recommended row."""
    lifted = ranking.comparison.contributions(np.array([row]))[0]
    said = {
        facet: CLAUSES[name](sounds, point, row, tags)
        if name in CLAUSES
        else timbre_clause(ranking.comparison, row)
        for facet, name in enumerate(FACETS)
    }
    order = [int(f) for f in np.argsort(-lifted) if lifted[f] > 0 and said[int(f)]]
    named, joint = deciding(ranking, row, order)
    clauses = [said[facet] for facet in named]
    up = np.maximum(lifted, 0)
    total = float(up.sum()) or 1.0
    return Reason(
        tuple(FACETS[facet] for facet in named),
        joint,
        sentence(clauses, ranking.comparison.score(row)),
        {name: float(value) / total for name, value in zip(FACETS, up, strict=True)},
        {name: float(value) for name, value in zip(FACETS, ranking.comparison.values[row], strict=True)},
    )


def deciding(ranking: Ranking, row: int, facets: list[int]) -> tuple[tuple[int, ...], bool]:
    """Of `facets`, largest first: those on which the rank depends, and whether only together."""
    before = ranking.rank(row) + CLEARLY - 1
    alone = tuple(f for f in facets if ranking.rank(row, (f,)) > before)
    if alone:
        return alone[:MOST_CLAUSES], False
    for size in range(2, min(MOST_CLAUSES, len(facets)) + 1):
        for several in combinations(facets, size):
            if ranking.rank(row, several) > before:
                return several, True
    return (), False


def sentence(clauses: list[str], score: float) -> str:
    """Clauses as one sentence; without any, one that claims nothing but the similarity as a whole."""
    if not clauses:
        return f"Similar as a whole ({100 * score:.0f}{THIN}%); no single quality decides"
    joined = ", ".join(clauses)
    return joined[0].upper() + joined[1:]


def timbre_clause(comparison: Comparison, row: int) -> str:
    cosines = comparison.cosines
    if np.isnan(cosines[row]):
        return ""
    closer = np.count_nonzero(cosines < cosines[row] - 1e-6) / np.count_nonzero(~np.isnan(cosines))
    if closer < CLOSE_TIMBRE:
        return ""
    return f"timbre closer than {min(int(100 * closer), 99)}{THIN}% of songs"


def rhythm_clause(sounds: Sounds, point: Point, row: int, _tags: tuple[str, ...]) -> str:
    tempo = float(sounds.columns["tempo"][row])
    octaves = _octaves(sounds, point, row, "tempo")
    if sure(sounds, point, row, "tempo_confidence") and not np.isnan(octaves):
        change, bpm = 100 * (2**octaves - 1), f"({tempo:.0f}{THIN}BPM)"
        if abs(change) < 0.5:
            return f"same tempo {bpm}"
        if abs(change) <= 8.5:
            return f"{'+' if change > 0 else '−'}{abs(change):.0f}{THIN}% tempo {bpm}"
        if abs(abs(octaves) - 1) < 0.06:
            return f"{'double' if octaves > 0 else 'half'} the tempo {bpm}"
    if abs(_octaves(sounds, point, row, "onset_rate")) < 0.2:
        return f"as many onsets ({sounds.columns['onset_rate'][row]:.1f} a second)"
    return ""


def harmony_clause(sounds: Sounds, point: Point, row: int, _tags: tuple[str, ...]) -> str:
    key, minor = (float(sounds.columns[name][row]) for name in ("key", "minor"))
    steps = wheel_steps(np.array([key]), np.array([minor]), point.values["key"], point.values["minor"])[0]
    if np.isnan(steps) or steps > 1 or not sure(sounds, point, row, "key_confidence"):
        return ""
    mode: Mode = "minor" if minor else "major"
    relation = "same" if steps == 0 else "neighbouring" if minor == point.values["minor"] else "relative"
    return f"{relation} key ({camelot(int(key), mode)})"


def energy_clause(sounds: Sounds, point: Point, row: int, _tags: tuple[str, ...]) -> str:
    """The closest of energy, loudness and brightness, if it is close."""
    energy, loudness, bright = (float(sounds.columns[n][row]) for n in ("energy", "loudness", "brightness"))
    level = "high" if energy >= 2 / 3 else "low" if energy <= 1 / 3 else "medium"
    options = [
        (abs(energy - point.values["energy"]) / 0.1, f"similarly {level} energy ({100 * energy:.0f}{THIN}%)"),
        (abs(loudness - point.values["loudness"]) / 2, f"as loud ({_signed(loudness)}{THIN}LUFS)"),
        (abs(_octaves(sounds, point, row, "brightness")) / 0.2, f"as bright ({bright:,.0f}{THIN}Hz)"),
    ]
    close = [option for option in options if option[0] <= 1]  # NaN is not
    return min(close)[1] if close else ""


def mood_clause(sounds: Sounds, point: Point, row: int, tags: tuple[str, ...]) -> str:
    if point.mood is None or not sounds.has_mood[row]:
        return ""
    common = [tags[tag] for tag in _strongest(sounds.moods[row]) if tag in _strongest(point.mood)]
    return f"both {', '.join(name.lower() for name in common)} by their tags" if common else ""


Clause = Callable[[Sounds, Point, int, tuple[str, ...]], str]

CLAUSES: dict[str, Clause] = {  # timbre speaks of the whole library, see `timbre_clause`
    "rhythm": rhythm_clause,
    "harmony": harmony_clause,
    "energy": energy_clause,
    "mood": mood_clause,
}


def _strongest(mood: NDArray[np.float32]) -> list[int]:
    """The strongest tags, as long as they hold a share of what is heard at all."""
    order = np.argsort(-mood)[:NAMED_TAGS]
    return [int(tag) for tag in order if mood[tag] ** 2 >= LEAST_SHARE]  # squares of the unit row sum to 1


def _octaves(sounds: Sounds, point: Point, row: int, name: str) -> float:
    return float(octaves_between(sounds.columns[name][row : row + 1], point.values[name])[0])


def sure(sounds: Sounds, point: Point, row: int, name: str) -> bool:
    """Whether both are known well enough to be named."""
    return bool(sounds.columns[name][row] >= SURE[name] and point.values[name] >= SURE[name])


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")
