"""Listening to the whole library: keeps the workers busy and stores every result as it arrives. No Qt."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from soniq_desktop.common.control import Control
from soniq_desktop.common.log import topic
from soniq_desktop.common.processes import Failed, Finished, ProcessPool
from soniq_desktop.common.rate import Rate
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.records import Listening, Track
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER

log = topic("listen")

STAGE = "listen"
TIME_LIMIT = 300.0  # seconds for one track
MEMORY_LIMIT = 1 << 30  # bytes for one worker
BATCH = 8  # tracks waiting for a free worker
POLL = 0.25  # seconds between looks at pause, cancel and what is urgent
UNREACHABLE = 100  # files that are not there any more until the pass ends: a drive was unplugged

SENTENCES = {
    "crash": "The decoder crashed on this file.",
    "timeout": f"Listening took longer than {TIME_LIMIT / 60:.0f} minutes.",
    "memory": "Listening needed too much memory.",
}


class ListenCatalogue(Protocol):
    """What the runner needs of `library.catalogue.Catalogue`."""

    def to_listen(self, limit: int, first: Sequence[int] = (), *, version: int) -> list[Track]: ...
    def count_to_listen(self, version: int) -> int: ...
    def store_listening(self, track_id: int, listening: Listening) -> int: ...
    def store_problem(self, path: str, stage: str, reason: str, track_id: int | None = None) -> object: ...
    def likely_copies(self, ids: Sequence[int]) -> list[int]: ...
    def copy_listening(self, track_id: int, audio_hash: str, *, version: int) -> int | None: ...


@dataclass(frozen=True, slots=True)
class OnlyHash:
    """A task of a worker: the audio hash of this file, without decoding it."""

    path: str


@dataclass(frozen=True, slots=True)
class ListenProgress:
    """Where the pass stands.

    Attributes:
        done, total: tracks of this pass; `total` grows when the library does.
        items: paths being listened to now.
        rate: tracks a second, lately.
        speed: seconds of music per second of time lately (100.0: a hundred times real time).
        seconds_left: None until there is a rate.
    """

    done: int
    total: int
    items: tuple[str, ...]
    rate: float
    speed: float
    seconds_left: float | None
    paused: bool


@dataclass(frozen=True, slots=True)
class ListenReport:
    """How a pass ended. `copied`: tracks whose sound was known from another file."""

    listened: int
    problems: int
    seconds_of_music: float
    seconds_taken: float
    cancelled: bool
    copied: int = 0


def listening_pool(
    workers: int,
    *,
    embedder: str | None = DEFAULT_EMBEDDER,
    genre_embedder: str | None = None,
    time_limit: float = TIME_LIMIT,
    memory_limit: int = MEMORY_LIMIT,
    nice: int = 10,
) -> ProcessPool:
    """A pool of listening processes; the caller closes it."""
    return ProcessPool(
        "soniq_desktop.analysis.worker:listen",
        workers,
        setup={"embedder": embedder, "genre_embedder": genre_embedder},
        time_limit=time_limit,
        memory_limit=memory_limit,
        nice=nice,
    )


def listen_to_library(
    catalogue: ListenCatalogue,
    pool: ProcessPool,
    *,
    control: Control,
    progress: Callable[[ListenProgress], None] = lambda _progress: None,
    on_stored: Callable[[int, Listening], None] = lambda _track_id, _listening: None,
    on_problem: Callable[[Track, str], None] = lambda _track, _sentence: None,
    on_copied: Callable[[int], None] = lambda _track_id: None,
    first: Callable[[], Sequence[int]] = tuple,
) -> ListenReport:
    """Listen to every track that has not been listened to at this version; returns when none is left.

    Each result is committed as it arrives: whatever ends the program loses only the tracks in hand. Files
    that fail become problems and are not tried again. While paused, the tracks in hand are finished.
    A file as long as one whose sound is known is hashed first: of the same sound it takes over everything.

    Args:
        first: asked again and again for the ids that jump the queue (what plays, what is on screen).
    """
    run = _Pass(catalogue, pool, on_stored, on_problem, on_copied)
    try:
        while not control.cancelled and run.go_on(first(), paused=control.paused):
            run.collect()
            progress(run.progress(paused=control.paused))
            if control.paused and not pool.in_hand():
                control.wait_if_paused()
                run.restart_rates()
    finally:
        run.drop_waiting()
    return run.report(cancelled=control.cancelled)


class _Pass:
    """The state of one pass: what was handed to the pool, and what came back."""

    def __init__(
        self,
        catalogue: ListenCatalogue,
        pool: ProcessPool,
        on_stored: Callable[[int, Listening], None],
        on_problem: Callable[[Track, str], None],
        on_copied: Callable[[int], None],
    ) -> None:
        self._catalogue = catalogue
        self._pool = pool
        self._on_stored = on_stored
        self._on_problem = on_problem
        self._on_copied = on_copied
        self._tracks: dict[int, Track] = {}  # with the pool: in hand or waiting
        self._hurried: set[int] = set()
        self._unreachable: set[int] = set()
        self._listened = self._copied = 0
        self._problems = 0
        self._music = 0.0
        self._started = time.monotonic()
        self._rate = Rate()
        self._speed = Rate()

    def go_on(self, first: Sequence[int], *, paused: bool) -> bool:
        """Hand out more work; False when there is none left, nor any in hand."""
        if paused:
            self.drop_waiting()
            return True
        if len(self._unreachable) < UNREACHABLE:
            self._feed(first)
        return bool(self._tracks) or not self._pool.idle()

    def _feed(self, first: Sequence[int]) -> None:
        urgent = set(first) - self._hurried - self._unreachable
        if not urgent and self._pool.waiting() > BATCH // 2:
            return
        in_hand = self._pool.in_hand()
        limit = BATCH + len(urgent) + len(in_hand) + len(self._tracks) + len(self._unreachable)
        tracks = self._catalogue.to_listen(limit, first, version=FEATURES_VERSION)
        likely = set(self._catalogue.likely_copies([track.id for track in tracks]))
        for track in tracks:
            hurry = track.id in urgent
            if track.id in self._unreachable or (track.id in self._tracks and not hurry):
                continue
            if track.id not in in_hand and not self._twin_in_pool(track):
                self._tracks[track.id] = track
                task = OnlyHash(track.path) if track.id in likely else track.path
                self._pool.submit(track.id, task, urgent=hurry)
        self._hurried = (self._hurried & set(first)) | urgent

    def _twin_in_pool(self, track: Track) -> bool:
        """Whether what looks like the same file is being listened to: this one waits for its result."""
        looks = (track.size, track.tags.codec, round(track.tags.duration, 1))
        return bool(track.size) and any(
            looks == (each.size, each.tags.codec, round(each.tags.duration, 1)) and each.id != track.id
            for each in self._tracks.values()
        )

    def collect(self) -> None:
        """Wait a moment for results and store them."""
        for event in self._pool.events(POLL):
            key = int(str(event.key))
            track = self._tracks.pop(key, None)  # None: in hand since an earlier, cancelled pass
            if isinstance(event, Finished) and isinstance(event.result, str):
                self._hashed(key, event.result, track)
            elif isinstance(event, Finished):
                self._store(key, event.result)
            elif track is not None:
                self._fail(track, event)

    def _store(self, key: int, listening: Listening) -> None:
        track_id = self._catalogue.store_listening(key, listening)
        if not track_id:  # removed from the library meanwhile
            return
        self._listened += 1
        self._music += listening.duration
        self._rate.add(1)
        self._speed.add(round(listening.duration))
        self._on_stored(track_id, listening)

    def _hashed(self, key: int, audio_hash: str, track: Track | None) -> None:
        """Take over what is known of this sound, or listen to it after all."""
        track_id = self._catalogue.copy_listening(key, audio_hash, version=FEATURES_VERSION)
        if track_id is None:
            if track is not None:
                self._tracks[key] = track
                self._pool.submit(key, track.path, urgent=True)  # it has had its turn
        elif track_id:
            self._copied += 1
            self._rate.add(1)
            self._on_copied(track_id)

    def _fail(self, track: Track, event: Failed) -> None:
        """A file that is gone is the scanner's business, everything else becomes a problem."""
        log.warning("listening to %r failed (%s): %s", track.path, event.reason, event.sentence)
        log.debug("%s", event.detail)
        if not os.path.exists(track.path):  # noqa: PTH110 surrogate escapes
            self._unreachable.add(track.id)
            return
        sentence = SENTENCES.get(event.reason, event.sentence)
        self._catalogue.store_problem(track.path, STAGE, sentence, track.id)
        self._problems += 1
        self._on_problem(track, sentence)

    def drop_waiting(self) -> None:
        """Take back what no worker has begun."""
        self._pool.forget_waiting()
        in_hand = self._pool.in_hand()
        self._tracks = {key: track for key, track in self._tracks.items() if key in in_hand}
        self._hurried.clear()

    def progress(self, *, paused: bool) -> ListenProgress:
        left = self._catalogue.count_to_listen(FEATURES_VERSION)
        done = self._listened + self._copied + self._problems
        items = tuple(self._tracks[key].path for key in self._tracks if key in self._pool.in_hand())
        return ListenProgress(
            done,
            done + left,
            items,
            self._rate.per_second(),
            self._speed.per_second(),
            self._rate.seconds_left(left),
            paused,
        )

    def restart_rates(self) -> None:
        """Forget the rates from before a pause."""
        self._rate.restart()
        self._speed.restart()

    def report(self, *, cancelled: bool) -> ListenReport:
        taken = time.monotonic() - self._started
        return ListenReport(self._listened, self._problems, self._music, taken, cancelled, self._copied)
