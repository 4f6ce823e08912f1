"""The inbox: one key answers, the last answer can be taken back, and what was learned is told."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt

from soniq_desktop.analysis.genre.probe import Refit
from soniq_desktop.ui.pages.unsure import UnsurePage
from soniq_desktop.ui.window import MainWindow
from tests.inspector_fixtures import inspector_services


@pytest.fixture
def window(qtbot: Any) -> Iterator[MainWindow]:
    window = MainWindow(inspector_services())
    qtbot.addWidget(window)
    window.show()
    yield window
    window.services.settings.close()


@pytest.fixture
def page(window: MainWindow, qtbot: Any) -> UnsurePage:
    window.navigator.open("unsure")
    page: Any = window.page("unsure")
    qtbot.waitUntil(lambda: len(page.waiting) == 3)
    return page


@pytest.fixture
def genre(window: MainWindow) -> Any:
    return window.services.genre


def test_it_asks_about_the_most_useful_song_and_says_what_it_thinks(page: UnsurePage, qtbot: Any) -> None:
    assert page.waiting[0].id == 3
    qtbot.waitUntil(lambda: bool(page.question.guess.text()))
    assert page.question.guess.text() == "SONIQ hesitates between Rock and Metal."
    rock = page.question.answers[0]
    assert rock.accessibleName() == "Rock, 58\u202f%, key 1"
    assert page.head.figures.text() == "3 songs to answer"


def test_a_key_answers_and_the_next_song_comes(page: UnsurePage, genre: Any, qtbot: Any) -> None:
    qtbot.keyClick(page, Qt.Key.Key_6)
    assert genre.corrections == [([3], "Jazz")]
    assert page.waiting[0].id == 4
    qtbot.keyClick(page, Qt.Key.Key_Equal)
    assert genre.corrections[-1] == ([4], "Ambient")
    qtbot.keyClick(page, Qt.Key.Key_Minus)
    assert genre.corrections[-1] == ([5], "Reggae")


def test_a_button_answers_too(page: UnsurePage, genre: Any, qtbot: Any) -> None:
    qtbot.mouseClick(page.question.answers[7], Qt.MouseButton.LeftButton)
    assert genre.corrections == [([3], "Classical")]


def test_an_answer_is_taken_back_and_asked_again(page: UnsurePage, genre: Any, qtbot: Any) -> None:
    assert not page.undo.isEnabled()
    qtbot.keyClick(page, Qt.Key.Key_1)
    qtbot.keyClick(page, Qt.Key.Key_Backspace)
    assert genre.corrections == [([3], "Rock"), ([3], None)]
    assert page.waiting[0].id == 3
    assert not page.undo.isEnabled()


def test_a_skipped_song_is_not_asked_about_again_in_this_visit(
    page: UnsurePage, genre: Any, qtbot: Any
) -> None:
    qtbot.keyClick(page, Qt.Key.Key_Right)
    assert [track.id for track in page.waiting] == [4, 5]
    assert genre.corrections == []
    genre.taught.emit(None)
    qtbot.wait(50)
    assert [track.id for track in page.waiting] == [4, 5]


def test_what_the_answers_taught_is_told(page: UnsurePage, genre: Any, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: "0 answers so far" in page.learned.text())
    qtbot.keyClick(page, Qt.Key.Key_1)
    assert "1 answer so far" in page.learned.text()
    genre.gain = Refit(None, True, 9, 0.5, 0.75, 1.5, 1.0, None)  # type: ignore[arg-type]
    genre.taught.emit(genre.gain)
    qtbot.waitUntil(lambda: "75\u202f% are right now" in page.learned.text())
    assert "1 answer so far" in page.learned.text()


def test_when_nothing_is_left_it_says_so(page: UnsurePage, window: MainWindow, qtbot: Any) -> None:
    for _ in range(3):
        qtbot.keyClick(page, Qt.Key.Key_4)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    assert "no more songs" in page.empty.accessibleName()
    page.back.click()
    assert window.navigator.place is not None
    assert window.navigator.place.page == "inspector"


def test_the_song_can_be_heard_and_inspected(page: UnsurePage, window: MainWindow, qtbot: Any) -> None:
    page.question.play.click()
    player: Any = window.services.player
    assert player.ids == [3]
    page.question.inspect.click()
    inspector: Any = window.page("inspector")
    qtbot.waitUntil(lambda: inspector.track is not None and inspector.track.id == 3)
