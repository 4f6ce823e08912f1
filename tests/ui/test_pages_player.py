"""The full player page around the spectrogram."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt

from soniq_desktop.library.lyrics import parse_lyrics
from soniq_desktop.library.records import Features
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.player import PlayerPage
from soniq_desktop.ui.pages.track_facts import facts
from tests.pages_fixtures import pages_services
from tests.ui_fixtures import make_track

SUNG = "[00:00.50]first\n[00:01.00]second\n[00:01.50]third"


@pytest.fixture
def song(tmp_path):
    path = tmp_path / "song.wav"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 3 * 44_100).astype(np.float32), 44_100)
    path.with_suffix(".lrc").write_text(SUNG)
    return path


@pytest.fixture
def services(song):
    services = pages_services()
    services.library.edited[3] = replace(make_track(3), path=str(song))
    services.player.play([3, 4, 5], 0, "album")
    yield services
    services.settings.close()


@pytest.fixture
def page(qtbot, services):
    navigator = Navigator()
    navigator.open("songs")
    navigator.open("player")
    page = PlayerPage(services, navigator)
    page.resize(1376, 812)
    qtbot.addWidget(page)
    page.show()
    page.activate({})
    qtbot.waitExposed(page)
    yield page
    page.hide()


def test_header_names_the_track_and_where_it_comes_from(page, services):
    track = services.player.track()
    assert page.heading.text() == track.title
    assert page.byline.text() == f"{track.artist} · {track.tags.album}"
    assert page.from_line.text() == "Playing from an album"


def test_number_keys_choose_the_view(qtbot, page):
    page.activateWindow()
    for index, key in enumerate((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)):
        qtbot.keyClick(page, key)
        assert page.canvas.mode == index
        assert page.modes.current() == index
    assert page.session()["session"]["mode"] == 3


def test_single_letter_setting_switches_the_number_keys_off(qtbot, page, services):
    services.settings.set("keyboard.single_letters", False)
    page.activate({})
    qtbot.keyClick(page, Qt.Key.Key_3)
    assert page.canvas.mode == 0


def test_escape_goes_back(qtbot, page):
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page._navigator.place.page == "songs"


def test_lyrics_beside_the_file_follow_and_seek(qtbot, page, services):
    sheet = page.side.lyrics.sheet
    qtbot.waitUntil(lambda: page.side.lyrics.currentIndex() == 0, timeout=3000)
    services.player.seek(1.2)
    assert sheet._current == 1
    assert sheet.accessibleDescription() == "second"
    box = sheet._boxes[2]
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert services.player.calls[-1] == ("seek", 1.5)


def test_a_file_without_lyrics_says_so(qtbot, page, services, song):
    song.with_suffix(".lrc").unlink()
    services.library.edited[4] = replace(make_track(4), path=str(song.with_name("song2.wav")))
    services.player.next()
    qtbot.waitUntil(lambda: page.side.lyrics.empty.accessibleName().startswith("No lyrics"), timeout=3000)
    assert page.side.lyrics.currentIndex() == 1


def test_queue_tab_lists_what_comes(qtbot, page, services):
    page.side.show_tab(1)
    assert page.side.queue.model().rowCount() == 2
    page.side.queue.removed.emit(0)
    assert services.player.ids == [3, 5]


def test_loudness_curve_seeks(qtbot, page, services):
    qtbot.waitUntil(lambda: page.loudness.measured)
    services.player.seek(0.5)
    qtbot.mouseClick(page.loudness, Qt.MouseButton.LeftButton, pos=QPoint(page.loudness.width() // 2, 10))
    seconds = services.player.calls[-1][1]
    assert seconds == pytest.approx(services.player.duration() / 2, rel=0.02)


def test_small_windows_keep_room_for_the_title(qtbot, page):
    page.resize(1016, 592)
    assert page.figures.isHidden()
    assert not page.modes.isHidden()
    assert page.wormhole.text() == "Wormhole"
    for part in (page.modes, page.stems, page.wormhole):
        assert part.width() >= part.sizeHint().width() or part.isHidden()
    qtbot.waitUntil(lambda: page.heading.width() > 300)
    page.resize(1376, 812)
    assert not page.figures.isHidden()
    page.grab()


def test_nothing_playing_is_said(qtbot, page, services):
    services.player.clear()
    services.player.track_changed.emit(None)
    assert page.heading.text() == "Nothing playing"
    assert page.side.lyrics.empty.accessibleName().startswith("Nothing is playing")
    page.grab()


def test_facts_show_only_what_was_measured():
    bare = {name: value for name, value, _ in facts(make_track(1, features=None))}
    assert [bare[name] for name in ("Tempo", "Key", "Loudness", "Energy")] == ["—"] * 4
    measured = Features(1, loudness=-9.2, loudness_range=7.8, tempo=124.0, key=9, mode="minor", energy=0.74)
    rows = {name: (value, more) for name, value, more in facts(make_track(1, features=measured))}
    assert rows["Tempo"][0] == "124.0 BPM"
    assert rows["Key"][0] == "A minor · 8A"
    assert rows["Loudness"] == ("−9.2 LUFS", "range 7.8 LU")
    assert rows["Energy"][0] == "0.74"


def test_long_lyrics_wrap_and_grow(qtbot, page):
    sheet = page.side.lyrics.sheet
    page.side.lyrics.set_lyrics(parse_lyrics("[00:01.00]" + "a very long line " * 20))
    assert sheet._boxes[0].height() > 60
