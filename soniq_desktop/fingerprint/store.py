"""The fingerprint index of a library: a folder of immutable segments and a manifest.

Any number of processes may read and write it. A change is a new segment file and a new manifest, made
under a lock that is held for moments; readers never wait, they see the old state or the new. What was added
and is not yet in a file is a segment in memory, searchable at once in the process that added it. Small
segments are merged in the background.

A track may be in several segments: the youngest counts. A segment that is damaged is set aside with a line in
the log; its tracks are then missing from `audio_hashes`, and so they are fingerprinted again.
"""

import contextlib
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.fileio import set_aside, sweep_temporaries
from soniq_desktop.common.locking import locked
from soniq_desktop.common.log import topic
from soniq_desktop.fingerprint import manifest as manifests
from soniq_desktop.fingerprint.building import Entry, build
from soniq_desktop.fingerprint.manifest import Manifest, ManifestError, Member
from soniq_desktop.fingerprint.merge import MergeStoppedError, due, merge_segments
from soniq_desktop.fingerprint.records import Fingerprint
from soniq_desktop.fingerprint.segment import Integers, Segment
from soniq_desktop.fingerprint.segment_file import SegmentError, damage, is_outdated, load, save
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.fingerprint.store_files import PART, FingerprintStoreError, into_place, plainly, stamp_of

__all__ = ["FingerprintStore", "FingerprintStoreError"]

log = topic("fingerprints")

FLUSH_TRACKS = 64  # tracks in memory after which a segment is written
FLUSH_SECONDS = 30.0
PATIENCE = 20.0  # seconds that a change waits for another process


class FingerprintStore:
    """See the module. Any thread may call any method.

    Raises:
        FingerprintStoreError: the folder cannot be made or read.
    """

    def __init__(self, folder: Path, *, merging: bool = True) -> None:
        self.folder = folder
        self.set_aside: list[str] = []  # names of damaged files that this process met
        self._merging = merging
        self._lock = threading.RLock()
        self._buffer: dict[int, Entry] = {}
        self._memory: Segment | None = None  # the buffer as a segment; None where it has changed since
        self._oldest = 0.0  # when the first track came into the buffer
        self._files: dict[str, Segment] = {}
        self._manifest = Manifest()
        self._stamp: object = None  # of the manifest file that was read last
        self._snapshot: Snapshot | None = None
        self._merger: threading.Thread | None = None
        self._closing = threading.Event()
        with plainly():
            folder.mkdir(parents=True, exist_ok=True)
            sweep_temporaries(folder / manifests.NAME)
        self.snapshot()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- reading

    def snapshot(self) -> Snapshot:
        """The index as it is now: what all processes have written, and what this one has added."""
        with self._lock:
            self._refresh()
            if self._snapshot is None:
                if self._buffer and self._memory is None:
                    self._memory = build(list(self._buffer.values()))
                files = [self._files[each.name] for each in self._manifest.members]
                removed = [each.removed for each in self._manifest.members]
                if self._memory is not None:
                    files, removed = [*files, self._memory], [*removed, frozenset()]
                self._snapshot = Snapshot(tuple(_living(files, removed)))
            return self._snapshot

    def track_ids(self) -> Integers:
        """Ids (n,) of all tracks that can be found, ascending."""
        return self.snapshot().track_ids()

    def audio_hashes(self) -> dict[int, str]:
        """The sound of each track that can be found: hex, by track id."""
        return self.snapshot().audio_hashes()

    # -- writing

    def add(self, track_id: int, audio_hash: str, fingerprint: Fingerprint) -> None:
        """Index a track, in place of what was known of it. It can be found at once, by this process.

        Raises:
            FingerprintStoreError: it was time to write a segment, and that failed; what waits in memory stays
                there, up to four times what a segment usually holds.
        """
        entry = Entry(track_id, audio_hash, fingerprint)
        with self._lock:
            if not self._buffer:
                self._oldest = time.monotonic()
            self._buffer[track_id] = entry
            self._changed()
            due = len(self._buffer) >= FLUSH_TRACKS or time.monotonic() - self._oldest > FLUSH_SECONDS
        if due:
            self._flush_or_forget()

    def flush(self) -> None:
        """Write what waits in memory. Raises FingerprintStoreError; then it waits on."""
        with self._lock:
            if not self._buffer:
                return
            with self._committing() as current:
                segment = build(list(self._buffer.values()))
                name = current.next_name()
                with plainly():
                    into_place(self.folder / name, lambda part: save(segment, part))
                self._commit(current.with_new(Member(name)))
            self._buffer.clear()
            self._changed()
        self._merge_in_background()

    def remove(self, track_ids: Iterable[int]) -> None:
        """Tracks that can be found no more. Raises FingerprintStoreError."""
        gone = {int(each) for each in track_ids}
        with self._lock:
            for each in gone & self._buffer.keys():
                del self._buffer[each]
                self._changed()
            if not gone.intersection(self.snapshot().track_ids().tolist()):
                return
            with self._committing() as current:
                following = current
                for member in current.members:
                    there = gone.intersection(self._files[member.name].track_ids.tolist())
                    following = following.removing(member.name, there)
                self._commit(following)

    def merge(self) -> int:
        """Merge segments until none is due; how many merges there were. May take minutes.

        Another process that merges is not waited for. Raises FingerprintStoreError.
        """
        done = 0
        with locked(self.folder / "merge.lock", 0.0) as free:
            while free and not self._closing.is_set() and self._merge_once():
                done += 1
        return done

    def repair(self) -> bool:
        """Read every segment whole and set aside what is damaged; whether there was any."""
        return self._damaged([each.name for each in self.snapshot().segments if each.name])

    def close(self) -> None:
        """Write what waits in memory and stop merging. Idempotent; does not raise."""
        try:
            self.flush()
        except SoniqError as error:
            log.warning("Fingerprints of %d tracks were not kept: %s", len(self._buffer), error)
        self._closing.set()
        if self._merger is not None:
            self._merger.join()

    # -- inside

    def _changed(self) -> None:
        self._memory = None
        self._snapshot = None

    def _flush_or_forget(self) -> None:
        try:
            self.flush()
        except SoniqError:
            with self._lock:
                if len(self._buffer) >= 4 * FLUSH_TRACKS:
                    self._buffer.clear()  # they will be fingerprinted again when there is room
                    self._changed()
            raise

    def _refresh(self) -> None:
        """Read the manifest and open segments, where another process, or this one, has changed them."""
        for _ in range(5):
            stamp = stamp_of(self.folder / manifests.NAME)
            if stamp == self._stamp:
                return
            broken = self._open(self._read_manifest())
            self._stamp = stamp
            self._snapshot = None
            if not broken:
                return
            self._give_up(broken)

    def _read_manifest(self) -> Manifest:
        try:
            return manifests.read(self.folder)
        except ManifestError as error:
            log.warning("%s It is made anew from the segments.", error)
            with plainly():
                return manifests.from_files(self.folder)
        except OSError as error:
            raise FingerprintStoreError("The fingerprint index cannot be read.", str(error)) from error

    def _open(self, wanted: Manifest) -> list[str]:
        """Open the segments of a manifest; the names of those that cannot be used."""
        broken = []
        files: dict[str, Segment] = {}
        for member in wanted.members:
            try:
                files[member.name] = self._files.get(member.name) or load(self.folder / member.name)
            except (SegmentError, OSError) as error:
                log.warning("Segment %s of the fingerprint index cannot be used: %s", member.name, error)
                broken.append(member.name)
        self._files = files
        self._manifest = wanted.without(broken)
        return broken

    def _give_up(self, broken: list[str]) -> None:
        """Take damaged segments out of the index; unless another process merged them."""
        try:
            with self._lock, self._commit_lock():
                current = self._read_manifest()
                lost = [each.name for each in current.members if each.name in broken]
                if lost:
                    manifests.write(self.folder, current.without(lost))
                for name in lost:
                    self._put_away(self.folder / name)
        except SoniqError as error:  # a folder that cannot be written can still be read
            log.warning("The fingerprint index cannot be repaired now: %s", error)
            return
        self._stamp = None

    def _put_away(self, path: Path) -> None:
        self.set_aside.append(path.name)
        if not path.exists():
            return
        if is_outdated(path):
            path.unlink(missing_ok=True)
        else:
            log.warning("%s was set aside as %s.", path.name, set_aside(path).name)

    @contextlib.contextmanager
    def _commit_lock(self) -> Iterator[None]:
        with plainly(), locked(self.folder / "commit.lock", PATIENCE) as free:
            if not free:
                raise FingerprintStoreError("Another SONIQ is writing the fingerprint index.")
            yield

    @contextlib.contextmanager
    def _committing(self) -> Iterator[Manifest]:
        """The state of the index, which nobody else changes inside the block."""
        with self._commit_lock():
            self._refresh_inside()
            yield self._manifest

    def _refresh_inside(self) -> None:
        """As `_refresh`, by the holder of the lock."""
        stamp = stamp_of(self.folder / manifests.NAME)
        if stamp != self._stamp:
            broken = self._open(self._read_manifest())
            for name in broken:
                self._put_away(self.folder / name)
            self._stamp = stamp
            self._snapshot = None

    def _commit(self, following: Manifest) -> None:
        """Make this the state of the index; the caller holds the lock."""
        manifests.write(self.folder, following)
        for name in {each.name for each in following.members} - self._files.keys():
            self._files[name] = load(self.folder / name)
        self._files = {each.name: self._files[each.name] for each in following.members}
        self._manifest = following
        self._stamp = stamp_of(self.folder / manifests.NAME)
        self._snapshot = None
        self._sweep()

    def _sweep(self) -> None:
        """Delete segments that a crash or a merge has left over. Windows keeps them while they are read."""
        known = {each.name for each in self._manifest.members}
        for path in manifests.segment_files(self.folder):
            if path.name not in known:
                with contextlib.suppress(OSError):
                    path.unlink()

    # -- merging

    def _merge_in_background(self) -> None:
        with self._lock:
            busy = self._merger is not None and self._merger.is_alive()
            if not self._merging or busy or self._closing.is_set() or not due(self.snapshot()):
                return
            self._merger = threading.Thread(target=self._merge_quietly, name="soniq-merge", daemon=True)
            self._merger.start()

    def _merge_quietly(self) -> None:
        try:
            self.merge()
        except Exception:  # the index is complete without it
            log.exception("Merging the fingerprint index failed.")

    def _merge_once(self) -> bool:
        chosen = due(self.snapshot())
        if not chosen:
            return False
        names = [segment.name for segment in chosen]
        if self._damaged(names):
            return True
        part = self.folder / f"merge{PART}"
        part.unlink(missing_ok=True)
        living = [segment for segment in chosen if segment.alive.any()]
        try:
            if living:
                with plainly():
                    merge_segments(living, part, self._closing.is_set)
            self._replace(chosen, part if living else None)
        except MergeStoppedError:
            return False
        return True

    def _damaged(self, names: list[str]) -> bool:
        """Whether segments are not what was written; they are set aside then, and not merged."""
        broken = []
        for name in names:
            try:
                if damage(self.folder / name):
                    broken.append(name)
            except (SegmentError, OSError):
                broken.append(name)
        if broken:
            log.warning("Damaged segments of the fingerprint index: %s", ", ".join(broken))
            self._give_up(broken)
        return bool(broken)

    def _replace(self, merged: list[Segment], part: Path | None) -> None:
        """Put a merged segment in the place of its sources, without the tracks that went meanwhile."""
        names = [segment.name for segment in merged]
        with self._lock, self._committing() as current:
            if not set(names) <= {each.name for each in current.members}:
                if part is not None:
                    part.unlink(missing_ok=True)
                return
            if part is None:
                self._commit(current.without(names))
                return
            with plainly():
                name = current.next_name()
                part.replace(self.folder / name)
            gone = self._gone_since(merged)
            self._commit(current.with_new(Member(name, gone), instead_of=names))

    def _gone_since(self, merged: list[Segment]) -> frozenset[int]:
        """Tracks that lived in these segments when the merge began, and do not now."""
        members = self._manifest.members
        files = [self._files[each.name] for each in members]
        now = {each.name: each for each in _living(files, [each.removed for each in members])}
        return frozenset(
            int(each)
            for before in merged
            for each in before.track_ids[before.alive & ~now[before.name].alive]
        )


def _living(segments: list[Segment], removed: list[frozenset[int]]) -> list[Segment]:
    """The segments, oldest first, with the tracks alive that are not removed and in no younger one."""
    seen = np.zeros(0, np.int64)
    found: list[Segment] = []
    for segment, gone in zip(reversed(segments), reversed(removed), strict=True):
        dead = np.concatenate([seen, np.fromiter(gone, np.int64, len(gone))])
        alive = ~np.isin(segment.track_ids, dead)
        seen = np.concatenate([seen, segment.track_ids[alive]])
        found.append(segment.with_alive(alive))
    return found[::-1]
