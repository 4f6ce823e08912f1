"""What listening stores, moved files, identical copies."""

import numpy as np
import pytest

from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Play, TrackQuery
from soniq_desktop.library.waveforms import waveform_file
from tests.catalogue_fixtures import digest, listening, open_catalogue, scanned, waveform


@pytest.fixture
def catalogue(tmp_path):
    with open_catalogue(tmp_path) as opened:
        yield opened


def add(catalogue: Catalogue, *names: str, duration: float = 10.0) -> list[int]:
    return catalogue.store_scanned(
        [scanned(f"/music/{name}", title=name, duration=duration) for name in names]
    )


def test_what_listening_found_comes_back(catalogue: Catalogue):
    (track_id,) = add(catalogue, "a")
    heard = listening("a", loudness=np.float32(-9.5), true_peak=float("nan"))
    assert catalogue.store_listening(track_id, heard) == track_id
    track = catalogue.track(track_id)
    assert (track.state, track.audio_hash) == ("listened", digest("a"))
    assert (track.features.loudness, track.features.true_peak, track.features.mode) == (-9.5, None, "minor")
    ids, vectors = catalogue.embeddings("musicnn-msd")
    assert (ids.tolist(), vectors.shape, vectors.dtype) == ([track_id], (1, 4), np.float32)
    found = catalogue.embedding("musicnn-msd", track_id)
    np.testing.assert_array_equal(found.vector, heard.embeddings[0].vector)
    np.testing.assert_array_equal(found.scores, heard.embeddings[0].scores)
    assert catalogue.embedding("other", track_id) is None
    for name in ("peak", "rms", "colour", "loudness"):
        np.testing.assert_array_equal(getattr(catalogue.waveform(track_id), name), getattr(waveform(), name))


def test_tracks_wait_in_order_with_the_urgent_ones_first(catalogue: Catalogue):
    a, b, c, d = add(catalogue, "a", "b", "c", "d")
    catalogue.store_listening(b, listening("b"))
    assert [track.id for track in catalogue.to_listen(2, [d, b, 99])] == [d, a]
    assert [track.id for track in catalogue.to_listen(9, [c, d])] == [c, d, a]
    assert catalogue.count_to_listen() == 3
    assert [track.id for track in catalogue.to_listen(1, [c, d])] == [c]


def test_a_newer_version_listens_again_and_keeps_the_old_values_meanwhile(catalogue: Catalogue):
    (track_id,) = add(catalogue, "a")
    catalogue.store_listening(track_id, listening("a"))
    assert catalogue.to_listen(9) == []
    assert [track.features.tempo for track in catalogue.to_listen(9, version=FEATURES_VERSION + 1)] == [120.0]


def test_a_track_that_is_listened_to_again_keeps_what_is_known_of_it(catalogue: Catalogue):
    heard, other = add(catalogue, "a", "b")
    for track_id, name in ((heard, "a"), (other, "b")):
        catalogue.store_listening(track_id, listening(name))
    catalogue.listen_again(heard)
    assert [track.id for track in catalogue.to_listen(9)] == [heard]
    track = catalogue.track(heard)
    assert (track.state, track.features.tempo, track.audio_hash) == ("listened", 120.0, digest("a"))
    assert catalogue.store_listening(heard, listening("a", tempo=99.0)) == heard
    assert catalogue.to_listen(9) == []
    assert catalogue.track(heard).features.tempo == 99.0
    catalogue.listen_again(12345)  # nobody is there: nothing happens


def test_a_moved_file_is_recognised_by_its_sound(catalogue: Catalogue):
    (old,) = catalogue.store_scanned([scanned("/music/old", title="Old", album="Old album")])
    catalogue.store_listening(old, listening("song"))
    catalogue.record_play(Play(old, 1.0, 9.0, "finished", "songs"))
    catalogue.mark_missing([old])
    (new,) = catalogue.store_scanned([scanned("/music/new", title="New name", album="New album")])
    catalogue.set_liked(new, True)
    catalogue.record_play(Play(new, 7_202.0, 9.0, "finished", "songs"))
    assert catalogue.store_listening(new, listening("song")) == old
    track = catalogue.track(old)
    assert (track.path, track.title, track.missing) == ("/music/new", "New name", False)
    assert (track.plays, track.liked) == (2, True)
    assert catalogue.track(new) is None
    assert catalogue.track_ids(TrackQuery(text="new")).tolist() == [old]
    assert catalogue.track_ids(TrackQuery(text="old")).tolist() == []
    assert [(album.title, album.tracks) for album in catalogue.albums()] == [("New album", 1)]


def test_history_follows_a_moved_file_by_its_new_path(catalogue: Catalogue):
    (old,) = add(catalogue, "old")
    catalogue.store_listening(old, listening("song"))
    catalogue.set_liked(old, True)
    catalogue.mark_missing([old])
    (new,) = add(catalogue, "new")
    catalogue.store_listening(new, listening("song"))
    catalogue.remove_folder("/music")
    (again,) = add(catalogue, "new")
    assert catalogue.track(again).liked


def test_a_sound_known_at_scan_time_still_finds_its_missing_track(catalogue: Catalogue):
    (old,) = add(catalogue, "old")
    catalogue.store_listening(old, listening("song"))
    catalogue.mark_missing([old])
    (new,) = catalogue.store_scanned([scanned("/music/new", audio_hash=digest("song"))])
    assert catalogue.store_listening(new, listening("song")) == old


def test_a_copy_beside_its_original_stays_a_track_of_its_own(catalogue: Catalogue):
    one, two = add(catalogue, "one", "two")
    catalogue.store_listening(one, listening("song"))
    assert catalogue.store_listening(two, listening("song")) == two
    assert catalogue.track_by_hash(digest("song")).id == one


def test_a_copy_takes_over_the_listening_of_its_original(catalogue: Catalogue):
    one, two = add(catalogue, "one", "two")
    (longer,) = add(catalogue, "longer", duration=11.0)
    catalogue.store_listening(one, listening("song", tempo=77.0))
    assert catalogue.likely_copies([two, longer]) == [two]
    assert catalogue.copy_listening(two, digest("unknown")) is None
    assert catalogue.copy_listening(two, digest("song")) == two
    assert catalogue.track(two).features.tempo == 77.0
    assert catalogue.waveform(two) is not None
    assert catalogue.embeddings("musicnn-msd")[0].tolist() == [one, two]
    assert [track.id for track in catalogue.to_listen(9)] == [longer]


def test_copying_from_a_missing_original_revives_it(catalogue: Catalogue):
    old, new = add(catalogue, "old", "new")
    catalogue.store_listening(old, listening("song"))
    catalogue.mark_missing([old])
    assert catalogue.copy_listening(new, digest("song")) == old
    assert catalogue.track(old).path == "/music/new"


def test_a_replaced_file_keeps_its_history_under_the_new_sound(catalogue: Catalogue):
    (track_id,) = add(catalogue, "a")
    catalogue.store_listening(track_id, listening("before"))
    catalogue.set_liked(track_id, True)
    catalogue.store_scanned([scanned("/music/a", mtime_ns=2)])
    catalogue.store_listening(track_id, listening("after"))
    catalogue.remove_folder("/music")
    (again,) = catalogue.store_scanned([scanned("/elsewhere/a")])
    catalogue.store_listening(again, listening("after"))
    assert catalogue.track(again).liked


def test_listening_to_a_track_that_left_the_library_is_no_error(catalogue: Catalogue):
    (track_id,) = add(catalogue, "a")
    catalogue.remove_folder("/music")
    assert catalogue.store_listening(track_id, listening("a")) == 0
    assert catalogue.counts().tracks == 0


def test_listening_settles_the_problem(catalogue: Catalogue):
    (track_id,) = add(catalogue, "a")
    catalogue.store_problem("/music/a", "listen", "It hangs.", track_id)
    catalogue.store_listening(track_id, listening("a"))
    assert catalogue.problems() == []
    assert catalogue.track(track_id).state == "listened"


def test_a_damaged_waveform_is_thrown_away(catalogue: Catalogue):
    (track_id,) = add(catalogue, "a")
    catalogue.store_listening(track_id, listening("a"))
    file = waveform_file(catalogue.waveforms, digest("a"))
    file.write_bytes(file.read_bytes()[:100])
    assert catalogue.waveform(track_id) is None
    assert not file.exists()


def test_a_cache_that_cannot_be_written_does_not_cost_the_analysis(catalogue: Catalogue):
    catalogue.waveforms.parent.mkdir(parents=True, exist_ok=True)
    catalogue.waveforms.write_text("a file where the folder should be")
    (track_id,) = add(catalogue, "a")
    catalogue.store_listening(track_id, listening("a"))
    assert catalogue.track(track_id).state == "listened"


def test_vectors_of_another_dimension_are_left_out(catalogue: Catalogue):
    one, two = add(catalogue, "one", "two")
    catalogue.store_listening(one, listening("one"))
    catalogue.store_listening(two, listening("two"))
    with catalogue.database.writing() as connection:
        connection.execute("UPDATE embeddings SET vector = ? WHERE track_id = ?", (bytes(12), one))
    assert catalogue.embeddings("musicnn-msd")[0].tolist() == [two]
