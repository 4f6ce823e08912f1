"""Settings and the storage under all documents."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from soniq_desktop.common import fileio
from soniq_desktop.common.errors import DocumentError
from soniq_desktop.common.fileio import backup_of
from soniq_desktop.library.documents import Documents
from soniq_desktop.library.playlists import Playlists


@pytest.fixture
def path(tmp_path):
    return tmp_path / "documents.json"


def test_settings_come_back(path):
    documents = Documents(path)
    documents.settings.set("theme", "dark")
    documents.settings.set("window", {"size": [800, 600]})
    documents.settings.set("theme", "light")
    documents.close()
    settings = Documents(path).settings
    assert settings.get("theme") == "light"
    assert settings.get("window") == {"size": [800, 600]}
    assert settings.get("never set", 5) == 5


def test_none_is_a_value(path):
    documents = Documents(path)
    documents.settings.set("device", None)
    assert documents.settings.get("device", "default") is None


def test_values_are_copies(path):
    settings = Documents(path).settings
    value = [1]
    settings.set("list", value)
    value.append(2)
    settings.get("list").append(3)
    assert settings.get("list") == [1]


def test_only_json_types_are_taken(path):
    settings = Documents(path).settings
    with pytest.raises(TypeError):
        settings.set("a", {1, 2})
    assert settings.get("a") is None


def test_many_changes_are_one_write(path, monkeypatch):
    written = []
    monkeypatch.setattr(
        "soniq_desktop.library.documents.write_atomic", lambda *args, **_: written.append(args)
    )
    documents = Documents(path)
    for volume in range(1000):
        documents.settings.set("volume", volume / 1000)
    assert written == []
    documents.flush()
    documents.flush()
    assert len(written) == 1


def test_a_damaged_file_falls_back_to_its_backup_and_is_kept(path):
    documents = Documents(path)
    for theme in ("dark", "light"):
        documents.settings.set("theme", theme)
        documents.flush()
    path.write_bytes(path.read_bytes()[:20])
    again = Documents(path)
    assert again.settings.get("theme") == "dark"
    assert "restored" in again.notices[0]
    assert (path.parent / "documents.damaged-1.json").exists()
    again.close()
    assert Documents(path).notices == []
    assert Documents(path).settings.get("theme") == "dark"


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b'{"settings": 5}', b'{"settings": {"x": {}}}', b"\xff\xfe"]
)
def test_content_that_is_no_document_is_set_aside(path, content):
    path.write_bytes(content)
    documents = Documents(path)
    assert documents.settings.get("theme") is None
    assert "damaged-1" in documents.notices[0]
    assert (path.parent / "documents.damaged-1.json").read_bytes() == content


def test_a_full_disk_keeps_the_changes_in_memory_and_the_file_as_it_was(path, monkeypatch):
    documents = Documents(path)
    documents.settings.set("a", 1)
    documents.flush()
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    documents.settings.set("a", 2)
    monkeypatch.setattr(fileio.os, "fsync", full)
    with pytest.raises(DocumentError, match="disk is full"):
        documents.flush()
    monkeypatch.undo()
    assert path.read_bytes() == before
    documents.flush()
    assert Documents(path).settings.get("a") == 2


def test_two_processes_keep_each_others_changes(path):
    first = Documents(path)
    first.settings.set("shared", "before")
    first.flush()
    second = Documents(path)
    first.settings.set("one", 1)
    second.settings.set("two", 2)
    second.settings.set("shared", "after")
    mine = Playlists(first).create("Mine")
    theirs = Playlists(second).create("Theirs")
    first.settings.set("three", 3)
    first.flush()
    settings = Documents(path).settings
    assert [settings.get(name) for name in ("one", "two", "three", "shared")] == [1, 2, 3, "after"]
    assert {each.id for each in Playlists(Documents(path)).all()} == {mine.id, theirs.id}


def test_threads_may_set_and_flush_at_the_same_time(path):
    documents = Documents(path)

    def work(name: str) -> None:
        for number in range(30):
            documents.settings.set(f"{name}{number}", number)
            documents.flush()

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(json.loads(path.read_text())["settings"]) == 90


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_file_that_may_not_be_read_is_not_treated_as_damaged(path):
    path.write_text("{}")
    path.chmod(0)
    with pytest.raises(DocumentError, match="cannot be read"):
        Documents(path)


def test_a_folder_in_place_of_the_file_is_said(path):
    path.mkdir()
    with pytest.raises(DocumentError, match="cannot be read"):
        Documents(path)


KILLED = """
import sys
from pathlib import Path
from soniq_desktop.library.documents import Documents
documents = Documents(Path(sys.argv[1]))
for number in range(100_000):
    documents.settings.set("number", number)
    documents.settings.set("padding", "x" * 50_000)
    documents.flush()
    if number == 5:
        print("going", flush=True)
"""


def test_a_kill_while_writing_loses_at_most_the_last_change(path):
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, cwd=root
    ) as writer:
        writer.stdout.readline()
        writer.kill()
    documents = Documents(path)
    assert documents.notices == []
    assert documents.settings.get("number") >= 5
    assert backup_of(path).exists()
