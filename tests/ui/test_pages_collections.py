"""Albums, artists, genres and their pages, driven as a user does."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPixmap

from soniq_desktop.library.records import Album, Group
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.album import AlbumPage
from soniq_desktop.ui.pages.albums import AlbumsPage
from soniq_desktop.ui.pages.artist import ArtistPage
from soniq_desktop.ui.pages.artists import ArtistsPage
from soniq_desktop.ui.pages.covers import initials
from soniq_desktop.ui.pages.genre import GenrePage
from soniq_desktop.ui.pages.genres import GenresPage
from soniq_desktop.ui.pages.grid import cover_rect, play_rect
from tests.pages_fixtures import pages_services


@pytest.fixture
def services():
    return pages_services()


@pytest.fixture
def places():
    return []


@pytest.fixture
def navigator(places):
    navigator = Navigator()
    navigator.opened.connect(lambda place: places.append((place.page, place.params)))
    return navigator


def show(qtbot, page, params=None, size=(1000, 700)):
    page.resize(*size)
    qtbot.addWidget(page)
    page.show()
    page.activate(params or {})
    return page


def cards(page):
    return page.grid.cards.cards


def test_albums_are_listed_with_their_count(qtbot, services, navigator):
    page = show(qtbot, AlbumsPage(services, navigator))
    qtbot.waitUntil(lambda: len(cards(page)) == 12)
    assert page.head.figures.text() == "12"
    assert cards(page)[3].detail == "Tin Meridian · 1993"
    page.grab()


def test_cards_fill_the_rows_at_every_width(qtbot, services, navigator):
    page = show(qtbot, AlbumsPage(services, navigator))
    qtbot.waitUntil(lambda: len(cards(page)) == 12)
    for width in (560, 800, 1203, 1600):
        page.resize(width, 700)
        page.grid.executeDelayedItemsLayout()
        first_row = page.grid.visualRect(page.grid.model().index(0, 0)).top()
        tops = [page.grid.visualRect(page.grid.model().index(i, 0)).top() for i in range(12)]
        assert tops.count(first_row) == min(12, page.grid.columns()), width


def test_click_opens_and_the_play_button_plays(qtbot, services, navigator, places):
    page = show(qtbot, AlbumsPage(services, navigator))
    qtbot.waitUntil(lambda: len(cards(page)) == 12)
    cell = page.grid.visualRect(page.grid.model().index(2, 0)).toRectF()
    qtbot.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=cell.center().toPoint())
    assert places == [("album", {"album_id": 2})]
    play = play_rect(cover_rect(cell)).center().toPoint()
    qtbot.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=play)
    qtbot.waitUntil(lambda: services.player.ids == list(range(20, 30)))
    assert services.player.source == "album"
    assert len(places) == 1


def test_enter_opens_and_shift_enter_plays(qtbot, services, navigator, places):
    page = show(qtbot, AlbumsPage(services, navigator))
    qtbot.waitUntil(lambda: len(cards(page)) == 12)
    page.focus_main()
    qtbot.keyClick(page.grid, Qt.Key.Key_Right)
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    assert places == [("album", {"album_id": 1})]
    qtbot.keyClick(page.grid, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: services.player.ids == list(range(10, 20)))


def test_search_narrows_and_says_when_nothing_matches(qtbot, services, navigator):
    page = show(qtbot, AlbumsPage(services, navigator))
    qtbot.waitUntil(lambda: len(cards(page)) == 12)
    page.search("tin meridian")
    qtbot.waitUntil(lambda: len(cards(page)) == 2)
    page.search("nothing is called so")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)


def test_scroll_position_comes_back(qtbot, services, navigator):
    page = show(qtbot, AlbumsPage(services, navigator), size=(600, 400))
    qtbot.waitUntil(lambda: len(cards(page)) == 12)
    page.grid.verticalScrollBar().setValue(300)
    session = page.session()
    page.grid.verticalScrollBar().setValue(0)
    page.activate(session)
    qtbot.waitUntil(lambda: page.grid.verticalScrollBar().value() == 300)


def test_a_library_without_albums_says_so(qtbot, navigator):
    page = show(qtbot, AlbumsPage(pages_services(0), navigator))
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)


def test_ten_thousand_albums_lay_out_quickly_and_paint_only_what_is_seen(qtbot, services, navigator):
    page = AlbumsPage(services, navigator)
    painted = []
    original = page.grid.itemDelegate().paint

    def paint(painter: QPainter, option, index) -> None:
        painted.append(index.row())
        original(painter, option, index)

    page.grid.itemDelegate().paint = paint
    many = [Album(i, f"Album {i}", "Somebody", 2000, 10, 2400.0, None) for i in range(10_000)]
    services.library.albums = lambda text, artist, done, key="": done(many)
    show(qtbot, page)
    page.grab()
    assert len(cards(page)) == 10_000
    assert 0 < len(set(painted)) < 60


@pytest.mark.parametrize(
    ("page_class", "place"),
    [(ArtistsPage, ("artist", {"artist": "Hex Laundry"})), (GenresPage, ("genre", {"family": "Jazz"}))],
)
def test_artists_and_genres_open_their_pages(qtbot, services, navigator, places, page_class, place):
    page = show(qtbot, page_class(services, navigator))
    qtbot.waitUntil(lambda: len(cards(page)) == 6)
    centre = page.grid.visualRect(page.grid.model().index(2, 0)).center()
    qtbot.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert places == [place]
    page.grab()


def test_genres_as_shown_and_file_tags_are_both_reachable(qtbot, services, navigator, places):
    page = show(qtbot, GenresPage(services, navigator))
    qtbot.waitUntil(lambda: len(cards(page)) == 6)
    services.library.genres = lambda text, done, key="": done([Group("Bebop; Live", 3, 1, 600.0, ())])
    page.choice.set_current(1)
    page.choice.changed.emit(1)
    qtbot.waitUntil(lambda: len(cards(page)) == 1)
    assert page.session()["session"]["choice"] == 1
    page.open_card(page.grid.cards.cards[0])
    assert places == [("genre", {"genre": "Bebop; Live"})]
    genre = show(qtbot, GenrePage(services, navigator), {"family": "Jazz"})
    assert genre.query().family == "Jazz"
    assert genre.head.heading.text() == "Jazz"


def test_album_page_shows_facts_plays_and_leads_to_the_artist(qtbot, services, navigator, places):
    page = show(qtbot, AlbumPage(services, navigator), {"album_id": 3})
    qtbot.waitUntil(lambda: page.tracks.ids() == list(range(30, 40)))
    qtbot.waitUntil(lambda: page.head.facts.text() == "1993 · 10 songs · 39 min")
    assert page.head.heading.text().endswith("Protocol 3")
    qtbot.mouseClick(page.head.play, Qt.MouseButton.LeftButton)
    assert services.player.ids == list(range(30, 40))
    assert services.player.source == "album"
    qtbot.mouseClick(page.head.shuffle, Qt.MouseButton.LeftButton)
    assert sorted(services.player.ids) == list(range(30, 40))
    link = page.head.byline.itemAt(0).widget()
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert places == [("artist", {"artist": "Tin Meridian"})]
    page.grab()


def test_double_click_on_a_track_plays_the_album_from_there(qtbot, services, navigator):
    page = show(qtbot, AlbumPage(services, navigator), {"album_id": 3})
    qtbot.waitUntil(lambda: page.tracks.ids() == list(range(30, 40)))
    page.tracks.view.play_row.emit(4)
    assert services.player.ids == list(range(30, 40))
    assert services.player.at == 4


def test_album_that_left_the_library_says_so(qtbot, services, navigator):
    page = show(qtbot, AlbumPage(services, navigator), {"album_id": 99})
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    assert not page.head.play.isEnabled()


def test_artist_page_has_albums_and_songs(qtbot, services, navigator, places):
    page = show(qtbot, ArtistPage(services, navigator), {"artist": "Tin Meridian"})
    qtbot.waitUntil(lambda: len(page.shelf.cards.cards) == 2 and len(page.tracks.ids()) > 0)
    assert all(services.library.get(i).artist == "Tin Meridian" for i in page.tracks.ids())
    qtbot.waitUntil(lambda: page.head.facts.text().startswith("2 albums · "))
    rect = page.shelf.visualRect(page.shelf.model().index(0, 0))
    qtbot.mouseClick(page.shelf.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert places == [("album", {"album_id": 3})]


def test_genre_page_lists_its_songs(qtbot, services, navigator):
    page = show(qtbot, GenrePage(services, navigator), {"genre": "Jazz"})
    qtbot.waitUntil(lambda: len(page.tracks.ids()) > 0)
    assert all(services.library.get(i).tags.genre == "Jazz" for i in page.tracks.ids())
    page.grab()


def test_initials_of_names():
    assert initials("Tin Meridian") == "TM"
    assert initials("The Anvils") == "A"
    assert initials("björk") == "B"
    assert initials("...") == "?"


def test_play_target_lies_on_the_cover():
    pixmap = QPixmap(10, 10)
    assert not pixmap.isNull()
    cell = cover_rect(QPixmap(200, 260).rect().toRectF())
    assert cell.contains(play_rect(cell))
    assert QPoint(0, 0) != cell.topLeft().toPoint()
