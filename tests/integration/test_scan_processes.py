"""Scanning with real processes: readers that die, and a program that is killed in the middle."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from soniq_desktop.library import scanner as scanner_module
from soniq_desktop.library.database import check
from tests.scan_fixtures import Library, album, png

ROOT = Path(__file__).parents[2]


@pytest.fixture
def music(tmp_path) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    return folder


@pytest.fixture
def library(tmp_path, music):
    made = Library(tmp_path / "home", music)
    yield made
    made.catalogue.close()


def test_a_library_is_read_by_several_processes(library, music, monkeypatch):
    monkeypatch.setattr(scanner_module, "BATCH", 4)
    album(music, 30)
    (music / "cover.png").write_bytes(png())
    report = library.scan()
    assert (report.added, report.problems) == (30, 0)
    assert len({track.tags.artwork for track in library.tracks()}) == 1


def test_a_file_that_kills_the_reader_is_the_only_problem(library, music, monkeypatch):
    album(music, 6)
    monkeypatch.setattr(scanner_module, "HANDLER", "tests.unit.tag_handlers:dies_at_third")
    report = library.scan()
    assert (report.added, report.problems) == (5, 1)
    assert "crashed" in library.problems()["03.flac"]


def test_a_file_that_hangs_the_reader_is_the_only_problem(library, music, monkeypatch):
    album(music, 4)
    monkeypatch.setattr(scanner_module, "HANDLER", "tests.unit.tag_handlers:hangs_at_third")
    monkeypatch.setattr(scanner_module, "TIME_LIMIT", 1.0)
    report = library.scan()
    assert (report.added, report.problems) == (3, 1)
    assert "longer than" in library.problems()["03.flac"]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
@pytest.mark.slow
def test_a_scan_may_be_killed_at_any_moment(tmp_path, music):
    """Six kills at random moments, then one scan: everything is there, once, and the database is sound."""
    for number in range(6):
        album(music / f"album {number}", 20, first=20 * number + 1)
        (music / f"album {number}" / "cover.png").write_bytes(png(colour=(number, 0, 0)))
    home = tmp_path / "home"
    Library(home, music).catalogue.close()
    program = textwrap.dedent(
        f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from soniq_desktop.library import scanner
        from tests.scan_fixtures import Library
        scanner.BATCH = 4
        library = Library(Path({str(home)!r}), Path({str(music)!r}))
        print("started", flush=True)
        library.scan()
        """
    )
    seed = random.SystemRandom().randrange(10_000)
    chance = random.Random(seed)
    for _ in range(6):
        victim = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        victim.stdout.readline()
        time.sleep(chance.uniform(0.2, 1.2))
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        victim.stdout.close()
    library = Library(home, music)
    known = len(library.tracks())
    report = library.scan()
    assert known + report.added == 120, f"seed {seed}"
    assert (report.moved, report.missing, report.problems) == (0, 0, 0)
    assert len({track.path for track in library.tracks()}) == 120
    assert {track.tags.artist for track in library.tracks()} == {"Tester"}
    artwork = {track.tags.artwork for track in library.tracks()}
    assert len(artwork) == 6
    for key in artwork:
        assert (library.paths.artwork / key[:2] / key).read_bytes().startswith(b"\x89PNG")
    library.catalogue.close()
    assert check(library.paths.catalogue) == []
