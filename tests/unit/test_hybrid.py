"""Habits: learned from sessions, judged on later ones, used only where they win."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.discovery import hybrid_judge
from soniq_desktop.discovery.habits import HabitBonus
from soniq_desktop.discovery.hybrid import (
    FOR_YOU,
    RADIO,
    USES,
    Sessions,
    counted,
    expected,
    learn,
    session_numbers,
    sessions_of,
)
from soniq_desktop.discovery.hybrid_judge import (
    Verdict,
    flips,
    interval,
    judge,
    ndcg,
    next_sessions,
    next_songs,
)
from soniq_desktop.discovery.hybrid_store import Checked, habits_path, load, save
from soniq_desktop.discovery.hybrid_worker import after_last, checked_now
from soniq_desktop.discovery.reasons import Reason
from soniq_desktop.lab.simulated import END, FINISHED, RANDOM, SKIPPED, Ways
from soniq_desktop.library.play_history import PlayColumns
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from tests.hybrid_fixtures import SONGS, listener, sounds

LIBRARY = sounds()
SPEC = embedder_spec(DEFAULT_EMBEDDER)
HABITS = Ways(sessions=1.5)


def of(columns: PlayColumns) -> Sessions:
    return sessions_of(columns, counted(columns, LIBRARY))


def radio(sessions: Sessions) -> Verdict:
    return judge(RADIO, LIBRARY, sessions, lambda asked: after_last(LIBRARY, asked), END)


def plays(tracks: list[int], gap: float = 1.0, ended: int = FINISHED, heard: float = 240.0) -> PlayColumns:
    """Plays one after another, `gap` seconds of silence between them."""
    count = len(tracks)
    started = 1_700_000_000.0 + np.arange(count) * (240.0 + gap)
    return PlayColumns(
        np.arange(count), np.array(tracks, np.int64), started, np.full(count, heard),
        np.full(count, ended), np.zeros(count, np.int64), ("songs",),
    )  # fmt: skip


# -- what is learned


def test_half_an_hour_of_silence_begins_another_session() -> None:
    ends = np.array([10.0, 20.0, 2000.0, 2100.0])
    assert session_numbers(np.array([0.0, 10.0, 1821.0, 2010.0]), ends).tolist() == [0, 0, 1, 1]
    assert session_numbers(np.zeros(0), np.zeros(0)).tolist() == []


def test_skipped_and_hardly_heard_plays_do_not_count() -> None:
    assert not len(of(plays([1, 2, 3], ended=SKIPPED)))
    assert not len(of(plays([1, 2, 3], heard=100.0)))


def test_songs_that_left_the_library_and_repeated_rows_are_left_out() -> None:
    assert of(plays([1, 999_999, 2, 2, 2, 3])).tracks.tolist() == [1, 2, 3]


def test_what_follows_is_counted_within_a_session_only() -> None:
    habit = learn(of(plays([1, 2, 1, 2, 1, 3])), END)
    assert habit.often(1, 2) == (2, 3)
    assert habit.often(1, 3) == (1, 3)
    assert habit.often(3, 1) == (0, 0)
    assert learn(of(plays([1, 2, 3], gap=4_000)), END).first.tolist() == []


def test_shares_never_exceed_one() -> None:
    habit = learn(of(listener(LIBRARY, HABITS)), END)
    totals = np.bincount(np.searchsorted(habit.songs, habit.first), habit.shares)
    assert (totals < 1).all()


def test_songs_that_sound_like_what_follows_are_lifted_though_never_played() -> None:
    habit = learn(of(plays([1, 2, 3] * 20)), END)
    follow, alike = expected(habit, LIBRARY, [1], 0.5)
    unheard = np.arange(3, SONGS)
    assert (follow[unheard] == 0).all()
    assert np.argmax(LIBRARY.vectors[unheard] @ LIBRARY.vectors[1]) in np.argsort(-alike[unheard])[:10]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 12), max_size=60), st.lists(st.integers(1, 12), max_size=5))
def test_a_bonus_is_finite_and_between_zero_and_one(tracks: list[int], context: list[int]) -> None:
    habit = learn(of(plays(tracks)), END)
    for values in expected(habit, LIBRARY, context, 0.5):
        assert np.isfinite(values).all()
        assert (values >= 0).all()
        assert (values <= 1 + 1e-5).all()


# -- how it is judged


def test_habits_win_where_there_are_some() -> None:
    for seed in range(3):
        verdict = radio(of(listener(LIBRARY, HABITS, seed)))
        assert verdict.wins
        assert verdict.hybrid > 1.5 * verdict.content
        assert "by the sound and by your habits" in verdict.sentence()


def test_habits_do_not_win_where_listening_is_random() -> None:
    wins = sum(radio(of(listener(LIBRARY, RANDOM, seed))).wins for seed in range(8))
    assert wins == 0


def test_nothing_is_judged_on_a_short_history() -> None:
    for columns in (plays([]), plays([1]), plays([1, 2] * 100)):
        verdict = radio(of(columns))
        assert not verdict.wins
        assert "so far" in verdict.sentence()


def test_a_long_history_of_one_session_is_not_judged() -> None:
    assert not radio(of(plays(list(range(1, 101)) * 5))).sessions


def test_what_is_judged_is_never_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each habit ends before the first play that it is asked about."""
    learned, asked = list[float](), list[list[float]]()
    real_learn, real_table = hybrid_judge.learn, hybrid_judge._table

    def spy_learn(sessions: Sessions, now: float) -> object:
        learned.append(float(sessions.started.max()))
        return real_learn(sessions, now)

    def spy_table(habit, use, library, questions, content, pairs):  # type: ignore[no-untyped-def]
        asked.append([each.at for each in questions])
        return real_table(habit, use, library, questions, content, pairs)

    monkeypatch.setattr(hybrid_judge, "learn", spy_learn)
    monkeypatch.setattr(hybrid_judge, "_table", spy_table)
    radio(of(listener(LIBRARY, HABITS)))
    assert len(learned) == len(asked) == 2
    assert learned[0] < min(asked[0]) <= max(asked[0]) < min(asked[1])
    assert learned[1] < min(asked[1])


def test_it_is_the_order_that_is_learned() -> None:
    columns = listener(LIBRARY, replace(HABITS, repeat=0.0, favourites=60))
    shuffled = replace(columns, tracks=np.random.default_rng(1).permutation(columns.tracks))
    assert radio(of(columns)).hybrid > 2 * radio(of(shuffled)).hybrid


def test_questions_for_the_radio_never_ask_for_what_the_session_has_heard() -> None:
    for question in next_songs(of(listener(LIBRARY, HABITS, days=30))):
        assert not np.isin(question.wanted, question.context).any()


def test_questions_for_you_leave_out_what_was_heard_within_two_days() -> None:
    sessions = of(listener(LIBRARY, HABITS, days=30))
    for question in next_sessions(sessions):
        lately = (sessions.started < question.at) & (sessions.started >= question.at - 2 * 86_400)
        assert not np.isin(question.wanted, sessions.tracks[lately]).any()


def test_ndcg_by_hand() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6], np.float32)
    everything = np.ones(4, bool)
    assert ndcg(scores, everything, np.array([0])) == 1.0
    assert ndcg(scores, everything, np.array([1])) == pytest.approx(1 / np.log2(3))
    assert ndcg(scores, everything, np.array([0, 1])) == 1.0
    assert ndcg(scores, np.array([True, False, True, True]), np.array([1])) == 0.0
    assert ndcg(np.zeros(1000, np.float32), np.ones(1000, bool), np.array([5])) == 0.0


def test_a_few_lucky_hits_among_zeros_are_no_gain() -> None:
    gains = np.zeros(40)
    gains[:5] = 0.5
    assert interval(gains)[0] > 0
    assert flips(gains) > hybrid_judge.BY_CHANCE
    assert flips(np.full(40, 0.1)) <= hybrid_judge.BY_CHANCE


# -- how it is used and kept


def test_often_follows_is_said_only_where_it_is_true() -> None:
    habit = learn(of(plays([1, 2, 1, 2, 1, 2, 1, 3])), END)
    follow, _ = expected(habit, LIBRARY, [1], 0.5)
    assert follow[1] > follow[2] > 0
    bonus = HabitBonus(habit, RADIO, 1.0, 0.0)

    class Titles:
        def tracks(self, ids):  # type: ignore[no-untyped-def]
            return [type("T", (), {"id": each, "title": f"Song {each}"}) for each in ids]

    ahead = bonus.ahead(Titles(), LIBRARY, [1])  # type: ignore[arg-type]
    assert ahead is not None
    plain = Reason((), False, "Same key (8A)", {}, {})
    said = ahead.explained(plain, 2).sentence
    assert said == "Often follows “Song 1” in your listening (3 of 4 times); same key (8A)"
    assert ahead.explained(plain, 3) is plain
    assert ahead.explained(plain, 7) is plain
    assert bonus.ahead(Titles(), LIBRARY, [50]) is None  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def checked() -> Checked:
    return checked_now(LIBRARY, listener(LIBRARY, HABITS), END)


def test_a_check_covers_both_uses_and_survives_the_disk(tmp_path: Path, checked: Checked) -> None:
    assert [each.use for each in checked.verdicts] == [use.name for use in USES]
    save(tmp_path, SPEC, checked)
    found = load(tmp_path, SPEC)
    assert found is not None
    assert found.verdicts == checked.verdicts
    assert found.evidence == checked.evidence
    assert found.habit.often(1, 2) == checked.habit.often(1, 2)
    assert found.bonus(RADIO) is not None
    assert (found.bonus(FOR_YOU) is not None) == checked.verdicts[1].wins


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not an archive"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, checked: Checked, data: bytes) -> None:
    save(tmp_path, SPEC, checked)
    habits_path(tmp_path, SPEC).write_bytes(data)
    assert load(tmp_path, SPEC) is None


def test_plays_of_the_future_are_left_out() -> None:
    columns = listener(LIBRARY, HABITS)
    found = checked_now(LIBRARY, columns, columns.started[0] - 1)
    assert found.verdicts[0].plays == found.evidence.plays == 0
