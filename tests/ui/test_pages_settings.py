"""Settings, problems and the welcome page."""

from collections import namedtuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from soniq_desktop.ui.components import Button, Popover
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.problems import ProblemCard, ProblemsPage
from soniq_desktop.ui.pages.settings import SettingsPage
from soniq_desktop.ui.pages.welcome import WelcomePage
from soniq_desktop.ui.pages.welcome_sky import star_field
from soniq_desktop.ui.theme import Theme
from tests.pages_fixtures import Composed, make_problems, pages_services

Device = namedtuple("Device", "name")


@pytest.fixture
def services():
    services = pages_services()
    yield services
    services.settings.close()


@pytest.fixture(autouse=True)
def _same_theme_afterwards():
    theme = Theme.current()
    mode, scale = theme.mode, theme.scale
    yield
    theme.set_mode(mode)
    theme.set_scale(scale)


def show(qtbot, page):
    page.resize(1000, 700)
    qtbot.addWidget(page)
    page.show()
    page.activate({})
    return page


def choose(choice, words):
    index = choice.findText(words)
    assert index >= 0, words
    choice.setCurrentIndex(index)
    choice.activated.emit(index)


@pytest.fixture
def page(qtbot, services):
    services.player.device_list = [Device("Speakers"), Device("Headphones")]
    return show(qtbot, SettingsPage(services, Navigator()))


def test_theme_and_text_size_hold_at_once(page, services):
    choose(page.theme, "Light")
    assert not Theme.current().dark
    choose(page.scale, "Large")
    assert Theme.current().scale == 1.15
    assert services.settings.get("appearance.theme") == "light"
    assert services.settings.get("appearance.scale") == 1.15
    page.grab()


def test_sound_settings_reach_the_player(page, services):
    choose(page.device, "Headphones")
    choose(page.loudness, "As recorded")
    page.fade.setValue(4)
    assert services.player.options["device"] == "Headphones"
    assert services.player.options["loudness"] == "off"
    assert services.player.crossfade() == 4.0
    assert page.fade_text.text() == "4 s"


def test_without_a_device_the_choice_says_why(qtbot, services):
    page = show(qtbot, SettingsPage(services, Navigator()))
    assert not page.device.isEnabled()
    assert page.device.toolTip()


def test_switches_store_and_follow_changes_from_elsewhere(qtbot, page, services):
    qtbot.mouseClick(page.letters, Qt.MouseButton.LeftButton)
    assert services.settings.get("keyboard.single_letters") is False
    services.settings.set("keyboard.single_letters", True)
    assert page.letters.isChecked()
    qtbot.mouseClick(page.watch, Qt.MouseButton.LeftButton)
    assert not page.sweep.isEnabled()


def test_folders_are_added_removed_and_rescanned(qtbot, page, services, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a, **k: "/more")
    qtbot.mouseClick(page.add_folder, Qt.MouseButton.LeftButton)
    assert ("add_folder", "/more") in services.library.calls
    qtbot.mouseClick(page.deep, Qt.MouseButton.LeftButton)
    assert ("rescan", (True,)) in services.library.calls
    page._remove("/music", "/music")
    remove = next(each for each in page.findChild(Popover).findChildren(Button) if each.text() == "Remove")
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert ("remove_folder", ("/music",)) in services.library.calls


def test_wheel_over_a_choice_changes_nothing(page):
    before = page.theme.currentIndex()
    event = type("Wheel", (), {"ignore": lambda self: None})()
    page.theme.wheelEvent(event)
    assert page.theme.currentIndex() == before


def test_problems_say_what_why_and_when(qtbot, services):
    services.library.problem_list = make_problems()
    page = show(qtbot, ProblemsPage(services, Navigator()))
    qtbot.waitUntil(lambda: len(page.findChildren(ProblemCard)) == 3)
    card = page.findChildren(ProblemCard)[0]
    assert "Träck 01.mp3" in card.accessibleName()
    assert "Decoding took longer" in card.accessibleName()
    retry = next(b for b in card.children() if getattr(b, "accessibleName", str)() == "Retry Träck 01.mp3")
    qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    assert ("retry", (1,)) in services.library.calls
    qtbot.mouseClick(page.retry_all, Qt.MouseButton.LeftButton)
    assert ("retry_all", ()) in services.library.calls
    page.grab()


def test_no_problems_is_good_news(qtbot, services):
    page = show(qtbot, ProblemsPage(services, Navigator()))
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    assert page.retry_all.isHidden()


def test_file_names_that_are_no_text_do_not_break_the_list(qtbot, services):
    problem = make_problems()[0]
    services.library.problem_list = [type(problem)(9, "/music/\udcff\udcfe.mp3", None, "tags", "Odd.", 1e9)]
    page = show(qtbot, ProblemsPage(services, Navigator()))
    qtbot.waitUntil(lambda: len(page.findChildren(ProblemCard)) == 1)
    page.grab()


@pytest.fixture
def welcome(qtbot):
    services = pages_services(0)
    return show(qtbot, WelcomePage(services, Navigator())), services


def test_welcome_offers_the_folder_that_was_found(qtbot, welcome):
    page, services = welcome
    assert page.suggestion.figures.text() == "20,418 audio files, 486 GB, about 8 minutes"
    qtbot.mouseClick(page.suggestion.add, Qt.MouseButton.LeftButton)
    assert ("add_folder", "/home/someone/Music") in services.library.calls
    page.grab()


def test_welcome_without_music_makes_no_suggestion(qtbot):
    services = pages_services(0)
    services.demo.found = None
    page = show(qtbot, WelcomePage(services, Navigator()))
    assert page.suggestion.isHidden()


def test_demo_library_shows_its_progress_and_can_be_stopped(qtbot, welcome):
    page, services = welcome
    qtbot.mouseClick(page.demo, Qt.MouseButton.LeftButton)
    assert services.demo.running
    assert not page.demo.isEnabled()
    services.demo.progress.emit(Composed(3, 24, "Night bus"))
    assert page.composing.piece.text() == "3 of 24 pieces · Night bus"
    qtbot.mouseClick(page.composing.cancel, Qt.MouseButton.LeftButton)
    assert not services.demo.running
    assert page.demo.isEnabled()
    assert page.composing.isHidden()


def test_the_sky_is_the_same_every_time():
    first, second = star_field(400.0), star_field(400.0)
    assert all((a == b).all() for a, b in zip(first, second, strict=True))
    assert abs(first[0]).max() < 450
