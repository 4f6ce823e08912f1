"""What somebody likes to hear lately: several tastes rather than one mean, and what was skipped.

Each listening event counts +1 when finished, its share when heard in part, −1 when skipped, halved for every
30 days of age. Tracks on the plus side are grouped by spherical k-means (Dhillon and Modha 2001), seeded.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.sounds import Mask, Point, Sounds, scales_of
from soniq_desktop.discovery.vectors import Vectors
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.measured import COLUMNS
from soniq_desktop.library.records import Filters as TrackFilters
from soniq_desktop.library.records import Play, Track, TrackQuery

HALF_LIFE = 30 * 86_400.0  # seconds
HORIZON = 12 * HALF_LIFE  # older events count less than 1/4096
MOST_TASTES = 6
MOST_AVOIDED = 8
ROUNDS = 25
LIKED = 0.3  # what a like adds, beside listening
SPREAD_SAMPLE = 5_000


@dataclass(frozen=True, slots=True)
class Taste:
    """Tastes with their weights (summing to 1), and points to keep away from with theirs (0 to 1).

    Attributes:
        names: genre or strongest tag of each taste, may be empty.
        leaders: of each taste the track that weighs most, and why ("finished", "heard", "liked").
    """

    points: tuple[Point, ...] = ()
    weights: tuple[float, ...] = ()
    names: tuple[str, ...] = ()
    leaders: tuple[tuple[Track, str], ...] = ()
    avoided: tuple[tuple[Point, float], ...] = ()
    notice: str = ""


def taste_of(
    catalogue: Catalogue, sounds: Sounds, tags: tuple[str, ...], now: float, refused: Sequence[int] = ()
) -> Taste:
    """The taste that the listening history shows; from likes alone where nothing was finished.

    `refused`: tracks that the listener does not want to be offered, the latest last.
    """
    history = catalogue.history(now - HORIZON)
    weights = event_weights(history, sounds, now)
    heard = any(weight > 0 for weight in weights.values())
    for track_id in catalogue.track_ids(TrackQuery(filters=TrackFilters(liked=True))).tolist():
        weights[track_id] += LIKED
    weights.update(dict.fromkeys(refused[-MOST_AVOIDED:], -1.0))
    rows = _usable(sounds, [key for key, weight in weights.items() if weight > 0])
    avoided = _avoided(catalogue, sounds, weights)
    if not len(rows):
        return Taste(avoided=avoided)
    strengths = np.array([weights[int(key)] for key in sounds.ids[rows]])
    labels = clusters(sounds.vectors[rows], strengths, tastes_for(len(rows)))
    members = [rows[labels == label] for label in np.unique(labels)]
    parts = [strengths[labels == label] for label in np.unique(labels)]
    order = np.argsort([-part.sum() for part in parts], kind="stable")
    profiles = [profile(catalogue, sounds, members[i], parts[i], tags, heard=heard) for i in order]
    finished = {event.track_id for event in history if event.ended == "finished"}
    begun = {event.track_id for event in history}
    leaders = tuple(_leader(catalogue, sounds, members[i], parts[i], finished, begun) for i in order)
    total = float(strengths.sum())
    notice = "" if heard else "There is no listening history yet: these follow your likes."
    points, names = tuple(point for point, _ in profiles), tuple(name for _, name in profiles)
    shares = tuple(float(parts[i].sum()) / total for i in order)
    return Taste(points, shares, names, leaders, avoided, notice)


def event_weights(events: Iterable[Play], sounds: Sounds, now: float) -> defaultdict[int, float]:
    """Sum of the events of each track, recent ones counting more."""
    durations = dict(zip(sounds.ids.tolist(), sounds.columns["duration"].tolist(), strict=True))
    weights: defaultdict[int, float] = defaultdict(float)
    for event in events:
        age = max(now - event.started_at, 0.0)
        weights[event.track_id] += outcome(event, durations.get(event.track_id, 0.0)) * 0.5 ** (
            age / HALF_LIFE
        )
    return weights


def outcome(event: Play, duration: float) -> float:
    """+1 finished, −1 skipped, between 0 and 1 for the share that was heard."""
    if event.ended != "part":
        return 1.0 if event.ended == "finished" else -1.0
    return min(max(event.seconds_heard, 0.0) / duration, 1.0) if duration > 0 else 0.0


def tastes_for(tracks: int) -> int:
    """How many tastes so many tracks can show."""
    return int(np.clip(round(np.sqrt(tracks / 2)), 1, MOST_TASTES))


def clusters(vectors: Vectors, weights: NDArray[np.float64], count: int, seed: int = 0) -> NDArray[np.intp]:
    """(n,) label of each unit vector, by weighted spherical k-means from a k-means++ start."""
    centres = _start(vectors, weights, count, np.random.default_rng(seed))
    labels: NDArray[np.intp] = np.argmax(vectors @ centres.T, axis=1)
    for _ in range(ROUNDS):
        for label in range(len(centres)):
            own = labels == label
            mean = weights[own] @ vectors[own]
            length = np.linalg.norm(mean)
            if length > 1e-6:
                centres[label] = mean / length
        fresh = np.argmax(vectors @ centres.T, axis=1)
        if np.array_equal(fresh, labels):
            break
        labels = fresh
    return labels


def _start(
    vectors: Vectors, weights: NDArray[np.float64], count: int, random: np.random.Generator
) -> Vectors:
    chosen = [int(np.argmax(weights))]
    while len(chosen) < count:
        far = np.maximum(1 - (vectors @ vectors[chosen].T).max(axis=1), 0) * weights
        if far.sum() < 1e-6:  # all that is left equals what was chosen
            break
        chosen.append(int(random.choice(len(far), p=far / far.sum())))
    return vectors[chosen].copy()


def profile(
    catalogue: Catalogue,
    sounds: Sounds,
    rows: NDArray[np.intp],
    weights: NDArray[np.float64],
    tags: tuple[str, ...],
    *,
    heard: bool,
) -> tuple[Point, str]:
    """Several tracks as one point with a name, and the label of that."""
    point = middle(sounds, rows, weights)
    tracks = catalogue.tracks(sounds.ids[rows])
    kind, label = "listening" if heard else "liked music", _label(tracks, weights, point.mood, tags)
    name = f"your {'recent ' if heard else ''}{label} {kind}".replace("  ", " ")
    return replace(point, name=name), label


def middle(sounds: Sounds, rows: NDArray[np.intp], weights: NDArray[np.float64]) -> Point:
    """Several tracks as one point: weighted means, the median tempo, the most frequent key."""
    values = {name: _mean(sounds.columns[name][rows], weights) for name in COLUMNS}
    tempo, sure = _tempo(sounds.columns["tempo"][rows], weights)
    values |= {"tempo": tempo, "tempo_confidence": sure} | _key(sounds, rows, weights)
    vector = _direction(weights @ sounds.vectors[rows])
    mood = _direction(weights @ sounds.moods[rows])
    scale = 1.0 if vector is None else float(scales_of(vector[None], sounds.landmarks)[0])
    return Point("", values, vector, mood, scale)


def spread(sounds: Sounds, allowed: Mask, count: int) -> NDArray[np.intp]:
    """Rows each as far as can be from those before it (farthest-first traversal, Gonzalez 1985)."""
    rows = np.flatnonzero(allowed & ~np.isnan(sounds.scales))
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), SPREAD_SAMPLE)).astype(int)]
    if not len(rows):
        return np.flatnonzero(allowed)[:count]
    vectors = sounds.vectors[rows]
    middle = _direction(vectors.mean(axis=0))
    order = [int(np.argmax(vectors @ middle)) if middle is not None else 0]
    nearest = vectors @ vectors[order[0]]
    for _ in range(min(3 * count, len(rows)) - 1):  # spare ones: caps leave some out
        nearest[order[-1]] = np.inf
        order.append(int(np.argmin(nearest)))
        nearest = np.maximum(nearest, vectors @ vectors[order[-1]])
    chosen: NDArray[np.intp] = rows[order]
    return chosen


def _avoided(
    catalogue: Catalogue, sounds: Sounds, weights: dict[int, float]
) -> tuple[tuple[Point, float], ...]:
    """The tracks that were skipped most and lately."""
    worst = sorted((weight, key) for key, weight in weights.items() if weight < 0)[:MOST_AVOIDED]
    rows = _usable(sounds, [key for _, key in worst])
    names = {track.id: track.title for track in catalogue.tracks(sounds.ids[rows])}
    return tuple(
        (sounds.point(int(key), names.get(int(key), "")), min(-weights[int(key)], 1.0))
        for key in sounds.ids[rows]
    )


def _leader(
    catalogue: Catalogue,
    sounds: Sounds,
    rows: NDArray[np.intp],
    weights: NDArray[np.float64],
    finished: set[int],
    begun: set[int],
) -> tuple[Track, str]:
    """The track that weighs most, rather one that was finished than one that was only begun or liked."""
    ids = sounds.ids[rows].tolist()
    best = max(range(len(ids)), key=lambda i: (ids[i] in finished, ids[i] in begun, weights[i]))
    done = "finished" if ids[best] in finished else "heard" if ids[best] in begun else "liked"
    return catalogue.tracks([ids[best]])[0], done


def _usable(sounds: Sounds, ids: list[int]) -> NDArray[np.intp]:
    rows = sounds.rows(ids)
    usable: NDArray[np.intp] = rows[~np.isnan(sounds.scales[rows])]
    return usable


def _mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    known = ~np.isnan(values)
    return float(np.average(values[known], weights=weights[known])) if known.any() else float("nan")


def _tempo(values: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Weighted median, and the share of the weight within 8 % of it: how sure it is."""
    known = values > 0
    if not known.any():
        return float("nan"), 0.0
    values, weights = values[known], weights[known]
    order = np.argsort(values)
    middle = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    tempo = float(values[order][min(middle, len(values) - 1)])
    return tempo, float(weights[np.abs(values / tempo - 1) < 0.08].sum() / weights.sum())


def _key(sounds: Sounds, rows: NDArray[np.intp], weights: NDArray[np.float64]) -> dict[str, float]:
    """The key with the most weight; its share says how sure it is."""
    keys, minors = sounds.columns["key"][rows], sounds.columns["minor"][rows]
    known = ~np.isnan(keys) & ~np.isnan(minors)
    if not known.any():
        return {"key": float("nan"), "minor": float("nan"), "key_confidence": 0.0}
    totals = np.bincount((2 * keys[known] + minors[known]).astype(int), weights[known], minlength=24)
    best = int(np.argmax(totals))
    return {
        "key": best // 2,
        "minor": best % 2,
        "key_confidence": float(totals[best] / totals.sum()),
    }


def _direction(vector: NDArray[np.floating]) -> Vectors | None:
    length = float(np.linalg.norm(vector))
    return None if length < 1e-6 else (vector / length).astype(np.float32)


def _label(
    tracks: list[Track], weights: NDArray[np.float64], mood: Vectors | None, tags: tuple[str, ...]
) -> str:
    """The genre of most of it, or its strongest tag."""
    totals: defaultdict[str, float] = defaultdict(float)
    for track, weight in zip(tracks, weights.tolist(), strict=True):
        totals[track.tags.genre] += weight
    if totals:
        genre, most = max(totals.items(), key=lambda pair: pair[1])
        if genre and most > 0.5 * sum(totals.values()):
            return genre
    return tags[int(np.argmax(mood))].lower() if mood is not None and tags else ""
