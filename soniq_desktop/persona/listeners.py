"""Simulated listeners: a library, a taste and habits give a history. The test bed of the archetypes."""

from dataclasses import dataclass

import numpy as np

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.library.play_history import PlayColumns, PlayedSongs
from soniq_desktop.persona.entropy import Array, shares
from soniq_desktop.persona.history import DAY, FINISHED, PART, SKIPPED, History, history_of

SOURCES = ("songs", "album", "playlist", "radio", "search", "for you")
HOURS = np.array([1, 0, 0, 0, 0, 1, 4, 9, 8, 4, 3, 3, 4, 4, 3, 3, 5, 8, 9, 10, 11, 10, 6, 3], np.float64)


@dataclass(frozen=True, slots=True)
class Habits:
    """One kind of listener.

    Attributes:
        breadth: Dirichlet concentration of genres: small is one genre, large is all alike.
        loyalty: exponent of Zipf's law over artists: large is few artists.
        days: share of days with listening; a_day: mean plays on such a day.
        skips: share of starts that are skipped; likes: per play.
        fresh: chance that a play is of any song rather than one of the favourites.
    """

    breadth: float
    loyalty: float
    days: float
    a_day: float
    skips: float
    likes: float
    fresh: float


KINDS = {
    "Explorer": Habits(8.0, 0.5, 0.55, 10, 0.20, 0.010, 0.6),
    "Niche fan": Habits(0.08, 1.5, 0.55, 10, 0.20, 0.010, 0.2),
    "Casual": Habits(1.2, 1.0, 0.25, 5, 0.50, 0.001, 0.3),
    "Enthusiast": Habits(1.2, 1.0, 0.95, 25, 0.05, 0.050, 0.3),
}


def simulated_songs(count: int, random: np.random.Generator, soft: float = 0.3) -> PlayedSongs:
    """A library: artists keep to a genre or two, albums hold ten songs; `soft` songs have soft genre sets."""
    artists = np.sort(random.integers(0, max(1, count // 25), count))
    homes = random.integers(0, len(FAMILIES), int(artists.max()) + 1)
    genres = np.eye(len(FAMILIES))[homes[artists]]
    doubtful = random.random(count) < soft
    genres[doubtful] = shares(genres[doubtful] * 2 + random.dirichlet(np.full(12, 0.15), int(doubtful.sum())))
    return PlayedSongs(
        np.arange(1, count + 1),
        random.uniform(120, 420, count).round(1),
        random.random(count) < 0.05,
        artists + 1,
        np.arange(count) // 10 + 1,
        genres,
    )


def simulated_plays(
    songs: PlayedSongs, habits: Habits, days: int, end: float, random: np.random.Generator
) -> tuple[PlayColumns, Array]:
    """Events of the last `days` days before `end` (Unix seconds), and the moments of likes."""
    active = np.flatnonzero(random.random(days) < habits.days)
    per_day = random.poisson(habits.a_day, len(active))
    day = np.repeat(active, per_day)
    count = len(day)
    sitting = random.choice(24, size=days, p=HOURS / HOURS.sum())
    begun = end - days * DAY + day * DAY + sitting[day] * 3600.0
    position = np.arange(count) - np.repeat(np.cumsum(per_day) - per_day, per_day)
    started = np.minimum(begun + position * 230 + random.uniform(0, 60, count), end - 600)
    rows = random.choice(len(songs.ids), size=count, p=_taste(songs, habits, random))
    favourites = rows[: max(40, count // 12)]
    again = random.random(count) > habits.fresh
    rows[again] = random.choice(favourites, int(again.sum())) if count else rows[again]
    ended, heard = _endings(songs.durations[rows], habits, random)
    order = np.argsort(started, kind="stable")
    sources = random.choice(len(SOURCES), size=count, p=[0.3, 0.25, 0.2, 0.1, 0.05, 0.1])
    columns = PlayColumns(
        np.arange(count), songs.ids[rows[order]], started[order], heard[order], ended[order],
        sources[order], SOURCES,
    )  # fmt: skip
    return columns, started[random.random(count) < habits.likes]


def simulated(
    kind: Habits, seed: int, *, days: int = 365, songs: int = 2_000, end: float = 1_763_000_000.0
) -> tuple[History, Array]:
    """One listener's history (UTC), and the moments of likes."""
    random = np.random.default_rng(seed)
    library = simulated_songs(songs, random)
    columns, acts = simulated_plays(library, kind, days, end, random)
    return history_of(columns, library, lambda _moment: 0), acts


def varied(kind: Habits, random: np.random.Generator) -> Habits:
    """Another listener of the same kind: every habit up to a quarter more or less."""
    return Habits(
        *(
            float(value * np.exp(random.uniform(-0.25, 0.25)))
            for value in (
                kind.breadth,
                kind.loyalty,
                kind.days,
                kind.a_day,
                kind.skips,
                kind.likes,
                kind.fresh,
            )
        )
    )


def _taste(songs: PlayedSongs, habits: Habits, random: np.random.Generator) -> Array:
    """(m,) chance of each song: genre by a Dirichlet draw, artist by Zipf's law."""
    genre = random.dirichlet(np.full(len(FAMILIES), habits.breadth))
    artists = int(songs.artists.max()) + 1
    popular = np.empty(artists)
    popular[random.permutation(artists)] = 1.0 / np.arange(1, artists + 1) ** habits.loyalty
    owned = shares(songs.genres.sum(axis=0))
    weights = songs.genres @ (genre / np.maximum(owned, 1e-9)) * popular[songs.artists]
    return np.asarray(weights / weights.sum())


def _endings(
    durations: Array, habits: Habits, random: np.random.Generator
) -> tuple[np.typing.NDArray[np.int64], Array]:
    draw = random.random(len(durations))
    ended = np.where(draw < habits.skips, SKIPPED, np.where(draw < habits.skips + 0.07, PART, FINISHED))
    heard = durations.copy()
    heard[ended == SKIPPED] = random.uniform(2, 29, int((ended == SKIPPED).sum()))
    parts = ended == PART
    heard[parts] *= random.uniform(0.5, 0.95, int(parts.sum()))
    return ended.astype(np.int64), heard
