"""The demo button: composes in the background, adds the folder, says what fails, and stops when asked."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from soniq_desktop.common.control import Control
from soniq_desktop.common.paths import Paths
from soniq_desktop.demo.library import DemoError, DemoProgress
from soniq_desktop.services import demo as module
from soniq_desktop.services.demo import DemoService, count_music


class Library:
    """Remembers the folders it was given."""

    def __init__(self) -> None:
        self.added: list[str] = []

    def add_folder(self, path: str) -> None:
        self.added.append(path)


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def service(qtbot: QtBot, paths: Paths, library: Library) -> Iterator[DemoService]:
    made = DemoService(paths, library)  # type: ignore[arg-type]
    yield made
    made.close()


def composing(monkeypatch: pytest.MonkeyPatch, work: Callable[[Path, Control, Callable], bool]) -> None:
    def compose(folder: Path, *, control: Control, progress: Callable, workers: int) -> bool:
        return work(folder, control, progress)

    monkeypatch.setattr(module, "compose_library", compose)


def test_a_finished_library_is_added(
    service: DemoService, library: Library, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(_folder: Path, _control: Control, progress: Callable) -> bool:
        progress(DemoProgress(1, 2, "Kite Season"))
        return True

    composing(monkeypatch, work)
    seen: list[object] = []
    service.progress.connect(seen.append)
    with qtbot.waitSignal(service.finished, timeout=5000) as finished:
        service.start()
        assert service.running
    assert finished.args == [service.folder]
    assert library.added == [service.folder]
    assert seen == [DemoProgress(1, 2, "Kite Season"), None]
    assert not service.running


def test_a_failure_is_said_in_one_sentence(
    service: DemoService, library: Library, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(_folder: Path, _control: Control, _progress: Callable) -> bool:
        raise DemoError("The demo library cannot be written.", "Free some space and try again.")

    composing(monkeypatch, work)
    with qtbot.waitSignal(service.failed, timeout=5000) as failed:
        service.start()
    assert failed.args == ["The demo library cannot be written. Free some space and try again."]
    assert library.added == []


def test_cancelling_adds_nothing_and_can_be_started_again(
    service: DemoService, library: Library, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(_folder: Path, control: Control, _progress: Callable) -> bool:
        control.wait_for_cancel(10)
        return False

    composing(monkeypatch, work)
    service.start()
    with qtbot.waitSignal(service.progress, timeout=5000):
        service.cancel()
    assert library.added == []
    composing(monkeypatch, lambda *_: True)
    with qtbot.waitSignal(service.finished, timeout=5000):
        service.start()


def test_a_second_start_does_not_compose_twice(
    service: DemoService, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, started = threading.Event(), []

    def work(*_: object) -> bool:
        started.append(1)
        return go_on.wait(10)

    composing(monkeypatch, work)
    service.start()
    service.start()
    with qtbot.waitSignal(service.finished, timeout=5000):
        go_on.set()
    assert started == [1]


def test_closing_while_it_composes_stops_the_thread(
    service: DemoService, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    composing(monkeypatch, lambda _folder, control, _progress: not control.wait_for_cancel(10))
    service.start()
    service.close()
    assert not service.running
    assert library.added == []


def test_the_music_folder_is_suggested_with_its_size(
    service: DemoService, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    music = tmp_path / "Music"
    (music / "album").mkdir(parents=True)
    for number in range(3):
        (music / "album" / f"{number}.flac").write_bytes(b"fLaC" + bytes(996))
    (music / "notes.txt").write_text("no music")
    monkeypatch.setattr(module.QStandardPaths, "writableLocation", staticmethod(lambda _place: str(music)))
    found: list[object] = []
    service.suggest(found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=5000)
    suggestion = found[0]
    assert isinstance(suggestion, module.FolderSuggestion)
    assert (suggestion.path, suggestion.files, suggestion.bytes) == (str(music), 3, 3000)
    assert suggestion.counted


def test_a_folder_without_music_is_not_suggested(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no music")
    assert count_music(str(tmp_path)) is None


def test_counting_a_huge_folder_ends_in_time(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.flac").write_bytes(b"fLaC")
    suggestion = count_music(str(tmp_path), seconds=-1)
    assert suggestion is not None
    assert not suggestion.counted
