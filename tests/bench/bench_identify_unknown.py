"""How often music that is not in the library is given a name: many excerpts of fpbench's held-out tracks.

    python -m tests.bench.bench_identify_unknown --work DIR --fpbench DIR [--count 1000] [--skip 0]
    python -m tests.bench.bench_identify_unknown --work DIR --fpbench DIR --known --conditions room_0,pink_0

fpbench asks one excerpt of each held-out track in all conditions, and so its errors come in groups. Here
excerpts of 10 s that do not overlap are spread over the tracks and each is asked in one condition only; the
queries of 2, 3 and 5 s are prefixes of the same. The index is the one that bench_identify.py has made.
With --known the excerpts are of the tracks in the library, and the share that is named rightly is told.
"""

import argparse
import importlib.util
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from soniq_desktop.fingerprint.calibration import score
from soniq_desktop.fingerprint.identify import Identifier
from soniq_desktop.fingerprint.records import Match
from soniq_desktop.fingerprint.store import FingerprintStore

RATE = 44_100
CONDITIONS = (
    "clean",
    *(f"{noise}_{decibels}" for noise in ("pink", "babble") for decibels in (10, 5, 0, -3)),
    "room_10",
    "room_5",
    "room_0",
    "speed_2",
    "speed_4",
)
SLOT, LEAD = 11.5, 1.0  # seconds that a query takes of its track; from where on
QUIETEST = 10 ** (-45 / 20)


def excerpts(tracks: list[dict[str, object]], seed: int) -> list[tuple[int, float]]:
    """(track, second) of excerpts that do not overlap, in rounds: one of each track before another of any."""
    dice = random.Random(seed)
    rounds: list[tuple[int, int, float]] = []
    for number, track in enumerate(tracks):
        places = [LEAD + SLOT * slot for slot in range(int((float(str(track["dur"])) - LEAD) // SLOT))]
        dice.shuffle(places)
        rounds += [(turn, number, place) for turn, place in enumerate(places)]
    rounds.sort(key=lambda item: (item[0], dice.random()))
    return [(number, place) for _, number, place in rounds]


def queries(bench: ModuleType, options: argparse.Namespace) -> Iterator[tuple[str, str, NDArray[np.float32]]]:
    """(path, condition, 10 s at 44.1 kHz) of queries of tracks that are not in the library, or are."""
    work, seed, conditions = options.work, options.seed, options.conditions.split(",")
    tracks = json.loads((work / "manifest.json").read_text())["tracks"]
    asked = [track for track in tracks if track["held"] != options.known]
    babble = np.load(work / "queries" / "babble.npy")
    made = 0
    for number, place in excerpts(asked, seed):
        path, condition = asked[number]["path"], conditions[made % len(conditions)]
        source = bench.read_excerpt(path, place, SLOT)
        if min(bench.rms(source[second * RATE :][:RATE]) for second in range(3)) < QUIETEST:
            continue
        dice = np.random.default_rng([seed, made])
        heard = bench.degrade(condition, source / bench.rms(source) * 0.1, dice, babble)
        yield path, condition, (heard / np.abs(heard).max() * dice.uniform(0.2, 0.9)).astype(np.float32)
        made += 1
        if made == options.count:
            return


def interval(named: int, asked: int) -> tuple[float, float]:
    """Clopper and Pearson's 95 % interval of a share."""
    low = beta.ppf(0.025, named, asked - named + 1) if named else 0.0
    high = beta.ppf(0.975, named + 1, asked - named) if named < asked else 1.0
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--work", type=Path, required=True, help="fpbench's work folder")
    parser.add_argument("--fpbench", type=Path, required=True, help="folder of fpbench's bench.py")
    parser.add_argument("--name", default="soniq")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--skip", type=int, default=0, help="of the first queries, where those led to a rule")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lengths", default="3,5,10")
    parser.add_argument("--known", action="store_true", help="ask tracks of the library")
    parser.add_argument("--conditions", default=",".join(CONDITIONS))
    options = parser.parse_args()
    spec = importlib.util.spec_from_file_location("bench", options.fpbench / "bench.py")
    assert spec is not None
    assert spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    lengths = [int(length) for length in options.lengths.split(",")]
    rows: list[tuple[int, str, str, float, float]] = []
    index = options.work / "index" / options.name
    files = json.loads((index / "files.json").read_text())
    right: list[tuple[int, str, bool]] = []
    with FingerprintStore(index / "index", merging=False) as store:
        identifier = Identifier(store)
        asked = islice(queries(bench, options), options.skip, None)
        for number, (path, condition, sound) in enumerate(asked, 1):
            for length in lengths:
                began = time.process_time()
                answer = identifier.identify(sound[: length * RATE], RATE)
                best = score(answer.false_alarm_rate) if isinstance(answer, Match) else -9.0
                if not isinstance(answer, Match) and answer.alternatives:
                    best = answer.alternatives[0].score
                rows.append((length, condition, path, best, time.process_time() - began))
                named = files[answer.track_id] if isinstance(answer, Match) else ""
                right.append((length, condition, named == path))
            if number % 50 == 0:
                report(rows)
                (options.work / "results" / f"{options.name}_unknown.json").write_text(json.dumps(rows))
    if options.known:
        report_right(right)


def report_right(rows: list[tuple[int, str, bool]]) -> None:
    for length, condition in dict.fromkeys(sorted(row[:2] for row in rows)):
        some = [row[2] for row in rows if row[:2] == (length, condition)]
        print(f"{length:2} s {condition:10} {np.mean(some):6.1%} of {len(some)} named rightly")


def report(rows: list[tuple[int, str, str, float, float]]) -> None:
    by_length = defaultdict(list)
    for row in rows:
        by_length[row[0]].append(row)
    for length, some in by_length.items():
        named = [row for row in some if row[3] >= 0]
        low, high = interval(len(named), len(some))
        where = dict(Counter(row[1] for row in named))
        work = 1000 * np.median([row[4] for row in some])
        print(
            f"{length:2} s: {len(named)} of {len(some)} named, {len(named) / len(some):.2%}"
            f" (95 %: {low:.2%} to {high:.2%}); {work:.0f} ms of the processor; {where}",
            flush=True,
        )


if __name__ == "__main__":
    main()
