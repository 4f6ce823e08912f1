"""Listening to a whole library: nothing is lost, nothing stops it, and it can be steered."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from soniq_desktop.analysis.runner import UNREACHABLE, listen_to_library, listening_pool
from soniq_desktop.common.control import Control
from soniq_desktop.common.processes import ProcessPool
from tests.audio_fixtures import garbage, noise, sine, write_audio
from tests.listening_fixtures import MemoryCatalogue

ROOT = Path(__file__).parents[2]


@pytest.fixture
def pool():
    with ProcessPool("tests.listening_handlers:listen", 2, time_limit=2.0) as made:
        yield made


@pytest.fixture
def library(tmp_path):
    """Makes files of the given names and a catalogue that waits for them."""

    def make(*names):
        for name in names:
            (tmp_path / name).touch()
        return MemoryCatalogue([str(tmp_path / name) for name in names])

    return make


def run_in_thread(catalogue, pool, control, **options):
    reports = []
    thread = threading.Thread(
        target=lambda: reports.append(listen_to_library(catalogue, pool, control=control, **options))
    )
    thread.start()
    return thread, reports


def wait_for(condition, patience=60.0):
    end = time.monotonic() + patience
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


def test_every_track_is_stored_once(pool, library):
    catalogue, stored = library(*(f"good{n}" for n in range(40))), []
    report = listen_to_library(
        catalogue, pool, control=Control(), on_stored=lambda track_id, _listening: stored.append(track_id)
    )
    assert sorted(stored) == sorted(catalogue.stored) == list(range(1, 41))
    assert (report.listened, report.problems, report.cancelled) == (40, 0, False)
    assert report.seconds_of_music == 4_000
    assert catalogue.count_to_listen(1) == 0


def test_an_empty_library_is_done_at_once(pool, library):
    assert listen_to_library(library(), pool, control=Control()).listened == 0


def test_bad_files_become_problems_with_a_sentence_and_the_rest_goes_on(pool, library):
    catalogue = library("good1", "crash", "good2", "hang", "good3", "bad", "good4")
    told = {}
    report = listen_to_library(
        catalogue,
        pool,
        control=Control(),
        on_problem=lambda track, sentence: told.update({Path(track.path).name: sentence}),
    )
    assert (report.listened, report.problems) == (4, 3)
    assert told == {
        "crash": "The decoder crashed on this file.",
        "hang": "Listening took longer than 5 minutes.",
        "bad": "There is no sound in this file.",
    }
    assert {Path(path).name: reason for path, reason in catalogue.problems.items()} == told


def test_files_that_are_gone_are_left_to_the_scanner(pool, library):
    catalogue = library("good1", "bad1", "good2")
    Path(catalogue.waiting[2].path).unlink()
    report = listen_to_library(catalogue, pool, control=Control())
    assert (report.listened, report.problems) == (2, 0)
    assert catalogue.problems == {}


def test_an_unplugged_drive_ends_the_pass(pool, library):
    catalogue = library(*(f"bad{n}" for n in range(UNREACHABLE + 60)))
    for track in catalogue.waiting.values():
        Path(track.path).unlink()
    report = listen_to_library(catalogue, pool, control=Control())
    assert (report.listened, report.problems) == (0, 0)
    assert len(catalogue.waiting) == UNREACHABLE + 60


def test_cancel_stops_soon_and_the_next_pass_carries_on(pool, library):
    catalogue, control = library(*(f"slow{n}" for n in range(12))), Control()
    thread, reports = run_in_thread(catalogue, pool, control)
    wait_for(lambda: len(catalogue.stored) >= 2)
    control.cancel()
    thread.join(5)
    assert reports[0].cancelled
    assert 2 <= len(catalogue.stored) < 12
    report = listen_to_library(catalogue, pool, control=Control())
    assert len(catalogue.stored) == 12
    assert report.listened + reports[0].listened >= 12


def test_pause_finishes_what_is_in_hand_and_resume_goes_on(pool, library):
    catalogue, control, seen = library(*(f"slow{n}" for n in range(8))), Control(), []
    thread, reports = run_in_thread(catalogue, pool, control, progress=seen.append)
    wait_for(lambda: len(catalogue.stored) >= 1)
    control.pause()
    wait_for(lambda: seen and seen[-1].paused and not pool.in_hand())
    before = len(catalogue.stored)
    time.sleep(1.2)
    assert len(catalogue.stored) == before < 8
    control.resume()
    thread.join(20)
    assert len(catalogue.stored) == 8
    assert reports[0].problems == 0


def test_a_paused_pass_can_be_cancelled(pool, library):
    catalogue, control = library("slow1", "slow2", "slow3", "slow4"), Control()
    control.pause()
    thread, reports = run_in_thread(catalogue, pool, control)
    time.sleep(0.3)
    control.cancel()
    thread.join(5)
    assert reports[0].cancelled
    assert catalogue.stored == {}


def test_what_is_asked_for_jumps_the_queue(pool, library):
    catalogue, wanted = library(*(f"slow{n}" for n in range(24))), []
    thread, _ = run_in_thread(catalogue, pool, Control(), first=lambda: tuple(wanted))
    wait_for(lambda: len(catalogue.stored) >= 2)
    before = set(catalogue.stored)
    wanted[:] = [24, 23]
    wait_for(lambda: {23, 24} <= set(catalogue.stored))
    assert len(set(catalogue.stored) - before - {23, 24}) <= 6
    thread.join(30)
    assert len(catalogue.stored) == 24


def test_progress_counts_names_and_estimates(pool, library):
    seen = []
    listen_to_library(library(*(f"slow{n}" for n in range(6))), pool, control=Control(), progress=seen.append)
    assert all(progress.total == 6 for progress in seen)
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert seen[-1].done == 6
    assert any(Path(item).name.startswith("slow") for progress in seen for item in progress.items)
    late = [progress for progress in seen if progress.rate]
    assert late[-1].speed == pytest.approx(100 * late[-1].rate, rel=0.01)
    assert late[-1].seconds_left == 0
    assert any(progress.seconds_left > 0 for progress in late[:-1])


def test_real_workers_listen_within_their_memory(tmp_path):
    good = write_audio(tmp_path / "good.flac", sine(5))
    bad = garbage(tmp_path / "bad.flac")
    long = tmp_path / "hour.wav"
    with soundfile.SoundFile(long, "w", 8_000, 1, "PCM_U8") as file:
        for number in range(60):
            file.write(noise(60, 8_000, 1, seed=number))
    catalogue = MemoryCatalogue([str(good), str(bad), str(long)])
    with listening_pool(1, memory_limit=640 << 20, nice=0) as pool:
        report = listen_to_library(catalogue, pool, control=Control())
    assert (report.listened, report.problems) == (2, 1)
    assert catalogue.problems == {str(bad): "No known kind of sound was recognised in this file."}
    assert catalogue.stored[1].embeddings[0].vector.shape == (200,)
    assert catalogue.stored[3].duration == pytest.approx(3_600, abs=0.1)
    assert np.linalg.norm(catalogue.stored[3].embeddings[0].vector) == pytest.approx(1, abs=1e-3)


def test_the_runner_itself_loads_nothing_heavy():
    heavy = ("torch", "scipy", "librosa", "numba", "soxr", "PySide6")
    code = f"import sys, soniq_desktop.analysis.runner; print([n for n in {heavy} if n in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
