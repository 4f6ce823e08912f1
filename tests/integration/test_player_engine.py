"""The engine on a device under the test's control: what comes out, what is told, what survives."""

import gc
import os
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.audio.events import QueueMoved
from soniq_desktop.audio.source import Source
from tests.audio_fixtures import corrupt, garbage, noise, sine, sweep, write_audio
from tests.player_fixtures import Bench

RATE = 44100


@pytest.fixture
def tones(tmp_path):
    """Three files of 4 s, each at its own steady level: 0.1, 0.2, 0.3 of a square wave without zeros."""
    paths = []
    for number in (1, 2, 3):
        level = np.full((4 * RATE, 2), 0.1 * number, np.float32)
        paths.append(write_audio(tmp_path / f"{number}.flac", level))
    return paths


@pytest.fixture
def long_sweep(tmp_path):
    return write_audio(tmp_path / "sweep.flac", sweep(20.0))


def biggest_step(sound):
    return float(np.abs(np.diff(sound[:, 0])).max())


def test_plays_a_file_unchanged(long_sweep):
    bench = Bench([long_sweep])
    bench.play()
    bench.run(3.0)
    sound = bench.output.sound
    expected = sweep(20.0)[: len(sound)]
    assert len(sound) > 2.9 * RATE
    assert np.abs(sound - expected).max() <= 1.01 / 32768
    assert bench.output.starved == 0


def test_position_follows_what_the_device_has_made_audible(long_sweep):
    bench = Bench([long_sweep], latency=0.2)
    bench.play()
    bench.run(5.0)
    assert bench.position() == pytest.approx(bench.output.read / RATE - 0.2, abs=0.05)


def test_seek_is_exact_and_without_a_click(long_sweep):
    bench = Bench([long_sweep])
    bench.play()
    bench.run(1.0)
    bench.feeder.seek(12.5)
    assert bench.position() == pytest.approx(12.5)
    at = bench.feeder.view.since - bench.output.ring.origin
    bench.run(1.0)
    sound, original = bench.output.sound, sweep(20.0)
    fade = 441
    target = round(12.5 * RATE)
    length = len(sound) - at - fade
    difference = sound[at + fade :] - original[target + fade : target + fade + length]
    assert np.abs(difference).max() <= 1.01 / 32768, "the very samples of that moment"
    assert np.abs(sound[:at] - original[:at]).max() <= 1.01 / 32768, "and no other before"
    assert at - RATE < 3000, "soon"


def test_pause_and_resume_lose_nothing_and_do_not_click(tones):
    bench = Bench(tones)
    bench.play()
    bench.run(1.0)
    bench.feeder.pause()
    paused_at = bench.position()
    bench.run(1.0)
    assert bench.position() == pytest.approx(paused_at)
    assert np.abs(bench.output.sound[-RATE // 4 :]).max() == 0.0
    bench.feeder.resume()
    bench.run(1.0)
    assert bench.position() == pytest.approx(paused_at + 1.0, abs=0.08)
    assert biggest_step(bench.output.sound) < 0.001
    assert bench.states == ["playing", "paused", "playing"]


def test_stop_and_skip_do_not_click(tones):
    bench = Bench(tones)
    bench.play()
    bench.run(0.5)
    bench.queue.next()
    bench.feeder.start()
    bench.run(0.5)
    bench.feeder.stop()
    bench.run(0.5)
    sound = bench.output.sound
    assert biggest_step(sound[100:]) < 0.001
    assert sound[RATE * 3 // 4, 0] == pytest.approx(0.2, abs=1e-3)
    assert bench.position() == 0.0


def test_device_is_released_after_a_while_of_silence_and_taken_again(tones):
    bench = Bench(tones)
    bench.play()
    bench.run(1.0)
    bench.feeder.pause()
    bench.run(4.0)
    assert bench.outputs[0].closed
    assert not bench.feeder.busy
    bench.feeder.resume()
    bench.run(1.0)
    assert len(bench.outputs) == 2
    assert bench.position() == pytest.approx(2.0, abs=0.15)
    assert biggest_step(bench.output.sound) < 0.001


def test_volume_is_heard_at_once_although_a_second_is_buffered(tones):
    bench = Bench(tones)
    bench.play()
    bench.run(1.0)
    before = bench.output.read
    bench.feeder.set_level(0.5)
    bench.run(0.5)
    sound = bench.output.sound[:, 0]
    quiet = np.flatnonzero(sound < 0.0501)[0]
    assert (quiet - before) / RATE < 0.03
    assert biggest_step(bench.output.sound) < 0.001


def test_tap_hears_what_is_audible(long_sweep):
    bench = Bench([long_sweep], latency=0.1)
    bench.play()
    bench.feeder.set_level(0.01)
    bench.run(4.0)
    window = bench.feeder.tap.latest(2048)
    end = round(bench.position() * RATE)
    expected = sweep(20.0)[end - 2048 : end, 0]
    np.testing.assert_allclose(window, expected, atol=1.01 / 32768)


def test_crossfade_mixes_unrelated_tracks_and_tells_the_change_at_its_beginning(tones):
    bench = Bench(tones)
    bench.feeder.mixing.crossfade = 2.0
    bench.play([0, 1])
    bench.run(2.3)
    assert bench.tracks == [0, 1]
    bench.until_stopped()
    sound = bench.output.sound[:, 0]
    assert len(np.flatnonzero(sound > 1e-3)) == pytest.approx(6 * RATE, abs=200), "two seconds shared"
    middle = sound[3 * RATE]
    assert middle == pytest.approx((0.1 + 0.2) * 0.5**0.5, abs=0.01)
    assert biggest_step(bench.output.sound[: 5 * RATE]) < 0.001


def test_an_album_in_order_is_never_crossfaded(tones):
    sources = {i: Source(i, str(p), "x", album="a", place=(1, i + 1)) for i, p in enumerate(tones)}
    bench = Bench([], sources=sources)
    bench.feeder.mixing.crossfade = 2.0
    bench.play([0, 1])
    bench.until_stopped()
    sound = bench.output.sound[:, 0]
    assert len(np.flatnonzero(sound > 1e-3)) == 8 * RATE
    bench.play([1, 0])  # the same album, not in order
    bench.until_stopped()
    assert len(np.flatnonzero(bench.output.sound[:, 0] > 1e-3)) < 8 * RATE + 7 * RATE


def test_normalisation_turns_a_loud_track_down_and_joints_of_different_gain_do_not_click(tones):
    sources = {
        0: Source(0, str(tones[2]), "x", loudness=-12.0, true_peak=-10.0),
        1: Source(1, str(tones[2]), "x"),
    }
    bench = Bench([], sources=sources)
    bench.play()
    bench.until_stopped()
    sound = bench.output.sound[:, 0]
    assert sound[RATE] == pytest.approx(0.3 * 10 ** (-6 / 20), abs=1e-3)
    assert sound[6 * RATE] == pytest.approx(0.3, abs=1e-3)
    assert biggest_step(bench.output.sound[: 7 * RATE]) < 0.002
    bench.feeder.mixing.loudness = "off"
    bench.play()
    bench.run(1.0)
    assert bench.output.sound[-1, 0] == pytest.approx(0.3, abs=1e-3)


def test_album_gain_holds_only_among_neighbours_of_the_album(tones):
    album = {"loudness": -12.0, "true_peak": -10.0, "album": "a", "album_loudness": -15.0, "album_peak": -9.0}
    sources = {0: Source(0, str(tones[0]), "x", **album), 1: Source(1, str(tones[1]), "x", **album)}
    sources[2] = Source(2, str(tones[2]), "x")
    bench = Bench([], sources=sources)
    bench.feeder.mixing.loudness = "album"
    bench.play([0, 1])
    bench.run(1.0)
    assert bench.output.sound[-1, 0] == pytest.approx(0.1 * 10 ** (-3 / 20), abs=1e-3)
    bench.play([0, 2])
    bench.run(1.0)
    assert bench.output.sound[-1, 0] == pytest.approx(0.1 * 10 ** (-6 / 20), abs=1e-3)


def test_what_is_queued_next_at_the_last_moment_plays_next(tones):
    bench = Bench(tones)
    bench.play([0, 1])
    bench.run(3.5)  # half a second to go: the joint to track 1 is in the ring already
    bench.queue.play_next([2])
    bench.feeder.queue_changed()
    bench.run(1.0)
    sound = bench.output.sound[:, 0]
    assert sound[4 * RATE + 1000] == pytest.approx(0.3, abs=1e-3)
    assert not np.any(np.abs(sound - 0.2) < 1e-3)
    assert bench.tracks == [0, 2]


def test_what_is_removed_at_the_last_moment_does_not_play(tones):
    bench = Bench(tones)
    bench.play([0, 1])
    bench.run(3.5)
    bench.queue.remove(1)
    bench.feeder.queue_changed()
    bench.until_stopped()
    assert bench.output.sound.max() < 0.11
    assert bench.tracks == [0, None]


def test_queue_added_to_while_the_last_track_ends_goes_on(tones):
    bench = Bench(tones)
    bench.play([0])
    bench.run(3.6)
    bench.queue.add([1])
    bench.feeder.queue_changed()
    bench.run(1.0)
    assert bench.tracks == [0, 1]
    assert bench.output.sound[-1, 0] == pytest.approx(0.2, abs=1e-3)


def test_repeat_one_plays_on_without_a_gap(tones):
    bench = Bench(tones)
    bench.queue.repeat = "one"
    bench.play([0])
    bench.run(9.0)
    assert bench.output.sound[100:].min() > 0.09
    assert [play.ended for play in bench.plays] == ["finished", "finished"]
    assert bench.output.starved == 0


def test_listening_events_count_what_sounded(tones):
    bench = Bench(tones)
    bench.play()
    bench.run(1.5)
    for target in (3.0, 0.5, 2.0, 3.5, 0.0):  # scrubbing about
        bench.feeder.seek(target)
        bench.run(0.1)
    bench.queue.next()
    bench.feeder.start()
    bench.until_stopped()
    first, second, third = bench.plays
    assert first.seconds_heard == pytest.approx(2.0, abs=0.15)
    assert second.seconds_heard == pytest.approx(4.0, abs=0.05)
    assert (second.ended, third.ended) == ("finished", "finished")
    assert second.position == pytest.approx(4.0)
    assert any(isinstance(event, QueueMoved) for event in bench.events)


@pytest.mark.parametrize(("seconds", "ended"), [(1.5, "skipped"), (3.0, "part")])
def test_leaving_early_is_a_skip_and_later_a_part(tones, seconds, ended):
    bench = Bench(tones)
    bench.play()
    bench.run(seconds)
    bench.queue.next()
    bench.feeder.start()
    assert [play.ended for play in bench.plays] == [ended]


def test_passing_by_is_not_listening(tones):
    bench = Bench(tones)
    bench.play()
    for _ in range(2):
        bench.run(0.2)
        bench.queue.next()
        bench.feeder.start()
    assert bench.plays == []


def test_files_that_cannot_be_played_are_skipped_with_a_sentence(tmp_path, tones):
    paths = [tmp_path / "missing.flac", tones[0], garbage(tmp_path / "noise.mp3", b"\xff\xfb"), tones[1]]
    bench = Bench(paths)
    bench.play()
    bench.until_stopped()
    assert bench.tracks == [1, 3, None]
    assert len(bench.messages) == 2
    assert any("not there" in sentence for sentence in bench.messages)


def test_a_queue_of_nothing_but_missing_files_ends(tmp_path):
    bench = Bench([tmp_path / f"{n}.flac" for n in range(100)])
    bench.queue.repeat = "all"
    bench.play()
    assert bench.feeder.state == "stopped"
    assert len(bench.messages) <= 21
    assert "drive" in bench.messages[-1]


def test_a_single_missing_file_on_repeat_ends(tmp_path):
    bench = Bench([tmp_path / "x.flac"])
    bench.queue.repeat = "one"
    bench.play()
    assert bench.feeder.state == "stopped"
    assert len(bench.messages) == 1


def test_a_damaged_file_does_not_stop_the_music(tmp_path, tones):
    bad = corrupt(write_audio(tmp_path / "bad.mp3", noise(3.0)), runs=60, length=200)
    bench = Bench([bad, tones[0]])
    bench.play()
    bench.until_stopped()
    assert bench.tracks == [0, 1, None]


def test_lost_device_pauses_at_the_position_and_play_goes_on_elsewhere(tones):
    bench = Bench(tones)
    bench.outs.wanted = "Headphones"
    bench.play()
    bench.run(1.0)
    bench.output.gone = True
    bench.feeder.tick()
    assert bench.feeder.state == "paused"
    assert bench.position() == pytest.approx(1.0, abs=0.06)
    assert "Headphones" in bench.messages[0]
    bench.feeder.resume()
    bench.run(1.0)
    assert len(bench.outputs) == 2
    assert bench.position() == pytest.approx(2.0, abs=0.1)


def test_device_that_stops_taking_sound_is_lost_after_a_moment(tones):
    bench = Bench(tones)
    bench.play()
    bench.run(1.0)
    for _ in range(40):
        bench.now += 0.05
        bench.feeder.tick()
    assert bench.feeder.state == "paused"


def test_a_sleeping_laptop_is_not_a_lost_device(tones):
    bench = Bench(tones)
    bench.play()
    bench.run(1.0)
    bench.now += 3600.0
    bench.run(1.0)
    assert bench.feeder.state == "playing"
    assert bench.position() == pytest.approx(2.0, abs=0.15)


def test_change_of_device_goes_on_at_the_same_place(tones):
    bench = Bench(tones)
    bench.play()
    bench.run(1.0)
    bench.rate = 48000
    bench.feeder.set_device("Other")
    bench.run(1.0)
    assert bench.outputs[0].closed
    assert bench.output.name == "Other"
    assert bench.feeder.tap.sample_rate == 48000
    assert bench.position() == pytest.approx(2.0, abs=0.1)
    assert bench.output.sound[-1, 0] == pytest.approx(0.1, abs=1e-3)


def test_without_a_device_a_clock_plays_and_a_new_device_is_taken(tones):
    bench = Bench(tones)
    bench.devices = False
    bench.play()
    for _ in range(60):
        bench.now += 0.02
        bench.feeder.tick()
    assert bench.messages == ["No sound device was found. SONIQ plays silently until there is one."]
    assert bench.feeder.state == "playing"
    assert bench.feeder.device == "no sound device"


def test_underruns_lengthen_the_buffer_of_the_next_output(tones):
    bench, latencies = Bench(tones), []
    real = bench.outs._open_device
    bench.outs._open_device = lambda name, latency: (latencies.append(latency), real(name, latency))[1]
    bench.play()
    bench.run(0.5)
    bench.output.starved = 3
    bench.feeder.set_device(None)
    assert latencies[1] == pytest.approx(2 * latencies[0])
    assert bench.outs.underruns == 3


def test_loading_a_session_opens_no_device(tones):
    bench = Bench(tones)
    bench.queue.replace([0, 1, 2], 1)
    bench.feeder.load(2.5)
    assert (bench.feeder.state, bench.position(), bench.tracks) == ("paused", 2.5, [1])
    assert bench.outputs == []
    bench.feeder.resume()
    bench.run(0.5)
    assert bench.position() == pytest.approx(3.0, abs=0.1)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_no_file_stays_open(tones, tmp_path):
    bench = Bench([*tones, *tones])
    bench.feeder.mixing.crossfade = 1.0
    bench.play()
    bench.run(3.5)
    bench.feeder.seek(1.0)
    bench.run(5.0)
    bench.feeder.close()
    gc.collect()
    links = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
    assert not [link for link in links if link.startswith(str(tmp_path))]


def test_very_short_tracks_all_play(tmp_path):
    paths = [write_audio(tmp_path / f"{n}.wav", sine(0.05)) for n in range(12)]
    bench = Bench(paths)
    bench.play()
    bench.until_stopped()
    assert bench.tracks == [*range(12), None]
    assert [play.ended for play in bench.plays] == ["finished"] * 12
    assert len(np.flatnonzero(np.abs(bench.output.sound[:, 0]) > 1e-9)) == pytest.approx(12 * 2205, abs=30)
