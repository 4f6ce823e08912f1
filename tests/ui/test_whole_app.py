"""The whole application with real files: add a folder, wait, search, play, seek, like, close, start again."""

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from soniq_desktop.app import Application, build
from soniq_desktop.common.paths import Paths
from soniq_desktop.discovery.recommend import Recommendations
from soniq_desktop.library.playlists import Playlist
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER
from soniq_desktop.ui.pages.settings import SettingsPage
from soniq_desktop.ui.pages.settings_parts import Choice
from soniq_desktop.ui.songs.page import SongsPage
from soniq_desktop.ui.theme import Theme
from tests.audio_fixtures import sine, sweep, tag_file, write_audio

SECONDS = 12
LONG = 60_000  # ms: two spawned processes that import torch on a busy machine
PATIENT = 4 * LONG  # several of them, one after the other, at low priority


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """Four songs of two artists in four formats."""
    folder = tmp_path / "music"
    folder.mkdir()
    songs = (
        ("flac", "Tin Meridian", "Lighthouse", 330.0), ("mp3", "Tin Meridian", "Undertow", 220.0),
        ("ogg", "Orchid Static", "Soft Error", 523.0), ("m4a", "Orchid Static", "Björk’s Door", 440.0),
    )  # fmt: skip
    for number, (suffix, artist, title, pitch) in enumerate(songs, 1):
        sound = 0.3 * sine(SECONDS, frequency=pitch) + 0.1 * sweep(SECONDS)
        tags = {"title": title, "artist": artist, "album": f"{artist} I", "tracknumber": str(number)}
        write_audio(folder / f"{title}.{suffix}", sound, tags=tags)
    return folder


class Session:
    """One run of the application from start to end."""

    def __init__(self, home: Path, qapp: QApplication) -> None:
        Theme.current().install(qapp)
        self.app: Application = build(Paths.under(home).ensure())
        self.app.window.resize(1440, 900)
        self.app.window.show()
        self.app.start()

    @property
    def songs(self) -> SongsPage:
        page = self.app.window.page("songs")
        assert isinstance(page, SongsPage)
        return page

    def titles(self) -> list[str]:
        rows = (self.songs.model.track(row) for row in range(self.songs.model.rowCount()))
        return [track.title for track in rows if track is not None]

    def row(self, title: str) -> int:
        return self.titles().index(title)

    def point_of(self, title: str) -> QPoint:
        view = self.songs.view
        return view.visualRect(view.model().index(self.row(title), 1)).center()

    def close(self) -> None:
        self.app.window.close()
        self.app.close()


@pytest.fixture
def session(tmp_path, qapp):
    sessions: list[Session] = []

    def start() -> Session:
        sessions.append(Session(tmp_path / "home", qapp))
        return sessions[-1]

    yield start
    for each in sessions:
        each.close()


def listened(session: Session, count: int) -> bool:
    return session.app.library.counts().listened == count


@pytest.mark.slow
def test_a_first_evening_with_soniq(session, music, qtbot):
    run = session()
    run.app.library.add_folder(str(music))
    qtbot.waitUntil(lambda: len(run.titles()) == 4, timeout=LONG)
    qtbot.waitUntil(lambda: listened(run, 4), timeout=LONG)

    search = run.app.window.topbar.search.edit
    qtbot.keyClicks(search, "bjork")
    qtbot.waitUntil(lambda: run.titles() == ["Björk’s Door"], timeout=5000)
    search.clear()
    qtbot.waitUntil(lambda: len(run.titles()) == 4, timeout=5000)

    viewport = run.songs.view.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=run.point_of("Lighthouse"))
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=run.point_of("Lighthouse"))
    player = run.app.player
    qtbot.waitUntil(
        lambda: player.track() is not None and player.track().title == "Lighthouse", timeout=10_000
    )
    qtbot.waitUntil(lambda: player.position() > 0.3, timeout=10_000)
    assert len(player.queue()) == 4

    player.seek(6.0)
    qtbot.waitUntil(lambda: player.position() > 6.2, timeout=10_000)
    qtbot.keyClick(run.app.window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: player.state() == "paused", timeout=5000)
    place = player.position()
    qtbot.keyClick(run.app.window, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: run.app.catalogue.track(player.track().id).liked, timeout=5000)

    similar: list[Recommendations] = []
    run.app.discovery.similar(player.track().id, similar.append)
    qtbot.waitUntil(lambda: bool(similar), timeout=10_000)
    assert player.track().id not in [each.track.id for each in similar[0].tracks]
    assert all(each.reason.sentence for each in similar[0].tracks)
    run.app.settings.set("appearance.theme", "light")
    assert not Theme.current().dark
    run.close()

    again = session()
    qtbot.waitUntil(lambda: len(again.titles()) == 4, timeout=10_000)
    qtbot.waitUntil(lambda: again.app.player.track() is not None, timeout=10_000)
    assert again.app.player.track().title == "Lighthouse"
    assert again.app.player.state() != "playing"
    assert again.app.player.position() == pytest.approx(place, abs=0.5)
    assert not Theme.current().dark
    assert len(again.app.player.queue()) == 4


@pytest.mark.slow
def test_moved_renamed_and_retagged_files_keep_their_history(session, music, qtbot):
    run = session()
    run.app.library.add_folder(str(music))
    qtbot.waitUntil(lambda: listened(run, 4), timeout=LONG)
    before = {track.title: track for track in run.app.catalogue.tracks(run.songs.model.ids())}
    door = before["Björk’s Door"]
    run.app.library.set_liked(door.id, True)
    made: list[Playlist] = []
    run.app.playlists.create("Evening", [door.id], made.append)
    qtbot.waitUntil(lambda: bool(made), timeout=5000)

    deeper = music / "deeper"
    deeper.mkdir()
    moved = Path(shutil.move(door.path, deeper / "renamed.m4a"))
    tag_file(moved, {"title": "Another name"})
    os.utime(moved)
    run.app.library.rescan()
    qtbot.waitUntil(
        lambda: (t := run.app.catalogue.track(door.id)) is not None and t.title == "Another name",
        timeout=LONG,
    )
    after = run.app.catalogue.track(door.id)
    assert after.path == str(moved)
    assert after.liked
    assert after.features == door.features
    assert not after.missing
    entries: list[int] = []
    run.app.playlists.resolve(made[0].id, entries.extend)
    qtbot.waitUntil(lambda: bool(entries), timeout=5000)
    assert entries == [door.id]


@pytest.mark.slow
def test_damaged_files_are_named_and_the_rest_goes_on(session, music, qtbot):
    (music / "zero.mp3").write_bytes(b"")
    (music / "text.flac").write_text("This is not music.\n" * 200)
    run = session()
    run.app.library.add_folder(str(music))
    qtbot.waitUntil(lambda: listened(run, 4), timeout=LONG)
    qtbot.waitUntil(lambda: run.app.library.counts().problems == 2, timeout=LONG)
    names = {Path(problem.path).name for problem in run.app.catalogue.problems()}
    assert names == {"zero.mp3", "text.flac"}
    assert all(problem.reason.endswith(".") for problem in run.app.catalogue.problems())


@pytest.mark.slow
def test_a_song_opened_from_outside_is_played(session, music, qtbot):
    run = session()
    song = music / "Undertow.mp3"
    run.app.window.open_paths([str(song)])
    player = run.app.player
    qtbot.waitUntil(lambda: player.track() is not None, timeout=LONG)
    assert player.track().path == str(song)
    qtbot.waitUntil(lambda: player.state() == "playing", timeout=10_000)
    assert run.app.library.folders() == [str(music)]


@pytest.mark.slow
def test_when_the_queue_ends_the_radio_goes_on_and_says_why(session, music, qtbot):
    run = session()
    run.app.library.add_folder(str(music))
    qtbot.waitUntil(lambda: listened(run, 4), timeout=LONG)
    ids = [run.songs.model.id_at(row) for row in range(4)]
    player, panel = run.app.player, run.app.window.right_panel
    player.play(ids[:1])
    qtbot.waitUntil(lambda: len(player.upcoming()) == 1, timeout=LONG)
    following = player.upcoming()[0]
    assert following in ids[1:]
    player.seek(SECONDS - 0.5)
    qtbot.waitUntil(lambda: player.track().id == following and player.state() == "playing", timeout=LONG)
    assert player.playing_from() == "radio"
    assert panel.why.isVisibleTo(panel)
    qtbot.waitUntil(lambda: len(player.upcoming()) == 1, timeout=LONG)
    player.next()
    qtbot.waitUntil(lambda: run.app.catalogue.plays(following) != [] or player.position() > 0.2, timeout=LONG)
    panel.radio.toggle.click()
    assert player.upcoming() == []
    assert len(set(player.queue())) == len(player.queue())
    run.close()


@pytest.mark.slow
def test_the_sound_model_is_changed_in_the_settings_and_back(session, music, qtbot):
    run = session()
    run.app.library.add_folder(str(music))
    qtbot.waitUntil(lambda: listened(run, 4), timeout=PATIENT)
    run.app.window.navigator.open("settings")
    page = run.app.window.page("settings")
    assert isinstance(page, SettingsPage)
    card = page.sound_model
    assert card is not None
    qtbot.waitUntil(lambda: card.model.findText("MFCC") >= 0, timeout=LONG)
    ids = sorted(track.id for track in run.app.catalogue.tracks(run.songs.model.ids()))

    choose(card.model, "MFCC")
    assert card.question is not None
    with qtbot.waitSignal(run.app.sound.switched, timeout=PATIENT) as switched:
        card.question.begin.click()
        assert run.app.discovery.embedder().name == DEFAULT_EMBEDDER  # until all were heard
    assert switched.args == ["mfcc"]
    spec = run.app.discovery.embedder()
    assert spec.dim == 104
    assert sorted(run.app.catalogue.embeddings(spec.name)[0].tolist()) == ids
    assert similar_to(run, ids[0], qtbot)
    assert card.model.currentText() == "MFCC"
    run.close()

    again = session()
    assert again.app.discovery.embedder() == spec
    again.app.window.navigator.open("settings")
    card = again.app.window.page("settings").sound_model
    qtbot.waitUntil(lambda: any(each.ready for each in card._offers), timeout=LONG)
    with qtbot.waitSignal(again.app.sound.switched, timeout=PATIENT) as switched:
        choose(card.model, "musicnn")
    assert switched.args == ["musicnn"]
    assert again.app.discovery.embedder().name == DEFAULT_EMBEDDER
    assert similar_to(again, ids[0], qtbot)


def choose(choice: Choice, words: str) -> None:
    row = choice.findText(words)
    choice.setCurrentIndex(row)
    choice.activated.emit(row)


def similar_to(run: Session, track_id: int, qtbot) -> list[float]:
    """How alike the others are."""
    found: list[Recommendations] = []
    run.app.discovery.similar(track_id, found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=LONG)
    return [each.cosine for each in found[0].tracks]
