"""Atomic writing: the old content or the new, never anything between."""

import errno
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from soniq_desktop.common import fileio
from soniq_desktop.common.fileio import SaveError, backup_of, set_aside, sweep_temporaries, write_atomic


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def test_content_is_replaced_and_the_previous_one_kept(tmp_path):
    path = tmp_path / "deep" / "file.json"
    for content in (b"one", b"two", b"three"):
        write_atomic(path, content, backup=True)
    assert path.read_bytes() == b"three"
    assert backup_of(path).read_bytes() == b"two"
    assert names(path.parent) == {"file.json", "file.json.bak"}


def test_without_backup_only_the_file_is_left(tmp_path):
    write_atomic(tmp_path / "a", b"1")
    write_atomic(tmp_path / "a", b"2")
    assert names(tmp_path) == {"a"}


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions and links")
def test_permissions_stay_and_links_are_followed(tmp_path):
    real = tmp_path / "real"
    real.write_bytes(b"old")
    real.chmod(0o640)
    (tmp_path / "link").symlink_to(real)
    write_atomic(tmp_path / "link", b"new", backup=True)
    assert (tmp_path / "link").is_symlink()
    assert real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert (tmp_path / "real.bak").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOSPC, "The disk is full"), (errno.EROFS, "could not be saved")]
)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_when_writing_fails_the_old_content_stays(tmp_path, monkeypatch, code, words, step):
    path = tmp_path / "file"
    write_atomic(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fileio.os if step == "fsync" else Path, step, fail)
    with pytest.raises(SaveError, match=words) as caught:
        write_atomic(path, b"new")
    monkeypatch.undo()
    assert "previous version is kept" in caught.value.hint
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == {"file"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_device_that_is_full_is_recognised(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomic(path, b"old")
    real_open = Path.open
    monkeypatch.setattr(Path, "open", lambda self, mode: real_open(Path("/dev/full"), "wb"))
    with pytest.raises(SaveError, match="disk is full"):
        write_atomic(path, b"x" * 100_000)
    monkeypatch.undo()
    assert path.read_bytes() == b"old"


def test_a_backup_is_copied_where_links_are_not_possible(tmp_path, monkeypatch):
    monkeypatch.setattr(fileio.os, "link", lambda *_: (_ for _ in ()).throw(OSError(errno.EPERM, "no links")))
    write_atomic(tmp_path / "a", b"1", backup=True)
    write_atomic(tmp_path / "a", b"2", backup=True)
    assert backup_of(tmp_path / "a").read_bytes() == b"1"


KILLED = """
import sys
from pathlib import Path
from soniq_desktop.common.fileio import write_atomic
number = 0
while True:
    write_atomic(Path(sys.argv[1]), str(number % 10).encode() * 200_000, backup=True)
    if number == 3:
        print("going", flush=True)
    number += 1
"""


def test_a_kill_at_any_moment_leaves_whole_files(tmp_path):
    path = tmp_path / "file"
    for delay in (0.0, 0.004, 0.009):
        with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            time.sleep(delay)
            writer.kill()
        for each in (path, backup_of(path)):
            content = each.read_bytes()
            assert len(content) == 200_000
            assert len(set(content)) == 1


def test_sweeping_spares_what_may_be_in_use(tmp_path):
    path = tmp_path / "file[1].json"
    old, new, foreign = (
        tmp_path / f".{name}.tmp" for name in ("file[1].json.aa", "file[1].json.bb", "other.cc")
    )
    for each in (old, new, foreign):
        each.write_bytes(b"")
    os.utime(old, (1, 1))
    os.utime(foreign, (1, 1))
    sweep_temporaries(path)
    assert names(tmp_path) == {new.name, foreign.name}


def test_files_set_aside_never_overwrite_each_other(tmp_path):
    for content in ("first", "second"):
        (tmp_path / "a.json").write_text(content)
        set_aside(tmp_path / "a.json")
    assert (tmp_path / "a.damaged-1.json").read_text() == "first"
    assert (tmp_path / "a.damaged-2.json").read_text() == "second"
    with pytest.raises(SaveError):
        set_aside(tmp_path / "a.json")
