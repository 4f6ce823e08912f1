"""The galaxy: time, memory and trustworthiness of the layout; time of a frame; time of placing new songs.

    python -m tests.bench.bench_galaxy                layouts of 1,000 and 20,000 songs, frames of 100,000
    python -m tests.bench.bench_galaxy 100000         layouts of other sizes
    python -m tests.bench.bench_galaxy --home FOLDER  of the library of a SONIQ home as well

The generated sounds lie on a curved surface of eight dimensions in the 200 of the embedding, in 40 clusters,
as real embeddings have few true dimensions. CPU seconds are those of one thread.
"""

import argparse
import os
import resource
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def sounds(count: int, seed: int = 0) -> Vectors:
    """(n, 200) unit vectors on a curved eight-dimensional surface, in clusters."""
    dice = np.random.default_rng(seed)
    centres = dice.normal(size=(40, 8))
    hidden = centres[dice.integers(40, size=count)] + dice.normal(0, 0.35, (count, 8))
    wide = np.tanh(hidden @ np.random.default_rng(1).normal(size=(8, 200)))
    wide += dice.normal(0, 0.05, wide.shape)
    unit: Vectors = (wide / np.linalg.norm(wide, axis=1, keepdims=True)).astype(np.float32)
    return unit


def library(home: str) -> Vectors:
    from soniq_desktop.discovery.galaxy_worker import learnable
    from soniq_desktop.library.catalogue import Catalogue
    from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec

    with Catalogue(Path(home) / "library.sqlite3") as catalogue:
        return learnable(catalogue, embedder_spec(DEFAULT_EMBEDDER))[1]


def layout(what: int | str) -> tuple[int, float, float, float, float | None]:
    """In a process of its own: songs, CPU and wall seconds, peak memory in MB, trustworthiness@15."""
    from soniq_desktop.discovery.galaxy_worker import learn

    vectors = sounds(what) if isinstance(what, int) else library(what)
    cpu, wall = time.process_time(), time.perf_counter()
    learned = learn(np.arange(len(vectors)), vectors, None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1 << 20
    )
    return len(vectors), time.process_time() - cpu, time.perf_counter() - wall, peak, learned.trust


def show_layouts(wanted: list[int | str]) -> None:
    print(f"{'songs':>8} {'cpu s':>8} {'wall s':>8} {'peak MB':>8} {'trust@15':>9}")
    for what in wanted:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            songs, cpu, wall, peak, trust = pool.submit(layout, what).result()
        said = "–" if trust is None else f"{trust:.3f}"
        print(f"{songs:>8,} {cpu:>8.1f} {wall:>8.1f} {peak:>8.0f} {said:>9}")


def show_placing(count: int = 20_000) -> None:
    """One new song, and a thousand, among `count`."""
    from soniq_desktop.discovery.galaxy_place import place_among
    from soniq_desktop.discovery.galaxy_shape import principal_components

    vectors = sounds(count)
    places = principal_components(vectors, 3)
    for new in (1, 1_000):
        begun = time.process_time()
        place_among(np.arange(new), sounds(new, 7), vectors, places, np.ones(count, bool))
        print(f"placing {new:,} among {count:,}: {1000 * (time.process_time() - begun):.1f} ms of cpu")


def show_frames(count: int = 100_000) -> None:
    """The whole paint event of the map, offscreen, while it moves."""
    from PySide6.QtWidgets import QApplication

    from soniq_desktop.discovery.galaxy_clusters import find_clusters
    from soniq_desktop.ui.galaxy.colours import colouring, sizes
    from soniq_desktop.ui.galaxy.names import region_names
    from soniq_desktop.ui.galaxy.view import GalaxyView
    from tests.galaxy_fixtures import make_galaxy

    app = QApplication.instance() or QApplication([])
    dice = np.random.default_rng(3)
    centres = dice.normal(0, 0.5, (14, 2))
    flat = centres[dice.integers(14, size=count)] + dice.normal(0, 0.13, (count, 2))
    places = np.column_stack([flat, dice.uniform(-0.3, 0.3, count)]).astype(np.float32)
    members, clusters = find_clusters(places[:, :2])
    galaxy = make_galaxy(count, places=places, members=members, clusters=tuple(clusters))
    view = GalaxyView()
    view.resize(1208, 756)
    view.show()
    view.set_map(galaxy, colouring(galaxy, "genre"), sizes(galaxy, "plays"))
    view.names = region_names(galaxy)
    print(
        f"{count:,} points, {view.width()} x {view.height()}, {view.devicePixelRatioF():.0f} device px per px"
    )
    print(f"{'':>18} {'cpu ms':>8} {'p95':>7} {'frames/s':>9}")
    for name, move in _moves(view):
        times = [_frame(view, move, app) for _ in range(40)]
        middle, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(f"{name:>18} {middle:>8.1f} {high:>7.1f} {1000 / middle:>9.0f}")


def _moves(view):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    def pan() -> None:
        view.set_camera(view.camera.panned(3, 1))

    def zoom() -> None:
        zoomed = view.camera.zoomed(1.04, 600, 380)
        view.set_camera(zoomed if zoomed.zoom < 8 else replace(view.camera, zoom=1.0, x=0.0, y=0.0))

    def turn() -> None:
        view.set_camera(
            replace(view.camera, zoom=1.0, x=0.0, y=0.0, depth=1.0, tilt=0.7, yaw=view.camera.yaw + 0.03)
        )

    def rest() -> None:
        view.update()

    return ("panning", pan), ("zooming to 8", zoom), ("three dimensions", turn), ("nothing changed", rest)


def _frame(view, move, app) -> float:  # type: ignore[no-untyped-def]
    begun = time.process_time()
    move()
    view.repaint()
    app.processEvents()
    return 1000 * (time.process_time() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000, 20_000])
    parser.add_argument("--home")
    parser.add_argument("--only", choices=["layouts", "frames", "placing"])
    given = parser.parse_args()
    if given.only in (None, "layouts"):
        show_layouts([*given.sizes, *([given.home] if given.home else [])])
    if given.only in (None, "placing"):
        show_placing()
    if given.only in (None, "frames"):
        show_frames()


if __name__ == "__main__":
    main()
