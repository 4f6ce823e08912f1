"""What docs/lab.md shows can be typed. `python -m tests.bench.run_lab_docs` types it."""

import inspect
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
import typer

from soniq_desktop.cli import commands as _  # noqa: F401 - fills the application
from soniq_desktop.cli.application import lab
from soniq_desktop.lab import api
from soniq_desktop.lab.embed.specs import MODELS
from soniq_desktop.lab.evaluation import MODELS as RECOMMENDERS
from tests.lab_docs import commands, examples

GROUP: Any = typer.main.get_command(lab)
FUNCTIONS = [name for name in api.__all__ if name.islower()]


@pytest.mark.parametrize("words", commands(), ids=lambda words: " ".join(words[1:4]))
def test_every_command_of_the_page_is_understood(words: list[str]) -> None:
    assert words[0] == "lab"
    given = GROUP.commands[words[1]].make_context(words[1], words[2:]).params
    known = RECOMMENDERS if words[1] in {"evaluate", "tune"} else MODELS
    models = given.get("model") or ()
    assert set([models] if isinstance(models, str) else models) <= set(known)


def test_the_page_shows_every_command() -> None:
    assert {words[1] for words in commands()} == set(GROUP.commands)


def test_every_example_of_the_page_calls_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    called = set()

    def recorded(name: str) -> Any:
        signature = inspect.signature(getattr(api, name))

        def call(*args: Any, **named: Any) -> MagicMock:
            signature.bind(*args, **named)
            called.add(name)
            return MagicMock()

        return call

    for name in FUNCTIONS:
        monkeypatch.setattr(api, name, recorded(name), raising=False)
    names = {"__name__": "__main__", "Path": Path}
    for text in examples():
        exec(compile(text, "docs/lab.md", "exec"), names)
    assert called == set(FUNCTIONS)
