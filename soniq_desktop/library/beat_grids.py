"""Beat grids in the database: packed to about a byte and a half a beat, by audio hash."""

import sqlite3
import zlib

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.library.records import BeatGrid

TICK = 0.001  # seconds: the network itself hears every 20 ms
LONGEST = 32.0  # seconds between two beats that can be written down
MOST_OCTAVES = 2  # a grid is read at a quarter to four times its own tempo


def pack(grid: BeatGrid) -> bytes:
    """Steps between beats in ticks, each with its downbeat in the lowest bit; the first one is from zero.

    Steps are between rounded times, so rounding does not add up. A gap of more than 32 s cannot be written.
    """
    ticks = np.round(grid.beats.astype(np.float64) / TICK).astype(np.int64)
    first, steps = ticks[:1], np.diff(ticks)
    if len(steps) and (steps.max() > LONGEST / TICK or steps.min() < 0):
        raise ValueError("Beats must ascend, at most 32 s apart.")
    codes = (steps << 1 | grid.downbeats[1:]).astype("<u2")
    head = (first << 1 | grid.downbeats[:1]).astype("<u4")
    return zlib.compress(head.tobytes() + codes.tobytes(), 9)


def unpack(data: bytes) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Times (n,) in seconds and downbeats (n,). Raises ValueError or zlib.error for damaged data."""
    raw = zlib.decompress(data)
    codes = np.concatenate([np.frombuffer(raw[:4], "<u4"), np.frombuffer(raw[4:], "<u2")]).astype(np.int64)
    return (np.cumsum(codes >> 1) * TICK).astype(np.float32), (codes & 1).astype(np.bool_)


def put(connection: sqlite3.Connection, audio_hash: str, grid: BeatGrid | None, version: int) -> None:
    """Write or replace the grid of one sound; None: it has no steady beat."""
    if grid is None or not len(grid.beats):
        connection.execute("DELETE FROM beat_grids WHERE audio_hash = ?", (audio_hash,))
        return
    connection.execute(
        "INSERT OR REPLACE INTO beat_grids (audio_hash, version, beats_per_bar, confidence, grid)"
        " VALUES (?, ?, ?, ?, ?)",
        (audio_hash, version, grid.beats_per_bar, grid.confidence, pack(grid)),
    )


def get(connection: sqlite3.Connection, track_id: int) -> BeatGrid | None:
    """The grid of a track at the octave of its tempo, or None. The user's correction counts before ours."""
    row = connection.execute(
        "SELECT g.grid, g.confidence, g.beats_per_bar, coalesce(t.tempo_corrected, f.tempo)"
        " FROM tracks t JOIN beat_grids g ON g.audio_hash = t.audio_hash"
        " LEFT JOIN features f ON f.track_id = t.id WHERE t.id = ?",
        (track_id,),
    ).fetchone()
    if row is None:
        return None
    try:
        beats, downbeats = unpack(row[0])
    except (ValueError, zlib.error):
        return None  # listening again makes it anew
    grid = BeatGrid(beats, downbeats, row[1], row[2])
    return grid if row[3] is None else at_tempo(grid, row[3])


def drop_orphans(connection: sqlite3.Connection) -> None:
    """Forget the grids of sounds that no track has any more."""
    connection.execute(
        "DELETE FROM beat_grids WHERE audio_hash NOT IN"
        " (SELECT audio_hash FROM tracks WHERE audio_hash IS NOT NULL)"
    )


def at_tempo(grid: BeatGrid, bpm: float) -> BeatGrid:
    """The same beat counted at the octave nearest to `bpm`; a bar keeps its number of beats."""
    if len(grid.beats) < 2 or bpm <= 0:
        return grid
    own = 60.0 / float(np.median(np.diff(grid.beats)))
    octaves = int(np.clip(round(np.log2(bpm / own)), -MOST_OCTAVES, MOST_OCTAVES))
    for _ in range(abs(octaves)):
        grid = doubled(grid) if octaves > 0 else halved(grid)
    return grid


def doubled(grid: BeatGrid) -> BeatGrid:
    """A beat half way between each two; bars are half as long."""
    count = len(grid.beats)
    beats = np.interp(np.arange(2 * count - 1) / 2, np.arange(count), grid.beats).astype(np.float32)
    return BeatGrid(beats, _bars(2 * np.flatnonzero(grid.downbeats), len(beats), grid.beats_per_bar),
                    grid.confidence, grid.beats_per_bar)  # fmt: skip


def halved(grid: BeatGrid) -> BeatGrid:
    """Every second beat, those with the downbeats; bars are twice as long."""
    places = np.flatnonzero(grid.downbeats)
    odd = bool(len(places)) and bool(np.mean(places % 2) > 0.5)
    kept = np.arange(int(odd), len(grid.beats), 2)
    anchors = (places[places % 2 == int(odd)] - int(odd)) // 2
    return BeatGrid(grid.beats[kept], _bars(anchors[::2], len(kept), grid.beats_per_bar),
                    grid.confidence, grid.beats_per_bar)  # fmt: skip


def _bars(anchors: NDArray[np.int64], count: int, per_bar: int) -> NDArray[np.bool_]:
    """Downbeats (count,): from each anchor on every `per_bar` beats, until the next anchor."""
    downbeats = np.zeros(count, np.bool_)
    for start, end in zip(anchors, [*anchors[1:], count], strict=True):
        downbeats[start:end:per_bar] = True
        if end < count and (end - start) % per_bar:  # no bar of a beat or two before the next anchor
            downbeats[start + (end - start) // per_bar * per_bar : end] &= (end - start) < per_bar
    return downbeats
