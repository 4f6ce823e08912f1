"""Pictures of the real window, drawn offscreen by a process of its own (which may die without harm)."""

import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from soniq_desktop.app import Application

SIZE = (1440, 900)
LIMIT = 180.0  # seconds for all pictures
SETTLE = 0.8  # seconds that a page gets for its rows and covers
LISTEN = 7.0  # seconds of playback before the spectrogram is drawn
THINK = 3.0  # seconds for what is found in the background
LAY_OUT = 8.0  # seconds for the map of a small library


def take_pictures(home: Path, folder: Path) -> list[str]:
    """Draw the window over the library at `home`; returns the names of the PNG files written to `folder`."""
    for old in folder.glob("window-*.png"):
        old.unlink()
    process = multiprocessing.get_context("spawn").Process(target=_draw, args=(str(home), str(folder)))
    process.start()
    process.join(LIMIT)
    if process.is_alive():
        process.kill()
        process.join()
    process.close()
    return sorted(path.name for path in folder.glob("window-*.png"))


def _draw(home: str, folder: str) -> None:
    """In the child: open the window offscreen, visit its pages, save each."""
    os.environ.update(QT_QPA_PLATFORM="offscreen", SONIQ_HOME=home)
    from PySide6.QtWidgets import QApplication

    from soniq_desktop.app import build, name_application
    from soniq_desktop.common.log import start_logging
    from soniq_desktop.common.paths import Paths
    from soniq_desktop.ui.theme import Theme

    qt = QApplication([])
    name_application(qt)
    paths = Paths.from_environment().ensure()
    start_logging(paths.logs)
    Theme.current().install(qt)
    application = build(paths)
    try:
        _visit(qt, application, Path(folder))
    finally:
        application.window.close()
        application.close()


def _visit(qt: "QApplication", application: "Application", folder: Path) -> None:
    from soniq_desktop.ui.window import available_pages

    window = application.window
    window.resize(*SIZE)
    window.show()
    application.start()
    application.settings.set("appearance.theme", "dark")
    numbers = iter(range(1, 100))

    def snap(name: str) -> None:
        window.grab().save(str(folder / f"window-{next(numbers):02d}-{name}.png"))

    def page(name: str, seconds: float = SETTLE, **params: int) -> None:
        if name in available_pages():
            window.navigator.open(name, **params)
            _settle(qt, seconds)
            snap(name)

    tracks = _play(qt, application)
    for name in ("songs", "albums", "artists", "genres"):
        page(name)
    page("player", LISTEN)
    page("for_you", THINK)
    if tracks:
        page("wormhole", THINK, start=tracks[0], end=tracks[-1])
        page("inspector", THINK, track_id=tracks[0])
    page("galaxy", LAY_OUT)
    page("settings")
    application.settings.set("appearance.theme", "light")
    page("songs")


def _play(qt: "QApplication", application: "Application") -> list[int]:
    """Play the library from its middle; without a sound device against the clock. Returns its ids."""
    from soniq_desktop.library.records import TrackQuery

    arrived: list[int] = []
    application.library.track_ids(TrackQuery(sort="album"), lambda ids: arrived.extend(int(n) for n in ids))
    _settle(qt, 5.0, lambda: bool(arrived))
    if arrived:
        application.player.play(arrived, len(arrived) // 3)
        _settle(qt, SETTLE)
        application.player.seek(12.0)
    return arrived


def _settle(qt: "QApplication", seconds: float, done: Callable[[], bool] = lambda: False) -> None:
    """Let the window live for a while, or until `done`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not done():
        qt.processEvents()
        time.sleep(0.01)
