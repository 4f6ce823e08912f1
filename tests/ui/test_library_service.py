"""The library service, as the window uses it: real scans and processes, pretended listening."""

import itertools
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QThread

from soniq_desktop.common.processes import ProcessPool
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import TrackQuery
from soniq_desktop.services import artwork as artwork_module
from soniq_desktop.services import library as library_module
from soniq_desktop.services import listening as listening_module
from soniq_desktop.services.artwork import load_thumbnail, scaled
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.progress import Progress, smoothed
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks
from tests.audio_fixtures import garbage
from tests.scan_fixtures import album, png, song

WAIT = 15_000


class MemorySettings(dict):
    """Settings that are not written anywhere."""

    def set(self, name, value):
        self[name] = value

    def flush(self): ...


@pytest.fixture
def music(tmp_path) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    return folder


@pytest.fixture
def make(paths, monkeypatch, qapp):
    """A function that makes a service; all are closed at the end."""
    monkeypatch.setattr(
        listening_module,
        "listening_pool",
        lambda workers, **_: ProcessPool("tests.unit.listen_handlers:listen", workers),
    )
    made = []

    def build(**settings):
        catalogue, tasks = Catalogue(paths.catalogue), Tasks()
        store = SettingsService(MemorySettings({"library.watch": False} | settings))
        service = LibraryService(catalogue, paths, store, tasks)
        service.store, service.catalogue = store, catalogue
        made.append((service, tasks, store, catalogue))
        return service

    yield build
    for parts in made:
        for part in parts:
            part.close()


@pytest.fixture
def library(make):
    service = make()
    service.start()
    return service


def ask(qtbot, question, *arguments):
    """The answer to one of the service's questions."""
    answers = []
    question(*arguments, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=WAIT)
    return answers[0]


def add(qtbot, library, folder, tracks):
    """Add a folder and wait until everything in it was listened to."""
    library.add_folder(str(folder))
    qtbot.waitUntil(lambda: library.counts().listened == tracks, timeout=WAIT)


def test_an_added_folder_is_scanned_then_listened_to(qtbot, library, music):
    for path in album(music, 4):
        path.rename(path.with_name(f"slow {path.name}"))  # work that is over in a moment is not told
    stages = []
    library.progress.connect(stages.append)
    with qtbot.waitSignals([library.changed, library.folders_changed], timeout=WAIT):
        library.add_folder(str(music))
    qtbot.waitUntil(lambda: library.counts().listened == 4, timeout=WAIT)
    qtbot.waitUntil(lambda: bool(stages) and stages[-1] is None, timeout=WAIT)
    assert library.folders() == [str(music)]
    assert library.counts().tracks == 4
    kinds = [one.stage for one in stages if one]
    assert kinds == sorted(kinds, key=["scan", "tags", "listen"].index)
    assert "listen" in kinds
    ids = ask(qtbot, library.track_ids, TrackQuery(sort="title"))
    tracks = ask(qtbot, library.tracks, ids)
    assert [track.tags.title for track in tracks] == [f"Song {number}" for number in (1, 2, 3, 4)]
    assert tracks[0].features.tempo == 120.0


def test_answers_and_signals_come_on_the_gui_thread(qtbot, library, music):
    album(music, 2)
    threads = set()
    for signal in (library.changed, library.counts_changed, library.progress, library.tracks_updated):
        signal.connect(lambda *_: threads.add(threading.current_thread()))
    add(qtbot, library, music, 2)
    library.albums("", None, lambda _albums: threads.add(threading.current_thread()))
    library.waveform(1, lambda _waveform: threads.add(threading.current_thread()))
    qtbot.wait(300)
    assert threads == {threading.main_thread()}


def test_signals_are_bundled(qtbot, library, music):
    album(music, 40)
    moments = {"changed": [], "progress": [], "tracks_updated": []}
    for name, times in moments.items():
        getattr(library, name).connect(lambda *_, times=times: times.append(time.monotonic()))
    add(qtbot, library, music, 40)
    for name, times in moments.items():
        gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
        assert all(gap >= 0.2 for gap in gaps), name


@pytest.mark.parametrize("what", ["nothing", "file", "twice", "inside", "proc"])
def test_folders_that_make_no_sense_are_refused_in_plain_words(what, qtbot, library, music):
    song(music / "inner" / "a.flac")
    if what in ("twice", "inside"):
        add(qtbot, library, music, 1)
    before = library.folders()
    path = {
        "nothing": music / "nowhere",
        "file": music / "inner" / "a.flac",
        "twice": music,
        "inside": music / "inner",
        "proc": Path("/proc/self"),
    }[what]
    with qtbot.waitSignal(library.notice, timeout=WAIT) as notice:
        library.add_folder(str(path))
    assert f"“{path.name}”" in notice.args[0]
    assert library.folders() == before


def test_a_removed_folder_takes_its_songs_along_and_likes_come_back_with_it(qtbot, library, music, tmp_path):
    other = tmp_path / "other"
    album(music, 3)
    album(other, 2, first=10)
    add(qtbot, library, music, 3)
    add(qtbot, library, other, 5)
    track = library.catalogue.track_by_path(str(music / "01.flac"))
    with qtbot.waitSignal(library.tracks_updated, timeout=WAIT):
        library.set_liked(track.id, True)
    library.remove_folder(str(music))
    qtbot.waitUntil(lambda: library.counts().tracks == 2, timeout=WAIT)
    assert library.folders() == [str(other)]
    assert (music / "01.flac").exists()
    add(qtbot, library, music, 5)
    assert library.catalogue.track_by_path(str(music / "01.flac")).liked


def test_a_folder_that_is_removed_while_it_is_scanned_stays_away(
    qtbot, library, music, tmp_path, monkeypatch
):
    album(music, 60)
    album(tmp_path / "other", 2, first=100)
    library.add_folder(str(tmp_path / "other"))
    library.add_folder(str(music))
    qtbot.waitUntil(lambda: str(music) in library.folders(), timeout=WAIT)
    library.remove_folder(str(music))
    qtbot.waitUntil(lambda: library.folders() == [str(tmp_path / "other")], timeout=WAIT)
    qtbot.waitUntil(lambda: library.counts().listened == 2, timeout=WAIT)
    qtbot.wait(400)
    assert library.counts().tracks == 2


def test_likes_keep_their_order(qtbot, library, music):
    song(music / "a.flac")
    add(qtbot, library, music, 1)
    track = library.catalogue.track_by_path(str(music / "a.flac"))
    for number in range(21):
        library.set_liked(track.id, number % 2 == 0)
    assert library._writes.wait(60)
    assert library.catalogue.track(track.id).liked


def test_pausing_stops_and_resuming_goes_on(qtbot, library, music):
    for number in range(6):
        song(music / f"slow {number}.flac", number)
    library.add_folder(str(music))
    qtbot.waitUntil(lambda: library.counts().listened >= 1, timeout=WAIT)
    told = []
    library.progress.connect(told.append)
    library.pause()
    qtbot.waitUntil(lambda: bool(told) and told[-1].paused, timeout=WAIT)
    found = []
    while len(found) < 2 or found[-1] != found[-2]:  # what was in hand is finished, and then nothing more
        qtbot.wait(1200)
        found.append(library.catalogue.counts().listened)  # the truth; the service's own counts come later
    assert found[-1] < 6
    library.resume()
    qtbot.waitUntil(lambda: library.counts().listened == 6, timeout=WAIT)


def test_cancelling_stops_until_the_next_rescan(qtbot, library, music):
    for number in range(6):
        song(music / f"slow {number}.flac", number)
    library.add_folder(str(music))
    qtbot.waitUntil(lambda: library.counts().listened >= 1, timeout=WAIT)
    with qtbot.waitSignal(library.progress, timeout=WAIT, check_params_cb=lambda progress: progress is None):
        library.cancel()
    standing = library.catalogue.counts().listened  # the truth; the service's own counts come later
    qtbot.wait(1200)
    assert library.catalogue.counts().listened == standing < 6
    library.rescan()
    qtbot.waitUntil(lambda: library.counts().listened == 6, timeout=WAIT)


def test_what_is_looked_at_is_listened_to_first(qtbot, make, music):
    for number in range(8):
        song(music / f"slow {number}.flac", number)
    library = make(**{"analysis.workers": 1})
    library.start()
    order = []
    library.tracks_updated.connect(order.extend)
    library.add_folder(str(music))
    qtbot.waitUntil(lambda: library.counts().tracks == 8, timeout=WAIT)
    wanted = library.catalogue.track_by_path(str(music / "slow 7.flac")).id
    library.listen_first([wanted])
    qtbot.waitUntil(lambda: wanted in order, timeout=WAIT)
    assert len(order) <= 4


def test_problems_are_counted_retried_and_dismissed(qtbot, library, music):
    good = song(music / "good.flac")
    garbage(music / "broken.flac")
    song(music / "bad song.flac", 2)
    with qtbot.waitSignal(library.problems_changed, timeout=WAIT):
        add(qtbot, library, music, 1)
    qtbot.waitUntil(lambda: library.counts().problems == 2, timeout=WAIT)
    problems = {Path(one.path).name: one for one in ask(qtbot, library.problems)}
    assert problems["bad song.flac"].stage == "listen"
    assert problems["bad song.flac"].reason == "Nothing but noise."
    assert problems["broken.flac"].stage == "tags"
    (music / "broken.flac").write_bytes(good.read_bytes())
    library.retry(problems["broken.flac"].id)
    qtbot.waitUntil(lambda: library.counts().tracks == 3, timeout=WAIT)
    qtbot.waitUntil(lambda: library.counts().problems == 1, timeout=WAIT)
    library.dismiss(problems["bad song.flac"].id)
    qtbot.waitUntil(lambda: library.counts().problems == 0, timeout=WAIT)


def test_retrying_all_tries_everything_again(qtbot, library, music):
    song(music / "bad song.flac")
    garbage(music / "broken.flac")
    library.add_folder(str(music))
    qtbot.waitUntil(lambda: library.counts().problems == 2, timeout=WAIT)
    library.retry_all()
    qtbot.waitUntil(
        lambda: len(ask(qtbot, library.problems)) == 2 and not library._listener.busy, timeout=WAIT
    )


def test_a_start_finds_what_changed_while_soniq_was_closed(qtbot, make, music):
    album(music, 3)
    first = make()
    first.start()
    add(qtbot, first, music, 3)
    first.close()
    (music / "01.flac").unlink()
    song(music / "04.flac", 4)
    second = make()
    assert second.folders() == [str(music)]
    assert second.counts().tracks == 3
    second.start()
    qtbot.waitUntil(lambda: second.counts().tracks == 4, timeout=WAIT)
    qtbot.waitUntil(lambda: second.counts().listened == 4, timeout=WAIT)


def test_a_new_file_in_a_watched_folder_appears_by_itself(qtbot, make, music, monkeypatch):
    monkeypatch.setattr(library_module, "QUIET", 0.2)
    song(music / "a.flac")
    library = make(**{"library.watch": True})
    library.start()
    add(qtbot, library, music, 1)
    qtbot.waitUntil(library._watcher.settled, timeout=WAIT)
    song(music / "b.flac", 2)
    qtbot.waitUntil(lambda: library.counts().listened == 2, timeout=WAIT)
    library.store.set("library.watch", False)
    assert library._watcher is None


def test_a_missing_drive_is_told_once(qtbot, library, music, tmp_path):
    album(music, 2)
    add(qtbot, library, music, 2)
    notices = []
    library.notice.connect(notices.append)
    music.rename(tmp_path / "away")
    library.rescan()
    qtbot.waitUntil(lambda: len(notices) == 1, timeout=WAIT)
    assert "is not there now" in notices[0]
    library.rescan()
    qtbot.wait(500)
    assert len(notices) == 1


@pytest.mark.parametrize("when", ["idle", "scanning", "listening", "paused"])
def test_closing_is_quick_and_leaves_nothing_behind(when, qtbot, library, music):
    for number in range(12):
        song(music / f"slow {number}.flac", number)
    if when != "idle":
        library.add_folder(str(music))
        if when != "scanning":
            qtbot.waitUntil(lambda: library.counts().listened >= 1, timeout=WAIT)
    if when == "paused":
        library.pause()
    begun = time.monotonic()
    library.close()
    library.close()
    assert time.monotonic() - begun < 3.0


def test_listening_that_cannot_start_says_so_once(qtbot, library, music, monkeypatch):
    monkeypatch.setattr(
        listening_module, "listening_pool", lambda workers, **_: ProcessPool("no_such_module:listen", workers)
    )
    song(music / "a.flac")
    notices = []
    library.notice.connect(notices.append)
    library.add_folder(str(music))
    qtbot.waitUntil(lambda: bool(notices), timeout=WAIT)
    qtbot.wait(600)
    assert len(notices) == 1
    assert "could not be started" in notices[0]


def test_the_number_of_workers_follows_the_setting(make, monkeypatch):
    monkeypatch.setattr(listening_module.os, "sched_getaffinity", lambda _pid: set(range(8)), raising=False)
    assert listening_module.default_workers() == 7
    monkeypatch.setattr(listening_module.os, "sched_getaffinity", lambda _pid: {0}, raising=False)
    assert listening_module.default_workers() == 1
    library = make(**{"analysis.workers": 3})
    library.start()
    assert library._listener._workers == 3
    library.store.set("analysis.workers", 2)
    assert library._listener._workers == 2


# Covers


def test_a_cover_is_loaded_once_and_then_comes_from_memory(qtbot, library, music):
    song(music / "a.flac")
    (music / "cover.png").write_bytes(png(300, 200))
    add(qtbot, library, music, 1)
    key = library.catalogue.track_by_path(str(music / "a.flac")).tags.artwork
    assert library.artwork(key, 64) is None
    with qtbot.waitSignal(library.artwork_ready, timeout=WAIT) as ready:
        pass
    assert ready.args == [key]
    pixmap = library.artwork(key, 64)
    assert pixmap.width() == 64
    assert pixmap.height() in (42, 43)
    assert library.artwork(key, 50) is not None


@pytest.mark.qt_log_ignore("Unsupported marker")  # libjpeg says what it thinks
def test_a_broken_or_enormous_cover_harms_nobody(qtbot, library, paths, tmp_path, monkeypatch):
    root = paths.artwork / "aa"
    root.mkdir()
    (root / ("a" * 32)).write_bytes(b"\xff\xd8\xff" + b"rubbish" * 100)
    assert library.artwork("a" * 32, 64) is None
    qtbot.waitUntil(lambda: bool(library._covers._broken), timeout=WAIT)
    assert library.artwork("a" * 32, 64) is None
    monkeypatch.setattr(artwork_module, "MOST_PIXELS", 1000)
    large = tmp_path / "large"
    large.write_bytes(png(100, 100))
    assert scaled(large, 64).isNull()


def test_thumbnails_keep_their_shape_and_are_kept_on_the_disk(qapp, tmp_path):
    key = "b" * 32
    (tmp_path / "bb").mkdir()
    (tmp_path / "bb" / key).write_bytes(png(1000, 500, (10, 200, 30)))
    image = load_thumbnail(tmp_path, key, 320)
    assert (image.width(), image.height()) == (320, 160)
    colour = image.pixelColor(160, 80)
    assert abs(colour.green() - 200) < 4
    (tmp_path / "bb" / key).unlink()
    assert load_thumbnail(tmp_path, key, 320).width() == 320
    small = tmp_path / "bb" / ("b" * 31 + "c")
    small.write_bytes(png(20, 20))
    assert load_thumbnail(tmp_path, small.name, 320).width() == 20  # never made larger than it is


def test_the_memory_for_covers_is_bounded(qtbot, library, paths, monkeypatch):
    monkeypatch.setattr(artwork_module, "MEMORY", 3 * 64 * 64 * 4)
    (paths.artwork / "cc").mkdir()
    for number in range(6):
        key = f"cc{number:030d}"
        (paths.artwork / "cc" / key).write_bytes(png(64, 64, (number, 0, 0)))
        with qtbot.waitSignal(library.artwork_ready, timeout=WAIT):
            library.artwork(key, 64)
    assert len(library._covers._pixmaps) == 3


# Progress


def test_the_time_left_moves_slowly():
    old = Progress("listen", 10, 100, seconds_left=100.0)
    new = Progress("listen", 11, 100, seconds_left=200.0)
    assert 99.0 < smoothed(new, old, 1.0).seconds_left < 120.0
    assert smoothed(new, None, 1.0).seconds_left == 200.0
    assert smoothed(new, Progress("tags", 1, 2, seconds_left=1.0), 1.0).seconds_left == 200.0
    assert smoothed(Progress("listen", 100, 100, seconds_left=0.0), old, 1.0).seconds_left == 0.0
    assert new.title == "Listening"


def test_no_work_happens_on_the_gui_thread(qtbot, library, music, monkeypatch):
    """The event loop keeps turning while a folder is scanned."""
    album(music, 60)
    gui = QThread.currentThread()
    scanned_on = []
    real = library._scanning._scan

    def scan(*arguments, **options):
        scanned_on.append(QThread.currentThread())
        return real(*arguments, **options)

    monkeypatch.setattr(library._scanning, "_scan", scan)
    add(qtbot, library, music, 60)
    assert scanned_on
    assert gui not in scanned_on
