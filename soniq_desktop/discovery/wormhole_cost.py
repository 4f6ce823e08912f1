"""The cost of a recipe over its pool: what `path_cost` weighs, measured on the tracks."""

import numpy as np

from soniq_desktop.common.music import compatible_keys
from soniq_desktop.discovery.facets import TEMPO_WIDTH, UNSURE
from soniq_desktop.discovery.monotone import monotone
from soniq_desktop.discovery.path_cost import Costs, PathCost, path_cost
from soniq_desktop.discovery.vectors import Ids, Vectors
from soniq_desktop.discovery.wormhole_pool import Pool
from soniq_desktop.discovery.wormhole_recipe import Recipe
from soniq_desktop.library.records import Features, Track

SAMPLE = 128  # tracks between which the unit of distance is taken
LEAST_UNIT = 1e-3  # of distance, for libraries of equal tracks
UNKNOWN_ENERGY = 0.3  # gap that a track without an energy is taken to have
UNKNOWN_KEY = 24


def cost_of(recipe: Recipe, pool: Pool, waypoints: Vectors) -> PathCost:
    """The cost of the recipe over the pool, see `path_cost`."""
    distances = np.maximum(1 - pool.vectors @ pool.vectors.T, 0)
    sample = np.linspace(0, len(distances) - 1, min(len(distances), SAMPLE)).astype(int)
    between = distances[np.ix_(sample, sample)][np.triu_indices(len(sample), 1)]
    unit = max(float(np.median(between)) if len(between) else 0.0, LEAST_UNIT)
    ids = np.array([track.id for track in pool.tracks], np.int64)
    return path_cost(
        distances / unit,
        np.maximum(1 - waypoints @ pool.vectors.T, 0) / unit,
        _clashes(pool) if recipe.keys else None,
        _energy_gaps(recipe, pool, len(waypoints)) if recipe.energy else None,
        np.float32(recipe.detour) * chance(recipe.seed, ids),
        _strains(pool),
    )


def _clashes(pool: Pool) -> Costs:
    """(p, p): 0 where two keys are neighbours on the Camelot wheel, 1 where not, ½ where one is unknown."""
    codes = np.array([_key_number(track) for track in pool.tracks])
    table = np.ones((25, 25), np.float32)
    for number in range(24):
        for tonic, mode in compatible_keys(number % 12, "major" if number < 12 else "minor"):
            table[number, tonic + (0 if mode == "major" else 12)] = 0
    table[UNKNOWN_KEY] = table[:, UNKNOWN_KEY] = 0.5
    clashes: Costs = table[np.ix_(codes, codes)]
    return clashes


def _strains(pool: Pool) -> Costs:
    """(p, p): 1 − exp(−d² / 2) of the tempi's distance d in units of `TEMPO_WIDTH`, times how sure both are.

    Half and double time are no distance; an unknown tempo strains nothing, since nothing is known of it.
    """
    measured = [track.features for track in pool.tracks]
    tempi = np.array([f.tempo if f and f.tempo else np.nan for f in measured], np.float64)
    sure = np.array([_certainty(f) for f in measured], np.float64)
    octaves = np.log2(tempi)
    apart = octaves[:, None] - octaves[None]
    apart = np.abs((apart + 0.5) % 1 - 0.5) / TEMPO_WIDTH
    strains = (1 - np.exp(-(apart**2) / 2)) * np.sqrt(np.outer(sure, sure))
    known: Costs = np.nan_to_num(strains, nan=0.0).astype(np.float32)
    return known


def _certainty(features: Features | None) -> float:
    if features is None or features.tempo_confidence is None:
        return UNSURE
    return min(1.0, max(0.0, features.tempo_confidence))


def _key_number(track: Track) -> int:
    """0 to 11 major, 12 to 23 minor, `UNKNOWN_KEY`."""
    features = track.features
    if features is None or features.key is None or features.mode is None:
        return UNKNOWN_KEY
    return features.key % 12 + (0 if features.mode == "major" else 12)


def _energy_gaps(recipe: Recipe, pool: Pool, length: int) -> Costs:
    """(n, p): how far each track is from the energy that is wanted at each place."""
    points = np.linspace(0, 1, len(recipe.energy)) if len(recipe.energy) > 1 else np.zeros(1)
    wanted = monotone(points, recipe.energy, np.linspace(0, 1, length))
    found = [track.features.energy if track.features else None for track in pool.tracks]
    energy = np.array([np.nan if value is None else value for value in found], np.float64)
    return np.nan_to_num(np.abs(wanted[:, None] - energy), nan=UNKNOWN_ENERGY).astype(np.float32)


def chance(seed: int, ids: Ids) -> Costs:
    """A number from 0 to 1 per track (n,) that looks random and depends on nothing but seed and id.

    So a track that comes or goes leaves those of the others as they are. SplitMix64: Steele, Lea and Flood,
    "Fast splittable pseudorandom number generators" (OOPSLA 2014).
    """
    with np.errstate(over="ignore"):
        state = np.asarray(ids, np.int64).astype(np.uint64) + np.uint64(seed % 2**32) * np.uint64(1 << 32)
        state = (state + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state ^= state >> np.uint64(31)
    return np.asarray(state / 2.0**64, np.float32)
