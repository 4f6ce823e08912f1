"""Catalogues with a simulated listening history."""

import time
from dataclasses import replace

import numpy as np

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import GenreHeard
from soniq_desktop.persona.listeners import KINDS, Habits, simulated_plays, simulated_songs
from tests.catalogue_fixtures import scanned

ENDED = ("finished", "part", "skipped")


def fill(
    catalogue: Catalogue,
    *,
    songs: int = 300,
    events: int = 2_000,
    days: int = 800,
    habits: Habits | None = None,
    seed: int = 1,
    now: float | None = None,
) -> int:
    """Songs and about so many events that end now; some genres by tag, some as heard. How many events."""
    random = np.random.default_rng(seed)
    library = simulated_songs(songs, random)
    tags = [
        FAMILIES[int(np.argmax(row))] if row.max() == 1 and n % 2 else ""
        for n, row in enumerate(library.genres)
    ]
    files = [
        scanned(
            f"/music/{n:06d}.flac", title=f"Song {n}", artist=f"Artist {library.artists[n]}",
            album=f"Album {library.albums[n]}", duration=float(library.durations[n]), genre=tags[n],
        )
        for n in range(songs)
    ]  # fmt: skip
    ids = np.array(catalogue.store_scanned(files))
    catalogue.store_genres(
        (int(ids[n]), GenreHeard("simulated", 1, library.genres[n].astype(np.float32)))
        for n in range(songs)
        if not tags[n]
    )
    base = habits or KINDS["Enthusiast"]
    wanted = replace(base, a_day=events / days / base.days)
    columns, _ = simulated_plays(library, wanted, days, time.time() if now is None else now, random)
    put(catalogue, [
        (int(ids[track - 1]), start, heard, ENDED[ended], columns.source_names[source], heard)
        for track, start, heard, ended, source in zip(
            columns.tracks.tolist(), columns.started.tolist(), columns.heard.tolist(),
            columns.ended.tolist(), columns.sources.tolist(), strict=True,
        )
    ])  # fmt: skip
    return len(columns.ids)


def put(catalogue: Catalogue, rows: list[tuple[int, float, float, str, str, float]]) -> None:
    """(track, start, heard, ended, source, position), all at once."""
    with catalogue.database.writing() as connection:
        connection.executemany(
            "INSERT INTO listening_events"
            " (track_id, audio_hash, path, started_at, seconds_heard, ended, source, position)"
            " SELECT id, audio_hash, path, ?2, ?3, ?4, ?5, ?6 FROM tracks WHERE id = ?1",
            rows,
        )
        connection.execute(
            "UPDATE tracks SET last_played = (SELECT max(started_at) FROM listening_events e"
            " WHERE e.track_id = tracks.id), plays = (SELECT count(*) FROM listening_events e"
            " WHERE e.track_id = tracks.id AND e.ended != 'skipped')"
        )
