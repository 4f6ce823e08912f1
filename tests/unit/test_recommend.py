"""For you, lists from seeds, lists worth hearing; and libraries with next to nothing in them."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.discovery.filters import Wanted
from soniq_desktop.discovery.ordering import shares
from soniq_desktop.discovery.recordings import stem
from soniq_desktop.discovery.taste import clusters, taste_of
from soniq_desktop.discovery.worth_hearing import Variety
from tests.reasons_fixtures import NOW, TAGS, Shelf, direction

PLAIN = Variety(per_artist=99, per_album=99, diversity=0)


@pytest.fixture
def shelf(tmp_path: Path):
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.catalogue.close()


def bundle(shelf: Shelf, axis: int, count: int, **known: object) -> list[int]:
    """Tracks around one direction."""
    random = np.random.default_rng(axis)
    return [shelf.add(direction(axis) + 0.1 * random.standard_normal(8), **known) for _ in range(count)]


def test_an_artist_and_an_album_have_their_turns_and_no_more(shelf: Shelf) -> None:
    seed = shelf.add(direction(0))
    bundle(shelf, 0, 6, artist="Ada", album="One")
    bundle(shelf, 0, 6, artist="Grace", album="Two")
    shelf.crowd(10)
    found = shelf.recommender.like(seed, 12, variety=Variety(per_artist=2, per_album=1)).tracks
    artists = Counter(each.track.artist for each in found)
    assert artists["Ada"] == artists["Grace"] == 1
    assert len(found) == 12


@pytest.mark.parametrize(
    ("one", "other"),
    [("Kite", "KITE (2011 Remaster)"), ("Kite (live)", "Kite"), ("Kite - Radio Edit", "Kite [mono version]")],
)
def test_versions_of_a_song_come_once(shelf: Shelf, one: str, other: str) -> None:
    seed = shelf.add(direction(0))
    shelf.add(direction(0, 1, 0.2), artist="Ada", title=one, duration=200.0)
    shelf.add(direction(0, 1, 0.3), artist="Ada", title=other, duration=260.0)
    shelf.add(direction(0, 1, 0.4), artist="Ada", title="Kites")
    assert len(shelf.recommender.like(seed, 9).tracks) == 2
    assert stem(one) == stem(other)


def test_a_version_name_alone_is_a_title() -> None:
    assert stem("(Live)") == "(live)"
    assert stem("Alive and well") == "alive and well"


def test_untagged_copies_come_once(shelf: Shelf) -> None:
    seed = shelf.add(direction(0))
    for _ in range(3):
        shelf.add(direction(0, 1, 0.3), artist="", title="", duration=201.0)
    shelf.add(direction(0, 1, 0.3), artist="", title="", duration=240.0)
    assert len(shelf.recommender.like(seed, 9).tracks) == 2


def test_what_the_fingerprints_found_to_be_one_recording_comes_once(shelf: Shelf) -> None:
    seed, *others = bundle(shelf, 0, 5, duration=200.0)
    for number, each in enumerate((seed, *others)):  # neither tags nor lengths tell that they are one
        with shelf.catalogue.database.writing() as connection:
            connection.execute("UPDATE tracks SET duration = ? WHERE id = ?", (100.0 + 20 * number, each))
    shelf.store.current()
    shelf.store.know_copies([[others[0], others[2]], [seed, others[1]]])
    found = [each.track.id for each in shelf.recommender.like(seed, 10).tracks]
    assert others[1] not in found
    assert len({others[0], others[2]} & set(found)) == 1
    assert others[3] in found
    shelf.store.know_copies([])
    assert {*others} <= {each.track.id for each in shelf.recommender.like(seed, 10).tracks}


def test_diversity_mixes_the_list(shelf: Shelf) -> None:
    seed = shelf.add(direction(0))
    shelf.crowd(80)

    def alike(diversity: float) -> float:
        found = shelf.recommender.like(seed, 10, variety=Variety(99, 99, diversity)).tracks
        sounds = shelf.store.current()
        vectors = sounds.vectors[sounds.rows(each.track.id for each in found)]
        return float((vectors @ vectors.T)[np.triu_indices(10, 1)].mean())

    assert alike(1.0) < alike(0.0) - 0.05


def test_a_list_from_seeds_gives_each_its_part(shelf: Shelf) -> None:
    bundles = [bundle(shelf, axis, 8) for axis in range(3)]
    found = shelf.recommender.from_seeds([each[0] for each in bundles], 12, variety=PLAIN).tracks
    own = [sum(each.track.id in ids for each in found) for ids in bundles]
    assert own == [4, 4, 4]
    assert not {each.track.id for each in found} & {ids[0] for ids in bundles}


def test_for_you_follows_what_was_finished_lately(shelf: Shelf) -> None:
    liked, old, skipped, rest = (bundle(shelf, axis, 10) for axis in range(4))
    for track_id in liked[:4]:
        shelf.play(track_id, days_ago=3)
    for track_id in old[:4]:
        shelf.play(track_id, days_ago=300)
    for track_id in skipped[:3]:
        shelf.play(track_id, "skipped", days_ago=1)
    found = shelf.for_you(6, 0, variety=PLAIN, now=NOW).tracks
    ids = {each.track.id for each in found}
    assert len(ids & set(liked)) >= 5
    assert not ids & (set(skipped) | set(rest))
    assert all("recent" in each.because for each in found)


def test_several_tastes_are_kept_apart(shelf: Shelf) -> None:
    first, second = bundle(shelf, 0, 10), bundle(shelf, 5, 10)
    for track_id in first[:5] + second[:5]:
        shelf.play(track_id)
    found = shelf.for_you(8, 0, variety=PLAIN, now=NOW).tracks
    counts = [sum(each.track.id in ids for each in found) for ids in (first, second)]
    assert min(counts) >= 3


def test_what_resembles_a_skip_falls_behind(shelf: Shelf) -> None:
    ids = shelf.crowd(60)
    shelf.play(ids[0])
    before = [each.track.id for each in shelf.for_you(10, 0, variety=PLAIN, now=NOW).tracks]
    shelf.play(before[0], "skipped", days_ago=0)
    wanted = Wanted()
    after = [each.track.id for each in shelf.for_you(10, 0, wanted, PLAIN, now=NOW).tracks]
    assert before[0] not in after[:3]


def test_the_dial_leads_away_from_home(shelf: Shelf) -> None:
    shelf.crowd(100)
    home = bundle(shelf, 0, 12)
    for track_id in home[:4]:
        shelf.play(track_id)

    def away(distance: float) -> tuple[int, float]:
        found = shelf.for_you(10, distance, variety=PLAIN, seed=3, now=NOW).tracks
        assert len({each.track.id for each in found}) == 10
        return sum(each.exploring for each in found), float(np.mean([each.score for each in found]))

    explored, scores = zip(*(away(distance) for distance in (0, 50, 100)), strict=True)
    assert explored == (0, 5, 10)
    assert scores[0] > scores[1] > scores[2]


def test_the_same_seed_explores_alike(shelf: Shelf) -> None:
    ids = shelf.crowd(50)
    shelf.play(ids[0])
    lists = [
        [each.track.id for each in shelf.for_you(8, 80, seed=seed, now=NOW).tracks] for seed in (1, 1, 2)
    ]
    assert lists[0] == lists[1] != lists[2]


def test_without_history_likes_count_and_that_is_said(shelf: Shelf) -> None:
    liked = bundle(shelf, 0, 8)
    shelf.crowd(30)
    shelf.catalogue.set_liked(liked[0], True)
    found = shelf.for_you(4, 0, variety=PLAIN, now=NOW)
    assert "no listening history" in found.notice
    assert {each.track.id for each in found.tracks} <= set(liked)


def test_without_anything_it_is_a_spread_and_that_is_said(shelf: Shelf) -> None:
    bundles = [bundle(shelf, axis, 9) for axis in range(5)]
    found = shelf.for_you(5, now=NOW)
    assert "does not know your taste yet" in found.notice
    assert sorted(sum(each.track.id in ids for each in found.tracks) for ids in bundles) == [1] * 5


def test_where_all_was_heard_lately_it_comes_again_and_that_is_said(shelf: Shelf) -> None:
    ids = shelf.crowd(6)
    for track_id in ids:
        shelf.play(track_id, days_ago=0.1)
    found = shelf.for_you(4, now=NOW)
    assert len(found.tracks) == 4
    assert "heard lately" in found.notice


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_library_of_next_to_nothing_is_answered_in_a_sentence(shelf: Shelf, count: int) -> None:
    ids = shelf.crowd(count)
    for_you = shelf.for_you(5, now=NOW)
    assert len(for_you.tracks) == count
    assert for_you.notice
    for track_id in ids:
        like = shelf.recommender.like(track_id, 5)
        assert len(like.tracks) == count - 1
        assert like.notice.endswith(".")


def test_all_equal_tracks_are_recommended_all_the_same(shelf: Shelf) -> None:
    ids = [shelf.add(direction(0), duration=200.0 + 5 * number) for number in range(6)]
    shelf.play(ids[0])
    assert len(shelf.recommender.like(ids[0], 9).tracks) == 5
    assert len(shelf.for_you(4, 50, now=NOW).tracks) == 4


def test_seeds_that_cannot_be_used_are_refused_in_a_sentence(shelf: Shelf) -> None:
    with pytest.raises(NotFoundError, match="nothing to start from"):
        shelf.recommender.from_seeds([])
    with pytest.raises(NotFoundError, match="no longer in the library"):
        shelf.recommender.like(99)


def test_a_track_without_a_vector_is_compared_by_the_rest(shelf: Shelf) -> None:
    seed = shelf.add(None, tempo=120.0)
    shelf.crowd(20)
    found = shelf.recommender.like(seed, 5).tracks
    assert len(found) == 5
    assert all("imbre" not in each.reason.sentence and np.isnan(each.cosine) for each in found)


def test_tastes_are_the_same_each_time_and_weigh_as_much_as_they_were_heard(shelf: Shelf) -> None:
    first, second = bundle(shelf, 0, 6), bundle(shelf, 5, 6)
    for track_id in first[:6] + second[:2]:
        shelf.play(track_id)
    tastes = [taste_of(shelf.catalogue, shelf.store.current(), TAGS, NOW) for _ in range(2)]
    assert tastes[0].weights == tastes[1].weights
    assert tastes[0].weights == pytest.approx((0.75, 0.25), abs=0.01)


def test_clusters_of_equal_vectors_are_one() -> None:
    labels = clusters(np.tile(direction(0), (5, 1)).astype(np.float32), np.ones(5), 3)
    assert set(labels.tolist()) == {0}


def test_shares_sum_to_what_is_shared_out() -> None:
    assert shares([1, 1, 1], 10) == [4, 3, 3]
    assert shares([0.7, 0.2, 0.1], 5) == [4, 1, 0]
    assert sum(shares([0.3, 0.3, 0.4], 7)) == 7


def test_each_taste_has_a_shelf_of_its_own_that_says_what_it_goes_by(shelf: Shelf) -> None:
    metal = bundle(shelf, 0, 16, genre="Metal")
    piano = bundle(shelf, 4, 16, genre="Classical")
    for track_id in (*metal[:4], *piano[:4]):
        shelf.play(track_id)
    shelves = shelf.listener(6, 0.0, variety=PLAIN, now=NOW).shelves(5)
    assert {each.name for each in shelves} == {"Metal", "Classical"}
    for each in shelves:
        own = metal if each.name == "Metal" else piano
        assert {one.track.id for one in each.tracks} <= set(own)
        assert each.leader.id in own[:4]
        assert each.done == "finished"


def test_shelves_share_no_track_and_no_name(shelf: Shelf) -> None:
    ids = shelf.crowd(80)
    for track_id in ids[:20]:
        shelf.play(track_id)
    shelves = shelf.listener(10, now=NOW).shelves(10)
    everything = [each.track.id for one in shelves for each in one.tracks]
    assert len(shelves) > 1
    assert len(set(everything)) == len(everything)
    assert len({each.name for each in shelves}) == len(shelves)


def test_what_was_only_liked_is_not_called_finished(shelf: Shelf) -> None:
    ids = shelf.crowd(20)
    shelf.catalogue.set_liked(ids[0], True)
    (only,) = shelf.listener(5, now=NOW).shelves(5)
    assert (only.leader.id, only.done) == (ids[0], "liked")


def test_a_refresh_brings_others_and_the_same_seed_the_same(shelf: Shelf) -> None:
    ids = shelf.crowd(200)
    shelf.play(ids[0])
    lists = [
        [each.track.id for each in shelf.for_you(10, 0, seed=seed, now=NOW).tracks] for seed in (0, 5, 5, 6)
    ]
    assert lists[1] == lists[2]
    assert len({tuple(each) for each in lists}) == 3
    assert all(len(each) == 10 for each in lists)


def test_what_is_refused_neither_comes_nor_does_its_like(shelf: Shelf) -> None:
    ids = bundle(shelf, 0, 12)
    others = bundle(shelf, 3, 12)
    shelf.play(ids[0])
    shelf.play(others[0], days_ago=6)
    plain = [each.track.id for each in shelf.for_you(8, 0, variety=PLAIN, now=NOW).tracks]
    refused = tuple(each for each in plain if each in ids)[:2]
    left = [each.track.id for each in shelf.for_you(8, 0, variety=PLAIN, now=NOW, refused=refused).tracks]
    assert not set(refused) & set(left)
