"""The stems page before and while a song is taken apart."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFileDialog

from soniq_desktop.services import stem_choices
from soniq_desktop.ui.components import Label, Popover
from soniq_desktop.ui.pages.stems import CHOICE, EMPTY, MIXER
from tests.stems_fixtures import save_tiny_htdemucs
from tests.ui.stems.helpers import (
    SECONDS,
    open_page,
    prepare,
    song,
)


class TestBeforeThereAreStems:
    def test_without_a_song_one_is_chosen(self, app, qtbot):
        page = open_page(app, qtbot, state=EMPTY)
        assert page.take_playing.isHidden()
        app.player.play([song(app).id])
        qtbot.waitUntil(page.take_playing.isVisible, timeout=5000)
        page.take_playing.click()
        qtbot.waitUntil(lambda: page.stack.currentIndex() == CHOICE, timeout=5000)

    def test_engines_are_explained_and_the_licence_comes_before_the_download(self, app, qtbot, monkeypatch):
        page = open_page(app, qtbot, song(app), CHOICE)
        qtbot.waitUntil(lambda: len(page.choice.cards) == 2, timeout=5000)
        texts = " ".join(each.text() for each in page.choice.findChildren(Label))
        for words in ("HTDemucs", "Spleeter", "84 MB download", "personal and research use", "are free"):
            assert words in texts
        asked = []
        monkeypatch.setattr(app.stems.models, "get", lambda name, accepted: asked.append((name, accepted)))
        page.choice.cards[0].button.click()
        licence = page.separating.licence
        buttons = {
            each.text(): each for each in licence.panel.findChildren(type(page.choice.cards[0].button))
        }
        download = buttons["Download 84 MB"]
        assert not download.isEnabled()
        toggles = licence.panel.findChildren(type(page.tools.karaoke.control))
        toggles[0].click()
        assert download.isEnabled()
        download.click()
        assert asked == [("htdemucs", True)]

    def test_a_download_shows_its_progress_and_a_failure_one_sentence(self, app, qtbot):
        from soniq_desktop.services.models import ModelProgress

        page = open_page(app, qtbot, song(app), CHOICE)
        qtbot.waitUntil(lambda: bool(page.choice.cards), timeout=5000)
        app.stems.models.progress.emit(ModelProgress("htdemucs", 21_000_000, 84_000_000, 3_000_000))
        first, second = page.choice.cards
        assert first.share.text() == "21 MB of 84 MB · 21 s left"
        assert first.cancel.isVisible()
        assert not second.button.isEnabled()
        app.stems.models.progress.emit(None)
        assert first.button.isVisible()
        app.stems.models.failed.emit("This computer is offline.", "Connect it and try again.")
        assert page.choice.trouble.text() == "This computer is offline. Connect it and try again."

    def test_memory_that_is_short_offers_a_lighter_engine(self, app, qtbot, monkeypatch):
        found = stem_choices.choices
        monkeypatch.setattr(
            "soniq_desktop.services.stems.choices",
            lambda *given: [
                replace(each, installed=True, fits=each.name == "spleeter", free_memory=1_000_000_000)
                for each in found(*given)
            ],
        )
        page = open_page(app, qtbot, song(app), CHOICE)
        qtbot.waitUntil(lambda: bool(page.choice.cards), timeout=5000)
        started = []
        monkeypatch.setattr(
            app.stems, "start", lambda track, engine, force=False: started.append((engine, force))
        )
        page.choice.cards[0].button.click()
        assert page.strip.figures.text() == "HTDemucs needs about 1.5 GB of memory, and 1.0 GB are free."
        assert page.strip.first.text() == "Use Spleeter instead"
        page.strip.second.click()
        assert started == [("htdemucs", True)]
        page.choice.cards[0].button.click()
        page.strip.first.click()
        assert started[1:] == [("spleeter", False)]

    def test_a_failure_is_a_sentence_with_a_way_on(self, app, page, qtbot):
        app.stems.failed.emit("The disk is full: the stems could not be kept.", "Free some space.")
        assert page.strip.in_trouble
        assert "The disk is full" in page.strip.accessibleName()
        page.strip.cancel.click()
        assert page.strip.isHidden()

    def test_an_engine_that_ran_out_of_memory_can_be_followed_by_a_lighter_one(self, app, page, monkeypatch):
        page.separating.choices = [
            replace(each, installed=True, fits=True) for each in stem_choices.choices(
                song(app), app.stems.models.store, app.stems._cache, app.stems._paces
            )
        ]  # fmt: skip
        started = []
        monkeypatch.setattr(app.stems, "start", lambda _, engine, force=False: started.append(engine))
        page.separating._last = "htdemucs"
        app.stems.failed.emit("The process has ended unexpectedly (-9).", "There was not enough memory.")
        assert page.strip.second.text() == "Use Spleeter instead"
        page.strip.second.click()
        assert started == ["spleeter"]
        assert not page.strip.in_trouble

    def test_one_click_separates_and_the_mixer_opens_at_once(self, app, qtbot, tmp_path, monkeypatch):
        page = open_page(app, qtbot, song(app), CHOICE)
        weights = str(save_tiny_htdemucs(tmp_path / "tiny.safetensors"))
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (weights, ""))
        page.choice.import_file.click()
        qtbot.waitUntil(lambda: page.separating.best() is not None, timeout=30000)
        stages = []
        app.stems.progress.connect(stages.append)
        page.choice.cards[0].button.click()
        qtbot.waitUntil(lambda: page.stack.currentIndex() == MIXER, timeout=10000)
        assert page.strip.isVisible()
        qtbot.waitUntil(lambda: bool(page.board.canvas._ready), timeout=60000)
        qtbot.waitUntil(lambda: app.stems.working_on() is None, timeout=60000)
        assert stages[-1].stage == "done"
        assert page.strip.isHidden()
        assert page.board.canvas._ready[0][1] == pytest.approx(SECONDS, abs=0.01)


def test_the_menu_of_a_song_leads_here(app, qtbot):
    prepare(app)
    from soniq_desktop.ui.songs.actions import SongActions

    track = song(app)
    menu = SongActions(app.window.services, app.window.navigator).menu([track.id], [track], app.window)
    action = next(each for each in menu.actions() if "stems" in each.text())
    action.trigger()
    page = app.window.page("stems")
    qtbot.waitUntil(lambda: page.stack.currentIndex() == MIXER, timeout=8000)


def test_space_is_freed_after_a_question_and_the_song_in_the_mixer_is_spared(app, page, qtbot):
    prepare(app, name="other")
    asked = lambda: [each for each in app.window.findChildren(Popover) if each.isVisible()]  # noqa: E731
    page._ask_free()
    qtbot.waitUntil(lambda: bool(asked()), timeout=5000)
    buttons = {each.text(): each for each in asked()[0].panel.findChildren(type(page.header.export))}
    with qtbot.waitSignal(app.window.navigator.notice, timeout=5000) as told:
        buttons["Delete"].click()
    assert "were deleted" in told.args[0]
    assert app.stems.current().stem_set.complete
    found = []
    app.stems.engines(song(app, "other"), found.extend)
    qtbot.waitUntil(lambda: bool(found), timeout=5000)
    assert found[0].ready == 0.0


def test_a_song_of_which_a_part_is_there_is_carried_on_with(app, qtbot, monkeypatch):
    track = prepare(app)
    monkeypatch.setattr("soniq_desktop.stems.stem_set.StemSet.complete", False)
    started = []
    monkeypatch.setattr(app.stems, "start", lambda track, engine, force=False: started.append(engine))
    page = open_page(app, qtbot, track, MIXER)
    assert page.strip.headline.text() == "Paused, 100 %"
    assert started == []
    page.strip.pause.click()
    assert started == ["htdemucs"]
    app.window.navigator.open("songs")
    open_page(app, qtbot, track, MIXER, separate=True)
    assert started == ["htdemucs"] * 2
