"""pytest-qt's bot with patience for a machine that is busy."""

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

PATIENCE = 30_000  # milliseconds; a wait ends when its condition holds, so a test that passes takes no longer


class PatientBot(QtBot):
    """Waits at least half a minute for what a test needs; speed is measured in tests/bench."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE) -> None:
        super().waitUntil(callback, timeout=max(timeout, PATIENCE))

    def waitSignal(self, signal: Any, *, timeout: int = 0, raising: bool | None = None, **more: Any) -> Any:
        return super().waitSignal(signal, timeout=patience(timeout, raising), raising=raising, **more)

    def waitSignals(self, signals: Any, *, timeout: int = 0, raising: bool | None = None, **more: Any) -> Any:
        return super().waitSignals(signals, timeout=patience(timeout, raising), raising=raising, **more)


def patience(timeout: int, raising: bool | None) -> int:
    """Who does not mind that no signal comes waits as long as was said."""
    return timeout if raising is False else max(timeout, PATIENCE)


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> PatientBot:
    return PatientBot(request)
