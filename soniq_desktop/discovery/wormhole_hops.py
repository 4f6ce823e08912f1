"""What happens from one track of a path to the next, and why the one leads to the other.

The reason rests on the facets of `discovery.facets`, measured among the pool of the path: a facet is named
only where the next track would come later among the songs that could stand there if the facet did not count
(`reasons.deciding`), of a weak hop where it would come earlier without it.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.compared_by import measured_by
from soniq_desktop.discovery.facets import FACETS, compare
from soniq_desktop.discovery.reasons import Ranking, deciding
from soniq_desktop.discovery.sounds import Sounds, build, cleaned
from soniq_desktop.discovery.vectors import Vectors
from soniq_desktop.discovery.wormhole_pool import Pool
from soniq_desktop.discovery.wormhole_reasons import (
    KeyRelation,
    Nearer,
    apart,
    breaking,
    brief,
    key_relation,
    nearer_ones,
    sentence,
    together,
)
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Track
from soniq_desktop.models.embedder_specs import EmbedderSpec

WEAK = 2.0  # times the median hop: from there a hop stands out
NOTICEABLE = 0.1  # of cosine: a hop that is rougher than the median one by less does not stand out
TIMBRE, MOOD = FACETS.index("timbre"), FACETS.index("mood")
CHANCE = 0.01  # of cosine below the random order that makes a hop weak whatever the others are like


@dataclass(frozen=True, slots=True)
class Hop:
    """From one track to the next.

    Attributes:
        smoothness: cosine of the two embeddings.
        tempo_change: per cent of the earlier tempo; None where one is not known.
        key_relation: None where a key is not known.
        energy_change: difference, −1 to 1; None where one is not known.
        weak: stands out as rougher than the rest of the path.
        named: facets that `reason` speaks of: taken away, the later track would rank lower among the songs
            around (of a weak hop: higher).
        reason: one sentence with the figures that it rests on.
        brief: the same without the figures.
    """

    smoothness: float
    tempo_change: float | None
    key_relation: KeyRelation | None
    energy_change: float | None
    weak: bool
    named: tuple[str, ...]
    reason: str
    brief: str


def hops_of(path: Sequence[int], pool: Pool, catalogue: Catalogue, spec: EmbedderSpec) -> tuple[Hop, ...]:
    """The hops of a path (places in the pool)."""
    vectors = pool.vectors
    cosines = [float(np.clip(vectors[a] @ vectors[b], -1, 1)) for a, b in itertools.pairwise(path)]
    weak = weak_hops(np.array(cosines), vectors[list(path)])
    around = surroundings(pool, catalogue, spec)
    steps = zip(itertools.pairwise(path), cosines, weak, strict=True)
    return tuple(
        hop_between(pool.tracks[a], pool.tracks[b], cosine, around, spec.tags, weak=poor)
        for (a, b), cosine, poor in steps
    )


def surroundings(pool: Pool, catalogue: Catalogue, spec: EmbedderSpec) -> Sounds:
    """What was measured of the pool: what the reasons of its hops are tested against."""
    ids = [track.id for track in pool.tracks]
    return build(cleaned(measured_by(catalogue, spec, ids=ids)))


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


def hop_between(
    one: Track, other: Track, cosine: float, around: Sounds, tags: tuple[str, ...], *, weak: bool
) -> Hop:
    """The hop between two tracks, with its reason among the songs `around`."""
    named, clauses, nearer = reason_of(one, other, around, tags, weak=weak)
    said = sentence(clauses, cosine, weak=weak, nearer=nearer)
    a, b = one.features, other.features
    tempi = (a.tempo, b.tempo) if a and b and a.tempo and b.tempo else None
    energies = (a.energy, b.energy) if a and b and a.energy is not None and b.energy is not None else None
    return Hop(
        smoothness=cosine,
        tempo_change=100 * (tempi[1] / tempi[0] - 1) if tempi else None,
        key_relation=key_relation(one, other),
        energy_change=energies[1] - energies[0] if energies else None,
        weak=weak,
        named=named,
        reason=said,
        brief=brief(said),
    )


def reason_of(
    one: Track, other: Track, around: Sounds, tags: tuple[str, ...], *, weak: bool
) -> tuple[tuple[str, ...], list[str], Nearer]:
    """Facets that join two tracks (of a weak hop: part them), and what is said of each; none where none
    decides or nothing sure can be said. And how many of the songs around sound more alike."""
    rows = around.rows([one.id, other.id])
    if len(rows) < 2:
        return (), [], None
    point, row = around.point(one.id, one.title), int(rows[1])
    comparison = compare(around, point)
    ranking = Ranking(comparison, around.ids != one.id)
    said = (apart if weak else together)(around, point, row, tags, comparison)
    lifted = comparison.contributions(np.array([row]))[0] * (-1 if weak else 1)
    order = [int(f) for f in np.argsort(-lifted) if lifted[f] > 0 and said[int(f)]]
    chosen = breaking(ranking, row, order) if weak else deciding(ranking, row, order)[0]
    if TIMBRE in chosen and not weak and not said[TIMBRE].startswith("close"):
        chosen = tuple(facet for facet in chosen if facet != MOOD)  # its tag is in the words on timbre
    return (
        tuple(FACETS[facet] for facet in chosen),
        [said[facet] for facet in chosen],
        nearer_ones(comparison, row, int(rows[0])),
    )
