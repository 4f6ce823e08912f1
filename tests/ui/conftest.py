"""Fixtures for tests that need Qt: timers and QThreads must not outlive the test."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from PySide6.QtWidgets import QApplication


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
