"""How long the catalogue takes at 100,000 tracks.

    python -m tests.bench.bench_catalogue [--home DIR] [--tracks 100000]

Without --home, or where that folder holds no library yet, one is generated first; measuring changes it.
Prints milliseconds of wall and CPU time, and the memory that the arrays behind `track_ids` cost.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args, get_type_hints

import numpy as np
import psutil
from numpy.typing import NDArray

from soniq_desktop.common.paths import Paths
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Filters, Listening, Tags, TrackQuery, Waveform
from tests.bench.generate_library import DIMENSION, EMBEDDER, generate, tracks

TYPED = (
    "night river",
    "björk",
    "the velvet",
    "zz",
    "a",
    "e",
    "s",
    "anna sven",
    "flac",
    "2016",
    "electronic",
    "øy",
)
PICTURE = Waveform(*(np.zeros(1024, np.uint8) for _ in range(3)), np.zeros(900, np.float32))
VECTORS = (Embedding(EMBEDDER, 1, np.full(DIMENSION, 0.07, np.float32)),)
SORTS = get_args(get_type_hints(TrackQuery)["sort"])
FILTERS = (
    Filters(),
    Filters(lossless=True),
    Filters(tempo=(118, 128), energy=(0.5, 1.0)),
    Filters(liked=True),
    Filters(year=(1970, 1979), unplayed=True),
)


def measure(name: str, calls: Iterator[Callable[[], object]]) -> None:
    """Time every call once and print a row."""
    wall, cpu = [], []
    for call in calls:
        started, worked = time.perf_counter(), time.process_time()
        call()
        cpu.append(1000 * (time.process_time() - worked))
        wall.append(1000 * (time.perf_counter() - started))
    figures = (statistics.median(wall), _p95(wall), max(wall), statistics.median(cpu), _p95(cpu))
    print(f"{name:44} {len(wall):5}" + "".join(f"{figure:9.2f}" for figure in figures))


def _p95(times: list[float]) -> float:
    return float(np.percentile(times, 95))


def key_presses() -> Iterator[TrackQuery]:
    """Every prefix of what people type, one after the other, under every sort."""
    for sort in SORTS:
        for text in TYPED:
            for end in range(1, min(8, len(text)) + 1):
                yield TrackQuery(text=text[:end], sort=sort)


def single_letters() -> Iterator[TrackQuery]:
    for letter in "abcdefghijklmnopqrstuvwxyz0123456789":
        yield TrackQuery(text=letter)


def run(catalogue: Catalogue) -> None:
    """All measurements on one library."""
    process = psutil.Process()
    before = process.memory_info().rss
    print(f"{catalogue.counts()}\n")
    print(f"{'':44} {'n':>5}{'median':>9}{'p95':>9}{'max':>9}{'cpu':>9}{'cpu p95':>9}  ms")
    measure("first track_ids after opening", iter([lambda: catalogue.track_ids(TrackQuery())]))
    print(f"{'':44} resident memory of the arrays: {(process.memory_info().rss - before) / 1e6:.0f} MB")
    measure("first use of each sort", _ids(catalogue, (TrackQuery(sort=each) for each in SORTS)))
    measure("single letter, never typed before", _ids(catalogue, single_letters()))
    measure("key press (1 to 8 letters, every sort)", _ids(catalogue, key_presses()))
    mixed = (replace(q, filters=f, descending=True) for f in FILTERS for q in key_presses())
    measure("key press with filters, descending", _ids(catalogue, mixed))
    measure("key press while tracks are being stored", _while_storing(catalogue))
    ids = catalogue.track_ids(TrackQuery())
    windows = [ids[start : start + 100] for start in range(0, len(ids), max(100, len(ids) // 200))]
    measure("tracks() for a window of 100", (lambda w=w: catalogue.tracks(w) for w in windows))
    measure("total_duration of everything", (lambda: catalogue.total_duration(ids) for _ in range(10)))
    measure("counts", (catalogue.counts for _ in range(10)))
    for name in ("albums", "artists", "genres"):
        measure(f"{name}()", (getattr(catalogue, name) for _ in range(10)))
        measure(f'{name}("an")', (lambda n=name: getattr(catalogue, n)("an") for _ in range(10)))
    measure(
        "albums(artist=...)", (lambda g=g: catalogue.albums(artist=g.name) for g in catalogue.artists()[:20])
    )
    measure("to_listen(32)", (lambda: catalogue.to_listen(32, ids[:50]) for _ in range(10)))
    measure("embeddings()", (lambda: catalogue.embeddings(EMBEDDER) for _ in range(3)))
    measure("known_files of everything", (lambda: catalogue.known_files("/music") for _ in range(3)))
    measure("set_liked", (lambda i=i: catalogue.set_liked(int(i), True) for i in ids[:50]))
    measure("store_listening", _store_listening(catalogue, ids[:200]))
    measure("store_scanned, batch of 200", (lambda b=b: catalogue.store_scanned(b) for b in _batches()))
    measure("tidy", iter([catalogue.tidy]))
    measure("remove_folder with everything", iter([lambda: catalogue.remove_folder("/music")]))
    again = [made.file for made in tracks(2000)]
    measure("2,000 files that find their old plays", iter([lambda: catalogue.store_scanned(again)]))


def _ids(catalogue: Catalogue, queries: Iterator[TrackQuery]) -> Iterator[Callable[[], object]]:
    return (lambda q=q: catalogue.track_ids(q) for q in queries)


def _while_storing(catalogue: Catalogue) -> Iterator[Callable[[], object]]:
    """Each key press comes after one track changed, as it does while the library is listened to."""
    ids = catalogue.track_ids(TrackQuery())
    for store, query in zip(_store_listening(catalogue, ids), key_presses(), strict=False):
        store()
        yield lambda q=query: catalogue.track_ids(q)


def _store_listening(catalogue: Catalogue, ids: NDArray[np.int64]) -> Iterator[Callable[[], object]]:
    """Listening results with another tempo for each track."""
    for number, track_id in enumerate(ids):
        track = catalogue.track(int(track_id))
        assert track is not None
        assert track.features is not None
        heard = Listening(
            track.audio_hash or "", 1.0, replace(track.features, tempo=100.0 + number % 40), PICTURE, VECTORS
        )
        yield lambda i=track.id, h=heard: catalogue.store_listening(i, h)


def _batches() -> Iterator[list[ScannedFile]]:
    for batch in range(10):
        yield [
            ScannedFile(
                f"/music/new/{time.time_ns()}/{number}.flac",
                1000,
                1,
                Tags(
                    title=f"New {number}",
                    artist=f"Newcomer {number // 20}",
                    album=f"Album {batch}",
                    genre="Rock",
                ),
            )
            for number in range(200)
        ]


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the catalogue.")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--tracks", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths.under(options.home or Path(folder)).ensure()
        empty = not paths.catalogue.exists()
        with Catalogue(paths.catalogue, paths.waveforms) as catalogue:
            if empty:
                generate(catalogue, options.tracks)
            run(catalogue)
    return 0


if __name__ == "__main__":
    sys.exit(main())
