"""Walking through folders, whatever lies around there."""

import os
import socket
import sys
from pathlib import Path

import pytest

from soniq_desktop.library.mounts import Mounts
from soniq_desktop.library.sniff import has_audio_name
from soniq_desktop.library.walk import Walk


def touch(path: Path, size: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


def found(folder: Path, walk: Walk | None = None) -> list[str]:
    return [os.path.relpath(file.path, folder) for file in (walk or Walk()).files(str(folder))]


@pytest.mark.parametrize(
    "name",
    ["a.mp3", "B.FLAC", "c.Ogg", "d.opus", "e.m4a", "f.wav", "g.AIFF", "h.wv", "i.ape", "j.aac", "k.b.mp3"],
)
def test_audio_names(name):
    assert has_audio_name(name)


@pytest.mark.parametrize(
    "name", ["a.pk3", "a.txt", "mp3", ".mp3", "a.mp3.part", "a.mp33", "a", "a.jpg", "flac.", "x.mid"]
)
def test_other_names(name):
    assert not has_audio_name(name)


def test_files_come_folder_by_folder_in_order(tmp_path):
    for name in ("b/2.mp3", "b/1.mp3", "a/z/1.ogg", "a/1.flac", "top.wav", "noise.pk3", "a/cover.jpg"):
        touch(tmp_path / name)
    assert found(tmp_path) == ["top.wav", "a/1.flac", "a/z/1.ogg", "b/1.mp3", "b/2.mp3"]


def test_size_and_time_come_along(tmp_path):
    path = touch(tmp_path / "a.mp3", 123)
    os.utime(path, ns=(1, 1_600_000_000_123_456_789))
    (file,) = Walk().files(str(tmp_path))
    assert (file.size, file.mtime_ns) == (123, path.stat().st_mtime_ns)
    assert file.changed_at == pytest.approx(path.stat().st_ctime)


def test_hidden_and_system_folders_are_left_out(tmp_path):
    for name in (
        ".hidden/a.mp3",
        "$RECYCLE.BIN/a.mp3",
        "@eaDir/a.mp3",
        "._a.mp3",
        "System Volume Information/a.mp3",
        "ok/a.mp3",
    ):
        touch(tmp_path / name)
    assert found(tmp_path) == ["ok/a.mp3"]


def test_folders_named_like_songs_are_folders(tmp_path):
    touch(tmp_path / "album.flac" / "1.mp3")
    assert found(tmp_path) == ["album.flac/1.mp3"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_link_loops_end_and_links_make_no_second_song(tmp_path):
    touch(tmp_path / "a" / "1.mp3")
    touch(tmp_path / "z" / "2.mp3")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to("self")
    (tmp_path / "0link").symlink_to(tmp_path / "z")
    (tmp_path / "0song.mp3").symlink_to(tmp_path / "z" / "2.mp3")
    (tmp_path / "broken.mp3").symlink_to(tmp_path / "nowhere.mp3")
    assert found(tmp_path) == ["a/1.mp3", "z/2.mp3"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_to_music_elsewhere_are_followed(tmp_path):
    outside = tmp_path / "outside"
    touch(outside / "album" / "1.mp3")
    touch(outside / "2.mp3")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "linked").symlink_to(outside / "album")
    (inside / "2.mp3").symlink_to(outside / "2.mp3")
    (inside / "again.mp3").symlink_to(outside / "2.mp3")
    assert found(inside) == ["linked/1.mp3", "2.mp3"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems want Unicode names")
def test_names_that_are_not_utf8(tmp_path):
    raw = bytes(tmp_path) + b"/caf\xe9.mp3"
    Path(os.fsdecode(raw)).write_bytes(b"x")
    (file,) = Walk().files(str(tmp_path))
    assert os.fsencode(file.path) == raw


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes and sockets in folders there")
def test_pipes_and_sockets_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp3")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "s.mp3"))
        assert found(tmp_path) == []


def test_a_folder_that_cannot_be_opened_is_named_and_the_rest_goes_on(tmp_path, monkeypatch):
    for name in ("a/1.mp3", "b/2.mp3", "c/3.mp3"):
        touch(tmp_path / name)
    real = os.scandir

    def scandir(path):
        if str(path).endswith("b"):
            raise PermissionError(13, "Permission denied")
        if str(path).endswith("c"):
            raise OSError(5, "Input/output error")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    walk = Walk()
    assert found(tmp_path, walk) == ["a/1.mp3"]
    assert "permission" in walk.unreadable[str(tmp_path / "b")]
    assert "Input/output error" in walk.unreadable[str(tmp_path / "c")]


def test_a_folder_that_vanishes_while_walking_is_nothing(tmp_path):
    touch(tmp_path / "a" / "1.mp3")
    late = touch(tmp_path / "b" / "2.mp3")
    walk = Walk()
    files = walk.files(str(tmp_path))
    next(files)
    late.unlink()
    late.parent.rmdir()
    assert list(files) == []
    assert walk.unreadable == {}


def test_refused_folders_are_not_entered(tmp_path):
    touch(tmp_path / "proc" / "1.mp3")
    assert found(tmp_path, Walk(frozenset({str(tmp_path / "proc")}))) == []


# Mounts


@pytest.mark.parametrize(
    ("kind", "network"),
    [
        ("nfs4", True),
        ("cifs", True),
        ("fuse.sshfs", True),
        ("fuse.rclone", True),
        ("ext4", False),
        ("fuse.ntfs-3g", False),
        ("fuseblk", False),
        ("tmpfs", False),
    ],
)
def test_network_drives_are_told_by_their_type(kind, network, tmp_path):
    mounts = Mounts(((str(tmp_path), kind), ("/", "ext4")))
    assert mounts.is_network(str(tmp_path / "music")) is network


def test_the_nearest_mount_counts():
    mounts = Mounts((("/mnt/nas/local", "ext4"), ("/mnt/nas", "nfs"), ("/", "ext4")))
    assert mounts.type_of("/mnt/nas/music") == "nfs"
    assert mounts.type_of("/mnt/nas/local/music") == "ext4"
    assert mounts.type_of("/mnt/nasty") == "ext4"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux")
def test_the_systems_own_file_systems_are_known():
    assert "/proc" in Mounts.now().without_files()
