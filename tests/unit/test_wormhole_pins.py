"""Single places of a path exchanged and pinned, ends that were not heard, and pairs worth joining."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soniq_desktop.discovery.wormhole import NotHeardError, Wormholes
from soniq_desktop.discovery.wormhole_anchors import settled
from soniq_desktop.discovery.wormhole_pair import far_apart
from soniq_desktop.discovery.wormhole_recipe import Pin, Recipe, RecipeError, Stop, with_another
from tests.wormhole_fixtures import EMBEDDER, NOW, SPEC, Shelf, ids, keeps_the_rules, make_crowd, scattered

choices = st.integers(0, 299)


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


# -- pins and other tracks at one place


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(a=choices, b=choices, length=st.integers(5, 20), place=st.integers(1, 18), cap=st.integers(0, 2))
def test_another_track_at_one_place_leaves_the_others(crowd, a, b, length, place, cap) -> None:
    first = crowd.find(crowd.numbers[a], crowd.numbers[b], length=length, artist_cap=cap)
    if not 0 < place < len(first.tracks) - 1:
        return
    holes = Wormholes(crowd.catalogue, crowd.index, SPEC)
    found = holes.find(with_another(first.recipe, first.stops, place), now=NOW)
    before, after = ids(first), ids(found)
    assert [i for i in range(len(before)) if before[i] != after[i]] == [place]
    assert keeps_the_rules(found, cap)
    third = holes.find(with_another(found.recipe, found.stops, place), now=NOW)
    assert ids(third)[place] not in (before[place], after[place])
    assert Recipe.from_data(json.loads(json.dumps(third.recipe.as_data()))) == third.recipe


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.lists(choices, min_size=6, max_size=6, unique=True), length=st.integers(6, 20),
    places=st.lists(st.integers(1, 18), min_size=2, max_size=2, unique=True),
)  # fmt: skip
def test_pinned_tracks_keep_their_place_and_stops_their_order(crowd, chosen, length, places) -> None:
    a, b, *rest = (crowd.numbers[i] for i in chosen)
    via, pinned = rest[:2], [(place, track) for place, track in zip(places, rest[2:], strict=True)]
    recipe = Recipe(
        Stop(a), Stop(b), tuple(map(Stop, via)), length, artist_cap=0,
        pins=tuple(Pin(place, Stop(track)) for place, track in pinned),
    )  # fmt: skip
    found = Wormholes(crowd.catalogue, crowd.index, SPEC).find(recipe, now=NOW)
    path = ids(found)
    copies = len({track for one in found.recipe.pins for track in [one.stop.audio_hash] if track})
    for place, track in pinned:
        if place < length - 1 and track in path:
            assert path[place] == track
    said = " ".join(found.notices)
    if copies == 0 and "on the path already" not in said and all(track in path for track in via):
        assert path.index(via[0]) < path.index(via[1])
    assert len(path) == length == len(set(path))


def test_ends_are_not_exchanged(crowd) -> None:
    found = crowd.find(crowd.numbers[1], crowd.numbers[100])
    for place in (0, 11, 12, -1):
        with pytest.raises(RecipeError, match="ends of a wormhole are yours"):
            with_another(found.recipe, found.stops, place)


def test_what_was_refused_does_not_come_back(crowd) -> None:
    first = crowd.find(crowd.numbers[1], crowd.numbers[100])
    refused = first.stops[1:-1]
    found = Wormholes(crowd.catalogue, crowd.index, SPEC).find(replace(first.recipe, avoid=refused), now=NOW)
    assert not {stop.track_id for stop in refused} & set(ids(found))
    assert len(found.tracks) == 12


def test_an_end_that_was_refused_once_may_still_be_chosen(crowd) -> None:
    a, b = crowd.numbers[1], crowd.numbers[100]
    recipe = Recipe(Stop(a), Stop(b), avoid=(Stop(a), Stop(b)))
    found = Wormholes(crowd.catalogue, crowd.index, SPEC).find(recipe, now=NOW)
    assert (ids(found)[0], ids(found)[-1]) == (a, b)


def test_all_ends_that_were_not_heard_are_named_at_once(shelf: Shelf) -> None:
    numbers = shelf.add(scattered(20))
    with shelf.catalogue.database.writing() as connection:
        connection.execute("DELETE FROM embeddings WHERE track_id IN (?, ?)", (numbers[5], numbers[7]))
    with pytest.raises(NotHeardError) as raised:
        shelf.find(numbers[5], numbers[0], (numbers[7],))
    assert [track.id for track in raised.value.tracks] == [numbers[5], numbers[7]]


def test_tempi_stay_closer_together_than_chance_has_them(crowd) -> None:
    """Half and double time are no distance."""

    def gap(one, other) -> float:
        octaves = np.log2(one.features.tempo / other.features.tempo)
        return float(abs((octaves + 0.5) % 1 - 0.5))

    steps, pairs = [], []
    for i in range(6):
        tracks = crowd.find(crowd.numbers[i], crowd.numbers[150 + i], length=20).tracks
        steps += [gap(a, b) for a, b in pairwise(tracks)]
        pairs += [gap(a, b) for a in tracks for b in tracks if a is not b]
    assert np.mean(steps) < 0.85 * np.mean(pairs)


@given(st.lists(st.integers(0, 30), max_size=8), st.sets(st.integers(0, 30), max_size=15))
def test_stops_settle_on_free_places_in_their_order(wanted: list[int], taken: set[int]) -> None:
    wanted = sorted(wanted)
    places = settled(wanted, taken, 31)
    assert not set(places) & taken
    assert all(before < after for before, after in pairwise(places))
    assert len(places) == len(wanted)


# -- two songs that are worth joining


def test_a_suggested_pair_is_far_apart_and_no_outlier(shelf: Shelf) -> None:
    numbers = shelf.add(scattered(80, seed=5))
    (noise,) = shelf.add(-scattered(80, seed=5).mean(axis=0, keepdims=True) * 10)
    pair = far_apart(shelf.catalogue, EMBEDDER, seed=1)
    assert pair is not None
    assert noise not in pair
    unit = scattered(80, seed=5)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    one, other = (unit[numbers.index(each)] for each in pair)
    assert one @ other < np.quantile(unit @ unit.T, 0.1)
    assert far_apart(shelf.catalogue, EMBEDDER, seed=1) == pair


@pytest.mark.parametrize("count", [0, 1])
def test_no_pair_is_suggested_where_there_is_none(shelf: Shelf, count: int) -> None:
    if count:
        shelf.add(scattered(count))
    assert far_apart(shelf.catalogue, EMBEDDER, seed=1) is None


def test_two_songs_are_a_pair(shelf: Shelf) -> None:
    assert set(far_apart(shelf.catalogue, EMBEDDER, seed=1) or ()) == set()
    numbers = shelf.add(scattered(2))
    assert set(far_apart(shelf.catalogue, EMBEDDER, seed=1) or ()) == set(numbers)
