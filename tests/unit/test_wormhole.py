"""The wormhole: real, distinct tracks, the asked length, the rules kept, an answer in every library."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soniq_desktop.common.errors import AnalysisError, NotFoundError
from soniq_desktop.discovery import path_search
from soniq_desktop.discovery.neighbours import new_index
from soniq_desktop.discovery.wormhole import Wormholes
from soniq_desktop.discovery.wormhole_recipe import Recipe, RecipeError, Stop, energy_curve
from tests.wormhole_fixtures import (
    DIM,
    EMBEDDER,
    NOW,
    SPEC,
    Shelf,
    arc,
    ids,
    keeps_the_rules,
    make_crowd,
    scattered,
)


@pytest.fixture
def shelf(tmp_path: Path):
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.catalogue.close()


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory):
    shelf = make_crowd(tmp_path_factory.mktemp("crowd"))
    yield shelf
    shelf.catalogue.close()


choices = st.integers(0, 299)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    a=choices, b=choices, via=st.lists(choices, max_size=2), length=st.integers(4, 40), cap=st.integers(0, 3),
    detour=st.sampled_from([0.0, 0.4, 1.0]), seed=st.integers(0, 2**40), keys=st.booleans(),
    liked=st.booleans(), fresh=st.sampled_from([0.0, 7.0]), energy=st.sampled_from([(), (0.5,), (0.1, 0.9)]),
)  # fmt: skip
def test_whatever_is_asked_the_path_keeps_every_promise(
    crowd, a, b, via, length, cap, detour, seed, keys, liked, fresh, energy
) -> None:
    numbers = crowd.numbers
    found = crowd.find(
        numbers[a], numbers[b], tuple(numbers[i] for i in via)[: length - 2], length=length, artist_cap=cap,
        detour=detour, seed=seed, keys=keys, liked=liked, fresh_days=fresh, energy=energy,
    )  # fmt: skip
    stops = {numbers[i] for i in (a, b, *via)}
    added = [track for track in found.tracks if track.id not in stops]
    assert keeps_the_rules(found, cap)
    assert len(found.tracks) == length or any("shorter" in notice for notice in found.notices)
    assert len(found.hops) == len(found.tracks) - 1
    assert found.tracks[0].id == numbers[a]
    assert found.tracks[-1].id == numbers[b] or any("round trip" in notice for notice in found.notices)
    assert all(track.liked or not liked for track in added)
    assert all(track.last_played is None or not fresh for track in added)
    assert all(hop.reason and np.isfinite(hop.smoothness) for hop in found.hops)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(a=choices, b=choices, detour=st.floats(0, 1), seed=st.integers(0, 1000))
def test_same_seed_same_path_also_from_the_kept_recipe(crowd, a, b, detour, seed) -> None:
    first = crowd.find(crowd.numbers[a], crowd.numbers[b], detour=detour, seed=seed)
    recipe = Recipe.from_data(json.loads(json.dumps(first.recipe.as_data())))
    again = Wormholes(crowd.catalogue, crowd.index, SPEC).find(recipe, now=NOW)
    assert ids(again) == ids(first)
    assert again == first


def test_seeds_lead_elsewhere_once_there_is_a_detour(crowd) -> None:
    a, b = crowd.numbers[2], crowd.numbers[200]
    scenic = {tuple(ids(crowd.find(a, b, seed=seed, detour=0.6))) for seed in range(6)}
    direct = {tuple(ids(crowd.find(a, b, seed=seed))) for seed in range(3)}
    assert len(scenic) >= 5
    assert len(direct) == 1


def test_tracks_on_the_way_are_found_in_their_order(shelf: Shelf) -> None:
    on_the_way = shelf.add(arc(12))
    shelf.add(scattered(60, seed=1))
    assert ids(shelf.find(on_the_way[0], on_the_way[-1], length=12)) == on_the_way


def test_the_worst_hop_is_better_than_that_of_the_greedy_way(crowd) -> None:
    from tests.bench.bench_wormhole import distances, greedy

    ids_, vectors = crowd.catalogue.embeddings(EMBEDDER)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    tracks, row = crowd.catalogue.tracks(ids_), {number: i for i, number in enumerate(ids_.tolist())}
    usual, ours = [], []
    for a, b in [(3, 90), (17, 222), (40, 61), (120, 280), (150, 9), (260, 33)]:
        one, other = crowd.numbers[a], crowd.numbers[b]
        usual.append(distances(unit[greedy(tracks, unit, row[one], row[other], 12, 2)]))
        ours.append(distances(unit[[row[number] for number in ids(crowd.find(one, other))]]))
    assert np.mean([hops.mean() for hops in ours]) < 0.9 * np.mean([hops.mean() for hops in usual])
    assert np.mean([hops.max() for hops in ours]) < 0.75 * np.mean([hops.max() for hops in usual])


def test_stops_are_passed_in_order(crowd) -> None:
    a, b, c, d = (crowd.numbers[i] for i in (2, 50, 77, 200))
    path = ids(crowd.find(a, d, (b, c), length=15))
    assert path[0] == a
    assert path[-1] == d
    assert 0 < path.index(b) < path.index(c) < 14


def test_neighbouring_keys_are_kept_where_that_is_asked(crowd) -> None:
    def clashes(found) -> int:
        return sum(hop.key_relation == "distant" for hop in found.hops[1:-1])

    pairs = [(crowd.numbers[i], crowd.numbers[i + 100]) for i in (2, 31, 64, 110)]
    free = sum(clashes(crowd.find(a, b)) for a, b in pairs)
    kept = sum(clashes(crowd.find(a, b, keys=True)) for a, b in pairs)
    assert kept < free / 3


def test_energy_follows_the_curve(crowd) -> None:
    a, b = crowd.numbers[2], crowd.numbers[200]
    for curve in (energy_curve("rise"), energy_curve("calm"), (0.2, 0.9, 0.2)):
        wanted = np.interp(np.linspace(0, 1, 12), np.linspace(0, 1, len(curve)), curve)[1:-1]
        gaps = []
        for energy in ((), curve):
            tracks = crowd.find(a, b, energy=energy).tracks[1:-1]
            gaps.append(np.abs(wanted - [track.features.energy for track in tracks]).mean())
        assert gaps[1] < 0.6 * gaps[0]


def test_opposite_ends_are_joined(shelf: Shelf) -> None:
    axis = np.eye(DIM)[0]
    start, end = shelf.add(np.stack([axis, -axis]))
    shelf.add(scattered(80))
    found = shelf.find(start, end, length=10)
    assert len(found.tracks) == 10
    assert keeps_the_rules(found, 2)


def test_one_track_at_both_ends_makes_a_round_trip(shelf: Shelf) -> None:
    numbers = shelf.add(scattered(80))
    found = shelf.find(numbers[0], numbers[0], detour=1.0, seed=1)
    assert found.tracks[0].id == numbers[0]
    assert len(set(ids(found))) == 12
    assert "Both ends are the same recording, so this is a round trip." in found.notices


def test_two_copies_of_a_recording_never_stand_on_one_path(shelf: Shelf) -> None:
    vectors = np.repeat(arc(8), 2, axis=0)
    tags = [{"title": f"Song {i // 2}", "artist": f"Artist {i // 2}"} for i in range(16)]
    numbers = shelf.add(vectors, tags)
    found = shelf.find(numbers[0], numbers[-1], length=16)
    assert [track.title for track in found.tracks] == [f"Song {i}" for i in range(8)]
    sentence = "The library has only 8 songs that this path may use (at most 2 per artist), so the path is"
    assert found.notices == (f"{sentence} shorter than 16.",)


def test_a_library_without_a_way_marks_the_weak_hop(shelf: Shelf) -> None:
    near = arc(40)[:6]
    far = -np.eye(DIM)[2] + 0.05 * scattered(6)
    numbers = shelf.add(np.concatenate([near, far]))
    found = shelf.find(numbers[0], numbers[-1], length=12)
    assert len(found.tracks) == 12
    assert [i for i, hop in enumerate(found.hops) if hop.weak] == [5]
    assert found.worst == 5


@pytest.mark.parametrize("count", [1, 2, 3])
def test_tiny_libraries_give_what_they_have(shelf: Shelf, count: int) -> None:
    numbers = shelf.add(scattered(count))
    found = shelf.find(numbers[0], numbers[-1])
    assert sorted(ids(found)) == numbers
    tracks = "1 song" if count == 1 else f"{count} songs"
    assert any(f"has only {tracks} that" in notice for notice in found.notices)


def test_equal_tracks_make_a_path(shelf: Shelf) -> None:
    numbers = shelf.add(np.ones((30, DIM)))
    found = shelf.find(numbers[0], numbers[1])
    assert len(set(ids(found))) == 12
    assert not any(hop.weak for hop in found.hops)
    assert found.smoothness == pytest.approx(1)


def test_a_track_with_a_broken_vector_is_never_passed(shelf: Shelf) -> None:
    numbers = shelf.add(arc(12))
    broken = shelf.add(np.stack([np.full(DIM, np.nan), np.zeros(DIM)]))
    shelf.index.add(broken, arc(40)[18:20].astype(np.float32))  # the index is of an earlier state
    found = shelf.find(numbers[0], numbers[-1])
    assert ids(found) == numbers
    with pytest.raises(AnalysisError, match="What SONIQ heard of “Title 12” cannot be compared"):
        shelf.find(broken[0], numbers[0])


def test_an_end_that_is_gone_missing_or_not_heard_is_said(shelf: Shelf) -> None:
    numbers = shelf.add(scattered(20))
    with pytest.raises(NotFoundError, match="no longer in the library"):
        shelf.find(numbers[0], 999)
    shelf.catalogue.mark_missing([numbers[3]])
    with pytest.raises(NotFoundError, match="The file of “Title 3” is not there now"):
        shelf.find(numbers[3], numbers[0])
    with shelf.catalogue.database.writing() as connection:
        connection.execute("DELETE FROM embeddings WHERE track_id = ?", (numbers[5],))
    with pytest.raises(AnalysisError, match="has not listened to “Title 5” yet"):
        shelf.find(numbers[0], numbers[5])


def test_missing_files_are_not_on_the_way(shelf: Shelf) -> None:
    numbers = shelf.add(arc(20))
    shelf.catalogue.mark_missing(numbers[5:10])
    assert not set(numbers[5:10]) & set(ids(shelf.find(numbers[0], numbers[-1])))


def test_few_liked_tracks_are_found_among_many_others(shelf: Shelf) -> None:
    shelf.add(scattered(800, seed=2))
    numbers = shelf.add(arc(12))
    shelf.set("liked", dict.fromkeys(numbers[1:-1], 1))
    assert ids(shelf.find(numbers[0], numbers[-1], liked=True)) == numbers


def test_a_recipe_finds_its_ends_by_their_sound(shelf: Shelf) -> None:
    numbers = shelf.add(scattered(30))
    shelf.set("audio_hash", {numbers[4]: "ab" * 16})
    recipe = Recipe(Stop(9999, "ab" * 16), Stop(numbers[0]))
    found = Wormholes(shelf.catalogue, shelf.index, SPEC).find(recipe, now=NOW)
    assert found.recipe.start == Stop(numbers[4], "ab" * 16)


def test_the_approximate_index_serves_as_well(crowd) -> None:
    ids_, vectors = crowd.catalogue.embeddings(EMBEDDER)
    index = new_index(DIM)
    index.add(ids_, vectors)
    recipe = Recipe(Stop(crowd.numbers[2]), Stop(crowd.numbers[200]))
    assert len(Wormholes(crowd.catalogue, index, SPEC).find(recipe, now=NOW).tracks) == 12


@pytest.mark.parametrize(
    "wrong",
    [{"length": 3}, {"length": 41}, {"detour": 1.5}, {"energy": (0.5, 2.0)}, {"artist_cap": -1},
     {"detour": float("nan")}, {"fresh_days": float("inf")},
     {"length": 4, "via": (Stop(3), Stop(4), Stop(5))}],
)  # fmt: skip
def test_impossible_recipes_are_refused(wrong: dict) -> None:
    with pytest.raises(RecipeError):
        Recipe(Stop(1), Stop(2), **wrong)


@pytest.mark.parametrize(
    "data", [{}, {"start": 1, "end": 2}, {"start": {"track_id": 1}, "end": {"track_id": 2}, "x": 1}]
)
def test_other_data_is_not_a_recipe(data: dict) -> None:
    with pytest.raises(RecipeError, match="not the recipe"):
        Recipe.from_data(data)


def test_energy_curves_by_name_and_by_numbers() -> None:
    assert energy_curve("Free") == ()
    assert energy_curve("0.1, 0.9") == (0.1, 0.9)
    with pytest.raises(RecipeError, match="is not an energy curve"):
        energy_curve("loud")


def test_the_engine_needs_numpy_alone() -> None:
    script = (
        "import sys, soniq_desktop.discovery.wormhole;"
        "print([name for name in ('torch', 'scipy', 'librosa', 'numba', 'PySide6') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_nothing_liked_leaves_the_ends_and_says_so(shelf: Shelf) -> None:
    numbers = shelf.add(scattered(30))
    found = shelf.find(numbers[0], numbers[-1], liked=True, artist_cap=0)
    assert ids(found) == [numbers[0], numbers[-1]]
    assert found.notices == (
        "The library has only 2 songs that this path may use (liked), so the path is shorter than 12.",
    )


def test_rules_too_tight_for_the_beam_still_give_a_path(
    monkeypatch: pytest.MonkeyPatch, shelf: Shelf
) -> None:
    ends: list[int] = []
    beam = path_search._beam

    def watched(problem: path_search.PathProblem) -> np.ndarray:
        paths = beam(problem)
        ends.append(len(paths))
        return paths

    monkeypatch.setattr(path_search, "_beam", watched)
    monkeypatch.setattr(path_search, "LAYER", 1)  # too few to fill the places in turn
    numbers = shelf.add(scattered(40), [{"artist": f"Artist {i // 10}"} for i in range(40)])
    found = shelf.find(numbers[0], numbers[-1], length=4, artist_cap=1)
    assert ends == [0]
    assert len(found.tracks) == 4
    assert keeps_the_rules(found, 1)


@pytest.mark.parametrize("length", [4, 5, 40])
def test_the_shortest_and_the_longest_path(crowd, length: int) -> None:
    found = crowd.find(crowd.numbers[5], crowd.numbers[123], length=length)
    assert len(found.tracks) == length
    assert keeps_the_rules(found, 2)


def test_short_sounds_stay_out_of_a_path_unless_the_ends_are_short_themselves(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    lengths = [200.0, *(3.0 if i % 2 else 200.0 for i in range(58)), 200.0]
    numbers = shelf.add(arc(60), [{"duration": each} for each in lengths])
    usual = shelf.find(numbers[0], numbers[-1], length=10, artist_cap=0)
    assert all(track.tags.duration >= 45 for track in usual.tracks)
    assert any(
        track.tags.duration == 3
        for track in shelf.find(numbers[0], numbers[-1], length=10, artist_cap=0, least_seconds=0.0).tracks
    )
    short = [number for number, each in zip(numbers, lengths, strict=True) if each == 3]
    assert len(shelf.find(short[0], short[-1], length=10, artist_cap=0).tracks) == 10


def test_a_recipe_that_was_kept_before_there_was_a_least_length_has_none() -> None:
    data = Recipe(Stop(1), Stop(2)).as_data()
    assert Recipe.from_data(data).least_seconds == 45
    del data["least_seconds"]
    assert Recipe.from_data(data).least_seconds == 0
