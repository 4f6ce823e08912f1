"""Small libraries for the catalogue's tests: no files, only what scanner and listener would report."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import settings

from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Features, Listening, Tags, Waveform

unhurried = settings(deadline=None, max_examples=60)  # databases and loaded machines take their time

FEATURES = Features(version=FEATURES_VERSION, loudness=-11.5, tempo=120.0, key=9, mode="minor", energy=0.5)


def open_catalogue(folder: Path) -> Catalogue:
    """An empty catalogue with /music as its folder."""
    catalogue = Catalogue(folder / "library.sqlite3")
    catalogue.add_folder("/music")
    return catalogue


def scanned(
    path: str, *, size: int = 1000, mtime_ns: int = 1, audio_hash: str | None = None, **tags: object
) -> ScannedFile:
    """A file with these tags, ten seconds of FLAC unless told otherwise."""
    values = {"duration": 10.0, "codec": "flac"} | tags
    return ScannedFile(path, size, mtime_ns, Tags(**values), audio_hash)  # type: ignore[arg-type]


def digest(name: str) -> str:
    """A hash as `audio_hash` gives it, different for each name."""
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


def listening(name: str = "sound", **features: object) -> Listening:
    """What listening says of the sound called `name`."""
    vector = np.full(4, len(name), np.float32)
    return Listening(
        digest(name),
        10.0,
        replace(FEATURES, **features),  # type: ignore[arg-type]
        waveform(),
        (Embedding("musicnn-msd", 1, vector, np.array([0.25, 0.75], np.float32)),),
    )


def waveform() -> Waveform:
    """A ramp."""
    ramp = np.arange(16, dtype=np.uint8)
    return Waveform(ramp, ramp // 2, ramp[::-1].copy(), np.linspace(-30, -10, 5, dtype=np.float32))
