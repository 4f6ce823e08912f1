"""The galaxy: what is drawn, and where."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QWidget

from soniq_desktop.discovery.galaxy_clusters import Cluster
from soniq_desktop.discovery.galaxy_picture import paint_glow, stars_of
from soniq_desktop.ui.galaxy import marks
from soniq_desktop.ui.galaxy.colours import COLOUR_CHOICES, colouring, family_colour, sizes
from soniq_desktop.ui.galaxy.marks import ink, smooth_line
from soniq_desktop.ui.galaxy.names import region_names
from soniq_desktop.ui.galaxy.view import ABOVE, BESIDE, TOOLS
from tests.galaxy_fixtures import make_galaxy


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


def test_the_playing_song_is_marked_and_found(page, qtbot):
    page._services.player.play([8])
    assert page.canvas.playing_id == 8
    page.find_playing()
    assert page.canvas.camera.zoom == 6.0
    assert (page.canvas.place_of(7) - QPointF(*page.canvas.camera.middle)).manhattanLength() < 3
    page._services.player.stop()


def test_three_dimensions_are_a_switch_and_can_be_pointed_at(page):
    page.toolbar.dimensions.click()
    assert page.canvas.camera.depth == 1.0
    row = 5
    found = page.canvas.row_at(page.canvas.place_of(row))
    assert (page.canvas.place_of(found) - page.canvas.place_of(row)).manhattanLength() < 2
    page.toolbar.dimensions.click()
    assert page.canvas.camera.depth == 0.0


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


def test_no_name_lies_below_the_tag_of_a_lasso(page, monkeypatch):
    canvas = page.canvas
    canvas.lasso = np.array([[-0.2, -0.2], [0.2, -0.2], [0.2, 0.2]], np.float32)
    canvas.lasso_label = "22 songs"
    seen = []
    monkeypatch.setattr(marks, "paint_labels", lambda *arguments: seen.append(arguments[3]))
    canvas.grab()
    tag = marks.tag_box(canvas._lasso_line(), "22 songs")
    assert tag.isValid()
    assert tag in seen[-1]
    canvas.lasso_label = ""
    canvas.grab()
    assert len(seen[-1]) == len(canvas.covered)
