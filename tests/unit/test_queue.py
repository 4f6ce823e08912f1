"""The order of play: nothing is lost, nothing plays twice, and shuffling can be undone."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.audio.queue import PlayQueue


def filled(count=5, start=0, seed=7):
    queue = PlayQueue(seed)
    queue.replace(list(range(count)), start)
    return queue


def play_on(queue, limit=1000):
    """Tracks as they play when nobody interferes, the current one included."""
    heard = []
    while queue.current is not None and len(heard) < limit:
        heard.append(queue.current.track)
        following = queue.after(queue.current.id)
        if following is None:
            break
        queue.follow(following.id)
    return heard


def test_plays_from_the_chosen_track_to_the_end():
    queue = filled(5, start=2)
    assert queue.current.track == 2
    assert play_on(queue) == [2, 3, 4]
    assert queue.next() is None


def test_play_next_goes_directly_after_the_current_one_and_add_to_the_end():
    queue = filled(3)
    queue.play_next([10, 11])
    queue.add([20])
    assert queue.tracks() == [0, 10, 11, 1, 2, 20]
    assert queue.upcoming() == [10, 11, 1, 2, 20]
    assert queue.upcoming(2) == [10, 11]


def test_the_same_track_twice_is_two_entries():
    queue = PlayQueue()
    queue.replace([7, 7, 7])
    assert len({queue.entry_at(i).id for i in range(3)}) == 3
    assert play_on(queue) == [7, 7, 7]


def test_repeat_one_holds_the_track_but_not_the_listener():
    queue = filled(3)
    queue.repeat = "one"
    assert queue.after(queue.current.id) == queue.current
    assert queue.next().track == 1


def test_repeat_all_begins_again():
    queue = filled(3, start=2)
    queue.repeat = "all"
    assert play_on(queue, 7) == [2, 0, 1, 2, 0, 1, 2]


def test_shuffle_keeps_the_current_track_and_unshuffle_restores_the_order():
    queue = filled(50, start=20)
    queue.set_shuffle(True)
    assert queue.current.track == 20
    assert queue.index == 0
    assert sorted(queue.tracks()) == list(range(50))
    assert queue.tracks() != list(range(50))
    queue.next()
    current = queue.current.track
    queue.set_shuffle(False)
    assert queue.tracks() == list(range(50))
    assert queue.current.track == current == queue.tracks()[queue.index]


def test_a_new_queue_is_shuffled_too_while_shuffle_is_on():
    queue = filled(3)
    queue.set_shuffle(True)
    queue.replace(list(range(100, 140)), 5)
    assert queue.current.track == 105
    assert queue.tracks() != list(range(100, 140))
    assert sorted(play_on(queue)) == list(range(100, 140))
    queue.set_shuffle(False)
    assert queue.tracks() == list(range(100, 140))


def test_shuffle_plays_each_once_before_any_again():
    queue = filled(20)
    queue.set_shuffle(True)
    queue.repeat = "all"
    heard = play_on(queue, 60)
    for start in (0, 20, 40):
        assert sorted(heard[start : start + 20]) == list(range(20))
    assert heard[:20] != heard[20:40]
    assert all(a != b for a, b in itertools.pairwise(heard))


def test_jump_in_a_shuffled_queue_leaves_the_others_to_come():
    queue = filled(10)
    queue.set_shuffle(True)
    played = [queue.current.track, queue.next().track]
    target = queue.tracks()[7]
    queue.jump(7)
    assert queue.current.track == target
    assert sorted([*played, *play_on(queue)]) == list(range(10))


def test_previous_goes_back_through_what_really_played():
    queue = filled(10)
    queue.next()
    queue.jump(7)
    queue.next()
    assert [queue.previous().track for _ in range(4)] == [7, 1, 0, 0]


def test_previous_without_history_is_the_one_before():
    queue = filled(5, start=3)
    assert queue.previous().track == 2


def test_previous_skips_what_was_removed():
    queue = filled(4)
    queue.next()
    queue.next()
    queue.remove(1)
    assert queue.previous().track == 0


def test_moving_keeps_the_current_entry():
    queue = filled(5, start=2)
    queue.move(2, 4)
    assert queue.tracks() == [0, 1, 3, 4, 2]
    assert queue.current.track == 2
    queue.move(0, 99)
    assert queue.tracks() == [1, 3, 4, 2, 0]
    assert queue.current.track == 2


def test_removing_the_current_entry_lets_the_next_one_take_its_place():
    queue = filled(3, start=1)
    assert queue.remove(1) is True
    assert queue.current.track == 2
    assert queue.remove(0) is False
    assert queue.current.track == 2
    assert queue.remove(0) is True
    assert queue.current is None


def test_clearing_keeps_what_plays():
    queue = filled(5, start=2)
    queue.set_shuffle(True)
    queue.keep_current()
    assert queue.tracks() == [2]
    queue.set_shuffle(False)
    assert queue.tracks() == [2]


def test_empty_queue_answers_everything():
    queue = PlayQueue()
    assert queue.current is None
    assert queue.next() is None
    assert queue.previous() is None
    assert queue.upcoming() == []
    queue.set_shuffle(True)
    queue.set_shuffle(False)
    queue.add([1])
    assert queue.tracks() == [1]
    with pytest.raises(IndexError):
        queue.jump(5)


def test_what_was_added_by_hand_is_known():
    queue = filled(2)
    queue.play_next([9])
    queue.add([4], "radio")
    assert [queue.added_as(queue.entry_at(i).id) for i in range(4)] == [None, "queue", None, "radio"]


def test_who_added_a_track_is_known_after_a_restart():
    queue = filled(3)
    queue.add([9], "radio")
    again = filled(0)
    again.restore(queue.session())
    labels = [again.added_as(again.entry_at(i).id) for i in range(4)]
    assert labels == [None, None, None, "radio"]


def test_neighbours_are_those_in_the_order_of_play():
    queue = filled(4)
    assert queue.neighbours(queue.entry_at(0).id) == [1]
    assert queue.neighbours(queue.entry_at(2).id) == [1, 3]


@pytest.mark.parametrize("shuffled", [False, True])
def test_session_round_trip(shuffled):
    queue = filled(30, start=4)
    queue.set_shuffle(shuffled)
    queue.repeat = "all"
    queue.next()
    other = PlayQueue(99)
    other.restore(queue.session())
    assert other.tracks() == queue.tracks()
    assert other.current.track == queue.current.track
    assert other.repeat == "all"
    assert other.shuffled is shuffled
    other.set_shuffle(False)
    assert other.tracks() == list(range(30))


@pytest.mark.parametrize(
    "session",
    [
        {},
        {"tracks": ["x", None, 3]},
        {"tracks": [1, 2], "order": [5, 5], "index": 40},
        {"index": "a", "repeat": 3},
    ],
)
def test_damaged_session_gives_a_usable_queue(session):
    queue = PlayQueue()
    queue.restore(session)
    assert all(isinstance(track, int) for track in queue.tracks())
    assert queue.current is None or queue.current.track in queue.tracks()
    assert queue.repeat == "off"


def test_a_hundred_thousand_tracks_are_no_burden():
    queue = PlayQueue(1)
    tracks = list(range(100_000))
    begin = time.perf_counter()
    queue.replace(tracks, 5000)
    queue.set_shuffle(True)
    queue.play_next([1])
    queue.upcoming(50)
    queue.session()
    assert (
        time.perf_counter() - begin < 2.0
    )  # a hundredth of that on an idle machine; minutes if it were quadratic


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "play_next", "move", "remove", "next", "previous", "jump", "shuffle", "follow"]
        ),
        st.integers(0, 30),
        st.integers(0, 30),
    ),
    max_size=40,
)


def act(queue, action, a, b):
    size = len(queue)
    if action in ("add", "play_next"):
        getattr(queue, action)([100 + a, 200 + b])
    elif action == "shuffle":
        queue.set_shuffle(not queue.shuffled)
    elif action in ("next", "previous"):
        getattr(queue, action)()
    elif size:
        index = a % size
        if action == "follow":
            queue.follow(queue.entry_at(index).id)
        elif action == "move":
            queue.move(index, b)
        else:
            getattr(queue, action)(index)


@settings(max_examples=150, deadline=None)
@given(ACTIONS, st.integers(0, 8), st.booleans())
def test_whatever_is_done_the_queue_stays_whole(actions, size, repeat):
    queue = PlayQueue(3)
    queue.replace(list(range(size)))
    queue.repeat = "all" if repeat else "off"
    expected = sorted(range(size))
    for action, a, b in actions:
        before = queue.tracks()
        gone = before[a % len(before)] if action == "remove" and before else None
        act(queue, action, a, b)
        if action in ("add", "play_next"):
            expected += [100 + a, 200 + b]
        elif gone is not None:
            expected.remove(gone)
        assert sorted(queue.tracks()) == sorted(expected)
        assert (queue.current is None) or (0 <= queue.index < len(queue))
        ids = [queue.entry_at(i).id for i in range(len(queue))]
        assert len(set(ids)) == len(ids)
        assert queue.upcoming() == queue.tracks()[queue.index + 1 :]
        copy = PlayQueue(5)
        copy.restore(queue.session())
        assert copy.tracks() == queue.tracks()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(0, 1000))
def test_unshuffling_always_restores_the_order(size, seed):
    queue = PlayQueue(seed)
    queue.replace(list(range(size)), seed % size)
    queue.set_shuffle(True)
    for _ in range(seed % 5):
        queue.next()
    queue.set_shuffle(False)
    assert queue.tracks() == list(range(size))
