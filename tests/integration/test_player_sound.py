"""Real sound: the player plays into a virtual card, and what comes out of the speaker is recorded and
compared."""

import os
import time

import numpy as np
import pytest

from soniq_desktop.audio import devices
from soniq_desktop.audio.events import DevicesChanged, Message, TrackChanged
from soniq_desktop.audio.player import Player
from soniq_desktop.audio.source import Source
from tests.audio_fixtures import noise, sine, write_audio
from tests.bench.bench_playback import phase_jumps
from tests.virtual_card import RATE, Recording, missing, virtual_card

pytestmark = [pytest.mark.sound, pytest.mark.skipif(missing() is not None, reason=str(missing()))]


@pytest.fixture(scope="module")
def card():
    with virtual_card() as variables, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield variables
        devices.refresh()


@pytest.fixture
def recording(card):
    recording = Recording(card).wait_until_running()
    yield recording
    recording.stop()


@pytest.fixture
def make():
    made = []

    def build(paths):
        events = []
        player = Player(lambda i: Source(i, str(paths[i]), f"Track {i}"), events.append)
        made.append(player)
        return player, events

    yield build
    for player in made:
        player.close()


def wait_for(condition, timeout=30.0):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def played_part(recorded):
    loud = np.flatnonzero(np.abs(recorded[:, 0]) > 0.02)
    return recorded[loud[0] : loud[-1] + 1]


def lag_of(part, whole):
    """Where `part` lies in `whole`, by correlation."""
    size = 1 << (len(whole) + len(part)).bit_length()
    spectrum = np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size))
    return int(np.argmax(np.fft.irfft(spectrum)[: len(whole)]))


@pytest.mark.parametrize("suffix", [".flac", ".mp3"])
def test_gapless_sine_reaches_the_speaker_whole(tmp_path, make, recording, suffix):
    tone = sine(6.0, RATE, 441.0)
    cut = 2 * RATE + 100
    paths = [
        write_audio(tmp_path / f"{name}{suffix}", part, bit_rate=320_000)
        for name, part in (("a", tone[:cut]), ("b", tone[cut:]))
    ]
    player, events = make(paths)
    player.play([0, 1])
    wait_for(lambda: TrackChanged(None) in events)
    time.sleep(0.3)
    sound = played_part(recording.stop())
    assert len(sound) == pytest.approx(len(tone), abs=60)
    assert phase_jumps(sound[:, 0]) == 0
    player.close()
    assert player.underruns() == 0


def test_what_comes_out_is_what_is_in_the_file_and_seeks_are_exact(tmp_path, make, recording):
    original = noise(8.0, amplitude=0.5)
    player, _ = make([write_audio(tmp_path / "noise.flac", original)])
    player.play([0])
    wait_for(lambda: player.position() > 1.0)
    player.seek(5.0)
    wait_for(lambda: player.position() > 6.0)
    player.stop()
    time.sleep(0.5)
    sound = played_part(recording.stop())[:, 0]
    assert lag_of(sound[: RATE // 2], original[:, 0]) < 60, "from the very beginning"
    tail = slice(len(sound) - RATE // 2 - 1000, len(sound) - 1000)
    at = lag_of(sound[tail], original[:, 0])
    assert np.abs(sound[tail] - original[at : at + RATE // 2, 0]).max() < 2e-4
    # Between the target of the seek and the tail not a sample is missing: the distance is the same in both.
    target = 5 * RATE + 500  # behind the short crossfade
    heard = lag_of(original[target : target + RATE // 4, 0], sound)
    assert heard > RATE // 2
    assert tail.start - heard == at - target


def test_position_is_what_is_heard(tmp_path, make, recording):
    original = noise(6.0, amplitude=0.5)
    player, _ = make([write_audio(tmp_path / "noise.flac", original)])
    player.play([0])
    wait_for(lambda: player.position() > 2.0)
    position, recorded = player.position(), len(recording.samples)
    window = recording.samples[recorded - RATE // 4 : recorded, 0]
    heard = (lag_of(window, original[:, 0]) + RATE // 4) / RATE
    assert position == pytest.approx(heard, abs=0.25)  # the recorder has a delay of its own


def test_devices_are_listed_and_a_missing_one_gives_way_to_the_default(tmp_path, make, card):
    player, events = make([write_audio(tmp_path / "a.flac", sine(3.0))])
    player.look_for_devices()
    wait_for(lambda: any(isinstance(event, DevicesChanged) for event in events))
    found = next(event for event in events if isinstance(event, DevicesChanged)).devices
    assert found
    assert found[0].default
    player.set_device("Headphones that are not there")
    player.play([0])
    wait_for(lambda: player.position() > 0.3)
    assert not [event for event in events if isinstance(event, Message)]


def test_speaker_that_vanishes_pauses_the_player(tmp_path, make):
    with virtual_card() as variables, pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        player, events = make([write_audio(tmp_path / "a.flac", sine(30.0))])
        player.play([0])
        wait_for(lambda: player.position() > 0.5)
    wait_for(lambda: player.state == "paused", timeout=15)
    assert player.position() > 0.4
    assert any(isinstance(event, Message) for event in events)
    assert os.environ.get("PULSE_SERVER") != variables["PULSE_SERVER"]
