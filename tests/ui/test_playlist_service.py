"""The playlist service: everything off the GUI thread, results and errors back on it."""

import pytest

from soniq_desktop.library.documents import Documents
from soniq_desktop.library.playlists import Playlists
from soniq_desktop.services.playlists import PlaylistService
from soniq_desktop.services.tasks import Tasks
from tests.catalogue_fixtures import open_catalogue, scanned


@pytest.fixture
def service(tmp_path, qtbot):
    documents = Documents(tmp_path / "documents.json")
    tasks = Tasks()
    with open_catalogue(tmp_path) as catalogue:
        catalogue.store_scanned([scanned(f"/music/{n}.flac", title=f"T{n}") for n in (1, 2, 3)])
        yield PlaylistService(Playlists(documents), catalogue, tasks)
        tasks.close()


@pytest.fixture
def ask(qtbot):
    """Call a method that answers through `done`, and wait for the answer."""

    def call(method, *arguments):
        answers = []
        method(*arguments, answers.append)
        qtbot.waitUntil(lambda: bool(answers))
        return answers[0]

    return call


def test_a_playlist_lives_from_making_to_deleting(service, qtbot, ask):
    made = ask(service.create, "Mix", [2, 99, 1])
    for change in (
        lambda: service.add(made.id, [3], 0),
        lambda: service.move(made.id, [0], 3),
        lambda: service.remove(made.id, [0]),
        lambda: service.rename(made.id, "Best"),
    ):
        with qtbot.waitSignal(service.changed):
            change()
    assert ask(service.resolve, made.id) == [1, 3]
    assert [(entry.title, track.id) for entry, track in ask(service.entries, made.id)] == [
        ("T1", 1),
        ("T3", 3),
    ]
    assert [each.name for each in ask(service.all)] == ["Best"]
    with qtbot.waitSignal(service.changed):
        service.delete(made.id)
    assert ask(service.all) == []


def test_all_who_ask_for_the_lists_at_once_are_answered(service, qtbot, ask):
    ask(service.create, "Mix", [1])
    answers = []
    for name in ("sidebar", "map", "menu"):
        service.all(lambda found, name=name: answers.append((name, [each.name for each in found])))
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers == [("sidebar", ["Mix"]), ("map", ["Mix"]), ("menu", ["Mix"])]


def test_errors_are_told_in_plain_words(service, qtbot):
    with qtbot.waitSignal(service.message) as told, qtbot.assertNotEmitted(service.changed):
        service.rename(12345, "x")
    assert told.args == ["This playlist is not there any more."]


def test_lists_go_out_to_files_and_come_back(service, qtbot, ask, tmp_path):
    made = ask(service.create, "Mix", [1, 2])
    with qtbot.waitSignal(service.message) as told:
        service.export_m3u(made.id, tmp_path / "Mix.m3u8")
    assert told.args == ["Saved Mix.m3u8."]
    again = ask(service.import_m3u, tmp_path / "Mix.m3u8")
    assert ask(service.resolve, again.id) == [1, 2]
