"""Tables of the library database, and the steps that bring an older file up to date.

Two kinds of table live here. Those of USER_TABLES are the user's: their rows name the sound (`audio_hash`)
and the path besides the track, so they outlive every other table. All the rest is derived from the files and
can be rebuilt.
"""

import sqlite3
from collections.abc import Sequence

USER_TABLES = ("listening_events", "likes", "like_events", "corrections")

_V1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('revision', 0), ('text_revision', 0), ('deletions', 0);

CREATE TABLE folders (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    added_at REAL NOT NULL
);
CREATE TABLE artists (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,              -- folded name
    name TEXT NOT NULL,
    sort TEXT NOT NULL,
    words TEXT NOT NULL                    -- folded words, each after a space
);
CREATE TABLE genres (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    sort TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE TABLE albums (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: views remember it
    key TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    artist TEXT NOT NULL,
    title_sort TEXT NOT NULL,
    artist_sort TEXT NOT NULL,
    words TEXT NOT NULL DEFAULT '',
    year INTEGER,
    artwork TEXT,
    tracks INTEGER NOT NULL DEFAULT 0,
    duration REAL NOT NULL DEFAULT 0
);

CREATE TABLE tracks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: the neighbour index keys vectors by it
    path BLOB NOT NULL UNIQUE,             -- os.fsencode of the path
    size INTEGER NOT NULL,                 -- bytes
    mtime_ns INTEGER NOT NULL,
    audio_hash TEXT,
    title TEXT NOT NULL, artist TEXT NOT NULL, album TEXT NOT NULL, album_artist TEXT NOT NULL,
    genre TEXT NOT NULL,
    year INTEGER, track_number INTEGER, disc_number INTEGER,
    composer TEXT NOT NULL, comment TEXT NOT NULL,
    duration REAL NOT NULL,                -- seconds
    codec TEXT NOT NULL, sample_rate INTEGER NOT NULL, channels INTEGER NOT NULL,
    bitrate INTEGER NOT NULL, bit_depth INTEGER NOT NULL,
    artwork TEXT,
    tags_version INTEGER NOT NULL DEFAULT 1,
    title_sort TEXT NOT NULL,
    artist_id INTEGER NOT NULL REFERENCES artists (id),
    album_id INTEGER REFERENCES albums (id),
    genre_id INTEGER REFERENCES genres (id),
    added_at REAL NOT NULL,                -- Unix seconds
    missing_since REAL,
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'listened', 'problem')),
    listened_version INTEGER NOT NULL DEFAULT 0,
    -- counted from the user's tables
    liked INTEGER NOT NULL DEFAULT 0,
    plays INTEGER NOT NULL DEFAULT 0,
    skips INTEGER NOT NULL DEFAULT 0,
    last_played REAL,
    revision INTEGER NOT NULL DEFAULT 0    -- of the last change, so that readers fetch only what changed
);
CREATE INDEX tracks_by_hash ON tracks (audio_hash) WHERE audio_hash IS NOT NULL;
CREATE INDEX tracks_by_title ON tracks (title_sort, id);
CREATE INDEX tracks_by_artist ON tracks (artist_id, album_id, duration);
CREATE INDEX tracks_by_genre ON tracks (genre_id, album_id, duration);
CREATE INDEX tracks_by_album ON tracks (album_id);
CREATE INDEX tracks_by_revision ON tracks (revision);
CREATE INDEX tracks_by_duration ON tracks (duration, codec);
CREATE INDEX tracks_by_state ON tracks (state, size);
CREATE INDEX tracks_to_listen ON tracks (listened_version, id)
    WHERE missing_since IS NULL AND state != 'problem';

CREATE VIRTUAL TABLE search USING fts5 (
    title, artist, album, genre, path,     -- folded words (text.py); the path below its library folder
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'", prefix = '1 2 3', detail = none
);

CREATE TABLE features (
    track_id INTEGER PRIMARY KEY REFERENCES tracks (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    loudness REAL, loudness_range REAL, true_peak REAL,
    tempo REAL, tempo_alternative REAL, tempo_confidence REAL,
    key INTEGER, mode TEXT, key_confidence REAL,
    energy REAL, brightness REAL, onset_rate REAL
);
CREATE TABLE embeddings (
    id INTEGER PRIMARY KEY,
    track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    embedder TEXT NOT NULL,
    version INTEGER NOT NULL,
    vector BLOB NOT NULL,                  -- float32, little endian
    scores BLOB,                           -- float32, little endian
    UNIQUE (track_id, embedder)
);
CREATE TABLE problems (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL,
    track_id INTEGER REFERENCES tracks (id) ON DELETE CASCADE,
    stage TEXT NOT NULL,
    reason TEXT NOT NULL,
    at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 1,
    UNIQUE (path, stage)
);
CREATE INDEX problems_by_track ON problems (track_id);

CREATE TABLE listening_events (
    id INTEGER PRIMARY KEY,
    track_id INTEGER REFERENCES tracks (id) ON DELETE SET NULL,
    audio_hash TEXT,
    path BLOB NOT NULL,
    started_at REAL NOT NULL,
    seconds_heard REAL NOT NULL,
    ended TEXT NOT NULL,
    source TEXT NOT NULL,
    position REAL NOT NULL
);
CREATE TABLE likes (
    id INTEGER PRIMARY KEY,
    track_id INTEGER REFERENCES tracks (id) ON DELETE SET NULL,
    audio_hash TEXT,
    path BLOB NOT NULL,
    at REAL NOT NULL
);
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY,
    track_id INTEGER REFERENCES tracks (id) ON DELETE SET NULL,
    audio_hash TEXT,
    path BLOB NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,                   -- JSON
    at REAL NOT NULL
);
CREATE INDEX listening_events_by_track ON listening_events (track_id, ended, started_at);
CREATE INDEX listening_events_loose_sounds ON listening_events (audio_hash) WHERE track_id IS NULL;
CREATE INDEX listening_events_loose_paths ON listening_events (path) WHERE track_id IS NULL;
CREATE INDEX likes_by_track ON likes (track_id);
CREATE INDEX likes_loose_sounds ON likes (audio_hash) WHERE track_id IS NULL;
CREATE INDEX likes_loose_paths ON likes (path) WHERE track_id IS NULL;
CREATE INDEX corrections_by_track ON corrections (track_id);
CREATE INDEX corrections_loose_sounds ON corrections (audio_hash) WHERE track_id IS NULL;
CREATE INDEX corrections_loose_paths ON corrections (path) WHERE track_id IS NULL;
"""

# A problem that the user has dismissed stays written down, so that the next scan does not report it again.
_V2 = """
ALTER TABLE problems ADD COLUMN dismissed INTEGER NOT NULL DEFAULT 0;
"""

# Beat grids belong to the sound, whatever tracks have it. A corrected tempo is counted from `corrections`, as
# likes are, so that sorting and filtering by tempo need not look there.
_V3 = """
CREATE TABLE beat_grids (
    audio_hash TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    beats_per_bar INTEGER NOT NULL,
    confidence REAL NOT NULL,
    grid BLOB NOT NULL                     -- see beat_grids.py
) WITHOUT ROWID;
ALTER TABLE tracks ADD COLUMN tempo_corrected REAL;
ALTER TABLE features ADD COLUMN danceability REAL;
ALTER TABLE features ADD COLUMN acousticness REAL;
ALTER TABLE features ADD COLUMN instrumentalness REAL;
ALTER TABLE features ADD COLUMN valence REAL;
ALTER TABLE features ADD COLUMN speechiness REAL;
"""

# The genre as heard: probabilities of the classifier, and beside the track what is shown of them, so that
# lists need no further table. `genre_corrected` is counted from the user's corrections.
_V4 = """
CREATE TABLE genre_results (
    track_id INTEGER PRIMARY KEY REFERENCES tracks (id) ON DELETE CASCADE,
    classifier TEXT NOT NULL,
    version INTEGER NOT NULL,
    probabilities BLOB NOT NULL            -- float32, little endian, in the order of genre_families.FAMILIES
);
ALTER TABLE tracks ADD COLUMN genre_corrected TEXT;
ALTER TABLE tracks ADD COLUMN genre_heard TEXT;              -- "Rock; Metal"; NULL: not judged yet
ALTER TABLE tracks ADD COLUMN genre_note TEXT NOT NULL DEFAULT ''; -- why there is none: "speech", "not sure"
"""

# Likes and unlikes as they happened; what is liked now begins it. Plays are counted by one rule from here on:
# half of the song or four minutes, and a song shorter than 30 s once an hour at most (play_history.py).
_V5 = """
CREATE TABLE like_events (
    id INTEGER PRIMARY KEY,
    track_id INTEGER REFERENCES tracks (id) ON DELETE SET NULL,
    audio_hash TEXT,
    path BLOB NOT NULL,
    liked INTEGER NOT NULL,                -- 1 a like, 0 that it was taken back
    at REAL NOT NULL
);
CREATE INDEX like_events_by_track ON like_events (track_id);
CREATE INDEX like_events_loose_sounds ON like_events (audio_hash) WHERE track_id IS NULL;
CREATE INDEX like_events_loose_paths ON like_events (path) WHERE track_id IS NULL;
INSERT INTO like_events (track_id, audio_hash, path, liked, at)
    SELECT track_id, audio_hash, path, 1, at FROM likes;
UPDATE meta SET value = value + 1 WHERE key = 'revision';
UPDATE tracks SET revision = (SELECT value FROM meta WHERE key = 'revision'), plays =
    (SELECT count(DISTINCT
        CASE WHEN tracks.duration >= 30 THEN 'e' || e.id ELSE CAST(e.started_at / 3600 AS INTEGER) END)
    FROM listening_events e WHERE e.track_id = tracks.id AND e.ended != 'skipped'
        AND e.seconds_heard >= min(tracks.duration / 2, 240))
WHERE plays > 0;
"""

# What songs may be compared by instead of the built-in embedder; no row in use means that one. The columns of
# its vectors are scaled when they are read (sound_models.py).
_V6 = """
CREATE TABLE sound_models (
    name TEXT PRIMARY KEY,                 -- as in `embeddings`
    model TEXT NOT NULL,                   -- what the user chose it by
    revision TEXT NOT NULL,
    weights TEXT,                          -- folder or file; NULL where they come with SONIQ
    version INTEGER NOT NULL,
    dim INTEGER NOT NULL,
    mean BLOB, deviation BLOB,             -- of each column, float32, little endian; NULL: not fitted yet
    fitted INTEGER NOT NULL DEFAULT 0,     -- of how many songs
    in_use INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
"""

MIGRATIONS: tuple[str, ...] = (_V1, _V2, _V3, _V4, _V5, _V6)


class NewerSchemaError(Exception):
    """The file was written by a later version of SONIQ."""


def migrate(connection: sqlite3.Connection, migrations: Sequence[str] = MIGRATIONS) -> int:
    """Bring the database up to `len(migrations)`, each step in a transaction of its own.

    Returns the version that the file had. A step that fails leaves the file as it was before that step.

    Raises:
        NewerSchemaError: the file is newer than this program.
    """
    found = version(connection)
    if found > len(migrations):
        raise NewerSchemaError
    for number in range(found, len(migrations)):
        _step(connection, migrations[number], number + 1)
    return found


def version(connection: sqlite3.Connection) -> int:
    """The schema version of the file; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _step(connection: sqlite3.Connection, script: str, number: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version(connection) < number:  # another process may have been first
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    """Split a script at its statements (`executescript` would commit the transaction)."""
    found, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            found.append(current)
            current = ""
    return found
