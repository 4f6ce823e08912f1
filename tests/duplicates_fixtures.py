"""Groups and versions of invented tracks, and a service that records what it is asked."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from soniq_desktop.fingerprint.duplicates import Copy, Duplicates, Group, Version
from soniq_desktop.fingerprint.overlay import Relation
from soniq_desktop.library.records import Track
from soniq_desktop.services.duplicates import Found, Likeness
from soniq_desktop.ui.services import Services
from tests.ui_fixtures import fake_services, make_track


def encoded(number: int, title: str, codec: str, **tags: Any) -> Track:
    """A track with this encoding."""
    plain = make_track(number, size=4_000_000 * number, added_at=1.7e9, audio_hash=f"{number:032x}")
    values = {"title": title, "codec": codec, "bit_depth": 0, "bitrate": 128_000, "duration": 200.0} | tags
    return replace(plain, tags=replace(plain.tags, **values))


def make_group(first: int = 1, title: str = "Ferry Wake") -> Group:
    """A lossless file, an MP3 that begins 4 s later in the music, and a copy whose file is missing."""
    keep = encoded(first, title, "flac", bit_depth=16, bitrate=0)
    late = Copy(encoded(first + 1, title, "mp3", duration=196.0), -4.0, 195.0, False)
    gone = Copy(replace(encoded(first + 2, title, "opus"), missing=True), 0.0, 200.0, False)
    return Group(keep, (late, gone))


def make_version(first: int = 11) -> Version:
    edit = encoded(first + 1, "Copper Rain (radio edit)", "mp3", duration=150.0)
    return Version(encoded(first, "Copper Rain", "mp3", duration=240.0), edit, -30.0, 148.0)


def make_found(groups: int = 1, versions: int = 1, **changes: Any) -> Found:
    found = Duplicates(
        tuple(make_group(10 * n + 1, f"Song {n}") for n in range(groups)),
        tuple(make_version(10_001 + 10 * n) for n in range(versions)),
    )
    return replace(Found(found, 50, 50, 52, 0, True), **changes)


class FakeDuplicates(QObject):
    """Records the commands; tests emit the signals."""

    state_changed = Signal(str)
    progressed = Signal(object)
    found = Signal(object)
    failed = Signal(str)
    message = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []
        self.status = "idle"
        self.answer: Likeness | str = "No answer."

    def state(self) -> str:
        return self.status

    def go(self, state: str) -> None:
        self.status = state
        self.state_changed.emit(state)

    def compare(
        self, one: int, other: int, done: Callable[[Any], None], failed: Callable[[str], None]
    ) -> None:
        self.calls.append(("compare", one, other))
        if isinstance(self.answer, str):
            failed(self.answer)
        else:
            done(self.answer)

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name in {"look", "cancel", "say_different", "take_back", "take_all_back"}:
            return lambda *args: self.calls.append((name, *args))
        raise AttributeError(name)


def make_likeness(**relation: Any) -> Likeness:
    """Of two versions of a song."""
    version = make_version()
    values = {"share": 0.62, "share_of_other": 0.98, "straight": 0.98} | relation
    found = Relation(version.track.id, version.other.id, -30.0, 148.0, **values)
    return Likeness(version.track, version.other, found)


def duplicates_services(count: int = 60) -> Services:
    """Invented services with a FakeDuplicates."""
    return replace(fake_services(count), duplicates=FakeDuplicates())  # type: ignore[arg-type]
