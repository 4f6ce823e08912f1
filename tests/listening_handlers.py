"""What a listening process does in tests of the runner: the name of the file says how it goes."""

import os
import time
from pathlib import Path

import numpy as np

from soniq_desktop.common.errors import UnreadableAudioError
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.records import Features, Listening, Waveform

FLAT = np.zeros(1_024, np.uint8)


def listen(path: str) -> Listening:
    """Succeeds after 20 ms, unless the name begins with crash, hang or bad; "slow" takes half a second."""
    kind = Path(path).name.rstrip("0123456789")
    if kind == "crash":
        os.abort()
    if kind == "hang":
        time.sleep(60)
    if kind == "bad":
        raise UnreadableAudioError("There is no sound in this file.")
    time.sleep(0.5 if kind == "slow" else 0.02)
    return Listening(
        "0" * 32, 100.0, Features(FEATURES_VERSION), Waveform(FLAT, FLAT, FLAT, np.zeros(10, np.float32))
    )
