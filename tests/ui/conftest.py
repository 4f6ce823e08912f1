"""Fixtures for tests that need Qt: timers and QThreads must not outlive the test."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from PySide6.QtWidgets import QApplication


def _running(kind: type) -> list[str]:
    gc.collect()
    active = {QTimer: "isActive", QThread: "isRunning"}[kind]
    found = []
    for thing in gc.get_objects():
        try:
            if isinstance(thing, kind) and getattr(thing, active)():
                found.append(f"{type(thing).__name__} {thing.objectName()!r} of {thing.parent()!r}")
        except (RuntimeError, ReferenceError):
            continue
    return found


@pytest.fixture(autouse=True)
def _no_qt_leaks(qapp: QApplication) -> Iterator[None]:
    """Close every window, then nothing may tick or run."""
    timers, threads = len(_running(QTimer)), len(_running(QThread))
    yield
    for widget in qapp.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qapp.processEvents()
    left = _running(QThread)
    assert len(left) <= threads, f"QThreads left running: {left}"
    left = _running(QTimer)
    assert len(left) <= timers, f"QTimers left running: {left}"
