"""Measure the tables of soniq_desktop/fingerprint/calibration.py.

    python -m tests.bench.calibrate_identify --work DIR [--queries 100] [--lengths 2,3,5,10] [--name soniq]

DIR is the work folder of fpbench (not part of this repository) with an index made through bench_identify.py.
Each query of an indexed track is asked with that track, and its near duplicates, taken out of the library: so
every answer is a false alarm. The held-out tracks of the benchmark are not touched. Queries count as noisy or
as clear by what is heard in them, not by the name of their condition.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.calibration import ALLOWED_RATE, CLEAR, NOISY, SHARE, false_alarm_rate
from soniq_desktop.fingerprint.layout import SAMPLE_RATE
from soniq_desktop.fingerprint.query import single_channel, to_grid_rate
from soniq_desktop.fingerprint.search import Hypothesis, hear, search, search_warped
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.fingerprint.store import FingerprintStore

RATE = 44_100  # of fpbench's queries
FAR_SHARE = 0.01
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


class Null(NamedTuple):
    """Of one query its clarity, and the best wrong hypotheses in the original tempo and warped."""

    clarity: float
    exact: Hypothesis
    warped: Hypothesis


def null(work: Path, name: str, length: int, count: int) -> Iterator[Null]:
    """What `count` queries of each condition are answered where their own track is not in the library."""
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
                    yield Null(findings.heard.clarity, findings.exact[0], warped[0])


def tail(seconds: float, values: NDArray[np.float64]) -> str:
    """The exponential above the level that a share of `SHARE` exceeds.

    Its scale is the mean excess, or what reaches the level that one in a hundred exceeds, if that is larger:
    pairs of tracks that are much alike make the tail heavier than an exponential.
    """
    level, far = np.quantile(values, [1 - SHARE, 1 - FAR_SHARE])
    scale = max((values[values > level] - level).mean(), (far - level) / np.log(SHARE / FAR_SHARE))
    return f"Tail({seconds:g}, {level:.2f}, {scale:.2f})"


def named(rows: list[Null], length: int) -> float:
    """Share of the queries that would be given a name with the tables as they are now."""
    rates = [
        min(false_alarm_rate(each, length, row.clarity) for each in (row.exact, row.warped)) for row in rows
    ]
    return float(np.mean(np.array(rates) <= ALLOWED_RATE))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--work", type=Path, required=True, help="fpbench's work folder")
    parser.add_argument("--name", default="soniq")
    parser.add_argument("--queries", type=int, default=100, help="of each condition and length")
    parser.add_argument("--lengths", default="2,3,5,10")
    options = parser.parse_args()
    print(f"{options.queries * len(CONDITIONS)} queries of each length at {SAMPLE_RATE} Hz")
    for length in map(int, options.lengths.split(",")):
        rows = list(null(options.work, options.name, length, options.queries))
        keep(options.work / "results" / f"{options.name}_null_{length}.json", rows)
        for kind, clear in (("noisy", False), ("clear", True)):
            some = [row for row in rows if (row.clarity >= (NOISY + CLEAR) / 2) == clear]
            exact = np.array([row.exact.support for row in some])
            warped = np.array([row.warped.support for row in some])
            print(f"{kind} {len(some)}  exact {tail(length, exact)}  warped {tail(length, warped)}")
        share = named(rows, length)
        print(f"{length} s: {share:.2%} of {len(rows)} named by the present tables", flush=True)


def keep(file: Path, rows: list[Null]) -> None:
    """The scores as they are, for a closer look at the tails."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps([(row.clarity, row.exact.support, row.warped.support) for row in rows]))


if __name__ == "__main__":
    main()
