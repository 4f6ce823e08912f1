"""Background jobs: results on the GUI thread, and only the newest of a kind."""

import threading

import pytest

from soniq_desktop.services.tasks import Tasks


@pytest.fixture
def tasks(qapp):
    tasks = Tasks()
    yield tasks
    tasks.close()


def test_a_result_comes_back_on_the_gui_thread(tasks, qtbot):
    seen = []
    tasks.run(
        lambda: threading.current_thread().name, lambda name: seen.append((name, threading.current_thread()))
    )
    qtbot.waitUntil(lambda: bool(seen))
    worker, receiver = seen[0]
    assert worker.startswith("soniq-task")
    assert receiver is threading.main_thread()


def test_an_error_is_handed_over_and_not_raised(tasks, qtbot):
    errors = []
    tasks.run(lambda: 1 // 0, lambda _: errors.append("done"), errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], ZeroDivisionError)


def test_only_the_newest_of_a_key_is_delivered(tasks, qtbot):
    gate = threading.Event()
    seen = []
    tasks.run(lambda: gate.wait(2) and "old", seen.append, key="search")
    tasks.run(lambda: "middle", seen.append, key="search")
    tasks.run(lambda: "new", seen.append, key="search")
    gate.set()
    qtbot.waitUntil(lambda: "new" in seen)
    assert tasks.wait()
    qtbot.wait(20)
    assert seen == ["new"]


def test_nothing_is_delivered_after_close(qapp, qtbot):
    tasks = Tasks()
    seen = []
    tasks.run(lambda: 1, seen.append)
    tasks.close()
    tasks.run(lambda: 2, seen.append)
    qtbot.wait(20)
    assert seen == []
