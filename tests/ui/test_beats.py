"""Beats over the live picture, and the user's say on the tempo."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt

from soniq_desktop.library.records import BeatGrid
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.player import PlayerPage
from soniq_desktop.ui.pages.tempo_buttons import TempoButtons
from soniq_desktop.ui.pages.track_facts import facts
from tests.pages_fixtures import pages_services
from tests.ui_fixtures import make_track


@pytest.fixture
def page(qtbot, tmp_path):
    path = tmp_path / "song.wav"
    soundfile.write(path, np.zeros(44_100, np.float32), 44_100)
    services = pages_services()
    services.library.edited[3] = replace(make_track(3), path=str(path))
    services.player.play([3, 4, 5], 0, "album")
    navigator = Navigator()
    navigator.open("player")
    page = PlayerPage(services, navigator)
    page.resize(1376, 812)
    qtbot.addWidget(page)
    page.show()
    page.activate({})
    qtbot.waitUntil(lambda: page._grid is not None)
    yield page
    page.hide()
    services.settings.close()


def with_tempo(tempo, **changes):
    track = make_track(1)
    return replace(track, features=replace(track.features, tempo=tempo, **changes))


def test_the_toggle_puts_beats_on_the_picture_and_takes_them_off(page, qtbot):
    assert page.canvas._beats is None
    before = page.canvas.grab().toImage()
    page.beats.setChecked(True)
    assert isinstance(page.canvas._beats, BeatGrid)
    assert page.canvas.grab().toImage() != before
    page.beats.setChecked(False)
    assert page.canvas._beats is None


def test_the_toggle_works_by_keyboard_and_is_remembered(page, qtbot):
    page.beats.setFocus()
    qtbot.keyClick(page.beats, Qt.Key.Key_Space)
    assert page.session()["session"]["beats"] is True
    page.beats.setChecked(False)
    page.activate({"session": {"beats": True}})
    assert page.beats.isChecked()


def test_a_corrected_tempo_fetches_the_grid_anew(page, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(page._services.library, "beat_grid", lambda track_id, _done: asked.append(track_id))
    page._refreshed(replace(page._track, features=replace(page._track.features, tempo=61.0)))
    assert asked == [page._track.id]


@pytest.mark.parametrize(("button", "bpm"), [("half", 60.0), ("double", 240.0)])
def test_half_and_double(qtbot, button, bpm):
    buttons = TempoButtons()
    qtbot.addWidget(buttons)
    buttons.set_track(with_tempo(120.0))
    with qtbot.waitSignal(buttons.corrected) as told:
        getattr(buttons, button).click()
    assert told.args == [bpm]


def test_doubling_what_was_halved_takes_the_correction_back(qtbot):
    buttons = TempoButtons()
    qtbot.addWidget(buttons)
    buttons.set_track(replace(with_tempo(60.0, tempo_alternative=120.0), tempo_corrected=60.0))
    with qtbot.waitSignal(buttons.corrected) as told:
        buttons.double.click()
    assert told.args == [None]


def test_undo_shows_only_where_there_is_a_correction(qtbot):
    buttons = TempoButtons()
    qtbot.addWidget(buttons)
    buttons.set_track(with_tempo(120.0))
    assert buttons.undo.isHidden()
    buttons.set_track(replace(with_tempo(60.0), tempo_corrected=60.0))
    assert not buttons.undo.isHidden()
    with qtbot.waitSignal(buttons.corrected) as told:
        buttons.undo.click()
    assert told.args == [None]


def test_without_a_tempo_there_is_nothing_to_correct_and_the_facts_say_why(qtbot):
    buttons = TempoButtons()
    qtbot.addWidget(buttons)
    buttons.set_track(with_tempo(None))
    assert buttons.isHidden()
    assert facts(with_tempo(None))[0] == ("Tempo", "no steady beat found", "")
    assert facts(replace(make_track(1), features=None))[0] == ("Tempo", "—", "")


def test_the_facts_say_whose_tempo_it_is():
    track = replace(with_tempo(60.0, tempo_alternative=120.0), tempo_corrected=60.0)
    assert facts(track)[0] == ("Tempo", "60.0 BPM", "as you count it, was 120.0")


def test_the_side_panel_sends_the_correction_to_the_library(page):
    page.side.tempo.double.click()
    tempo = page._track.features.tempo
    assert ("correct_tempo", (page._track.id, 2 * tempo)) in page._services.library.calls
