"""Copies of one sound are listened to once: the others take over what was found out."""

import shutil

import pytest

from soniq_desktop.analysis.runner import listen_to_library
from soniq_desktop.common.control import Control
from soniq_desktop.common.processes import ProcessPool
from tests.audio_fixtures import sine, tag_file, write_audio
from tests.catalogue_fixtures import open_catalogue, scanned


@pytest.fixture
def pool():
    with ProcessPool("tests.unit.listen_handlers:listen", 2, time_limit=30.0) as made:
        yield made


@pytest.fixture
def catalogue(tmp_path):
    with open_catalogue(tmp_path) as opened:
        yield opened


def add(catalogue, *files, duration=1.0):
    return catalogue.store_scanned(
        [
            scanned(str(each), title=each.stem, duration=duration, codec="flac", size=each.stat().st_size)
            for each in files
        ]
    )


def listen(catalogue, pool):
    heard, copied = [], []
    report = listen_to_library(
        catalogue,
        pool,
        control=Control(),
        on_stored=lambda track_id, _listening: heard.append(track_id),
        on_copied=copied.append,
    )
    assert (report.listened, report.copied, report.problems) == (len(heard), len(copied), 0)
    assert catalogue.count_to_listen() == 0
    return heard, copied


def test_a_retagged_copy_of_a_known_sound_is_not_listened_to_again(tmp_path, catalogue, pool):
    song = write_audio(tmp_path / "song.flac", sine(1.0))
    (first,) = add(catalogue, song)
    assert listen(catalogue, pool) == ([first], [])
    copy = shutil.copy(song, tmp_path / "copy.flac")
    tag_file(copy, {"title": "Under another name"})
    (second,) = add(catalogue, copy)
    assert listen(catalogue, pool) == ([], [second])
    one, other = catalogue.tracks([first, second])
    assert (other.state, other.audio_hash) == ("listened", one.audio_hash)
    assert other.features == one.features
    ids, vectors = catalogue.embeddings("musicnn-msd")
    assert ids.tolist() == [first, second]
    assert (vectors[0] == vectors[1]).all()


def test_another_sound_of_the_same_length_is_listened_to(tmp_path, catalogue, pool):
    add(catalogue, write_audio(tmp_path / "one.flac", sine(1.0)))
    listen(catalogue, pool)
    (second,) = add(catalogue, write_audio(tmp_path / "two.flac", sine(1.0, frequency=523.0)))
    assert listen(catalogue, pool) == ([second], [])


def test_equal_files_that_are_new_together_are_listened_to_once(tmp_path, catalogue, pool):
    song = write_audio(tmp_path / "slow song.flac", sine(1.0))
    copies = [tmp_path / f"slow copy {n}.flac" for n in range(4)]
    for each in copies:
        shutil.copy(song, each)
    other = write_audio(tmp_path / "other.flac", sine(1.0, frequency=880.0))
    ids = add(catalogue, song, *copies, other)
    heard, copied = listen(catalogue, pool)
    assert sorted(heard) == [ids[0], ids[-1]]
    assert sorted(copied) == ids[1:-1]


def test_a_file_that_cannot_be_hashed_is_a_problem_like_any_other(tmp_path, catalogue, pool):
    (first,) = add(catalogue, write_audio(tmp_path / "one.flac", sine(1.0)))
    listen(catalogue, pool)
    broken = tmp_path / "broken.flac"
    broken.write_bytes(b"fLaC" + bytes(4000))
    (second,) = add(catalogue, broken)
    report = listen_to_library(catalogue, pool, control=Control())
    assert (report.listened, report.copied, report.problems) == (0, 0, 1)
    assert catalogue.problems()[0].track_id == second != first
