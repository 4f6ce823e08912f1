"""Damaged, odd and hostile files: a plain sentence or the part that can be read, never a crash."""

import contextlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.audio import media
from soniq_desktop.audio.decode import Decoder, probe
from soniq_desktop.common.errors import UnreadableAudioError
from tests.audio_fixtures import FORMATS, corrupt, garbage, noise, sine, truncate, write_audio, write_format

SOUND = noise(1.5, amplitude=0.2)


def read_all(path, **kwargs):
    decoder = Decoder(str(path), **kwargs)
    samples = decoder.read(10**9)
    decoder.close()
    return samples


@pytest.mark.parametrize("name", FORMATS)
def test_truncated_file_gives_its_beginning_or_a_sentence(tmp_path, name):
    path = truncate(write_format(tmp_path, name, noise(4.0, amplitude=0.2)), 0.5)
    try:
        samples = read_all(path)
    except UnreadableAudioError:
        samples = None
    if name in ("aac", "alac"):  # MP4 keeps its index at the end: nothing can be read without it
        assert samples is None
    else:
        assert 0 < len(samples) < 3 * 48000


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_packets_are_skipped(tmp_path, name):
    path = corrupt(write_format(tmp_path, name, SOUND))
    try:
        samples = read_all(path)
    except UnreadableAudioError:
        pytest.skip("the damage hit the container itself")
    assert np.isfinite(samples).all()
    assert len(samples) > 0.4 * 44100


@pytest.mark.parametrize(
    "head", [b"fLaC", b"OggS", b"ID3\x03", b"RIFF", b"\xff\xfb\x90\x64", b"FORM", b"wvpk"]
)
def test_garbage_behind_a_good_header_is_not_an_exit(tmp_path, head):
    path = garbage(tmp_path / "x.bin", head)
    with contextlib.suppress(UnreadableAudioError):
        assert np.isfinite(read_all(path)).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "not there"), (b"", "empty"), (b"just text, no sound at all" * 50, "No known kind")],
)
def test_hopeless_files_are_named_plainly(tmp_path, content, words):
    path = tmp_path / "x.mp3"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableAudioError, match=words):
        probe(str(path))


def test_wrong_extension_does_not_matter(tmp_path):
    path = write_audio(tmp_path / "a.flac", SOUND)
    assert probe(str(shutil.copy(path, tmp_path / "a.mp3"))).codec == "flac"


def test_names_that_are_not_utf8_or_look_like_addresses(tmp_path):
    path = write_audio(tmp_path / "a.flac", SOUND)
    if os.name == "posix":
        odd = os.fsencode(tmp_path) + b"/caf\xe9.flac"
        shutil.copy(path, odd)
        assert probe(os.fsdecode(odd)).frames == len(SOUND)
        colon = shutil.copy(path, tmp_path / "http:x.flac")
        assert probe(str(colon)).frames == len(SOUND)


def test_playlists_never_reach_the_network(tmp_path):
    path = tmp_path / "stream.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(UnreadableAudioError):
        probe(str(path))


def test_header_without_channels_is_refused(tmp_path):
    path = write_audio(tmp_path / "a.wav", SOUND)
    data = bytearray(path.read_bytes())
    data[22:24] = b"\0\0"
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableAudioError):
        probe(str(path))


def test_not_a_number_becomes_silence(tmp_path):
    sound = SOUND.copy()
    sound[1000:2000] = np.nan
    sound[3000] = np.inf
    samples = read_all(write_audio(tmp_path / "nan.wav", sound, codec="pcm_f32"))
    assert np.isfinite(samples).all()
    assert np.abs(samples[1000:2000]).max() == 0


def test_chained_ogg_streams_play_one_after_another(tmp_path):
    a = write_audio(tmp_path / "a.ogg", sine(0.5, 44100))
    b = write_audio(tmp_path / "b.ogg", sine(0.7, 44100))
    chain = tmp_path / "chain.ogg"
    chain.write_bytes(a.read_bytes() + b.read_bytes())
    samples = read_all(chain)
    assert len(samples) == pytest.approx(1.2 * 44100, abs=2048)


def test_rate_change_in_mid_file_is_converted(tmp_path):
    bare = {"write_xing": "0", "id3v2_version": "0"}
    a = write_audio(tmp_path / "a.mp3", sine(1.0, 44100), options=bare)
    b = write_audio(tmp_path / "b.mp3", sine(1.0, 48000), 48000, options=bare)
    both = tmp_path / "both.mp3"
    both.write_bytes(a.read_bytes() + b.read_bytes())
    decoder = Decoder(str(both))
    samples = decoder.read(10**9)[:, 0]
    decoder.close()
    rate = decoder.sample_rate
    assert len(samples) / rate == pytest.approx(2.07, abs=0.05)
    for part in (samples[rate // 4 : rate // 2], samples[-rate // 2 : -rate // 4]):
        assert np.count_nonzero(np.diff(np.signbit(part))) / 2 / (len(part) / rate) == pytest.approx(
            440, abs=5
        )


def test_decoding_that_never_ends_is_given_up(tmp_path, monkeypatch):
    path = write_audio(tmp_path / "a.flac", noise(3.0))
    decoder = Decoder(str(path))
    monkeypatch.setattr(media.Media, "_decode", lambda self, packet: [])
    monkeypatch.setattr(media, "STALLED_AFTER", -1.0)
    with pytest.raises(UnreadableAudioError, match="too long"):
        decoder.read(10**6)
    decoder.close()


def test_files_are_closed(tmp_path):
    path = write_audio(tmp_path / "a.flac", SOUND)
    decoder = Decoder(str(path))
    decoder.close()
    decoder.close()
    if Path("/proc/self/fd").is_dir():
        assert str(path) not in [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
