"""Listening to files of every kind, whole, damaged and absurd: values or a plain sentence, never NaN."""

import dataclasses
import math

import av
import numpy as np
import psutil
import pytest
import soundfile
import soxr

from soniq_desktop.analysis.embedders import load_embedder
from soniq_desktop.analysis.listen import listen_to_file
from soniq_desktop.analysis.loudness import LoudnessMeter
from soniq_desktop.analysis.stream import SoundStream
from soniq_desktop.audio.identity import audio_hash
from soniq_desktop.common.errors import UnreadableAudioError
from soniq_desktop.common.versions import FEATURES_VERSION
from tests.audio_fixtures import FORMATS, garbage, noise, sine, truncate, write_audio, write_format
from tests.listening_fixtures import chords, drums

RATE = 44_100


def song(seconds=12.0, bpm=120, tonic=2, rate=RATE):
    """Drums and chords in stereo, (frames, 2)."""
    harmony, beat = chords(tonic, "major", seconds, rate), drums(bpm, seconds, rate)
    length = min(len(harmony), len(beat))
    left = 0.6 * beat[:length] + 0.8 * harmony[:length]
    right = 0.6 * beat[:length] + 0.5 * harmony[:length]
    return np.stack([left, right], axis=1)


def assert_sane(listening):
    """Everything is finite or None, in range, and of the promised shape."""
    features = dataclasses.asdict(listening.features)
    numbers = [value for value in features.values() if isinstance(value, float)]
    assert all(math.isfinite(value) for value in numbers), features
    assert features["version"] == FEATURES_VERSION
    for name in ("tempo_confidence", "key_confidence", "energy"):
        assert features[name] is None or 0 <= features[name] <= 1
    wave = listening.waveform
    assert len(wave.peak) == len(wave.rms) == len(wave.colour) == 1_024
    assert wave.peak.dtype == wave.rms.dtype == wave.colour.dtype == np.uint8
    assert wave.loudness.dtype == np.float32
    assert np.all(np.isfinite(wave.loudness))
    assert len(listening.audio_hash) == 32
    assert math.isfinite(listening.duration)
    assert all(isinstance(value, float | int | str | None) for value in features.values())
    for embedding in listening.embeddings:
        assert np.all(np.isfinite(embedding.vector))


def heard(path, embedder=None):
    listening = listen_to_file(str(path), embedder)
    assert_sane(listening)
    return listening


@pytest.fixture(scope="module")
def embedder():
    return load_embedder()


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_gives_the_same_picture(tmp_path, name):
    listening = heard(write_format(tmp_path, name, song()))
    reference = heard(write_format(tmp_path, "wavfloat", song(), stem="reference"))
    assert listening.duration == pytest.approx(12.0, abs=0.06)
    # LAME scales by 0.95, which is 0.45 dB
    assert listening.features.loudness == pytest.approx(reference.features.loudness, abs=0.5)
    assert listening.features.tempo == pytest.approx(120, rel=0.01)
    assert (listening.features.key, listening.features.mode) == (2, "major")
    assert listening.audio_hash == audio_hash(str(tmp_path / f"tone-{name}{FORMATS[name][0]}"))


def test_finds_everything_in_a_song(tmp_path, embedder):
    listening = heard(write_audio(tmp_path / "song.flac", song()), embedder)
    features = dataclasses.asdict(listening.features)
    assert not [name for name, value in features.items() if value is None]
    assert listening.embeddings[0].vector.shape == (embedder.dim,)
    assert listening.waveform.peak.any()
    assert listening.waveform.colour.any()


def test_excerpts_cut_from_the_stream_give_the_vector_of_the_whole_track(tmp_path, embedder):
    path = write_audio(tmp_path / "song.wav", song(40))
    mono = soxr.resample(soundfile.read(path, dtype="float32")[0].mean(axis=1), RATE, embedder.sample_rate)
    vector = heard(path, embedder).embeddings[0].vector
    assert float(vector @ embedder.embed(mono)) > 0.999


@pytest.mark.parametrize("level", [0.0, 0.25], ids=["silence", "constant"])
def test_silence_and_direct_current_have_no_measurements(tmp_path, embedder, level):
    listening = heard(write_audio(tmp_path / "flat.wav", np.full((RATE * 8, 2), level, np.float32)), embedder)
    assert listening.features.loudness is None or level
    assert listening.features.tempo is None or listening.features.tempo_confidence < 0.2
    if not level:
        assert listening.features.true_peak is None
        assert listening.features.key is None
        assert listening.embeddings == ()


def test_samples_that_are_not_numbers_become_silence(tmp_path, embedder):
    samples = song()
    samples[5_000:6_000] = np.nan
    samples[50_000] = np.inf
    samples[60_000] = -np.inf
    samples[70_000] = 1e30
    path = tmp_path / "float.wav"
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    listening = heard(path, embedder)
    assert listening.features.tempo == pytest.approx(120, rel=0.01)
    assert len(listening.embeddings) == 1


def test_a_fifth_of_a_second_is_enough_for_some_things(tmp_path, embedder):
    listening = heard(write_audio(tmp_path / "short.wav", sine(0.2)), embedder)
    assert listening.duration == pytest.approx(0.2)
    assert listening.features.loudness is None
    assert listening.features.tempo is None
    assert listening.features.true_peak == pytest.approx(-6.0, abs=0.3)


def test_one_sample_is_a_sound(tmp_path):
    assert heard(write_audio(tmp_path / "one.wav", np.full((1, 1), 0.5, np.float32))).duration > 0


def test_telephone_quality_has_the_loudness_that_it_has_when_resampled(tmp_path):
    samples = noise(10, 8_000, 1)
    listening = heard(write_audio(tmp_path / "phone.wav", samples, 8_000))
    meter = LoudnessMeter(48_000, ("FC",))
    meter.add(soxr.resample(samples[:, 0], 8_000, 48_000)[None])
    assert listening.features.loudness == pytest.approx(meter.result().integrated, abs=0.15)
    assert listening.duration == pytest.approx(10, abs=0.01)


def test_surround_at_96_kilohertz_counts_its_channels(tmp_path, embedder):
    samples = np.zeros((96_000 * 5, 6), np.float32)
    samples[:, 2] = 0.1 * noise(5, 96_000, 1)[:, 0]
    samples[:, 3] = sine(5, 96_000, 40.0, 1, 0.9)[:, 0]  # would be the loudest by far, but does not count
    path = _write_surround(tmp_path / "surround.flac", samples, 96_000)
    listening = heard(path, embedder)
    meter = LoudnessMeter(96_000, ("FC",))
    meter.add(samples[:, 2][None])
    assert listening.features.loudness == pytest.approx(meter.result().integrated, abs=0.05)
    assert len(listening.embeddings) == 1


def _write_surround(path, samples, rate):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=rate)
        stream.format, stream.layout = "s32", "5.1"
        for start in range(0, len(samples), 4_096):
            block = np.round(samples[start : start + 4_096] * 2**31 * 0.999).astype(np.int32)
            frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), "s32", "5.1")
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("channels", [3, 8, 9, 32])
def test_any_number_of_channels_is_heard(tmp_path, embedder, channels):
    path = tmp_path / "many.wav"
    soundfile.write(path, np.repeat(song(6)[:, :1], channels, axis=1), RATE)
    listening = heard(path, embedder)
    assert (listening.features.key, listening.features.mode) == (2, "major")
    assert len(listening.embeddings) == 1


def test_very_high_sample_rates_are_measured_alike(tmp_path):
    low, high = (
        heard(write_audio(tmp_path / f"{rate}.wav", song(6, rate=rate), rate)).features
        for rate in (RATE, 192_000)
    )
    assert high.loudness == pytest.approx(low.loudness, abs=0.3)
    assert high.key == low.key


def test_opposite_phase_is_heard(tmp_path, embedder):
    left = song()[:, 0]
    listening = heard(write_audio(tmp_path / "wide.wav", np.stack([left, -left], axis=1)), embedder)
    assert listening.features.tempo == pytest.approx(120, rel=0.01)
    assert (listening.features.key, listening.features.mode) == (2, "major")
    alone = heard(write_audio(tmp_path / "left.wav", left), embedder)
    assert float(listening.embeddings[0].vector @ alone.embeddings[0].vector) > 0.98


@pytest.mark.parametrize("name", ["vorbis", "mp3", "flac", "wav"])
def test_a_truncated_file_is_heard_as_far_as_it_goes(tmp_path, name):
    path = truncate(write_format(tmp_path, name, song()), 0.6)
    assert 5 < heard(path).duration < 9


def _chain(folder, name, *rates):
    """Files of 4 s at different rates, one directly behind the other."""
    parts = [
        write_format(folder, name, song(4, rate=rate), rate, stem=str(number)).read_bytes()
        for number, rate in enumerate(rates)
    ]
    path = folder / f"chain{FORMATS[name][0]}"
    path.write_bytes(b"".join(parts))
    return path


@pytest.mark.parametrize("name", ["mp3", "adts", "vorbis"])
def test_a_stream_of_several_pieces_is_heard_to_its_end(tmp_path, name):
    assert heard(_chain(tmp_path, name, 44_100, 44_100)).duration == pytest.approx(8.0, abs=0.3)


@pytest.mark.parametrize("name", ["mp3", "adts"])
def test_the_sample_rate_may_change_in_the_middle(tmp_path, name):
    listening = heard(_chain(tmp_path, name, 44_100, 32_000))
    assert listening.duration == pytest.approx(8.0, abs=0.3)
    assert (listening.features.key, listening.features.mode) == (2, "major")


def test_an_ogg_chain_that_changes_its_rate_is_heard_to_the_change(tmp_path):
    """FFmpeg's Ogg demuxer stops there ("not yet implemented")."""
    assert heard(_chain(tmp_path, "vorbis", 44_100, 32_000)).duration >= 3.9


def _no_channels(folder):
    path = write_audio(folder / "none.wav", sine(1))
    data = bytearray(path.read_bytes())
    data[22:24] = b"\0\0"
    path.write_bytes(data)
    return path


def _empty(folder):
    (folder / "empty.mp3").touch()
    return folder / "empty.mp3"


def _text(folder):
    (folder / "text.ogg").write_text("not a sound\n" * 1_000)
    return folder / "text.ogg"


def _header_only(folder):
    return truncate(write_audio(folder / "header.flac", song(3)), 0.001)


UNREADABLE = {
    "zero bytes": _empty,
    "text": _text,
    "no channels": _no_channels,
    "only a header": _header_only,
    "garbage behind a good header": lambda folder: garbage(folder / "garbage.flac"),
    "not there": lambda folder: folder / "missing.wav",
    "a folder": lambda folder: folder,
}


@pytest.mark.parametrize("make", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path, make):
    with pytest.raises(UnreadableAudioError) as caught:
        listen_to_file(str(make(tmp_path)))
    sentence = caught.value.sentence
    assert sentence.endswith(".")
    assert sentence[0].isupper()
    assert "Errno" not in sentence


def test_the_stream_closes_its_file_whatever_happens(tmp_path):
    path = write_audio(tmp_path / "song.wav", sine(1))
    stream = SoundStream(str(path))
    assert str(path) in {file.path for file in psutil.Process().open_files()}
    with pytest.raises(RuntimeError), stream:
        raise RuntimeError
    assert str(path) not in {file.path for file in psutil.Process().open_files()}
    assert list(stream.blocks()) == []
