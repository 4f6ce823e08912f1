"""The radio: goes on, never repeats, is steered."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.discovery.habits import HabitBonus
from soniq_desktop.discovery.hybrid import RADIO, Sessions, learn
from soniq_desktop.discovery.radio import Radio
from tests.reasons_fixtures import Shelf, direction


@pytest.fixture
def shelf(tmp_path: Path):
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.catalogue.close()


def test_nothing_comes_twice_until_the_library_is_at_its_end(shelf: Shelf) -> None:
    ids = shelf.crowd(25)
    radio = Radio(shelf.recommender, ids[:2])
    heard = [each.track.id for each in radio.take(40)]
    assert sorted(heard) == ids[2:]
    assert radio.next() is None


def test_the_seeds_take_turns(shelf: Shelf) -> None:
    random = np.random.default_rng(0)
    bundles = [[shelf.add(direction(a) + 0.1 * random.standard_normal(8)) for _ in range(6)] for a in (0, 4)]
    found = Radio(shelf.recommender, [bundles[0][0], bundles[1][0]]).take(6)
    assert [each.track.id in bundles[0] for each in found] == [True, False] * 3


def test_a_skip_steers_the_next_track(shelf: Shelf) -> None:
    seed = shelf.add(direction(0))
    one_way = [shelf.add(direction(0, 1, 0.5 + share / 50), duration=200 + 9 * share) for share in range(6)]
    other_way = [shelf.add(direction(0, 2, 0.6 + share / 50), duration=200 + 9 * share) for share in range(6)]
    shelf.crowd(30)
    radio = Radio(shelf.recommender, [seed])
    first = radio.next()
    assert first is not None
    assert first.track.id in one_way
    unsteered = Radio(shelf.recommender, [seed]).take(2)[1].track.id
    assert unsteered in one_way
    radio.skip(first.track.id)
    following = radio.next()
    assert following is not None
    assert following.track.id in other_way


def test_what_was_finished_leads_on(shelf: Shelf) -> None:
    seed = shelf.add(direction(0))
    shelf.crowd(30)
    step = shelf.add(direction(3))
    near = shelf.add(direction(3, 2, 0.1))
    radio = Radio(shelf.recommender, [seed])
    radio.hear([step])
    radio.finished(step)
    assert near in [each.track.id for each in radio.take(2)]


def test_an_artist_rests_for_a_few_tracks(shelf: Shelf) -> None:
    seed = shelf.add(direction(0), artist="Zoe")
    for number in range(4):
        for place, name in enumerate(("Ada", "Grace", "Joan", "Mary", "Ruth", "Vera")):
            shelf.add(direction(0, place + 1, 0.1 + number / 20), artist=name, duration=200.0 + 7 * number)
    artists = [each.track.artist for each in Radio(shelf.recommender, [seed]).take(15)]
    assert all(len(set(artists[start : start + 5])) == 5 for start in range(11))


def test_seeds_that_were_never_listened_to_are_refused_in_a_sentence(shelf: Shelf) -> None:
    shelf.crowd(3)
    with pytest.raises(NotFoundError, match="listened to none of these"):
        Radio(shelf.recommender, [99])


def test_a_library_of_one_track_ends_at_once(shelf: Shelf) -> None:
    (only,) = shelf.crowd(1)
    assert Radio(shelf.recommender, [only]).next() is None


def test_the_engines_may_be_imported_by_the_window() -> None:
    code = "import sys, soniq_desktop.discovery.radio; print(*sorted({n.split('.')[0] for n in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "scipy", "librosa", "numba", "PySide6"} & set(done.stdout.split())


def test_the_farther_from_home_the_more_unheard_tracks_from_away(shelf: Shelf) -> None:
    ids = shelf.crowd(60)
    shares = []
    for distance in (0.0, 30.0, 100.0):
        found = Radio(shelf.recommender, ids[:2], distance=distance).take(20)
        assert len({each.track.id for each in found}) == 20
        shares.append(sum(each.exploring for each in found))
    assert shares == [0, 6, 20]


def test_far_from_home_what_was_heard_is_left_out_as_long_as_there_is_more(shelf: Shelf) -> None:
    ids = shelf.crowd(20)
    for track_id in ids[2:12]:
        shelf.play(track_id)
    found = [each.track.id for each in Radio(shelf.recommender, ids[:2], distance=100.0).take(8)]
    assert not set(found) & set(ids[2:12])
    assert len(Radio(shelf.recommender, ids[:2], distance=100.0).take(30)) == 18


def test_the_radio_goes_by_habits_that_have_won(shelf: Shelf) -> None:
    """The song that usually follows comes first, with the count; what follows a skipped song does not."""
    ids = shelf.crowd(25)
    started = 1.7e9 + np.arange(40) * 210.0
    sessions = Sessions(np.array([ids[0], ids[24]] * 20), started, np.repeat(np.arange(10), 4))
    bonus = HabitBonus(learn(sessions, float(started[-1])), RADIO, 3.0, 0.0)
    recommender = replace(shelf.recommender, habits=lambda use: bonus if use == RADIO else None)
    found = Radio(recommender, [ids[0]]).next()
    assert found is not None
    assert found.track.id == ids[24]
    assert found.reason.sentence.startswith("Often follows “Track 1” in your listening (20 of 20 times); ")
    assert found.score <= 1
    radio, plain = Radio(recommender, [ids[0]]), Radio(shelf.recommender, [ids[0]])
    radio.skip(ids[0])
    plain.skip(ids[0])
    assert [each.track.id for each in radio.take(5)] == [each.track.id for each in plain.take(5)]
