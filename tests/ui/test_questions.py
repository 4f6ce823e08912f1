"""Questions in the window: a name to type, a yes and a no."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from soniq_desktop.ui.components import Button, Popover, ask_name, confirm


@pytest.fixture
def host(qtbot) -> QWidget:
    widget = QWidget()
    widget.resize(600, 400)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def button(popover: Popover, text: str) -> Button:
    return next(each for each in popover.findChildren(Button) if each.text() == text)


def test_a_name_is_stripped_and_given_once_by_enter_or_by_the_button(host, qtbot) -> None:
    names: list[str] = []
    popover = ask_name(host, "New playlist", "Create", names.append)
    edit = popover.findChild(QLineEdit)
    assert host.focusWidget() is edit
    qtbot.keyClicks(edit, "  Kitchen ")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert names == ["Kitchen"]
    assert popover.isHidden()
    again = ask_name(host, "New playlist", "Create", names.append, text="Road")
    qtbot.mouseClick(button(again, "Create"), Qt.MouseButton.LeftButton)
    assert names == ["Kitchen", "Road"]


def test_an_empty_name_is_no_answer(host, qtbot) -> None:
    names: list[str] = []
    popover = ask_name(host, "New playlist", "Create", names.append)
    edit = popover.findChild(QLineEdit)
    qtbot.keyClicks(edit, "   ")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert not button(popover, "Create").isEnabled()
    assert popover.isVisible()
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert popover.isHidden()
    assert not names


def test_a_question_starts_on_the_way_out_and_does_nothing_by_itself(host, qtbot) -> None:
    done: list[str] = []
    popover = confirm(host, "Delete it?", "Songs stay.", "Delete", lambda: done.append("yes"), danger=True)
    assert host.focusWidget() is button(popover, "Keep")
    qtbot.keyClick(host.focusWidget(), Qt.Key.Key_Space)
    assert popover.isHidden()
    assert not done
    again = confirm(host, "Delete it?", "Songs stay.", "Delete", lambda: done.append("yes"))
    qtbot.keyClick(host.focusWidget(), Qt.Key.Key_Tab)
    assert host.focusWidget() is button(again, "Delete")
    qtbot.keyClick(host.focusWidget(), Qt.Key.Key_Space)
    assert done == ["yes"]
