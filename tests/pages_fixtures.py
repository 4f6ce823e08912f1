"""Services for tests of the pages: the invented library with albums, artists, genres, playlists and a tap."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.library.playlists import Playlist, entry_of, moved
from soniq_desktop.library.records import Album, Group, Problem, Track
from soniq_desktop.ui.services import Services
from tests.live_fixtures import FakeTap
from tests.ui_fixtures import ARTISTS, FakeLibrary, FakePlayer, MemoryStore, make_track


class PagesLibrary(FakeLibrary):
    """Ten songs an album, six artists, genres by tag."""

    folders_changed = Signal(list)

    def __init__(self, count: int = 120, delay_ms: int = 0) -> None:
        super().__init__(count, delay_ms)
        self.album_count = max(0, count // 10)

    def album(self, number: int) -> Album:
        track = make_track(number * 10 + 1)
        artist = ARTISTS[number % len(ARTISTS)]
        return Album(
            number, f"{track.tags.album} {number}", artist, 1990 + number % 30, 10, 2315.0, f"cover{number}"
        )

    def albums(self, text: str, artist: str | None, done: Callable[[list[Any]], None], key: str = "") -> None:
        found = [self.album(n) for n in range(self.album_count)]
        found = [a for a in found if text.casefold() in f"{a.title} {a.artist}".casefold()]
        self._later(done, [a for a in found if artist in (None, a.artist)])

    def _groups(self, names: Sequence[str], text: str) -> list[Group]:
        return [
            Group(name, 20 + n, 2 + n, 4000.0, tuple(f"cover{n + i}" for i in range(4 if n % 3 else 0)))
            for n, name in enumerate(names)
            if text.casefold() in name.casefold() and self.count
        ]

    def artists(self, text: str, done: Callable[[list[Any]], None], key: str = "") -> None:
        self._later(done, self._groups(ARTISTS, text))

    def genre_families(self, text: str, done: Callable[[list[Any]], None], key: str = "") -> None:
        self.genres(text, done, key)

    def genres(self, text: str, done: Callable[[list[Any]], None], key: str = "") -> None:
        self._later(
            done, self._groups(("Ambient", "Electronic", "Jazz", "Polka", "Rock/Metal", "Soul"), text)
        )

    def track_ids(self, query: Any, done: Callable[[Any], None], key: str = "") -> None:
        self.queries.append(query)
        ids = self._matches(query)
        if query.album_id is not None:
            ids = [i for i in ids if i // 10 == query.album_id][:10]
        if query.artist is not None:
            ids = [i for i in ids if self.get(i).artist == query.artist]
        if query.genre is not None:
            ids = [i for i in ids if self.get(i).tags.genre == query.genre]
        self._later(done, np.array(ids, np.int64))


class PagesPlayer(FakePlayer):
    """With a tap and the options of the settings page."""

    def __init__(self, library: FakeLibrary) -> None:
        super().__init__(library)
        self.tap: FakeTap | None = FakeTap(44_100)
        self.device_list: list[Any] = []

    def devices(self) -> list[Any]:
        return self.device_list

    def set_device(self, name: str | None) -> None:
        self._option("device", name)

    def set_loudness(self, mode: str) -> None:
        self._option("loudness", mode)

    def session(self) -> dict[str, Any]:
        return {**super().session(), "label": self.source}


class PagesPlaylists(QObject):
    """Playlists in memory, with the calls of PlaylistService."""

    changed = Signal()
    message = Signal(str)

    def __init__(self, library: FakeLibrary) -> None:
        super().__init__()
        self.library = library
        self.lists: dict[int, Playlist] = {}
        self.calls: list[tuple[str, Any]] = []

    def make(self, name: str, ids: Sequence[int], missing: int = 0) -> int:
        entries = [entry_of(self.library.get(i)) for i in ids]
        entries += [replace(entries[0], path=f"/gone/{n}.mp3", title=f"Gone {n}") for n in range(missing)]
        number = len(self.lists) + 1
        self.lists[number] = Playlist(number, name, "manual", tuple(entries))
        return number

    def all(self, done: Callable[[list[Playlist]], None]) -> None:
        QTimer.singleShot(0, lambda: done(list(self.lists.values())))

    def entries(self, playlist_id: int, done: Callable[[list[Any]], None]) -> None:
        def find(path: str) -> Track | None:
            return next(
                (t for i in range(1, self.library.count + 1) if (t := self.library.get(i)).path == path), None
            )

        rows = [(entry, find(entry.path)) for entry in self.lists[playlist_id].entries]
        QTimer.singleShot(0, lambda: done(rows))

    def _put(self, playlist_id: int, **changes: Any) -> None:
        self.lists[playlist_id] = replace(self.lists[playlist_id], **changes)
        self.changed.emit()

    def rename(self, playlist_id: int, name: str) -> None:
        self._put(playlist_id, name=name)

    def delete(self, playlist_id: int) -> None:
        del self.lists[playlist_id]
        self.changed.emit()

    def add(self, playlist_id: int, ids: Sequence[int], at: int | None = None) -> None:
        entries = list(self.lists[playlist_id].entries)
        at = len(entries) if at is None else at
        entries[at:at] = [entry_of(self.library.get(i)) for i in ids]
        self._put(playlist_id, entries=tuple(entries))

    def remove(self, playlist_id: int, positions: Sequence[int]) -> None:
        entries = self.lists[playlist_id].entries
        self._put(playlist_id, entries=tuple(e for i, e in enumerate(entries) if i not in positions))

    def move(self, playlist_id: int, positions: Sequence[int], to: int) -> None:
        self._put(playlist_id, entries=tuple(moved(self.lists[playlist_id].entries, positions, to)))

    def export_m3u(self, playlist_id: int, file: Any, *, relative: bool = True) -> None:
        self.calls.append(("export", (playlist_id, file)))


@dataclass
class Suggestion:
    """The shape of services.demo.FolderSuggestion."""

    path: str = "/home/someone/Music"
    files: int = 20_418
    bytes: int = 486_000_000_000
    minutes: float = 8.0
    counted: bool = True


@dataclass
class Composed:
    """The shape of DemoProgress."""

    done: int
    total: int
    title: str


class FakeDemo(QObject):
    """A demo library that composes when the test says so."""

    progress = Signal(object)
    finished = Signal(str)
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.running = False
        self.folder = "/cache/demo"
        self.found: Suggestion | None = Suggestion()

    def suggest(self, done: Callable[[Any], None]) -> None:
        done(self.found)

    def start(self) -> None:
        self.running = True

    def cancel(self) -> None:
        self.running = False
        self.progress.emit(None)


def make_problems() -> list[Problem]:
    reasons = (
        "The file ends before its sound begins.",
        "Decoding took longer than five minutes and was stopped.",
    )
    return [
        Problem(
            n, f"/music/broken/Träck {n:02}.mp3", n, ("tags", "listen")[n % 2], reasons[n % 2], 1.7e9 + n, n
        )
        for n in range(1, 4)
    ]


def pages_services(count: int = 120, delay_ms: int = 0) -> Services:
    """Services over an invented library."""
    from soniq_desktop.services.settings import SettingsService

    library = PagesLibrary(count, delay_ms)
    return Services(
        library=library,  # type: ignore[arg-type]
        player=PagesPlayer(library),  # type: ignore[arg-type]
        settings=SettingsService(MemoryStore()),
        playlists=PagesPlaylists(library),  # type: ignore[arg-type]
        demo=FakeDemo(),  # type: ignore[arg-type]
    )
