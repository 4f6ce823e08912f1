"""From queue entries to opened files: which one plays, at which gain, and what if it cannot be opened."""

import threading
from collections.abc import Callable

from soniq_desktop.audio.events import Event, Message
from soniq_desktop.audio.gapless import Mixing, Voice
from soniq_desktop.audio.mixer import Mix
from soniq_desktop.audio.mixer_voice import MixVoice
from soniq_desktop.audio.queue import Entry, PlayQueue
from soniq_desktop.audio.source import Source
from soniq_desktop.audio.timeline import Playback
from soniq_desktop.common.errors import SoniqError

FAILURES = 20  # files in a row that cannot be played before giving up


class Voices:
    """Opens what the queue names.

    Args:
        queue: touched under `lock` only.
        lookup: the Source of a track id; raises SoniqError where there is none.
        emit: takes messages about files that cannot be played, one for each entry.
    """

    def __init__(
        self,
        queue: PlayQueue,
        lock: threading.RLock,
        lookup: Callable[[int], Source],
        emit: Callable[[Event], None],
        mixing: Mixing,
    ) -> None:
        self._queue, self._lock, self._lookup, self._emit, self._mixing = queue, lock, lookup, emit, mixing
        self._complained: set[int] = set()
        self._mixes: dict[int, Mix] = {}  # by track

    def current(self, seconds: float) -> Voice | None:
        """The queue's current entry from a position on, or the first one after it that can be opened."""
        with self._lock:
            entry = self._queue.current
        return self._first_playable(entry, lambda _: self._queue.next(), seconds)

    def following(self, playback: Playback) -> Voice | None:
        """What plays after a playback has ended by itself; None at the end. Does not change the queue."""
        with self._lock:
            entry = self._queue.after(playback.entry)
        return self._first_playable(entry, lambda failed: self._queue.after(failed.id))

    def open(self, playback: Playback, seconds: float) -> Voice:
        """One playback from a position on. Raises SoniqError."""
        mode = self._mixing.loudness
        if mode == "album" and not self._amid_its_album(playback):
            mode = "track"
        mix = self._mixes.get(playback.source.track)
        if mix is None or mix.state.plain:
            return Voice(playback, mode, seconds)
        return MixVoice(playback, mode, mix, seconds)

    def set_mix(self, track: int, mix: Mix | None) -> None:
        """Voices of this track opened from now on play the mix; None: the file."""
        if mix is None:
            self._mixes.pop(track, None)
        else:
            self._mixes[track] = mix

    def _first_playable(
        self, entry: Entry | None, step: Callable[[Entry], Entry | None], seconds: float = 0.0
    ) -> Voice | None:
        for _ in range(FAILURES):
            if entry is None:
                return None
            name = ""
            try:
                source = self._lookup(entry.track)
                name = source.title
                return self.open(Playback(entry.id, source), seconds)
            except SoniqError as error:
                self._complain(entry, name, error)
            failed, seconds = entry, 0.0
            with self._lock:
                entry = step(failed)
            if entry == failed:  # repeated, or alone
                return None
        self._emit(Message("Many files in a row cannot be played. Is their drive connected?"))
        return None

    def _complain(self, entry: Entry, name: str, error: SoniqError) -> None:
        if entry.id not in self._complained:
            self._complained.add(entry.id)
            self._emit(Message(f"“{name}” was skipped. {error}" if name else str(error)))

    def _amid_its_album(self, playback: Playback) -> bool:
        """True if a neighbour in the queue is of the same album: then their differences are to be kept."""
        album = playback.source.album
        with self._lock:
            neighbours = self._queue.neighbours(playback.entry) if playback.entry in self._queue else []
        return album is not None and any(self._album_of(track) == album for track in neighbours)

    def _album_of(self, track: int) -> str | None:
        try:
            return self._lookup(track).album
        except SoniqError:
            return None
