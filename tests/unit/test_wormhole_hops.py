"""What is said of a hop is measured, and names facets on which the hop really depends."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from soniq_desktop.discovery.facets import FACETS, compare
from soniq_desktop.discovery.reasons import CLEARLY, Ranking
from soniq_desktop.discovery.sounds import Sounds, build, cleaned
from soniq_desktop.discovery.vectors import normalised
from soniq_desktop.discovery.wormhole_hops import hop_between, random_order, reason_of, weak_hops
from soniq_desktop.discovery.wormhole_reasons import apart, brief, key_relation, sentence, signed
from soniq_desktop.library.measured import COLUMNS, Measured
from soniq_desktop.library.records import Features, Tags, Track

RNG = np.random.default_rng(8)
TAGS = ("rock", "jazz", "ambient", "metal")
BASE = {"tempo": 100.0, "key": 0, "mode": "major", "energy": 0.5, "brightness": 2000.0, "onset_rate": 3.0}
SURE = {"tempo_confidence": 0.9, "key_confidence": 0.9, "loudness": -12.0, "loudness_range": 6.0}


def track(number: int = 1, **features: object) -> Track:
    return Track(number, f"/music/{number}.flac", Tags(), Features(version=1, **features))  # type: ignore[arg-type]


def anyone(number: int, rng: np.random.Generator = RNG) -> Track:
    """A track as they come: no two alike in any facet."""
    return track(
        number,
        tempo=float(rng.uniform(70, 139)),
        key=int(rng.integers(12)),
        mode=str(rng.choice(["major", "minor"])),
        energy=float(rng.random()),
        brightness=float(rng.uniform(500, 5000)),
        onset_rate=float(rng.uniform(0.5, 8)),
        **(SURE | {"loudness": float(rng.uniform(-25, -6))}),
    )


def heard(tracks: list[Track], vectors: np.ndarray, scores: np.ndarray | None = None) -> Sounds:
    """What discovery compares, of these tracks (ids ascending)."""
    columns = {name: np.full(len(tracks), np.nan) for name in COLUMNS}
    for row, each in enumerate(tracks):
        columns["id"][row] = each.id
        columns["minor"][row] = float(each.features.mode == "minor")
        for name in COLUMNS:
            value = getattr(each.features, name, None)
            if isinstance(value, (int, float)):
                columns[name][row] = value
    scores = np.full((len(tracks), len(TAGS)), np.nan, np.float32) if scores is None else scores
    return build(cleaned(Measured(1, 0, columns, vectors.astype(np.float32), scores.astype(np.float32))))


def crowd(first: dict, second: dict, *, near: bool = True) -> tuple[Track, Track, Sounds]:
    """Two tracks among 58 others, near to each other in sound or not."""
    tracks = [track(1, **(SURE | first)), track(2, **(SURE | second)), *(anyone(i) for i in range(3, 61))]
    vectors = normalised(RNG.standard_normal((60, 8)).astype(np.float32))
    vectors[1] = normalised((vectors[0] + (0.3 if near else 2.0) * vectors[1])[None])[0]
    return tracks[0], tracks[1], heard(tracks, vectors)


@pytest.mark.parametrize("seed", range(12))
def test_a_named_facet_decides_where_the_next_track_ranks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    named_in_all = 0
    tracks = [anyone(i, rng) for i in range(1, 61)]
    around = heard(tracks, normalised(rng.standard_normal((60, 8)).astype(np.float32)))
    for one, other in pairwise(tracks[:20]):
        for weak in (False, True):
            named, clauses, _ = reason_of(one, other, around, TAGS, weak=weak)
            assert len(named) == len(clauses)
            ranking = Ranking(compare(around, around.point(one.id, "")), around.ids != one.id)
            row = int(around.rows([other.id])[0])
            ranks = [ranking.rank(row, (FACETS.index(name),)) for name in named]
            named_in_all += len(named)
            before = ranking.rank(row)
            clearly = before + CLEARLY
            if weak:
                assert all(rank < before for rank in ranks)
            elif any(rank >= clearly for rank in ranks):
                assert all(rank >= clearly for rank in ranks)
            else:  # only together
                several = tuple(FACETS.index(name) for name in named)
                assert not named or ranking.rank(row, several) >= clearly
    assert named_in_all > 20


def test_what_agrees_is_said_with_its_figures() -> None:
    one, other, around = crowd(BASE, BASE | {"tempo": 106.0, "energy": 0.95, "loudness": -25.0}, near=False)
    hop = hop_between(one, other, 0.9, around, TAGS, weak=False)
    assert "rhythm" in hop.named
    assert "+6\u202f% tempo (106\u202fBPM)" in hop.reason
    assert "(" not in hop.brief
    assert hop.tempo_change == pytest.approx(6)
    assert hop.key_relation == "same"


@pytest.mark.parametrize(
    ("change", "facet", "words"),
    [
        ({"tempo": 131.0}, "rhythm", "tempo +31\u202f% (100 to 131\u202fBPM)"),
        ({"key": 6, "mode": "major"}, "harmony", "key 6 steps away (8B to 2B)"),
        ({"energy": 0.95}, "energy", "more energy (50 to 95\u202f%)"),
        ({"energy": 0.1}, "energy", "less energy (50 to 10\u202f%)"),
        ({"loudness": -20.0}, "energy", "8\u202fdB quieter"),
        ({"brightness": 5000.0}, "energy", "brighter (2,000 to 5,000\u202fHz)"),
    ],
)
def test_what_parts_two_tracks_is_said_with_its_figures(change: dict, facet: str, words: str) -> None:
    one, _, around = crowd(BASE, BASE | change)
    point = around.point(one.id, "")
    said = dict(zip(FACETS, apart(around, point, 1, TAGS, compare(around, point)), strict=True))
    assert said[facet] == words
    others = set(FACETS) - {facet, "timbre"}
    assert not any(said[name] for name in others)


def test_moods_that_differ_are_named() -> None:
    scores = np.full((60, 4), 0.25, np.float32)
    scores[0], scores[1] = (0.9, 0.0, 0.0, 0.1), (0.0, 0.9, 0.1, 0.0)
    tracks = [track(i, **(SURE | BASE)) for i in range(1, 61)]
    around = heard(tracks, normalised(RNG.standard_normal((60, 8)).astype(np.float32)), scores)
    point = around.point(1, "")
    said = apart(around, point, 1, TAGS, compare(around, point))
    assert said[FACETS.index("mood")] == "from rock to jazz by their tags"


def test_the_timbre_is_named_by_the_tag_that_both_have() -> None:
    scores = np.full((60, 4), 0.25, np.float32)
    scores[0], scores[1] = (0.1, 0.6, 0.3, 0.0), (0.0, 0.7, 0.2, 0.1)
    tracks = [track(1, **(SURE | BASE)), *(anyone(i) for i in range(2, 61))]
    vectors = normalised(RNG.standard_normal((60, 8)).astype(np.float32))
    vectors[1] = normalised((vectors[0] + 0.2 * vectors[1])[None])[0]
    named, clauses, _ = reason_of(tracks[0], tracks[1], heard(tracks, vectors, scores), TAGS, weak=False)
    assert "timbre" in named
    assert "mood" not in named
    assert clauses[named.index("timbre")].startswith("jazz timbre (nearer than 9")


def test_uncertain_measurements_are_not_said() -> None:
    unsure = {"tempo_confidence": 0.1, "key_confidence": 0.1}
    one, other, around = crowd(BASE | unsure, BASE | unsure | {"tempo": 150.0, "key": 6})
    for weak in (False, True):
        reason = hop_between(one, other, 0.9, around, TAGS, weak=weak).reason
        assert "tempo" not in reason
        assert "key" not in reason


def test_without_measurements_only_the_sound_as_a_whole_is_claimed() -> None:
    bare = Track(99, "/music/99.flac", Tags())
    one, _, around = crowd(BASE, BASE)
    hop = hop_between(one, bare, 0.94, around, TAGS, weak=False)
    assert (hop.named, hop.reason) == ((), "Similar as a whole (0.94)")
    assert (hop.tempo_change, hop.energy_change, hop.key_relation) == (None, None, None)
    assert sentence([], -0.2, weak=True) == "Different as a whole (−0.20)"


def test_a_weak_hop_that_nothing_explains_says_how_many_songs_around_were_nearer() -> None:
    tracks = [track(i, **BASE) for i in range(1, 41)]  # alike in all but timbre, the second half way down
    angles = np.linspace(0, 1.5, 40)
    vectors = np.zeros((40, 8), np.float32)
    vectors[:, 0], vectors[:, 1] = np.cos(angles), np.sin(angles)
    around = heard(tracks, vectors, None)
    nearest, fourth = (
        hop_between(tracks[0], tracks[row], 0.5, around, TAGS, weak=True).reason for row in (1, 4)
    )
    assert nearest == "Different as a whole (0.50): no song around is nearer"
    assert fourth == "Different as a whole (0.50): 3 of 38 songs around are nearer"


def test_a_sentence_loses_its_brackets_where_columns_show_the_figures() -> None:
    assert brief("Same key (8A), +6 % tempo (124 BPM), both rock by their tags") == (
        "Same key, +6 % tempo, both rock"
    )


@pytest.mark.parametrize(
    ("key", "mode", "relation"),
    [
        (9, "minor", "same"),
        (0, "major", "relative"),
        (4, "minor", "fifth up"),
        (2, "minor", "fifth down"),
        (10, "minor", "distant"),
    ],
)
def test_key_relations(key: int, mode: str, relation: str) -> None:
    assert key_relation(track(key=9, mode="minor"), track(key=key, mode=mode)) == relation


def test_an_unknown_key_has_no_relation() -> None:
    assert key_relation(track(), track(key=1, mode="minor")) is None


def test_signs_are_typographic() -> None:
    assert [signed(3.2), signed(-3.2), signed(-0.2)] == ["+3", "−3", "±0"]


def test_a_hop_carries_its_changes() -> None:
    one, other, around = crowd(BASE, BASE | {"tempo": 110.0, "energy": 0.2, "key": 7})
    hop = hop_between(one, other, 0.8, around, TAGS, weak=False)
    assert hop.smoothness == pytest.approx(0.8)
    assert hop.tempo_change == pytest.approx(10)
    assert hop.energy_change == pytest.approx(-0.3)
    assert hop.key_relation == "fifth up"
    assert replace(hop, weak=True).reason == hop.reason


def test_a_hop_that_stands_out_is_weak() -> None:
    angles = np.array([0, 0.2, 0.4, 1.4, 1.6])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert weak_hops(np.cos(np.diff(angles)), vectors) == [False, False, True, False]


def test_small_differences_between_smooth_hops_are_not_weak() -> None:
    angles = np.array([0, 0.05, 0.1, 0.2, 0.25])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert not any(weak_hops(np.cos(np.diff(angles)), vectors))


def test_random_order_is_the_mean_over_all_orders() -> None:
    vectors = normalised(RNG.standard_normal((9, 8)).astype(np.float32))
    orders = [RNG.permutation(9) for _ in range(4000)]
    means = [np.mean([vectors[a] @ vectors[b] for a, b in pairwise(o)]) for o in orders]
    assert random_order(vectors) == pytest.approx(np.mean(means), abs=0.01)
    assert random_order(vectors[:1]) == 1
