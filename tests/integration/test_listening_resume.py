"""The whole way with the real catalogue and real workers: killed at any moment, it carries on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from soniq_desktop.analysis.runner import listen_to_library, listening_pool
from soniq_desktop.common.control import Control
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.records import Tags
from tests.audio_fixtures import noise, write_audio

ROOT = Path(__file__).parents[2]
TRACKS = 8

PROGRAM = """
import sys
from pathlib import Path
from soniq_desktop.analysis.runner import listen_to_library, listening_pool
from soniq_desktop.common.control import Control
from soniq_desktop.library.catalogue import Catalogue

if __name__ == "__main__":
    with Catalogue(Path(sys.argv[1])) as catalogue, listening_pool(2, embedder=None, nice=0) as pool:
        listen_to_library(
            catalogue, pool, control=Control(), on_stored=lambda track_id, _: print(track_id, flush=True)
        )
"""


@pytest.fixture
def library(paths):
    """A catalogue of eight short files, none listened to."""
    folder = paths.data / "music"
    folder.mkdir()
    files = []
    for number in range(TRACKS):
        file = write_audio(folder / f"{number}.wav", noise(8, seed=number))
        size = file.stat().st_size
        files.append(ScannedFile(str(file), size, 1, Tags(title=file.stem, duration=8.0, codec="pcm")))
    with Catalogue(paths.catalogue) as catalogue:
        catalogue.add_folder(str(folder))
        catalogue.store_scanned(files)
        assert catalogue.count_to_listen() == TRACKS
    return paths.catalogue


def test_a_killed_pass_loses_only_what_was_in_hand_and_the_next_carries_on(library, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, str(program), str(library)], stdout=subprocess.PIPE, text=True, env=environment
    )
    told = [process.stdout.readline() for _ in range(3)]
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    told += process.stdout.read().splitlines()
    process.stdout.close()
    assert all(line.strip() for line in told)
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive  # the workers die with their parent

    with Catalogue(library) as catalogue:
        left = catalogue.count_to_listen()
        assert TRACKS - len(told) - 2 <= left <= TRACKS - len(told)
        with listening_pool(1, embedder=None) as pool:
            report = listen_to_library(catalogue, pool, control=Control())
        assert report.listened == left
        assert catalogue.count_to_listen() == 0
        assert catalogue.problems() == []
        tracks = catalogue.tracks([track.id for track in _all(catalogue)])
        assert len(tracks) == TRACKS
        assert all(track.features.loudness is not None and track.audio_hash for track in tracks)
        assert all(catalogue.waveform(track.id) is not None for track in tracks)


def _all(catalogue):
    found = [catalogue.track_by_path(path) for path in catalogue.known_files(catalogue.folders()[0])]
    return [track for track in found if track is not None]


def test_a_newer_version_listens_again_while_the_old_values_stay(library):
    with Catalogue(library) as catalogue:
        with listening_pool(1, embedder=None) as pool:
            listen_to_library(catalogue, pool, control=Control())
        assert catalogue.count_to_listen(FEATURES_VERSION) == 0
        assert catalogue.count_to_listen(FEATURES_VERSION + 1) == TRACKS
        assert all(track.features is not None for track in _all(catalogue))


def test_a_cancelled_pass_ends_within_moments(library):
    control = Control()
    with Catalogue(library) as catalogue, listening_pool(1, embedder=None) as pool:
        started = []
        report = listen_to_library(
            catalogue,
            pool,
            control=control,
            on_stored=lambda *_: (started.append(time.monotonic()), control.cancel()),
        )
        assert report.cancelled
        assert time.monotonic() - started[0] < 2
        assert catalogue.count_to_listen() < TRACKS
