"""Which plays count, local time, genre sets, and the tables that come of them."""

import numpy as np
import pytest

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.library.play_history import PlayColumns, PlayedSongs, genre_set
from soniq_desktop.persona import habits
from soniq_desktop.persona.history import FINISHED, PART, SKIPPED, History, counts, history_of
from soniq_desktop.persona.portrait import NEEDED, portrait

DAY = 86_400.0
MONDAY = 4 * DAY  # 5 January 1970
NOW = 400 * DAY


def make_songs(durations: list[float], genres: list[str | None] | None = None) -> PlayedSongs:
    count = len(durations)
    sets = [genre_set(name or "", None, None) for name in (genres or ["Rock"] * count)]
    return PlayedSongs(
        np.arange(1, count + 1), np.array(durations), np.zeros(count, bool), np.arange(count) + 1,
        np.full(count, -1), np.array(sets),
    )  # fmt: skip


def make_history(
    songs: PlayedSongs, plays: list[tuple[int, float, float, int]], source: str = "songs"
) -> History:
    """Plays are (track id, start, seconds heard, ended)."""
    table = np.array(sorted(plays, key=lambda each: each[1]), np.float64).reshape(-1, 4)
    columns = PlayColumns(
        np.arange(len(table)), table[:, 0].astype(int), table[:, 1], table[:, 2], table[:, 3].astype(int),
        np.zeros(len(table), np.int64), (source,),
    )  # fmt: skip
    return history_of(columns, songs, lambda _moment: 0)


def endings_of(history: History) -> habits.Endings:
    return habits.endings(history, history.plays)


def counted(duration: float, *plays: tuple[float, float, int]) -> list[bool]:
    """Of (start, heard, ended) of one song."""
    starts, heard, ended = (np.array(values) for values in zip(*plays, strict=True))
    n = len(starts)
    return counts(np.zeros(n, np.int64), starts, heard, ended, np.full(n, duration)).tolist()


def test_half_the_song_or_four_minutes_counts() -> None:
    assert counted(200, (0.0, 99.0, PART), (1e4, 100.0, PART)) == [False, True]
    assert counted(3_600, (0.0, 239.0, PART), (1e4, 240.0, PART)) == [False, True]


def test_jumping_to_the_end_does_not_count() -> None:
    assert counted(200, (0.0, 3.0, FINISHED)) == [False]


def test_a_skipped_start_does_not_count() -> None:
    assert counted(50, (0.0, 26.0, SKIPPED)) == [False]


def test_a_jingle_on_repeat_counts_once_an_hour() -> None:
    plays = [(10.0 * n, 10.0, FINISHED) for n in range(360)]
    assert sum(counted(10, *plays)) == 1
    assert sum(counted(10, *plays, (3_700.0, 10.0, FINISHED))) == 2


def test_a_song_that_plays_again_and_again_counts_each_time() -> None:
    assert sum(counted(180, *[(180.0 * n, 180.0, FINISHED) for n in range(5)])) == 5


def test_events_of_songs_that_left_the_library_are_left_out() -> None:
    history = make_history(make_songs([200]), [(1, 0, 200, FINISHED), (9, 500, 200, FINISHED)])
    assert len(history.plays) == 1


def test_local_time_follows_the_clock_change() -> None:
    songs = make_songs([200])
    columns = make_history(songs, [(1, MONDAY + 23 * 3600, 200, 0), (1, MONDAY + 48 * 3600, 200, 0)])
    raw = PlayColumns(
        columns.plays.ids, np.array([1, 1]), columns.plays.started, columns.plays.heard,
        columns.plays.ended, columns.plays.sources, ("songs",),
    )  # fmt: skip
    local = history_of(raw, songs, lambda moment: 3_600 if moment < MONDAY + DAY else 7_200)
    assert local.plays.weekday.tolist() == [1, 2]
    assert local.plays.hour.tolist() == [0, 2]


def test_the_users_word_goes_before_the_tag_and_the_tag_before_what_was_heard() -> None:
    heard = np.eye(12, dtype="<f4")[FAMILIES.index("Metal")].tobytes()
    assert genre_set("Jazz", "Soul", heard)[FAMILIES.index("Soul")] == 1
    assert genre_set("Rock; Jazz", None, heard)[FAMILIES.index("Jazz")] == 0.5
    assert genre_set("", None, heard)[FAMILIES.index("Metal")] == 1
    assert genre_set("Soundtrack", None, heard)[FAMILIES.index("Metal")] == 1
    assert genre_set("Soundtrack", None, None)[FAMILIES.index("Classical")] == 1
    assert np.isnan(genre_set("", None, None)).all()


def test_the_heat_map_counts_hours_of_listening() -> None:
    history = make_history(make_songs([1_800]), [(1, MONDAY + 8 * 3600, 1_800, FINISHED)])
    table = habits.heat(history.plays)
    assert table[0, 8] == pytest.approx(0.5)
    assert table.sum() == pytest.approx(0.5)


def test_the_stream_gives_shares_of_listening_time() -> None:
    songs = make_songs([300, 100], ["Rock", "Jazz"])
    history = make_history(songs, [(1, MONDAY, 300, 0), (2, MONDAY + 400, 100, 0)])
    stream = habits.genre_stream(history, history.plays, 4, 40)
    assert stream.step == "week"
    assert stream.shares[0, FAMILIES.index("Rock")] == pytest.approx(0.75)
    assert stream.shares[1:].sum() == 0


def test_buckets_are_days_weeks_months_or_quarters() -> None:
    assert habits.buckets(0, 29)[0] == "day"
    assert habits.buckets(0, 364)[0] == "week"
    assert habits.buckets(0, 2_000)[0] == "month"
    assert habits.buckets(0, 7_300)[0] == "quarter"


def test_first_listens_are_first_in_the_whole_history() -> None:
    songs = make_songs([200, 200])
    old, new = NOW - 200 * DAY, NOW - 5 * DAY
    history = make_history(songs, [(1, old, 200, 0), (1, new, 200, 0), (2, new + 300, 200, 0)])
    found = portrait(history, "30 days", now=NOW, offset_of=lambda _moment: 0)
    assert (found.plays, found.discovery.total, found.discovery.rate) == (2, 1, 0.5)


def test_repeats_are_songs_played_within_thirty_days() -> None:
    songs = make_songs([200, 200])
    plays = [(1, 0, 200, 0), (1, 10 * DAY, 200, 0), (1, 60 * DAY, 200, 0), (2, 0, 200, 0)]
    assert habits.repeat_rate(make_history(songs, plays).plays) == pytest.approx(0.25)


def test_a_favourite_of_once_is_dormant() -> None:
    songs = make_songs([200, 200])
    plays = [(1, day * DAY, 200, 0) for day in range(9)] + [(2, NOW - day * DAY, 200, 0) for day in range(9)]
    found = habits.dormant(history := make_history(songs, plays), history.plays, NOW)
    assert [(each.key, each.plays) for each in found] == [(0, 9)]


def test_endings_leave_out_histories_that_do_not_tell_them() -> None:
    songs = make_songs([200])
    plays = [(1, 0, 200, FINISHED), (1, 300, 10, SKIPPED)]
    assert endings_of(make_history(songs, plays)).skipped == 0.5
    scrobbled = make_history(songs, plays, "Last.fm")
    assert endings_of(scrobbled).starts == 0


def test_what_is_skipped_most_stands_out_with_evidence() -> None:
    songs = make_songs([200, 200], ["Metal", "Jazz"])
    morning = [(1, MONDAY + 7 * DAY * n + 8 * 3600, 10, SKIPPED) for n in range(40)]
    evening = [(2, MONDAY + 7 * DAY * n + 20 * 3600, 200, FINISHED) for n in range(40)]
    found = endings_of(make_history(songs, morning + evening))
    assert found.skipped_most == "Metal on weekday mornings"
    few = endings_of(make_history(songs, morning[:5] + evening))
    assert few.skipped_most == ""


def test_plays_in_the_future_are_left_out() -> None:
    history = make_history(make_songs([200]), [(1, NOW + 5 * DAY, 200, 0), (1, NOW - DAY, 200, 0)])
    assert portrait(history, "all", now=NOW, offset_of=lambda _moment: 0).plays == 1


def test_below_fifty_plays_it_says_how_many_are_missing() -> None:
    history = make_history(make_songs([200]), [(1, NOW - DAY + 300 * n, 200, 0) for n in range(NEEDED - 7)])
    found = portrait(history, "all", now=NOW, offset_of=lambda _moment: 0)
    assert found.missing == 7
    assert found.entropy is None
    assert found.archetype is None


def test_an_empty_history_has_a_portrait_too() -> None:
    found = portrait(make_history(make_songs([200]), []), "12 months", now=NOW, offset_of=lambda _moment: 0)
    assert (found.plays, found.missing, found.top_songs) == (0, NEEDED, ())


def test_songs_without_a_genre_are_left_out_of_entropy_and_said() -> None:
    songs = make_songs([200, 200], ["Rock", None])
    plays = [(1 + n % 2, NOW - 100 * DAY + 3_600 * n, 200, 0) for n in range(120)]
    found = portrait(make_history(songs, plays), "all", now=NOW, offset_of=lambda _moment: 0)
    assert found.entropy is not None
    assert found.entropy.bits == pytest.approx(0)
    assert found.figures is not None
    assert found.figures.with_genre == 0.5


def test_rankings_put_the_most_played_first_and_leave_out_what_has_no_album() -> None:
    keys, songs = np.array([7, 3, 7, -1, 3, 7, 5]), np.array([10, 11, 12, 13, 14, 15, 16])
    found = habits.ranking(keys, songs, 2)
    assert [(each.key, each.plays, each.song) for each in found] == [(7, 3, 10), (3, 2, 11)]
    assert habits.ranking(np.zeros(0, np.int64), np.zeros(0, np.int64), 5) == ()
