"""What was measured of every track, held as arrays and kept in step with the catalogue."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.discovery.compared_by import measured_by
from soniq_desktop.discovery.vectors import Ids, Vectors, sound_rows
from soniq_desktop.library.measured import COLUMNS, Floats, Measured, MeasuredSource
from soniq_desktop.models.embedder_specs import EmbedderSpec

Mask = NDArray[np.bool_]

LANDMARKS = 2_000  # tracks that the scales are measured against
NEAR = 10  # the scale of a track is its distance to the tenth nearest of them
LEAST_SCALE = 0.02  # chord distance: tracks that are all equal still have a scale
BLOCK = 4_096  # rows per product


@dataclass(frozen=True, slots=True)
class Point:
    """What tracks are compared with: a track, or the profile of several.

    Attributes:
        name: what a sentence calls it.
        values: every column of `library.measured.COLUMNS`; NaN where unknown.
        vector: (dim,) of unit length, or None.
        mood: (tags,) square roots of the tag scores at unit length, or None.
        scale: its own scale for local scaling.
        track_id: the track, or None.
    """

    name: str
    values: dict[str, float]
    vector: Vectors | None
    mood: Vectors | None
    scale: float
    track_id: int | None = None


class Once:
    """A value that is worked out when it is first asked for, and then shared."""

    def __init__(self) -> None:
        self._value: Vectors | None = None
        self._lock = threading.Lock()

    def get(self, work: Callable[[], Vectors]) -> Vectors:
        with self._lock:
            if self._value is None:
                self._value = work()
            return self._value


@dataclass(frozen=True, slots=True)
class Sounds:
    """All tracks that were listened to, ascending by id.

    Attributes:
        ids: (n,) of the tracks.
        columns: one array (n,) per name, NaN where unknown.
        vectors: (n, dim) unit length, zero where there is none.
        moods: (n, tags) square roots of the tag scores at unit length, zero where there are none.
        scales: (n,) distance to the tenth nearest landmark, NaN where there is no vector.
        landmarks: (m, dim) sample of the vectors that scales are measured against.
        has_mood: (n,) whether there are tag scores.
        typical: what `facets.typical_of` worked out, once somebody asked.
        copies: track id -> number of a group of tracks that are known to be one recording.
    """

    ids: Ids
    columns: dict[str, Floats]
    vectors: Vectors
    moods: Vectors
    scales: Vectors
    landmarks: Vectors
    has_mood: Mask
    typical: "Once" = field(default_factory=Once)
    copies: Mapping[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.vectors)

    def part(self, rows: slice) -> "Sounds":
        """Some of the rows, in the same order."""
        return Sounds(
            self.ids[rows],
            {name: values[rows] for name, values in self.columns.items()},
            self.vectors[rows],
            self.moods[rows],
            self.scales[rows],
            self.landmarks,
            self.has_mood[rows],
            copies=self.copies,
        )

    def rows(self, ids: Iterable[int]) -> NDArray[np.intp]:
        """Rows of those of `ids` that were listened to, in their order."""
        wanted = np.fromiter(ids, np.int64)
        known = self.ids
        places = np.searchsorted(known, wanted)
        places, wanted = places[places < len(known)], wanted[places < len(known)]
        rows: NDArray[np.intp] = places[known[places] == wanted]
        return rows

    def point(self, track_id: int, name: str) -> Point:
        """A track to compare with.

        Raises:
            NotFoundError: SONIQ has not listened to it yet.
        """
        rows = self.rows([track_id])
        if not len(rows):
            raise NotFoundError(
                f"SONIQ has not listened to “{name}” yet.", "Similar tracks appear once it has."
            )
        row = int(rows[0])
        return Point(
            name,
            {column: float(values[row]) for column, values in self.columns.items()},
            None if np.isnan(self.scales[row]) else self.vectors[row],
            self.moods[row] if self.has_mood[row] else None,
            float(self.scales[row]),
            track_id,
        )


def build(known: Measured) -> Sounds:
    """The arrays for comparing, of what `cleaned` gave."""
    usable = np.asarray(known.vectors.any(axis=1))
    landmarks = sample(known.vectors, usable)
    scales = np.where(usable, scales_of(known.vectors, landmarks), np.float32(np.nan))
    has_mood = np.asarray(known.scores.any(axis=1))
    ids = known.columns["id"].astype(np.int64)
    return Sounds(ids, known.columns, known.vectors, known.scores, scales, landmarks, has_mood)


def cleaned(known: Measured) -> Measured:
    """With vectors, and square roots of scores, at unit length; zero where there is none that is sound."""
    vectors, scores = known.vectors, known.scores  # changed in place: copies would take their memory twice
    vectors[~sound_rows(vectors, vectors.shape[1])] = 0
    scores[~sound_rows(scores, scores.shape[1])] = 0
    np.sqrt(np.maximum(scores, 0, out=scores), out=scores)
    return replace(known, vectors=_unit(vectors), scores=_unit(scores))


def sample(vectors: Vectors, usable: Mask) -> Vectors:
    """At most `LANDMARKS` of the usable vectors, always the same ones."""
    rows = np.flatnonzero(usable)
    if len(rows) > LANDMARKS:
        rows = np.sort(np.random.default_rng(1966).choice(rows, LANDMARKS, replace=False))
    return vectors[rows]


def scales_of(vectors: Vectors, landmarks: Vectors) -> Vectors:
    """(n,) chord distance to the tenth nearest landmark, itself not counted; less among fewer tracks."""
    near = min(NEAR, len(landmarks) - 1)
    if near < 1:
        return np.full(len(vectors), 1.0, np.float32)
    scales = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), BLOCK):
        cosines = vectors[start : start + BLOCK] @ landmarks.T
        best = -np.partition(-cosines, near, axis=1)[:, near]  # place 0 is the track itself
        scales[start : start + BLOCK] = np.sqrt(np.maximum(2 - 2 * best, 0))
    return np.maximum(scales, LEAST_SCALE)


def _unit(rows: Vectors) -> Vectors:
    """In place, for the memory that another copy would take."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(lengths > 0, lengths, 1)
    return rows


class SoundSource(MeasuredSource, Protocol):
    """The part of the catalogue that is read here."""

    def state_of_tracks(self) -> tuple[int, int]: ...


class SoundStore:
    """`Sounds` of a catalogue, read when first asked for, and again what changed. Any thread."""

    def __init__(self, source: SoundSource, spec: EmbedderSpec) -> None:
        self.source, self.spec = source, spec
        self._lock = threading.Lock()
        self._known: Measured | None = None
        self._sounds: Sounds | None = None
        self._copies: Mapping[int, int] = {}

    def current(self) -> Sounds:
        """The library as it is now."""
        with self._lock:
            known = self._known
            if known is None or self._sounds is None or known.deletions != self.source.state_of_tracks()[1]:
                return self._take(self._read())
            fresh = self._read(known.revision)
            return self._take(merged(known, fresh)) if len(fresh.vectors) else self._sounds

    def know_copies(self, groups: Iterable[Iterable[int]]) -> None:
        """Which tracks were found to be one recording; takes the place of what was known before."""
        copies = {track_id: number for number, group in enumerate(groups) for track_id in group}
        with self._lock:
            self._copies = copies
            if self._sounds is not None:
                self._sounds = replace(self._sounds, copies=copies)

    def _read(self, since: int = -1) -> Measured:
        return cleaned(measured_by(self.source, self.spec, since))

    def _take(self, known: Measured) -> Sounds:
        before, self._known = self._known, known
        if before is not None and self._sounds is not None and _same_vectors(before, known):
            # only likes, plays or tags changed: the scales stay, and with equal features what is typical
            kept = self._sounds.typical if _same_features(before, known) else Once()
            self._sounds = replace(self._sounds, columns=known.columns, typical=kept)
        else:
            self._sounds = replace(build(known), copies=self._copies)
        return self._sounds


def merged(known: Measured, fresh: Measured) -> Measured:
    """`known` with the rows of `fresh` in place of, or beside, its own."""
    kept = ~np.isin(known.columns["id"], fresh.columns["id"])
    order = np.argsort(np.concatenate([known.columns["id"][kept], fresh.columns["id"]]))
    columns = {
        name: np.concatenate([known.columns[name][kept], fresh.columns[name]])[order] for name in COLUMNS
    }
    return Measured(
        fresh.revision,
        fresh.deletions,
        columns,
        np.concatenate([known.vectors[kept], fresh.vectors])[order],
        np.concatenate([known.scores[kept], fresh.scores])[order],
    )


def _same_features(one: Measured, other: Measured) -> bool:
    unheard = {"liked", "missing", "plays", "last_played", "year"}
    names = [name for name in COLUMNS if name not in unheard]
    return all(np.array_equal(one.columns[name], other.columns[name], equal_nan=True) for name in names)


def _same_vectors(one: Measured, other: Measured) -> bool:
    return one.vectors.shape == other.vectors.shape and bool(
        np.array_equal(one.columns["id"], other.columns["id"])
        and np.array_equal(one.vectors, other.vectors)
        and np.array_equal(one.scores, other.scores)
    )
