"""Evidence with known places, and services for the Inspector that answer from memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.analysis.genre.conformal import Coverage
from soniq_desktop.analysis.genre.engine import GenreCoverage
from soniq_desktop.analysis.genre.evidence import (
    STRONG,
    WEAK,
    Evidence,
    Excerpt,
    Frame,
    coarse,
    contours,
    regions,
    strongest,
)
from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.library.records import GenreHeard, Track
from soniq_desktop.services.explain import PART
from soniq_desktop.ui.services import Services
from tests.live_fixtures import FakeTap
from tests.ui_fixtures import FakeLibrary, fake_services

FRAMES, BANDS = 400, 128
HERTZ = np.geomspace(40, 16_000, BANDS).astype(np.float32)


def make_heat() -> np.ndarray:
    """A hot spot at a quarter of the time, low, and a weaker one at three quarters, high; 0..1."""
    time, band = np.mgrid[0:FRAMES, 0:BANDS]
    first = np.exp(-(((time - 100) / 20) ** 2) - ((band - 40) / 10) ** 2)
    second = 0.6 * np.exp(-(((time - 300) / 15) ** 2) - ((band - 100) / 8) ** 2)
    return np.maximum(first, second).astype(np.float32)


def make_evidence(label: str = "Rock", start: float = 0.0, heat: np.ndarray | None = None) -> Evidence:
    """Evidence for 12 seconds from `start` on."""
    heat = make_heat() if heat is None else heat
    frame = Frame(start, start + PART, HERTZ)
    grid = coarse(heat)
    image = np.random.default_rng(1).integers(0, 255, heat.shape, np.uint8)
    probabilities = np.full(len(FAMILIES), 0.3 / 11, np.float32)
    probabilities[FAMILIES.index(label)] = 0.7
    return Evidence(
        label, 0.7, FAMILIES, probabilities, image, np.rint(heat * 255).astype(np.uint8), frame.start,
        frame.end, HERTZ, (contours(grid, WEAK), contours(grid, STRONG)), tuple(regions(grid, frame)),
        strongest(grid, frame),
    )  # fmt: skip


def make_heard(shares: dict[str, float], shown: Sequence[str] = (), note: str = "") -> GenreHeard:
    """Probabilities for some families, the rest shared evenly by the others."""
    rest = (1 - sum(shares.values())) / (len(FAMILIES) - len(shares))
    probabilities = np.array([shares.get(family, rest) for family in FAMILIES], np.float32)
    return GenreHeard("head musicnn-msd", 1, probabilities, tuple(shown), note)


ROCK = make_heard({"Rock": 0.58, "Metal": 0.31}, ("Rock", "Metal"))
COVERAGE = Coverage(0.9, 0.904, 0.89, 0.92, 2140, 1.6, (0.0, 0.6, 0.4))


class FakeGenre(QObject):
    """Genres from a table; corrections are kept and told."""

    changed = Signal(list)
    taught = Signal(object)
    notice = Signal(str)

    def __init__(self, library: FakeLibrary) -> None:
        super().__init__()
        self.library = library
        self.table: dict[int, GenreHeard | None] = {}
        self.asking: list[int] = [3, 4, 5]
        self.corrections: list[tuple[list[int], str | None]] = []
        self.levels: list[float] = []
        self.gain: Any = None

    def heard(self, track_id: int, done: Callable[[GenreHeard | None], None], *, key: str = "heard") -> None:
        QTimer.singleShot(0, lambda: done(self.table.get(track_id, ROCK)))

    def coverage(self, done: Callable[[GenreCoverage], None]) -> None:
        families = (("Metal", 0.93, 40), ("Blues", 0.84, 31))
        QTimer.singleShot(0, lambda: done(GenreCoverage(COVERAGE, None, 3, 4, families)))

    def unsure(self, done: Callable[[list[Track]], None], count: int = 12) -> None:
        known = {each for ids, family in self.corrections if family for each in ids}
        ids = [each for each in self.asking if each not in known][:count]
        QTimer.singleShot(0, lambda: done([self.library.get(each) for each in ids]))

    def learned(self, done: Callable[[Any], None]) -> None:
        QTimer.singleShot(0, lambda: done((self.gain, len(self.corrections))))

    def correct(self, ids: Sequence[int], family: str | None) -> None:
        self.corrections.append((list(ids), family))
        for each in ids:
            self.library.edited[each] = replace(self.library.get(each), genre_corrected=family)
        self.changed.emit(list(ids))

    def set_level(self, level: float) -> None:
        self.levels.append(level)


class FakeExplain(QObject):
    """Answers at the next turn of the event loop; `trouble` is said instead where it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Excerpt] = []
        self.saved: list[Path] = []
        self.trouble = ""
        self.pending: dict[str, Excerpt] = {}

    def excerpt(self, path: str, seconds: float, duration: float, label: str | None = None) -> Excerpt:
        start = min(PART * int(max(0.0, seconds) / PART), max(0.0, duration - PART))
        return Excerpt(path, start, PART, label)

    def known(self, _excerpt: Excerpt) -> None:
        return None

    def explain(self, excerpt: Excerpt, done: Any, failed: Any, *, key: str) -> None:
        self.asked.append(excerpt)
        self.pending[key] = excerpt

        def answer() -> None:
            if self.pending.get(key) != excerpt:
                return
            del self.pending[key]
            if self.trouble:
                failed(self.trouble)
            else:
                done(make_evidence(excerpt.label or "Rock", excerpt.start))

        QTimer.singleShot(0, answer)

    def busy(self, key: str) -> bool:
        return key in self.pending

    def cancel(self, key: str) -> None:
        self.pending.pop(key, None)

    def export(self, image: Any, file: Path, done: Any, failed: Any) -> None:
        self.saved.append(file)
        image.save(str(file))
        done(file.name)


class ListenedLibrary(FakeLibrary):
    """With what the Inspector asks for besides."""

    listened = Signal(int)

    def listen_again(self, track_id: int) -> None:
        self.calls.append(("listen_again", track_id))

    def tracks(self, ids: Sequence[int], done: Any, key: str | None = None) -> None:
        super().tracks(ids, done)

    def track_ids(self, query: Any, done: Any, key: str | None = None) -> None:
        super().track_ids(query, done)


def inspector_services(count: int = 60) -> Services:
    """Services with which the Inspector works."""
    services = fake_services(count)
    library = ListenedLibrary(count)
    player: Any = services.player
    player.library = library
    player.tap = FakeTap(44_100)
    discovery: Any = services.discovery
    discovery.library = library
    return replace(
        services,
        library=library,  # type: ignore[arg-type]
        genre=FakeGenre(library),  # type: ignore[arg-type]
        explain=FakeExplain(),  # type: ignore[arg-type]
    )
