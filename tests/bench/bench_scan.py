"""How fast folders are scanned: `python -m tests.bench.bench_scan FOLDER [--copies N]`.

Prints one line for each kind of scan, as the median of three runs. The files are in the system's cache after
the first, which is not counted. `--copies` multiplies the library with links of other names (the same sound
again). "cpu ms/file" is processor time of all processes: it hardly depends on what else the machine does.
"""

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from soniq_desktop.common.paths import Paths
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.scanner import Scanner, ScanReport
from soniq_desktop.library.tags import read_file
from soniq_desktop.library.walk import Walk

RUNS = 3


def main() -> None:
    """Parse the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        folder = multiplied(options.folder, Path(home) / "music", options.copies)
        report(folder, Path(home), options.workers)


def multiplied(folder: Path, target: Path, copies: int) -> Path:
    """The folder itself, or one with `copies` hard links of each of its files."""
    if copies <= 1:
        return folder
    for number, file in enumerate(Walk().files(str(folder))):
        for copy in range(copies):
            link = target / f"{copy:04d}" / f"{number:05d}{Path(file.path).suffix}"
            link.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file.path, link)
            except OSError:  # another file system
                link.symlink_to(file.path)
    return target


def report(folder: Path, home: Path, workers: int) -> None:
    """Measure and print."""
    paths = [file.path for file in Walk().files(str(folder))]
    print(f"{len(paths)} files, {workers} workers, median of {RUNS}\n")
    print(f"{'what':<34}{'seconds':>9}{'files/s':>10}{'cpu ms/file':>13}{'wait p99':>10}")
    line("walk", len(paths), lambda: list(Walk().files(str(folder))))
    line("tags, one process, no catalogue", len(paths), lambda: [read_file(path) for path in paths])
    line("first scan", len(paths), lambda: scan(folder, home / "first", workers, fresh=True))
    scan(folder, home / "again", workers, fresh=True)
    line("scan of an unchanged library", len(paths), lambda: scan(folder, home / "again", workers))
    if len(paths) < 2000:
        line("deep scan (every byte)", len(paths), lambda: scan(folder, home / "again", workers, deep=True))


def line(name: str, files: int, work: Callable[[], object]) -> None:
    """One row: the work in a thread, while another thread sees how long it must wait for its turn."""
    work()
    taken, waits, cpu = [], [], []
    for _ in range(RUNS):
        with delays() as seen:
            begun, used = time.perf_counter(), cpu_seconds()
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            taken.append(time.perf_counter() - begun)
            cpu.append(cpu_seconds() - used)
        waits += seen
    seconds = statistics.median(taken)
    p99 = statistics.quantiles(waits, n=100)[98] * 1000 if len(waits) > 2 else 0.0
    each = 1000 * statistics.median(cpu) / files
    print(f"{name:<34}{seconds:>9.2f}{files / seconds:>10.0f}{each:>13.2f}{p99:>8.1f}ms")


def cpu_seconds() -> float:
    """Processor time of this process and of its children that have ended."""
    return sum(os.times()[:4])


@contextmanager
def delays() -> Iterator[list[float]]:
    """Lateness of a 10 ms timer in this process: what an event loop would feel."""
    seen: list[float] = []
    stop = threading.Event()

    def tick() -> None:
        while not stop.is_set():
            due = time.perf_counter() + 0.01
            time.sleep(0.01)
            seen.append(time.perf_counter() - due)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def scan(folder: Path, home: Path, workers: int, *, fresh: bool = False, deep: bool = False) -> ScanReport:
    """One scan into a catalogue below `home`."""
    if fresh:
        home = Path(tempfile.mkdtemp(dir=home.parent))
    paths = Paths.under(home).ensure()
    with Catalogue(paths.catalogue) as catalogue:
        catalogue.add_folder(str(folder))
        return Scanner(catalogue, paths, workers=workers).scan([str(folder)], deep=deep)


if __name__ == "__main__":
    main()
