"""The order of play: pure list arithmetic, no sound and no Qt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Repeat = Literal["off", "all", "one"]
HISTORY = 1000  # remembered steps for "previous"


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the queue. The same track may be queued twice: the entry id tells them apart."""

    id: int
    track: int


class PlayQueue:
    """Tracks in the order in which they play.

    Shuffling permutes that order: what lies behind the current entry was played, what lies ahead is still to
    come, and each entry plays once before any plays again. Un-shuffling restores the order of queueing.
    All indexes refer to the order of play. Not thread-safe.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._rng = np.random.default_rng(seed)
        self._next_id = 1
        self._track: dict[int, int] = {}  # entry id -> track id
        self._order: list[int] = []  # entry ids in the order of play
        self._natural: list[int] | None = None  # the order before shuffling; None: not shuffled
        self._next_round: list[int] | None = None  # the coming permutation, once somebody asked for it
        self._index = -1
        self._history: list[int] = []
        self._added: dict[int, str] = {}  # entries that were put in later, and by whom
        self.repeat: Repeat = "off"

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, entry: object) -> bool:
        return entry in self._track

    @property
    def shuffled(self) -> bool:
        return self._natural is not None

    @property
    def index(self) -> int:
        """Index of the current entry, -1 where there is none."""
        return self._index

    @property
    def current(self) -> Entry | None:
        return self._entry(self._order[self._index]) if self._index >= 0 else None

    def tracks(self) -> list[int]:
        """Track ids in the order of play."""
        return [self._track[entry] for entry in self._order]

    def neighbours(self, entry: int) -> list[int]:
        """Track ids directly before and after an entry in the order of play."""
        at = self._order.index(entry)
        return [self._track[self._order[i]] for i in (at - 1, at + 1) if 0 <= i < len(self._order)]

    def upcoming(self, limit: int | None = None) -> list[int]:
        """Track ids after the current one, in the order of play; without the repetition of a whole queue."""
        end = None if limit is None else self._index + 1 + limit
        return [self._track[entry] for entry in self._order[self._index + 1 : end]]

    def entry_at(self, index: int) -> Entry:
        """The entry at an index; raises IndexError."""
        if index < 0:
            raise IndexError(index)
        return self._entry(self._order[index])

    def _entry(self, entry: int) -> Entry:
        return Entry(entry, self._track[entry])

    def _new(self, tracks: Iterable[int]) -> list[int]:
        added = [int(track) for track in tracks]
        entries = list(range(self._next_id, self._next_id + len(added)))
        self._next_id += len(added)
        self._track.update(zip(entries, added, strict=True))
        return entries

    # what is queued

    def replace(self, tracks: Sequence[int], start: int = 0) -> Entry | None:
        """A new queue; the track at `start` becomes current. A shuffled queue stays shuffled."""
        shuffled = self.shuffled
        self.clear()
        self._natural = None
        self._order = self._new(tracks)
        self._index = min(max(start, 0), len(self._order) - 1)
        if shuffled:
            self.set_shuffle(True)
        return self.current

    def add(self, tracks: Iterable[int], label: str = "queue") -> None:
        """Queue at the end; `label` says where they come from."""
        self._insert(len(self._order), tracks, label)

    def play_next(self, tracks: Iterable[int]) -> None:
        """Queue directly after the current entry."""
        self._insert(self._index + 1, tracks)

    def _insert(self, at: int, tracks: Iterable[int], label: str = "queue") -> None:
        new = self._new(tracks)
        self._added.update(dict.fromkeys(new, label))
        if self._natural is not None:
            natural_at = len(self._natural)
            if at < len(self._order) and self._index >= 0:
                natural_at = self._natural.index(self._order[self._index]) + 1
            self._natural[natural_at:natural_at] = new
        self._order[at:at] = new
        self._next_round = None

    def move(self, index: int, to: int) -> None:
        """Put the entry at `index` at index `to`; the current entry stays current."""
        to = min(max(to, 0), len(self._order) - 1)
        current = self._current_id()
        self._order.insert(to, self._order.pop(index))
        if self._natural is None:
            self._next_round = None
        self._index = self._order.index(current) if current is not None else -1

    def remove(self, index: int) -> bool:
        """Take one entry out; True if it was the current one (its follower is current then)."""
        entry = self.entry_at(index).id
        del self._order[index]
        del self._track[entry]
        if self._natural is not None:
            self._natural.remove(entry)
        self._history = [past for past in self._history if past != entry]
        self._next_round = None
        was_current = index == self._index
        if index < self._index or self._index >= len(self._order):
            self._index -= 1
        return was_current

    def added_as(self, entry: int) -> str | None:
        """Where an entry that came by `add` or `play_next` is from; None for the others."""
        return self._added.get(entry)

    def keep_current(self) -> None:
        """Take out everything except the current entry."""
        current = self._current_id()
        if current is None:
            self.clear()
            return
        self._track = {current: self._track[current]}
        self._order = [current]
        self._natural = [current] if self._natural is not None else None
        self._next_round, self._history, self._index = None, [], 0

    def clear(self) -> None:
        """Empty the queue; shuffle and repeat stay as they are."""
        self._track = {}
        self._added = {}
        self._order = []
        self._natural = [] if self._natural is not None else None
        self._next_round = None
        self._history = []
        self._index = -1

    # going through it

    def after(self, entry: int) -> Entry | None:
        """What plays after an entry has ended by itself. Does not change anything."""
        if entry not in self._track:
            return self._upcoming_after_index(self._index)
        if self.repeat == "one":
            return self._entry(entry)
        return self._upcoming_after_index(self._order.index(entry))

    def _upcoming_after_index(self, index: int) -> Entry | None:
        if index + 1 < len(self._order):
            return self._entry(self._order[index + 1])
        if self.repeat == "off" or not self._order:
            return None
        return self._entry(self._following_round()[0])

    def _following_round(self) -> list[int]:
        if self._natural is None:
            return self._order
        if self._next_round is None:
            self._next_round = self._permuted(self._natural)
            if len(self._order) > 1 and self._next_round[0] == self._order[-1]:
                self._next_round.append(self._next_round.pop(0))  # not the same track twice in a row
        return self._next_round

    def follow(self, entry: int) -> Entry | None:
        """Make `entry` current because it plays now (the engine went on by itself). None if it is gone."""
        if entry not in self._track:
            return None
        index = self._order.index(entry)
        wraps = self._index >= 0 and self._index == len(self._order) - 1 and index != self._index
        if wraps and self._natural is not None and self._next_round and self._next_round[0] == entry:
            self._order, self._next_round, index = self._next_round, None, 0
        self._go(index)
        return self.current

    def next(self) -> Entry | None:
        """Step forward at the user's wish ("repeat one" does not hold them). None at the end."""
        following = self._upcoming_after_index(self._index)
        return self.follow(following.id) if following else None

    def previous(self) -> Entry | None:
        """Back to what really played before; at the very beginning the current entry stays."""
        while self._history:
            past = self._history.pop()
            if past in self._track:
                self._index = self._order.index(past)
                return self.current
        self._index = max(self._index - 1, min(0, len(self._order) - 1))
        return self.current

    def jump(self, index: int) -> Entry:
        """Play the entry at an index now. Shuffled, it is drawn to the front of what is still to come."""
        entry = self.entry_at(index).id
        if self._natural is not None and index != self._index:
            self._order.pop(index)
            if index < self._index:
                self._index -= 1
            index = self._index + 1
            self._order.insert(index, entry)
        self._go(index)
        return self._entry(entry)

    def _go(self, index: int) -> None:
        current = self._current_id()
        if current is not None and index != self._index:
            self._history = [*self._history[-HISTORY:], current]
        self._index = index

    def _current_id(self) -> int | None:
        return self._order[self._index] if self._index >= 0 else None

    # shuffle

    def set_shuffle(self, on: bool) -> None:
        """Shuffle what is not current, or restore the order. The current entry goes on playing."""
        if on == self.shuffled:
            return
        current = self._current_id()
        self._next_round = None
        if on:
            self._natural = self._order
            rest = [entry for entry in self._order if entry != current]
            self._order = ([] if current is None else [current]) + self._permuted(rest)
        else:
            self._order, self._natural = self._natural or [], None
        self._index = self._order.index(current) if current is not None else -1

    def _permuted(self, entries: list[int]) -> list[int]:
        return [entries[i] for i in self._rng.permutation(len(entries)).tolist()]

    # between sessions

    def session(self) -> dict[str, Any]:
        """Plain values that `restore` takes: track ids in queued order, and places in the order of play."""
        natural = self._order if self._natural is None else self._natural
        place = {entry: i for i, entry in enumerate(natural)}
        return {
            "tracks": [self._track[entry] for entry in natural],
            "added": [self._added.get(entry) for entry in natural],
            "order": None if self._natural is None else [place[entry] for entry in self._order],
            "index": self._index,
            "repeat": self.repeat,
        }

    def restore(self, session: dict[str, Any]) -> None:
        """Take up a session; damaged or foreign values give an empty or an unshuffled queue."""
        tracks = [track for track in session.get("tracks", []) if isinstance(track, int)]
        order = session.get("order")
        self.clear()
        self._natural = None
        self._order = self._new(tracks)
        added = session.get("added")
        if isinstance(added, list) and len(added) == len(tracks):
            self._added = {
                entry: label
                for entry, label in zip(self._order, added, strict=True)
                if isinstance(label, str)
            }
        if order is not None:
            self._natural = list(self._order)
            if sorted(order) == list(range(len(tracks))):
                self._order = [self._natural[i] for i in order]
        index = session.get("index", -1)
        self._index = (
            index if isinstance(index, int) and 0 <= index < len(tracks) else min(0, len(tracks) - 1)
        )
        repeat = session.get("repeat")
        self.repeat = repeat if repeat in ("off", "all", "one") else "off"
