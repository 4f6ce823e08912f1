"""The wormhole page: ends, controls, the path, saving it, and small libraries."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.discovery.wormhole_recipe import Recipe
from soniq_desktop.library.playlists import Playlists
from soniq_desktop.library.records import Features
from soniq_desktop.library.recovery import open_documents
from soniq_desktop.services.progress import Progress
from soniq_desktop.ui.wormhole.controls import SEEDS, fresh_seed
from soniq_desktop.ui.wormhole.picker import SongPicker
from tests.ui.wormhole.helpers import LONG, SPEC, put_listening


def test_two_songs_are_joined_and_the_page_says_how(room) -> None:
    it = room()
    page = it.path()
    assert it.shown()[0] == it.ids[0]
    assert it.shown()[-1] == it.ids[1]
    assert page.hops.hops.rowCount() == len(page.path.hops) == 11
    assert page.head.figures.text().startswith("12 songs · 40 min · mean smoothness 0.")
    assert "across 60 songs" in page.controls.found.text()
    assert page.controls.ends.start.accessibleName() == "From: Song 0, Artist 0"
    assert len(page.tunnel.nodes) == 12
    assert page.tunnel.nodes[3].accessibleName().startswith("4 of 12, Song ")
    assert "mean smoothness" in page.tunnel.accessibleName()
    row = page.hops.hops.index(0, 0)
    assert row.data(Qt.ItemDataRole.AccessibleTextRole).startswith("1 to 2, Song ")
    assert page.hops.hops.index(0, 5).data() == page.path.hops[0].reason


def test_the_path_follows_the_controls(room) -> None:
    it = room()
    page = it.path()
    assert len(it.after(lambda: page.controls.length.setValue(20))) == 20
    first = it.shown()
    assert it.after(page.controls.reroll.click) != first
    seed = page.controls.seed.value()
    assert page.path.recipe.seed == seed
    it.after(lambda: page.controls.presets._group.button(1).click())
    assert page.path.recipe.energy == page.controls.curve.values() != ()
    it.after(page.controls.keys.click)
    assert page.path.recipe.keys
    it.after(page.controls.per_artist.more.click)
    assert page.path.recipe.artist_cap == 2


def test_a_moving_slider_asks_once_it_rests(room, qtbot) -> None:
    it = room()
    page = it.path()
    asked = []
    it.app.wormhole.started.connect(lambda: asked.append(1))
    for value in range(12, 32):
        page.controls.length.setValue(value)
    it.wait(lambda: len(page.path.tracks) == 31)
    assert len(asked) == 1


def test_ends_swap_and_the_way_back_has_the_energy_turned_round(room) -> None:
    it = room()
    page = it.path()
    it.after(lambda: page.controls.presets._group.button(3).click())
    curve = page.controls.curve.values()
    it.after(page.controls.ends.swap.click)
    assert (it.shown()[0], it.shown()[-1]) == (it.ids[1], it.ids[0])
    assert page.controls.curve.values() == curve[::-1]
    assert page.controls.curve_text.text() == "Your own"


def test_a_song_is_searched_for_and_chosen_by_keys(room, qtbot) -> None:
    it = room()
    page = it.path()
    page.controls.ends.end.click()
    picker = it.window.findChild(SongPicker)
    QTest.keyClicks(picker.field.edit, "Song 33")
    it.wait(lambda: [track.title for track in picker.songs.tracks] == ["Song 33"])
    path = it.after(lambda: QTest.keyClick(picker.field.edit, Qt.Key.Key_Return))
    assert path[-1] == it.ids[33]
    assert path[0] == it.ids[0]


def test_dropped_songs_become_ends(room) -> None:
    it = room()
    page = it.path()
    assert it.after(lambda: page.controls.ends.start.dropped.emit([it.ids[7]]))[0] == it.ids[7]
    path = it.after(lambda: page.controls.ends.start.dropped.emit([it.ids[8], it.ids[9], it.ids[10]]))
    assert (path[0], path[-1]) == (it.ids[8], it.ids[10])


def test_stops_on_the_way_are_passed_in_order_and_can_be_left_out(room) -> None:
    it = room()
    page = it.path()
    for song in (20, 30):
        it.after(lambda song=song: page.controls.add(it.app.catalogue.track(it.ids[song])))
    path = it.shown()
    assert 0 < path.index(it.ids[20]) < path.index(it.ids[30]) < 11
    rows = [page.controls._stops_box.itemAt(i).widget() for i in range(2)]
    path = it.after(rows[1].up.click)
    assert path.index(it.ids[30]) < path.index(it.ids[20])
    it.after(page.controls._stops_box.itemAt(0).widget().remove.click)
    assert [stop.track_id for stop in page.path.recipe.via] == [it.ids[20]]


def test_another_song_at_one_place_leaves_the_rest(room, qtbot) -> None:
    it = room()
    page = it.path()
    before = it.shown()
    page.hops.setFocus()
    page.hops.setCurrentIndex(page.hops.hops.index(4, 0))
    after = it.after(lambda: QTest.keyClick(page.hops, Qt.Key.Key_Delete))
    assert [i for i in range(12) if before[i] != after[i]] == [5]
    row = page.hops.visualRect(page.hops.hops.index(2, 0))
    arrows = QPoint(page.hops.viewport().width() - 24, row.center().y())
    third = it.after(lambda: QTest.mouseClick(page.hops.viewport(), Qt.MouseButton.LeftButton, pos=arrows))
    assert [i for i in range(12) if third[i] != after[i]] == [3]


def test_a_pinned_song_stays_while_the_seed_changes(room) -> None:
    it = room()
    page = it.path()
    kept = it.shown()[4]
    page._pin(4)
    assert page.tunnel.nodes[4].accessibleName().endswith("keeps its place")
    for _ in range(3):
        assert it.after(page.controls.reroll.click)[4] == kept
    page._pin(4)
    assert not page.tunnel.nodes[4].accessibleName().endswith("keeps its place")


def test_play_starts_the_path_and_the_playing_hop_follows_the_player(room) -> None:
    it = room()
    page = it.path()
    asked = []
    it.app.player.play = lambda ids, start=0, source="": asked.append((list(ids), start, source))
    page.head.play.click()
    page.hops.setCurrentIndex(page.hops.hops.index(3, 0))
    QTest.keyClick(page.hops, Qt.Key.Key_Return)
    assert asked == [(it.shown(), 0, "wormhole"), (it.shown(), 4, "wormhole")]
    it.app.player.track_changed.emit(page.path.tracks[6])
    assert page.hops.hops.playing_id == it.shown()[6]
    assert [node.playing for node in page.tunnel.nodes].index(True) == 6
    assert page.tunnel.nodes[6].accessibleName().endswith("playing")


def test_a_saved_path_keeps_its_recipe_and_opens_again(room) -> None:
    it = room()
    page = it.path()
    it.after(lambda: page.controls.length.setValue(9))
    shown, recipe = it.shown(), page.path.recipe
    with it.bot.waitSignal(it.app.playlists.changed, timeout=LONG):
        page.head.save.click()
    (saved,) = Playlists(open_documents(it.app.paths)).all()
    assert (saved.name, saved.kind, len(saved.entries)) == ("Song 0 to Song 1", "path", 9)
    assert Recipe.from_data(saved.recipe) == recipe
    it.path(5, 6)
    it.window.navigator.open("playlist", playlist_id=saved.id)
    playlist = it.window.page("playlist")
    it.wait(playlist.reopen.isVisible)
    assert playlist.head.kind.text() == "Wormhole"
    assert it.after(playlist.reopen.click) == shown
    it.wait(lambda: page.controls.ends.end.track().id == it.ids[1])
    assert page.controls.length.value() == 9
    assert page.controls.seed.value() == recipe.seed


def test_a_path_is_exported(room, tmp_path) -> None:
    it = room()
    page = it.path()
    file = tmp_path / "path.m3u8"
    with it.bot.waitSignal(it.app.wormhole.message, timeout=LONG) as said:
        it.app.wormhole.export(page.path, file)
    assert said.args == ["Saved path.m3u8."]
    assert sum(line.endswith(".flac") for line in file.read_text(encoding="utf-8").splitlines()) == 12


def test_ends_that_were_not_heard_are_listened_to_first(room) -> None:
    it = room(60, heard=40)
    first = []
    it.app.library.listen_first = lambda ids: first.append(list(ids))
    page = it.open(start=it.ids[0], end=it.ids[50])
    it.wait(lambda: bool(first))
    assert first[-1] == [it.ids[50]]
    it.wait(page.strip.isVisible)
    assert "Listening to “Song 50” first" in page.strip.headline.text()
    it.app.library.progress.emit(Progress("listen", 1, 4, "/music/050.flac"))
    assert page.strip.percent.text() == "25 %"
    with it.app.catalogue.database.writing() as connection:
        put_listening(connection, it.ids[50], Features(version=FEATURES_VERSION), np.ones(SPEC.dim))
    path = it.after(lambda: it.app.library.tracks_updated.emit([it.ids[50]]))
    assert path[-1] == it.ids[50]
    assert page.strip.isHidden()


def test_an_end_that_cannot_be_analysed_is_said(room) -> None:
    it = room(60, heard=40)
    it.app.catalogue.store_problem("/music/050.flac", "listen", "Broken.", it.ids[50])
    page = it.open(start=it.ids[0], end=it.ids[50])
    it.wait(lambda: "“Song 50” could not be analysed." in page.empty.accessibleName())
    assert not page.head.play.isEnabled()
    assert page.suggest.isVisible()


@pytest.mark.parametrize("count", [0, 1])
def test_a_library_without_two_songs_says_what_to_do(room, count) -> None:
    it = room(count)
    page = it.open()
    assert "Nothing to travel through yet" in page.empty.accessibleName()
    assert not page.head.play.isEnabled()
    assert page.suggest.isHidden()
    assert not page.add_music.isHidden()


@pytest.mark.parametrize("count", [2, 3])
def test_a_tiny_library_gives_what_it_has_and_says_so(room, count) -> None:
    it = room(count)
    page = it.path()
    assert len(it.shown()) == count
    assert f"only {count} songs" in page.notice.text()
    assert page.notice.isVisible()


def test_nothing_chosen_suggests_two_songs_that_are_far_apart(room) -> None:
    it = room()
    page = it.open()
    assert "Choose two songs" in page.empty.accessibleName()
    path = it.after(page.suggest.click)
    assert path[0] != path[-1]
    assert page.stack.currentIndex() == 0


def test_what_plays_is_where_it_starts(room) -> None:
    it = room()
    track = it.app.catalogue.track(it.ids[12])
    it.app.player.track = lambda: track
    page = it.open()
    assert page.controls.ends.start.track().id == track.id
    assert "Where to from “Song 12”?" in page.empty.accessibleName()
    assert page.choose.text() == "Choose an end"


def test_w_and_the_menu_of_songs_lead_here(room, qtbot) -> None:
    it = room()
    it.window.navigator.open("songs")
    songs = it.window.page("songs")
    it.wait(lambda: songs.model.rowCount() == 60)
    it.wait(lambda: songs.model.track(3) is not None)
    menu = songs.actions_.menu([it.ids[3], it.ids[9]], [], songs)
    item = next(each for each in menu.actions() if each.text() == "Wormhole between these")
    it.page = it.window.page("wormhole")
    path = it.after(item.trigger)
    assert (path[0], path[-1]) == (it.ids[3], it.ids[9])
    one = songs.actions_.menu([it.ids[20]], [it.app.catalogue.track(it.ids[20])], songs)
    to_here = next(each for each in one.actions() if each.text() == "Wormhole to here")
    assert it.after(to_here.trigger)[-1] == it.ids[20]


def test_the_page_comes_back_as_it_was(room) -> None:
    it = room()
    page = it.path()
    shown = it.shown()
    it.window.navigator.open("songs")
    it.window.navigator.back()
    assert it.shown() == shown
    it.after(lambda: page.controls.length.setValue(7))
    it.window.navigator.open("songs")
    assert it.app.settings.get("wormhole.settings")["length"] == 7


def test_another_seed_is_another() -> None:
    assert all(fresh_seed(seed) != seed for seed in range(50))
    assert 0 <= fresh_seed() < SEEDS
