"""`soniq doctor`: what works here and what does not."""

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from soniq_desktop import __version__
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.paths import Paths

PACKAGES = (
    "PySide6-Essentials", "numpy", "scipy", "torch", "torchaudio", "librosa", "demucs", "av", "soxr",
    "sounddevice", "rtmixer", "mutagen", "hnswlib", "tinydb", "watchdog",
)  # fmt: skip
OPTIONAL = {"hnswlib"}
ROOM = 2 << 30  # bytes of free space below which caches and backups become a worry

State = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. A note is worth knowing; a problem needs something to be done."""

    area: str
    state: State
    text: str


def examine(paths: Paths) -> list[Finding]:
    """Look at everything; a part that fails becomes a problem of its own."""
    found: list[Finding] = []
    for area, look in CHECKS:
        try:
            found += [Finding(area, state, text) for state, text in look(paths)]
        except SoniqError as error:
            found.append(Finding(area, "problem", str(error)))
        except Exception as error:  # noqa: BLE001 - a doctor does not faint
            found.append(Finding(area, "problem", f"{type(error).__name__}: {error}"))
    return found


Lines = Iterator[tuple[State, str]]


def _versions(_: Paths) -> Lines:
    yield "ok", f"SONIQ {__version__}, Python {platform.python_version()} on {platform.platform()}"
    known = {name: _version(name) for name in PACKAGES}
    yield "ok", ", ".join(f"{name} {version}" for name, version in known.items() if version)
    for name, version in known.items():
        if version is None and name not in OPTIONAL:
            yield "problem", f"{name} is not installed."
    pyside = known["PySide6-Essentials"] or ""
    if pyside.startswith("6.12.0") and sys.version_info < (3, 12):
        yield "problem", "PySide6 6.12.0 aborts on Python 3.11; install a version below 6.12."


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _folders(paths: Paths) -> Lines:
    for name, folder in (("data", paths.data), ("cache", paths.cache), ("logs", paths.logs)):
        there = folder.is_dir()
        if there and not os.access(folder, os.W_OK):
            yield "problem", f"The {name} folder {folder} cannot be written."
        else:
            yield "ok", f"{name}: {folder}{'' if there else ' (not made yet)'}"
    nearest = next(parent for parent in (paths.data, *paths.data.parents) if parent.exists())
    free = shutil.disk_usage(nearest).free
    yield ("ok" if free > ROOM else "problem"), f"free space: {free / 1e9:.1f} GB"


def _library(paths: Paths) -> Lines:
    from soniq_desktop.library.backup import backups
    from soniq_desktop.library.catalogue import Catalogue
    from soniq_desktop.library.database import check

    if not paths.catalogue.exists():
        yield "ok", "There is no library yet; it is made when the first folder is added."
        return
    damage = check(paths.catalogue)
    for line in damage:
        yield "problem", f"The library database is damaged: {line}"
    if damage:
        return
    with Catalogue(paths.catalogue, waveforms=paths.waveforms) as catalogue:
        counts = catalogue.counts()
        yield "ok", f"database sound, {counts.tracks:,} tracks, {counts.listened:,} listened to"
        if counts.problems:
            yield (
                "note",
                f"{counts.problems:,} files could not be read; the window lists them under Problems.",
            )
        for folder in catalogue.folders():
            if not os.path.isdir(folder):  # noqa: PTH112 - may hold surrogate escapes
                yield "note", f"The music folder {folder} is not there now."
    newest = max((backup.day for backup in backups(paths.backups)), default=None)
    yield "ok", f"newest backup: {newest or 'none yet'}"


def _index(_: Paths) -> Lines:
    from soniq_desktop.discovery.neighbours import index_kind

    if index_kind() == "hnsw":
        yield "ok", "hnswlib (approximate, fast at any size)"
    else:
        yield (
            "note",
            "exact search: hnswlib is not installed. It is slower on libraries above 100,000 tracks.",
        )


def _fingerprints(paths: Paths) -> Lines:
    from soniq_desktop.fingerprint.inspection import examine
    from soniq_desktop.fingerprint.store import FingerprintStore

    if not paths.fingerprints.is_dir():
        yield "ok", "There is no fingerprint index yet; listening makes it."
        return
    damage = examine(paths.fingerprints)
    for sentence in damage:
        yield "problem", f"{sentence} It is set aside; its tracks are fingerprinted again at the next scan."
    size = sum(each.stat().st_size for each in paths.fingerprints.iterdir())
    with FingerprintStore(paths.fingerprints, merging=False) as store:
        if damage:
            store.repair()
        tracks, segments = len(store.track_ids()), len(store.snapshot().segments)
    if not damage:
        yield "ok", f"fingerprint index sound, {tracks:,} tracks in {segments} segments, {size / 1e6:.1f} MB"


def _models(_: Paths) -> Lines:
    from soniq_desktop.models.registry import weights_status

    for status in weights_status():
        title = f"{status.weights.title} ({status.weights.licence})"
        yield ("problem", status.problem) if status.problem else ("ok", f"{title}, checksum right")


def _devices(_: Paths) -> Lines:
    from soniq_desktop.audio.devices import output_devices

    devices = output_devices()
    if not devices:
        yield "note", "No sound device was found; SONIQ opens and says so."
    for device in devices:
        default = ", the system's choice" if device.default else ""
        yield "ok", f"{device.name}: {device.channels} channels, {device.sample_rate:,} Hz{default}"


def _display(_: Paths) -> Lines:
    names = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")
    found = [f"{name}={os.environ[name]}" for name in names if os.environ.get(name)]
    if found or not sys.platform.startswith("linux"):
        yield "ok", ", ".join(found) or "the system's own"
    else:
        yield "note", "There is no display, so the window cannot open; “soniq tour” works."


CHECKS: tuple[tuple[str, Callable[[Paths], Lines]], ...] = (
    ("versions", _versions),
    ("folders", _folders),
    ("library", _library),
    ("index", _index),
    ("fingerprints", _fingerprints),
    ("models", _models),
    ("sound", _devices),
    ("display", _display),
)
