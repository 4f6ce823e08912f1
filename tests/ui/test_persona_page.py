"""The Persona page over a catalogue with a simulated history, and what the player writes into it."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QImage

from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Play
from soniq_desktop.persona.habits import GenreStream
from soniq_desktop.persona.listeners import KINDS
from soniq_desktop.services.persona import PersonaService
from soniq_desktop.ui.pages.persona import PersonaPage
from soniq_desktop.ui.persona.settings_card import imported
from soniq_desktop.ui.persona.stream import StreamPlot
from soniq_desktop.ui.persona.tables import TablePopover
from soniq_desktop.ui.persona.text import a_week
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.window import MainWindow
from tests.catalogue_fixtures import open_catalogue, scanned
from tests.persona_fixtures import fill
from tests.ui_fixtures import fake_services


class Touched(QObject):
    """The part of the library's service that Persona uses."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[int] = []

    def touch(self, ids) -> None:
        self.ids += list(ids)


class Playing(QObject):
    played = Signal(object)


@pytest.fixture
def catalogue(tmp_path: Path):
    with open_catalogue(tmp_path) as opened:
        yield opened


def window_over(catalogue: Catalogue, qtbot) -> MainWindow:
    services = fake_services()
    playing = Playing()
    persona = PersonaService(catalogue, Touched(), playing, services.settings)
    object.__setattr__(services, "persona", persona)
    window = MainWindow(services)
    window.playing = playing
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    return window


@pytest.fixture
def window(catalogue, qtbot):
    fill(catalogue, songs=400, events=5_000, days=450, habits=KINDS["Explorer"], seed=4)
    window = window_over(catalogue, qtbot)
    yield window
    window.services.persona.close()
    window.services.settings.close()


@pytest.fixture
def bare(catalogue, qtbot):
    catalogue.store_scanned([scanned("/music/1", title="Only", artist="One", duration=200.0)])
    window = window_over(catalogue, qtbot)
    yield window
    window.services.persona.close()
    window.services.settings.close()


def opened(window: MainWindow, qtbot) -> PersonaPage:
    window.navigator.open("persona")
    page = window.page("persona")
    qtbot.waitUntil(lambda: page._found is not None)
    return page


def popover(window: MainWindow) -> TablePopover:
    return [each for each in window.findChildren(TablePopover) if each.isVisible()][-1]


def test_the_page_says_who_you_are_and_how_sure_that_is(window, qtbot):
    page = opened(window, qtbot)
    found = page._found.portrait
    assert found.archetype.name == "Explorer"
    assert page.archetype.words().startswith("Your archetype: Explorer. ")
    assert "first listen" in page.archetype.words()
    assert page.head.figures.text() == f"{found.plays:,} plays, counted on this computer only"
    assert "90 % interval" in page.entropy.gauge.accessibleDescription()
    assert "of 3.58 bits across 12 genres" in page.entropy.bits.text()


def test_another_period_is_another_portrait_and_stays_chosen(window, qtbot):
    page = opened(window, qtbot)
    year = page._found.portrait.plays
    page.period._group.button(2).click()
    qtbot.waitUntil(lambda: page._found.portrait.period == "all")
    assert page._found.portrait.plays > year
    assert window.services.settings.get("persona.period") == "all"


def test_every_plot_is_a_table_too(window, qtbot):
    page = opened(window, qtbot)
    for plot, card in page.plots.items():
        card.table.click()
        shown = popover(window)
        assert shown.view.columnCount() == len(plot.as_table().heads) > 0
        assert shown.view.rowCount() == len(plot.as_table().rows)
        shown.close_popover()
        qtbot.waitUntil(lambda: not window.findChildren(TablePopover))
    assert dict(page.entropy.as_table().rows)["Entropy of genres, 0 to 1"].startswith("0.")


def test_keys_walk_a_plot_and_open_the_plays_behind_a_mark(window, qtbot):
    page = opened(window, qtbot)
    page.heat.setFocus()
    qtbot.keyClick(page.heat, Qt.Key.Key_Right)
    best = page.heat.key
    assert page.heat._hours.flat[best] == page.heat._hours.max()
    qtbot.keyClick(page.heat, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.findChildren(TablePopover)))
    found = page._found.portrait
    plays = found.whole.counted & (found.whole.weekday * 24 + found.whole.hour == best)
    assert popover(window).view.rowCount() == plays.sum()
    qtbot.keyClick(popover(window), Qt.Key.Key_Escape)


def test_a_click_into_the_stream_lists_songs_of_that_genre_and_week(window, qtbot):
    page = opened(window, qtbot)
    page.period._group.button(1).click()
    plot = page.stream
    qtbot.waitUntil(lambda: plot._stream is not None and plot.width() > 300)
    key = plot.step(None, 0, 0)
    at = plot.mark(key).at + QPointF(0, 3)
    assert plot.key_at(at) == key
    qtbot.mouseMove(plot, at.toPoint())
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=at.toPoint())
    qtbot.waitUntil(lambda: bool(window.findChildren(TablePopover)))
    assert popover(window).view.rowCount() > 0


def test_every_mark_of_every_plot_can_be_reached_by_keys(window, qtbot):
    page = opened(window, qtbot)
    for plot in page.plots:
        key = plot.step(None, 0, 0)
        if key is None:
            continue
        for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            key = plot.step(key, right, down)
            mark = plot.mark(key)
            assert mark is not None
            assert mark.text
            assert plot.rect().adjusted(-2, -2, 2, 2).contains(mark.at.toPoint())


def test_the_dial_and_the_setting_follow_each_other(window, qtbot):
    page, settings = opened(window, qtbot), window.services.settings
    page.distance.knob.setFocus()
    page.distance.knob.setValue(20)
    qtbot.keyClick(page.distance.knob, Qt.Key.Key_Up)
    assert settings.get("discovery.distance") == 21
    settings.set("discovery.distance", 62)
    assert page.distance.knob.value() == 62
    assert page.distance.knob.accessibleDescription() == "62, adventurous"
    centre = page.distance.knob.rect().center()
    qtbot.mouseClick(page.distance.knob, Qt.MouseButton.LeftButton, pos=centre - QPoint(0, 40))
    assert page.distance.knob.value() == pytest.approx(50, abs=2)


def test_a_preview_says_which_distance_was_reached(window, qtbot):
    page = opened(window, qtbot)
    page.distance.preview.click()
    qtbot.waitUntil(lambda: bool(window.findChildren(TablePopover)))
    shown = popover(window)
    away = sum(shown.view.item(row, 2).text() == "from away" for row in range(shown.view.rowCount()))
    assert page.distance.reached.text() == (
        f"Reached {100 * away / 20:.0f}: {away} of 20 songs are from away."
    )


def test_the_card_is_saved_as_a_picture(window, qtbot, tmp_path):
    page = opened(window, qtbot)
    page.save_card_to(str(tmp_path / "card"))
    image = QImage(str(tmp_path / "card.png"))
    assert (image.width(), image.height()) == (1200, 700)
    assert len({image.pixel(x, y) for x in range(0, 1200, 40) for y in range(0, 700, 40)}) > 100


def test_both_themes_and_a_small_window_are_painted(window, qtbot):
    page = opened(window, qtbot)
    Theme.current().set_mode("light")
    window.resize(1080, 680)
    assert not page.grab().isNull()
    Theme.current().set_mode("dark")
    assert not page.grab().isNull()


@pytest.mark.parametrize("size", [(1080, 680), (1280, 800), (1440, 900)])
def test_nothing_is_cut_off_at_any_width(window, qtbot, size):
    page = opened(window, qtbot)
    window.resize(*size)
    qtbot.waitUntil(lambda: window.width() == size[0])
    qtbot.wait(50)
    assert page._board.minimumSizeHint().width() <= page.area.viewport().width()


def test_without_plays_it_offers_an_import(bare, qtbot):
    page = opened(bare, qtbot)
    assert page.stack.currentWidget() is page.empty
    assert page.add_music.isHidden() == bool(page._services.library.counts().tracks)
    assert page.import_.isHidden() != page.add_music.isHidden()
    assert not page.save.isEnabled()


def test_a_few_plays_are_not_judged(bare, catalogue, qtbot):
    for number in range(10):
        catalogue.record_play(Play(1, 1_700_000_000.0 + 400 * number, 200.0, "finished", "songs"))
    bare.services.settings.set("persona.period", "all")
    page = opened(bare, qtbot)
    assert page._found.portrait.missing == 40
    assert "40 plays more" in page.archetype.words()
    assert page.stack.currentWidget() is page.area
    assert not page.grab().isNull()


def test_a_new_play_refreshes_the_page_that_is_seen(window, catalogue, qtbot):
    page = opened(window, qtbot)
    before = page._found.portrait.starts
    play = Play(1, catalogue.plays(1)[-1].started_at + 1, 300.0, "finished", "songs")
    catalogue.record_play(play)
    window.playing.played.emit(play)
    qtbot.waitUntil(lambda: page._found.portrait.starts == before + 1)


def test_an_import_says_what_it_did_and_what_is_not_here(bare, qtbot, tmp_path):
    page = opened(bare, qtbot)
    file = tmp_path / "history.csv"
    file.write_text("artist,title,timestamp\nOne,Only,1700000000\nTwo,Unknown,1700000500\n")
    page._persona.import_file(file, lambda report: imported(page, bare.navigator, report))
    qtbot.waitUntil(lambda: bool(bare.findChildren(TablePopover)))
    shown = popover(bare)
    assert [shown.view.item(0, column).text() for column in range(3)] == ["Two", "Unknown", "1"]
    page._persona.export_file(tmp_path / "out.csv", lambda count: None)
    qtbot.waitUntil((tmp_path / "out.csv").exists)


def test_a_private_session_shows_in_the_player_bar_until_it_ends(window, qtbot):
    page = opened(window, qtbot)
    sign = window.player_bar.private
    assert not sign.isVisible()
    page._set_private(True)
    assert sign.isVisible()
    assert "private session" in page.head.figures.text()
    assert window.services.persona.private()
    sign.click()
    assert not window.services.persona.private()
    assert not sign.isVisible()


def test_little_music_a_week_is_not_one_hours():
    assert [a_week(hours) for hours in (7.4, 1.2, 0.5)] == ["7 hours", "an hour", "30 minutes"]


def test_the_stream_of_a_single_day_fills_its_width(qtbot, qapp):
    shares = np.zeros((1, 12))
    shares[0, :2] = 0.5
    stream = GenreStream("day", np.array([20_000]), np.array([2.0]), shares)
    plot = StreamPlot()
    qtbot.addWidget(plot)
    plot.resize(600, 200)
    plot.set_stream(stream, 20_000)
    plot.show()
    picture = plot.grab().toImage()
    ratio = picture.width() / 600
    colours = {picture.pixelColor(round(x * ratio), round(80 * ratio)).name() for x in (40, 560)}
    assert len(colours) == 1
    assert colours != {picture.pixelColor(1, 1).name()}
