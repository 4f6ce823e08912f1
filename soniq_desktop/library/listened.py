"""The listening side of the catalogue: what waits to be listened to, and what listening found out."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.library import beat_grids, genre_results, ingest, sound_models, user_rows
from soniq_desktop.library.records import Embedding, Features, Listening, Track
from soniq_desktop.library.rows import FEATURE_FIELDS, SELECT_TRACKS, TAG_FIELDS, id_list, to_track, touch

_WAITING = "t.listened_version < ? AND t.missing_since IS NULL AND t.state != 'problem'"
_FILE_COLUMNS = (
    "path", "size", "mtime_ns", *TAG_FIELDS, "tags_version", "title_sort", "artist_id", "album_id",
    "genre_id",
)  # fmt: skip


class Sound(NamedTuple):
    """Whose sound is known; `readable`: the file is there and was listened to without a problem."""

    track_id: int
    audio_hash: str
    readable: bool


def to_listen(connection: sqlite3.Connection, limit: int, first: Sequence[int], version: int) -> list[Track]:
    """Tracks below `version`: those of `first` in that order, then in the order in which they were added."""
    wanted = dict.fromkeys(int(each) for each in first)
    rows = connection.execute(
        SELECT_TRACKS + f"WHERE {_WAITING} AND t.id IN (SELECT value FROM json_each(?))",
        (version, id_list(wanted)),
    ).fetchall()
    urgent = {row[0]: to_track(row) for row in rows}
    chosen = [urgent[each] for each in wanted if each in urgent][:limit]
    rows = connection.execute(
        SELECT_TRACKS + f"WHERE {_WAITING} AND t.id NOT IN (SELECT value FROM json_each(?))"
        " ORDER BY t.listened_version, t.id LIMIT ?",
        (version, id_list(urgent), limit - len(chosen)),
    ).fetchall()
    return chosen + [to_track(row) for row in rows]


def listen_again(connection: sqlite3.Connection, track_id: int) -> None:
    """Let a track wait for listening once more; what is known of it stays in use until then."""
    connection.execute(
        "UPDATE tracks SET listened_version = 1 WHERE id = ? AND listened_version > 1", (track_id,)
    )


def waiting(connection: sqlite3.Connection, version: int) -> int:
    """How many tracks `to_listen` would give without a limit."""
    return int(
        connection.execute(f"SELECT count(*) FROM tracks t WHERE {_WAITING}", (version,)).fetchone()[0]
    )


def sounds(connection: sqlite3.Connection) -> list[Sound]:
    """Every track of which the sound is known, in the order of ids."""
    rows = connection.execute(
        "SELECT id, audio_hash, state = 'listened' AND missing_since IS NULL FROM tracks"
        " WHERE audio_hash IS NOT NULL ORDER BY id"
    )
    return [Sound(row[0], row[1], bool(row[2])) for row in rows]


def store(connection: sqlite3.Connection, track_id: int, listening: Listening) -> int:
    """Keep what was found out. Returns the surviving track's id, 0 where the track has left the library."""
    surviving = settle_sound(connection, track_id, listening.audio_hash)
    if surviving:
        put_listening(connection, surviving, listening.features, listening.embeddings)
        beat_grids.put(connection, listening.audio_hash, listening.beats, listening.features.version)
        if listening.genre is not None:
            genre_results.store(connection, [(surviving, listening.genre)])
    return surviving


def put_listening(
    connection: sqlite3.Connection, track_id: int, features: Features, embeddings: Sequence[Embedding]
) -> None:
    """Write features and vectors of a track whose sound is settled."""
    _put_features(connection, track_id, features)
    for embedding in embeddings:
        _put_embedding(connection, track_id, embedding)
    _finish(connection, track_id, features.version)


def copy_known(connection: sqlite3.Connection, track_id: int, audio_hash: str, version: int) -> int | None:
    """Where this sound was listened to already, take that over instead of listening again.

    Returns the surviving track's id, or None where the sound is new (or was heard by an older version).
    """
    twin = _listened_twin(connection, track_id, audio_hash, version)
    if twin is None:
        return None
    surviving = settle_sound(connection, track_id, audio_hash)
    if surviving and surviving != twin:
        _copy_rows(connection, twin, surviving)
    if surviving:
        _finish(connection, surviving, version)
    return surviving


def likely_copies(connection: sqlite3.Connection, ids: Sequence[int]) -> list[int]:
    """Those of `ids` as long as a track whose sound is known: their hash is worth computing first."""
    rows = connection.execute(
        "SELECT t.id FROM tracks t WHERE t.id IN (SELECT value FROM json_each(?)) AND EXISTS ("
        " SELECT 1 FROM tracks o WHERE o.duration BETWEEN t.duration - ? AND t.duration + ?"
        " AND o.codec = t.codec AND o.id != t.id AND o.audio_hash IS NOT NULL)",
        (id_list(ids), ingest.SAME_DURATION, ingest.SAME_DURATION),
    )
    return [row[0] for row in rows]


def settle_sound(connection: sqlite3.Connection, track_id: int, audio_hash: str) -> int:
    """Write down the sound of a track. Returns the id that survives, 0 where the track is gone.

    A missing row with the same sound is the same track at its old place: it takes the path, and the row that
    the scanner had made for the new place goes away.
    """
    row = connection.execute(
        "SELECT audio_hash, path, listened_version FROM tracks WHERE id = ?", (track_id,)
    ).fetchone()
    if row is None:
        return 0
    known, path, listened_version = row
    older = None
    if known != audio_hash or not listened_version:  # not yet a track in its own right
        older = connection.execute(
            "SELECT min(id) FROM tracks WHERE audio_hash = ? AND id != ? AND missing_since IS NOT NULL",
            (audio_hash, track_id),
        ).fetchone()[0]
    surviving = track_id if older is None else _move(connection, track_id, older)
    if older is None and known not in (None, audio_hash):  # another sound: listening hears the others anew
        connection.execute(
            "DELETE FROM embeddings WHERE track_id = ? AND embedder IN (SELECT name FROM sound_models)",
            (surviving,),
        )
    connection.execute("UPDATE tracks SET audio_hash = ? WHERE id = ?", (audio_hash, surviving))
    user_rows.name_sound(connection, surviving, audio_hash)
    user_rows.attach(connection, surviving, path, audio_hash)
    touch(connection, [surviving])
    return int(surviving)


def replace_file(connection: sqlite3.Connection, newcomer: int, older: int) -> bool:
    """A missing track came back as another encoding: the older row takes over file, tags and measurements.

    Likes, plays and corrections stay with it, and so does the id. False, and nothing happens, where the older
    track is not missing any more or one of them has left the library.
    """
    rows = connection.execute(
        "SELECT count(*) FROM tracks WHERE (id = ? AND missing_since IS NULL AND state = 'listened')"
        " OR (id = ? AND missing_since IS NOT NULL)",
        (newcomer, older),
    ).fetchone()
    if rows[0] != 2:
        return False
    audio_hash, version = connection.execute(
        "SELECT audio_hash, listened_version FROM tracks WHERE id = ?", (newcomer,)
    ).fetchone()
    _copy_rows(connection, newcomer, older)
    _move(connection, newcomer, older)
    connection.execute("UPDATE tracks SET audio_hash = ? WHERE id = ?", (audio_hash, older))
    user_rows.name_sound(connection, older, audio_hash)
    _finish(connection, older, version)
    return True


def _move(connection: sqlite3.Connection, newcomer: int, older: int) -> int:
    """Let the older row take over file and tags of the newcomer, which goes away."""
    user_rows.merge(connection, newcomer, older)
    names = ", ".join(_FILE_COLUMNS)
    values = connection.execute(f"SELECT {names} FROM tracks WHERE id = ?", (newcomer,)).fetchone()
    texts = connection.execute(
        "SELECT title, artist, album, genre, path FROM search WHERE rowid = ?", (newcomer,)
    ).fetchone()
    left = connection.execute(
        "SELECT album_id, artist_id, genre_id FROM tracks WHERE id = ?", (older,)
    ).fetchone()
    ingest.drop_rows(connection, [newcomer])  # its groups become those of the older row
    changes = ", ".join(f"{name} = ?" for name in _FILE_COLUMNS)
    connection.execute(f"UPDATE tracks SET {changes}, missing_since = NULL WHERE id = ?", (*values, older))
    user_rows.rename(connection, older, values[0])
    connection.execute("DELETE FROM search WHERE rowid = ?", (older,))
    connection.execute(
        "INSERT INTO search (rowid, title, artist, album, genre, path) VALUES (?, ?, ?, ?, ?, ?)",
        (older, *texts),
    )
    ingest.recount_groups(connection, [older], [left])
    return older


def _listened_twin(
    connection: sqlite3.Connection, track_id: int, audio_hash: str, version: int
) -> int | None:
    row = connection.execute(
        "SELECT min(id) FROM tracks"
        " WHERE audio_hash = ? AND id != ? AND listened_version >= ? AND state = 'listened'",
        (audio_hash, track_id, version),
    ).fetchone()
    return None if row[0] is None else int(row[0])


def _copy_rows(connection: sqlite3.Connection, source: int, target: int) -> None:
    measured = ", ".join(FEATURE_FIELDS)
    connection.execute(
        f"INSERT OR REPLACE INTO features (track_id, {measured})"
        f" SELECT ?, {measured} FROM features WHERE track_id = ?",
        (target, source),
    )
    connection.execute(
        "INSERT OR REPLACE INTO embeddings (track_id, embedder, version, vector, scores)"
        " SELECT ?, embedder, version, vector, scores FROM embeddings WHERE track_id = ?",
        (target, source),
    )
    genre_results.copy(connection, source, target)


def _finish(connection: sqlite3.Connection, track_id: int, version: int) -> None:
    connection.execute(
        "UPDATE tracks SET state = 'listened', listened_version = ? WHERE id = ?", (version, track_id)
    )
    connection.execute("DELETE FROM problems WHERE track_id = ? AND stage = 'listen'", (track_id,))
    touch(connection, [track_id])


def _put_features(connection: sqlite3.Connection, track_id: int, features: Features) -> None:
    values: dict[str, Any] = {name: _plain(getattr(features, name)) for name in FEATURE_FIELDS}
    names = ", ".join(values)
    marks = ", ".join("?" for _ in values)
    connection.execute(
        f"INSERT OR REPLACE INTO features (track_id, {names}) VALUES (?, {marks})",
        (track_id, *values.values()),
    )


def _put_embedding(connection: sqlite3.Connection, track_id: int, embedding: Embedding) -> None:
    scores = None if embedding.scores is None else _blob(embedding.scores)
    connection.execute(
        "INSERT OR REPLACE INTO embeddings (track_id, embedder, version, vector, scores)"
        " VALUES (?, ?, ?, ?, ?)",
        (track_id, embedding.embedder, embedding.version, _blob(embedding.vector), scores),
    )


def without_estimates(connection: sqlite3.Connection) -> list[int]:
    """Tracks with tags and features but without estimates, in the order of ids."""
    rows = connection.execute(
        "SELECT f.track_id FROM features f WHERE f.danceability IS NULL AND EXISTS"
        " (SELECT 1 FROM embeddings e WHERE e.track_id = f.track_id AND e.scores IS NOT NULL"
        " AND e.embedder = 'musicnn-msd') ORDER BY f.track_id"
    )
    return [row[0] for row in rows]


def put_estimates(
    connection: sqlite3.Connection, ids: Sequence[int], values: dict[str, NDArray[np.float64]]
) -> None:
    """Write columns of the features of some tracks."""
    changes = ", ".join(f"{name} = ?" for name in values)
    rows = zip(*(column.tolist() for column in values.values()), map(int, ids), strict=True)
    connection.executemany(f"UPDATE features SET {changes} WHERE track_id = ?", rows)
    touch(connection, ids)


def embedding_stamps(
    connection: sqlite3.Connection, embedder: str, version: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids (n,) that have a vector of this version, and for each a number that changes with the vector."""
    rows = connection.execute(  # the row number: replacing a vector gives it a new one
        "SELECT track_id, id FROM embeddings WHERE embedder = ? AND version = ? ORDER BY track_id",
        (embedder, version),
    ).fetchall()
    table = np.asarray(rows, np.int64).reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy()


def embeddings(
    connection: sqlite3.Connection, embedder: str, ids: Sequence[int] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Vectors of one embedder, (n,) ids and (n, dim), all or those of `ids` that have one.

    Vectors of an outlying dimension are left out.
    """
    chosen = "" if ids is None else " AND track_id IN (SELECT value FROM json_each(?))"
    rows = connection.execute(
        f"SELECT track_id, vector FROM embeddings WHERE embedder = ?{chosen} ORDER BY id",
        (embedder,) if ids is None else (embedder, id_list(ids)),
    ).fetchall()
    if not rows:
        return np.zeros(0, np.int64), np.zeros((0, 0), np.float32)
    width = len(rows[-1][1])
    rows = [row for row in rows if len(row[1]) == width]
    found = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    vectors = np.frombuffer(b"".join(row[1] for row in rows), "<f4").reshape(len(rows), -1)
    return found, sound_models.scaled(connection, embedder, vectors.astype(np.float32, copy=False))


def without_embedding(
    connection: sqlite3.Connection, embedder: str, version: int, heard_by: str | None = None
) -> list[int]:
    """Tracks that were listened to and have a sound, which this embedder did not hear; by id.

    With `heard_by`, those that this other embedder heard: also sounds too short for a loudness.
    """
    other = "EXISTS (SELECT 1 FROM embeddings m WHERE m.track_id = f.track_id AND m.embedder = ?)"
    rows = connection.execute(
        f"SELECT f.track_id FROM features f WHERE {other if heard_by else 'f.loudness IS NOT NULL'}"
        " AND NOT EXISTS (SELECT 1 FROM embeddings e"
        " WHERE e.track_id = f.track_id AND e.embedder = ? AND e.version = ?) ORDER BY f.track_id",
        (heard_by, embedder, version) if heard_by else (embedder, version),
    )
    return [row[0] for row in rows]


def put_embeddings(connection: sqlite3.Connection, heard: Iterable[tuple[int, Embedding]]) -> None:
    """Keep embeddings of tracks that are still there; those of the embedder in use are news to readers."""
    chosen = sound_models.in_use(connection)
    for track_id, each in heard:
        if connection.execute("SELECT 1 FROM tracks WHERE id = ?", (track_id,)).fetchone():
            _put_embedding(connection, track_id, each)
            if chosen is not None and each.embedder == chosen.name:
                touch(connection, [track_id])


def embedding(connection: sqlite3.Connection, embedder: str, track_id: int) -> Embedding | None:
    """One vector with its scores."""
    row = connection.execute(
        "SELECT version, vector, scores FROM embeddings WHERE track_id = ? AND embedder = ?",
        (track_id, embedder),
    ).fetchone()
    if row is None:
        return None
    scores = None if row[2] is None else np.frombuffer(row[2], "<f4")
    vector = sound_models.scaled(connection, embedder, np.frombuffer(row[1], "<f4")[None])[0]
    return Embedding(embedder, row[0], vector, scores)


def _blob(array: NDArray[np.float32]) -> bytes:
    return np.ascontiguousarray(array, "<f4").tobytes()


def _plain(value: Any) -> Any:
    """A value without numpy types; NaN and infinities become None, as nothing measurable."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
