"""The service behind the Duplicates page, over a real library and a real index."""

import numpy as np
import pytest

from soniq_desktop.common.paths import Paths
from soniq_desktop.fingerprint.landmarks import fingerprint
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.distinct import NotDuplicates
from soniq_desktop.library.documents import Documents
from soniq_desktop.services.duplicates import DuplicatesService
from soniq_desktop.services.settings import SettingsService
from tests.catalogue_fixtures import digest, listening, scanned
from tests.fingerprint_fixtures import melody
from tests.ui_fixtures import MemoryStore

RATE = 11_025
LONG = 60_000  # ms: a process is started on a busy machine


@pytest.fixture
def paths(tmp_path):
    return Paths.under(tmp_path).ensure()


@pytest.fixture
def catalogue(paths):
    """Two songs, and the second again with two seconds of silence before it."""
    songs = [melody(20.0, RATE, seed=seed)[:, 0] for seed in range(2)]
    songs.append(np.concatenate([np.zeros(2 * RATE, np.float32), songs[1]]))
    with Catalogue(paths.catalogue) as catalogue:
        ids = catalogue.store_scanned(
            [
                scanned(f"/music/{n}.flac", title=f"Song {n}", duration=len(each) / RATE)
                for n, each in enumerate(songs)
            ]
        )
        with FingerprintStore(paths.fingerprints, merging=False) as store:
            for number, each in zip(ids, songs, strict=True):
                catalogue.store_listening(number, listening(str(number)))
                store.add(number, digest(str(number)), fingerprint(each, RATE))
        yield catalogue


@pytest.fixture
def service(qtbot, paths, catalogue):
    documents = Documents(paths.documents)
    made = DuplicatesService(catalogue, NotDuplicates(documents), paths, SettingsService(MemoryStore()))
    yield made
    made.close()


def test_copies_are_found_and_a_decision_of_the_user_holds_until_it_is_taken_back(qtbot, service, catalogue):
    with qtbot.waitSignal(service.found, timeout=LONG) as arrived:
        service.look()
    found = arrived.args[0]
    (group,) = found.duplicates.groups
    assert (found.complete, found.compared, found.tracks) == (True, 3, 3)
    assert {group.keep.title, group.copies[0].track.title} == {"Song 1", "Song 2"}
    assert abs(group.copies[0].offset_seconds) == pytest.approx(2.0, abs=0.03)
    copy, rest = group.copies[0].track, [group.keep]
    with qtbot.waitSignal(service.found, timeout=LONG) as arrived:
        service.say_different(copy, rest)
    assert (arrived.args[0].duplicates.groups, arrived.args[0].decisions) == ((), 1)
    with qtbot.waitSignal(service.found, timeout=LONG) as arrived:
        service.look()
    assert arrived.args[0].duplicates.groups == ()
    with qtbot.waitSignal(service.found, timeout=LONG) as arrived:
        service.take_back(copy, rest)
    assert len(arrived.args[0].duplicates.groups) == 1


def test_two_songs_are_compared(qtbot, service, catalogue):
    answers = []
    service.compare(2, 3, answers.append, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 1, timeout=LONG)
    assert answers[0].relation.offset_seconds == pytest.approx(2.0, abs=0.03)
    service.compare(1, 2, answers.append, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=LONG)
    assert answers[1].known
    assert answers[1].relation is None
    service.compare(1, 99, answers.append, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 3, timeout=LONG)
    assert isinstance(answers[2], str)


def test_closing_while_it_compares_ends_it(qtbot, service):
    service.look()
    service.close()
    service.close()
