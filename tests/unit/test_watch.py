"""Noticing changes in folders, by notification or by looking."""

import errno
import shutil
import threading
import time
from pathlib import Path

import pytest

from soniq_desktop.library import watch as watch_module
from soniq_desktop.library.mounts import Mounts
from soniq_desktop.library.watch import Watcher

QUIET = 0.15
PATIENCE = 8.0


class Ear:
    """Collects what a watcher reports."""

    def __init__(self) -> None:
        self.reports: list[list[str]] = []
        self.notices: list[str] = []
        self.heard = threading.Condition()

    def changed(self, folders: list[str]) -> None:
        with self.heard:
            self.reports.append(folders)
            self.heard.notify_all()

    def notice(self, sentence: str) -> None:
        with self.heard:
            self.notices.append(sentence)
            self.heard.notify_all()

    def wait(self, condition) -> bool:
        with self.heard:
            return self.heard.wait_for(condition, PATIENCE)

    def wait_for(self, folder: Path) -> bool:
        return self.wait(lambda: any(str(folder) in report for report in self.reports))


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def watching(ear):
    made = []

    def start(*folders: Path, sweep_every: float = 60.0) -> Watcher:
        watcher = Watcher(ear.changed, ear.notice, quiet=QUIET, sweep_every=sweep_every)
        made.append(watcher)
        watcher.start()
        watcher.watch([str(folder) for folder in folders])
        end = time.monotonic() + PATIENCE
        while not watcher.settled() and time.monotonic() < end:
            time.sleep(0.01)
        return watcher

    yield start
    for watcher in made:
        watcher.close()


def test_a_new_song_is_reported_with_its_folder(ear, watching, tmp_path):
    (tmp_path / "album").mkdir()
    watching(tmp_path)
    (tmp_path / "album" / "song.mp3").write_bytes(b"x")
    assert ear.wait_for(tmp_path / "album")


def test_many_events_are_one_report(ear, watching, tmp_path):
    watching(tmp_path)
    for number in range(50):
        (tmp_path / f"{number}.mp3").write_bytes(b"x")
        (tmp_path / f"{number}.mp3").write_bytes(b"xy")
    assert ear.wait_for(tmp_path)
    time.sleep(3 * QUIET)
    assert ear.reports == [[str(tmp_path)]]


def test_deleted_and_moved_songs_and_folders_are_reported(ear, watching, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "song.ogg").write_bytes(b"x")
    watching(tmp_path)
    (tmp_path / "a" / "song.ogg").rename(tmp_path / "b" / "other.ogg")
    assert ear.wait_for(tmp_path / "a")
    assert ear.wait_for(tmp_path / "b")
    shutil.rmtree(tmp_path / "b")
    assert ear.wait(lambda: any(str(tmp_path / "b") in report for report in ear.reports[1:]))


def test_a_new_folder_full_of_songs_is_reported(ear, watching, tmp_path):
    ready = tmp_path / "ready"
    ready.mkdir()
    (ready / "song.flac").write_bytes(b"x")
    music = tmp_path / "music"
    music.mkdir()
    watching(music)
    ready.rename(music / "album")
    assert ear.wait_for(music / "album")


def test_covers_count_and_other_files_and_reading_do_not(ear, watching, tmp_path):
    song = tmp_path / "song.mp3"
    song.write_bytes(b"x")
    watching(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    song.read_bytes()
    time.sleep(4 * QUIET)
    assert ear.reports == []
    (tmp_path / "Cover.jpg").write_bytes(b"x")
    assert ear.wait_for(tmp_path)


def test_folders_that_are_no_longer_watched_are_silent(ear, watching, tmp_path):
    watcher = watching(tmp_path)
    watcher.watch([])
    while not watcher.settled():
        time.sleep(0.01)
    (tmp_path / "song.mp3").write_bytes(b"x")
    time.sleep(4 * QUIET)
    assert ear.reports == []


def test_a_network_drive_is_swept_and_that_is_said(ear, watching, tmp_path, monkeypatch):
    mounts = Mounts(((str(tmp_path), "nfs4"),))
    monkeypatch.setattr(watch_module.Mounts, "now", lambda: mounts)
    watching(tmp_path, sweep_every=0.3)
    assert ear.wait(lambda: len(ear.reports) >= 2)  # again and again
    assert ear.reports[0] == [str(tmp_path)]
    assert ear.notices == [
        f"The folder “{tmp_path.name}” is on a network drive; SONIQ looks for changes every minute."
    ]


def test_where_the_system_lets_nobody_watch_more_it_is_swept(ear, watching, tmp_path, monkeypatch):
    class Full:
        def start(self): ...
        def stop(self): ...
        def join(self): ...
        def schedule(self, *_arguments, **_options):
            raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(watch_module, "Observer", Full)
    watching(tmp_path, sweep_every=0.3)
    assert ear.wait_for(tmp_path)
    (notice,) = ear.notices
    assert "more folders than this system lets a program watch" in notice


def test_a_folder_that_is_plugged_in_later_is_watched_from_then_on(ear, watching, tmp_path):
    drive = tmp_path / "drive"
    watching(drive, sweep_every=0.3)
    assert ear.notices == []
    drive.mkdir()
    assert ear.wait_for(drive)
    time.sleep(0.7)
    ear.reports.clear()
    (drive / "song.mp3").write_bytes(b"x")
    assert ear.wait_for(drive)


def test_a_folder_that_was_exchanged_is_looked_at_and_watched_again(ear, watching, tmp_path):
    drive = tmp_path / "drive"
    drive.mkdir()
    watching(drive, sweep_every=0.3)
    drive.rename(tmp_path / "old")
    drive.mkdir()
    assert ear.wait_for(drive)
    time.sleep(0.7)
    ear.reports.clear()
    (drive / "song.mp3").write_bytes(b"x")
    assert ear.wait_for(drive)


def test_closing_twice_and_without_starting_is_fine(ear):
    watcher = Watcher(ear.changed)
    watcher.close()
    watcher.close()
