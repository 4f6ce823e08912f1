"""What the user said is no duplicate is remembered by the sounds."""

import pytest

from soniq_desktop.library.distinct import Decisions, NotDuplicates
from soniq_desktop.library.documents import Documents
from soniq_desktop.library.records import Tags, Track


def track(number: int, path: str = "", audio_hash: str | None = "") -> Track:
    sound = f"{number:032x}" if audio_hash == "" else audio_hash
    return Track(number, path or f"/music/{number}.mp3", Tags(title=f"Song {number}"), audio_hash=sound)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "documents.json"


def test_a_decision_holds_for_either_order_and_after_a_restart(file):
    documents = Documents(file)
    NotDuplicates(documents).add(track(1), [track(2), track(3)])
    documents.close()
    decisions = NotDuplicates(Documents(file)).decisions()
    assert len(decisions) == 2
    assert decisions.apart(track(2), track(1))
    assert decisions.apart(track(1), track(3))
    assert not decisions.apart(track(2), track(3))


def test_it_follows_the_sound_to_another_path_and_id(file):
    store = NotDuplicates(Documents(file))
    store.add(track(1), [track(2)])
    moved = track(40, "/elsewhere/a.mp3", track(1).audio_hash)
    assert store.decisions().apart(moved, track(2))


def test_two_files_of_one_sound_are_told_apart_by_their_paths(file):
    store = NotDuplicates(Documents(file))
    one, twin, third = (track(n, f"/{n}", "ab" * 16) for n in (1, 2, 3))
    store.add(one, [twin])
    assert store.decisions().apart(twin, one)
    assert not store.decisions().apart(one, third)


def test_it_can_be_taken_back_one_by_one_and_as_a_whole(file):
    store = NotDuplicates(Documents(file))
    store.add(track(1), [track(2), track(3)])
    store.remove(track(2), [track(1)])
    assert not store.decisions().apart(track(1), track(2))
    assert store.decisions().apart(track(1), track(3))
    store.clear()
    assert store.decisions() == Decisions()


def test_saying_it_twice_is_saying_it_once_and_odd_paths_are_kept(file):
    store = NotDuplicates(Documents(file))
    odd = track(1, "/music/\udcff.mp3", None)
    for _ in range(2):
        store.add(odd, [track(2, audio_hash=None)])
    assert len(store.decisions()) == 1
    assert len(NotDuplicates(Documents(file)).decisions()) == 1
