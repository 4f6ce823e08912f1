"""A track taken apart in a process of its own: progress, pause and going on, ends that nobody wished for."""

import numpy as np
import psutil
import pytest

from soniq_desktop.common.control import Control
from soniq_desktop.stems.cache import StemCache
from soniq_desktop.stems.errors import NotEnoughMemoryError, StemsError
from soniq_desktop.stems.forecast import Paces
from soniq_desktop.stems.job import Job
from soniq_desktop.stems.separation import Separation
from tests.audio_fixtures import garbage
from tests.stems_fixtures import TINY, save_tiny_htdemucs, track


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return save_tiny_htdemucs(tmp_path_factory.mktemp("weights") / "tiny.safetensors")


def separation(tmp_path, path, weights, start=0.0, **options):
    cache = StemCache(tmp_path / "stems")
    job = Job(str(path), "sound", TINY, weights, cache.folder, start, "cpu", 1, 0)
    return Separation(job, cache.open("sound", TINY), Paces(tmp_path / "pace.json"), **options)


def test_a_track_is_taken_apart_paused_and_finished(tmp_path, weights):
    path = track(tmp_path, 6.0)
    first, control, seen = separation(tmp_path, path, weights), Control(), []

    def until_two(progress):
        seen.append(progress)
        if progress.done >= 2:
            control.pause()

    assert first.run(control, until_two) == "paused"
    kept = len(StemCache(tmp_path / "stems").open("sound", TINY).done())
    assert 2 <= kept < first.stem_set.chunks
    assert seen[0].stage == "loading"
    assert seen[-1].stage == "paused"

    second, reports = separation(tmp_path, path, weights), []
    assert second.run(Control(), reports.append) == "done"
    new = [chunk for report in reports for chunk in report.new]
    assert sorted(new) == list(range(kept, second.stem_set.chunks))
    assert second.stem_set.complete
    assert reports[-1].stage == "done"
    assert reports[-1].peak > 50_000_000
    assert reports[-1].ready == pytest.approx(6.0, abs=0.01)
    assert any(report.seconds_left is not None for report in reports)
    assert Paces(tmp_path / "pace.json").get("tiny").speed > 0
    assert np.isfinite(second.stem_set.read(0, 10**6)).all()

    again = []
    assert separation(tmp_path, path, weights).run(Control(), again.append) == "done"
    assert [report.stage for report in again] == ["done"]


def test_weights_cut_off_end_with_a_sentence(tmp_path, weights):
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(weights.read_bytes()[:-5000])
    with pytest.raises(StemsError, match="damaged or cut off"):
        separation(tmp_path, track(tmp_path), cut).run(Control())


def test_a_damaged_file_ends_with_a_sentence(tmp_path, weights):
    with pytest.raises(StemsError) as caught:
        separation(tmp_path, garbage(tmp_path / "noise.flac"), weights).run(Control())
    assert caught.value.sentence.endswith(".")
    assert "Traceback" not in str(caught.value)


def test_a_process_that_is_killed_is_noticed_and_its_chunks_stay(tmp_path, weights):
    work = separation(tmp_path, track(tmp_path, 6.0), weights)

    def kill(progress):
        if progress.done >= 1:
            for child in psutil.Process().children():
                if child.memory_info().rss > 100_000_000:
                    child.kill()

    with pytest.raises(StemsError, match="ended unexpectedly"):
        work.run(Control(), kill)
    assert StemCache(tmp_path / "stems").open("sound", TINY).done()


def test_nothing_is_started_where_memory_is_short(tmp_path, weights, monkeypatch):
    from soniq_desktop.stems import forecast

    class Memory:
        available = 10_000_000

    monkeypatch.setattr(forecast.psutil, "virtual_memory", Memory)
    with pytest.raises(NotEnoughMemoryError):
        separation(tmp_path, track(tmp_path), weights).run(Control())
