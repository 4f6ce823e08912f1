"""The galaxy page: pointing, playing, selecting, filtering, by mouse and by keys; its states."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QWidget

from soniq_desktop.discovery.galaxy_clusters import Cluster
from soniq_desktop.discovery.galaxy_picture import paint_glow, stars_of
from soniq_desktop.discovery.galaxy_reports import Progress
from soniq_desktop.ui.galaxy import marks
from soniq_desktop.ui.galaxy.colours import COLOUR_CHOICES, colouring, family_colour, sizes
from soniq_desktop.ui.galaxy.marks import ink, smooth_line
from soniq_desktop.ui.galaxy.names import region_names
from soniq_desktop.ui.galaxy.paths import open_choice
from soniq_desktop.ui.galaxy.states import HINT, PATIENCE, measured_text
from soniq_desktop.ui.galaxy.view import ABOVE, BESIDE, TOOLS
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.galaxy import GalaxyPage
from soniq_desktop.ui.theme import Theme
from tests.galaxy_fixtures import FakeGalaxy, make_galaxy
from tests.ui_fixtures import fake_services

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def still():
    """Flights end at once."""
    Theme.current().set_reduced_motion(True)
    yield
    Theme.current().set_reduced_motion(None)


@pytest.fixture
def galaxy() -> FakeGalaxy:
    return FakeGalaxy(make_galaxy(200))


@pytest.fixture
def page(qtbot, galaxy) -> GalaxyPage:
    services = replace(fake_services(200), galaxy=galaxy)
    page = GalaxyPage(services, Navigator())
    page.told, page.opened = [], []
    page._navigator.notice.connect(page.told.append)
    page._navigator.opened.connect(page.opened.append)
    qtbot.addWidget(page)
    page.resize(1208, 756)
    page.show()
    qtbot.waitExposed(page)
    page.activate({})
    return page


def at(page: GalaxyPage, row: int) -> QPoint:
    return page.canvas.place_of(row).toPoint()


def lonely_row(page: GalaxyPage) -> int:
    """A song that no other is within reach of, and no panel above."""
    points = page.canvas.picture.points
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    panels = [
        part.geometry() for part in page.canvas.findChildren(QWidget, options=direct) if part.isVisible()
    ]
    for row in range(len(points)):
        apart = np.linalg.norm(points - points[row], axis=1)
        if np.sort(apart)[1] > 14 and not any(panel.contains(at(page, row)) for panel in panels):
            return row
    raise AssertionError("every song has a neighbour")


def draw_lasso(qtbot, page: GalaxyPage, corners: list[tuple[float, float]]) -> None:
    """By mouse, in map coordinates."""
    camera = page.canvas.camera
    places = camera.project(np.array([(x, y, 0) for x, y in corners], np.float32))
    points = [QPoint(round(x), round(y)) for x, y in (places / page.devicePixelRatioF()).tolist()]
    qtbot.mousePress(page.canvas, LEFT, pos=points[0])
    for start, end in zip(points, [*points[1:], points[0]], strict=True):
        for share in (0.34, 0.67, 1.0):
            between = QPointF(start) + (QPointF(end) - QPointF(start)) * share
            qtbot.mouseMove(page.canvas, between.toPoint())
            _drag(page, between)
    qtbot.mouseRelease(page.canvas, LEFT, pos=points[0])


def _drag(page: GalaxyPage, point: QPointF) -> None:
    """qtbot's mouseMove holds no button."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    place = page.canvas.mapToGlobal(point)
    event = QMouseEvent(
        QEvent.Type.MouseMove, point, place, Qt.MouseButton.NoButton, LEFT, Qt.KeyboardModifier.NoModifier
    )
    page.canvas.mouseMoveEvent(event)


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


def test_colour_and_size_say_what_was_chosen(galaxy):
    for by in COLOUR_CHOICES:
        found = colouring(galaxy.map, by, now=1_000.0)
        assert sum(entry.songs for entry in found.entries) == 200
        assert found.colours.shape == (200, 3)
        assert np.bincount(found.codes, minlength=len(found.entries)).tolist() == [
            e.songs for e in found.entries
        ]
    energy = colouring(galaxy.map, "energy")
    assert energy.codes[0] == 0
    assert energy.codes[-1] == 4
    played = colouring(galaxy.map, "last_played", now=1_000.0)
    assert [entry.songs for entry in played.entries] == [50, 0, 0, 0, 150]
    plays = sizes(galaxy.map, "plays")
    assert plays[0] == 0
    assert plays[199] == plays.max()
    assert len(set(sizes(galaxy.map, "same").tolist())) == 1


def test_regions_are_named_after_their_genre_and_no_name_comes_twice(galaxy):
    names = [name.title for name in region_names(galaxy.map)]
    assert sorted(names) == ["Electronic", "Jazz", "Rock"]  # polka is no family, and nothing was heard


def test_zoom_one_shows_all_songs_and_leaves_little_room_unused(page, qtbot):
    canvas = page.canvas
    qtbot.waitUntil(lambda: canvas.galaxy is not None)
    points = np.array([[point.x(), point.y()] for point in map(canvas.place_of, range(len(canvas.galaxy)))])
    low, high = points.min(axis=0), points.max(axis=0)
    assert low[0] >= 0
    assert low[1] >= TOOLS
    assert high[0] <= canvas.width()
    assert high[1] <= canvas.height()
    room = np.array([canvas.width() - 2 * BESIDE, canvas.height() - TOOLS - 2 * ABOVE])
    assert ((high - low) / room).max() == pytest.approx(1, abs=0.01)
    assert canvas.camera.zoom == 1.0


def test_recolouring_changes_the_legend(page):
    page.toolbar.colour._choose("tempo")
    assert page.legend.rows[0].entry.label == "Below 80 BPM"
    assert page.canvas.picture.stars.shown.all()


def test_the_playing_song_is_marked_and_found(page, qtbot):
    page._services.player.play([8])
    assert page.canvas.playing_id == 8
    page.find_playing()
    assert page.canvas.camera.zoom == 6.0
    assert (page.canvas.place_of(7) - QPointF(*page.canvas.camera.middle)).manhattanLength() < 3
    page._services.player.stop()


def test_nothing_playing_is_said(page):
    page.find_playing()
    assert page.told[-1] == "Nothing is playing."


def test_three_dimensions_are_a_switch_and_can_be_pointed_at(page):
    page.toolbar.dimensions.click()
    assert page.canvas.camera.depth == 1.0
    row = 5
    found = page.canvas.row_at(page.canvas.place_of(row))
    assert (page.canvas.place_of(found) - page.canvas.place_of(row)).manhattanLength() < 2
    page.toolbar.dimensions.click()
    assert page.canvas.camera.depth == 0.0


def test_an_empty_library_says_what_is_missing(qtbot, page, galaxy):
    assert page.toolbar.isVisible()
    empty = GalaxyPage(replace(fake_services(0), galaxy=FakeGalaxy()), Navigator())
    qtbot.addWidget(empty)
    empty.resize(1000, 700)
    empty.show()
    empty.activate({})
    assert empty.empty.isVisible()
    assert not empty.toolbar.isVisible()
    assert "Add a folder" in empty.empty.accessibleName()


def test_progress_is_shown_and_can_be_cancelled(page, qtbot, galaxy):
    galaxy.laying_out = True
    galaxy.progress.emit(Progress("Arranging the map", 0.42, 20_418))
    assert page.state.isVisible()
    assert page.state.words.text() == f"Arranging the map · 20,418 songs · 42 %\n{PATIENCE}"
    qtbot.mouseClick(page.state.first, LEFT)
    assert galaxy.calls[-1] == ("cancel", ())
    galaxy.laying_out = False
    galaxy.progress.emit(None)
    assert "Laying out" not in page.state.title.text()


def test_songs_to_come_are_counted(page):
    counts = page._services.library.counts()
    to_come = counts.tracks - counts.listened - counts.problems
    assert page.state.title.text() == f"{to_come:,} songs still to come"


def test_an_outgrown_map_offers_a_new_one_and_does_not_make_it_by_itself(page, qtbot, galaxy):
    galaxy.tell(make_galaxy(200, learned=50))
    assert ("lay_out", ()) not in galaxy.calls
    assert page.state.title.text() == "The map has been outgrown"
    qtbot.mouseClick(page.state.first, LEFT)
    assert galaxy.calls[-1] == ("lay_out", ())


def test_a_failure_is_a_sentence_with_a_way_on(page, qtbot, galaxy):
    galaxy.failed.emit("There was not enough memory to lay out the map.")
    assert page.state.words.text() == "There was not enough memory to lay out the map."
    qtbot.mouseClick(page.state.first, LEFT)
    assert galaxy.calls[-1] == ("lay_out", ())


def test_the_popover_says_what_the_map_is_worth(galaxy):
    assert "hint" in HINT
    assert "full sound" in HINT
    assert "0.910 of 1" in measured_text(galaxy.map)
    assert "Too few songs" in measured_text(make_galaxy(20, trust=None))


def test_a_new_layout_travels_from_the_old_places(page, qtbot, galaxy):
    Theme.current().set_reduced_motion(False)
    old = page.canvas.picture.places.copy()
    galaxy.tell(make_galaxy(200, learned_at=2_000.0, seed=6))
    assert np.abs(page.canvas.picture.places - old).max() < 0.05
    page.canvas.hold()
    np.testing.assert_array_equal(page.canvas.picture.places, galaxy.map.places)


def test_leaving_the_page_ends_the_looking(page, galaxy):
    page.hide()
    assert galaxy.calls[-1] == ("leave", ())


def test_every_control_has_a_name(page):
    for widget in page.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            assert widget.accessibleName(), widget


@pytest.mark.parametrize("size", [(1016, 536), (1208, 756), (1400, 900)])
def test_no_panel_lies_on_another(page, qtbot, size):
    page.resize(*size)
    page.selecting.take(np.arange(50), "Lasso selection")
    qtbot.waitUntil(lambda: bool(page.selection.samples[0].title.text()))
    panels = [page.toolbar, page.legend, page.selection, page.zoom_box, page.state]
    boxes = [panel.geometry() for panel in panels if panel.isVisible()]
    assert len(boxes) == 5
    for number, box in enumerate(boxes):
        assert page.canvas.rect().contains(box)
        assert not any(box.intersects(other) for other in boxes[number + 1 :])


def test_the_popover_shows_all_of_its_words(page, qtbot):
    from soniq_desktop.ui.components import Label, Popover

    page.toolbar.info.click()
    popover = page.window().findChild(Popover)
    for label in popover.findChildren(Label):
        assert label.height() >= label.heightForWidth(label.width())
    popover.close_popover()


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


def test_songs_whose_file_is_gone_are_grey_counted_apart_and_in_no_selection(page, galaxy):
    missing = np.zeros(200, bool)
    missing[[0, 4, 5]] = True
    galaxy.tell(make_galaxy(200, missing=missing))
    last = page.legend.rows[-1].entry
    assert (last.label, last.songs) == ("File not there", 3)
    assert sum(row.entry.songs for row in page.legend.rows) == 200
    for by in COLOUR_CHOICES:
        found = colouring(galaxy.map, by)
        assert {tuple(each) for each in found.colours[missing].tolist()} == {
            found.entries[-1].colour.getRgb()[:3]
        }
        assert np.bincount(found.codes).tolist()[-1] == 3
    page.selecting.take(np.arange(8), "Some")
    assert sorted(page.selecting.ids) == [2, 3, 4, 7, 8]


def test_a_library_that_is_away_says_so_and_keeps_its_map(page, galaxy):
    galaxy.tell(make_galaxy(20, missing=np.ones(20, bool)))
    assert page.state.isVisible()
    assert page.state.title.text() == "Your songs are away"
    assert not page.empty.isVisible()


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


def test_a_path_makes_no_loops_where_two_of_its_songs_lie_close_together():
    points = [QPointF(0, 0), QPointF(400, 0), QPointF(402, 6), QPointF(2, 12)]
    line = smooth_line(points)
    reach = [line.pointAtPercent(share) for share in np.linspace(0, 1, 400)]
    assert max(point.x() for point in reach) < 425
    ends = [line.elementAt(3 * place) for place in range(4)]
    assert [(end.x, end.y) for end in ends] == [(point.x(), point.y()) for point in points]


def test_a_label_keeps_clear_of_single_songs_where_it_can():
    stars = np.array([[200.0, 152.0], [196.0, 150.0]], np.float32)
    room, box = QRectF(0, 0, 400, 400), QRectF(0, 0, 80, 30)
    first = marks._free_place(box, QPointF(200, 200), 140.0, room, [], stars[:0])
    moved = marks._free_place(box, QPointF(200, 200), 140.0, room, [], stars)
    assert first.contains(QPointF(200, 152))
    assert not moved.contains(QPointF(200, 152))


def test_many_songs_are_drawn_coarser_while_they_move_on_a_fine_screen(page, qtbot, monkeypatch):
    canvas = page.canvas
    monkeypatch.setattr("soniq_desktop.ui.galaxy.view.MANY", 100)
    monkeypatch.setattr(canvas, "devicePixelRatioF", lambda: 2.0)
    canvas._fill_window()
    canvas.set_camera(canvas.camera.panned(5, 0))
    canvas._see()
    points = canvas.picture.points.copy()
    assert canvas.picture._pixels.shape == (canvas.height(), canvas.width())
    qtbot.waitUntil(lambda: not canvas._moving)
    canvas._see()
    assert canvas.picture._pixels.shape == (2 * canvas.height(), 2 * canvas.width())
    np.testing.assert_array_equal(canvas.picture.points, points)  # what the mouse finds is the same


def test_a_lone_star_glows_round():
    star = stars_of(np.full((1, 3), 255, np.uint8), np.zeros(1, np.uint8))
    pixels = paint_glow(400, 400, np.array([[200.0, 200.0]], np.float32), star, np.arange(1), 12.0)
    light = (pixels >> 24).astype(float)
    middle = np.array(np.unravel_index(light.argmax(), light.shape))
    side, corner = (light[tuple(middle + offset)] for offset in ((0, 4), (3, 3)))  # 4 and 4.2 cells away
    assert corner > 0.5 * side > 0


def test_a_region_has_the_colour_of_the_genre_that_it_is_called():
    cluster = Cluster(0.0, 0.0, 40, ("jazz", "piano"))
    mixed = make_galaxy(
        40, members=np.zeros(40, np.int32), clusters=(cluster,), genre=np.arange(40, dtype=np.int32) % 4
    )
    (name,) = region_names(mixed)
    assert (name.title, name.colour) == ("Jazz", family_colour("Jazz"))
    words = replace(cluster, words=("catchy",))
    (name,) = region_names(replace(mixed, clusters=(words,)))
    assert (name.title, name.colour) == ("Catchy", ink("text"))


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
