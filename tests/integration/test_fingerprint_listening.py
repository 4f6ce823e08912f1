"""The fingerprint stage: made while listening, made up for where it is missing, gone with the track."""

import logging
from dataclasses import replace

import numpy as np
import pytest

from soniq_desktop.analysis.fingerprints import (
    adopt_replacements,
    compare,
    fingerprint_library,
    fingerprint_pool,
    keep,
    remove_gone,
)
from soniq_desktop.analysis.listen import fingerprint_file, listen_to_file
from soniq_desktop.common.control import Control
from soniq_desktop.fingerprint.landmarks import fingerprint
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.listened import Sound
from soniq_desktop.library.records import Play
from tests.audio_fixtures import garbage, write_audio
from tests.catalogue_fixtures import scanned
from tests.fingerprint_fixtures import made_up, melody, sound


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue(tmp_path / "library.sqlite3") as made:
        made.add_folder(str(tmp_path))
        yield made


@pytest.fixture
def store(tmp_path):
    with FingerprintStore(tmp_path / "fingerprints", merging=False) as made:
        yield made


def put(catalogue: Catalogue, path, listening) -> int:
    """A file in the library, listened to."""
    (track_id,) = catalogue.store_scanned([scanned(str(path))])
    return catalogue.store_listening(track_id, listening)


def same(one, other) -> None:
    assert one.frames == other.frames
    for name in ("peak_times", "peak_bins", "hashes", "hash_times"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_listening_makes_the_fingerprint_of_the_whole_file_in_one_decode(tmp_path):
    samples = melody(12.0)
    path = write_audio(tmp_path / "a.flac", samples, 44_100)
    heard = listen_to_file(str(path))
    assert heard.fingerprint is not None
    assert abs(heard.fingerprint.frames * 256 / 11_025 - 12.0) < 0.1
    assert len(heard.fingerprint.hashes) > 200
    alone = fingerprint_file(str(path))
    assert alone.audio_hash == heard.audio_hash
    same(alone.fingerprint, heard.fingerprint)


def test_a_fingerprint_of_a_file_is_that_of_its_samples(tmp_path):
    samples = np.round(melody(8.0) * 32767) / 32768
    path = write_audio(tmp_path / "a.wav", samples.astype(np.float32), 44_100)
    found = fingerprint_file(str(path)).fingerprint
    direct = fingerprint(samples.mean(axis=1).astype(np.float32), 44_100)
    common = np.intersect1d(found.hashes, direct.hashes)
    assert len(common) > 0.95 * len(np.unique(direct.hashes))


def test_what_was_heard_before_there_were_fingerprints_is_fingerprinted_and_nothing_else_changes(
    tmp_path, catalogue, store
):
    paths = [write_audio(tmp_path / f"{n}.flac", melody(4.0, seed=n), 44_100) for n in range(3)]
    heard = [listen_to_file(str(path)) for path in paths]
    ids = [put(catalogue, path, each) for path, each in zip(paths, heard, strict=True)]
    before = catalogue.tracks(ids)
    keep(store, ids[0], heard[0])
    step = remove_gone(catalogue, store)
    assert step.missing == tuple(ids[1:])
    steps = []
    with fingerprint_pool(1, nice=0) as pool:
        done = fingerprint_library(
            catalogue, store, step.missing, pool, control=Control(), progress=steps.append
        )
    assert done == 2
    assert (steps[-1].done, steps[-1].total) == (2, 2)
    assert store.audio_hashes() == {each: found.audio_hash for each, found in zip(ids, heard, strict=True)}
    assert catalogue.tracks(ids) == before
    assert remove_gone(catalogue, store).missing == ()


def test_a_damaged_segment_is_made_up_for_from_the_audio(tmp_path, catalogue):
    path = write_audio(tmp_path / "a.flac", melody(4.0), 44_100)
    heard = listen_to_file(str(path))
    track_id = put(catalogue, path, heard)
    folder = tmp_path / "prints"
    with FingerprintStore(folder) as store:
        keep(store, track_id, heard)
    (segment,) = folder.glob("segment-*.fps")
    segment.write_bytes(segment.read_bytes()[:-50])
    with FingerprintStore(folder) as store, fingerprint_pool(1, nice=0) as pool:
        step = remove_gone(catalogue, store)
        assert step.missing == (track_id,)
        fingerprint_library(catalogue, store, step.missing, pool, control=Control())
        place = store.snapshot().locate(track_id)
        assert place is not None
        np.testing.assert_array_equal(place[0].track_peaks(place[1])[0], heard.fingerprint.peak_times)


def test_a_file_that_fails_is_named_and_the_others_are_done(tmp_path, catalogue, store, caplog):
    good = write_audio(tmp_path / "good.flac", melody(3.0), 44_100)
    heard = listen_to_file(str(good))
    bad_path = tmp_path / "bad.flac"
    bad = put(catalogue, bad_path, heard.__class__(sound(9), 3.0, heard.features, heard.waveform))
    garbage(bad_path)
    ids = [bad, put(catalogue, good, heard)]
    with caplog.at_level(logging.WARNING, "soniq"), fingerprint_pool(1, nice=0) as pool:
        assert fingerprint_library(catalogue, store, ids, pool, control=Control()) == 1
    assert "bad.flac" in caplog.text
    assert store.track_ids().tolist() == [ids[1]]


def test_a_cancelled_pass_ends_at_once(tmp_path, catalogue, store):
    control = Control()
    control.cancel()
    with fingerprint_pool(1, nice=0) as pool:
        assert fingerprint_library(catalogue, store, [1, 2, 3], pool, control=control) == 0


def test_tracks_that_left_the_library_are_found_no_more(tmp_path, catalogue, store):
    path = write_audio(tmp_path / "a.flac", melody(3.0), 44_100)
    heard = listen_to_file(str(path))
    track_id = put(catalogue, path, heard)
    keep(store, track_id, heard)
    store.add(77, sound(77), made_up(77))
    remove_gone(catalogue, store)
    assert store.track_ids().tolist() == [track_id]
    catalogue.remove_folder(str(tmp_path))
    remove_gone(catalogue, store)
    assert len(store.track_ids()) == 0


def test_a_missing_file_keeps_its_fingerprint_and_a_changed_one_loses_it():
    sounds = [Sound(1, sound(1), False), Sound(2, sound(22), True), Sound(3, sound(1), True)]
    step = compare(sounds, {1: sound(1), 2: sound(2), 4: sound(4)})
    assert step.gone == (2, 4)
    assert step.missing == (2,)


def test_of_equal_files_one_is_fingerprinted():
    step = compare([Sound(1, sound(5), True), Sound(2, sound(5), True)], {})
    assert step.missing == (1,)


def test_an_index_that_cannot_be_written_does_not_stop_listening(store, tmp_path, monkeypatch, caplog):
    path = write_audio(tmp_path / "a.flac", melody(3.0), 44_100)

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("soniq_desktop.fingerprint.store.FLUSH_TRACKS", 1)
    monkeypatch.setattr("soniq_desktop.fingerprint.store.save", full)
    with caplog.at_level(logging.WARNING, "soniq"):
        keep(store, 1, listen_to_file(str(path)))
    assert "not kept" in caplog.text


def test_history_follows_a_file_that_was_replaced_by_a_better_encode(tmp_path, catalogue, store):
    samples = melody(30.0)
    old_path = write_audio(tmp_path / "old.mp3", samples, 44_100, bit_rate=64_000)
    heard = listen_to_file(str(old_path))
    old = put(catalogue, old_path, heard)
    keep(store, old, heard)
    catalogue.set_liked(old, True)
    catalogue.record_play(Play(old, 1.0, 30.0, "finished", "songs"))
    new_path = write_audio(tmp_path / "new.flac", samples, 44_100)
    better = listen_to_file(str(new_path))
    new = put(catalogue, new_path, better)
    keep(store, new, better)
    assert adopt_replacements(catalogue, store, [new]) == 0, "both files are there"
    catalogue.mark_missing([old])
    assert adopt_replacements(catalogue, store, [new]) == 1
    track = catalogue.track(old)
    assert catalogue.track(new) is None
    assert (track.path, track.audio_hash, track.missing) == (str(new_path), better.audio_hash, False)
    assert (track.liked, track.plays, track.state) == (True, 1, "listened")
    assert catalogue.track_by_hash(better.audio_hash).id == old
    step = remove_gone(catalogue, store)
    assert set(step.gone) == {old, new}
    assert step.missing == (old,), "fingerprinted anew under its id"


def test_a_file_on_a_drive_that_is_not_there_is_not_taken_for_replaced(tmp_path, catalogue, store):
    samples = melody(20.0)
    there = write_audio(tmp_path / "a.flac", samples, 44_100)
    heard = listen_to_file(str(there))
    old = put(catalogue, "/no/such/drive/a.mp3", replace(heard, audio_hash=sound(5)))
    keep(store, old, replace(heard, audio_hash=sound(5)))
    new = put(catalogue, there, heard)
    keep(store, new, heard)
    catalogue.mark_missing([old])
    assert adopt_replacements(catalogue, store, [new]) == 0
    assert catalogue.track(new) is not None


class Untouched:
    """A catalogue that must not be asked: a hundred thousand tracks of an unplugged drive would be loaded."""

    def __getattr__(self, name):
        raise AssertionError(f"{name} was asked for")


def test_where_nothing_new_was_heard_no_missing_track_is_looked_at():
    assert adopt_replacements(Untouched(), Untouched(), []) == 0
