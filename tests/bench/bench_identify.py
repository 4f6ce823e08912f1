"""Identification on fpbench, a benchmark that is not part of this repository.

    python bench.py run --work DIR --adapter tests/bench/bench_identify.py:Soniq --name soniq
    python -m tests.bench.bench_identify --work DIR [--name soniq]

The first runs the queries through the adapter below; its score is 0 at the threshold that the product ships,
and grows by 1 for each factor of ten in the rate of false alarms. The second prints the table: share of
queries accepted and right, at the product's own threshold and at the one that lets 0.5 % and 1 % through.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))  # the benchmark imports this file by its path

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.fingerprint.calibration import score
from soniq_desktop.fingerprint.identify import Identifier
from soniq_desktop.fingerprint.landmarks import Fingerprinter
from soniq_desktop.fingerprint.layout import SAMPLE_RATE
from soniq_desktop.fingerprint.records import Fingerprint, Match
from soniq_desktop.fingerprint.store import FingerprintStore

ROWS = {
    "clean, MP3 64 kbit/s": ("clean", "mp3_64"),
    "noise, 10 dB and better": ("pink_15", "pink_10", "babble_15", "babble_10"),
    "noise, 5 dB": ("pink_5", "babble_5"),
    "noise, 0 dB": ("pink_0", "babble_0"),
    "noise, -3 dB": ("pink_-3", "babble_-3"),
    "room, 10 dB": ("room_10",),
    "room, 5 dB": ("room_5",),
    "room, 0 dB": ("room_0",),
    "tempo, pitch or speed, 2 %": ("speed_2", "tempo_2", "pitch_2"),
    "tempo, pitch or speed, 4 %": ("speed_4", "tempo_4", "pitch_4"),
}
BLOCK = 10 * SAMPLE_RATE


class Soniq:
    """fpbench's adapter over the product's own store and identifier."""

    threshold = 0.0

    def __init__(self, workdir: str) -> None:
        self._folder = Path(workdir)

    def index(self, files: list[str]) -> None:
        (self._folder / "files.json").write_text(json.dumps(files))
        with FingerprintStore(self._folder / "index") as store:
            for number, file in enumerate(files):
                store.add(number, f"{number:032x}", fingerprint_file(file))
            store.flush()
            store.merge()

    def load(self) -> None:
        self._files: list[str] = json.loads((self._folder / "files.json").read_text())
        self._identifier = Identifier(FingerprintStore(self._folder / "index"))

    def query(self, samples: NDArray[np.float32], rate: int) -> tuple[str | None, float]:
        answer = self._identifier.identify(samples, rate)
        if isinstance(answer, Match):
            return self._files[answer.track_id], score(answer.false_alarm_rate)
        if not answer.alternatives:
            return None, -9.0
        best = answer.alternatives[0]
        return self._files[best.track_id], best.score

    def index_bytes(self) -> int:
        return sum(file.stat().st_size for file in (self._folder / "index").rglob("*") if file.is_file())


def fingerprint_file(path: str) -> Fingerprint:
    decoder = Decoder(path, sample_rate=SAMPLE_RATE, channels=1)
    printer = Fingerprinter(decoder.sample_rate)
    while len(block := decoder.read(BLOCK)):
        printer.push(block[:, 0])
    decoder.close()
    return printer.finish()


def table(results: dict[str, list[list[float]]], length: int) -> None:
    """One line for each row of conditions."""
    cells = {key.split("|")[0]: rows for key, rows in results.items() if key.endswith(f"|{length}")}
    unknown = np.array([_score(row) for rows in cells.values() for row in rows if not row[0]])
    if not len(unknown):
        return
    limits = (0.0, *(float(np.quantile(unknown, 1 - rate, method="higher")) for rate in (0.005, 0.01)))
    print(f"\n{length} s, {len(unknown)} unknown; named of them {(unknown >= 0).mean():.2%}")
    print(f"{'':30}{'shipped':>9}{'0.5 %':>9}{'1 %':>9}{'rank 1':>9}")
    for name, conditions in ROWS.items():
        rows = [row for each in conditions for row in cells.get(each, []) if row[0]]
        if rows:
            print(f"{name:30}" + "".join(f"{100 * share:9.1f}" for share in _shares(rows, limits)))


def _shares(rows: list[list[float]], limits: tuple[float, ...]) -> list[float]:
    right = np.array([bool(row[1]) for row in rows])
    scores = np.array([_score(row) for row in rows])
    above = [scores >= limits[0], *(scores > limit for limit in limits[1:])]
    return [float((right & each).mean()) for each in above] + [float(right.mean())]


def _score(row: list[float]) -> float:
    return -9.0 if row[2] is None else row[2]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, help="fpbench's work folder")
    parser.add_argument("--name", default="soniq")
    options = parser.parse_args()
    results = json.loads((options.work / "results" / f"{options.name}.json").read_text())
    index = results["index"]
    print(
        f"{index['tracks']} tracks, {index['minutes']:.0f} min; {index['x_rt_cpu']:.0f} x real time per core"
    )
    print(f"{index['bytes_per_min'] / 1000:.1f} kB a minute")
    print(f"peak memory {index['rss_mb']:.0f} MB indexing, {results.get('rss_mb_query', 0):.0f} MB asking")
    for length in (2, 3, 5, 10):
        table(results["q"], length)
        answers = [rows for key, rows in results["q"].items() if key.endswith(f"|{length}")]
        times = [row[3] for rows in answers for row in rows]
        if times:
            work = np.median([row[4] for rows in answers for row in rows])
            print(
                f"answer: median {np.median(times):.0f} ms, 95 % {np.quantile(times, 0.95):.0f} ms; ", end=""
            )
            print(f"processor time {work:.0f} ms")


if __name__ == "__main__":
    main()
