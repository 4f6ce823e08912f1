"""When, what and how: tables over time, hours, endings, rankings. All from counted plays unless said."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.persona.history import DAY, FINISHED, PART, SKIPPED, Floats, History, Ids, Mask, Plays
from soniq_desktop.persona.interval import totals_by

MOST_BUCKETS = 60
REPEAT_DAYS = 30
DORMANT_DAYS = 180
FAVOURITE_PLAYS = 8
DAYPARTS = (("mornings", 5, 11), ("afternoons", 11, 17), ("evenings", 17, 23), ("nights", 23, 5))
LEAST_STARTS = 20
Z90 = 1.645


@dataclass(frozen=True, slots=True, eq=False)
class GenreStream:
    """Genres over time.

    Attributes:
        step: "day", "week", "month" or "quarter"; begins: (b,) first local day of each bucket.
        hours: (b,) hours listened; shares: (b, 12) share of each genre in them, or zeros.
    """

    step: str
    begins: Ids
    hours: Floats
    shares: Floats


def genre_stream(history: History, plays: Plays, first_day: int, last_day: int) -> GenreStream:
    """Share of listening time by genre; songs without a genre are left out."""
    step, edges = buckets(first_day, last_day)
    sets = history.songs.genres[plays.songs]
    known = ~np.isnan(sets).any(axis=1) if len(sets) else np.zeros(0, np.bool_)
    labels = np.searchsorted(edges, plays.day[known], side="right") - 1
    # One of no weight in the last bucket, so that every bucket is there.
    labels = np.concatenate([labels, [len(edges) - 1]])
    seconds = np.concatenate([sets[known] * plays.heard[known, None], np.zeros((1, len(FAMILIES)))])
    totals = totals_by(labels, seconds)
    sums = totals.sum(axis=1)
    shares = np.divide(totals, sums[:, None], out=np.zeros_like(totals), where=sums[:, None] > 0)
    return GenreStream(step, edges, sums / 3600, shares)


def buckets(first_day: int, last_day: int) -> tuple[str, Ids]:
    """First days of the buckets from first_day to last_day: days, weeks from Mondays, months or quarters."""
    span = last_day - first_day + 1
    if span <= 35:
        return "day", np.arange(first_day, last_day + 1)
    if span <= 7 * MOST_BUCKETS:
        monday = first_day - (first_day + 3) % 7
        return "week", np.arange(monday, last_day + 1, 7)
    months = month_starts(first_day, last_day)
    return ("month", months) if len(months) <= 2 * MOST_BUCKETS else ("quarter", months[::3])


def month_starts(first_day: int, last_day: int) -> Ids:
    """First days of the calendar months that first_day to last_day touch."""
    first, last = (
        np.datetime64(day, "D").astype("datetime64[M]").astype(np.int64) for day in (first_day, last_day)
    )
    months = np.arange(first, last + 1).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(months.astype(np.int64))


def heat(plays: Plays) -> Floats:
    """(7, 24) hours listened by local weekday (Monday first) and hour of the start."""
    cells = np.bincount(plays.weekday * 24 + plays.hour, plays.heard, 168)
    return np.asarray(cells.reshape(7, 24) / 3600)


@dataclass(frozen=True, slots=True)
class Endings:
    """How starts ended, of those where that is known.

    Attributes:
        starts: how many; finished, part, skipped: shares of them.
        part_after, skipped_after: median seconds heard, NaN where there are none.
        change: finished, second half of the period minus first, in shares; NaN unless it is larger than its
            90 % margin.
        skipped_most: like "Metal on weekday mornings", "" where nothing stands out.
    """

    starts: int
    finished: float
    part: float
    skipped: float
    part_after: float
    skipped_after: float
    change: float
    skipped_most: str


def endings(history: History, plays: Plays) -> Endings:
    """From all events, counted or not."""
    known = plays.where(plays.known)
    counts = np.bincount(known.ended, minlength=3)
    finished, part, skipped = counts / max(1, len(known))
    return Endings(
        len(known), float(finished), float(part), float(skipped),
        _median(known.heard[known.ended == PART]), _median(known.heard[known.ended == SKIPPED]),
        _change(known), _skipped_most(history, known),
    )  # fmt: skip


def _median(values: Floats) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _change(known: Plays) -> float:
    """Difference of two shares; margin from the normal approximation of the binomial distribution."""
    half = len(known) // 2
    if half < LEAST_STARTS:
        return float("nan")
    ended = known.ended == FINISHED
    before, after = ended[:half], ended[half:]
    margin = Z90 * np.sqrt(before.var() / len(before) + after.var() / len(after))
    change = float(after.mean() - before.mean())
    return change if abs(change) > margin else float("nan")


def _skipped_most(history: History, known: Plays) -> str:
    """The genre and time whose skip rate is surely above the usual: highest lower Wilson bound (1927)."""
    usual = float((known.ended == SKIPPED).mean()) if len(known) else 0.0
    part = daypart(known.hour)
    weekend = known.weekday >= 5
    cells = (part * 2 + weekend).astype(np.int64)
    sets = np.nan_to_num(history.songs.genres[known.songs], nan=0.0)
    size = 2 * len(DAYPARTS)
    blank = np.zeros((1, len(FAMILIES)))
    labels = np.concatenate([cells, [size - 1]])
    starts = totals_by(labels, np.concatenate([sets, blank]))
    skips = totals_by(labels, np.concatenate([sets * (known.ended == SKIPPED)[:, None], blank]))
    low = np.where(starts >= LEAST_STARTS, wilson_low(skips, starts), 0.0)
    cell, genre = np.unravel_index(int(np.argmax(low)), low.shape)
    if low[cell, genre] <= usual:
        return ""
    when = f"{'weekend' if cell % 2 else 'weekday'} {DAYPARTS[cell // 2][0]}"
    return f"{FAMILIES[genre]} on {when}"


def daypart(hours: Ids) -> Ids:
    """(n,) place in DAYPARTS of local hours."""
    table = np.zeros(24, np.int64)
    for place, (_, begin, end) in enumerate(DAYPARTS):
        for hour in range(begin, end if end > begin else end + 24):
            table[hour % 24] = place
    return np.asarray(table[hours])


def wilson_low(hits: Floats, tries: Floats) -> Floats:
    """Lower bound of Wilson's interval for a share, one-sided 95 %."""
    n = np.maximum(tries, 1e-9)
    p = np.clip(hits / n, 0, 1)
    centre = p + Z90**2 / (2 * n)
    margin = Z90 * np.sqrt(p * (1 - p) / n + Z90**2 / (4 * n * n))
    return np.asarray((centre - margin) / (1 + Z90**2 / n))


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a ranking: song row, artist id or album id; its plays; the row of one of its songs."""

    key: int
    plays: int
    song: int


def ranking(keys: Ids, songs: Ids, count: int) -> tuple[Ranked, ...]:
    """Most played first; keys below 0 (no album) are left out."""
    kept = keys >= 0
    plays = np.bincount(keys[kept])
    rows = np.zeros(len(plays), np.int64)
    rows[keys[kept][::-1]] = songs[kept][::-1]  # the last assignment stays: the first song heard
    order = np.argsort(-plays, kind="stable")[:count]
    return tuple(Ranked(int(i), int(plays[i]), int(rows[i])) for i in order if plays[i])


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """First listens: by calendar month, (m,) first days, plays and first listens; and over the period."""

    begins: Ids
    plays: Ids
    firsts: Ids
    total: int
    rate: float


def discovery(plays: Plays, first_day: int, last_day: int) -> Discovery:
    """First listens per play. A first listen is the first counted play of a song in the whole history."""
    begins = month_starts(first_day, last_day)
    labels = np.searchsorted(begins, plays.day, side="right") - 1
    size = len(begins)
    all_, firsts = np.bincount(labels, minlength=size), np.bincount(labels[plays.first], minlength=size)
    total = int(firsts.sum())
    return Discovery(begins, all_, firsts, total, total / max(1, len(plays)))


def repeat_rate(plays: Plays) -> float:
    """Share of plays whose song was played in the 30 days before (within the plays given)."""
    order = np.lexsort((plays.started, plays.songs))
    same = np.diff(plays.songs[order], prepend=-1) == 0
    gaps = np.diff(plays.started[order], prepend=-np.inf)
    return float((same & (gaps <= REPEAT_DAYS * DAY)).mean()) if len(order) else 0.0


def dormant(history: History, counted: Plays, now: float, count: int = 20) -> tuple[Ranked, ...]:
    """Favourites of once: eight plays or more (four where liked), none for half a year; most played first."""
    size = len(history.songs.ids)
    plays = np.bincount(counted.songs, minlength=size)
    last = np.full(size, -np.inf)
    np.maximum.at(last, counted.songs, counted.started)
    least = np.where(history.songs.liked, FAVOURITE_PLAYS // 2, FAVOURITE_PLAYS)
    rows = np.flatnonzero((plays >= least) & (last < now - DORMANT_DAYS * DAY))
    order = rows[np.argsort(-plays[rows], kind="stable")][:count]
    return tuple(Ranked(int(row), int(plays[row]), int(row)) for row in order)


def genres_in_a_week(sets: Floats, days: NDArray[np.int64]) -> float:
    """Median over weeks with at least ten plays: how many genres make up at least a twentieth of a week."""
    weeks = np.unique((days + 3) // 7, return_inverse=True)[1]
    if not len(weeks):
        return float("nan")
    totals = totals_by(weeks.astype(np.int64), sets)
    plays = np.bincount(weeks)
    usual = totals[plays >= 10]
    if not len(usual):
        return float("nan")
    return float(np.median((usual / usual.sum(axis=1, keepdims=True) >= 0.05).sum(axis=1)))


def day_of(day: int) -> dt.date:
    """The date of a local day number."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(day))


def in_cell(plays: Plays, weekday: int, hour: int) -> Mask:
    """(n,) the plays behind one cell of the heat map."""
    return np.asarray((plays.weekday == weekday) & (plays.hour == hour))
