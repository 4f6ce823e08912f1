"""What is said of a hop is measured, and names the side in which the two tracks are truly closest."""

from itertools import pairwise

import numpy as np
import pytest

from soniq_desktop.discovery.vectors import normalised
from soniq_desktop.discovery.wormhole_hops import SCALES, Ranks, hops_of, random_order, weak_hops
from soniq_desktop.discovery.wormhole_reasons import key_relation, sentence, signed
from soniq_desktop.library.records import Features, Tags, Track

RNG = np.random.default_rng(8)


def track(number: int = 1, **features: object) -> Track:
    return Track(number, f"/music/{number}.flac", Tags(), Features(version=1, **features))  # type: ignore[arg-type]


def anyone(number: int) -> Track:
    """A track as they come: no two alike on any side."""
    return track(
        number,
        tempo=float(RNG.uniform(70, 139)),
        key=int(RNG.integers(12)),
        mode=str(RNG.choice(["major", "minor"])),
        energy=float(RNG.random()),
        brightness=float(RNG.uniform(500, 5000)),
        onset_rate=float(RNG.uniform(0.5, 8)),
    )


@pytest.fixture(scope="module")
def ranks() -> Ranks:
    vectors = normalised(RNG.standard_normal((60, 8)).astype(np.float32))
    return Ranks([anyone(number) for number in range(60)], vectors)


BASE = {"tempo": 100.0, "key": 0, "mode": "major", "energy": 0.5, "brightness": 2000.0, "onset_rate": 3.0}
FAR = {"tempo": 137.0, "key": 6, "mode": "minor", "energy": 0.95, "brightness": 5000.0, "onset_rate": 8.0}
NEAR = {"tempo": 100.4, "key": 0, "energy": 0.501, "brightness": 2004.0, "onset_rate": 3.01}


@pytest.mark.parametrize("side", SCALES)
def test_the_side_that_agrees_is_named(ranks: Ranks, side: str) -> None:
    name = {"rhythm": "onset_rate"}.get(side, side)
    other = FAR | {name: NEAR[name]} | ({"mode": "major"} if side == "key" else {})
    assert ranks.telling(track(**BASE), track(**other), -0.5, weak=False) == (side, True)


@pytest.mark.parametrize("side", SCALES)
def test_of_a_weak_hop_the_side_that_differs_is_named(ranks: Ranks, side: str) -> None:
    name = {"rhythm": "onset_rate"}.get(side, side)
    other = BASE | NEAR | {name: FAR[name]} | ({"mode": "minor"} if side == "key" else {})
    assert ranks.telling(track(**BASE), track(**other), 0.95, weak=True) == (side, False)


def test_a_weak_hop_that_differs_in_nothing_is_rougher_in_sound(ranks: Ranks) -> None:
    assert ranks.telling(track(**BASE), track(**(BASE | NEAR)), 0.6, weak=True) == ("sound", False)


def test_without_measurements_the_sound_is_left(ranks: Ranks) -> None:
    bare = Track(1, "/music/1.flac", Tags())
    assert ranks.telling(bare, track(**BASE), 0.9, weak=False) == ("sound", True)
    assert sentence("sound", True, bare, bare, 0.94) == "Similar sound (0.94)"


def test_doubled_and_halved_tempo_is_no_distance() -> None:
    scale, gap = SCALES["tempo"]
    octaves = [scale(track(tempo=tempo)) - scale(track(tempo=70.0)) for tempo in (140.0, 35.0, 99.0)]
    assert gap(np.array(octaves)) == pytest.approx([0, 0, 0.5], abs=1e-3)


def test_key_distance_counts_fifths_and_the_mode() -> None:
    scale, gap = SCALES["key"]
    c = scale(track(key=0, mode="major"))
    others = [
        (0, "major"),
        (7, "major"),
        (9, "minor"),
        (4, "minor"),
        (6, "major"),
        (11, "major"),
        (5, "major"),
    ]
    steps = [c - scale(track(key=key, mode=mode)) for key, mode in others]
    assert gap(np.array(steps)).tolist() == [0, 1, 1, 2, 6, 5, 1]
    assert gap(-np.array(steps)).tolist() == [0, 1, 1, 2, 6, 5, 1]


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


@pytest.mark.parametrize(
    ("side", "close", "change", "words"),
    [
        ("tempo", True, {"tempo": 100.4}, "Same tempo (100 BPM)"),
        ("tempo", True, {"tempo": 104.0}, "Close in tempo: 100 to 104 BPM (+4 %)"),
        ("tempo", False, {"tempo": 84.0}, "Another tempo: 100 to 84 BPM (−16 %)"),
        ("tempo", True, {"tempo": 201.0}, "Double time (100 to 201 BPM)"),
        ("tempo", True, {"tempo": 51.0}, "Half time (100 to 51 BPM)"),
        ("key", True, {}, "Same key (8B)"),
        ("key", True, {"key": 7}, "One key step up (8B to 9B)"),
        ("key", False, {"key": 1}, "Another key (8B to 3B)"),
        ("energy", True, {"energy": 0.54}, "Similar energy (0.50 to 0.54)"),
        ("energy", True, {"energy": 0.501}, "Same energy (0.50)"),
        ("brightness", False, {"brightness": 4100.0}, "Different brightness (2.0 to 4.1 kHz)"),
        ("rhythm", True, {"onset_rate": 3.2}, "Similar rhythmic density (3.0 to 3.2 onsets a second)"),
        ("sound", False, {}, "Different sound (−0.20)"),
    ],
)
def test_sentences_carry_their_figures(side: str, close: bool, change: dict, words: str) -> None:
    assert sentence(side, close, track(**BASE), track(**(BASE | change)), -0.2) == words  # type: ignore[arg-type]


def test_signs_are_typographic() -> None:
    assert [signed(3.2), signed(-3.2), signed(-0.2)] == ["+3", "−3", "±0"]


def test_a_hop_carries_its_changes() -> None:
    vectors = normalised(np.array([[1, 0], [1, 0.5], [0, 1]], np.float32))
    other = BASE | {"tempo": 110.0, "energy": 0.2, "key": 7}
    first, second = hops_of([0, 1, 2], [track(1, **BASE), track(2, **other), track(3)], vectors)
    assert first.smoothness == pytest.approx(vectors[0] @ vectors[1], abs=1e-6)
    assert first.tempo_change == pytest.approx(10)
    assert first.energy_change == pytest.approx(-0.3)
    assert first.key_relation == "fifth up"
    assert (second.tempo_change, second.energy_change, second.key_relation) == (None, None, None)


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
