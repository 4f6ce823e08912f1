"""Pictures of the window in several states, for looking at: python -m tests.ui.gallery FOLDER [SCENE...]."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from soniq_desktop.ui.songs.filters import KINDS
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.window import MainWindow
from tests.ui_fixtures import FakePlaylist, FakeProgress, fake_services


def settle(milliseconds: int = 120) -> None:
    """Let timers and deferred calls run."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def playing_window(theme: str = "dark", count: int = 1104, size: tuple[int, int] = (1440, 900)) -> MainWindow:
    """The songs page with something playing, as in the design picture."""
    services = fake_services(count)
    services.settings.set("appearance.theme", theme)
    services.playlists.lists = [  # type: ignore[attr-defined]
        FakePlaylist(1, "Copper to Anvil", "path", (1,) * 12),
        FakePlaylist(2, "Kitchen, Sunday", "manual", (1,) * 48),
        FakePlaylist(3, "Rarely skipped", "smart"),
    ]
    window = MainWindow(services)
    window.resize(*size)
    window.show()
    settle()
    if count:
        services.player.play(range(1, 16), 3)
        services.player.seek(98.0)
        services.library.progress.emit(FakeProgress())
    settle()
    return window


def save(widget: QWidget, folder: Path, name: str) -> None:
    settle()
    widget.grab().save(str(folder / f"{name}.png"))


def main() -> None:
    folder = Path(sys.argv[1])
    only = sys.argv[2:] or list(SCENES)
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    Theme.current().install(app)  # type: ignore[arg-type]
    for name in only:
        window = SCENES[name]()
        save(window, folder, name)
        window.close()
        window.deleteLater()
        settle(30)


def hovered() -> MainWindow:
    window = playing_window()
    view = window.page("songs").view  # type: ignore[attr-defined]
    view.select_row(9)
    view._hovered = 6
    return window


def searching() -> MainWindow:
    window = playing_window()
    window.topbar.focus_search()
    window.topbar.search.set_text("zzz")
    return window


def filtered() -> MainWindow:
    window = playing_window()
    bar = window.page("songs").filters  # type: ignore[attr-defined]
    bar.set_value("lossless", True)
    bar.set_value("duration", (150.0, 540.0))
    settle()
    bar.chip("duration").click()
    return window


def compact() -> MainWindow:
    window = playing_window()
    window.page("songs").density.click()  # type: ignore[attr-defined]
    return window


def similar() -> MainWindow:
    window = playing_window()
    window.navigator.open("songs", similar_to=4, title="Like Lighthouse Arithmetic")
    return window


def key_map() -> MainWindow:
    window = playing_window()
    window._orders.by_name()["show_map"]()
    return window


def notice() -> MainWindow:
    window = playing_window("light")
    window.navigator.tell("12 songs added to Kitchen, Sunday.")
    return window


def big_text() -> MainWindow:
    window = playing_window()
    window.services.settings.set("appearance.scale", 1.3)
    return window


def focused() -> MainWindow:
    window = playing_window()
    window.focus_ring.use_keyboard()
    window.page("songs").play_all.setFocus()  # type: ignore[attr-defined]
    return window


def keys_popover() -> MainWindow:
    window = playing_window("light")
    bar = window.page("songs").filters  # type: ignore[attr-defined]
    bar.edit(next(kind for kind in KINDS if kind.field == "keys"))
    return window


def menu() -> QWidget:
    window = playing_window()
    page = window.page("songs")
    track = page.model.track(0)  # type: ignore[attr-defined]
    opened = page.actions_.menu([track.id], [track], page)  # type: ignore[attr-defined]
    opened.popup(window.rect().center())
    return opened


SCENES: dict[str, Callable[[], QWidget]] = {
    "dark": playing_window,
    "light": lambda: playing_window("light"),
    "small": lambda: playing_window(size=(1080, 680)),
    "middle": lambda: playing_window(size=(1240, 760)),
    "empty": lambda: playing_window(count=0),
    "hovered": hovered,
    "searching": searching,
    "filtered": filtered,
    "compact": compact,
    "similar": similar,
    "keys": key_map,
    "notice": notice,
    "big_text": big_text,
    "focused": focused,
    "keys_popover": keys_popover,
    "menu": menu,
}

if __name__ == "__main__":
    main()
