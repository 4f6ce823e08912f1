"""Grad-CAM for the window: the newest question counts, the process comes and goes, trouble is a sentence."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from soniq_desktop.analysis.genre.evidence import Evidence
from soniq_desktop.services import explain
from soniq_desktop.services.explain import PART, ExplainService

LONG = 30_000  # ms: a spawned process on a busy machine


@pytest.fixture
def service(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExplainService]:
    monkeypatch.setattr(explain, "HANDLER", "tests.unit.explain_handlers:explain")
    made = ExplainService()
    yield made
    made.close()
    assert not any("soniq" in " ".join(p.cmdline()) and p.is_running() for p in children())


def children() -> list[psutil.Process]:
    """Living children that are workers."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "spawn_main" in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


class Answers:
    def __init__(self, service: ExplainService) -> None:
        self.service = service
        self.found: list[Evidence] = []
        self.said: list[str] = []

    def ask(self, path: str, seconds: float = 0.0, label: str | None = "Rock", key: str = "a") -> None:
        wanted = self.service.excerpt(path, seconds, 300.0, label)
        self.service.explain(wanted, self.found.append, self.said.append, key=key)


@pytest.fixture
def answers(service: ExplainService) -> Answers:
    return Answers(service)


def test_parts_follow_each_other_and_the_last_ends_with_the_song(service: ExplainService) -> None:
    starts = [service.excerpt("x", seconds, 100.0).start for seconds in (0, 11.9, 12, 50, 99)]
    assert starts == [0, 0, 12, 48, 100 - PART]
    assert service.excerpt("x", 1.0, 5.0).start == 0


def test_an_answer_comes_and_is_remembered(
    qtbot: QtBot, service: ExplainService, answers: Answers, tmp_path: Path
) -> None:
    log = tmp_path / "song"
    log.touch()
    answers.ask(str(log), 50.0)
    assert service.busy("a")
    qtbot.waitUntil(lambda: bool(answers.found), timeout=LONG)
    assert answers.found[0].start == 48.0
    answers.ask(str(log), 52.0)  # the same part
    assert len(answers.found) == 2
    assert log.read_text() == "48 Rock\n"
    assert not service.busy("a")


def test_the_likeliest_class_is_known_by_its_name_too(qtbot: QtBot, answers: Answers) -> None:
    answers.ask("song", label=None)
    qtbot.waitUntil(lambda: bool(answers.found), timeout=LONG)
    answers.ask("song", label=answers.found[0].label)
    assert len(answers.found) == 2


def test_a_newer_question_of_the_same_place_replaces_the_older(
    qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    log = tmp_path / "song"
    log.touch()
    for seconds in (0, 12, 24, 36):
        answers.ask(str(log), seconds)
    answers.ask(str(log), 120, key="b")
    qtbot.waitUntil(lambda: len(answers.found) == 2, timeout=LONG)
    assert sorted(each.start for each in answers.found) == [36, 120]
    assert len(log.read_text().splitlines()) <= 3  # one may have been in hand already


def test_trouble_is_a_plain_sentence_and_is_asked_for_again(qtbot: QtBot, answers: Answers) -> None:
    answers.ask("silent")
    qtbot.waitUntil(lambda: len(answers.said) == 1, timeout=LONG)
    assert answers.said == ["There is no sound to explain at this place."]
    answers.ask("silent")
    qtbot.waitUntil(lambda: len(answers.said) == 2, timeout=LONG)


def test_what_is_cancelled_is_not_told(qtbot: QtBot, service: ExplainService, answers: Answers) -> None:
    answers.ask("song")
    service.cancel("a")
    answers.ask("other", key="b")
    qtbot.waitUntil(lambda: bool(answers.found), timeout=LONG)
    assert len(answers.found) == 1


def test_the_process_ends_when_nobody_has_asked_for_a_while(
    qtbot: QtBot, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain, "IDLE", 0.2)
    answers.ask("song")
    qtbot.waitUntil(lambda: bool(answers.found), timeout=LONG)
    qtbot.waitUntil(lambda: not children(), timeout=LONG)
    answers.ask("song", 40.0)
    qtbot.waitUntil(lambda: len(answers.found) == 2, timeout=LONG)


def test_closing_does_not_wait_for_what_is_in_hand(
    qtbot: QtBot, service: ExplainService, answers: Answers
) -> None:
    answers.ask("slow")
    qtbot.waitUntil(lambda: bool(children()), timeout=LONG)
    begun = time.monotonic()
    service.close()
    assert time.monotonic() - begun < 3.0
    assert not children()
    answers.ask("song")
    assert not service.busy("a")


def test_missing_weights_are_said(qtbot: QtBot, tmp_path: Path) -> None:
    """The real worker: a network that is not there, and a song that is."""
    service = ExplainService(str(tmp_path / "no.safetensors"))
    answers = Answers(service)
    answers.ask("song")
    qtbot.waitUntil(lambda: bool(answers.said), timeout=60_000)
    service.close()
    assert "cannot be read" in answers.said[0] or "not" in answers.said[0]
