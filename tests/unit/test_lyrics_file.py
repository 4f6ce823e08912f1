"""Lyrics beside and inside files."""

import mutagen.flac
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3, SYLT, USLT, Encoding

from soniq_desktop.library.lyrics import parse_lyrics, read_lyrics


def test_times_order_and_follow():
    lyrics = parse_lyrics("[ti:Song]\n[00:10.50]second\n[00:02.00]first\n[01:00]third")
    assert lyrics.synced
    assert [(line.start, line.text) for line in lyrics.lines] == [
        (2.0, "first"),
        (10.5, "second"),
        (60.0, "third"),
    ]
    assert [lyrics.line_at(t) for t in (0, 2.0, 10.4, 10.5, 99)] == [-1, 0, 0, 1, 2]


def test_one_line_may_be_sung_twice():
    lyrics = parse_lyrics("[00:01.00][00:09.00]chorus\n[00:05.00]verse")
    assert [line.text for line in lyrics.lines] == ["chorus", "verse", "chorus"]


def test_offset_moves_lines_and_word_stamps_vanish():
    lyrics = parse_lyrics("[offset:+500]\n[00:02.00]<00:02.00>two <00:02.50>words")
    assert lyrics.lines[0].start == pytest.approx(1.5)
    assert lyrics.lines[0].text == "two words"


def test_plain_text_has_no_times_and_no_headers():
    lyrics = parse_lyrics("[ar:Somebody]\nfirst line\n\nsecond verse\n")
    assert not lyrics.synced
    assert [line.text for line in lyrics.lines] == ["first line", "", "second verse"]
    assert lyrics.line_at(10.0) == -1


@given(st.text(max_size=300))
def test_any_text_can_be_parsed(text):
    lyrics = parse_lyrics(text)
    starts = [line.start for line in lyrics.lines]
    assert all(s is None for s in starts) or starts == sorted(starts)


@pytest.fixture
def flac(tmp_path):
    path = tmp_path / "song.flac"
    soundfile.write(path, np.zeros(4_410, np.float32), 44_100)
    return path


def test_a_sidecar_comes_before_the_tags(flac):
    tags = mutagen.flac.FLAC(flac)
    tags["LYRICS"] = "from the tags"
    tags.save()
    assert read_lyrics(str(flac)).lines[0].text == "from the tags"
    flac.with_suffix(".lrc").write_bytes("[00:01.00]von nebenan, ü".encode("cp1252"))
    assert read_lyrics(str(flac)).lines[0].text == "von nebenan, ü"


def test_id3_frames_are_read(tmp_path):
    path = tmp_path / "song.mp3"
    path.write_bytes(b"\xff\xfb\x90\x00" + bytes(413))
    tags = ID3()
    tags.add(USLT(encoding=Encoding.UTF8, lang="eng", text="plain words"))
    tags.save(path)
    assert read_lyrics(str(path)) is None or read_lyrics(str(path)).lines[0].text == "plain words"
    for _ in range(3):
        path.write_bytes(path.read_bytes() + (b"\xff\xfb\x90\x00" + bytes(413)) * 20)
    assert read_lyrics(str(path)).lines[0].text == "plain words"
    tags.add(SYLT(encoding=Encoding.UTF8, lang="eng", format=2, type=1, text=[("sung", 61_500)]))
    tags.save(path)
    assert read_lyrics(str(path)).lines[0].start == pytest.approx(61.5)


def test_files_without_lyrics_or_without_sense_have_none(flac, tmp_path):
    assert read_lyrics(str(flac)) is None
    junk = tmp_path / "junk.mp3"
    junk.write_bytes(b"ID3\x04\x00\x00\x00\x00\x7f\x7f" + bytes(100))
    assert read_lyrics(str(junk)) is None
    assert read_lyrics(str(tmp_path / "missing.ogg")) is None


def test_a_text_file_beside_the_song_comes_last(flac):
    flac.with_suffix(".txt").write_text("from the text file", encoding="utf-8")
    assert read_lyrics(str(flac)).lines[0].text == "from the text file"
    tags = mutagen.flac.FLAC(flac)
    tags["LYRICS"] = "from the tags"
    tags.save()
    assert read_lyrics(str(flac)).lines[0].text == "from the tags"
