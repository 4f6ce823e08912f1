"""The window's service keeps the fingerprint index in step, off the GUI thread."""

import threading

import pytest

from soniq_desktop.common.processes import ProcessPool
from soniq_desktop.fingerprint import store as stores
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import TrackQuery
from soniq_desktop.services import listening as listening_module
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks
from tests.scan_fixtures import album

WAIT = 15_000


class MemorySettings(dict):
    """Settings that are not written anywhere."""

    def set(self, name, value):
        self[name] = value

    def flush(self): ...


@pytest.fixture
def service(paths, monkeypatch, qapp):
    """A service over real files, with listening processes that only pretend."""
    monkeypatch.setattr(
        listening_module,
        "listening_pool",
        lambda workers, **_: ProcessPool("tests.unit.listen_handlers:listen", workers),
    )
    catalogue, tasks = Catalogue(paths.catalogue), Tasks()
    settings = SettingsService(MemorySettings({"library.watch": False}))
    service = LibraryService(catalogue, paths, settings, tasks)
    service.catalogue = catalogue
    yield service
    for part in (service, tasks, settings, catalogue):
        part.close()


@pytest.fixture
def library(service):
    service.start()
    return service


def indexed(paths) -> list[int]:
    with FingerprintStore(paths.fingerprints, merging=False) as store:
        return store.track_ids().tolist()


def ids(library) -> list[int]:
    return sorted(library.catalogue.track_ids(TrackQuery()).tolist())


@pytest.fixture
def music(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    album(folder, 4)
    return folder


def test_what_was_listened_to_is_in_the_index_and_nothing_is_written_on_the_gui_thread(
    qtbot, library, paths, music, monkeypatch
):
    threads = set()
    add = FingerprintStore.add

    def watched(self, *arguments):
        threads.add(threading.current_thread())
        add(self, *arguments)

    monkeypatch.setattr(FingerprintStore, "add", watched)
    library.add_folder(str(music))
    qtbot.waitUntil(lambda: len(ids(library)) == 4 and indexed(paths) == ids(library), timeout=WAIT)
    assert threads
    assert threading.main_thread() not in threads


def test_a_removed_folder_leaves_the_index(qtbot, library, paths, music):
    library.add_folder(str(music))
    qtbot.waitUntil(lambda: len(indexed(paths)) == 4, timeout=WAIT)
    library.remove_folder(str(music))
    qtbot.waitUntil(lambda: ids(library) == [], timeout=WAIT)
    qtbot.waitUntil(lambda: indexed(paths) == [], timeout=WAIT)


def test_a_library_from_before_there_were_fingerprints_gets_them(qtbot, library, paths, music, monkeypatch):
    pools = []

    def pretending(workers):
        pools.append(workers)
        return ProcessPool("tests.unit.listen_handlers:fingerprint", workers)

    monkeypatch.setattr(listening_module, "fingerprint_pool", pretending)
    monkeypatch.setattr(listening_module, "keep", lambda *_: None)
    library.add_folder(str(music))
    qtbot.waitUntil(lambda: len(ids(library)) == 4 and indexed(paths) == ids(library), timeout=WAIT)
    assert pools
    assert library.counts().problems == 0


def test_an_index_that_cannot_be_opened_does_not_stop_listening(qtbot, paths, service, music, monkeypatch):
    def refuse(*_args, **_options):
        raise stores.FingerprintStoreError("The fingerprint index cannot be read.")

    monkeypatch.setattr(listening_module, "FingerprintStore", refuse)
    service.start()
    service.add_folder(str(music))
    qtbot.waitUntil(lambda: service.counts().listened == 4, timeout=WAIT)
    assert indexed(paths) == []
