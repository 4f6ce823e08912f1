"""The stems page in the whole window, over real services, with stems of an engine that is known exactly."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from soniq_desktop.audio.identity import audio_hash
from soniq_desktop.audio.mixer import Lane
from soniq_desktop.common.errors import OutputDeviceError
from soniq_desktop.common.paths import Paths
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.documents import Documents
from soniq_desktop.library.ingest import ScannedFile
from soniq_desktop.library.playlists import Playlists
from soniq_desktop.library.records import BeatGrid
from soniq_desktop.library.tags import read_tags
from soniq_desktop.services import stem_choices
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.player import PlayerService
from soniq_desktop.services.playlists import PlaylistService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.stems import StemService
from soniq_desktop.services.tasks import Tasks
from soniq_desktop.stems.chunking import take_apart
from soniq_desktop.stems.engine import ENGINES, FOUR, TWO
from soniq_desktop.stems.presets import Presets
from soniq_desktop.ui.components import Label, Popover
from soniq_desktop.ui.pages.stems import CHOICE, EMPTY, MIXER
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.stems.export_panel import ExportPanel
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.window import MainWindow
from tests.audio_fixtures import write_audio
from tests.stems_fixtures import Echo, chords, save_tiny_htdemucs
from tests.ui_fixtures import MemoryStore

SECONDS = 8.0
LRC = "[00:00.50]First line\n[00:02.00]Second line\n"


class Shares(Echo):
    """Hands each stem a fixed share of the song."""

    def __init__(self, stems):
        super().__init__()
        self.stems = stems

    def separate(self, chunks):
        for chunk in chunks:
            yield np.stack([chunk / np.float32(len(self.stems))] * len(self.stems))


@pytest.fixture
def app(tmp_path, qapp):
    """The window over real services, with two songs that nobody had to scan."""
    Theme.current().install(qapp)
    music = tmp_path / "music"
    music.mkdir()
    for name in ("song", "other"):
        write_audio(music / f"{name}.flac", chords(SECONDS, seed=len(name)), tags={"title": name.title()})
    (music / "song.lrc").write_text(LRC)
    app = put_together(Paths.under(tmp_path / "home").ensure())
    app.catalogue.add_folder(str(music))
    for file in sorted(music.glob("*.flac")):
        stat = file.stat()
        scanned = ScannedFile(
            str(file), stat.st_size, stat.st_mtime_ns, read_tags(str(file)), audio_hash(str(file))
        )
        app.catalogue.store_scanned([scanned])
    app.window.resize(1440, 900)
    app.window.show()
    app.player.start()
    yield app
    app.window.close()
    for service in (app.stems, app.player, app.library, app.tasks, app.settings, app.catalogue):
        service.close()


def no_device(name, latency):
    raise OutputDeviceError("No sound device was found.")


def put_together(paths):
    catalogue, documents, tasks = Catalogue(paths.catalogue), Documents(paths.documents), Tasks()
    settings = SettingsService(MemoryStore())
    library = LibraryService(catalogue, paths, settings, tasks)
    player = PlayerService(catalogue, tasks, settings, open_device=no_device)
    playlists = PlaylistService(Playlists(documents), catalogue, tasks)
    stems = StemService(paths, tasks, player, Presets(documents))
    window = MainWindow(Services(library, player, settings, playlists, stems=stems))
    return SimpleNamespace(
        catalogue=catalogue, tasks=tasks, settings=settings, library=library, player=player, stems=stems,
        window=window,
    )  # fmt: skip


def song(app, name="song"):
    return next(t for t in map(app.catalogue.track, (1, 2)) if t.title == name.title())


def prepare(app, stems=FOUR, engine="htdemucs", name="song"):
    track = song(app, name)
    with app.stems._cache.writing(track.audio_hash, ENGINES[engine]) as stem_set:
        take_apart(track.path, Shares(stems), stem_set)
    return track


def open_page(app, qtbot, track=None, state=None, **params):
    if track is not None:
        params["track_id"] = track.id
    app.window.navigator.open("stems", **params)
    page = app.window.page("stems")
    if state is not None:
        qtbot.waitUntil(lambda: page.stack.currentIndex() == state, timeout=8000)
    return page


@pytest.fixture
def page(app, qtbot):
    """The mixer with four lanes."""
    page = open_page(app, qtbot, prepare(app), MIXER)
    page.setFocus()
    return page


def key(qtbot, widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(widget, key, modifier)


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


def answer(qtbot, page, name):
    """Type a name where one is asked for."""
    edit = page.window().focusWidget()
    assert isinstance(edit, QLineEdit)
    edit.setText(name)
    key(qtbot, edit, Qt.Key.Key_Return)


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
    qtbot.wait(50)
    room = app.window.stack.rect()
    for part in (page.header.export, page.tools, page.board, page.board.compare):
        corner = part.mapTo(app.window.stack, part.rect().bottomRight())
        assert room.contains(corner), part
    for head in page.board.heads:
        assert all(head.rect().contains(control.geometry()) for control in head.controls)
