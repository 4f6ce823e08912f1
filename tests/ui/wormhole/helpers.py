"""A room with a small library, real services and the window."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from soniq_desktop.app import Application, build
from soniq_desktop.common.paths import Paths
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library import listened
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Features, Tags
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from soniq_desktop.ui.pages.wormhole import WormholePage
from soniq_desktop.ui.theme import Theme

SPEC = embedder_spec(DEFAULT_EMBEDDER)
LONG = 20_000  # ms, on a busy machine


def fill(paths: Paths, count: int, *, heard: int | None = None) -> list[int]:
    """`count` songs by as many artists, of which the first `heard` have been listened to."""
    rng = np.random.default_rng(11)
    genres = ("Rock", "Jazz", "Ambient", "Hip-Hop", "Techno")
    centres = rng.standard_normal((5, SPEC.dim))
    with Catalogue(paths.catalogue, paths.waveforms) as catalogue:
        catalogue.add_folder("/music")
        files = [
            ScannedFile(
                f"/music/{i:03d}.flac", 1000, 1,
                Tags(title=f"Song {i}", artist=f"Artist {i}", genre=genres[i % 5], duration=200.0),
            )
            for i in range(count)
        ]  # fmt: skip
        ids = catalogue.store_scanned(files)
        with catalogue.database.writing() as connection:
            for i, track_id in enumerate(ids[: count if heard is None else heard]):
                features = Features(
                    version=FEATURES_VERSION, tempo=float(rng.uniform(80, 160)), tempo_confidence=0.9,
                    key=int(i % 12),
                    mode="minor", key_confidence=0.9, energy=float(rng.random()), loudness=-12.0,
                    brightness=2000.0, onset_rate=3.0, loudness_range=6.0,
                )  # fmt: skip
                put_listening(connection, track_id, features, centres[i % 5] + rng.standard_normal(SPEC.dim))
    return ids


def put_listening(connection, track_id: int, features: Features, vector: np.ndarray) -> None:
    embedding = Embedding(SPEC.name, SPEC.version, vector.astype(np.float32))
    listened.put_listening(connection, track_id, features, (embedding,))


class Room:
    """The application at its Wormhole."""

    def __init__(self, home: Path, qtbot, count: int = 60, heard: int | None = None) -> None:
        self.bot, self.home = qtbot, home
        paths = Paths.under(home).ensure()
        self.ids = fill(paths, count, heard=heard)
        Theme.current().install(QApplication.instance())
        self.app: Application = build(paths)
        self.window = self.app.window
        self.window.resize(1440, 900)
        self.window.show()

    def open(self, **params) -> WormholePage:
        self.window.navigator.open("wormhole", **params)
        page = self.window.page("wormhole")
        assert isinstance(page, WormholePage)
        self.page = page
        return page

    def path(self, start: int = 0, end: int = 1) -> WormholePage:
        """The page with a path between two songs."""
        page = self.open(start=self.ids[start], end=self.ids[end])
        wanted = [self.ids[start], self.ids[end]]
        self.wait(lambda: page.path is not None and self.shown()[:: len(self.shown()) - 1] == wanted)
        return page

    def wait(self, condition) -> None:
        self.bot.waitUntil(condition, timeout=LONG)

    def after(self, action) -> list[int]:
        """Ids of the next path that is found after an action."""
        with self.bot.waitSignal(self.app.wormhole.found, timeout=LONG):
            action()
        return self.shown()

    def shown(self) -> list[int]:
        return [track.id for track in self.page.path.tracks]

    def told(self) -> str:
        return self.window.notice.text() if hasattr(self.window.notice, "text") else ""

    def close(self) -> None:
        self.app.window.close()
        self.app.close()


class Writer:
    """A painter that notes where text goes."""

    def __init__(self, written: list[QRectF]) -> None:
        self.drawText = lambda box, _flags, _text: written.append(box)

    def setFont(self, _font: object) -> None: ...

    def setPen(self, _pen: object) -> None: ...
