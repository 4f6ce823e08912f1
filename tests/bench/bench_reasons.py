"""Are reasons true, and are hubs lowered? On a library that SONIQ has listened to.

    SONIQ_HOME=<home> python -m tests.bench.bench_reasons [--seconds 30] [--speed]

Faithfulness: for every track as a seed, its ten recommendations; each facet that a sentence names is taken
away and the track's rank among everything that could have been recommended is computed again, here and by a
plain sort, not by the code that chose the reason. A facet that only decides together with others is taken
away with them. Control: the same for a facet drawn by chance, which is what an unfaithful reason would get.

Whole way: a list of ten is asked for as the program does it, with caps, versions and variety; then again,
forty long, by an engine that does not know the facet at all. A reason holds if the track stands later there,
or not at all. Control: the facets that its sentence does not name.

Hubs: skewness of k-occurrence (how often a track is among the ten nearest of the others), k = 10.
"""

import argparse
import time

import numpy as np

from soniq_desktop.common.paths import Paths
from soniq_desktop.discovery.facets import FACETS, WEIGHTS, compare, compared, typical_of
from soniq_desktop.discovery.filters import Wanted, eligible, fitting
from soniq_desktop.discovery.recommend import Recommended, Recommender
from soniq_desktop.discovery.recordings import NEAR_COPY
from soniq_desktop.discovery.sounds import Sounds, SoundStore
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec

NEAREST = 10
LONGER = 40  # tracks of a list made without a facet
WHOLE_WAY = 80  # seeds
HUB_SAMPLE = 2_000  # tracks among which neighbours are counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="shortest track that counts")
    parser.add_argument("--speed", action="store_true", help="only the times: for a large library")
    options = parser.parse_args()
    spec = embedder_spec(DEFAULT_EMBEDDER)
    with Catalogue(Paths.from_environment().catalogue) as catalogue:
        store = SoundStore(catalogue, spec)
        begun = time.perf_counter()
        sounds = store.current()
        print(f"{len(sounds):,} tracks, read and measured in {time.perf_counter() - begun:.2f} s")
        music = np.flatnonzero((sounds.columns["duration"] >= options.seconds) & ~np.isnan(sounds.scales))
        recommender = Recommender(catalogue, store, spec.tags)
        speed(recommender, sounds, music)
        if not options.speed:
            faithfulness(recommender, sounds, music)
            whole_way(recommender, sounds, music)
        hubs(sounds, music)


def speed(recommender: Recommender, sounds: Sounds, music: np.ndarray) -> None:
    times = []
    for row in music[np.linspace(0, len(music) - 1, 20).astype(int)]:
        begun = time.perf_counter()
        recommender.like(int(sounds.ids[row]), 20)
        times.append(time.perf_counter() - begun)
    middle, most = 1000 * np.median(times), 1000 * max(times)
    print(f"20 recommendations with reasons: median {middle:.1f} ms, most {most:.1f} ms")


def faithfulness(recommender: Recommender, sounds: Sounds, music: np.ndarray) -> None:
    random = np.random.default_rng(0)
    claims = kept = drawn = drawn_kept = silent = total = sentences = whole = 0
    by_facet = {name: [0, 0] for name in FACETS}
    for seed in music:
        for each in recommender.like(int(sounds.ids[seed]), NEAREST).tracks:
            total += 1
            silent += not each.reason.named
            results = [falls(sounds, int(seed), each, part) for part in parts(each)]
            for part, fell in zip(parts(each), results, strict=True):
                claims, kept = claims + 1, kept + fell
                for name in part:
                    by_facet[name][0] += 1
                    by_facet[name][1] += fell
            sentences, whole = sentences + bool(results), whole + (bool(results) and all(results))
            drawn, drawn_kept = (
                drawn + 1,
                drawn_kept + falls(sounds, int(seed), each, (str(random.choice(FACETS)),)),
            )
    print(f"\n{total} recommendations, {silent} of them without a claim ({100 * silent / total:.1f} %)")
    print(f"named facets whose removal lowers the rank: {share(kept, claims)}")
    print(f"sentences that hold as a whole: {share(whole, sentences)}")
    print(f"a facet drawn by chance: {100 * drawn_kept / drawn:.1f} %")
    for name, (named, fell) in by_facet.items():
        print(f"  {name:8} named {named:5} fell {fell:5}")


def whole_way(recommender: Recommender, sounds: Sounds, music: np.ndarray) -> None:
    random = np.random.default_rng(1)
    seeds = random.choice(music, min(WHOLE_WAY, len(music)), replace=False)
    claims = kept = others = others_kept = joint = 0
    for seed in seeds:
        found = recommender.like(int(sounds.ids[seed]), NEAREST).tracks
        without = {name: places(recommender, int(sounds.ids[seed]), name) for name in FACETS}
        for place, each in enumerate(found):
            joint += each.reason.joint
            for name in FACETS:
                later = without[name].get(each.track.id, LONGER) > place
                if name not in each.reason.named:
                    others, others_kept = others + 1, others_kept + later
                elif not each.reason.joint:
                    claims, kept = claims + 1, kept + later
    print(f"\nthe whole way, {len(seeds)} seeds, {joint} joint reasons not counted")
    print(f"named facets without which the track comes later: {share(kept, claims)}")
    print(f"facets that are not named (control): {share(others_kept, others)}")


def places(recommender: Recommender, track_id: int, without: str) -> dict[int, int]:
    """Where each track stands in the list that is made without a facet."""
    weight = WEIGHTS[FACETS.index(without)]
    WEIGHTS[FACETS.index(without)] = 0
    try:
        found = recommender.like(track_id, LONGER).tracks
    finally:
        WEIGHTS[FACETS.index(without)] = weight
    return {each.track.id: place for place, each in enumerate(found)}


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / max(whole, 1):.1f} %)"


def parts(each: Recommended) -> list[tuple[str, ...]]:
    """What a sentence claims: facets one by one, or one combination."""
    named = each.reason.named
    return [named] if each.reason.joint else [(name,) for name in named]


def falls(sounds: Sounds, seed: int, each: Recommended, facets: tuple[str, ...]) -> bool:
    """Whether the track's place in a plain sort of everything eligible is later without these facets."""
    point = sounds.point(int(sounds.ids[seed]), "")
    row = int(sounds.rows([each.track.id])[0])
    comparison = compare(sounds, point)
    values = comparison.values - comparison.offsets
    allowed = eligible(sounds, Wanted()) & fitting(sounds, Wanted(), point)
    allowed[seed] = False
    weights = WEIGHTS * [name not in facets for name in FACETS]
    return place(values @ weights, allowed, row) > place(values @ WEIGHTS, allowed, row)


def place(scores: np.ndarray, allowed: np.ndarray, row: int) -> int:
    """0 for the best; among equals the first."""
    ordered = np.sort(scores[allowed])[::-1]
    return int(np.searchsorted(-ordered, -scores[row]))


def one_of_each(sounds: Sounds, rows: np.ndarray) -> np.ndarray:
    """Without further copies of a recording, which no list holds either."""
    alike = np.triu(sounds.vectors[rows] @ sounds.vectors[rows].T >= NEAR_COPY, 1)
    return rows[~alike.any(axis=0)]


def sounds_of(sounds: Sounds, rows: np.ndarray) -> Sounds:
    """Those rows alone."""
    return Sounds(
        sounds.ids[rows], {name: values[rows] for name, values in sounds.columns.items()},
        sounds.vectors[rows], sounds.moods[rows], sounds.scales[rows], sounds.landmarks,
        sounds.has_mood[rows],
    )  # fmt: skip


def hubs(sounds: Sounds, music: np.ndarray) -> None:
    if len(music) > HUB_SAMPLE:
        music = np.sort(np.random.default_rng(2).choice(music, HUB_SAMPLE, replace=False))
    music = one_of_each(sounds, music)
    cosines = sounds.vectors[music] @ sounds.vectors[music].T
    scaled = np.exp(-(2 - 2 * cosines) / np.outer(sounds.scales[music], sounds.scales[music]))
    part = sounds_of(sounds, music)
    typical = typical_of(sounds)[music]
    before = np.stack([compared(part, sounds.point(int(sounds.ids[row]), ""))[0] @ WEIGHTS for row in music])
    whole = before - typical @ WEIGHTS
    print(f"\nk-occurrence among {len(music)} tracks, k = {NEAREST}: skewness, most, tracks never near")
    for name, table in (
        ("cosine", cosines),
        ("timbre facet", scaled),
        ("facets", before),
        ("as ranked", whole),
    ):
        np.fill_diagonal(table, -np.inf)
        counts = np.bincount(np.argsort(-table, axis=1)[:, :NEAREST].ravel(), minlength=len(music))
        skew = float(((counts - counts.mean()) ** 3).mean() / max(counts.std(), 1e-9) ** 3)
        print(f"  {name:14} {skew:6.2f} {counts.max():5} {int((counts == 0).sum()):5}")


if __name__ == "__main__":
    main()
