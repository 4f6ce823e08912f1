"""The fingerprint index under damage, full disks, other processes and kill −9: nothing wrong is found."""

import logging
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from soniq_desktop.fingerprint import manifest as manifests
from soniq_desktop.fingerprint import store as stores
from soniq_desktop.fingerprint.inspection import examine
from soniq_desktop.fingerprint.segment_file import OutdatedSegmentError, load
from soniq_desktop.fingerprint.store import FingerprintStore, FingerprintStoreError
from tests.fingerprint_fixtures import check_whole, fill, made_up


@pytest.fixture
def store(tmp_path):
    with FingerprintStore(tmp_path / "fingerprints", merging=False) as store:
        yield store


# -- damage


def spoil(path: Path) -> None:
    """The last bytes are gone, as after a power cut."""
    os.truncate(path, path.stat().st_size - 100)


def test_a_damaged_segment_is_named_and_set_aside_and_the_rest_is_used(tmp_path, caplog):
    with FingerprintStore(tmp_path, merging=False) as store:
        for each in range(3):
            fill(store, [each])
            store.flush()
    victim = sorted(manifests.segment_files(tmp_path))[1]
    spoil(victim)
    with caplog.at_level(logging.WARNING, "soniq"), FingerprintStore(tmp_path, merging=False) as store:
        check_whole(store.snapshot(), {each: made_up(each, 5.0) for each in (0, 2)})
        assert store.set_aside == [victim.name]
        fill(store, [1])
    assert victim.name in caplog.text
    assert list(tmp_path.glob("*damaged*"))
    with FingerprintStore(tmp_path, merging=False) as store:
        check_whole(store.snapshot(), {each: made_up(each, 5.0) for each in range(3)})
        assert store.set_aside == []


def test_a_segment_that_is_gone_is_left_out(tmp_path):
    with FingerprintStore(tmp_path, merging=False) as store:
        fill(store, [1])
        store.flush()
        fill(store, [2])
    min(manifests.segment_files(tmp_path)).unlink()
    with FingerprintStore(tmp_path) as store:
        assert store.track_ids().tolist() == [2]
    assert examine(tmp_path) == []


def test_damage_inside_is_found_by_examination_and_never_merged_on(tmp_path):
    with FingerprintStore(tmp_path, merging=False) as store:
        for each in range(8):
            fill(store, [each])
            store.flush()
    victim = sorted(manifests.segment_files(tmp_path))[3]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 255
    victim.write_bytes(content)
    assert [victim.name in sentence for sentence in examine(tmp_path)] == [True]
    with FingerprintStore(tmp_path, merging=False) as store:
        store.merge()
        assert store.track_ids().tolist() == [0, 1, 2, 4, 5, 6, 7]
    assert examine(tmp_path) == []


def test_a_damaged_manifest_is_made_anew_from_the_segments(tmp_path):
    with FingerprintStore(tmp_path, merging=False) as store:
        fill(store, range(3))
        store.flush()
    (tmp_path / manifests.NAME).write_text("{" * 50)
    assert examine(tmp_path)
    with FingerprintStore(tmp_path, merging=False) as store:
        assert store.track_ids().tolist() == [0, 1, 2]
        fill(store, [3])
    assert examine(tmp_path) == []
    with FingerprintStore(tmp_path, merging=False) as store:
        assert store.track_ids().tolist() == [0, 1, 2, 3]


def test_segments_of_another_version_are_not_used(tmp_path, monkeypatch):
    with FingerprintStore(tmp_path) as store:
        fill(store, [1])
    monkeypatch.setattr("soniq_desktop.fingerprint.segment_file.FINGERPRINT_VERSION", 99)
    with pytest.raises(OutdatedSegmentError):
        load(manifests.segment_files(tmp_path)[0])
    with FingerprintStore(tmp_path) as store:
        assert len(store.track_ids()) == 0
    assert manifests.segment_files(tmp_path) == []


def test_a_full_disk_is_one_sentence_and_loses_nothing_that_was_written(store, monkeypatch):
    fill(store, [1])
    store.flush()

    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(stores, "save", full)
        fill(store, [2])
        with pytest.raises(FingerprintStoreError, match="cannot be written"):
            store.flush()
        assert store.track_ids().tolist() == [1, 2]
    store.flush()
    with FingerprintStore(store.folder) as again:
        assert again.track_ids().tolist() == [1, 2]


# -- several processes, and crashes


def test_two_stores_of_one_folder_see_what_the_other_has_written(store):
    with FingerprintStore(store.folder, merging=False) as other:
        fill(store, [1])
        store.flush()
        assert other.track_ids().tolist() == [1]
        fill(other, [2])
        other.flush()
        other.remove([1])
        assert store.track_ids().tolist() == [2]


def test_a_writer_waits_for_another_and_gives_up_with_a_sentence(store, monkeypatch):
    monkeypatch.setattr(stores, "PATIENCE", 0.05)
    fill(store, [1])
    with stores.locked(store.folder / "commit.lock", 0.0) as free:
        assert free
        with pytest.raises(FingerprintStoreError, match="Another SONIQ"):
            store.flush()
    store.flush()
    assert store.track_ids().tolist() == [1]


WRITER = """
import sys
from pathlib import Path
from soniq_desktop.fingerprint import store as stores
from soniq_desktop.fingerprint.store import FingerprintStore
from tests.fingerprint_fixtures import made_up, sound
stores.FLUSH_TRACKS = 2
store = FingerprintStore(Path(sys.argv[1]))
number = int(sys.argv[2])
print("begun", flush=True)
while True:
    store.add(number, sound(number), made_up(number, 3.0))
    if number % 5 == 0:
        store.remove([number - 3])
    number += 1
    print(number, flush=True)
"""


def test_a_killed_writer_leaves_a_whole_index(tmp_path):
    rng, first, in_memory = random.Random(4), 0, set()
    for _ in range(6):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(first)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline().strip() == "begun"
            time.sleep(rng.uniform(0.05, 0.6))
            writer.kill()
            reached = int(([str(first), *writer.stdout.read().split()])[-1])
        assert examine(tmp_path) == []
        with FingerprintStore(tmp_path, merging=False) as store:
            assert store.set_aside == []
            found = store.track_ids().tolist()
            check_whole(store.snapshot(), {each: made_up(each, 3.0) for each in found})
        in_memory |= {reached - 1, reached}
        written = {each for each in range(reached) if each % 5 != 2}  # the writer removes every fifth
        assert written - set(found) <= in_memory
        first = reached
    assert first > 20
