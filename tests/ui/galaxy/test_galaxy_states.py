"""The galaxy: what it says while it works, where it cannot, and when the map changes."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QFileDialog

from soniq_desktop.discovery.galaxy_reports import Progress
from soniq_desktop.ui.galaxy.colours import COLOUR_CHOICES, colouring
from soniq_desktop.ui.galaxy.states import HINT, PATIENCE, measured_text
from soniq_desktop.ui.galaxy.view import TOOLS
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.galaxy import GalaxyPage
from soniq_desktop.ui.theme import Theme
from tests.galaxy_fixtures import FakeGalaxy, make_galaxy
from tests.ui.galaxy.helpers import LEFT
from tests.ui_fixtures import fake_services


def test_nothing_playing_is_said(page):
    page.find_playing()
    assert page.told[-1] == "Nothing is playing."


def test_an_empty_library_says_what_is_missing_and_takes_a_folder(qtbot, page, monkeypatch):
    assert page.toolbar.isVisible()
    services = replace(fake_services(0), galaxy=FakeGalaxy())
    empty = GalaxyPage(services, Navigator())
    qtbot.addWidget(empty)
    empty.resize(1000, 700)
    empty.show()
    empty.activate({})
    assert empty.empty.isVisible()
    assert not empty.toolbar.isVisible()
    assert "Add a folder" in empty.empty.accessibleName()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/music")
    qtbot.mouseClick(empty.add_music, LEFT)
    assert ("add_folder", "/music") in services.library.calls


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


def test_a_new_layout_is_shown_whole_again(page, galaxy):
    small = make_galaxy(200)
    galaxy.tell(replace(small, places=small.places * np.float32(0.5), learned_at=small.learned_at + 60))
    canvas = page.canvas
    places = canvas.picture.places[:, :2]
    assert canvas._extent == pytest.approx(tuple(places.max(axis=0) - places.min(axis=0)), rel=1e-5)
    points = [canvas.place_of(row) for row in range(200)]
    inside = QRectF(canvas.rect()).adjusted(0, TOOLS, 0, 0)
    assert all(inside.contains(point) for point in points)
    assert max(point.y() for point in points) - min(point.y() for point in points) > inside.height() / 2


def test_leaving_the_page_ends_the_looking(page, galaxy):
    page.hide()
    assert galaxy.calls[-1] == ("leave", ())


def test_the_popover_shows_all_of_its_words(page, qtbot):
    from soniq_desktop.ui.components import Label, Popover

    page.toolbar.info.click()
    popover = page.window().findChild(Popover)
    for label in popover.findChildren(Label):
        assert label.height() >= label.heightForWidth(label.width())
    popover.close_popover()


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
