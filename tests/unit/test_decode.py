"""The decoder gives back every sample of what was encoded, from any position, in every format."""

import mutagen.mp4
import numpy as np
import pytest

from soniq_desktop.audio.channels import downmix, downmix_matrix
from soniq_desktop.audio.decode import Decoder, probe
from soniq_desktop.audio.resample import Resampler
from tests.audio_fixtures import FORMATS, LOSSLESS, noise, sine, sweep, write_audio, write_format

GAPLESS = [name for name in FORMATS if name != "adts"]  # ADTS has nowhere to write the encoder's delay
SOUND = np.concatenate([sweep(1.5), noise(0.61, amplitude=0.2)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("decode")


@pytest.fixture(scope="module")
def files(folder):
    return {name: str(write_format(folder, name, SOUND)) for name in FORMATS}


def read_all(path, **kwargs):
    decoder = Decoder(str(path), **kwargs)
    samples = decoder.read(10**9)
    decoder.close()
    return samples


@pytest.mark.parametrize("name", GAPLESS)
def test_length_is_that_of_the_original_sound(files, name):
    rate = 48000 if name == "opus" else 44100
    assert len(read_all(files[name])) == round(len(SOUND) * rate / 44100)


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_formats_give_the_same_samples(files, name):
    assert np.abs(read_all(files[name]) - SOUND).max() <= 1.01 / 32768


@pytest.mark.parametrize("name", ["mp3", "vorbis", "aac"])
def test_lossy_formats_are_aligned_with_the_original(files, name):
    middle = read_all(files[name])[5000:60000, 0]
    shifts = range(-2, 3)
    errors = [np.abs(middle - SOUND[5000 + s : 60000 + s, 0]).mean() for s in shifts]
    assert shifts[int(np.argmin(errors))] == 0


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("rate", [None, 32000])
def test_seek_then_read_equals_reading_through(files, name, rate):
    whole = read_all(files[name], sample_rate=rate)
    decoder = Decoder(files[name], sample_rate=rate)
    for target in (40000, 0, 1, 700, 12345, len(whole) - 300, 30000, len(whole)):
        decoder.seek(target)
        part = decoder.read(2000)
        expected = whole[target : target + 2000]
        assert part.shape == expected.shape
        np.testing.assert_allclose(part, expected, atol=1e-4)
    decoder.close()


def test_reads_of_any_size_join_without_loss(files):
    whole = read_all(files["flac"])
    decoder = Decoder(files["flac"])
    parts = [decoder.read(n) for n in (1, 7, 4096, 10_000, 0, 333, 10**7)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert len(decoder.read(100)) == 0
    decoder.close()


def test_probe_tells_what_is_in_the_file(files):
    info = probe(files["flac"])
    assert (info.sample_rate, info.channels, info.codec, info.frames) == (44100, 2, "flac", len(SOUND))
    assert info.duration == pytest.approx(len(SOUND) / 44100)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("wav", "pcm"),
        ("mp3", "mp3"),
        ("vorbis", "vorbis"),
        ("opus", "opus"),
        ("aac", "aac"),
        ("alac", "alac"),
    ],
)
def test_codec_names_are_short(files, name, codec):
    assert probe(files[name]).codec == codec


def test_itunes_gapless_comment_gives_the_true_length(folder):
    path = write_audio(folder / "itunes.m4a", SOUND, options={"use_editlist": "0"})
    file = mutagen.mp4.MP4(path)
    length, delay = len(SOUND), 1024
    text = f" 00000000 {delay:08X} {276:08X} {length:016X} 00000000 00000000 00000000 00000000"
    file["----:com.apple.iTunes:iTunSMPB"] = [mutagen.mp4.MP4FreeForm(text.encode())]
    file.save()
    decoded = read_all(path)
    assert len(decoded) == length
    assert np.abs(decoded[5000:40000, 0] - SOUND[5000:40000, 0]).mean() < 0.005


def test_mp3_without_xing_header_is_seekable(folder):
    path = write_audio(folder / "bare.mp3", SOUND, options={"write_xing": "0", "id3v2_version": "0"})
    whole = read_all(path)
    decoder = Decoder(str(path))
    decoder.seek(40000)
    np.testing.assert_allclose(decoder.read(3000), whole[40000:43000], atol=1e-4)
    decoder.close()


def test_resampling_keeps_pitch_and_length(folder):
    path = write_audio(folder / "tone.flac", sine(1.0, 44100, 1000.0))
    out = read_all(path, sample_rate=48000)
    assert len(out) == 48000
    expected = sine(1.0, 48000, 1000.0)
    assert np.abs(out[1000:-1000] - expected[1000:-1000]).max() < 1e-3


def test_resampler_in_small_blocks_equals_one_large_block():
    sound = noise(0.5)
    one, many = Resampler(44100, 48000, 2), Resampler(44100, 48000, 2)
    whole = np.concatenate([one.process(sound), one.flush()])
    parts = [many.process(sound[i : i + 777]) for i in range(0, len(sound), 777)] + [many.flush()]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-6)
    assert len(whole) == 24000


def test_mono_goes_to_both_sides_unchanged(folder):
    mono = sine(0.2, channels=1)
    stereo = read_all(write_audio(folder / "mono.wav", mono))
    np.testing.assert_array_equal(stereo[:, 0], stereo[:, 1])
    assert np.abs(stereo[:, :1] - mono).max() <= 1.01 / 32768


def test_stereo_folds_to_mono_as_the_mean(folder):
    left = np.stack([np.full(5000, 0.5), np.full(5000, -0.25)], axis=1).astype(np.float32)
    mono = read_all(write_audio(folder / "lr.wav", left, codec="pcm_f32"), channels=1)
    np.testing.assert_allclose(mono, 0.125, atol=1e-6)


def test_surround_follows_itu_weights_and_never_clips():
    layout = ("FL", "FR", "FC", "LFE", "BL", "BR")
    matrix = downmix_matrix(layout, 2)
    scale = 1 / (1 + 2 * 0.5**0.5)
    np.testing.assert_allclose(matrix[:, 0] / scale, [1, 0, 0.5**0.5, 0, 0.5**0.5, 0], atol=1e-6)
    everything = downmix(np.ones((4, 6), np.float32), layout, 2)
    assert everything.max() <= 1.0 + 1e-6
    assert downmix(np.ones((4, 6), np.float32), layout, 1).max() <= 1.0 + 1e-6


def test_surround_file_is_read_as_stereo(folder):
    surround = np.zeros((9600, 6), np.float32)
    surround[:, 0] = 0.5
    stereo = read_all(write_audio(folder / "surround.flac", surround, 96000))
    assert stereo.shape == (9600, 2)
    assert stereo[:, 0].max() > 0.2
    assert np.abs(stereo[:, 1]).max() < 1e-4


def test_vorbis_seeks_are_exact_where_the_block_size_changes(folder):
    rng = np.random.default_rng(5)
    sound = noise(6.0, amplitude=0.02)
    for at in rng.integers(0, len(sound) - 200, 80):  # attacks make the encoder change its block size
        sound[at : at + 60] *= 40.0
    path = write_audio(folder / "attacks.ogg", sound)
    whole = read_all(path)
    assert len(whole) == len(sound)
    decoder = Decoder(str(path))
    for target in (*rng.integers(0, len(whole), 40), len(whole) - 10):
        decoder.seek(int(target))
        np.testing.assert_array_equal(decoder.read(500), whole[target : target + 500])
    decoder.close()
