"""Scanning: the catalogue agrees with the disk, and the user's things stay with the songs."""

import os
import shutil
import threading
import time
from pathlib import Path

import mutagen
import pytest

from soniq_desktop.common.control import Control
from soniq_desktop.library import scanner as scanner_module
from soniq_desktop.library.records import Play
from tests.audio_fixtures import garbage, truncate
from tests.scan_fixtures import InlinePool, Library, album, png, song


@pytest.fixture(autouse=True)
def _no_processes(monkeypatch):
    """Processes are for tests/integration/test_scan_processes.py; here it is about what a scan does."""
    monkeypatch.setattr(scanner_module, "ProcessPool", InlinePool)


@pytest.fixture
def music(tmp_path) -> Path:
    return tmp_path / "music"


@pytest.fixture
def library(tmp_path, music):
    music.mkdir()
    made = Library(tmp_path / "home", music)
    yield made
    made.catalogue.close()


def like(library: Library, path: Path) -> int:
    track = library.track(path)
    library.catalogue.set_liked(track.id, True)
    library.catalogue.record_play(Play(track.id, time.time(), 1.0, "finished", "songs"))
    return track.id


# The plain things


def test_a_first_scan_finds_everything(library, music):
    album(music / "one", 3)
    album(music / "two", 2, suffix=".mp3", first=4)
    (music / "notes.txt").write_text("not music")
    report = library.scan()
    assert (report.added, report.problems, report.cancelled) == (5, 0, False)
    assert library.names() == ["01.flac", "02.flac", "03.flac", "04.mp3", "05.mp3"]
    assert library.tracks()[0].tags.title == "Song 1"


def test_a_second_scan_reads_nothing(library, music, monkeypatch):
    album(music)
    library.scan()
    monkeypatch.setattr(scanner_module, "ProcessPool", None)  # it would be a TypeError to use it
    report = library.scan()
    assert (report.unchanged, report.changed) == (3, False)


def test_new_changed_and_deleted_files_are_noticed(library, music):
    one, two, _three = album(music)
    library.scan()
    one.unlink()
    file = mutagen.File(two)
    file["title"] = "Renamed"
    file.save()
    song(music / "04.flac", 4)
    report = library.scan()
    assert (report.added, report.updated, report.missing, report.unchanged) == (1, 1, 1, 1)
    assert library.missing() == ["01.flac"]
    assert library.track(two).tags.title == "Renamed"


def test_a_file_that_comes_back_is_the_same_track(library, music):
    one, *_ = album(music)
    library.scan()
    track_id = like(library, one)
    one.rename(music / "away.bin")
    library.scan()
    assert library.missing() == ["01.flac"]
    (music / "away.bin").rename(one)
    report = library.scan()
    assert report.returned == 1
    track = library.track(one)
    assert (track.id, track.liked, track.plays, track.missing) == (track_id, True, 1, False)


def test_only_the_folders_that_are_asked_for_are_looked_at(library, music):
    album(music / "one")
    album(music / "two", first=4)
    library.scan(music / "two")
    assert library.names() == ["04.flac", "05.flac", "06.flac"]
    shutil.rmtree(music / "two")
    report = library.scan(music / "two")
    assert report.missing == 3
    assert report.absent == ()


# Moved files


def test_a_moved_file_keeps_its_history(library, music):
    one, *_ = album(music)
    library.scan()
    track_id, digest = like(library, one), library.listen(one)
    target = music / "elsewhere" / "renamed.flac"
    target.parent.mkdir()
    one.rename(target)
    report = library.scan()
    assert (report.moved, report.added) == (1, 0)
    track = library.track(target)
    assert (track.id, track.liked, track.plays, track.audio_hash) == (track_id, True, 1, digest)
    assert (track.state, track.features.tempo) == ("listened", 120.0)
    assert library.missing() == []
    assert len(library.tracks()) == 3


def test_a_file_that_was_moved_and_retagged_keeps_its_history(library, music):
    one, *_ = album(music)
    library.scan()
    track_id = like(library, one)
    library.listen(one)
    target = music / "renamed.flac"
    one.rename(target)
    file = mutagen.File(target)
    file["title"] = "Another title, longer than any padding " * 400
    file.save()
    assert library.scan().moved == 1
    assert library.track(target).id == track_id
    assert library.track(target).tags.title.startswith("Another title")


def test_a_whole_album_that_moves_stays_itself(library, music):
    files = album(music / "old", 5)
    library.scan()
    ids = [like(library, path) for path in files]
    for path in files:
        library.listen(path)
    (music / "old").rename(music / "new")
    report = library.scan()
    assert (report.moved, report.added) == (5, 0)
    assert [library.track(music / "new" / path.name).id for path in files] == ids


def test_a_file_moved_before_it_was_listened_to_keeps_its_history(library, music):
    one, *_ = album(music)
    library.scan()
    track_id = like(library, one)
    one.rename(music / "renamed.flac")
    assert library.scan().moved == 1
    assert library.track(music / "renamed.flac").id == track_id


def test_another_song_of_the_same_length_is_not_taken_for_a_moved_one(library, music):
    one, *_ = album(music)
    library.scan()
    like(library, one)
    library.listen(one)
    one.unlink()
    other = song(music / "other.flac", 77)
    report = library.scan()
    assert (report.moved, report.added) == (0, 1)
    assert not library.track(other).liked
    assert library.missing() == ["01.flac"]


def test_a_copy_is_a_track_of_its_own(library, music):
    one, *_ = album(music)
    library.scan()
    like(library, one)
    library.listen(one)
    shutil.copy2(one, music / "copy.flac")
    report = library.scan()
    assert (report.moved, report.added) == (0, 1)
    assert library.track(one).liked
    assert not library.track(music / "copy.flac").liked


def test_a_retagged_file_is_not_listened_to_again(library, music):
    one, *_ = album(music)
    library.scan()
    digest = library.listen(one)
    file = mutagen.File(one)
    file["title"] = "New"
    file.save()
    library.scan()
    track = library.track(one)
    assert (track.tags.title, track.audio_hash, track.state) == ("New", digest, "listened")


# Drives that come and go


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_a_drive_that_is_unplugged_takes_nothing_with_it(how, library, music):
    files = album(music)
    library.scan()
    like(library, files[0])
    away = music.with_name("away")
    music.rename(away)
    if how == "empty":  # a mount point without its drive
        music.mkdir()
    report = library.scan()
    assert report.absent == (str(music),)
    assert len(library.missing()) == 3
    if how == "empty":
        music.rmdir()
    away.rename(music)
    report = library.scan()
    assert (report.returned, report.added, report.absent) == (3, 0, ())
    assert library.track(files[0]).liked


def test_a_copy_of_a_song_on_an_unplugged_drive_is_not_its_new_place(library, music, tmp_path):
    one, *_ = album(music)
    library.scan()
    track_id = like(library, one)
    library.listen(one)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(one, other / "copy.flac")
    music.rename(tmp_path / "away")
    library.catalogue.add_folder(str(other))
    report = library.scan(music, other)
    assert (report.moved, report.added) == (0, 1)
    (tmp_path / "away").rename(music)
    library.scan(music, other)
    assert library.track(one).id == track_id


def test_a_library_folder_that_was_empty_from_the_start_is_not_absent(library):
    assert library.scan().absent == ()


def test_tracks_in_a_folder_that_cannot_be_opened_stay_as_they_are(library, music, monkeypatch):
    album(music / "locked")
    album(music / "open", first=4)
    library.scan()
    real = os.scandir

    def scandir(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        report = library.scan()
    assert (report.missing, report.problems) == (0, 1)
    assert "permission" in library.problems()["locked"]
    library.scan()
    assert library.problems() == {}


# Damaged files


def test_damaged_files_are_problems_with_a_reason_and_the_rest_goes_on(library, music):
    album(music)
    (music / "empty.mp3").touch()
    (music / "text.mp3").write_bytes(b"lyrics " * 500)
    garbage(music / "garbage.flac")
    truncate(song(music / "short.ogg", 9), 0.1)
    (music / "folder.flac").mkdir()
    report = library.scan()
    assert (report.added, report.problems) == (3, 4)
    problems = library.problems()
    assert problems["empty.mp3"] == "The file is empty."
    assert set(problems) == {"empty.mp3", "text.mp3", "garbage.flac", "short.ogg"}
    assert all(reason.endswith(".") for reason in problems.values())


def test_a_damaged_file_is_tried_again_only_when_it_changes(library, music):
    bad = garbage(music / "bad.flac")
    library.scan()
    report = library.scan()
    assert (report.problems, report.unchanged) == (0, 1)
    assert library.catalogue.problems()[0].attempts == 1
    time.sleep(0.02)
    song(bad, 5)
    report = library.scan()
    assert report.added == 1
    assert library.problems() == {}


def test_a_dismissed_file_is_not_reported_by_the_next_scan(library, music):
    garbage(music / "bad.flac")
    library.scan()
    library.catalogue.dismiss_problem(library.catalogue.problems()[0].id)
    report = library.scan()
    assert (report.problems, library.problems()) == (0, {})
    library.scan(deep=True)
    assert library.problems() == {}


def test_a_damaged_file_that_is_deleted_is_no_problem_any_more(library, music):
    bad = garbage(music / "bad.flac")
    library.scan()
    bad.unlink()
    library.scan()
    assert library.problems() == {}


def test_a_good_file_that_becomes_damaged_keeps_its_row(library, music):
    one, *_ = album(music)
    library.scan()
    track_id = like(library, one)
    time.sleep(0.02)
    one.write_bytes(b"")
    report = library.scan()
    assert report.problems == 1
    (problem,) = library.catalogue.problems()
    assert (problem.track_id, problem.stage) == (track_id, "tags")
    assert library.track(one).liked


def test_retry_reads_a_file_again(library, music, monkeypatch):
    bad = garbage(music / "bad.flac")
    library.scan()
    song(bad, 5)
    report = library.scanner.read([str(bad)])
    assert report.added == 1
    assert library.names() == ["bad.flac"]
    assert library.problems() == {}


# Content


def test_a_deep_scan_notices_what_size_and_time_hide(library, music):
    one, two, _three = album(music, suffix=".wav")
    library.scan()
    library.listen(one)
    library.listen(two)
    before = one.stat()
    data = bytearray(one.read_bytes())
    data[1000:1200] = bytes(200)
    one.write_bytes(bytes(data))
    os.utime(one, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert library.scan().updated == 0
    report = library.scan(deep=True)
    assert report.updated == 3
    assert library.track(one).state == "new"
    assert library.track(two).state == "listened"


def test_covers_are_kept_once_and_read_again_when_the_cache_was_cleared(library, music):
    files = album(music)
    (music / "cover.png").write_bytes(png())
    library.scan()
    (key,) = {library.track(path).tags.artwork for path in files}
    root = library.paths.artwork
    assert (root / key[:2] / key).is_file()
    shutil.rmtree(root)
    library.scan()
    assert (root / key[:2] / key).is_file()
    assert library.scan().unchanged == 3


# Control


def test_a_cancelled_scan_keeps_what_it_has_and_the_next_goes_on(library, music, monkeypatch):
    monkeypatch.setattr(scanner_module, "BATCH", 2)
    monkeypatch.setattr(scanner_module, "PROGRESS_EVERY", 0.0)
    album(music, 30)
    control = Control()

    def stop(progress):
        if progress.added >= 4:
            control.cancel()

    report = library.scanner.scan(library.folders, control=control, progress=stop)
    assert report.cancelled
    assert 4 <= report.added < 30
    assert len(library.names()) == report.added
    library.scan()
    assert len(library.names()) == 30


def test_a_paused_scan_waits(library, music):
    album(music, 4)
    control = Control()
    control.pause()
    timer = threading.Timer(0.5, control.resume)
    timer.start()
    begun = time.monotonic()
    report = library.scanner.scan(library.folders, control=control)
    assert time.monotonic() - begun >= 0.5
    assert report.added == 4
    timer.join()


def test_progress_names_a_file_and_counts_to_the_end(library, music, monkeypatch):
    monkeypatch.setattr(scanner_module, "PROGRESS_EVERY", 0.0)
    album(music, 6)
    garbage(music / "bad.flac")
    seen = []
    library.scanner.scan(library.folders, control=Control(), progress=seen.append)
    walking = [one for one in seen if one.total == 0]
    reading = [one for one in seen if one.total]
    assert [one.done for one in walking] == list(range(1, 8))
    assert {one.total for one in reading} == {7}
    assert any(one.item.startswith(str(music)) for one in reading)
    last = reading[-1]
    assert (last.done, last.added, last.problems) == (7, 6, 1)
    assert last.rate > 0


def test_nested_and_repeated_folders_are_scanned_once(library, music):
    album(music / "inner")
    report = library.scan(music, music / "inner", music)
    assert report.added == 3
    assert report.folders == (str(music),)
