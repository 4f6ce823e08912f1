"""Everything that the Persona page and `soniq persona` show of one period."""

import time
from dataclasses import dataclass
from typing import Literal

import numpy as np

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.persona.archetypes import Archetype, Axes, archetype, depth, engagement
from soniq_desktop.persona.entropy import Array, chao_shen, gini, hill, same_twice
from soniq_desktop.persona.habits import (
    Discovery,
    Endings,
    GenreStream,
    Ranked,
    discovery,
    dormant,
    endings,
    genre_stream,
    genres_in_a_week,
    heat,
    ranking,
    repeat_rate,
)
from soniq_desktop.persona.history import (
    DAY,
    IMPORTED,
    SKIPPED,
    Floats,
    History,
    Mask,
    OffsetOf,
    Plays,
    genre_sets,
    local_offset,
)
from soniq_desktop.persona.interval import EntropyEstimate, estimate

NEEDED = 50
TOP = 50
Period = Literal["30 days", "12 months", "all"]
PERIOD_DAYS: dict[str, int] = {"30 days": 30, "12 months": 365}
ON_ONES_OWN = frozenset({"songs", "album", "artist", "genre", "playlist", "search", "queue"})


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Numbers beside the entropy of genres.

    Attributes:
        hill: Hill numbers of genres, orders 0 (those with at least half a play), 1, 2.
        artist_bits: entropy of artists (Chao and Shen), in bits; artists: how many were heard.
        gini_artists, gini_songs: 0 alike, 1 all by one.
        repeat_rate: plays of a song that was played in the 30 days before.
        hours: listened; active_days: share of days; with_genre: share of plays with a known genre.
        genres_a_week: genres that make up a twentieth of a typical week, NaN where no week has ten plays.
        reach: share of first listens among plays that were chosen without help, 0 to 100; NaN without any.
        guided_reach: the same of plays that radio and recommendations chose.
    """

    hill: tuple[float, float, float]
    artist_bits: float
    artists: int
    gini_artists: float
    gini_songs: float
    repeat_rate: float
    hours: float
    active_days: float
    with_genre: float
    genres_a_week: float
    reach: float
    guided_reach: float


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """One listener in one period. Where `plays` is below NEEDED, what needs more is None.

    Attributes:
        plays: counted plays; starts: all events; missing: how many plays are still needed.
        first_day, last_day: local days of the period as it is shown.
        genres: (12,) plays by genre (a song adds its probabilities).
        whole: the plays of the period, for the lists behind plots; `history.songs` has their songs.
    """

    period: Period
    plays: int
    starts: int
    missing: int
    first_day: int
    last_day: int
    history: History
    whole: Plays
    genres: Array
    stream: GenreStream
    heat: Floats
    endings: Endings
    top_songs: tuple[Ranked, ...]
    top_artists: tuple[Ranked, ...]
    top_albums: tuple[Ranked, ...]
    discovery: Discovery
    dormant: tuple[Ranked, ...]
    entropy: EntropyEstimate | None
    figures: Figures | None
    archetype: Archetype | None


def portrait(
    history: History,
    period: Period = "all",
    *,
    acts: Floats | None = None,
    now: float | None = None,
    since: float | None = None,
    offset_of: OffsetOf = local_offset,
) -> Portrait:
    """Work out one period.

    Args:
        acts: Unix seconds of likes and unlikes.
        now: end of the period, Unix seconds; later events (a clock that ran ahead) are left out.
        since: its beginning, Unix seconds, instead of the one that `period` gives.
    """
    now = time.time() if now is None else now
    last_day = int((now + offset_of(now)) // DAY)
    begin = last_day - PERIOD_DAYS[period] + 1 if period in PERIOD_DAYS and since is None else 0
    start = since or 0.0
    events = history.plays
    whole = events.where((events.day >= begin) & (events.started >= start) & (events.started <= now))
    counted = whole.where(whole.counted)
    first_day = min(max(begin, int(whole.day.min()) if len(whole) else last_day), last_day)
    sets, known = genre_sets(history, counted)
    songs = history.songs
    found_entropy = figures = found_archetype = None
    if len(counted) >= NEEDED and len(sets):
        found_entropy = estimate(sets, counted.started[known], counted.day[known])
        figures = _figures(history, counted, sets, known, last_day - first_day + 1)
        likes = None if acts is None else int(((acts >= whole.started[0]) & (acts <= now)).sum())
        found_archetype = archetype(
            axes(history, whole, counted, found_entropy, figures, likes, last_day - first_day + 1)
        )
    return Portrait(
        period, len(counted), len(whole), max(0, NEEDED - len(counted)), first_day, last_day, history, whole,
        sets.sum(axis=0) if len(sets) else np.zeros(len(FAMILIES)),
        genre_stream(history, counted, first_day, last_day), heat(counted), endings(history, whole),
        ranking(counted.songs, counted.songs, TOP),
        ranking(songs.artists[counted.songs], counted.songs, TOP),
        ranking(songs.albums[counted.songs], counted.songs, TOP),
        discovery(counted, first_day, last_day),
        dormant(history, events.where(events.counted), now),
        found_entropy, figures, found_archetype,
    )  # fmt: skip


def axes(
    history: History,
    whole: Plays,
    counted: Plays,
    entropy: EntropyEstimate,
    figures: Figures,
    acts: int | None,
    days: int,
) -> Axes:
    """Where a listener stands; see persona/archetypes.py."""
    artists = np.bincount(history.songs.artists[counted.songs]).astype(np.float64)
    known = whole.ended[whole.known]
    skips = float((np.count_nonzero(known == SKIPPED) + 0.5) / (len(known) + 1)) if len(known) else np.nan
    imported = [code for code, name in enumerate(history.sources) if name in IMPORTED]
    own = int(np.count_nonzero(~np.isin(counted.sources, imported)))
    rate = 100 * acts / own if acts is not None and own >= NEEDED else None
    return Axes(
        entropy.normalised,
        depth(same_twice(artists)),
        engagement(figures.active_days, 7 * figures.hours / max(days, 7), rate),
        skips,
    )


def _figures(history: History, counted: Plays, sets: Floats, known: Mask, days: int) -> Figures:
    genres = sets.sum(axis=0)
    artists = np.unique(history.songs.artists[counted.songs], return_counts=True)[1].astype(np.float64)
    songs = np.unique(counted.songs, return_counts=True)[1].astype(np.float64)
    names = np.array([_help(name) for name in history.sources] or [0], np.int64)
    guided = names[counted.sources]
    return Figures(
        (float(np.count_nonzero(genres >= 0.5)), hill(genres, 1), hill(genres, 2)),
        chao_shen(artists),
        len(artists),
        gini(artists),
        gini(songs),
        repeat_rate(counted),
        float(counted.heard.sum() / 3600),
        len(np.unique(counted.day)) / max(1, days),
        float(known.mean()),
        genres_in_a_week(sets, counted.day[known]),
        _reach(counted, guided == 0),
        _reach(counted, guided == 1),
    )


def _help(source: str) -> int:
    """0 chosen without help, 1 by radio or a recommendation, 2 not known."""
    if source in ON_ONES_OWN:
        return 0
    return 2 if source in IMPORTED or not source else 1


def _reach(counted: Plays, chosen: Mask) -> float:
    return float(100 * counted.first[chosen].mean()) if chosen.any() else float("nan")
