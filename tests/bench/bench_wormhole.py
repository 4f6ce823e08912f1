"""Paths against the usual way, greedy nearest-to-waypoint SLERP, under the same rules; and the time it takes.

    OMP_NUM_THREADS=1 python -m tests.bench.bench_wormhole quality --home FOLDER [--paths 60] [--seconds 30]
    OMP_NUM_THREADS=1 python -m tests.bench.bench_wormhole speed [--tracks 100000]

`quality` takes a library that SONIQ has listened to (its data folder, which is read only) and makes paths of
8, 12 and 20 tracks between random pairs. Files shorter than `--seconds` are left out: they are no music.
`speed` makes a library of tracks whose vectors are clustered, as music by genre is.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.paths import Paths
from soniq_desktop.discovery.neighbours import ExactIndex, HnswIndex, NeighbourIndex
from soniq_desktop.discovery.path_rules import artists, one_recording, rules_of
from soniq_desktop.discovery.slerp import slerp
from soniq_desktop.discovery.vectors import normalised, sound_rows
from soniq_desktop.discovery.wormhole import Wormhole, Wormholes
from soniq_desktop.discovery.wormhole_recipe import Recipe, Stop
from soniq_desktop.library import listened
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Embedding, Track
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from tests.bench.bench_neighbours import DATA
from tests.bench.generate_library import tracks as made_tracks

LENGTHS = (8, 12, 20)
Vectors = NDArray[np.float32]


def greedy(
    tracks: list[Track], vectors: Vectors, start: int, end: int, length: int, artist_cap: int
) -> list[int]:
    """The baseline: for each waypoint in order the nearest track that the rules still allow."""
    rules = rules_of(tracks, artist_cap)
    path = [start]
    for waypoint in slerp(vectors[start], vectors[end], np.linspace(0, 1, length))[1:-1]:
        allowed = rules.joining(rules.members[[*path, end]].sum(axis=0))
        allowed[[*path, end]] = False
        path.append(int(np.argmax(np.where(allowed, vectors @ waypoint, -np.inf))))
    return [*path, end]


def distances(path: Vectors) -> NDArray[np.float64]:
    """1 − cosine of each hop of a path (n, dim)."""
    return 1 - np.einsum("ij,ij->i", path[:-1].astype(np.float64), path[1:])


def music(catalogue: Catalogue, seconds: float) -> tuple[list[Track], Vectors]:
    """Tracks of some length with usable vectors at unit length."""
    ids, vectors = catalogue.embeddings(DEFAULT_EMBEDDER)
    sound = sound_rows(vectors, vectors.shape[1])
    unit = dict(zip(ids[sound].tolist(), normalised(vectors[sound]), strict=True))
    found = [track for track in catalogue.tracks(ids[sound]) if track.tags.duration >= seconds]
    return found, np.stack([unit[track.id] for track in found])


def pairs(tracks: list[Track], count: int) -> Iterator[tuple[int, int]]:
    """Random ends that are different recordings."""
    rng = np.random.default_rng(4)
    made = 0
    while made < count:
        one, other = rng.integers(len(tracks), size=2).tolist()
        if not one_recording(tracks[one], tracks[other]):
            made += 1
            yield one, other


def broken(found: Wormhole, recipe: Recipe) -> bool:
    """Whether a path breaks its promises: length, no repeat, cap (ends may exceed it)."""
    repeats = any(
        one_recording(a, b) for i, a in enumerate(found.tracks) for b in found.tracks[:i] if a is not b
    )
    credited = [name for track in found.tracks[1:-1] for name in artists(track)]
    above = any(credited.count(name) > recipe.artist_cap for name in credited)
    return len(found.tracks) != recipe.length or repeats or above


def quality(home: Path, count: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "library.sqlite3"
        shutil.copyfile(Paths.under(home).catalogue, copy)
        with Catalogue(copy) as catalogue:
            tracks, vectors = music(catalogue, seconds)
            index = ExactIndex(vectors.shape[1])
            index.add([track.id for track in tracks], vectors)
            holes = Wormholes(catalogue, index, embedder_spec(DEFAULT_EMBEDDER))
            print(f"{len(tracks)} tracks, {count} paths of each length; 1 − cosine, greedy / ours\n")
            print("| tracks | mean hop | lower by | worst hop | lower by | worst hop better", end=" ")
            print("| off the circle | onwards | octaves of tempo | broken rules | ms, median | named |")
            print("|---|---|---|---|---|---|---|---|---|---|---|---|")
            for length in LENGTHS:
                compare(holes, tracks, vectors, length, count)


def compare(holes: Wormholes, tracks: list[Track], vectors: Vectors, length: int, count: int) -> None:
    unit = {track.id: vector for track, vector in zip(tracks, vectors, strict=True)}
    usual, ours, times, wrong = [], [], [], 0
    tempi: list[tuple[float, float]] = []
    named: list[bool] = []
    for one, other in pairs(tracks, count):
        recipe = Recipe(Stop(tracks[one].id), Stop(tracks[other].id), length=length)
        other_way = greedy(tracks, vectors, one, other, length, recipe.artist_cap)
        usual.append(figures(vectors[other_way]))
        begun = time.perf_counter()
        found = holes.find(recipe)
        times.append(1e3 * (time.perf_counter() - begun))
        ours.append(figures(np.stack([unit[track.id] for track in found.tracks])))
        wrong += broken(found, recipe)
        tempi.append((tempo_gap([tracks[place] for place in other_way]), tempo_gap(found.tracks)))
        named += [bool(hop.named) for hop in found.hops]
    tempo_usual, tempo_ours = np.nanmean(tempi, axis=0)
    mean_usual, worst_usual, off_usual, onwards_usual = np.mean(usual, axis=0)
    mean_ours, worst_ours, off_ours, onwards_ours = np.mean(ours, axis=0)
    wins = np.mean([a[1] < b[1] - 1e-6 for a, b in zip(ours, usual, strict=True)])
    print(
        f"| {length} | {mean_usual:.3f} / {mean_ours:.3f} | {1 - mean_ours / mean_usual:.0%} "
        f"| {worst_usual:.3f} / {worst_ours:.3f} | {1 - worst_ours / worst_usual:.0%} | {wins:.0%} "
        f"| {off_usual:.3f} / {off_ours:.3f} | {onwards_usual:.2f} / {onwards_ours:.2f} "
        f"| {tempo_usual:.2f} / {tempo_ours:.2f} | {wrong} | {np.median(times):.0f} | {np.mean(named):.0%} |",
        flush=True,
    )


def tempo_gap(path: Sequence[Track]) -> float:
    """Mean distance of the tempi that follow each other, in octaves; half and double time are none."""
    tempi = np.array([track.features.tempo if track.features else np.nan for track in path], np.float64)
    steps = np.diff(np.log2(tempi))
    known = np.abs((steps[~np.isnan(steps)] + 0.5) % 1 - 0.5)
    return float(known.mean()) if len(known) else float("nan")


def figures(path: Vectors) -> tuple[float, float, float, float]:
    """Mean and worst hop, mean distance from the great circle, and how much of the way leads onwards.

    The last is Kendall's tau between the order of the tracks and how far they lie along the way.
    """
    hops = distances(path)
    circle = slerp(path[0], path[-1], np.linspace(0, 1, len(path)))
    along = path @ (path[-1] - path[0])
    onwards = np.sign(along[None, :] - along[:, None])[np.triu_indices(len(path), 1)]
    off = 1 - np.einsum("ij,ij->i", path, circle)
    return float(hops.mean()), float(hops.max()), float(off.mean()), float(onwards.mean())


def speed(count: int, data: str) -> None:
    dim = embedder_spec(DEFAULT_EMBEDDER).dim
    vectors = normalised(DATA[data](count, dim, np.random.default_rng(0)))
    with tempfile.TemporaryDirectory() as folder, Catalogue(Path(folder) / "library.sqlite3") as catalogue:
        ids = fill(catalogue, vectors)
        exact, graph = ExactIndex(dim), HnswIndex(dim)
        for index in (exact, graph):
            index.add(ids, vectors)
            index.tune()
        print(f"{count:,} tracks ({data}), paths of 12\n")
        print("| index | setting | ms, median | ms, 95 % | ms, most | cpu-ms, median | cpu-ms, 95 % |")
        print("|---|---|---|---|---|---|---|")
        for index in (exact, graph):
            measure(catalogue, index, ids)


def measure(catalogue: Catalogue, index: NeighbourIndex, ids: list[int]) -> None:
    holes = Wormholes(catalogue, index, embedder_spec(DEFAULT_EMBEDDER))
    rng = np.random.default_rng(5)
    ends = [rng.choice(ids, 2, replace=False).tolist() for _ in range(40)]
    settings = {
        "plain": {},
        "detour": {"detour": 0.5, "seed": 7},
        "keys, energy": {"keys": True, "energy": (0.2, 0.8)},
        "fresh": {"fresh_days": 30.0},
        "liked": {"liked": True},
    }
    for name, setting in settings.items():
        times = []
        for one, other in ends:
            recipe = replace(Recipe(Stop(one), Stop(other)), **setting)  # type: ignore[arg-type]
            begun = time.perf_counter(), time.process_time()
            holes.find(recipe)
            times.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
        wall, cpu = 1e3 * np.array(times).T
        print(
            f"| {index.kind} | {name} | {np.median(wall):.0f} | {np.percentile(wall, 95):.0f} "
            f"| {max(wall):.0f} | {np.median(cpu):.0f} | {np.percentile(cpu, 95):.0f} |",
            flush=True,
        )


def fill(catalogue: Catalogue, vectors: Vectors) -> list[int]:
    """A generated library with these vectors; 3 % of it is liked."""
    made = list(made_tracks(len(vectors)))
    ids = catalogue.store_scanned([each.file for each in made])
    with catalogue.database.writing() as connection:
        for track_id, each, vector in zip(ids, made, vectors, strict=True):
            embedding = Embedding(DEFAULT_EMBEDDER, embedder_spec(DEFAULT_EMBEDDER).version, vector)
            listened.put_listening(connection, track_id, each.features, (embedding,))
        connection.executemany("UPDATE tracks SET liked = 1 WHERE id = ?", [(each,) for each in ids[::33]])
    return ids


def main() -> None:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    real = commands.add_parser("quality")
    real.add_argument("--home", type=Path, required=True, help="data folder, as SONIQ_HOME")
    real.add_argument("--paths", type=int, default=60)
    real.add_argument("--seconds", type=float, default=30)
    made = commands.add_parser("speed")
    made.add_argument("--tracks", type=int, default=100_000)
    made.add_argument("--data", choices=DATA, default="music")
    options = parser.parse_args()
    if options.command == "quality":
        quality(options.home, options.paths, options.seconds)
    else:
        speed(options.tracks, options.data)


if __name__ == "__main__":
    main()
