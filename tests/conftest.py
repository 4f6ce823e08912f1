"""Fixtures for every test: no display, no sound card, a home of its own, nothing left running."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from soniq_desktop.common.paths import Paths


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may see or touch the real library of the person who runs it."""
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path / "home"))


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A fresh SONIQ home with its folders."""
    return Paths.under(tmp_path / "home").ensure()


def _processes() -> set[psutil.Process]:
    """Children that are alive, without the resource tracker that multiprocessing keeps on purpose."""
    return {child for child in psutil.Process().children(recursive=True) if not _is_tracker(child)}


def _is_tracker(process: psutil.Process) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        return "resource_tracker" in " ".join(process.cmdline())
    except psutil.Error:
        return True


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if not thread.name.startswith("pytest_timeout")}


def _gone(before: set, now, seconds: float = 10.0) -> set:  # type: ignore[type-arg, no-untyped-def]
    """What is left of the new ones after a grace period."""
    end = time.monotonic() + seconds
    while (left := now() - before) and time.monotonic() < end:
        time.sleep(0.02)
    return left


@pytest.fixture(autouse=True)
def _nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """A thread or a process that outlives its test fails the test."""
    threads, processes = _threads(), _processes()
    yield
    left = _gone(threads, _threads)
    assert not left, f"threads left running: {sorted(t.name for t in left)}"
    orphans = _gone(processes, _processes)
    assert not orphans, f"processes left running: {[' '.join(p.cmdline()) for p in orphans]}"
