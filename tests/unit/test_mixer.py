"""The mixer: gains, turns between lanes and file, loops to the sample, speed, all in the player."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.audio.mixer import GAIN_DB, Lane, Mix, MixState, gains, mixed
from soniq_desktop.audio.mixer_voice import BRIDGE, MixVoice
from soniq_desktop.audio.source import Source
from soniq_desktop.audio.timeline import Playback
from tests.audio_fixtures import write_audio
from tests.player_fixtures import Bench
from tests.stems_fixtures import chords

RATE = 44100


class Halves:
    """Two lanes that add up to the track, its left and its right channel; ready in the given spans."""

    def __init__(self, sound, spans=None):
        self.sound = sound
        self.spans = spans or [(0, len(sound))]

    def extent(self, frame):
        for begin, end in self.spans:
            if begin <= frame < end:
                return True, end - frame
        later = [begin for begin, _ in self.spans if begin > frame]
        if frame >= len(self.sound):
            return False, 1 << 40
        return False, min([*later, len(self.sound)]) - frame

    def read(self, frame, frames):
        part = self.sound[frame : frame + frames]
        return np.stack([part * [1, 0], part * [0, 1]]).astype(np.float32)


@pytest.fixture
def song(tmp_path):
    sound = np.rint(chords(3.0) * 32768).astype(np.float32) / 32768
    return str(write_audio(tmp_path / "song.wav", sound)), sound


def voice(song, state, seconds=0.0, spans=None):
    path, sound = song
    mix = Mix(path, Halves(sound, spans), RATE, state)
    return MixVoice(Playback(1, Source(1, path, "Song")), "off", mix, seconds)


def lanes(*changes):
    return MixState((*changes, *(Lane() for _ in range(2 - len(changes)))))


def everything(voice, block=1000):
    parts = []
    while True:
        parts.append(voice.read(block))
        if len(parts[-1]) < block:
            return np.concatenate(parts)


def test_an_untouched_mixer_plays_the_file_itself(song):
    assert np.array_equal(everything(voice(song, lanes())), song[1])


def test_mute_and_solo_choose_lanes(song):
    left = song[1] * [1, 0]
    assert np.allclose(everything(voice(song, lanes(Lane(), Lane(muted=True)))), left)
    assert np.allclose(everything(voice(song, lanes(Lane(solo=True)))), left)
    assert not everything(voice(song, lanes(Lane(solo=True, muted=True)))).any()


@given(
    st.floats(-80, 20),
    st.floats(-1.5, 1.5),
    st.booleans(),
    st.booleans(),
    st.floats(-10, 10),
    st.floats(-30, 30),
)
def test_gains_are_finite_and_within_the_limits(gain, pan, muted, solo, speed, key):
    state = MixState((Lane(gain, pan, muted, solo), Lane()), speed=speed, semitones=key).within_limits()
    factors = gains(state)
    assert factors.shape == (2, 2)
    assert (factors >= 0).all()
    assert (factors <= 10 ** (GAIN_DB[1] / 20) + 1e-6).all()
    assert 0.5 <= state.speed <= 1.5
    assert -6 <= state.semitones <= 6


def test_pan_keeps_the_middle_and_empties_a_side():
    assert np.allclose(
        gains(MixState((Lane(pan=0.0), Lane(pan=-1.0), Lane(pan=1.0)))), [[1, 1], [1, 0], [0, 1]]
    )


def test_a_gain_of_minus_six_decibels_halves():
    sound = np.ones((1, 4, 2), np.float32)
    assert np.allclose(mixed(sound, gains(MixState((Lane(gain_db=-6.0206),)))), 0.5, atol=1e-4)


def test_what_is_not_ready_sounds_as_the_file_and_turns_without_a_click(song):
    path, _ = song
    steady = np.full((3 * RATE, 2), 0.5, np.float32)
    write_audio(path, steady)
    sound = everything(
        voice((path, steady), lanes(Lane(muted=True), Lane(muted=True)), 0.0, [(40000, 80000)])
    )
    assert np.allclose(sound[:40000], 0.5, atol=1e-4)
    assert not sound[40000 + BRIDGE : 80000 - BRIDGE].any()
    assert np.allclose(sound[80000:], 0.5, atol=1e-4)
    assert np.abs(np.diff(sound[:, 0])).max() < 0.5 / BRIDGE * 1.5


def test_a_loop_repeats_to_the_sample(song):
    state = MixState((Lane(), Lane()), loop=(1.0, 1.5))
    player = voice(song, state, 0.8)
    sound = np.concatenate([player.read(4096) for _ in range(30)])
    length, first = RATE // 2, round(0.2 * RATE)
    assert np.allclose(
        sound[: round(0.7 * RATE) - BRIDGE], song[1][round(0.8 * RATE) : round(1.5 * RATE) - BRIDGE]
    )
    turn = first + length
    assert np.array_equal(sound[turn : turn + length], sound[turn + length : turn + 2 * length])
    assert np.array_equal(sound[turn : turn + 1000], song[1][RATE : RATE + 1000])
    assert player.remaining > 1e5


def test_behind_a_loop_the_track_goes_on_to_its_end(song):
    player = voice(song, MixState((Lane(), Lane()), loop=(1.0, 1.5)), 2.0)
    assert len(everything(player)) == RATE


@pytest.mark.parametrize("speed", [0.5, 1.5])
def test_speed_changes_the_length(song, speed):
    sound = everything(voice(song, MixState((Lane(), Lane()), speed=speed)))
    assert abs(len(sound) / RATE - 3.0 / speed) < 0.1


def test_the_original_is_as_loud_as_asked(song):
    state = MixState((Lane(muted=True), Lane()), original=True, original_gain=0.5)
    assert np.allclose(everything(voice(song, state)), 0.5 * song[1])


class TestInThePlayer:
    def bench(self, song, state, **options):
        bench = Bench([song[0]], **options)
        bench.feeder.mixing.loudness = "off"
        self.mix = Mix(song[0], Halves(song[1]), RATE, state)
        bench.feeder.set_mix(0, self.mix)
        return bench

    def test_muting_is_heard_within_the_device_latency_and_without_a_click(self, song):
        path, _ = song
        steady = np.full((3 * RATE, 2), 0.5, np.float32)
        write_audio(path, steady)
        bench = self.bench((path, steady), MixState((Lane(), Lane())))
        bench.play()
        bench.run(1.0)
        before = len(bench.output.sound)
        self.mix.state = MixState((Lane(muted=True), Lane(muted=True)))
        bench.feeder.remix()
        bench.run(0.5)
        sound = bench.output.sound[before:, 0]
        assert np.abs(sound[round(0.2 * RATE) :]).max() < 1e-3
        assert np.abs(np.diff(sound)).max() < 0.01
        assert bench.output.starved == 0

    def test_the_position_follows_the_loop(self, song):
        bench = self.bench(song, MixState((Lane(), Lane()), loop=(1.0, 1.5)))
        bench.play()
        bench.run(1.25)
        assert bench.position() == pytest.approx(1.25, abs=0.03)
        bench.run(0.5)
        assert bench.position() == pytest.approx(1.25, abs=0.03)
        bench.run(2.0)
        assert bench.feeder.state == "playing"
        assert 1.0 <= bench.position() <= 1.5

    def test_the_position_follows_the_speed(self, song):
        bench = self.bench(song, MixState((Lane(), Lane()), speed=0.5), rate=48000)
        bench.play()
        bench.run(2.0)
        assert bench.position() == pytest.approx(1.0, abs=0.05)
        bench.feeder.seek(2.0)
        bench.run(1.0)
        assert bench.position() == pytest.approx(2.5, abs=0.05)
        bench.until_stopped(10)
        assert bench.feeder.state == "stopped"

    def test_without_a_mix_the_file_plays_again(self, song):
        bench = self.bench(song, MixState((Lane(muted=True), Lane(muted=True))))
        bench.play()
        bench.run(0.5)
        bench.feeder.set_mix(0, None)
        bench.run(0.5)
        assert np.abs(bench.output.sound[-RATE // 4 :]).max() > 0.01

    def test_an_untouched_mix_plays_at_the_file_s_own_rate(self, song):
        bench = self.bench(song, MixState((Lane(), Lane())))
        bench.play()
        assert type(bench.feeder._program._chain.voice).__name__ == "Voice"
        self.mix.state = MixState((Lane(muted=True), Lane()))
        bench.feeder.remix()
        assert type(bench.feeder._program._chain.voice) is MixVoice

    def test_a_fader_that_is_dragged_does_not_fill_the_ring(self, song):
        bench = self.bench(song, MixState((Lane(), Lane())))
        bench.play()
        bench.run(0.3)
        for step in range(30):  # much faster than sound is taken
            self.mix.state = MixState((Lane(gain_db=-0.1 * step), Lane()))
            bench.feeder.remix()
        stream = bench.feeder._stream
        assert stream.ring.written - stream.read < 1.5 * RATE
        bench.run(0.3)
        assert bench.feeder.state == "playing"
        assert bench.output.starved == 0
