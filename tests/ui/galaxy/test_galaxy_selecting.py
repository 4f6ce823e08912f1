"""The galaxy: pointing, playing, selecting and filtering, by mouse and by keys."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from soniq_desktop.ui.galaxy.paths import open_choice
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.galaxy import GalaxyPage
from soniq_desktop.ui.theme import Theme
from tests.galaxy_fixtures import make_galaxy
from tests.ui.galaxy.helpers import CONTROL, LEFT, at, draw_lasso, lonely_row
from tests.ui_fixtures import fake_services


def test_the_map_shows_all_songs_with_a_legend_that_counts(page):
    assert [(row.entry.label, row.entry.songs) for row in page.legend.rows] == [
        ("Rock", 50), ("Electronic", 50), ("Jazz", 50), ("Other", 50)
    ]  # fmt: skip
    assert "200 songs in 3 regions" in page.canvas.accessibleDescription()
    assert not page.empty.isVisible()


def test_a_click_shows_the_card_and_a_double_click_plays(page, qtbot):
    row = lonely_row(page)
    qtbot.mouseClick(page.canvas, LEFT, pos=at(page, row))
    qtbot.waitUntil(page.hover.isVisible)
    track = page._services.library.get(row + 1)
    assert page.hover.title.text() == track.title
    assert page._services.player.queue() == []
    qtbot.mouseDClick(page.canvas, LEFT, pos=at(page, row))
    assert page._services.player.queue() == [row + 1]
    assert page._services.player.source == "galaxy"


def test_the_cards_button_plays(page, qtbot):
    row = lonely_row(page)
    qtbot.mouseClick(page.canvas, LEFT, pos=at(page, row))
    qtbot.waitUntil(page.hover.isVisible)
    qtbot.mouseClick(page.hover.play, LEFT)
    assert page._services.player.queue() == [row + 1]


def test_arrows_walk_and_enter_plays(page, qtbot):
    page.canvas.setFocus()
    qtbot.keyClick(page.canvas, Qt.Key.Key_Right)
    first = page.canvas.focus_row
    assert first is not None
    qtbot.keyClick(page.canvas, Qt.Key.Key_Right)
    second = page.canvas.focus_row
    assert page.canvas.place_of(second).x() > page.canvas.place_of(first).x()
    qtbot.waitUntil(page.hover.isVisible)
    qtbot.keyClick(page.canvas, Qt.Key.Key_Return)
    assert page._services.player.queue() == [second + 1]
    qtbot.keyClick(page.canvas, Qt.Key.Key_Return, CONTROL)
    assert page._services.player.queue() == [second + 1, second + 1]


def test_every_song_can_be_reached_by_arrows_from_some_other(page):
    reached = set()
    for row in range(200):
        for step in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            page.canvas.focus_row = row
            page.canvas.step(*step)
            reached.add(page.canvas.focus_row)
    assert len(reached) > 190


def test_a_lasso_selects_exactly_what_it_holds(page, qtbot, galaxy):
    page.set_tool("lasso")
    square = [(-1.0, -1.0), (-0.25, -1.0), (-0.25, -0.12), (-1.0, -0.12)]
    draw_lasso(qtbot, page, square)
    low, high = np.array([-1.0, -1.0]), np.array([-0.25, -0.12])
    flat = galaxy.map.places[:, :2]
    inside = set(galaxy.map.ids[((flat > low) & (flat < high)).all(axis=1)].tolist())
    assert len(set(page.selecting.ids) ^ inside) <= 1  # whole pixels
    assert page.selection.isVisible()
    assert page.selection.count.text() == f"{len(page.selecting.ids)} songs"
    assert page.selection.shares.entries[0].label == "Rock"
    qtbot.waitUntil(lambda: bool(page.selection.samples[0].title.text()))
    qtbot.mouseClick(page.selection.play, LEFT)
    assert page._services.player.queue() == page.selecting.ids
    qtbot.keyClick(page.canvas, Qt.Key.Key_Escape)
    assert not page.selection.isVisible()
    assert page.selecting.ids == []


def test_a_cluster_is_selected_by_key_and_shown_as_a_table(page, qtbot, galaxy):
    page.canvas.setFocus()
    page.canvas.go_to(0)
    qtbot.keyClick(page.canvas, Qt.Key.Key_C)
    number = galaxy.map.members[0]
    assert set(page.selecting.ids) == set(galaxy.map.ids[galaxy.map.members == number].tolist())
    assert page.selection.heading.text() == "Cluster “Rock”"
    qtbot.keyClick(page.canvas, Qt.Key.Key_T)
    place = page.opened[-1]
    assert place.page == "songs"
    assert place.params["ids"] == page.selecting.ids


def test_without_a_song_the_cluster_key_says_what_to_do(page, qtbot):
    page.canvas.setFocus()
    qtbot.keyClick(page.canvas, Qt.Key.Key_C)
    assert "Choose a song" in page.told[-1]


def test_letters_can_be_switched_off(page, qtbot):
    page._services.settings.set("keyboard.single_letters", False)
    page.canvas.go_to(0)
    qtbot.keyClick(page.canvas, Qt.Key.Key_C)
    assert page.selecting.ids == []
    page._services.settings.close()


def test_a_legend_row_hides_its_songs_from_eye_mouse_and_lasso(page, qtbot, galaxy):
    rock = page.legend.rows[0]
    qtbot.mouseClick(rock, LEFT)
    shown = page.canvas.picture.stars.shown
    assert shown.sum() == 150
    assert not shown[::4].any()
    assert page.canvas.row_at(page.canvas.place_of(0)) != 0
    assert "hidden" in rock.accessibleName()
    everything = np.array([[-3, -3], [3, -3], [3, 3], [-3, 3]], np.float32)
    assert len(page.canvas.rows_inside(everything)) == 150
    qtbot.keyClick(rock, Qt.Key.Key_Space)
    assert page.canvas.picture.stars.shown.all()


def test_what_is_hidden_stays_hidden_when_the_map_grows(page, galaxy):
    page.legend.rows[0].click()
    galaxy.tell(make_galaxy(210))
    assert page.canvas.picture.stars.shown.sum() == 210 - 53


def test_the_wheel_zooms_at_the_mouse_and_keys_zoom(page, qtbot):
    row = lonely_row(page)
    before = page.canvas.place_of(row)
    page.canvas.zoom_by(2.0, before)
    after = page.canvas.place_of(row)
    assert (after - before).manhattanLength() < 0.01
    assert page.zoom_text.text() == "zoom 2.0×"
    qtbot.keyClick(page.canvas, Qt.Key.Key_Minus)
    assert page.canvas.camera.zoom == pytest.approx(2.0 / 1.3)
    qtbot.keyClick(page.canvas, Qt.Key.Key_0)
    assert page.canvas.camera.zoom == 1.0


def test_two_clicks_draw_a_wormhole_on_the_map(page, galaxy):
    page.set_tool("path")
    page.canvas.choose_end(3)
    page.canvas.choose_end(3)  # the same song is no second end
    page.canvas.choose_end(9)
    (start, end, _, failed), *_ = [what for name, what in galaxy.calls if name == "path"]
    assert (start, end) == (4, 10)
    page.paths.show_path([4, 7, 10], "Copper to Anvil")
    assert page.canvas.path_ids == [4, 7, 10]
    assert page.toolbar.path.text() == "Path: Copper to Anvil"
    page.toolbar.path.click()
    assert page.canvas.path_ids == []
    failed(ValueError("x"))
    assert page.told[-1] == "The path could not be worked out."


def test_recolouring_changes_the_legend(page):
    page.toolbar.colour._choose("tempo")
    assert page.legend.rows[0].entry.label == "Below 80 BPM"
    assert page.canvas.picture.stars.shown.all()


def test_a_closed_card_does_not_come_back_while_songs_are_counted(page, qtbot):
    qtbot.mouseClick(page.state.second, LEFT)
    page._services.library.counts_changed.emit(page._services.library.counts())
    assert not page.state.isVisible()


def test_the_menu_plays_the_path_and_opens_it_in_its_room(page, qtbot):
    from soniq_desktop.ui.components import Menu

    page._services = replace(page._services, wormhole=object())
    page.paths.show_path([4, 7, 10], "Copper to Anvil")
    page._open_more()
    menu = page.findChildren(Menu)[-1]
    entries = {action.text(): action for action in menu.actions()}
    entries["Play the path"].trigger()
    assert page._services.player.queue() == [4, 7, 10]
    entries["Open in Wormhole"].trigger()
    assert page.opened[-1].params == {"start": 4, "end": 10}
    menu.close()


def test_any_path_among_the_playlists_can_be_chosen(page, qtbot):
    playlists = page._services.playlists
    for name, ids in (("First", [1, 2, 3]), ("Second", [4, 5, 6])):
        playlists.create(name, ids, kind="path")
    qtbot.waitUntil(lambda: len(page.paths.kept) == 2)
    assert (page.paths.name, [each.name for each in page.paths.kept]) == ("Second", ["Second", "First"])
    assert page.toolbar.paths.isEnabled()
    page.toolbar.path.setChecked(False)
    menu = open_choice(page.toolbar.paths, page.paths)
    assert [action.isChecked() for action in menu.actions()] == [True, False]
    menu.actions()[1].trigger()
    menu.close()
    assert page.toolbar.path.isChecked()
    assert (page.paths.name, page.canvas.path_ids) == ("First", [1, 2, 3])
    playlists.changed.emit()  # and stays while others come
    qtbot.wait(20)
    assert page.paths.name == "First"


@pytest.mark.parametrize("scale", [1.0, 1.3])
def test_the_buttons_of_a_selection_are_in_sight_in_the_smallest_window(qtbot, galaxy, scale):
    Theme.current().set_scale(scale)
    try:
        page = GalaxyPage(replace(fake_services(200), galaxy=galaxy), Navigator())
        qtbot.addWidget(page)
        page.resize(1016, 536)
        page.show()
        page.activate({})
        page.selecting.take(np.arange(60), "Lasso selection")
        qtbot.waitUntil(lambda: bool(page.selection.samples[0].title.text()))
        assert page.canvas.rect().contains(page.selection.geometry())
        low = sum(row.isVisible() for row in page.selection.samples)
        page.resize(1208, 900)
        qtbot.waitUntil(lambda: all(row.isVisible() for row in page.selection.samples))
        assert low < 3 or scale == 1.0
        page.selecting.clear()
    finally:
        Theme.current().set_scale(1.0)
