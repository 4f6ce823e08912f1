"""Daily backups, restoring, and the JSON export."""

import contextlib
import datetime as dt
import json
import os
import sqlite3

import pytest

from soniq_desktop.common.fileio import backup_of
from soniq_desktop.common.paths import Paths
from soniq_desktop.library.backup import KEPT, backup_if_due, backups, export_user_data, restore_tables
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Play
from soniq_desktop.library.recovery import open_documents
from tests.catalogue_fixtures import digest, listening, scanned

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def paths(tmp_path):
    return Paths.under(tmp_path / "home").ensure()


@pytest.fixture
def catalogue(paths):
    with Catalogue(paths.catalogue, paths.waveforms) as opened:
        opened.add_folder("/music")
        first, second = opened.store_scanned(
            [scanned("/music/a", title="A"), scanned(os.fsdecode(b"/music/\xff"))]
        )
        opened.store_listening(first, listening("a"))
        opened.set_liked(first, True)
        opened.record_play(Play(second, 7.0, 2.0, "skipped", "songs", 2.0))
        opened.set_correction(first, "tempo", 93.0)
        yield opened


def test_one_copy_a_day_and_seven_are_kept(paths, catalogue):
    paths.documents.write_text("{}")
    for day in range(10):
        assert backup_if_due(paths, DAY + dt.timedelta(day)) is not None
        assert backup_if_due(paths, DAY + dt.timedelta(day)) is None
    kept = backups(paths.backups)
    assert [each.day for each in kept] == [DAY + dt.timedelta(day) for day in range(9, 2, -1)]
    assert all(each.documents.read_text() == "{}" for each in kept)
    assert len(list(paths.backups.iterdir())) == 2 * KEPT


def test_the_newest_copy_is_the_last_one_even_when_the_clock_went_back(paths, catalogue):
    backup_if_due(paths, dt.date(2099, 1, 1))
    backup_if_due(paths, DAY)
    assert [each.day.year for each in backups(paths.backups)] == [2026, 2099]


def test_nothing_is_made_where_there_is_no_library(tmp_path):
    assert backup_if_due(Paths.under(tmp_path), DAY) is None
    assert list(tmp_path.iterdir()) == []


def test_restoring_into_a_new_library_and_twice_is_the_same(paths, catalogue, tmp_path):
    source = backup_if_due(paths, DAY).library
    with Catalogue(tmp_path / "new.sqlite3") as new:
        assert restore_tables(new, source).rows == 5
        assert restore_tables(new, source).rows == 0
        assert new.folders() == ["/music"]
        ids = new.store_scanned([scanned("/music/moved"), scanned(os.fsdecode(b"/music/\xff"))])
        new.store_listening(ids[0], listening("a"))
        assert new.track(ids[0]).liked
        assert new.corrections(ids[0]) == {"tempo": 93.0}
        assert new.track(ids[1]).skips == 1


def test_restoring_finds_tracks_that_are_there_already(paths, catalogue, tmp_path):
    source = backup_if_due(paths, DAY).library
    with Catalogue(tmp_path / "new.sqlite3") as new:
        (track_id,) = new.store_scanned([scanned("/music/b")])
        new.store_listening(track_id, listening("a"))
        new.set_liked(track_id, True)
        assert new.track(track_id).liked
        restored = restore_tables(new, source)
        assert restored.complete
        assert new.track(track_id).liked
        with new.database.reading() as connection:
            assert connection.execute("SELECT count(*) FROM likes").fetchone() == (1,)


def test_documents_come_back_from_the_daily_backup_when_both_versions_are_damaged(paths, catalogue):
    documents = open_documents(paths)
    for theme in ("dark", "light"):
        documents.settings.set("theme", theme)
        documents.flush()
    backup_if_due(paths, DAY)
    paths.documents.write_bytes(b"{")
    backup_of(paths.documents).write_bytes(b"")
    again = open_documents(paths)
    assert again.settings.get("theme") == "light"
    assert "restored" in again.notices[0]


def test_a_source_that_is_no_backup_restores_nothing(catalogue, tmp_path):
    (tmp_path / "broken.sqlite3").write_bytes(b"nothing of the kind" * 1000)
    restored = restore_tables(catalogue, tmp_path / "broken.sqlite3")
    assert (restored.rows, restored.complete) == (0, False)


def test_the_export_names_everything_the_user_made(catalogue, tmp_path):
    export_user_data(catalogue, tmp_path / "export.json")
    data = json.loads((tmp_path / "export.json").read_text(encoding="utf-8"))
    assert [(like["path"], like["title"], like["audio_hash"]) for like in data["likes"]] == [
        ("/music/a", "A", digest("a"))
    ]
    assert [(play["path"], play["ended"], play["started_at"]) for play in data["plays"]] == [
        ("/music/?", "skipped", 7.0)
    ]
    assert [(each["field"], each["value"]) for each in data["corrections"]] == [("tempo", 93.0)]


def test_a_backup_of_an_earlier_version_is_complete_without_like_events(paths, catalogue, tmp_path):
    source = backup_if_due(paths, DAY).library
    with contextlib.closing(sqlite3.connect(source)) as connection:
        connection.execute("DROP TABLE like_events")
        connection.commit()
    with Catalogue(tmp_path / "new.sqlite3") as new:
        restored = restore_tables(new, source)
    assert (restored.rows, restored.complete) == (4, True)
