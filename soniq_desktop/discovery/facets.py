"""How alike two tracks are, facet by facet: each a similarity from 0 to 1, NaN where it cannot be told.

`timbre`   local scaling of the embedding's chord distance d: exp(−d² / (s·s')), where s is each track's own
           scale (Zelnik-Manor and Perona, "Self-tuning spectral clustering", 2005). It lowers hubs, tracks
           that are near everything (Schnitzer et al., "Local and global scaling reduce hubs in space", 2012).
`rhythm`   tempo (an octave off counts a fifth less), weighted by how sure it is, and onsets per second.
`harmony`  steps on the Camelot wheel, a change of mode counting as one.
`energy`   loudness, loudness range, energy and brightness.
`mood`     Bhattacharyya coefficient of the tag scores: the cosine of their square roots.

The similarity of two tracks is the sum of `WEIGHTS` times these; what cannot be told, or is uncertain, counts
as the library's average, so that it neither helps nor harms.

Against hubs, tracks that are near everything in all facets together, a track gives back half of what it shows
in each facet to the quarter of the library that is nearest to it, as far as that is more than other tracks do
(`typical_of`; the idea is that of CSLS, Conneau et al., "Word translation without parallel data", 2018). That
is a number for each track and facet, so that the sum stays a sum.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.sounds import Point, Sounds

Array = NDArray[np.float32]

FACETS = ("timbre", "rhythm", "harmony", "energy", "mood")
WEIGHTS = np.array([0.40, 0.20, 0.12, 0.14, 0.14], np.float32)

AGAINST = 64  # tracks of the library that all others are measured against
GIVEN_BACK = 0.5  # share of what is typical of a track that does not count
LEAST_LIBRARY = 24  # tracks below which nothing can be called typical
ROWS = 4_096  # at a time
SHORTEST = 30.0  # seconds: jingles and sound effects are not what music is measured against

TEMPO_WIDTH = 0.12  # octaves: 8 % apart leaves two thirds of the similarity
OCTAVE = 0.8  # what half or double the tempo keeps
ONSET_WIDTH = 0.5  # octaves of onset rate
ONSETS = 0.5  # weight of the onset rate beside a tempo that is certain
UNSURE = 0.5  # confidence where none is known
WHEEL = np.array([1.0, 0.8, 0.4, 0.2, 0.0, 0.0, 0.0, 0.0], np.float32)  # by steps
ENERGY_WIDTHS = {
    "loudness": 6.0,
    "loudness_range": 5.0,
    "energy": 0.2,
    "brightness": 0.5,
}  # LU, LU, –, octaves


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every track of the library against one point.

    Attributes:
        values: (n, 5) similarity by facet, the library's average where it is unknown.
        means: (5,) those averages.
        cosines: (n,) of the embeddings, NaN where one has none.
        offsets: (n, 5) what is taken off against hubs.
    """

    values: Array
    means: Array
    cosines: Array
    offsets: Array

    @property
    def scores(self) -> Array:
        """(n,) similarity, about 0 to 1."""
        return self.without(())

    def score(self, row: int) -> float:
        """Similarity of one row."""
        return float((self.values[row] - self.offsets[row]) @ WEIGHTS)

    @property
    def average(self) -> float:
        """Similarity of a track that is average in every facet."""
        return float(self.means @ WEIGHTS)

    def contributions(self, rows: NDArray[np.intp]) -> Array:
        """(m, 5): how much each facet lifts these rows above the library's average similarity.

        Of a sum like this one they are its Shapley values (Lundberg and Lee, 2017, corollary 1).
        """
        lifted: Array = WEIGHTS * (self.values[rows] - self.offsets[rows] - self.means)
        return lifted

    def without(self, facets: tuple[int, ...]) -> Array:
        """(n,) the similarity with these facets taken away (not rescaled: ranks are what matters)."""
        weights = WEIGHTS.copy()
        weights[list(facets)] = 0
        return product(self.values, weights) - product(self.offsets, weights)


def compare(sounds: Sounds, point: Point) -> Comparison:
    """The whole library against a track or a profile."""
    values, means, cosines = compared(sounds, point)
    typical = sounds.typical.get(lambda: typical_of(sounds))
    return Comparison(values, means, cosines, typical)


def typical_of(sounds: Sounds) -> Array:
    """(n, 5): by how much a track is nearer to what is near it than other tracks are, halved.

    Of each facet the mean similarity to the nearest quarter of `AGAINST` tracks of the library, always the
    same ones, less the mean of that over all tracks. Zero in libraries that are too small to tell.
    """
    music = sounds.columns["duration"] >= SHORTEST
    heard = np.flatnonzero(~np.isnan(sounds.scales) & music)
    if len(heard) < LEAST_LIBRARY:
        return np.zeros((len(sounds), len(FACETS)), np.float32)
    drawn = np.random.default_rng(1966).choice(heard, min(AGAINST, len(heard)), replace=False)
    points = [sounds.point(int(key), "") for key in sounds.ids[drawn]]
    nearest = len(drawn) // 4
    near = np.empty((len(sounds), len(FACETS)), np.float32)
    for start in range(0, len(sounds), ROWS):
        part = sounds.part(slice(start, start + ROWS))
        table = np.stack([compared(part, point)[0] for point in points])
        for place, row in enumerate(drawn):
            if start <= row < start + ROWS:
                table[place, row - start] = 0  # a track is not its own neighbour
        near[start : start + ROWS] = np.partition(table, -nearest, axis=0)[-nearest:].mean(axis=0)
    offsets: Array = np.float32(GIVEN_BACK) * (near - near.mean(axis=0))
    return offsets


def compared(sounds: Sounds, point: Point) -> tuple[Array, Array, Array]:
    """Facet similarities (n, 5) with averages where unknown, those averages (5,), and cosines (n,)."""
    harmony, certainty = harmony_similarity(sounds, point)
    cosines = cosines_to(sounds, point)
    raw = np.empty((len(sounds), len(FACETS)), np.float32)
    raw[:, 0] = np.exp((2 * cosines - 2) / (sounds.scales * np.float32(point.scale)))
    raw[:, 1] = rhythm_similarity(sounds, point)
    raw[:, 2] = harmony
    raw[:, 3] = energy_similarity(sounds, point)
    raw[:, 4] = product(sounds.moods, point.mood) if point.mood is not None else np.nan
    raw[~sounds.has_mood, 4] = np.nan
    known = ~np.isnan(raw)
    means = (np.where(known, raw, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)).astype(np.float32)
    values = np.where(known, raw, means)
    values[:, 2] = means[2] + certainty * (values[:, 2] - means[2])
    return np.clip(values, 0, 1), means, cosines


def cosines_to(sounds: Sounds, point: Point) -> Array:
    """(n,) cosine of the embeddings; NaN where either has no vector."""
    if point.vector is None:
        return np.full(len(sounds), np.nan, np.float32)
    cosines: Array = np.clip(product(sounds.vectors, point.vector), -1, 1)
    cosines[np.isnan(sounds.scales)] = np.nan
    return cosines


def product(rows: Array, vector: Array) -> Array:
    """(n,) of rows (n, d) and a vector (d,), to 6 places: equal rows give equal values, whatever the sum."""
    rounded: Array = np.round(rows @ vector, 6)
    return rounded


def rhythm_similarity(sounds: Sounds, point: Point) -> Array:
    """(n,) of tempo and onset rate; NaN where neither can be compared."""
    octaves = octaves_between(sounds.columns["tempo"], point.values["tempo"])
    tempo = np.maximum(_bell(octaves / TEMPO_WIDTH), OCTAVE * _bell((np.abs(octaves) - 1) / TEMPO_WIDTH))
    sure = confidence(sounds, point, "tempo_confidence")
    onsets = octaves_between(sounds.columns["onset_rate"], point.values["onset_rate"])
    return _average([(tempo, sure), (np.exp(-np.abs(onsets) / ONSET_WIDTH), np.full(len(sounds), ONSETS))])


def harmony_similarity(sounds: Sounds, point: Point) -> tuple[Array, Array]:
    """(n,) similarity of the keys, NaN where one is unknown; and (n,) how certain both are, 0 to 1."""
    steps = wheel_steps(
        sounds.columns["key"], sounds.columns["minor"], point.values["key"], point.values["minor"]
    )
    similar = np.where(np.isnan(steps), np.nan, WHEEL[np.nan_to_num(steps).astype(int)])
    return similar.astype(np.float32), confidence(sounds, point, "key_confidence").astype(np.float32)


def energy_similarity(sounds: Sounds, point: Point) -> Array:
    """(n,) mean over what is known of loudness, loudness range, energy and brightness."""
    parts = []
    for name, width in ENERGY_WIDTHS.items():
        values, value = sounds.columns[name], point.values[name]
        apart = octaves_between(values, value) if name == "brightness" else values - value
        parts.append((np.exp(-np.abs(apart) / width), np.ones(len(sounds))))
    return _average(parts)


def confidence(sounds: Sounds, point: Point, name: str) -> NDArray[np.float64]:
    """(n,) geometric mean of both confidences."""
    values = np.nan_to_num(sounds.columns[name], nan=UNSURE)
    value = point.values[name]
    sure: NDArray[np.float64] = np.sqrt(np.clip(values * (UNSURE if np.isnan(value) else value), 0, 1))
    return sure


def octaves_between(values: NDArray[np.float64], value: float) -> NDArray[np.float64]:
    """log2 of the ratio; NaN where either is unknown or not positive."""
    positive = np.where(values > 0, values, np.nan)
    octaves: NDArray[np.float64] = np.log2(positive / (value if value > 0 else np.nan))
    return octaves


def wheel_steps(
    keys: NDArray[np.float64], minors: NDArray[np.float64], key: float, minor: float
) -> NDArray[np.float64]:
    """Steps on the Camelot wheel, 0 to 7: around the twelve numbers, and one for the other ring."""
    around = np.abs(_wheel(keys, minors) - _wheel(np.array(key), np.array(minor)))
    steps: NDArray[np.float64] = np.minimum(around, 12 - around) + (minors != minor)
    return steps


def _wheel(keys: NDArray[np.float64], minors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Number on the wheel, 0 to 11: fifths from the tonic of the major key."""
    numbers: NDArray[np.float64] = (7 * (keys + 3 * minors)) % 12
    return numbers


def _bell(apart: NDArray[np.float64]) -> NDArray[np.float64]:
    bell: NDArray[np.float64] = np.exp(-(apart**2) / 2)
    return bell


def _average(parts: list[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> Array:
    """(n,) weighted mean of (values, weights) over the values that are known; NaN where none is."""
    total = sum(np.where(np.isnan(values), 0, values * weights) for values, weights in parts)
    weight = np.asarray(sum(np.where(np.isnan(values), 0, weights) for values, weights in parts))
    mean = np.divide(total, weight, out=np.full(len(weight), np.nan), where=weight > 1e-6)
    average: Array = mean.astype(np.float32)
    return average
