"""`soniq identify --mic`: what plays in the room is named on the command line."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from soniq_desktop.common.paths import Paths
from tests.room_fixtures import in_a_cafe, known_songs, song_of
from tests.virtual_card import RATE, missing, play_into_room, virtual_card

pytestmark = [
    pytest.mark.sound,
    pytest.mark.slow,
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]
LONG = 120  # seconds: a process that starts on a busy machine


@pytest.fixture
def card():
    with virtual_card() as variables:
        yield variables


@pytest.fixture
def home(tmp_path):
    paths = Paths.under(tmp_path / "home").ensure()
    known_songs(paths, 3)
    return paths


def ask(home: Paths, card: dict[str, str], *more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "soniq_desktop", "identify", "--mic", *more],
        env={**os.environ, **card, "SONIQ_HOME": str(home.data)},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


def test_song_in_the_room_is_named(home, card):
    with play_into_room(card, np.tile(in_a_cafe(song_of(1), 5.0), 3)):
        begun = time.monotonic()
        answer = ask(home, card, "--json")
        passed = time.monotonic() - begun
    assert answer.returncode == 0, answer.stderr
    match = json.loads(answer.stdout)["match"]
    assert match["track"]["title"] == "Song 1"
    assert match["false_alarm_rate"] <= 0.005
    assert 0 <= match["offset_seconds"] <= min(40.0, passed + 1.0)


def test_unknown_music_in_the_room_is_not_named(home, card):
    with play_into_room(card, np.tile(in_a_cafe(song_of(99), 5.0), 3)):
        answer = ask(home, card)
    assert answer.returncode == 1, answer.stderr
    assert "not seem to be in your library" in answer.stdout


def test_microphone_that_hears_nothing_is_said(home, card):
    silence = np.zeros(60 * RATE, np.float32)
    with play_into_room(card, silence):
        answer = ask(home, card)
    assert answer.returncode in (1, 2)
    assert len((answer.stdout + answer.stderr).strip().splitlines()) <= 2
