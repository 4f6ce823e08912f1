"""The fingerprint index: what goes in can be found, whatever is merged, removed or added again."""

import mmap
import random
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.fingerprint import manifest as manifests
from soniq_desktop.fingerprint import merge as merging
from soniq_desktop.fingerprint import segment_file
from soniq_desktop.fingerprint import store as stores
from soniq_desktop.fingerprint.building import Entry, build
from soniq_desktop.fingerprint.inspection import examine
from soniq_desktop.fingerprint.records import Fingerprint
from soniq_desktop.fingerprint.segment import GAP
from soniq_desktop.fingerprint.segment_file import SegmentError, damage, load, save
from soniq_desktop.fingerprint.snapshot import Snapshot, Wanted
from soniq_desktop.fingerprint.store import FingerprintStore
from tests.fingerprint_fixtures import check_whole, fill, made_up, sound


@pytest.fixture
def store(tmp_path):
    with FingerprintStore(tmp_path / "fingerprints", merging=False) as store:
        yield store


# -- segments


@pytest.mark.parametrize("hash_bits", [10, 14, 22])
def test_a_segment_gives_back_every_posting_and_peak(hash_bits):
    prints = {each: made_up(each, 7.0, hash_bits) for each in range(5)}
    segment = build([Entry(key, sound(key), each) for key, each in prints.items()], hash_bits)
    check_whole(Snapshot((segment,)), prints)


def test_small_segments_search_inside_buckets_and_large_ones_do_not():
    small = build([Entry(1, sound(1), made_up(1, 5.0))])
    assert len(small.lows) == len(small.postings)
    large = build([Entry(1, sound(1), made_up(1, 60.0, 10))], 10)
    assert len(large.lows) == 0
    assert large.dimensions.bucket_bits == 10


def test_a_hash_that_is_not_there_has_no_postings():
    print_ = made_up(3, 5.0)
    segment = build([Entry(1, sound(1), print_)])
    absent = np.setdiff1d(np.arange(1 << 22, dtype=np.uint32)[::97], print_.hashes)
    begin, count = segment.ranges(absent)
    assert not count.any()
    assert len(segment.gather(begin, count)[0]) == 0


def test_the_gap_before_a_track_belongs_to_it():
    segment = build([Entry(each, sound(each), made_up(each, 5.0)) for each in (7, 8)])
    start = int(segment.starts[1])
    end = int(segment.starts[0]) + int(segment.lengths[0])
    assert end == start - GAP
    assert segment.track_at(np.array([end - 1, end + GAP // 4, start - GAP // 4, start])).tolist() == [
        0,
        0,
        1,
        1,
    ]


def test_reference_peaks_are_those_of_the_stretch():
    print_ = made_up(5, 30.0)
    segment = build([Entry(1, sound(1), made_up(4, 9.0)), Entry(2, sound(2), print_)])
    begin = np.array([100, 500, 501, -50]) + int(segment.starts[1])
    owner, frames, bins = segment.reference_peaks(begin, 300)
    for number, first in enumerate((100, 500, 501, -50)):
        inside = (print_.peak_times >= first) & (print_.peak_times.astype(int) < first + 300)
        np.testing.assert_array_equal(frames[owner == number], print_.peak_times[inside].astype(int) - first)
        np.testing.assert_array_equal(bins[owner == number], print_.peak_bins[inside])


def test_reference_peaks_beyond_either_end_of_the_time_line_are_none():
    segment = build([Entry(1, sound(1), made_up(4, 9.0))])
    owner, *_ = segment.reference_peaks(np.array([-5000, segment.dimensions.end + 5000]), 300)
    assert len(owner) == 0


def test_a_fingerprint_of_silence_is_a_track_like_any_other(store):
    nothing = Fingerprint(
        86, np.zeros(0, np.uint32), np.zeros(0, np.uint16), np.zeros(0, np.uint32), np.zeros(0, np.uint32)
    )
    store.add(1, sound(1), nothing)
    store.flush()
    assert store.track_ids().tolist() == [1]
    check_whole(store.snapshot(), {1: nothing})


def test_a_budget_leaves_out_whole_hashes_the_least_important_first():
    prints = {each: made_up(each, 20.0) for each in range(4)}
    snapshot = Snapshot((build([Entry(key, sound(key), each) for key, each in prints.items()]),))
    hashes = np.unique(prints[0].hashes)
    counts = snapshot.counts(hashes)
    priority = np.arange(len(hashes))[::-1].astype(float)
    budget = int(counts.sum()) // 3
    owners = np.concatenate([hits.owners for hits in snapshot.postings(hashes, budget, priority)])
    read = np.bincount(owners, minlength=len(hashes))
    assert budget - counts.max() < len(owners) <= budget
    assert set(np.unique(read[read > 0] - counts[read > 0])) == {0}
    assert (np.flatnonzero(read).min() > np.flatnonzero(read == 0)).all()


def test_queries_that_are_read_together_get_what_each_would_get_alone():
    prints = {each: made_up(each, 20.0) for each in range(6)}
    entries = [Entry(key, sound(key), each) for key, each in prints.items()]
    snapshot = Snapshot((build(entries[:2]), build(entries[2:])))
    rng = np.random.default_rng(0)
    queries = [Wanted(np.tile(prints[each].hashes[:400], 2), rng.random(800)) for each in range(3)]
    queries.append(Wanted(np.zeros(0, np.uint32)))
    for query, together in zip(queries, snapshot.postings_of_many(queries, 900), strict=True):
        alone = snapshot.postings(query.hashes, 900, query.priority)
        assert 0 < sum(len(each.frames) for each in alone) <= 900 or not len(query.hashes)
        for one, other in zip(alone, together, strict=True):
            np.testing.assert_array_equal(one.frames, other.frames)
            np.testing.assert_array_equal(one.owners, other.owners)


# -- files


def test_a_segment_file_holds_what_was_written(tmp_path):
    segment = build([Entry(each, sound(each), made_up(each)) for each in range(9)])
    save(segment, tmp_path / "a.fps")
    read = load(tmp_path / "a.fps")
    assert read.dimensions == segment.dimensions
    for name, array in segment.arrays().items():
        np.testing.assert_array_equal(read.arrays()[name], array)
    assert damage(tmp_path / "a.fps") == []
    assert not read.postings.flags.owndata


@pytest.mark.skipif(not hasattr(mmap, "MADV_WILLNEED"), reason="the system takes no advice")
def test_what_a_question_reads_is_asked_of_the_system_beforehand(tmp_path, monkeypatch):
    class Asked(mmap.mmap):
        def madvise(self, advice, start=0, length=0):
            if advice == mmap.MADV_WILLNEED:
                asked.append((start, length))
            super().madvise(advice, start, length)

    asked: list[tuple[int, int]] = []
    file = tmp_path / "segment-00000001.fps"
    save(build([Entry(each, sound(each), made_up(each, 300.0)) for each in range(20)]), file)
    monkeypatch.setattr(segment_file.mmap, "mmap", Asked)
    segment = load(file)
    at = segment.postings.ctypes.data - np.frombuffer(segment.mapping, np.uint8, 1).ctypes.data
    begin = np.array([10, 200_000, len(segment.postings) - 3])
    count = np.array([100, 0, 3])
    segment.gather(begin, count)
    wanted = [at + 4 * 10, at + 4 * 109, at + segment.postings.nbytes - 1]
    assert all(any(start <= byte < start + length for start, length in asked) for byte in wanted)
    assert sum(length for _, length in asked) <= 4 * mmap.PAGESIZE
    assert all(start % mmap.PAGESIZE == 0 for start, _ in asked)


def test_a_file_cut_short_anywhere_is_refused(tmp_path):
    save(build([Entry(1, sound(1), made_up(1, 3.0))]), tmp_path / "whole.fps")
    data = (tmp_path / "whole.fps").read_bytes()
    for length in (0, 7, 8, 20, len(data) // 2, len(data) - 1):
        (tmp_path / "cut.fps").write_bytes(data[:length])
        with pytest.raises(SegmentError):
            load(tmp_path / "cut.fps")


def test_one_wrong_bit_anywhere_is_found(tmp_path):
    path = tmp_path / "a.fps"
    save(build([Entry(1, sound(1), made_up(1, 3.0))]), path)
    data = path.read_bytes()
    at = load(path)
    rng = random.Random(1)
    for _ in range(60):
        changed = bytearray(data)
        place = rng.randrange(len(data))
        changed[place] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        assert _refused(path) or _padding(data, place)
    assert at.tracks == 1


def _refused(path: Path) -> bool:
    try:
        return bool(damage(path))
    except SegmentError:
        return True


def _padding(data: bytes, place: int) -> bool:
    """Zeros between two arrays mean nothing, and are not checked."""
    return not any(data[max(0, place - 1) : place + 1])


# -- the store


def test_a_track_can_be_found_as_soon_as_it_is_added(store):
    print_ = made_up(1)
    store.add(1, sound(1), print_)
    check_whole(store.snapshot(), {1: print_})
    assert not manifests.segment_files(store.folder)


def test_what_was_flushed_is_there_after_opening_again(store):
    fill(store, range(5))
    store.flush()
    with FingerprintStore(store.folder) as again:
        check_whole(again.snapshot(), {each: made_up(each, 5.0) for each in range(5)})
        assert again.audio_hashes() == {each: sound(each) for each in range(5)}


def test_closing_keeps_what_waits_in_memory(tmp_path):
    with FingerprintStore(tmp_path) as store:
        fill(store, range(3))
    with FingerprintStore(tmp_path) as store:
        assert store.track_ids().tolist() == [0, 1, 2]


def test_many_tracks_are_written_without_being_asked(store, monkeypatch):
    monkeypatch.setattr(stores, "FLUSH_TRACKS", 4)
    fill(store, range(9))
    with FingerprintStore(store.folder) as other:
        assert other.track_ids().tolist() == list(range(8))


def test_an_old_track_in_memory_is_written_with_the_next(store, monkeypatch):
    monkeypatch.setattr(stores, "FLUSH_SECONDS", 0.0)
    fill(store, [1])
    assert len(manifests.segment_files(store.folder)) == 1


def test_a_track_added_again_takes_the_place_of_the_old_one(store):
    fill(store, [1, 2])
    store.flush()
    store.add(1, sound(11), made_up(11))
    prints = {1: made_up(11), 2: made_up(2, 5.0)}
    check_whole(store.snapshot(), prints)
    store.flush()
    check_whole(store.snapshot(), prints)
    assert store.audio_hashes()[1] == sound(11)


def test_removed_tracks_are_found_no_more(store):
    fill(store, range(4))
    store.flush()
    fill(store, range(4, 6))
    store.remove([1, 5, 77])
    prints = {each: made_up(each, 5.0) for each in (0, 2, 3, 4)}
    check_whole(store.snapshot(), prints)
    store.flush()
    with FingerprintStore(store.folder) as again:
        check_whole(again.snapshot(), prints)


def test_a_removed_track_can_come_back(store):
    fill(store, [1])
    store.flush()
    store.remove([1])
    fill(store, [1])
    store.flush()
    check_whole(store.snapshot(), {1: made_up(1, 5.0)})


def test_a_snapshot_stays_what_it_was(store):
    fill(store, range(3))
    store.flush()
    before = store.snapshot()
    store.remove([0, 1, 2])
    store.merge()
    check_whole(before, {each: made_up(each, 5.0) for each in range(3)})
    assert len(store.track_ids()) == 0


def test_an_empty_index_answers_with_nothing(store):
    snapshot = store.snapshot()
    assert snapshot.postings(np.arange(5, dtype=np.uint32), 100) == []
    assert snapshot.locate(1) is None
    assert len(snapshot.track_ids()) == 0


# -- merging


def test_merging_changes_nothing_that_can_be_found(store, monkeypatch):
    monkeypatch.setattr(merging, "STRETCH", 500)
    for start in range(0, 16, 2):
        fill(store, range(start, start + 2))
        store.flush()
    store.add(3, sound(33), made_up(33))
    store.flush()
    store.remove([0, 9])
    prints = {each: made_up(each, 5.0) for each in range(16) if each not in {0, 9}} | {3: made_up(33)}
    check_whole(store.snapshot(), prints)
    assert store.merge() >= 1
    assert len(manifests.segment_files(store.folder)) <= 2
    check_whole(store.snapshot(), prints)
    assert examine(store.folder) == []
    with FingerprintStore(store.folder) as again:
        check_whole(again.snapshot(), prints)


def test_a_segment_that_is_mostly_dead_is_written_anew(store):
    fill(store, range(10))
    store.flush()
    size = sum(each.stat().st_size for each in manifests.segment_files(store.folder))
    store.remove(range(8))
    assert store.merge() == 1
    assert sum(each.stat().st_size for each in manifests.segment_files(store.folder)) < size
    check_whole(store.snapshot(), {each: made_up(each, 5.0) for each in (8, 9)})


def test_changes_during_a_merge_are_kept(store, monkeypatch):
    for each in range(8):
        fill(store, [each])
        store.flush()
    original = stores.merge_segments

    def meanwhile(segments, path, stopped):
        original(segments, path, stopped)
        with FingerprintStore(store.folder, merging=False) as other:
            other.remove([2])
            other.add(5, sound(55), made_up(55))

    monkeypatch.setattr(stores, "merge_segments", meanwhile)
    assert store.merge() == 1
    prints = {each: made_up(each, 5.0) for each in range(8) if each != 2} | {5: made_up(55)}
    check_whole(store.snapshot(), prints)


def test_segments_are_merged_in_the_background(tmp_path):
    with FingerprintStore(tmp_path) as store:
        for each in range(merging.FANOUT):
            fill(store, [each])
            store.flush()
        end = time.monotonic() + 10
        while len(store.snapshot().segments) > 1 and time.monotonic() < end:
            time.sleep(0.01)
        assert len(store.snapshot().segments) == 1
        check_whole(store.snapshot(), {each: made_up(each, 5.0) for each in range(merging.FANOUT)})


def test_closing_does_not_wait_for_a_long_merge(tmp_path, monkeypatch):
    monkeypatch.setattr(merging, "STRETCH", 1)
    begun = threading.Event()
    original = stores.merge_segments

    def slowly(segments, path, stopped):
        begun.set()
        original(segments, path, stopped)

    monkeypatch.setattr(stores, "merge_segments", slowly)
    store = FingerprintStore(tmp_path)
    for each in range(8):
        fill(store, [each], 60.0)
        store.flush()
    assert begun.wait(10)
    started = time.monotonic()
    store.close()
    assert time.monotonic() - started < 2
    with FingerprintStore(tmp_path, merging=False) as again:
        assert again.track_ids().tolist() == list(range(8))
    assert not list(tmp_path.glob("merge.part"))
