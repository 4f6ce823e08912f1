"""What happens from one track of a path to the next, and the one thing that says it best.

Every measured side of a hop (sound, tempo, key, energy, brightness, rhythm) has a gap, and the gap a rank:
the share of pairs of tracks from the same neighbourhood that are further apart in it. The sentence names the
side with the highest rank, of a weak hop the one with the lowest: what holds it together, or what breaks it.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.music import camelot
from soniq_desktop.discovery.vectors import Vectors
from soniq_desktop.discovery.wormhole_reasons import KeyRelation, Side, key_relation, sentence
from soniq_desktop.library.records import Track

Gaps = NDArray[np.float64]

REFERENCE = 128  # tracks between which the ranks are taken
WEAK = 2.0  # times the median hop: from there a hop stands out
NOTICEABLE = 0.1  # of cosine: a hop that is rougher than the median one by less does not stand out
CHANCE = 0.01  # of cosine below the random order that makes a hop weak whatever the others are like
OTHER_MODE = 24.0  # more than twice the way round the circle of fifths, so that the two do not mix
RHYTHM_FLOOR = 0.25  # onsets per second, so that silence has a logarithm


@dataclass(frozen=True, slots=True)
class Hop:
    """From one track to the next.

    Attributes:
        smoothness: cosine of the two embeddings.
        tempo_change: per cent of the earlier tempo; None where one is not known.
        key_relation: None where a key is not known.
        energy_change: difference, −1 to 1; None where one is not known.
        weak: stands out as rougher than the rest of the path.
        side: what `reason` is about.
        reason: one sentence with the figures that it rests on.
    """

    smoothness: float
    tempo_change: float | None
    key_relation: KeyRelation | None
    energy_change: float | None
    weak: bool
    side: Side
    reason: str


def hops_of(path: Sequence[int], tracks: Sequence[Track], vectors: Vectors) -> tuple[Hop, ...]:
    """The hops of a path (places in a pool of tracks with their vectors (p, dim) at unit length)."""
    ranks = Ranks(tracks, vectors)
    cosines = [float(np.clip(vectors[a] @ vectors[b], -1, 1)) for a, b in itertools.pairwise(path)]
    weak = weak_hops(np.array(cosines), vectors[list(path)])
    steps = zip(itertools.pairwise(path), cosines, weak, strict=True)
    return tuple(_hop(tracks[a], tracks[b], cosine, poor, ranks) for (a, b), cosine, poor in steps)


def weak_hops(cosines: NDArray[np.float64], vectors: Vectors) -> list[bool]:
    """Hops (n - 1,) that are far rougher than the median one of the path (n, dim), or no better than chance.

    Far rougher: over `WEAK` times its distance and `NOTICEABLE`; chance: the tracks in random order.
    """
    if not len(cosines):
        return []
    distances = 1 - cosines
    usual = np.median(distances)
    poor = distances > max(WEAK * usual, usual + NOTICEABLE)
    if len(vectors) > 2:
        poor |= cosines < random_order(vectors) - CHANCE
    return [bool(each) for each in poor]


def random_order(vectors: Vectors) -> float:
    """Mean smoothness that tracks with these unit vectors (n, dim) have in random order; 1 for one track."""
    n = len(vectors)
    if n < 2:
        return 1.0
    cosines = vectors.astype(np.float64) @ vectors.T
    return float((cosines.sum() - np.trace(cosines)) / (n * (n - 1)))


def _hop(one: Track, other: Track, cosine: float, weak: bool, ranks: "Ranks") -> Hop:
    side, close = ranks.telling(one, other, cosine, weak)
    a, b = one.features, other.features
    tempi = (a.tempo, b.tempo) if a and b and a.tempo and b.tempo else None
    energies = (a.energy, b.energy) if a and b and a.energy is not None and b.energy is not None else None
    return Hop(
        smoothness=cosine,
        tempo_change=100 * (tempi[1] / tempi[0] - 1) if tempi else None,
        key_relation=key_relation(one, other),
        energy_change=energies[1] - energies[0] if energies else None,
        weak=weak,
        side=side,
        reason=sentence(side, close, one, other, cosine),
    )


# -- sides and their ranks


class Ranks:
    """How close two tracks are in each side, measured against pairs of tracks from the same pool."""

    def __init__(self, tracks: Sequence[Track], vectors: Vectors) -> None:
        places = np.linspace(0, len(tracks) - 1, min(len(tracks), REFERENCE)).astype(int)
        sample = [tracks[place] for place in places]
        upper = np.triu_indices(len(sample), 1)
        self._sorted = {
            side: _sorted_gaps(np.array([scale(each) for each in sample]), gap, upper)
            for side, (scale, gap) in SCALES.items()
        }
        cosines = vectors[places] @ vectors[places].T
        self._sorted["sound"] = np.sort(1 - cosines[upper].astype(np.float64))

    def telling(self, one: Track, other: Track, cosine: float, weak: bool) -> tuple[Side, bool]:
        """The side in which the pair is closest for its kind (of a weak hop: furthest apart), and whether
        it is closer in it than most pairs are."""
        gaps: dict[Side, float] = {"sound": 1 - cosine}
        for each, (scale, gap) in SCALES.items():
            gaps[each] = float(gap(np.array(scale(one) - scale(other))))
        ranks = {side: self.rank(side, value) for side, value in gaps.items() if not math.isnan(value)}
        side = min(ranks, key=ranks.__getitem__) if weak else max(ranks, key=ranks.__getitem__)
        if weak and ranks[side] >= 0.5:  # nothing differs as such: it is weak because the others are better
            return "sound", False
        return side, ranks[side] >= 0.5

    def rank(self, side: Side, gap: float) -> float:
        """Share of the reference pairs that are further apart, ties by half; ½ without any pairs."""
        known = self._sorted[side]
        if not len(known):
            return 0.5
        closer = np.searchsorted(known, gap - 1e-9) + np.searchsorted(known, gap + 1e-9, side="right")
        return float(1 - closer / (2 * len(known)))


def _sorted_gaps(values: Gaps, gap: Callable[[Gaps], Gaps], upper: tuple[NDArray[np.intp], ...]) -> Gaps:
    gaps = gap(values[upper[0]] - values[upper[1]])
    return np.sort(gaps[~np.isnan(gaps)])


def _measured(name: str, *, log: bool = False, floor: float = 0.0) -> Callable[[Track], float]:
    """A feature as a number, NaN where it is not known; with `log` in octaves."""

    def value(track: Track) -> float:
        found = getattr(track.features, name, None)
        if found is None or (log and found + floor <= 0):
            return math.nan
        return math.log2(found + floor) if log else float(found)

    return value


def _key_code(track: Track) -> float:
    """Place on the circle of fifths (Camelot number, 1 to 12), and `OTHER_MODE` more for minor."""
    features = track.features
    if features is None or features.key is None or features.mode is None:
        return math.nan
    code = camelot(features.key, features.mode)
    return int(code[:-1]) + (OTHER_MODE if code[-1] == "A" else 0.0)


def _absolute(difference: Gaps) -> Gaps:
    return np.abs(difference)


def _octaves(difference: Gaps) -> Gaps:
    """Distance of tempi, half and double time being the same."""
    return np.abs((difference + 0.5) % 1 - 0.5)


def _fifths(difference: Gaps) -> Gaps:
    """Steps round the circle of fifths, and one for another mode."""
    modes = np.round(difference / OTHER_MODE)
    steps = np.abs(difference - OTHER_MODE * modes)
    return np.asarray(np.minimum(steps, 12 - steps) + np.abs(modes))


SCALES: dict[Side, tuple[Callable[[Track], float], Callable[[Gaps], Gaps]]] = {
    "tempo": (_measured("tempo", log=True), _octaves),
    "key": (_key_code, _fifths),
    "energy": (_measured("energy"), _absolute),
    "brightness": (_measured("brightness", log=True), _absolute),
    "rhythm": (_measured("onset_rate", log=True, floor=RHYTHM_FLOOR), _absolute),
}
