"""Cost of the songs table over 100,000 invented tracks: python -m tests.bench.bench_songs_table."""

import os
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QApplication

from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.window import MainWindow
from tests.ui_fixtures import fake_services

ROWS = 100_000


def settle(app: QApplication, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        app.processEvents()
        time.sleep(0.002)


def cpu_ms(work: Callable[[int], object], times: int) -> list[float]:
    """Processor time of each call in milliseconds, ascending."""
    taken = []
    for number in range(times):
        begin = time.process_time()
        work(number)
        taken.append((time.process_time() - begin) * 1e3)
    return sorted(taken)


def show(name: str, taken: list[float]) -> None:
    p95 = taken[int(len(taken) * 0.95)]
    print(f"{name:40} median {statistics.median(taken):7.2f}   p95 {p95:7.2f} ms")


def main() -> None:
    app = QApplication([])
    Theme.current().install(app)
    services = fake_services(ROWS)
    window = MainWindow(services)
    window.show()
    app.processEvents()
    print(f"{'process start to first paint, cpu':40} {time.process_time() * 1e3:14.0f} ms")
    settle(app, 1.5)
    services.player.play([1, 2, 3], 1)
    view = window.page("songs").view  # type: ignore[attr-defined]
    bar, viewport, model = view.verticalScrollBar(), view.viewport(), view.model()

    def scroll(number: int) -> None:
        bar.setValue(number * 60)
        viewport.repaint()

    def jump(number: int) -> None:
        bar.setValue(number * 977 * 40 % (ROWS * 40))
        viewport.repaint()
        app.processEvents()

    def fill(number: int) -> None:
        model.set_ids(np.arange(1, 1000 if number % 2 else ROWS + 1))
        view.executeDelayedItemsLayout()
        viewport.repaint()

    show(f"repaint of {viewport.height() // 40} rows", cpu_ms(lambda _: viewport.repaint(), 60))
    show("frame while scrolling", cpu_ms(scroll, 200))
    show("jump, rows fetched", cpu_ms(jump, 100))
    show("other rows (100,000 and 999 in turn)", cpu_ms(fill, 20))
    window.close()
    services.settings.close()


if __name__ == "__main__":
    main()
