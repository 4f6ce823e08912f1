"""A lock between processes, held by an open file: the system lets go of it when the process dies."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

POLL = 0.02  # seconds


@contextlib.contextmanager
def locked(path: Path, timeout: float) -> Iterator[bool]:
    """Hold the lock at `path` for the block; False where somebody else kept it for `timeout` seconds.

    Threads of one process exclude each other, too: each holds a file of its own.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        yield _wait(descriptor, timeout)
    finally:
        os.close(descriptor)


def _wait(descriptor: int, timeout: float) -> bool:
    end = time.monotonic() + timeout
    while not _take(descriptor):
        if time.monotonic() >= end:
            return False
        time.sleep(POLL)
    return True


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
