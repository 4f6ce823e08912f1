"""What holds of every list and every radio: caps, filters, no repeats, the same again for the same seed."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soniq_desktop.discovery.facets import FACETS, compare
from soniq_desktop.discovery.filters import Wanted
from soniq_desktop.discovery.radio import Radio
from soniq_desktop.discovery.worth_hearing import Variety
from tests.reasons_fixtures import NOW, SPEC, Shelf

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
COUNT = 70


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    """Songs by few artists, some without vector, some missing, some copies, with a listening history."""
    with tempfile.TemporaryDirectory() as folder:
        shelf, random = Shelf(Path(folder)), np.random.default_rng(7)
        for number in range(COUNT):
            vector = None if number % 17 == 5 else random.standard_normal(SPEC.dim)
            shelf.add(
                np.full(SPEC.dim, np.nan) if number % 23 == 7 else vector,
                random.random(4),
                title=f"Song {number % 60}", artist=f"Artist {number % 60 % 9}", album=f"Album {number % 14}",
                year=1980 + number % 40, tempo=float(random.uniform(60, 180)), key=int(random.integers(12)),
            )  # fmt: skip
        for number in range(0, COUNT, 4):
            shelf.play(number + 1, "skipped" if number % 12 == 0 else "finished", days_ago=float(number % 30))
        for number in range(3, COUNT, 7):
            shelf.catalogue.set_liked(number, True)
        yield shelf
        shelf.catalogue.close()


varieties = st.builds(
    Variety, per_artist=st.integers(1, 4), per_album=st.integers(1, 4), diversity=st.floats(0, 1)
)
wishes = st.builds(
    Wanted,
    tempo=st.none() | st.tuples(st.floats(60, 110), st.floats(110, 180)),
    year=st.none() | st.tuples(st.integers(1980, 1995), st.integers(1996, 2019)),
    compatible_key=st.booleans(),
    liked=st.booleans(),
    rested=st.none() | st.floats(0.5, 40),
)


def holds(shelf: Shelf, track_id: int, wanted: Wanted) -> bool:
    """Read from the catalogue, not from the arrays that the lists are made of."""
    track = shelf.catalogue.track(track_id)
    assert track is not None
    assert track.features is not None
    played = [play.started_at for play in shelf.catalogue.plays(track_id)]
    return (
        (wanted.tempo is None or wanted.tempo[0] <= (track.features.tempo or 0) <= wanted.tempo[1])
        and (wanted.year is None or wanted.year[0] <= (track.tags.year or 0) <= wanted.year[1])
        and (not wanted.liked or track.liked)
        and (wanted.rested is None or not played or max(played) <= NOW - wanted.rested * 86_400 + 5)
    )


def capped(tracks, variety: Variety) -> bool:
    artists = Counter(each.track.tags.artist for each in tracks)
    albums = Counter((each.track.tags.artist, each.track.tags.album) for each in tracks)
    return (
        max([*artists.values(), 0]) <= variety.per_artist and max([*albums.values(), 0]) <= variety.per_album
    )


@QUICK
@given(st.integers(1, COUNT), st.integers(1, 30), wishes, varieties)
def test_similar_songs_keep_to_filters_and_caps_and_never_repeat(shelf, seed, count, wanted, variety):
    found = shelf.recommender.like(seed, count, wanted, variety).tracks
    ids = [each.track.id for each in found]
    assert len(ids) <= count
    assert seed not in ids
    names = {(each.track.artist, each.track.title) for each in found}
    assert len(names) == len(ids)  # songs 0 to 9 are there twice
    assert capped(found, variety)
    assert all(holds(shelf, each, wanted) for each in ids)
    assert all(np.isfinite(each.score) for each in found)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    again = shelf.recommender.like(seed, count, wanted, variety).tracks
    assert [each.track.id for each in again] == ids


@QUICK
@given(
    st.integers(1, 25),
    st.integers(0, 100),
    st.integers(0, 5),
    wishes,
    st.sets(st.integers(1, COUNT), max_size=6),
)
def test_lists_for_you_never_repeat_nor_offer_what_is_refused(shelf, count, distance, seed, wanted, refused):
    asked = {"seed": seed, "refused": tuple(refused), "now": NOW}
    found = shelf.for_you(count, float(distance), wanted, **asked)
    ids = [each.track.id for each in found.tracks]
    assert len(set(ids)) == len(ids) <= count
    assert not set(ids) & refused
    relaxed = Wanted(None, wanted.tempo, wanted.year, False, wanted.liked, None)
    assert all(holds(shelf, each, relaxed) for each in ids)
    assert bool(ids) or found.notice
    assert [each.track.id for each in shelf.for_you(count, float(distance), wanted, **asked).tracks] == ids


@QUICK
@given(st.lists(st.integers(1, COUNT), min_size=1, max_size=5), st.integers(1, 30), varieties)
def test_lists_from_seeds_hold_none_of_them(shelf, seeds, count, variety):
    found = shelf.recommender.from_seeds(seeds, count, variety=variety).tracks
    ids = [each.track.id for each in found]
    assert len(set(ids)) == len(ids) <= count
    assert not set(ids) & set(seeds)


@QUICK
@given(st.lists(st.integers(1, COUNT), min_size=1, max_size=4), st.lists(st.booleans(), max_size=40))
def test_a_radio_never_repeats_whatever_is_skipped(shelf, seeds, skips):
    def run() -> list[int]:
        radio = Radio(shelf.recommender, seeds)
        for skip in skips:
            following = radio.next()
            if following is None:
                break
            (radio.skip if skip else radio.finished)(following.track.id)
        return radio.heard

    heard = run()
    assert len(set(heard)) == len(heard)
    assert heard == run()


@QUICK
@given(st.integers(1, COUNT))
def test_what_lifts_a_track_is_the_sum_of_its_facets(shelf, seed):
    sounds = shelf.store.current()
    comparison = compare(sounds, sounds.point(seed, ""))
    rows = np.arange(len(sounds))
    lifted = comparison.contributions(rows).sum(axis=1) + comparison.average
    assert np.allclose(lifted, comparison.scores, atol=1e-4)
    assert comparison.offsets.shape == (len(sounds), len(FACETS))
    assert np.all((comparison.values >= 0) & (comparison.values <= 1))
