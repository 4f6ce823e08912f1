"""Kills, other processes, damage, other versions, full disks."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from soniq_desktop.common.errors import CatalogueError
from soniq_desktop.common.paths import Paths
from soniq_desktop.library import database
from soniq_desktop.library.backup import backup_if_due
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.database import Database, NewerCatalogueError, check, suspicion
from soniq_desktop.library.records import Play, TrackQuery
from soniq_desktop.library.recovery import open_library
from soniq_desktop.library.schema import MIGRATIONS, version
from tests.catalogue_fixtures import listening, open_catalogue, scanned

WRITER = """
import sys
from pathlib import Path
from soniq_desktop.library.records import Play
from tests.catalogue_fixtures import listening, open_catalogue, scanned

folder, name, batches = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
catalogue = open_catalogue(folder)
for batch in range(batches):
    paths = [f"/music/{name}/{batch}/{n}" for n in range(10)]
    files = [scanned(path, title=path, artist=name, album=str(batch)) for path in paths]
    ids = catalogue.store_scanned(files)
    catalogue.record_play(Play(ids[0], 1.0, 2.0, "finished", "songs"))
    catalogue.store_listening(ids[1], listening(f"{name}{batch}"))
    print(batch, flush=True)
catalogue.close()
"""


def start_writer(folder: Path, name: str, batches: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(batches)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def whole(catalogue: Catalogue) -> None:
    """Tracks, search index and albums tell the same story."""
    ids = catalogue.track_ids(TrackQuery())
    assert len(ids) % 10 == 0
    assert sum(album.tracks for album in catalogue.albums()) == len(ids) == catalogue.counts().tracks
    with catalogue.database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM search").fetchone()[0] == len(ids)
    with catalogue.database.writing() as connection:
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    assert check(catalogue.path) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_a_kill_in_the_middle_of_writing_loses_only_the_batch_in_hand(tmp_path):
    for round_number in range(3):
        with start_writer(tmp_path, f"round{round_number}", 10_000) as writer:
            reported = int([writer.stdout.readline() for _ in range(4 + 3 * round_number)][-1])
            time.sleep(0.003 * round_number)
            writer.kill()
        with open_catalogue(tmp_path) as catalogue:
            whole(catalogue)
            mine = catalogue.track_ids(TrackQuery(artist=f"round{round_number}"))
            assert len(mine) >= 10 * (reported + 1)


def test_two_processes_and_a_thread_write_at_the_same_time(tmp_path):
    with open_catalogue(tmp_path) as catalogue:
        writers = [start_writer(tmp_path, name, 15) for name in ("one", "two")]
        for batch in range(15):
            catalogue.store_scanned(
                [scanned(f"/music/own/{batch}/{n}", album=f"own {batch}") for n in range(10)]
            )
        errors = [writer.communicate(timeout=60)[1] for writer in writers]
        assert errors == ["", ""]
        assert [writer.returncode for writer in writers] == [0, 0]
        whole(catalogue)
        assert catalogue.counts().tracks == 450


def test_waiting_for_another_writer_is_patient(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.02)
    with open_catalogue(tmp_path) as catalogue:
        other = sqlite3.connect(catalogue.path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.3, lambda: other.execute("COMMIT"))
        timer.start()
        catalogue.add_folder("/patient")
        timer.join()
        other.close()
        assert "/patient" in catalogue.folders()


def test_a_writer_that_never_lets_go_is_reported_in_plain_words(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.02)
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    with open_catalogue(tmp_path) as catalogue:
        other = sqlite3.connect(catalogue.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CatalogueError, match="kept the library busy"):
            catalogue.add_folder("/x")
        other.close()
        catalogue.add_folder("/y")


def test_an_error_inside_a_transaction_leaves_nothing_behind(tmp_path):
    with open_catalogue(tmp_path) as catalogue:

        def files():
            yield scanned("/music/a", album="A")
            raise KeyError

        with pytest.raises(KeyError):
            catalogue.store_scanned(files())
        assert catalogue.counts().tracks == catalogue.counts().albums == 0
        assert catalogue.store_scanned([scanned("/music/b")])


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path):
    with open_catalogue(tmp_path) as catalogue:
        catalogue.store_scanned([scanned("/music/a", title="Kept")])
        with catalogue.database.writing() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        files = [scanned(f"/music/{n}", title="x" * 4000) for n in range(200)]
        with pytest.raises(CatalogueError, match="disk is full"):
            catalogue.store_scanned(files)
        assert [track.title for track in catalogue.tracks(catalogue.track_ids(TrackQuery()))] == ["Kept"]


def test_an_old_file_is_migrated_with_its_data(tmp_path):
    path = tmp_path / "library.sqlite3"
    with Catalogue(path) as catalogue:
        catalogue.add_folder("/music")
    column = "ALTER TABLE folders ADD COLUMN note TEXT NOT NULL DEFAULT 'semi;colon';\n"
    step = f"{column}CREATE TABLE extra (id INTEGER);\n"
    newer = Database(path, (*MIGRATIONS, step))
    with newer.reading() as connection:
        assert version(connection) == len(MIGRATIONS) + 1
        assert connection.execute("SELECT path, note FROM folders").fetchall() == [(b"/music", "semi;colon")]
    newer.close()
    with pytest.raises(NewerCatalogueError, match="newer version"):
        Catalogue(path)
    with pytest.raises(NewerCatalogueError):
        open_library(Paths.under(tmp_path))
    assert path.exists()


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "library.sqlite3"
    Catalogue(path).close()
    with pytest.raises(sqlite3.OperationalError):
        Database(path, (*MIGRATIONS, "CREATE TABLE extra (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n"))
    with Catalogue(path) as catalogue, catalogue.database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone() == (
            0,
        )


def used_library(home: Path) -> Paths:
    """A library with a like and a play, closed."""
    paths = Paths.under(home).ensure()
    with Catalogue(paths.catalogue, paths.waveforms) as catalogue:
        catalogue.add_folder("/music")
        ids = catalogue.store_scanned([scanned(f"/music/{n}", title=f"Song {n}") for n in range(300)])
        catalogue.store_listening(ids[0], listening("loved"))
        catalogue.set_liked(ids[0], True)
        catalogue.record_play(Play(ids[1], 1.0, 9.0, "finished", "songs"))
    return paths


def test_a_file_that_is_no_database_is_set_aside_and_the_backup_restored(tmp_path):
    paths = used_library(tmp_path)
    backup_if_due(paths)
    paths.catalogue.write_bytes(b"not a database at all, but long enough to look like one" * 100)
    with pytest.raises(CatalogueError, match="damaged"):
        Catalogue(paths.catalogue)
    opened = open_library(paths)
    with opened.catalogue as catalogue:
        assert "damaged" in opened.notices[0]
        assert "restored" in opened.notices[0]
        assert (tmp_path / "library.damaged-1.sqlite3").exists()
        assert catalogue.folders() == ["/music"]
        moved, same_place = catalogue.store_scanned([scanned("/music/new"), scanned("/music/1")])
        catalogue.store_listening(moved, listening("loved"))
        assert catalogue.track(moved).liked
        assert catalogue.track(same_place).plays == 1


def test_what_can_be_read_of_a_damaged_file_is_saved_without_a_backup(tmp_path):
    paths = used_library(tmp_path)
    connection = sqlite3.connect(paths.catalogue)
    root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'meta'").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with paths.catalogue.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    opened = open_library(paths)
    with opened.catalogue as catalogue:
        (track_id,) = catalogue.store_scanned([scanned("/music/0")])
        assert catalogue.track(track_id).liked


def test_damage_met_later_is_looked_into_at_the_next_start(tmp_path):
    paths = used_library(tmp_path)
    connection = sqlite3.connect(paths.catalogue)
    root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tracks_by_title'").fetchone()[
        0
    ]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with paths.catalogue.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with Catalogue(paths.catalogue) as catalogue, pytest.raises(CatalogueError, match="damaged"):
        catalogue.track_ids(TrackQuery(sort="title"))
    assert suspicion(paths.catalogue).exists()
    assert check(paths.catalogue)
    opened = open_library(paths)
    opened.catalogue.close()
    assert len(opened.notices) == 1
    assert not suspicion(paths.catalogue).exists()


def test_a_false_alarm_changes_nothing(tmp_path):
    paths = used_library(tmp_path)
    suspicion(paths.catalogue).touch()
    opened = open_library(paths)
    with opened.catalogue as catalogue:
        assert opened.notices == []
        assert catalogue.counts().tracks == 300


def test_check_says_when_there_is_nothing_to_check(tmp_path):
    with pytest.raises(CatalogueError, match="no library database"):
        check(tmp_path / "library.sqlite3")


def test_a_folder_that_cannot_hold_the_library_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CatalogueError, match="cannot be opened"):
        Catalogue(tmp_path / "file" / "library.sqlite3")


def test_connections_of_ended_threads_are_closed(tmp_path):
    with open_catalogue(tmp_path) as catalogue:
        for _ in range(5):
            thread = threading.Thread(target=catalogue.counts)
            thread.start()
            thread.join()
        assert len(catalogue.database._readers) <= 2


def test_closing_ends_a_long_read_in_another_thread(tmp_path):
    catalogue = open_catalogue(tmp_path)
    started, heard = threading.Event(), []

    def read() -> None:
        endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        try:
            with catalogue.database.reading() as connection:
                connection.execute("SELECT 1")
                started.set()
                connection.execute(endless)
        except CatalogueError as error:
            heard.append(error.sentence)

    thread = threading.Thread(target=read)
    thread.start()
    started.wait()
    time.sleep(0.1)
    catalogue.close()
    thread.join(timeout=10)
    assert heard == ["The library is closed."]
