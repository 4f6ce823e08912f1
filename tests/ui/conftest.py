"""Fixtures for tests that need Qt: timers and QThreads must not outlive the test."""

import gc
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from soniq_desktop.services.settings import SettingsService
from tests.patient_bot import qtbot  # noqa: F401 (a fixture)
from tests.ui_fixtures import MemoryStore


@pytest.fixture
def settings(qapp: QApplication) -> Iterator[SettingsService]:
    """Settings that are kept in memory; a module with another need has its own."""
    service = SettingsService(MemoryStore())
    yield service
    service.close()


def describe(thing: QTimer | QThread) -> str:
    every = f" every {thing.interval()} ms" if isinstance(thing, QTimer) else ""
    return f"{type(thing).__name__} {thing.objectName()!r}{every} of {thing.parent()!r}"


def running() -> list[str]:
    """Every QTimer that ticks and every QThread that runs, described. Slow: one pass over all objects."""
    found = []
    for thing in gc.get_objects():
        if not issubclass(type(thing), QTimer | QThread):  # isinstance would wake torch's lazy objects
            continue
        try:
            if thing.isActive() if isinstance(thing, QTimer) else thing.isRunning():
                found.append(describe(thing))
        except RuntimeError:  # its C++ side is gone
            continue
    return found


class _Strays(QObject):
    """Remembers parts that were shown before they had a parent: for a moment each was a window and took the
    focus."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[QWidget] = []

    def eventFilter(self, thing: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(thing, QWidget) and thing.isWindow():
            self._shown.append(thing)
        return False

    def found(self) -> list[str]:
        """Those that have come to stand in another widget since."""
        alive = [widget for widget in self._shown if shiboken6.isValid(widget)]
        return [repr(widget) for widget in alive if not widget.isWindow()]


@pytest.fixture(autouse=True)
def _no_stray_windows(qapp: QApplication) -> Iterator[None]:
    """No part of a window is ever a window of its own."""
    strays = _Strays()
    qapp.installEventFilter(strays)
    yield
    qapp.removeEventFilter(strays)
    found = strays.found()
    assert not found, f"shown before they had a parent: {found}"


@pytest.fixture(autouse=True)
def _no_qt_leaks(qapp: QApplication) -> Iterator[None]:
    """Close every window; then nothing may tick or run."""
    yield
    for widget in qapp.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qapp.processEvents()
    if running():
        gc.collect()
        qapp.processEvents()
    left = running()
    assert not left, f"left running: {left}"
