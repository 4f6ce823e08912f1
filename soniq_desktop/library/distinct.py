"""Pairs of tracks that the user said are not copies of each other: the user's, in the documents."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tinydb.table import Document, Table

from soniq_desktop.library.documents import Documents
from soniq_desktop.library.records import Track


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that the user decided, at one moment."""

    pairs: frozenset[int] = frozenset()

    def apart(self, one: Track, other: Track) -> bool:
        """Whether the user said that these are not copies of each other."""
        return bool(self.pairs) and _number(one, other) in self.pairs

    def __len__(self) -> int:
        return len(self.pairs)


class NotDuplicates:
    """Every change is on the disk when the method returns (DocumentError)."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def decisions(self) -> Decisions:
        with self._documents.lock:
            return Decisions(frozenset(row.doc_id for row in self._table().all()))

    def add(self, track: Track, others: Iterable[Track]) -> None:
        """`track` is no copy of any of `others`."""
        with self._documents.lock:
            table = self._table()
            for other in others:
                table.upsert(Document(_described(track, other), doc_id=_number(track, other)))
            self._documents.flush()

    def remove(self, track: Track, others: Iterable[Track]) -> None:
        """Take that back."""
        self._remove({_number(track, other) for other in others})

    def clear(self) -> None:
        """Take everything back."""
        self._remove(set(self.decisions().pairs))

    def _remove(self, numbers: set[int]) -> None:
        with self._documents.lock:
            table = self._table()
            table.remove(doc_ids=[number for number in numbers if table.contains(doc_id=number)])
            self._documents.flush()

    def _table(self) -> Table:
        return self._documents.table("not_duplicates")


def _number(one: Track, other: Track) -> int:
    """The same for either order, and wherever the files go: a pair is known by its sounds.

    Two files of one sound are known by their paths.
    """
    names = [one.audio_hash or one.path, other.audio_hash or other.path]
    if names[0] == names[1]:
        names = [one.path, other.path]
    text = "\0".join(sorted(names)).encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(text, digest_size=6).digest(), "big")


def _described(one: Track, other: Track) -> dict[str, Any]:
    """For people who read the file, and for later versions; the pair itself is its number."""
    return {
        "one": {"title": one.title, "path": one.path, "audio_hash": one.audio_hash},
        "other": {"title": other.title, "path": other.path, "audio_hash": other.audio_hash},
    }
