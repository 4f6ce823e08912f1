"""One start of the real window, measured from inside; `bench_window` runs it in a process of its own.

    python -m tests.bench.window_probe first-paint|search|scroll|analyse [seconds]

Prints one JSON object. SONIQ_HOME says which library.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from soniq_desktop.app import Application, build, name_application
from soniq_desktop.common.paths import Paths
from soniq_desktop.ui.songs.page import SongsPage
from soniq_desktop.ui.theme import Theme

QUERIES = (
    "s",
    "si",
    "silver",
    "n",
    "north",
    "bjork",
    "o",
    "gold",
    "e",
    "ech",
    "the",
    "an",
    "night r",
    "v",
    "wild",
)
STARTED = psutil.Process().create_time()


class FirstPaint(QObject):
    """Notes when the window was painted first, as seconds since the process began."""

    def __init__(self, window: QObject) -> None:
        super().__init__()
        self.at: float | None = None
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self.at is None:
            self.at = time.time() - STARTED
        return False


def wait(until: Callable[[], object], seconds: float = 20.0) -> bool:
    """Let the event loop run until something is true."""
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            return False
        QApplication.processEvents()
        time.sleep(0.0005)
    return True


@contextmanager
def running() -> Iterator[tuple[Application, FirstPaint]]:
    """The whole application with its window on the (offscreen) screen."""
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(qt, QApplication)
    name_application(qt)
    Theme.current().install(qt)
    application = build(Paths.from_environment().ensure())
    paint = FirstPaint(application.window)
    application.window.resize(1440, 900)
    application.window.show()
    wait(lambda: paint.at is not None)
    application.start()
    try:
        yield application, paint
    finally:
        application.window.close()
        application.close()


def memory() -> float:
    """Resident memory of this process, MB."""
    return psutil.Process().memory_info().rss / 1e6


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def songs(application: Application) -> SongsPage:
    """The page of all songs."""
    page = application.window.page("songs")
    assert isinstance(page, SongsPage)
    return page


def rows_there(application: Application) -> bool:
    """The rows in sight are fetched and can be painted."""
    model = songs(application).model
    return model.rowCount() > 0 and model.track(0) is not None


def first_paint() -> dict[str, float]:
    with running() as (application, paint):
        wait(lambda: rows_there(application))
        rows = time.time() - STARTED
        cpu = sum(psutil.Process().cpu_times()[:2])
        return {"first_paint_s": paint.at or -1, "rows_s": rows, "cpu_s": cpu, "memory_mb": memory()}


def search() -> dict[str, float]:
    """Key press in the search field until the rows of the answer are in memory and painted."""
    with running() as (application, _):
        wait(lambda: rows_there(application))
        QTest.qWait(500)
        field, model = application.window.topbar.search.edit, songs(application).model
        times: list[float] = []
        replaced: list[bool] = []
        model.replaced.connect(lambda: replaced.append(True))
        for query in QUERIES:
            field.clear()
            QTest.qWait(150)
            for letter in query:
                replaced.clear()
                clock = QElapsedTimer()
                clock.start()
                QTest.keyClicks(field, letter)
                wait(lambda: replaced and (model.rowCount() == 0 or rows_there(application)), 2)
                times.append(clock.nsecsElapsed() / 1e6)
                QTest.qWait(30)
        return {
            "median_ms": statistics.median(times), "p95_ms": percentile(times, 0.95), "max_ms": max(times),
            "presses": len(times), "memory_mb": memory(),
        }  # fmt: skip


def scroll() -> dict[str, float]:
    """Paint times while a wheel turns through the whole library."""
    with running() as (application, _):
        wait(lambda: rows_there(application))
        view = songs(application).view
        bar = view.verticalScrollBar()
        frames: list[float] = []
        for step in range(600):
            bar.setValue(bar.value() + (120 if step % 60 else bar.maximum() // 10))
            clock = QElapsedTimer()
            clock.start()
            view.viewport().repaint()
            frames.append(clock.nsecsElapsed() / 1e6)
            QApplication.processEvents()
        return {
            "frame_median_ms": statistics.median(frames), "frame_p95_ms": percentile(frames, 0.95),
            "frame_max_ms": max(frames), "memory_mb": memory(),
        }  # fmt: skip


class Ticker(QObject):
    """How late a 10 ms timer comes: what a user would feel of a busy event loop."""

    INTERVAL = 10

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._clock.start()
        self._timer.start(self.INTERVAL)

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        self.late.append(max(0.0, self._clock.nsecsElapsed() / 1e6 - self.INTERVAL))
        self._clock.restart()


def analyse(seconds: float) -> dict[str, float]:
    """Event-loop delay while two workers listen and a song plays (SONIQ_BENCH_MUSIC names the folder)."""
    with running() as (application, _):
        application.settings.set("analysis.workers", 2)
        application.library.add_folder(os.environ["SONIQ_BENCH_MUSIC"])
        wait(lambda: songs(application).model.rowCount() > 20, 60)
        QTest.qWait(3000)
        ids = songs(application).model.ids()
        application.player.play(ids, 0, "songs")
        QTest.qWait(1000)
        ticker = Ticker()
        before = application.catalogue.counts().listened
        ticker.start()
        QTest.qWait(int(seconds * 1000))
        ticker.stop()
        late = ticker.late
        return {
            "ticks": len(late), "delay_median_ms": statistics.median(late),
            "delay_p95_ms": percentile(late, 0.95), "delay_p99_ms": percentile(late, 0.99),
            "delay_max_ms": max(late),
            "tracks_listened": application.catalogue.counts().listened - before, "memory_mb": memory(),
        }  # fmt: skip


def main() -> None:
    what = sys.argv[1]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    result = (
        analyse(seconds)
        if what == "analyse"
        else {"first-paint": first_paint, "search": search, "scroll": scroll}[what]()
    )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
