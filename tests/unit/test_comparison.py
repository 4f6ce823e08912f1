"""The comparison of the whole library: only what is new is compared, and nothing is lost by stopping."""

import os

import numpy as np
import pytest

from soniq_desktop.common.control import Control
from soniq_desktop.fingerprint import compared as table
from soniq_desktop.fingerprint import comparison
from soniq_desktop.fingerprint.compared import Compared, load, save
from soniq_desktop.fingerprint.comparing import Join, Sketch
from soniq_desktop.fingerprint.comparison import compare_library
from soniq_desktop.fingerprint.landmarks import fingerprint
from soniq_desktop.fingerprint.overlay import Relation
from soniq_desktop.fingerprint.recordings import between
from soniq_desktop.fingerprint.store import FingerprintStore
from tests.fingerprint_fixtures import melody, sound

RATE = 11_025


def relation(one: int, other: int, offset: float = 1.5) -> Relation:
    return Relation(one, other, offset, 30.0, 0.9, 0.8, 0.95)


def filled() -> Compared:
    compared = Compared()
    compared.add(3, sound(3), [relation(3, 1), relation(3, 7)])
    compared.add(1, sound(1), [])
    compared.add(7, sound(7), [relation(7, 3, -1.5)])
    return compared


@pytest.fixture(params=["by index", "by sketch"])
def way(request, monkeypatch):
    """Either way of comparing."""
    monkeypatch.setattr(comparison, "FEWEST_SKETCHED", 1 if request.param == "by sketch" else 1000)
    return request.param


@pytest.fixture
def folder(tmp_path):
    """An index of two pieces and a late copy of the second."""
    pieces = [melody(20.0, RATE, seed=seed)[:, 0] for seed in range(2)]
    pieces.append(np.concatenate([np.zeros(2 * RATE, np.float32), pieces[1]]))
    with FingerprintStore(tmp_path / "index", merging=False) as store:
        for number, each in enumerate(pieces, 1):
            store.add(number, sound(number), fingerprint(each, RATE))
    return tmp_path / "index"


def test_each_pair_is_kept_once_with_the_smaller_id_first():
    compared = filled()
    assert set(compared.relations) == {(1, 3), (3, 7)}
    first = compared.relations[1, 3]
    assert (first.track, first.other, first.offset_seconds, first.share) == (1, 3, -1.5, 0.8)


def test_what_was_saved_is_loaded_again(tmp_path):
    save(tmp_path / "cache" / "table.npz", filled())
    assert load(tmp_path / "cache" / "table.npz") == filled()


def test_an_empty_table_is_saved_and_loaded(tmp_path):
    save(tmp_path / "table.npz", Compared())
    assert load(tmp_path / "table.npz") == Compared()


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut"])
def test_a_damaged_table_is_made_anew(tmp_path, content):
    (tmp_path / "table.npz").write_bytes(content)
    assert load(tmp_path / "table.npz") == Compared()


def test_a_table_of_another_version_is_made_anew(tmp_path, monkeypatch):
    save(tmp_path / "table.npz", filled())
    monkeypatch.setattr(table, "VERSION", table.VERSION + 1)
    assert load(tmp_path / "table.npz") == Compared()


def test_what_left_the_index_or_sounds_different_is_forgotten():
    compared = filled()
    waiting = compared.to_compare({1: sound(1), 3: sound(33), 9: sound(9)})
    assert waiting == [3, 9]
    assert compared.sounds == {1: sound(1)}
    assert compared.relations == {}


def test_the_library_is_compared_in_other_processes_and_then_only_what_is_new(tmp_path, folder, way):
    seen = []
    file = tmp_path / "table.npz"
    found = compare_library(folder, file, control=Control(), progress=seen.append)
    assert set(found.relations) == {(2, 3)}
    assert found.relations[2, 3].offset_seconds == pytest.approx(2.0, abs=0.03)
    assert (seen[-1].done, seen[-1].total) == (3, 3)
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert [each.name for each in tmp_path.iterdir() if "dup" in each.name] == []  # no sketches are left
    seen.clear()
    assert compare_library(folder, file, control=Control(), progress=seen.append) == found
    assert seen == []  # nothing was new: no process was started


def test_new_tracks_are_compared_with_those_before_and_with_each_other(tmp_path, folder, way):
    file = tmp_path / "table.npz"
    compare_library(folder, file, control=Control())
    with FingerprintStore(folder, merging=False) as store:
        for number in (4, 5):
            store.add(number, sound(number), fingerprint(melody(20.0, RATE, seed=1)[number:, 0], RATE))
    found = compare_library(folder, file, control=Control())
    assert set(found.relations) == {(2, 3), (2, 4), (2, 5), (3, 4), (3, 5), (4, 5)}
    assert set(found.sounds) == {1, 2, 3, 4, 5}


def breaking(monkeypatch, broken):
    """A pool to which tasks are damaged on the way where `broken(task)`."""

    class Pool(comparison.ProcessPool):
        def submit(self, key, task, *, urgent=False):
            super().submit(key, "no task" if broken(task) else task, urgent=urgent)

    monkeypatch.setattr(comparison, "ProcessPool", Pool)


def test_a_track_that_cannot_be_sketched_waits_for_the_next_time(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(comparison, "FEWEST_SKETCHED", 1)
    monkeypatch.setattr(comparison, "SKETCHED", 1)
    known = Compared()
    known.add(2, sound(2), [])
    save(tmp_path / "table.npz", known)
    with monkeypatch.context() as patch:
        breaking(patch, lambda task: isinstance(task, Sketch) and task.tracks == [2])
        found = compare_library(folder, tmp_path / "table.npz", control=Control())
    assert set(found.sounds) == {1, 3}
    assert found.relations == {}
    assert set(compare_library(folder, tmp_path / "table.npz", control=Control()).relations) == {(2, 3)}


def test_where_sketches_fail_tracks_are_looked_up(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(comparison, "FEWEST_SKETCHED", 1)
    breaking(monkeypatch, lambda task: isinstance(task, Join))
    found = compare_library(folder, tmp_path / "table.npz", control=Control())
    assert set(found.relations) == {(2, 3)}
    assert set(found.sounds) == {1, 2, 3}


def test_sketches_that_a_crash_left_over_are_swept(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(comparison, "FEWEST_SKETCHED", 1)
    old, young = tmp_path / "duplicates-old", tmp_path / "duplicates-young"
    old.mkdir()
    young.mkdir()
    os.utime(old, (1.0, 1.0))
    compare_library(folder, tmp_path / "table.npz", control=Control())
    assert not old.exists()
    assert young.exists(), "another process may be at work there"


def test_a_cancelled_comparison_keeps_nothing_half_done(tmp_path, folder, way):
    control = Control()
    control.cancel()
    found = compare_library(folder, tmp_path / "table.npz", control=control)
    assert found == Compared()
    assert set(compare_library(folder, tmp_path / "table.npz", control=Control()).relations) == {(2, 3)}


def test_two_tracks_are_compared_by_all_their_peaks(folder):
    with FingerprintStore(folder, merging=False) as store:
        snapshot = store.snapshot()
        there, back = between(snapshot, 2, 3), between(snapshot, 3, 2)
        assert between(snapshot, 1, 2) is None
        assert between(snapshot, 1, 77) is None
    assert there is not None
    assert back is not None
    assert there.offset_seconds == pytest.approx(2.0, abs=0.03)
    assert back.offset_seconds == pytest.approx(-2.0, abs=0.03)
    assert min(there.share, there.share_of_other) > 0.9
