"""In-memory services with the signals of docs/architecture.md, for tests that drive the window."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPixmap

from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.records import (
    BeatGrid,
    Features,
    LibraryCounts,
    Problem,
    Tags,
    Track,
    TrackQuery,
    Waveform,
)
from soniq_desktop.ui.services import Services
from tests.discovery_ui_fixtures import FakeDiscovery

WORDS = (
    "Ferry",
    "Copper",
    "Patron",
    "Lighthouse",
    "Anvil",
    "Millibar",
    "Ninth",
    "Postmark",
    "Vacancy",
    "Rain",
)
MORE = ("Wake", "Honey", "Change", "Arithmetic", "Orchard", "Hymn", "Landing", "Erg", "Vultures", "Compline")
ARTISTS = ("Ostra Kvarn", "Teodora Vane", "Hex Laundry", "Tin Meridian", "Ferrous Bloom", "Velvet Isobar")
GENRES = (
    "Electronic", "Soul", "Rock/Metal", "Rock/Electronic", "Metal", "Ambient/Classical", "Jazz", "Pop",
    "Blues", "Hip-Hop", "Folk", "Polka",
)  # fmt: skip


def make_track(number: int, **changes: Any) -> Track:
    """A track with values that depend on its number alone; ids start at 1."""
    dice = random.Random(number)
    tags = Tags(
        title=f"{dice.choice(WORDS)} {dice.choice(MORE)} {number}",
        artist=dice.choice(ARTISTS),
        album=f"{dice.choice(MORE)} Protocol",
        genre=dice.choice(GENRES),
        year=1970 + number % 55,
        duration=float(120 + number * 7 % 400),
        codec="flac" if number % 3 else "mp3",
        sample_rate=44100,
        channels=2,
        artwork=f"cover{number % 24}",
    )
    features = Features(
        version=FEATURES_VERSION,
        loudness=-9.2,
        tempo=float(60 + number * 13 % 120),
        key=number % 12,
        mode="minor" if number % 2 else "major",
        energy=(number * 37 % 100) / 100,
    )
    track = Track(
        id=number,
        path=f"/music/{tags.artist}/{number:05d}.flac",
        tags=tags,
        features=None if number % 12 == 0 else features,
        liked=number % 5 == 1,
        plays=number * 11 % 60,
        state="new" if number % 12 == 0 else "listened",
    )
    return replace(track, **changes)


def make_cover(key: str, size: int) -> QPixmap:
    """A picture that depends on its key."""
    dice = random.Random(key)
    first, second = (QColor.fromHsvF(dice.random(), 0.7, value) for value in (0.35, 0.75))
    pixmap = QPixmap(size, size)
    fade = QLinearGradient(QPointF(0, 0), QPointF(size, size))
    fade.setColorAt(0, first)
    fade.setColorAt(1, second)
    painter = QPainter(pixmap)
    painter.fillRect(pixmap.rect(), fade)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor.fromHsvF(dice.random(), 0.55, 0.95))
    side = size * 0.45
    painter.drawEllipse(QRectF(size * dice.uniform(0.1, 0.5), size * dice.uniform(0.1, 0.5), side, side))
    painter.end()
    return pixmap


def make_waveform(bars: int = 1024) -> Waveform:
    """A waveform with sections, so that the colours show."""
    dice = np.random.default_rng(4)
    sections = np.repeat(dice.uniform(0.25, 1.0, 12), bars // 12 + 1)[:bars]
    peak = (sections * dice.uniform(0.5, 1.0, bars) * 255).astype(np.uint8)
    colour = np.clip(np.linspace(30, 240, bars) + dice.normal(0, 18, bars), 0, 255).astype(np.uint8)
    return Waveform(peak, (peak * 0.6).astype(np.uint8), colour, np.full(100, -12, np.float32))


@dataclass(frozen=True)
class FakeProgress:
    """The shape of services.library.Progress."""

    stage: str = "listen"
    done: int = 13884
    total: int = 20418
    item: str = "~/Music/Nadir Choir/Vespers for a Power Station/07 Turbine Compline.flac"
    rate: float = 41.3
    seconds_left: float | None = 158.0
    paused: bool = False


class FakeLibrary(QObject):
    """Tracks by number, made when they are asked for."""

    changed = Signal()
    tracks_updated = Signal(list)
    counts_changed = Signal(object)
    problems_changed = Signal(int)
    progress = Signal(object)
    notice = Signal(str)
    artwork_ready = Signal(str)

    def __init__(self, count: int = 200, delay_ms: int = 0) -> None:
        super().__init__()
        self.count = count
        self.delay_ms = delay_ms
        self.calls: list[tuple[str, Any]] = []
        self.edited: dict[int, Track] = {}
        self.queries: list[TrackQuery] = []
        self.fetched: list[list[int]] = []
        self.music_folders = ["/music"] if count else []
        self.problem_list: list[Problem] = []
        self.located: dict[str, int] = {}
        self.covers: dict[tuple[str, int], QPixmap] = {}

    def _later(self, done: Callable[[Any], None], result: Any) -> None:
        QTimer.singleShot(self.delay_ms, lambda: done(result))

    def get(self, track_id: int) -> Track:
        return self.edited.get(track_id) or make_track(track_id)

    def edit(self, track_id: int, **changes: Any) -> None:
        self.edited[track_id] = replace(self.get(track_id), **changes)
        self.tracks_updated.emit([track_id])

    def _matches(self, query: TrackQuery) -> list[int]:
        ids = range(1, self.count + 1)
        filters = query.filters
        if query.text:
            words = query.text.casefold().split()
            found = [
                i for i in ids
                if all(w in f"{self.get(i).title} {self.get(i).artist}".casefold() for w in words)
            ]  # fmt: skip
        else:
            found = list(ids)
        if filters.liked:
            found = [i for i in found if self.get(i).liked]
        if filters.lossless:
            found = [i for i in found if self.get(i).tags.codec == "flac"]
        if query.sort == "title":
            found.sort(key=lambda i: self.get(i).title)
        if query.descending:
            found.reverse()
        return found

    def track_ids(self, query: TrackQuery, done: Callable[[Any], None], key: str | None = None) -> None:
        self.queries.append(query)
        self._later(done, np.array(self._matches(query), np.int64))

    def tracks(self, ids: Sequence[int], done: Callable[[list[Track]], None], key: str | None = None) -> None:
        self.fetched.append(list(ids))
        self._later(done, [self.get(int(i)) for i in ids if 0 < i <= self.count])

    def track(self, track_id: int, done: Callable[[Track | None], None]) -> None:
        self._later(done, self.get(track_id) if 0 < track_id <= self.count else None)

    def total_duration(self, ids: Sequence[int], done: Callable[[float], None]) -> None:
        self._later(done, 231.5 * len(ids))

    def albums(self, text: str, artist: str | None, done: Callable[[list[Any]], None]) -> None:
        self._later(done, [])

    def artists(self, text: str, done: Callable[[list[Any]], None]) -> None:
        self._later(done, [])

    def genres(self, text: str, done: Callable[[list[Any]], None]) -> None:
        self._later(done, [])

    def genre_families(self, text: str, done: Callable[[list[Any]], None]) -> None:
        self._later(done, [])

    def problems(self, done: Callable[[list[Problem]], None]) -> None:
        self._later(done, self.problem_list)

    def waveform(self, track_id: int, done: Callable[[Waveform | None], None]) -> None:
        self._later(done, make_waveform() if self.get(track_id).features else None)

    def beat_grid(self, track_id: int, done: Callable[[BeatGrid | None], None]) -> None:
        beats = np.arange(0.0, 200.0, 0.5, dtype=np.float32)
        grid = BeatGrid(beats, np.arange(len(beats)) % 4 == 0, 0.9, 4)
        self._later(done, grid if self.get(track_id).features else None)

    def correct_tempo(self, track_id: int, bpm: float | None) -> None:
        self.calls.append(("correct_tempo", (track_id, bpm)))

    def artwork(self, key: str, size: int) -> QPixmap | None:
        if (key, size) not in self.covers:
            self.covers[(key, size)] = make_cover(key, size)
        return self.covers[(key, size)]

    def locate(self, paths: list[str], done: Callable[[Any], None], key: str | None = None) -> None:
        self._later(done, [self.located.get(path) for path in paths])

    def folders(self) -> list[str]:
        return self.music_folders

    def counts(self) -> LibraryCounts:
        return (
            LibraryCounts(20418, 1732, 894, 12, 3, 486_000_000_000, 13884, 3)
            if self.count
            else LibraryCounts()
        )

    def set_liked(self, track_id: int, liked: bool) -> None:
        self.calls.append(("set_liked", (track_id, liked)))
        self.edit(track_id, liked=liked)

    def add_folder(self, path: str) -> None:
        self.calls.append(("add_folder", path))
        self.music_folders.append(path)
        self.changed.emit()

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name in {"pause", "resume", "cancel", "rescan", "retry", "retry_all", "dismiss", "listen_first",
                    "remove_folder"}:  # fmt: skip
            return lambda *args: self.calls.append((name, args))
        raise AttributeError(name)


class FakePlayer(QObject):
    """A queue and a clock that tests move by hand."""

    track_changed = Signal(object)
    state_changed = Signal(str)
    position_changed = Signal(float)
    queue_changed = Signal()
    options_changed = Signal()
    message = Signal(str)

    def __init__(self, library: FakeLibrary) -> None:
        super().__init__()
        self.library = library
        self.ids: list[int] = []
        self.at = -1
        self.status = "stopped"
        self.now = 0.0
        self.options: dict[str, Any] = {
            "volume": 0.7, "muted": False, "shuffle": False, "repeat": "off", "crossfade": 0.0
        }  # fmt: skip
        self.source = ""
        self.calls: list[tuple[str, Any]] = []

    def play(self, ids: Sequence[int], start: int = 0, source: str = "songs") -> None:
        self.ids, self.at, self.source = [int(i) for i in ids], start, source
        self.now = 0.0
        self._set_state("playing")
        self.queue_changed.emit()
        self.track_changed.emit(self.track())

    def _set_state(self, state: str) -> None:
        self.status = state
        self.state_changed.emit(state)

    def state(self) -> str:
        return self.status

    def play_next(self, ids: Sequence[int]) -> None:
        self.ids[self.at + 1 : self.at + 1] = [int(i) for i in ids]
        self.queue_changed.emit()

    def add(self, ids: Sequence[int]) -> None:
        self.ids += [int(i) for i in ids]
        self.queue_changed.emit()

    def toggle(self) -> None:
        if self.track():
            self._set_state("paused" if self.status == "playing" else "playing")

    def pause(self) -> None:
        self._set_state("paused")

    def stop(self) -> None:
        self._set_state("stopped")

    def next(self) -> None:
        self._go(1)

    def previous(self) -> None:
        self._go(-1)

    def _go(self, by: int) -> None:
        if 0 <= self.at + by < len(self.ids):
            self.at += by
            self.queue_changed.emit()
            self.track_changed.emit(self.track())

    def seek(self, seconds: float) -> None:
        self.now = seconds
        self.calls.append(("seek", seconds))
        self.position_changed.emit(seconds)

    def _option(self, name: str, value: Any) -> None:
        self.options[name] = value
        self.options_changed.emit()

    def volume(self) -> float:
        return self.options["volume"]

    def muted(self) -> bool:
        return self.options["muted"]

    def shuffle(self) -> bool:
        return self.options["shuffle"]

    def repeat(self) -> str:
        return self.options["repeat"]

    def crossfade(self) -> float:
        return self.options["crossfade"]

    def set_volume(self, value: float) -> None:
        self._option("volume", value)

    def set_muted(self, value: bool) -> None:
        self._option("muted", value)

    def set_shuffle(self, value: bool) -> None:
        self._option("shuffle", value)

    def set_repeat(self, value: str) -> None:
        self._option("repeat", value)

    def set_crossfade(self, value: float) -> None:
        self._option("crossfade", value)

    def set_loudness(self, value: str) -> None:
        self._option("loudness", value)

    def set_device(self, value: str | None) -> None:
        self._option("device", value)

    def jump(self, index: int) -> None:
        self._go(index - self.at)

    def playing_from(self) -> str:
        return self.source

    def queue(self) -> list[int]:
        return list(self.ids)

    def current_index(self) -> int:
        return self.at

    def upcoming(self) -> list[int]:
        return self.ids[self.at + 1 :]

    def move(self, source: int, target: int) -> None:
        self.ids.insert(target, self.ids.pop(source))
        self.queue_changed.emit()

    def remove(self, index: int) -> None:
        del self.ids[index]
        self.queue_changed.emit()

    def clear(self) -> None:
        self.ids, self.at = [], -1
        self.queue_changed.emit()

    def position(self) -> float:
        return self.now

    def duration(self) -> float:
        track = self.track()
        return track.tags.duration if track else 0.0

    def track(self) -> Track | None:
        return self.library.get(self.ids[self.at]) if 0 <= self.at < len(self.ids) else None

    def devices(self) -> list[Any]:
        return []

    def session(self) -> dict[str, Any]:
        return {"queue": self.ids, "index": self.at, "position": self.now}

    def restore(self, session: dict[str, Any]) -> None:
        self.ids, self.at = session.get("queue", []), session.get("index", -1)
        self.queue_changed.emit()
        self.track_changed.emit(self.track())


class MemoryStore:
    """Settings without a file."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

    def set(self, name: str, value: Any) -> None:
        self.values[name] = value

    def flush(self) -> None:
        pass


@dataclass
class FakePlaylist:
    """The shape of library.playlists.Playlist."""

    id: int
    name: str
    kind: str = "manual"
    entries: tuple[Any, ...] = ()


class FakePlaylists(QObject):
    """Playlists in a list."""

    changed = Signal()
    message = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.lists: list[FakePlaylist] = []

    def all(self, done: Callable[[list[FakePlaylist]], None]) -> None:
        QTimer.singleShot(0, lambda: done(list(self.lists)))

    def create(
        self,
        name: str,
        tracks: Sequence[Any] = (),
        done: Callable[[Any], None] | None = None,
        kind: str = "manual",
    ) -> None:
        self.lists.append(FakePlaylist(len(self.lists) + 1, name, kind=kind, entries=tuple(tracks)))
        if done:
            done(self.lists[-1])
        self.changed.emit()

    def resolve(self, playlist_id: int, done: Callable[[list[int]], None]) -> None:
        done([int(each) for each in next(p for p in self.lists if p.id == playlist_id).entries])

    def add(self, playlist_id: int, tracks: Sequence[Any]) -> None:
        playlist = next(p for p in self.lists if p.id == playlist_id)
        playlist.entries += tuple(tracks)
        self.changed.emit()


def fake_services(count: int = 200, delay_ms: int = 0, store: MemoryStore | None = None) -> Services:
    """Services over `count` invented tracks."""
    from soniq_desktop.services.settings import SettingsService

    library = FakeLibrary(count, delay_ms)
    return Services(
        library=library,  # type: ignore[arg-type]
        player=FakePlayer(library),  # type: ignore[arg-type]
        settings=SettingsService(store or MemoryStore()),
        playlists=FakePlaylists(),  # type: ignore[arg-type]
        discovery=FakeDiscovery(library),  # type: ignore[arg-type]
    )
