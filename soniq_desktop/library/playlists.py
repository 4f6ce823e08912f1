"""Playlists: the user's lists of tracks, which survive moving, renaming and retagging files."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tinydb.table import Document, Table

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.documents import Documents
from soniq_desktop.library.m3u import read_m3u, write_m3u
from soniq_desktop.library.records import Track


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """One line of a playlist: enough to find the track again, and to name it while it is away."""

    path: str
    title: str = ""
    artist: str = ""
    duration: float = 0.0  # seconds
    audio_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Playlist:
    """A named list. `kind` says where it came from ("manual", "import", "path").

    `recipe` is what a path was made from (`discovery.wormhole_recipe.Recipe.as_data`), None for other lists.
    """

    id: int
    name: str
    kind: str
    entries: tuple[PlaylistEntry, ...]
    recipe: Mapping[str, Any] | None = None


class Playlists:
    """Playlists over the documents; every change is on the disk when the method returns.

    All methods with a `playlist_id` raise NotFoundError where there is none, and writing ones DocumentError
    where the file cannot be written.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def all(self) -> list[Playlist]:
        """Every playlist, in the order in which they were made."""
        with self._documents.lock:
            found = sorted(self._table().all(), key=lambda each: (each.get("number", 0), each.doc_id))
            return [_to_playlist(each) for each in found]

    def get(self, playlist_id: int) -> Playlist:
        """One playlist."""
        with self._documents.lock:
            return _to_playlist(self._document(playlist_id))

    def create(
        self,
        name: str,
        tracks: Iterable[Track] = (),
        kind: str = "manual",
        recipe: Mapping[str, Any] | None = None,
    ) -> Playlist:
        """A new playlist; a name that is taken gets a number. `recipe` (JSON types) is kept with it."""
        return self._create(name, [entry_of(track) for track in tracks], kind, recipe)

    def rename(self, playlist_id: int, name: str) -> None:
        """Give it another name; an empty one is not taken."""
        with self._documents.lock:
            document = self._document(playlist_id)
            others = [each["name"] for each in self._table().all() if each.doc_id != playlist_id]
            self._put(playlist_id, document | {"name": _free_name(name.strip() or document["name"], others)})

    def delete(self, playlist_id: int) -> None:
        """Remove a playlist; the tracks are not touched."""
        with self._documents.lock:
            self._document(playlist_id)
            self._table().remove(doc_ids=[playlist_id])
            self._documents.flush()

    def add(self, playlist_id: int, tracks: Iterable[Track], at: int | None = None) -> None:
        """Insert tracks before position `at`; at the end where it is None."""
        new = [entry_of(track) for track in tracks]
        with self._documents.lock:
            entries = list(self.get(playlist_id).entries)
            place = len(entries) if at is None else max(0, min(at, len(entries)))
            self._put_entries(playlist_id, entries[:place] + new + entries[place:])

    def remove(self, playlist_id: int, positions: Iterable[int]) -> None:
        """Take out the entries at these positions; positions that are not there are ignored."""
        gone = set(positions)
        with self._documents.lock:
            entries = self.get(playlist_id).entries
            self._put_entries(playlist_id, [each for index, each in enumerate(entries) if index not in gone])

    def move(self, playlist_id: int, positions: Iterable[int], to: int) -> None:
        """Move entries, in their order, before the one at position `to` now (the length: to the end)."""
        with self._documents.lock:
            self._put_entries(playlist_id, moved(self.get(playlist_id).entries, positions, to))

    def resolve(self, playlist_id: int, catalogue: Catalogue) -> list[int]:
        """Ids of the tracks that are in the library, in order."""
        return [track_id for _, track_id in self.resolved(playlist_id, catalogue) if track_id is not None]

    def resolved(self, playlist_id: int, catalogue: Catalogue) -> list[tuple[PlaylistEntry, int | None]]:
        """Every entry with its track's id, found by sound, then by path; None where it is not in the library.

        An entry learns the sound and present path of its track, so that it is found after the next move.
        """
        entries = self.get(playlist_id).entries
        ids = catalogue.locate([(each.audio_hash, each.path) for each in entries])
        tracks = {track.id: track for track in catalogue.tracks([each for each in ids if each is not None])}
        fresh = [
            _learn(entry, tracks.get(track_id)) if track_id is not None else entry
            for entry, track_id in zip(entries, ids, strict=True)
        ]
        with self._documents.lock:
            if fresh != list(entries) and self.get(playlist_id).entries == entries:
                self._put_entries(playlist_id, fresh)
        return list(zip(fresh, ids, strict=True))

    def import_m3u(self, file: Path, catalogue: Catalogue) -> Playlist:
        """A playlist from an M3U or M3U8 file, named after it.

        Raises:
            DocumentError: the file cannot be read.
        """
        lines = read_m3u(file)
        ids = catalogue.locate([(None, line.path) for line in lines])
        tracks = {track.id: track for track in catalogue.tracks([each for each in ids if each is not None])}
        entries = [
            entry_of(tracks[track_id])
            if track_id in tracks
            else PlaylistEntry(line.path, line.title, line.artist, line.duration)
            for line, track_id in zip(lines, ids, strict=True)
        ]
        return self._create(file.stem, entries, "import")

    def export_m3u(self, playlist_id: int, file: Path, *, relative: bool = True) -> None:
        """Write an M3U8 file; `relative` names files from its folder, so that both can move together.

        Raises:
            SaveError: the file cannot be written.
        """
        write_m3u(file, self.get(playlist_id).entries, relative=relative)

    def _create(
        self,
        name: str,
        entries: Sequence[PlaylistEntry],
        kind: str,
        recipe: Mapping[str, Any] | None = None,
    ) -> Playlist:
        with self._documents.lock:
            others = self._table().all()
            number = max((each.get("number", 0) for each in others), default=0) + 1
            name = _free_name(name.strip() or "New playlist", [each["name"] for each in others])
            playlist_id = secrets.randbelow(1 << 48) + 1  # two processes never choose the same one
            values = {
                "name": name,
                "kind": kind,
                "number": number,
                "entries": [asdict(each) for each in entries],
            }
            if recipe is not None:
                values["recipe"] = dict(recipe)
            self._put(playlist_id, values)
            return Playlist(playlist_id, name, kind, tuple(entries), recipe)

    def _table(self) -> Table:
        return self._documents.table("playlists")

    def _document(self, playlist_id: int) -> Document:
        found = self._table().get(doc_id=playlist_id)
        if not isinstance(found, Document):
            raise NotFoundError("This playlist is not there any more.")
        return found

    def _put(self, playlist_id: int, values: dict[str, Any]) -> None:
        self._table().upsert(Document(values, doc_id=playlist_id))
        self._documents.flush()

    def _put_entries(self, playlist_id: int, entries: Sequence[PlaylistEntry]) -> None:
        values = dict(self._document(playlist_id)) | {"entries": [asdict(each) for each in entries]}
        self._put(playlist_id, values)


def moved(entries: Sequence[PlaylistEntry], positions: Iterable[int], to: int) -> list[PlaylistEntry]:
    """`entries` with those at `positions` put, in their order, before what is at `to` now."""
    chosen = {index for index in positions if 0 <= index < len(entries)}
    to = max(0, min(to, len(entries)))
    taken = [entries[index] for index in sorted(chosen)]
    before = [each for index, each in enumerate(entries[:to]) if index not in chosen]
    after = [each for index, each in enumerate(entries[to:], to) if index not in chosen]
    return before + taken + after


def entry_of(track: Track) -> PlaylistEntry:
    """What a playlist keeps of a track."""
    artist = track.tags.artist or track.tags.album_artist
    return PlaylistEntry(track.path, track.title, artist, track.tags.duration, track.audio_hash)


def _learn(entry: PlaylistEntry, track: Track | None) -> PlaylistEntry:
    if track is None:
        return entry
    return replace(entry_of(track), audio_hash=track.audio_hash or entry.audio_hash)


def _to_playlist(document: Document) -> Playlist:
    entries = tuple(PlaylistEntry(**each) for each in document["entries"])
    return Playlist(document.doc_id, document["name"], document["kind"], entries, document.get("recipe"))


def _free_name(name: str, taken: Iterable[str]) -> str:
    used = {each.casefold() for each in taken}
    candidate, number = name, 2
    while candidate.casefold() in used:
        candidate, number = f"{name} {number}", number + 1
    return candidate
