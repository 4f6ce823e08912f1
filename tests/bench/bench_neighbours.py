"""Neighbour search at the size of a large library: build, recall@10 against brute force, query time, disk.

    OMP_NUM_THREADS=1 python -m tests.bench.bench_neighbours [--tracks 100000] [--dim 200] [--data music ...]

Data: "music" has 12 hidden dimensions behind a ReLU layer, about as many as musicnn's vectors of real music;
"clusters" has 300 round clusters; "random" has no structure at all, the worst case for a graph.
Queries are tracks ("more like this"), and points that belong to no track.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.hnsw import HnswIndex
from soniq_desktop.discovery.neighbours import ExactIndex, NeighbourIndex

Vectors = NDArray[np.float32]
QUERIES = 200


def music(n: int, dim: int, rng: np.random.Generator) -> Vectors:
    centres = rng.standard_normal((300, 12))
    hidden = centres[rng.integers(300, size=n)] + 0.5 * rng.standard_normal((n, 12))
    layer = rng.standard_normal((12, dim))
    return (np.maximum(hidden @ layer, 0) + 0.2 * rng.standard_normal((n, dim))).astype(np.float32)


def clusters(n: int, dim: int, rng: np.random.Generator) -> Vectors:
    centres = rng.standard_normal((300, dim))
    return (centres[rng.integers(300, size=n)] + 0.6 * rng.standard_normal((n, dim))).astype(np.float32)


def random(n: int, dim: int, rng: np.random.Generator) -> Vectors:
    return rng.standard_normal((n, dim)).astype(np.float32)


DATA: dict[str, Callable[[int, int, np.random.Generator], Vectors]] = {
    "music": music,
    "clusters": clusters,
    "random": random,
}


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def queries(index: NeighbourIndex, vectors: Vectors) -> tuple[list[set[int]], float, float]:
    """Ids found for each query, and the median and 95th percentile of the time in milliseconds."""
    found, times = [], []
    for vector in vectors:
        start = time.perf_counter()
        ids, _ = index.search(vector, 10)
        times.append(1e3 * (time.perf_counter() - start))
        found.append(set(ids.tolist()))
    return found, float(np.median(times)), float(np.percentile(times, 95))


def recall(found: list[set[int]], truth: list[set[int]]) -> float:
    return float(np.mean([len(a & b) / len(b) for a, b in zip(found, truth, strict=True)]))


def measure(name: str, n: int, dim: int) -> None:
    rng = np.random.default_rng(0)
    everything = DATA[name](n + QUERIES, dim, rng)
    vectors, strangers = everything[:n], everything[n:]
    asked = np.concatenate([vectors[rng.integers(n, size=QUERIES)], strangers])
    exact, graph = ExactIndex(dim), HnswIndex(dim)
    exact.add(np.arange(n), vectors)
    truth, exact_median, exact_p95 = queries(exact, asked)
    building, tuning = cpu(lambda: graph.add(np.arange(n), vectors)), cpu(graph.tune)
    found, median, p95 = queries(graph, asked)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph"
        saving, size = cpu(lambda: graph.save(path)), path.stat().st_size / 1e6
        loading = cpu(lambda: HnswIndex.load(path, dim, np.arange(n)))
    print(
        f"| {name} | {building:.0f} | {tuning:.1f} | {graph.ef} | {graph.recall:.3f} "
        f"| {recall(found[:QUERIES], truth[:QUERIES]):.3f} | {recall(found[QUERIES:], truth[QUERIES:]):.3f} "
        f"| {median:.2f} / {p95:.2f} | {exact_median:.2f} / {exact_p95:.2f} "
        f"| {size:.0f} | {saving:.1f} / {loading:.1f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=200)
    parser.add_argument("--data", nargs="+", choices=DATA, default=list(DATA))
    options = parser.parse_args()
    print(f"{options.tracks:,} x {options.dim}, recall@10, one thread")
    print("| data | build cpu-s | tune cpu-s | ef | recall, by itself | tracks | strangers", end=" ")
    print("| query ms, median / p95 | exact ms | file MB | save / load cpu-s |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name in options.data:
        measure(name, options.tracks, options.dim)


if __name__ == "__main__":
    main()
