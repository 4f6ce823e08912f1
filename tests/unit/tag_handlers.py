"""Tag readers that come to grief; run in the scanner's processes."""

import os
import time

from soniq_desktop.library.tags import read_batch


def dies_at_third(task):
    """Crashes like a decoder with a bug would, at one file."""
    if _holds_third(task):
        os._exit(139)
    return read_batch(task)


def hangs_at_third(task):
    """Never comes back from one file."""
    if _holds_third(task):
        time.sleep(600)
    return read_batch(task)


def _holds_third(task) -> bool:
    return any(path.endswith("03.flac") for path in task["paths"])
