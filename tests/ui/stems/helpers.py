"""Songs with and without stems, and keys, in tests."""

from types import SimpleNamespace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from soniq_desktop.common.errors import OutputDeviceError
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.documents import Documents
from soniq_desktop.library.playlists import Playlists
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.player import PlayerService
from soniq_desktop.services.playlists import PlaylistService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.stems import StemService
from soniq_desktop.services.tasks import Tasks
from soniq_desktop.stems.chunking import take_apart
from soniq_desktop.stems.engine import ENGINES, FOUR
from soniq_desktop.stems.presets import Presets
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.window import MainWindow
from tests.stems_fixtures import Echo
from tests.ui_fixtures import MemoryStore

SECONDS = 8.0
LRC = "[00:00.50]First line\n[00:02.00]Second line\n"


class Shares(Echo):
    """Hands each stem a fixed share of the song."""

    def __init__(self, stems):
        super().__init__()
        self.stems = stems

    def separate(self, chunks):
        for chunk in chunks:
            yield np.stack([chunk / np.float32(len(self.stems))] * len(self.stems))


def no_device(name, latency):
    raise OutputDeviceError("No sound device was found.")


def put_together(paths):
    catalogue, documents, tasks = Catalogue(paths.catalogue), Documents(paths.documents), Tasks()
    settings = SettingsService(MemoryStore())
    library = LibraryService(catalogue, paths, settings, tasks)
    player = PlayerService(catalogue, tasks, settings, open_device=no_device)
    playlists = PlaylistService(Playlists(documents), catalogue, tasks)
    stems = StemService(paths, tasks, player, Presets(documents))
    window = MainWindow(Services(library, player, settings, playlists, stems=stems))
    return SimpleNamespace(
        catalogue=catalogue, tasks=tasks, settings=settings, library=library, player=player, stems=stems,
        window=window,
    )  # fmt: skip


def song(app, name="song"):
    return next(t for t in map(app.catalogue.track, (1, 2)) if t.title == name.title())


def prepare(app, stems=FOUR, engine="htdemucs", name="song"):
    track = song(app, name)
    with app.stems._cache.writing(track.audio_hash, ENGINES[engine]) as stem_set:
        take_apart(track.path, Shares(stems), stem_set)
    return track


def open_page(app, qtbot, track=None, state=None, **params):
    if track is not None:
        params["track_id"] = track.id
    app.window.navigator.open("stems", **params)
    page = app.window.page("stems")
    if state is not None:
        qtbot.waitUntil(lambda: page.stack.currentIndex() == state, timeout=8000)
    return page


def key(qtbot, widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(widget, key, modifier)


def answer(qtbot, page, name):
    """Type a name where one is asked for."""
    edit = page.window().focusWidget()
    assert isinstance(edit, QLineEdit)
    edit.setText(name)
    key(qtbot, edit, Qt.Key.Key_Return)
