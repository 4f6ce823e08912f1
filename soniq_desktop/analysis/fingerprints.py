"""The fingerprint index, kept in step with the library: no Qt.

Listening brings a fingerprint with it, which `keep` stores. What has none (it was listened to before there
were fingerprints, a segment was damaged, a crash took what was not yet written) is decoded once more, for the
fingerprint alone.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from soniq_desktop.analysis.runner import MEMORY_LIMIT, POLL, TIME_LIMIT, ListenProgress
from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.common.processes import Failed, ProcessPool
from soniq_desktop.common.rate import Rate
from soniq_desktop.fingerprint.duplicates import replacements
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.library.listened import Sound
from soniq_desktop.library.records import Fingerprint, Listening, Track

log = topic("fingerprints")
BATCH = 8  # tracks waiting for a free worker


class SoundCatalogue(Protocol):
    """What is needed of `library.catalogue.Catalogue`."""

    def sounds(self) -> list[Sound]: ...
    def tracks(self, ids: Sequence[int]) -> list[Track]: ...


class ReplaceableCatalogue(SoundCatalogue, Protocol):
    """The same, and what gives a missing track another file."""

    def replace_file(self, newcomer: int, older: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class Fingerprinted:
    """What is found out about a file that was listened to before there were fingerprints."""

    audio_hash: str  # hex, 32 characters
    duration: float  # seconds, decoded
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Step:
    """What the index lacks, and what it holds too much."""

    missing: tuple[int, ...]
    gone: tuple[int, ...]


def fingerprint_pool(workers: int, *, nice: int = 10) -> ProcessPool:
    """A pool of fingerprinting processes, without an embedder; the caller closes it."""
    return ProcessPool(
        "soniq_desktop.analysis.worker:fingerprint",
        workers,
        time_limit=TIME_LIMIT,
        memory_limit=MEMORY_LIMIT,
        nice=nice,
    )


def keep(store: FingerprintStore, track_id: int, listening: Listening) -> None:
    """Store the fingerprint of a track that was just listened to; a failure is written down, no more."""
    if listening.fingerprint is None:
        return
    try:
        store.add(track_id, listening.audio_hash, listening.fingerprint)
    except SoniqError as error:
        log.warning("The fingerprint of track %d was not kept: %s", track_id, error)


def compare(sounds: Sequence[Sound], indexed: dict[int, str]) -> Step:
    """What to do so that the index holds each sound of the library, under a track that has it.

    A file that cannot be read now keeps what the index has of it. Of equal files one is enough.
    """
    known = {sound.track_id: sound.audio_hash for sound in sounds}
    gone = tuple(each for each, audio_hash in indexed.items() if known.get(each) != audio_hash)
    there = {audio_hash for each, audio_hash in indexed.items() if known.get(each) == audio_hash}
    missing = []
    for sound in sounds:
        if sound.readable and sound.audio_hash not in there:
            there.add(sound.audio_hash)
            missing.append(sound.track_id)
    return Step(tuple(missing), gone)


def remove_gone(catalogue: SoundCatalogue, store: FingerprintStore) -> Step:
    """Take tracks out of the index that left the library or sound different now; returns what was compared.

    Raises:
        SoniqError: the library or the index cannot be read or written.
    """
    step = compare(catalogue.sounds(), store.audio_hashes())
    if step.gone:
        store.remove(step.gone)
    return step


def adopt_replacements(catalogue: ReplaceableCatalogue, store: FingerprintStore, new: Sequence[int]) -> int:
    """Let history follow files that were replaced by another encode; how many were.

    A track of `new` that is the whole recording of a track whose file is gone becomes that track. Files in a
    folder that is not there at all (an unplugged drive) are not taken for replaced.

    Raises:
        SoniqError: the library or the index cannot be read or written.
    """
    if not new:
        return 0
    lost = [sound.track_id for sound in catalogue.sounds() if not sound.readable]
    gone = {track.id for track in catalogue.tracks(lost) if track.missing and _folder_there(track.path)}
    if not gone:
        return 0
    pairs = replacements(catalogue, store.snapshot(), new)
    done = [pair for pair in pairs if pair[1] in gone and catalogue.replace_file(*pair)]
    for newcomer, older in done:
        log.info("track %d is a new encode of the missing track %d", newcomer, older)
    return len(done)


def _folder_there(path: str) -> bool:
    return os.path.isdir(os.path.dirname(path))  # noqa: PTH112, PTH120 surrogate escapes


def fingerprint_library(
    catalogue: SoundCatalogue,
    store: FingerprintStore,
    missing: Sequence[int],
    pool: ProcessPool,
    *,
    control: Control,
    progress: Callable[[ListenProgress], None] = lambda _progress: None,
) -> int:
    """Fingerprint these tracks; how many were. Files that fail are named in the log and not tried again.

    Raises:
        SoniqError: the index cannot be written.
    """
    run = _Pass(catalogue, store, missing, pool)
    try:
        while not control.cancelled and run.go_on(paused=control.paused):
            run.collect()
            progress(run.progress(paused=control.paused))
            if control.paused and not pool.in_hand():
                control.wait_if_paused()
    finally:
        pool.forget_waiting()
    store.flush()
    return run.done


class _Pass:
    def __init__(
        self, catalogue: SoundCatalogue, store: FingerprintStore, missing: Sequence[int], pool: ProcessPool
    ) -> None:
        self._catalogue, self._store, self._pool = catalogue, store, pool
        self._missing = list(reversed(missing))
        self._total = len(missing)
        self._paths: dict[int, str] = {}
        self._rate, self._speed = Rate(), Rate()
        self.done = self._failed = 0

    def go_on(self, *, paused: bool) -> bool:
        """Hand out more work; False when there is none left, nor any in hand."""
        if not paused and self._pool.waiting() <= BATCH // 2:
            ids = [self._missing.pop() for _ in range(min(BATCH, len(self._missing)))]
            for track in self._catalogue.tracks(ids):
                self._paths[track.id] = track.path
                self._pool.submit(track.id, track.path)
        return bool(self._missing) or not self._pool.idle()

    def collect(self) -> None:
        for event in self._pool.events(POLL):
            track_id = int(str(event.key))
            path = self._paths.pop(track_id, "")
            if isinstance(event, Failed):
                self._failed += 1
                log.warning("No fingerprint of %r (%s): %s", path, event.reason, event.sentence)
            else:
                self._take(track_id, event.result)

    def _take(self, track_id: int, found: Fingerprinted) -> None:
        self._store.add(track_id, found.audio_hash, found.fingerprint)
        self.done += 1
        self._rate.add(1)
        self._speed.add(round(found.duration))

    def progress(self, *, paused: bool) -> ListenProgress:
        items = tuple(self._paths[key] for key in self._pool.in_hand() if key in self._paths)
        done = self.done + self._failed
        rate, left = self._rate.per_second(), self._rate.seconds_left(self._total - done)
        return ListenProgress(done, self._total, items, rate, self._speed.per_second(), left, paused)
