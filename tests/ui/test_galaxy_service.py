"""The galaxy service over a real library: learns in a process of its own, keeps in step, can be stopped."""

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.discovery.galaxy_layout import available
from soniq_desktop.discovery.galaxy_store import layout_path
from soniq_desktop.library import listened
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Embedding, Features, Tags
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.galaxy import GalaxyService
from soniq_desktop.services.settings import SettingsService
from tests.discovery_fixtures import clustered
from tests.ui_fixtures import MemoryStore

SPEC = embedder_spec(DEFAULT_EMBEDDER)
WAIT = 60_000  # a process starts and imports scikit-learn, on a busy machine


class News(QObject):
    """What the services hear of the library."""

    changed = Signal()
    tracks_updated = Signal(list)
    listened = Signal(int)


class Bench:
    """A library, the services over it, and what the galaxy said."""

    def __init__(self, folder, qtbot):
        self.catalogue = Catalogue(folder / "library.sqlite3")
        self.folder, self.qtbot, self.library = folder, qtbot, News()
        self.settings = SettingsService(MemoryStore())
        self.discovery = DiscoveryService(self.catalogue, self.library, folder / "index", self.settings)
        self.galaxy = GalaxyService(
            folder / "library.sqlite3",
            folder / "index",
            self.discovery,
            self.library,  # type: ignore[arg-type]
        )
        self.galaxy._look_soon.setInterval(50)
        self.maps, self.failures, self.progress = [], [], []
        self.galaxy.map_changed.connect(self.maps.append)
        self.galaxy.failed.connect(self.failures.append)
        self.galaxy.progress.connect(self.progress.append)

    def add(self, count: int, seed: int = 0) -> list[int]:
        first = len(self.catalogue.embeddings(SPEC.name)[0])
        numbers = range(first, first + count)
        tags = [Tags(title=f"T{n}", duration=100.0 + n) for n in numbers]
        files = [ScannedFile(f"/music/{each.title}.flac", 1, 1, each) for each in tags]
        ids = self.catalogue.store_scanned(files)
        scores = np.full(len(SPEC.tags), 0.1, np.float32)
        with self.catalogue.database.writing() as connection:
            for track_id, vector in zip(ids, clustered(count, SPEC.dim, seed, 3, 0.3), strict=True):
                embedding = Embedding(SPEC.name, SPEC.version, vector, scores)
                listened.put_listening(connection, track_id, Features(version=FEATURES_VERSION), (embedding,))
        return ids

    def wait_for_map(self, songs: int):
        def there() -> bool:
            return bool(self.maps) and self.maps[-1] is not None and len(self.maps[-1]) == songs

        self.qtbot.waitUntil(there, timeout=WAIT)
        return self.maps[-1]

    def close(self):
        self.galaxy.close()
        self.discovery.close()
        self.settings.close()
        self.catalogue.close()


@pytest.fixture
def bench(tmp_path, qtbot):
    bench = Bench(tmp_path, qtbot)
    yield bench
    bench.close()


def test_an_empty_library_has_no_map_and_starts_nothing(bench, qtbot):
    bench.galaxy.open()
    qtbot.waitUntil(lambda: bench.maps == [None], timeout=WAIT)
    assert not bench.galaxy.laying_out
    assert bench.progress == []


@pytest.mark.skipif(not available(), reason="openTSNE is not installed")
def test_the_first_look_learns_the_map_then_new_songs_join_it_and_gone_ones_are_marked(bench, qtbot):
    bench.add(40)
    bench.galaxy.open()
    first = bench.wait_for_map(40)
    assert bench.progress[-1] is None
    assert any(progress.share for progress in bench.progress[:-1])
    assert first.trust is not None
    assert layout_path(bench.folder / "index", SPEC).exists()
    new = bench.add(5, seed=1)
    bench.library.changed.emit()
    second = bench.wait_for_map(45)
    rows = [second.row(int(each)) for each in first.ids]
    np.testing.assert_array_equal(second.places[rows], first.places)
    bench.catalogue.mark_missing(new[:2])
    bench.library.tracks_updated.emit(new[:2])
    qtbot.waitUntil(lambda: bool(bench.maps[-1].missing.any()), timeout=WAIT)
    assert sorted(bench.maps[-1].ids[bench.maps[-1].missing]) == sorted(new[:2])
    assert bench.failures == []


def test_nothing_is_looked_at_while_nobody_looks(bench, qtbot):
    bench.add(2)
    bench.galaxy.open()
    bench.wait_for_map(2)
    bench.galaxy.leave()
    said = len(bench.maps)
    bench.add(2, seed=1)
    bench.library.changed.emit()
    qtbot.wait(200)
    assert len(bench.maps) == said
    bench.galaxy.open()
    bench.wait_for_map(4)


def test_a_layout_goes_on_when_the_page_is_left_and_is_there_at_the_next_look(bench, qtbot):
    bench.add(3)
    bench.galaxy.open()
    qtbot.waitUntil(lambda: bench.galaxy.laying_out, timeout=WAIT)
    bench.galaxy.leave()
    qtbot.waitUntil(lambda: not bench.galaxy.laying_out, timeout=WAIT)
    assert bench.maps == [None]
    bench.galaxy.open()
    bench.wait_for_map(3)


def test_learning_can_be_cancelled_and_the_map_stays(bench, qtbot):
    bench.add(3)
    bench.galaxy.open()
    before = bench.wait_for_map(3)
    bench.galaxy.lay_out()
    assert bench.galaxy.laying_out
    bench.galaxy.cancel()
    assert not bench.galaxy.laying_out
    assert bench.progress[-1] is None
    bench.galaxy.open()
    qtbot.wait(100)
    np.testing.assert_array_equal(bench.maps[-1].places, before.places)


def test_a_process_that_dies_is_told_of(bench, qtbot):
    bench.add(3)
    bench.galaxy.lay_out()
    bench.galaxy._process._process.kill()
    qtbot.waitUntil(lambda: bool(bench.failures), timeout=WAIT)
    assert bench.failures == ["The process that lays out the map has stopped."]
    assert not bench.galaxy.laying_out


def test_a_path_between_two_songs_is_made_of_the_full_sound(bench, qtbot):
    ids = bench.add(20)
    found: list[object] = []
    bench.galaxy.path(ids[0], ids[7], found.append, found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=WAIT)
    tracks = [track.id for track in found[0].tracks]
    assert tracks[0] == ids[0]
    assert tracks[-1] == ids[7]
