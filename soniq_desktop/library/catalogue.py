"""The library: every track, what was measured of it, and what the user made of it."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.log import topic
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library import (
    beat_grids,
    groups,
    ingest,
    listened,
    lookup,
    measured,
    problems,
    user_rows,
)
from soniq_desktop.library.columns import Columns
from soniq_desktop.library.database import Database
from soniq_desktop.library.genre_codes import GenresOfTracks, family_count, genres_of_tracks
from soniq_desktop.library.genre_questions import GenreQuestions
from soniq_desktop.library.ingest import KnownFile, ScannedFile
from soniq_desktop.library.listened import Sound
from soniq_desktop.library.measured import Measured
from soniq_desktop.library.records import (
    Album,
    BeatGrid,
    Embedding,
    Group,
    LibraryCounts,
    Listening,
    Play,
    Problem,
    Track,
    TrackQuery,
    Waveform,
)
from soniq_desktop.library.rows import SELECT_TRACKS, id_list, to_track
from soniq_desktop.library.sound_questions import SoundQuestions
from soniq_desktop.library.waveforms import load_waveform, save_waveform

__all__ = ["Catalogue", "KnownFile", "ScannedFile"]

log = topic("catalogue")


class Catalogue(GenreQuestions, SoundQuestions):
    """The library database (SQLite). Any thread may call any method, also while another process writes.

    Each writing method is one transaction. Paths are `os.fsdecode` strings. Every method may raise
    CatalogueError (disk full, damaged file, another program that does not let go).

    Args:
        path: the database file, made where it is not there.
        waveforms: folder of the waveform cache; `cache/waveforms` beside the database where it is None.
    """

    def __init__(self, path: Path, waveforms: Path | None = None) -> None:
        self.path = path
        self.waveforms = waveforms or path.parent / "cache" / "waveforms"
        self.database = Database(path)
        self._columns = Columns()

    def close(self) -> None:
        """Close all connections. Idempotent."""
        self.database.close()

    def __enter__(self) -> "Catalogue":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- folders and scanning

    def add_folder(self, path: str) -> None:
        """Remember a library folder (made absolute); adding it twice changes nothing."""
        with self.database.writing() as connection:
            ingest.add_folder(connection, _absolute(path))

    def remove_folder(self, path: str) -> None:
        """Forget a folder and its tracks, except those in another library folder. Likes and plays stay.

        Done in parts, so that other writers need not wait for 100,000 tracks to go.
        """
        gone = False
        while not gone:
            with self.database.writing() as connection:
                gone = ingest.remove_part_of_folder(connection, _absolute(path))

    def folders(self) -> list[str]:
        """Library folders in the order in which they were added."""
        with self.database.reading() as connection:
            return [os.fsdecode(row[0]) for row in connection.execute("SELECT path FROM folders ORDER BY id")]

    def known_files(self, folder: str) -> dict[str, KnownFile]:
        """Every file known below `folder` by path: id, size, mtime_ns, missing, tags_version."""
        with self.database.reading() as connection:
            return ingest.known_files(connection, folder)

    def store_scanned(self, files: Iterable[ScannedFile]) -> list[int]:
        """Insert or update files in one transaction; their track ids in the same order.

        A known path keeps its id and history. It goes back to state "new" when size or mtime changed, unless
        `audio_hash` shows that the sound is the same. Scan and tag problems of the path are forgotten.
        """
        with self.database.writing() as connection:
            return ingest.store_scanned(connection, files)

    def mark_missing(self, ids: Sequence[int]) -> None:
        """The files of these tracks are gone; the rows stay, greyed."""
        with self.database.writing() as connection:
            ingest.mark_missing(connection, ids)

    def mark_present(self, ids: Sequence[int]) -> None:
        """The files of these tracks are back, unchanged."""
        with self.database.writing() as connection:
            ingest.mark_present(connection, ids)

    def missing_like(self, duration: float, codec: str = "") -> list[Track]:
        """Missing tracks of this duration (seconds, within 60 ms) whose audio hash is known."""
        with self.database.reading() as connection:
            return ingest.missing_like(connection, duration, codec)

    def adopt(self, track_id: int, file: ScannedFile) -> int:
        """A track was found again at another path: it takes path and tags of `file` and keeps the rest.

        Raises:
            NotFoundError: no such track.
        """
        with self.database.writing() as connection:
            return ingest.adopt(connection, track_id, file)

    def set_audio_hash(self, track_id: int, audio_hash: str) -> int:
        """Write down the sound of a track; the surviving id as in `store_listening`."""
        with self.database.writing() as connection:
            return listened.settle_sound(connection, track_id, audio_hash)

    def replace_file(self, newcomer: int, older: int) -> bool:
        """The missing track `older` was replaced by another encoding of it, which is `newcomer` now.

        The older row takes over its file, tags and measurements and keeps its id, likes and plays; the
        newcomer's row goes away. False where that does not fit any more.
        """
        with self.database.writing() as connection:
            return listened.replace_file(connection, newcomer, older)

    # -- reading

    def track_ids(self, query: TrackQuery) -> NDArray[np.int64]:
        """Ids that match, in order.

        Every word of `query.text` must begin a word of the track; any text is allowed. Unknown values (no
        tempo, never played) come last in both directions.
        """
        with self.database.reading() as connection:
            return self._columns.track_ids(connection, query)

    def tracks(self, ids: Sequence[int] | NDArray[np.int64]) -> list[Track]:
        """Tracks in the order of `ids`; unknown ids are left out."""
        with self.database.reading() as connection:
            rows = connection.execute(
                SELECT_TRACKS + "WHERE t.id IN (SELECT value FROM json_each(?))", (id_list(ids),)
            ).fetchall()
        found = {row[0]: to_track(row) for row in rows}
        return [found[each] for each in map(int, ids) if each in found]

    def track(self, track_id: int) -> Track | None:
        """One track, or None."""
        return next(iter(self.tracks([track_id])), None)

    def track_by_path(self, path: str) -> Track | None:
        """The track at exactly this path, or None."""
        return self._one("WHERE t.path = ?", os.fsencode(path))

    def track_by_hash(self, audio_hash: str) -> Track | None:
        """The track of this sound, a present one before a missing one, or None."""
        return self._one(
            "WHERE t.audio_hash = ? ORDER BY t.missing_since IS NOT NULL, t.id LIMIT 1", audio_hash
        )

    def locate(self, wanted: Sequence[tuple[str | None, str]]) -> list[int | None]:
        """Track ids for pairs of (audio hash or None, path): by sound, then by path, else None."""
        with self.database.reading() as connection:
            return lookup.locate(connection, wanted)

    def total_duration(self, ids: Iterable[int]) -> float:
        """Seconds of all these tracks together."""
        with self.database.reading() as connection:
            return self._columns.durations(connection, ids)

    def albums(self, text: str = "", artist: str | None = None) -> list[Album]:
        """Albums by artist, then year; `artist` keeps those on which that artist plays."""
        with self.database.reading() as connection:
            return groups.albums(connection, text, artist)

    def artists(self, text: str = "") -> list[Group]:
        """Artists in alphabetical order."""
        with self.database.reading() as connection:
            return groups.artists(connection, text)

    def genres(self, text: str = "") -> list[Group]:
        """Genres in alphabetical order."""
        with self.database.reading() as connection:
            return groups.genres(connection, text)

    def genres_of_tracks(self) -> GenresOfTracks:
        """The genre tag of every track that has one, as arrays."""
        with self.database.reading() as connection:
            return genres_of_tracks(connection)

    def counts(self) -> LibraryCounts:
        """Figures of the whole library, missing tracks included."""
        with self.database.reading() as connection:
            tracks, size, heard = connection.execute(
                "SELECT count(*), ifnull(sum(size), 0), count(*) FILTER (WHERE state = 'listened')"
                " FROM tracks"
            ).fetchone()
            albums, artists, folders = (
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("albums", "artists", "folders")
            )
            genres = family_count(connection)
            return LibraryCounts(
                tracks, albums, artists, genres, folders, size, heard, problems.count(connection)
            )

    # -- problems

    def problems(self, *, dismissed: bool = False) -> list[Problem]:
        """Files that could not be read or analysed, newest first; `dismissed` adds the dismissed ones."""
        with self.database.reading() as connection:
            return problems.every(connection, dismissed=dismissed)

    def store_problem(self, path: str, stage: str, reason: str, track_id: int | None = None) -> None:
        """Write down why a file failed. A track gets the state "problem": it is not tried again by itself."""
        with self.database.writing() as connection:
            problems.store(connection, path, stage, reason, track_id)

    def forget_problem(self, problem_id: int, *, retry: bool = False) -> Problem | None:
        """Take a problem off the list and return it; with `retry` its track waits for listening again."""
        with self.database.writing() as connection:
            return problems.forget(connection, problem_id, retry=retry)

    def dismiss_problem(self, problem_id: int) -> None:
        """Show a problem no more, also after the next scan, unless the file changes or fails otherwise."""
        with self.database.writing() as connection:
            problems.dismiss(connection, problem_id)

    # -- the user's

    def set_liked(self, track_id: int, liked: bool) -> None:
        """Raises NotFoundError where there is no such track."""
        with self.database.writing() as connection:
            user_rows.set_liked(connection, track_id, liked)

    def record_play(self, play: Play) -> None:
        """Add a listening event. Raises NotFoundError where there is no such track."""
        with self.database.writing() as connection:
            user_rows.record_play(connection, play)

    def plays(self, track_id: int) -> list[Play]:
        """Listening events of one track, oldest first."""
        with self.database.reading() as connection:
            return user_rows.plays(connection, track_id)

    def history(self, since: float = 0.0, limit: int = 5_000) -> list[Play]:
        """Listening events of all tracks in the library, newest first."""
        with self.database.reading() as connection:
            return measured.history(connection, since, limit)

    def set_correction(self, track_id: int, field: str, value: object) -> None:
        """Keep what the user says a value is (JSON types); None takes it back. Raises NotFoundError."""
        with self.database.writing() as connection:
            user_rows.set_correction(connection, track_id, field, value)

    def corrections(self, track_id: int) -> dict[str, Any]:
        """What the user corrected of one track, by field."""
        with self.database.reading() as connection:
            return user_rows.corrections(connection, track_id)

    # -- listening

    def to_listen(
        self, limit: int, first: Sequence[int] = (), *, version: int = FEATURES_VERSION
    ) -> list[Track]:
        """Tracks not listened to at `version` yet, `first` at the head; none missing, no problems."""
        with self.database.reading() as connection:
            return listened.to_listen(connection, limit, first, version)

    def listen_again(self, track_id: int) -> None:
        """Let a track wait for listening once more; what is known of it stays in use until then."""
        with self.database.writing() as connection:
            listened.listen_again(connection, track_id)

    def count_to_listen(self, version: int = FEATURES_VERSION) -> int:
        """How many tracks wait to be listened to."""
        with self.database.reading() as connection:
            return listened.waiting(connection, version)

    def likely_copies(self, ids: Sequence[int]) -> list[int]:
        """Those of `ids` whose length and codec another, known sound has: hash them before listening."""
        with self.database.reading() as connection:
            return listened.likely_copies(connection, ids)

    def copy_listening(
        self, track_id: int, audio_hash: str, *, version: int = FEATURES_VERSION
    ) -> int | None:
        """Take over what is known of this sound from another track instead of listening again.

        Returns the surviving id (0: the track is gone), None where the sound is not known at `version`.
        """
        with self.database.writing() as connection:
            return listened.copy_known(connection, track_id, audio_hash, version)

    def store_listening(self, track_id: int, listening: Listening) -> int:
        """Keep what listening found out, and the waveform in the cache.

        Returns the id that survives: where a missing track has the same sound, that older track takes over
        the path and this row goes away, its likes and plays merged. 0: the track has left the library.
        """
        try:
            save_waveform(self.waveforms, listening.audio_hash, listening.waveform)
        except OSError as error:  # only a cache: the analysis is worth more than its picture
            log.warning("A waveform could not be kept: %s", error)
        with self.database.writing() as connection:
            return listened.store(connection, track_id, listening)

    def sounds(self) -> list[Sound]:
        """(track_id, audio_hash, readable) of every track whose sound is known, in the order of ids."""
        with self.database.reading() as connection:
            return listened.sounds(connection)

    def embeddings(
        self, embedder: str, ids: Sequence[int] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids (n,) and vectors (n, dim) of one embedder, all or of `ids`; both empty where there are none.

        Here and in all that gives vectors the columns are scaled where the embedder has a scaling.
        """
        with self.database.reading() as connection:
            return listened.embeddings(connection, embedder, ids)

    def embedding_stamps(self, embedder: str, version: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ids (n,) ascending that have a vector, and a number each that changes when the vector does."""
        with self.database.reading() as connection:
            return listened.embedding_stamps(connection, embedder, version)

    def embedding(self, embedder: str, track_id: int) -> Embedding | None:
        """One vector with its scores."""
        with self.database.reading() as connection:
            return listened.embedding(connection, embedder, track_id)

    def measured(
        self,
        embedder: str,
        version: int,
        dim: int,
        tags: int,
        since: int = -1,
        ids: Sequence[int] | None = None,
        scores_of: tuple[str, int] | None = None,
    ) -> Measured:
        """What listening measured, as arrays: of all tracks, those changed after `since`, or `ids`.

        `scores_of`: another embedder and its version, whose scores stand beside the vectors.
        """
        with self.database.reading() as connection:
            return measured.measured(connection, embedder, version, dim, tags, since, ids, scores_of)

    def state_of_tracks(self) -> tuple[int, int]:
        """Revision and number of deletions: while both stay, nothing about any track has changed."""
        with self.database.reading() as connection:
            meta = dict(connection.execute("SELECT key, value FROM meta"))
        return meta["revision"], meta["deletions"]

    def waveform(self, track_id: int) -> Waveform | None:
        """The overview of a track that was listened to, or None."""
        with self.database.reading() as connection:
            row = connection.execute("SELECT audio_hash FROM tracks WHERE id = ?", (track_id,)).fetchone()
        return load_waveform(self.waveforms, row[0]) if row and row[0] else None

    def without_estimates(self) -> list[int]:
        """Tracks whose tags are known but whose danceability and the like are not."""
        with self.database.reading() as connection:
            return listened.without_estimates(connection)

    def store_estimates(self, ids: Sequence[int], values: dict[str, NDArray[np.float64]]) -> None:
        """Write estimates (n,) by name for `ids`; one transaction."""
        with self.database.writing() as connection:
            listened.put_estimates(connection, ids, values)

    def beat_grid(self, track_id: int) -> BeatGrid | None:
        """Beats and downbeats at the octave of the track's tempo (the user's correction first), or None."""
        with self.database.reading() as connection:
            return beat_grids.get(connection, track_id)

    # -- upkeep

    def tidy(self) -> None:
        """Compact the search index and refresh SQLite's statistics; worth calling after a large scan."""
        with self.database.writing() as connection:
            connection.execute("INSERT INTO search (search) VALUES ('optimize')")
            beat_grids.drop_orphans(connection)
            connection.execute("PRAGMA optimize")

    def _one(self, where: str, value: object) -> Track | None:
        with self.database.reading() as connection:
            row = connection.execute(SELECT_TRACKS + where, (value,)).fetchone()
        return None if row is None else to_track(row)


def _absolute(path: str) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
