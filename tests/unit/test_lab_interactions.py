"""Reading interactions of the known shapes, and splitting them in the order of time."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.lab.interactions import Interactions, interactions
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.reading import read_interactions
from soniq_desktop.lab.splits import leave_last_out, moment, split, temporal


def written(folder: Path, text: str, name: str = "events.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_music4all_history_is_read_in_the_order_of_time(tmp_path: Path) -> None:
    rows = ("u1\ts2\t2019-01-03 10:00", "u1\ts1\t2019-01-02 09:30", "u2\ts1\t2019-01-01 00:00")
    text = "\n".join(("user\tsong\ttimestamp", *rows))
    report = read_interactions(written(tmp_path, text))
    events = report.interactions
    assert report.shape == "Music4All"
    assert [events.item_names[i] for i in events.items] == ["s1", "s2", "s1"]
    assert events.times[0] == datetime(2019, 1, 2, 9, 30, tzinfo=UTC).timestamp()
    assert events.dated


def test_a_lastfm_history_without_heading_is_recognised(tmp_path: Path) -> None:
    line = "user_00{}\t2009-05-04T23:08:5{}Z\ta1\tDeep \"Dish\tt{}\tFuck Me I'm Famous\n"
    text = line.format(1, 7, 9) + line.format(1, 1, 8) + line.format(2, 3, 9)
    report = read_interactions(written(tmp_path, text, "events.tsv"))
    events = report.interactions
    assert report.shape == "Last.fm-1K"
    assert [events.item_names[i] for i in events.items] == ["t8", "t9", "t9"]
    assert events.user_names == ("user_001", "user_002")


def test_playlists_keep_their_order_and_have_no_dates(tmp_path: Path) -> None:
    events = read_interactions(
        written(tmp_path, "playlist_id,track_id,pos\n7,12,2\n7,9,0\n7,12,5\n")
    ).interactions
    assert [events.item_names[i] for i in events.items] == ["9", "12", "12"]
    assert not events.dated


def test_a_compressed_file_and_milliseconds_are_read(tmp_path: Path) -> None:
    path = tmp_path / "events.csv.gz"
    path.write_bytes(gzip.compress(b"user_id,item_id,ts\na,b,1546300800000\n"))
    assert read_interactions(path).interactions.times[0] == 1546300800.0


def test_incomplete_and_repeated_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    text = "user,item,time\na,x,1\na,x,1\n,y,2\nb,,3\nb,y,nan\nNaN,y,4\nb,y,5\nc\n"
    report = read_interactions(written(tmp_path, text))
    assert len(report.interactions) == 2
    assert (report.incomplete, report.duplicates) == (4, 1)
    assert len(report.sentences()) == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("who,item\na,b\n", "no column for the user"),
        ("user,what\na,b\n", "no column for the item"),
        ("user,item,time\na,b,soon\n", "no complete row"),
        ("user,item\n", "no complete row"),
        ("", "is empty"),
    ],
)
def test_a_file_that_cannot_be_used_gets_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        read_interactions(written(tmp_path, text))


def test_a_missing_file_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no file"):
        read_interactions(tmp_path / "nothing.csv")


def dated(days: list[tuple[str, str, str]]) -> Interactions:
    users, items, times = zip(*days, strict=True)
    return interactions(list(users), list(items), np.array([moment(day) for day in times]), dated=True)


EVENTS = dated(
    [
        ("a", "old", "2018-01-01"),
        ("a", "x", "2018-03-01"),
        ("a", "y", "2018-12-25"),
        ("a", "z", "2019-01-25"),
        ("b", "x", "2018-05-01"),
        ("b", "new", "2019-02-01"),
        ("c", "x", "2019-02-02"),
        ("b", "late", "2019-03-01"),
    ]
)


def names(events: Interactions) -> list[str]:
    return [events.item_names[i] for i in events.items]


def test_the_default_dates_learn_a_year_and_predict_its_last_month() -> None:
    halves = split(EVENTS, "test")
    assert names(halves.train) == ["x", "y", "x"]
    assert names(halves.test) == ["z", "new"]  # c was never heard before, "late" comes after the end
    assert [EVENTS.item_names[i] for i in halves.cold] == ["new", "z"]


def test_validation_never_looks_at_the_test_month() -> None:
    halves = split(EVENTS, "val")
    assert names(halves.train) == ["x", "x"]
    assert names(halves.test) == ["y"]


def test_dates_in_the_wrong_order_get_a_sentence() -> None:
    with pytest.raises(LabError, match="in order"):
        split(EVENTS, "test", start="2019-01-01", test="2018-01-01")
    with pytest.raises(LabError, match="not a date"):
        split(EVENTS, "test", start="yesterday")


def test_a_period_without_events_gets_a_sentence() -> None:
    with pytest.raises(LabError, match="No event falls"):
        split(EVENTS, "test", start="2001-01-01", test="2002-01-01", end="2003-01-01")


def test_without_dates_each_last_event_is_predicted() -> None:
    events = interactions(["a"] * 3 + ["b"], list("xyzx"), None, dated=False)
    halves = split(events, "test")
    assert (names(halves.train), names(halves.test)) == (["x", "y", "x"], ["z"])
    before = leave_last_out(events, "val")
    assert (names(before.train), names(before.test)) == (["x", "x"], ["y"])


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(0, 99)), min_size=2, max_size=60),
    st.integers(1, 98),
)
def test_nothing_is_learned_from_what_comes_after(rows: list[tuple[int, int, int]], cut: int) -> None:
    users, items, times = ([str(row[i]) for row in rows] for i in range(3))
    events = interactions(users, items, np.array(times, dtype=float), dated=True)
    try:
        halves = temporal(events, "test", -1.0, float(cut), 100.0)
    except LabError:
        return
    assert halves.train.times.max() < cut <= halves.test.times.min()
    assert set(halves.test.users) <= set(halves.train.users)
    assert not set(halves.cold) & set(halves.train.items)


def test_one_event_is_never_both_learned_and_predicted() -> None:
    generator = np.random.default_rng(3)
    users = generator.integers(0, 9, 80).astype(str)
    events = interactions(list(users), list(generator.integers(0, 20, 80).astype(str)), None, dated=False)
    for mode in ("val", "test"):
        halves = leave_last_out(events, mode)
        together = np.concatenate((halves.train.times, halves.test.times))
        assert len(np.unique(together)) == len(together)
