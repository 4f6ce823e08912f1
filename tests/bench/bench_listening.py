"""How fast listening is: x real time per stage on one core, and the memory of one worker.

    python tests/bench/bench_listening.py FOLDER [--tracks 24] [--no-embedding]

Each stage is timed by the CPU clock of one process on whole tracks; the table gives medians over the tracks.
"""
# ruff: noqa: E402 the thread counts must be set before numpy is imported

import argparse
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
sys.path.insert(0, str(Path(__file__).parents[2]))

from rich.console import Console
from rich.table import Table

from soniq_desktop.analysis import (
    beats,
    key,
    listen,
    loudness,
    mono,
    onsets,
    spectrum,
    truepeak,
    waveform,
    worker,
)
from soniq_desktop.analysis.listen import listen_to_file
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER

SUFFIXES = {".ogg", ".mp3", ".flac", ".opus", ".m4a", ".wav"}
SHORTEST = 30.0  # seconds; a jingle says nothing about throughput

Spent = dict[str, float]
running: list[tuple[str, float]] = []  # the stage and the CPU time of those nested in it


@contextmanager
def timed(spent: Spent, stage: str) -> Iterator[None]:
    """Add the CPU time of the block to a stage, without the stages inside it."""
    start = time.process_time()
    running.append((stage, 0.0))
    try:
        yield
    finally:
        taken = time.process_time() - start
        _, inner = running.pop()
        spent[stage] = spent.get(stage, 0.0) + taken - inner
        if running:
            name, others = running[-1]
            running[-1] = (name, others + taken)


def wrap(owner: Any, name: str, stage: str, spent: Spent) -> None:
    """Time every call of owner.name."""
    original: Callable[..., Any] = getattr(owner, name)

    def measured(*args: Any, **kwargs: Any) -> Any:
        with timed(spent, stage):
            return original(*args, **kwargs)

    setattr(owner, name, measured)


def instrument(spent: Spent) -> None:
    """Put a clock around every stage of the pass."""
    wrap(truepeak.TruePeakMeter, "add", "true peak", spent)
    wrap(loudness.LoudnessMeter, "add", "loudness", spent)
    wrap(waveform.WaveformMeter, "add", "waveform", spent)
    wrap(mono.MonoMix, "__call__", "mono mix", spent)
    wrap(spectrum.Resampler, "add", "resampling", spent)
    wrap(listen, "power_spectra", "spectra", spent)
    wrap(listen, "centroids", "centroid", spent)
    wrap(onsets.OnsetMeter, "add", "onsets", spent)
    wrap(key.ChromaMeter, "add", "chroma", spent)
    wrap(listen, "periodicity", "tempo", spent)
    wrap(beats.BeatFrontEnd, "add", "beats: front end", spent)
    wrap(beats.BeatMeter, "add", "beats: network", spent)
    wrap(listen, "count_beats", "beats: chain and bars", spent)
    wrap(listen, "estimate_key", "key", spent)
    wrap(listen._Sound, "embeddings", "embedding", spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tracks", type=int, default=24)
    parser.add_argument("--no-embedding", action="store_true")
    options = parser.parse_args()
    spent: Spent = {}
    instrument(spent)
    worker.setup({"embedder": None if options.no_embedding else DEFAULT_EMBEDDER})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows, total = measure(chosen(options.folder, options.tracks), spent)
    report(rows, total, before)


def chosen(folder: Path, count: int) -> list[Path]:
    """Files spread evenly over the folder's sorted list."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    return files[:: max(1, len(files) // (2 * count))]


def measure(files: list[Path], spent: Spent) -> tuple[list[Spent], float]:
    """Milliseconds of CPU per second of music by stage, for each track; and the seconds of music."""
    rows: list[Spent] = []
    music = 0.0
    for path in files:
        spent.clear()
        with timed(spent, "decoding, rest"):
            embedder = worker._embedders[0] if worker._embedders else None
            duration = listen_to_file(str(path), embedder, worker._beat_network()).duration
        if duration >= SHORTEST:
            music += duration
            rows.append({stage: 1e3 * seconds / duration for stage, seconds in spent.items()})
    return rows, music


def report(rows: list[Spent], music: float, before: int) -> None:
    table = Table(title=f"{len(rows)} tracks, {music / 60:.0f} minutes of music, one core, CPU time")
    for name in ("stage", "ms per s", "x real time"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    stages = sorted(rows[0], key=lambda stage: -median(rows, stage))
    for stage in stages:
        cost = median(rows, stage)
        table.add_row(stage, f"{cost:.2f}", f"{1e3 / cost:,.0f}" if cost else "")
    everything = statistics.median(sum(row.values()) for row in rows)
    table.add_section()
    table.add_row("all stages", f"{everything:.2f}", f"{1e3 / everything:,.0f}")
    without = statistics.median(sum(row.values()) - row.get("embedding", 0.0) for row in rows)
    table.add_row("without the embedding", f"{without:.2f}", f"{1e3 / without:,.0f}")
    Console().print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"resident memory: {before / 1024:.0f} MB with the model loaded, {peak / 1024:.0f} MB at the peak")


def median(rows: list[Spent], stage: str) -> float:
    return statistics.median(row.get(stage, 0.0) for row in rows)


if __name__ == "__main__":
    main()
