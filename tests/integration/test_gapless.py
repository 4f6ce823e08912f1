"""A sine cut into two files sounds like one: no missing sample, no click, whatever the format."""

import numpy as np
import pytest

from tests.audio_fixtures import sine, write_audio
from tests.player_fixtures import Bench

# Largest deviation from the unbroken sine of amplitude 0.5 that each codec may show at the joint. Lossy
# codecs ring a little where a file ends; one lost or repeated sample would show as 0.03.
TOLERANCE = {
    ".flac": 1e-4,
    ".wav": 1e-4,
    ".wv": 1e-4,
    ".mp3": 0.004,
    ".ogg": 0.02,
    ".m4a": 0.02,
    ".opus": 0.02,
}
CUT = 160_100  # not a multiple of any codec's frame, and where the sine crosses zero


def halves(folder, suffix, rate=44100, codec=None):
    tone = sine(7.0, rate, 441.0)
    cut = round(CUT * rate / 44100)
    first = write_audio(folder / f"1{suffix}", tone[:cut], rate, codec=codec, bit_rate=320_000)
    second = write_audio(folder / f"2{suffix}", tone[cut:], rate, codec=codec, bit_rate=320_000)
    return tone, cut, [first, second]


def play_through(paths, rate):
    bench = Bench(paths, rate=rate)
    bench.play()
    bench.until_stopped()
    return bench, bench.output.sound


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [
        (".flac", None),
        (".wav", None),
        (".wv", None),
        (".mp3", None),
        (".ogg", None),
        (".m4a", None),
        (".m4a", "alac"),
        (".opus", None),
    ],
)
def test_sine_in_two_files_plays_through_without_a_click(tmp_path, suffix, codec):
    rate = 48000 if suffix == ".opus" else 44100
    tone, cut, paths = halves(tmp_path, suffix, rate, codec)
    _, sound = play_through(paths, rate)
    heard = sound[: len(tone)]
    joint = slice(cut - 2000, cut + 2000)
    assert np.abs(heard[joint] - tone[joint]).max() < (1e-4 if codec == "alac" else TOLERANCE[suffix])
    assert np.abs(heard[2000 : cut - 3000] - tone[2000 : cut - 3000]).max() < 0.01
    assert np.abs(sound[len(tone) :]).max() == 0.0, "more sound than the original had"


@pytest.mark.parametrize("suffix", [".flac", ".mp3"])
def test_joint_is_continuous_through_the_resampler(tmp_path, suffix):
    _, cut, paths = halves(tmp_path, suffix)
    _, sound = play_through(paths, 48000)
    tone = sine(7.0, 48000, 441.0)
    joint = slice(round(cut * 48000 / 44100) - 2000, round(cut * 48000 / 44100) + 2000)
    assert np.abs(sound[joint] - tone[joint]).max() < (1e-3 if suffix == ".flac" else 0.02)


def test_track_changes_exactly_at_the_joint(tmp_path):
    _, cut, paths = halves(tmp_path, ".flac")
    bench = Bench(paths)
    bench.play()
    bench.run(cut / 44100 - 0.1)
    assert bench.tracks == [0]
    assert bench.position() == pytest.approx(cut / 44100 - 0.1, abs=0.03)
    bench.run(0.2)
    assert bench.tracks == [0, 1]
    assert bench.position() == pytest.approx(0.1, abs=0.03)
    assert bench.plays[0].ended == "finished"
    assert bench.plays[0].seconds_heard == pytest.approx(cut / 44100, abs=0.03)


def test_files_of_different_rates_follow_each_other_without_a_gap(tmp_path):
    a = write_audio(tmp_path / "a.flac", sine(1.0, 44100, 441.0))
    b = write_audio(tmp_path / "b.flac", sine(1.0, 48000, 441.0), 48000)
    _, sound = play_through([a, b], 44100)
    active = np.flatnonzero(np.abs(sound[:, 0]) > 1e-3)
    assert active[-1] + 1 == pytest.approx(2 * 44100, abs=60)
    tone = sine(2.0, 44100, 441.0)
    # Two resamplers meet here, each with its own filter edge: a ripple, no click.
    assert np.abs(np.diff(sound[43500:44700, 0])).max() < 1.5 * np.abs(np.diff(tone[:, 0])).max()
