"""Ctrl+C in a terminal: a command ends at once, says so, and leaves no process behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

# Background jobs of a shell without job control start with SIGINT ignored, and so would the command.
PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from soniq_desktop.cli import main
sys.exit(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_composing_with_130_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    command = [sys.executable, "-c", PROGRAM, "demo", "--no-add", "--folder", str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    children: list[psutil.Process] = []
    end = time.monotonic() + 60
    while not children and time.monotonic() < end:
        time.sleep(0.1)
        children = psutil.Process(process.pid).children(recursive=True)
    assert children
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the group gets it
    try:
        _, errors = process.communicate(timeout=30)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert errors.rstrip().endswith("Stopped. What was finished is kept.")
    assert not psutil.wait_procs(children, timeout=5)[1]
    assert not folder.exists()
