"""The program as the system sees it: a process that is started, asked to stop, and started twice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def start(home: Path, *arguments: str) -> subprocess.Popen:
    env = os.environ | {"SONIQ_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    program = "import sys; from soniq_desktop.app import main; sys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for_log(home: Path, text: str, seconds: float = 60) -> bool:
    log = home / "logs" / "soniq.log"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if log.exists() and text in log.read_text(encoding="utf-8"):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to be asked with")
def test_a_polite_kill_saves_the_session(tmp_path):
    running = start(tmp_path)
    try:
        assert wait_for_log(tmp_path, "The window is open")
        running.send_signal(signal.SIGTERM)
        _, errors = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == 0, errors
    assert "SONIQ ends." in (tmp_path / "logs" / "soniq.log").read_text(encoding="utf-8")
    assert "window.session" in (tmp_path / "documents.json").read_text(encoding="utf-8")
    json.loads((tmp_path / "documents.json").read_text(encoding="utf-8"))


def test_a_second_start_ends_at_once_and_the_first_goes_on(tmp_path):
    first = start(tmp_path)
    try:
        assert wait_for_log(tmp_path, "The window is open")
        second = start(tmp_path)
        _, errors = second.communicate(timeout=60)
        assert second.returncode == 0, errors
        assert first.poll() is None
    finally:
        first.terminate()
        first.communicate(timeout=30)
        first.kill()
