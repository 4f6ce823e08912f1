"""Measure the tables of soniq_desktop/fingerprint/calibration.py.

    python -m tests.bench.calibrate_identify --work DIR [--queries 100] [--name soniq]

DIR is the work folder of fpbench (not part of this repository) with an index made through bench_identify.py.
Each query of an indexed track is asked with that track, and its near duplicates, taken out of the library: so
every answer is a false alarm. The held-out tracks of the benchmark are not touched. Queries count as noisy or
as clear by what is heard in them, not by the name of their condition.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.calibration import CLEAR, NOISY, SHARE
from soniq_desktop.fingerprint.layout import SAMPLE_RATE
from soniq_desktop.fingerprint.query import single_channel, to_grid_rate
from soniq_desktop.fingerprint.search import hear, search, search_warped
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.fingerprint.store import FingerprintStore

RATE = 44_100  # of fpbench's queries
LENGTHS = (2, 3, 5, 10)
CONDITIONS = ("clean", "pink_0", "pink_5", "babble_0", "babble_-3", "room_0", "room_10", "speed_4")


def samples_of(
    work: Path, condition: str, length: int, count: int
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """(track number in the manifest, query) of the first `count` queries of indexed tracks."""
    queries = np.load(work / "queries" / f"{condition}.npy", mmap_mode="r")
    plan = json.loads((work / "queries" / "plan.json").read_text())
    known = [row for row, query in enumerate(plan) if not query["held"]]
    for row in known[:count]:
        mono = queries[row, : length * RATE].astype(np.float32) / 32768
        yield plan[row]["track"], to_grid_rate(single_channel(mono), RATE)


def without(snapshot: Snapshot, tracks: set[int]) -> Snapshot:
    """The library as if `tracks` had never been in it."""
    return Snapshot(
        tuple(
            segment.with_alive(segment.alive & ~np.isin(segment.track_ids, list(tracks)))
            for segment in snapshot.segments
        )
    )


def null(work: Path, name: str, length: int, count: int) -> Iterator[tuple[float, float, float]]:
    """Of each query its clarity, and the best wrong score in the original tempo and warped."""
    manifest = json.loads((work / "manifest.json").read_text())["tracks"]
    classes = {track["path"]: track["cls"] for track in manifest}
    files = json.loads((work / "index" / name / "files.json").read_text())
    with FingerprintStore(work / "index" / name / "index", merging=False) as store:
        for condition in CONDITIONS:
            for track, samples in samples_of(work, condition, length, count):
                same = {i for i, file in enumerate(files) if classes[file] == manifest[track]["cls"]}
                library = without(store.snapshot(), same)
                findings = search(hear(samples), library)
                warped = search_warped(findings, library)
                if findings.exact and warped:
                    yield findings.heard.clarity, findings.exact[0].support, warped[0].support


def tail(seconds: float, values: NDArray[np.float64]) -> str:
    """The exponential above the level that a share of `SHARE` exceeds: its scale is the mean excess."""
    level = np.quantile(values, 1 - SHARE)
    scale = (values[values > level] - level).mean()
    return f"Tail({seconds:g}, {level:.2f}, {scale:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--work", type=Path, required=True, help="fpbench's work folder")
    parser.add_argument("--name", default="soniq")
    parser.add_argument("--queries", type=int, default=100, help="of each condition and length")
    options = parser.parse_args()
    print(f"{options.queries * len(CONDITIONS)} queries of each length at {SAMPLE_RATE} Hz")
    for length in LENGTHS:
        rows = np.array(list(null(options.work, options.name, length, options.queries)))
        middle = (NOISY + CLEAR) / 2
        for kind, chosen in (("noisy", rows[:, 0] < middle), ("clear", rows[:, 0] >= middle)):
            exact, warped = rows[chosen, 1], rows[chosen, 2]
            print(
                f"{kind} {len(exact)}  exact {tail(length, exact)}  warped {tail(length, warped)}", flush=True
            )
            print("  quantile 0.99:", *np.quantile(exact, [0.99]), *np.quantile(warped, [0.99]))


if __name__ == "__main__":
    main()
