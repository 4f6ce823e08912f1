"""The mixer of the stems page: lanes, presets, loops, speed and key, by mouse and by keys."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from soniq_desktop.audio.mixer import Lane
from soniq_desktop.library.records import BeatGrid
from soniq_desktop.stems.engine import TWO
from soniq_desktop.ui.components import Label, Popover
from soniq_desktop.ui.pages.stems import MIXER
from soniq_desktop.ui.stems.export_panel import ExportPanel
from tests.ui.stems.helpers import SECONDS, answer, key, open_page, prepare, song


def test_a_song_with_stems_has_a_lane_for_each(app, page):
    assert [head.look.title for head in page.board.heads] == ["Vocals", "Drums", "Bass", "Other"]
    assert page.header.heading.text() == "Song"
    assert page.strip.isHidden()
    assert page.board.canvas._ready == ((0.0, pytest.approx(SECONDS, abs=0.01)),)
    assert all(peaks.any() for peaks in page.board.canvas._peaks)
    head = page.board.heads[1]
    assert head.gain.accessibleName() == "Drums: gain"
    assert head.gain.accessibleDescription() == "0.0 decibels"
    assert head.pan.accessibleDescription() == "centre"
    assert page.board.canvas.accessibleDescription().startswith("0:00 of 0:08")


def test_a_lane_is_worked_by_keys_alone(app, page, qtbot):
    gain = page.board.heads[0].gain
    gain.setFocus()
    key(qtbot, gain, Qt.Key.Key_M)
    assert app.stems.mixer().lanes[0].muted
    assert not app.player.muted()  # the window's M is another one
    assert page.board.heads[0].value.text() == "muted"
    key(qtbot, gain, Qt.Key.Key_Left)
    assert app.stems.mixer().lanes[0].gain_db == -0.5
    key(qtbot, gain, Qt.Key.Key_0)
    assert app.stems.mixer().lanes[0].gain_db == 0.0
    key(qtbot, gain, Qt.Key.Key_Down)
    assert page.board.heads[1].gain.hasFocus()
    key(qtbot, page.board.heads[1].gain, Qt.Key.Key_S)
    assert app.stems.mixer().lanes[1].solo
    assert page.board.heads[2].value.text() == "not soloed"
    pan = page.board.heads[1].pan
    pan.setFocus()
    key(qtbot, pan, Qt.Key.Key_Right)
    assert app.stems.mixer().lanes[1].pan == 0.05
    assert page.board.heads[1].pan_value.text() == "5 R"


def test_number_keys_mute_and_solo_and_can_be_switched_off(app, page, qtbot):
    canvas = page.board.canvas
    canvas.setFocus()
    key(qtbot, canvas, Qt.Key.Key_2)
    assert app.stems.mixer().lanes[1].muted
    key(qtbot, canvas, Qt.Key.Key_3, Qt.KeyboardModifier.ShiftModifier)
    assert app.stems.mixer().lanes[2].solo
    app.settings.set("keyboard.single_letters", False)
    key(qtbot, canvas, Qt.Key.Key_2)
    assert app.stems.mixer().lanes[1].muted


def test_the_playhead_does_not_stay_where_another_song_was(app, page, qtbot):
    other = prepare(app, name="other")
    app.player.restore({"tracks": [song(app).id], "added": [None], "index": 0, "position": 3.0})
    qtbot.waitUntil(lambda: page.board.canvas.value() == pytest.approx(3000, abs=200))
    open_page(app, qtbot, other, MIXER)
    qtbot.waitUntil(lambda: page.board.canvas.value() == 0)


def test_presets_and_the_user_s_own(app, page, qtbot):
    segments = page.header.presets._group
    segments.button(2).click()
    assert [lane.muted for lane in app.stems.mixer().lanes] == [False, True, True, True]
    assert page.header.presets.current() == 2
    app.stems.set_lane(0, Lane(gain_db=-4.0))
    assert page.header.presets.current() == 4
    page.preset_menu.save()
    with qtbot.waitSignal(app.stems.presets_changed):
        answer(qtbot, page, "Soft voice")
    segments.button(0).click()
    menu = page.preset_menu.make(["Soft voice"])
    use = menu.actions()[0].menu().actions()[0]
    with qtbot.waitSignal(app.stems.mixer_changed):
        use.trigger()
    assert app.stems.mixer().lanes[0].gain_db == -4.0
    page.preset_menu.rename("Soft voice")
    with qtbot.waitSignal(app.stems.presets_changed):
        answer(qtbot, page, "Whisper")
    names = []
    app.stems.preset_names(lambda _, own: names.extend(own))
    qtbot.waitUntil(lambda: names == ["Whisper"])
    menu.deleteLater()


def test_karaoke_mutes_the_vocals_and_shows_the_lyrics(app, page, qtbot):
    qtbot.waitUntil(lambda: page.lyrics.found)
    assert page.lyrics.isHidden()
    key(qtbot, page, Qt.Key.Key_K)
    assert app.stems.preset() == "Karaoke"
    assert page.lyrics.isVisible()
    assert page.tools.karaoke.control.isChecked()
    assert page.tools.karaoke.detail.text() == "Vocals muted, lyrics shown"
    page.lyrics.view.seek_requested.emit(2.0)
    qtbot.waitUntil(lambda: app.player.position() >= 2.0, timeout=8000)
    qtbot.waitUntil(lambda: page.lyrics.view.sheet.accessibleDescription() == "Second line", timeout=5000)
    page.tools.karaoke.control.click()
    assert page.lyrics.isHidden()
    assert app.stems.preset() == "Original"


def test_a_loop_is_drawn_on_the_ruler_by_bars(app, page, qtbot):
    beats = np.arange(0.0, SECONDS, 0.25, dtype=np.float32)
    page.mixing.set_grid(BeatGrid(beats, np.arange(len(beats)) % 4 == 0, 0.9, 4))
    assert page.board.unit.text() == "Bars"
    canvas = page.board.canvas
    at = [QPoint(round(canvas.view.x(seconds, canvas.width())), 12) for seconds in (2.4, 4.6)]
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at[0])
    qtbot.mouseMove(canvas, at[1])
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at[1])
    assert app.stems.mixer().loop == pytest.approx((2.0, 5.0))
    assert page.tools.loop.detail.text() == "Bars 3 – 5, 3.0 s"
    assert page.tools.loop.control.isChecked()
    canvas.setFocus()
    key(qtbot, canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert app.stems.mixer().loop == pytest.approx((3.0, 6.0))
    key(qtbot, canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert app.stems.mixer().loop == pytest.approx((3.0, 5.0))
    page.tools.loop.control.click()
    assert app.stems.mixer().loop is None
    page.tools.loop.control.click()
    assert app.stems.mixer().loop == pytest.approx((3.0, 5.0))
    key(qtbot, canvas, Qt.Key.Key_Backslash)
    assert app.stems.mixer().loop is None
    assert page.board.canvas.loop is None


def test_loop_keys_take_the_bar_that_sounds_and_the_playhead_goes_inside(app, page, qtbot):
    app.player.play([song(app).id])
    qtbot.waitUntil(lambda: page.playing.going, timeout=8000)
    page.looping.set(5.0, 6.0)
    qtbot.waitUntil(lambda: 5.0 <= app.player.position() <= 6.1, timeout=8000)
    key(qtbot, page, Qt.Key.Key_BracketLeft)
    assert app.stems.mixer().loop[0] == 5.0


def test_a_loop_is_kept_with_its_song_alone(app, page, qtbot):
    prepare(app, name="other")
    page.looping.set(2.0, 4.0)
    page.looping.switch(False)
    app.window.navigator.open("songs")
    open_page(app, qtbot, song(app), MIXER)
    assert page.board.canvas.loop == (2.0, 4.0)
    assert not page.board.canvas.loop_on
    page.looping.switch(True)
    open_page(app, qtbot, song(app, "other"), MIXER)
    qtbot.waitUntil(lambda: app.stems.current().track.title == "Other", timeout=5000)
    assert page.board.canvas.loop is None
    assert app.stems.mixer().loop is None


def test_f6_goes_through_the_parts_of_the_page(app, page, qtbot):
    assert page.regions() == [page.header, page.board, page.tools]
    page.tools.karaoke.control.setFocus()
    assert any(part.isAncestorOf(app.window.focusWidget()) for part in page.regions())


def test_speed_key_and_comparison(app, page, qtbot):
    speed, semitones = page.tools.speed.control, page.tools.key.control
    speed.setFocus()
    key(qtbot, speed, Qt.Key.Key_Left)
    assert app.stems.mixer().speed == pytest.approx(0.95)
    assert page.tools.speed.detail.text() == "95 %, pitch kept"
    qtbot.mouseClick(semitones, Qt.MouseButton.LeftButton, pos=QPoint(50, 16))
    assert app.stems.mixer().semitones == 1
    assert page.tools.key.detail.text() == "+1 semitone"
    key(qtbot, speed, Qt.Key.Key_0)
    assert app.stems.mixer().speed == 1.0
    key(qtbot, page, Qt.Key.Key_O)
    assert app.stems.mixer().original
    assert "the original is heard" in page.board.compare.accessibleName()
    page.board.compare.click()
    assert not app.stems.mixer().original


def test_playing_moves_playhead_and_meters_and_another_song_plays_as_usual(app, page, qtbot):
    page.header.play.click()
    qtbot.waitUntil(lambda: not page.board.meters[0].still, timeout=8000)
    assert page.board.canvas.value() > 0
    assert page.header.play.isHidden()
    app.window.navigator.open("songs")
    assert app.player.state() == "playing"
    app.player.play([song(app, "other").id])
    qtbot.waitUntil(lambda: not page.playing.mine, timeout=5000)
    page = open_page(app, qtbot, song(app), MIXER)
    assert page.header.play.isVisible()
    assert page.board.canvas.value() == 0
    qtbot.waitUntil(lambda: page.board.meters[0].still, timeout=8000)
    page.board.canvas.seek_wanted.emit(4.0)  # while the other one plays: the state stays as it is
    qtbot.waitUntil(lambda: page.playing.mine and app.player.position() >= 4.0, timeout=8000)
    qtbot.waitUntil(lambda: not page.board.meters[0].still, timeout=8000)


def test_zoom_by_keys_buttons_and_overview(app, page, qtbot):
    view, canvas = page.board.view, page.board.canvas
    page.board.zoom_in.click()
    assert view.span < SECONDS
    canvas.setFocus()
    key(qtbot, canvas, Qt.Key.Key_Plus)
    span = view.span
    page.board.overview.setFocus()
    key(qtbot, page.board.overview, Qt.Key.Key_Right)
    assert view.begin == pytest.approx(span / 4, abs=0.01)
    page.board.zoom.setValue(0)
    assert (view.begin, view.span) == (0.0, view.duration)


def test_two_stems_have_two_lanes_and_no_drums_preset(app, qtbot):
    page = open_page(app, qtbot, prepare(app, TWO, "spleeter"), MIXER)
    assert [head.look.title for head in page.board.heads] == ["Vocals", "Accompaniment"]
    assert not page.header.presets._group.button(3).isEnabled()


def test_the_mixer_as_a_table(app, page):
    app.stems.set_lane(1, Lane(gain_db=-3.0, pan=-0.5))
    page.show_table()
    popover = app.window.findChildren(Popover)[-1]
    texts = {label.text() for label in popover.panel.findChildren(Label)}
    assert {"Drums", "−3.0 dB", "50 % left", "yes", "silent"} <= texts
    popover.close_popover()


def test_the_player_bar_says_that_a_mix_is_heard_and_leads_to_it(app, page, qtbot):
    button = app.window.player_bar.mix
    app.player.play([song(app).id])
    qtbot.waitUntil(lambda: page.playing.mine, timeout=5000)
    assert button.isHidden()
    app.stems.apply_preset("Karaoke")
    app.stems.set_speed(0.9)
    assert button.isVisible()
    assert "karaoke, 90 % speed" in button.accessibleName()
    app.window.navigator.open("songs")
    button.click()
    assert app.window.navigator.place.page == "stems"
    app.player.play([song(app, "other").id])
    qtbot.waitUntil(button.isHidden, timeout=5000)


def test_export_asks_before_it_replaces(app, page, qtbot, tmp_path):
    page._folder = tmp_path / "out"
    page.header.export.click()
    panel = app.window.findChildren(ExportPanel)[0]
    panel.what._group.button(1).click()
    panel.format._group.button(0).click()
    panel.stems["drums"].click()
    assert [file.name for file in (tmp_path).glob("out/*")] == []
    panel.go.click()
    qtbot.waitUntil(panel.show_files.isVisible, timeout=20000)
    written = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert written == ["Song - bass.wav", "Song - other.wav", "Song - vocals.wav"]
    panel.go.click()
    qtbot.waitUntil(panel.replace.isVisible, timeout=20000)
    assert "is there already" in panel.trouble.text()
    panel.replace.click()
    panel.go.click()
    qtbot.waitUntil(panel.show_files.isVisible, timeout=20000)
    panel.close_popover()


@pytest.mark.parametrize(("width", "height"), [(1080, 680), (1440, 900)])
def test_nothing_is_cut_off_in_any_size(app, page, qtbot, width, height):
    app.window.resize(width, height)
    stack = app.window.stack

    def cut_off() -> list[QWidget]:
        parts = (page.header.export, page.tools, page.board, page.board.compare)
        return [
            each for each in parts if not stack.rect().contains(each.mapTo(stack, each.rect().bottomRight()))
        ]

    qtbot.waitUntil(lambda: not cut_off())
    for head in page.board.heads:
        assert all(head.rect().contains(control.geometry()) for control in head.controls)
