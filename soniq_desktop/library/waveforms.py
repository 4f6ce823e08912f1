"""Waveform overviews in the cache folder, one small file for each sound."""

import contextlib
import io
import os
import zipfile
from pathlib import Path

import numpy as np

from soniq_desktop.library.records import Waveform


def waveform_file(folder: Path, audio_hash: str) -> Path:
    """Where the overview of one sound lies."""
    return folder / audio_hash[:2] / f"{audio_hash}.npz"


def save_waveform(folder: Path, audio_hash: str, waveform: Waveform) -> None:
    """Write or replace the overview; readers see the old one or the new one, never a part.

    Raises:
        OSError: the cache cannot be written.
    """
    target = waveform_file(folder, audio_hash)
    target.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, peak=waveform.peak, rms=waveform.rms, colour=waveform.colour, loudness=waveform.loudness)
    temporary = target.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_bytes(buffer.getbuffer())
    temporary.replace(target)


def load_waveform(folder: Path, audio_hash: str) -> Waveform | None:
    """The overview, or None where it is not there or not readable (listening makes it again)."""
    target = waveform_file(folder, audio_hash)
    try:
        with np.load(io.BytesIO(target.read_bytes()), allow_pickle=False) as arrays:
            return Waveform(arrays["peak"], arrays["rms"], arrays["colour"], arrays["loudness"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        with contextlib.suppress(OSError):
            target.unlink()
        return None
