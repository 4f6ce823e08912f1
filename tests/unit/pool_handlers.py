"""Handlers that misbehave in every way a decoder can; run in the children of test_processes."""

import os
import signal
import sys
import time

PREPARED: dict[str, object] = {}


def setup(values):
    PREPARED.update(values)


def double(task):
    return task * 2


def work(task):  # noqa: C901
    """A small language of mishaps."""
    match task:
        case ("sleep", seconds):
            time.sleep(seconds)
        case ("die",):
            os._exit(11)
        case ("segfault",):
            os.kill(os.getpid(), signal.SIGSEGV)
        case ("raise", text):
            raise ValueError(text)
        case ("grow", size):
            keep = bytearray(os.urandom(1)) * size
            time.sleep(20)
            return len(keep)
        case ("unpicklable",):
            return lambda: None
        case ("bytes", size):
            return bytes(size)
        case ("environment",):
            return {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY")}
        case ("prepared",):
            return dict(PREPARED)
        case ("pid",):
            return os.getpid()
        case ("nice",):
            return os.nice(0)
        case ("modules",):
            return sorted(name for name in sys.modules if name in {"pytest", "PySide6", "numpy", "torch"})
        case ("interrupt",):
            os.kill(os.getpid(), signal.SIGINT)
            return "still here"
    return task
