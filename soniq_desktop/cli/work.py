"""Long work with progress bars on stderr: scanning, listening, composing the demo library."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.progress import Progress, TaskID

from soniq_desktop.analysis.fingerprints import (
    adopt_replacements,
    fingerprint_library,
    fingerprint_pool,
    keep,
    remove_gone,
)
from soniq_desktop.analysis.runner import ListenProgress, ListenReport, listen_to_library, listening_pool
from soniq_desktop.cli.output import bars, note
from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.paths import Paths
from soniq_desktop.demo.library import DemoProgress, complete, compose_library
from soniq_desktop.demo.programme import ENTRIES
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.lab.embed.covering import hear, left
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Listening
from soniq_desktop.library.scanner import Scanner, ScanProgress, ScanReport

SCAN_WORKERS = 2


def default_workers() -> int:
    """One process per core but one."""
    return max(1, (os.cpu_count() or 2) - 1)


def _name(path: str) -> str:
    name = Path(path).name.encode("utf-8", "replace").decode()
    return name if len(name) <= 40 else f"{name[:24]}…{name[-15:]}"


def scan(catalogue: Catalogue, paths: Paths, folders: Sequence[str], *, deep: bool = False) -> ScanReport:
    """Bring the catalogue up to date with the folders."""
    with bars() as display:
        bar = display.add_task("Scanning  ", total=None, item="")

        def show(progress: ScanProgress) -> None:
            total = progress.total or None
            display.update(bar, total=total, completed=progress.done, item=_name(progress.item))

        report = Scanner(catalogue, paths, workers=SCAN_WORKERS).scan(folders, deep=deep, progress=show)
        done = report.added + report.updated + report.unchanged + report.moved
        display.update(bar, total=max(done, 1), completed=max(done, 1), item="")
    return report


def listen(catalogue: Catalogue, paths: Paths, workers: int) -> ListenReport:
    """Listen to every track that SONIQ has not listened to, and fingerprint what has no fingerprint."""
    with FingerprintStore(paths.fingerprints, merging=False) as store:
        heard: list[int] = []
        report = _listen(catalogue, store, workers, heard)
        store.flush()
        adopt_replacements(catalogue, store, heard)
        missing = remove_gone(catalogue, store).missing
        if missing:
            _fingerprint(catalogue, store, missing, workers)
        store.merge()
    hear_by_model(catalogue, workers)
    return report


def hear_by_model(catalogue: Catalogue, workers: int) -> None:
    """Let the sound model in use hear what is new; why it cannot is said on stderr."""
    model = catalogue.sound_model()
    if model is None or not left(catalogue, model):
        return
    try:
        with hearing(model.model, quiet=False) as progress:
            hear(catalogue, model, workers, control=Control(), progress=progress)
    except SoniqError as error:
        note(str(error))


def _listen(catalogue: Catalogue, store: FingerprintStore, workers: int, heard: list[int]) -> ListenReport:
    """Adds the ids of the tracks to `heard`."""

    def stored(track_id: int, listening: Listening) -> None:
        keep(store, track_id, listening)
        heard.append(track_id)

    with bars() as display, listening_pool(workers) as pool:
        bar = display.add_task("Listening ", total=None, item="")
        report = listen_to_library(
            catalogue,
            pool,
            control=Control(),
            progress=lambda progress: _show(display, bar, progress),
            on_stored=stored,
        )
        done = max(report.listened + report.problems, 1)
        display.update(bar, total=done, completed=done)
    return report


def _fingerprint(catalogue: Catalogue, store: FingerprintStore, missing: Sequence[int], workers: int) -> None:
    with bars() as display, fingerprint_pool(workers) as pool:
        bar = display.add_task("Fingerprints", total=len(missing), item="")
        fingerprint_library(
            catalogue,
            store,
            missing,
            pool,
            control=Control(),
            progress=lambda progress: _show(display, bar, progress),
        )
        display.update(bar, completed=len(missing))


@contextmanager
def hearing(title: str, *, quiet: bool) -> Iterator[Callable[[ListenProgress], None]]:
    """A progress bar for a sound model that hears the library."""
    if quiet:
        yield lambda _progress: None
        return
    with bars() as display:
        bar = display.add_task(title, total=None, item="")

        def show(progress: ListenProgress) -> None:
            display.update(bar, total=max(progress.total, 1), completed=progress.done)

        yield show


def _show(display: Progress, bar: TaskID, progress: ListenProgress) -> None:
    item = f"{progress.speed:.0f}× real time" if progress.speed else ""
    display.update(bar, total=max(progress.total, 1), completed=progress.done, item=item)


def compose(folder: Path, *, stems: bool = False, workers: int | None = None) -> bool:
    """Compose the demo library; False where it was there already."""
    if complete(folder) and not stems:
        return False
    with bars() as display:
        bar = display.add_task("Composing ", total=len(ENTRIES), item="")

        def show(progress: DemoProgress) -> None:
            display.update(bar, completed=progress.done, item=progress.title)

        compose_library(
            folder, control=Control(), progress=show, workers=workers or default_workers(), stems=stems
        )
    return True
