"""Reading tags: every format, odd values, wrong encodings, damaged files."""

import base64
from pathlib import Path

import av
import mutagen
import pytest
from mutagen import apev2, flac, id3, mp4

from soniq_desktop.common.errors import UnreadableAudioError
from soniq_desktop.library import tag_text
from soniq_desktop.library.tags import read_batch, read_file, read_tags
from tests.audio_fixtures import FORMATS, garbage, noise, tag_file, truncate, write_audio, write_format
from tests.scan_fixtures import png, song

CODECS = {
    "wav": ("pcm", 16),
    "wav24": ("pcm", 24),
    "wavfloat": ("pcm", 32),
    "aiff": ("pcm", 16),
    "flac": ("flac", 16),
    "vorbis": ("vorbis", 0),
    "opus": ("opus", 0),
    "mp3": ("mp3", 0),
    "aac": ("aac", 0),
    "alac": ("alac", 16),
    "adts": ("aac", 0),
    "wavpack": ("wavpack", 16),
}
TAGS = {
    "title": "Für Elise ♪",
    "artist": "Ludwig",
    "album": "Bagatelles",
    "genre": "Classical",
    "date": "1867-05-01",
    "tracknumber": "3/12",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("formats")
    made = {name: write_format(folder, name, noise(1.0)) for name in FORMATS}
    for name, path in made.items():
        if name != "adts":  # holds no tags that mutagen would write
            tag_file(path, TAGS)
    return made


@pytest.mark.parametrize("name", FORMATS)
def test_technical_values_of_every_format(name, files):
    tags = read_tags(str(files[name]))
    assert (tags.codec, tags.bit_depth) == CODECS[name]
    assert tags.sample_rate == (48000 if name == "opus" else 44100)
    assert tags.channels == 2
    assert tags.duration == pytest.approx(1.0, abs=0.06)
    assert tags.bitrate == pytest.approx(files[name].stat().st_size * 8, rel=0.4)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "adts"])
def test_texts_of_every_format(name, files):
    tags = read_tags(str(files[name]))
    assert (tags.title, tags.artist, tags.album) == (TAGS["title"], TAGS["artist"], TAGS["album"])
    assert (tags.genre, tags.year, tags.track_number) == ("Classical", 1867, 3)


@pytest.mark.parametrize("name", FORMATS)
def test_a_wrong_extension_does_not_matter(name, files, tmp_path):
    suffix = ".flac" if name == "mp3" else ".mp3"
    disguised = tmp_path / f"disguised{suffix}"
    disguised.write_bytes(files[name].read_bytes())
    assert read_tags(str(disguised)) == read_tags(str(files[name]))


def test_an_id3_tag_before_flac_or_adts_does_not_hide_them(files, tmp_path):
    for name, codec in (("flac", "flac"), ("adts", "aac")):
        path = tmp_path / f"{name}.mp3"
        path.write_bytes(files[name].read_bytes())
        tags = id3.ID3()
        tags.add(id3.TIT2(encoding=3, text="Before"))
        tags.save(path)
        assert read_tags(str(path)).codec == codec


# Values


def id3_file(tmp_path: Path, *frames) -> str:
    path = write_audio(tmp_path / "file.mp3", noise(0.3))
    tags = id3.ID3()
    for frame in frames:
        tags.add(frame)
    tags.save(path, v1=0)
    return str(path)


def test_several_values_are_joined(tmp_path):
    path = write_audio(tmp_path / "file.flac", noise(0.2))
    file = flac.FLAC(path)
    file["artist"] = ["One", " Two ", "One", ""]
    file["genre"] = ["Jazz", "Funk"]
    file.save()
    tags = read_tags(str(path))
    assert tags.artist == "One; Two"
    assert tags.genre == "Jazz; Funk"


@pytest.mark.parametrize(
    ("text", "genre"),
    [
        ("17", "Rock"),
        ("(17)", "Rock"),
        ("(17)Krautrock", "Rock; Krautrock"),
        ("(4)(8)", "Disco; Jazz"),
        ("2 Tone", "2 Tone"),
    ],
)
def test_genre_numbers_become_names(text, genre, tmp_path):
    assert read_tags(id3_file(tmp_path, id3.TCON(encoding=3, text=text))).genre == genre


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1999", 1999),
        ("1999-03-01T12:00", 1999),
        ("19990301", 1999),
        ("1.3.1999", 1999),
        ("March 2001", 2001),
        ("c1742", 1742),
        ("99", None),
        ("0000", None),
        ("", None),
        ("12345", None),
    ],
)
def test_years(text, year):
    assert tag_text.year(text) == year


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("03/12", 3), (" 7 ", 7), ("0", None), ("A1", None), ("", None), ("123456", None)],
)
def test_track_numbers(text, number):
    assert tag_text.number(text) == number


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("Motörhead".encode("latin-1"), "Motörhead"),
        ("ÄÖÜ".encode("latin-1"), "ÄÖÜ"),
        ("Sigur Rós".encode(), "Sigur Rós"),  # UTF-8 that calls itself Latin-1
        ("Кино".encode("cp1251"), "Кино"),
        ("Группа крови".encode("cp1251"), "Группа крови"),
        ("Mötley Crüe".encode("latin-1"), "Mötley Crüe"),
        (b"ascii", "ascii"),
    ],
)
def test_text_in_the_wrong_encoding_is_repaired(stored, text, tmp_path):
    path = id3_file(tmp_path, id3.TIT2(encoding=0, text=stored.decode("latin-1")))
    assert read_tags(path).title == text


def test_control_characters_and_novels_are_cut_away(tmp_path):
    path = write_audio(tmp_path / "file.flac", noise(0.2))
    file = flac.FLAC(path)
    file["title"] = "Line\none\x00\x07two"
    file["comment"] = "x" * 100_000
    file.save()
    tags = read_tags(str(path))
    assert "\x00" not in tags.title
    assert "\x07" not in tags.title
    assert len(tags.comment) == tag_text.LONGEST


def test_the_comment_of_itunes_is_not_the_users(tmp_path):
    technical = id3.COMM(encoding=3, lang="eng", desc="iTunNORM", text=" 00000A2B 00000A2B")
    plain = id3.COMM(encoding=3, lang="eng", desc="", text="Lovely")
    assert read_tags(id3_file(tmp_path, technical, plain)).comment == "Lovely"
    assert read_tags(id3_file(tmp_path, technical)).comment == ""


def test_mp4_numbers_and_album_artist(tmp_path):
    path = write_audio(tmp_path / "file.m4a", noise(0.3))
    file = mp4.MP4(path)
    file["trkn"], file["disk"], file["aART"] = [(5, 9)], [(2, 2)], ["Various"]
    file.save()
    tags = read_tags(str(path))
    assert (tags.track_number, tags.disc_number, tags.album_artist) == (5, 2, "Various")


def test_the_list_chunk_of_wav_files_is_read(tmp_path):
    path = tmp_path / "info.wav"
    with av.open(str(path), "w") as container:
        container.metadata.update({"title": "Naïve", "artist": "Somebody", "genre": "Folk", "date": "1970"})
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=4000)
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    assert mutagen.File(path).tags is None
    tags = read_tags(str(path))
    assert (tags.title, tags.artist, tags.genre, tags.year) == ("Naïve", "Somebody", "Folk", 1970)


# Covers


def test_embedded_covers_of_every_format(tmp_path):
    root = tmp_path / "cache"
    front, back = png(colour=(1, 2, 3)), png(colour=(4, 5, 6))
    picture = flac.Picture()
    picture.type, picture.mime, picture.data = 3, "image/png", front
    other = flac.Picture()
    other.type, other.mime, other.data = 4, "image/png", back

    def into_flac(file):
        file.add_picture(other)
        file.add_picture(picture)

    def into_vorbis(file):
        file["metadata_block_picture"] = [base64.b64encode(one.write()).decode() for one in (other, picture)]

    def into_id3(file):
        if file.tags is None:
            file.add_tags()
        file.tags.add(id3.APIC(encoding=3, mime="image/png", type=4, desc="b", data=back))
        file.tags.add(id3.APIC(encoding=3, mime="image/png", type=3, desc="f", data=front))

    def into_mp4(file):
        file["covr"] = [mp4.MP4Cover(front, mp4.MP4Cover.FORMAT_PNG)]

    def into_ape(file):
        file["Cover Art (Front)"] = apev2.APEValue(b"front.png\0" + front, apev2.BINARY)

    embed = {
        "flac": into_flac,
        "vorbis": into_vorbis,
        "opus": into_vorbis,
        "mp3": into_id3,
        "wav": into_id3,
        "aiff": into_id3,
        "aac": into_mp4,
        "wavpack": into_ape,
    }
    keys = set()
    for name, into in embed.items():
        path = write_format(tmp_path, name, noise(0.3))
        file = mutagen.File(path)
        into(file)
        file.save()
        keys.add(read_tags(str(path), root).artwork)
    assert len(keys) == 1
    (key,) = keys
    assert (root / key[:2] / key).read_bytes() == front


def test_without_an_embedded_cover_the_picture_in_the_folder_counts(tmp_path):
    first, second = song(tmp_path / "a.flac"), song(tmp_path / "b.flac", 2)
    (tmp_path / "Folder.JPG").write_bytes(png())
    root = tmp_path / "cache"
    keys = {read_tags(str(path), root).artwork for path in (first, second)}
    assert len(keys) == 1
    assert None not in keys
    assert len([path for path in root.rglob("*") if path.is_file()]) == 1


def test_rubbish_as_a_cover_is_ignored(tmp_path):
    path = song(tmp_path / "a.flac")
    file = flac.FLAC(path)
    picture = flac.Picture()
    picture.type, picture.mime, picture.data = 3, "image/jpeg", b"<html>not found</html>" * 20
    file.add_picture(picture)
    file.save()
    assert read_tags(str(path), tmp_path / "cache").artwork is None


# Damage


def refused(path: Path) -> str:
    outcome = read_file(str(path))
    assert outcome.tags is None
    assert outcome.problem.endswith(".")
    return outcome.problem


def test_an_empty_file_says_so(tmp_path):
    path = tmp_path / "empty.mp3"
    path.touch()
    assert refused(path) == "The file is empty."


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"fLaC",
        b"OggS",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"FORM\0\0\0\0AIFF",
        b"\0\0\0\x20ftypM4A ",
        b"wvpk",
        b"MAC ",
        b"ID3\x03\0\0\0\0\0\0",
        b"\xff\xfb\x90\x64",
    ],
)
def test_garbage_behind_a_good_header_is_refused(head, tmp_path):
    for suffix in (".mp3", ".flac"):
        refused(garbage(tmp_path / f"garbage{suffix}", head, size=60_000))


def test_other_files_with_an_audio_name_are_refused(tmp_path):
    for name, content in {
        "text.mp3": b"lyrics\n" * 400,
        "picture.flac": png(),
        "zeros.wav": bytes(9000),
        "page.ogg": b"<!DOCTYPE html>" * 90,
    }.items():
        (tmp_path / name).write_bytes(content)
        refused(tmp_path / name)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("keep", [0.02, 0.3, 0.9])
def test_truncated_files_are_read_or_refused_but_never_harm(name, keep, tmp_path):
    path = truncate(write_format(tmp_path, name, noise(3.0)), keep)
    outcome = read_file(str(path))
    assert (outcome.tags is None) != (outcome.problem == "")
    if outcome.tags is not None:
        assert outcome.tags.sample_rate in (44100, 48000)


def test_a_wav_file_with_no_channels_is_refused(tmp_path):
    path = write_audio(tmp_path / "none.wav", noise(0.2))
    data = bytearray(path.read_bytes())
    data[22:24] = b"\0\0"
    path.write_bytes(bytes(data))
    refused(path)


def test_a_file_that_has_vanished_is_no_problem(tmp_path):
    outcome = read_file(str(tmp_path / "gone.flac"))
    assert outcome.tags is None
    assert outcome.problem == ""


@pytest.mark.parametrize(
    ("error", "word"),
    [(PermissionError(13, "Permission denied"), "permission"), (OSError(5, "I/O error"), "drive")],
)
def test_a_file_that_cannot_be_opened_says_why(error, word, tmp_path, monkeypatch):
    path = song(tmp_path / "secret.flac")

    def refuse(*_arguments):
        raise error

    monkeypatch.setattr("soniq_desktop.library.tags.open", refuse, raising=False)
    assert word in refused(path)


def test_a_surprise_in_a_library_is_a_problem_of_that_file(tmp_path, monkeypatch):
    path = song(tmp_path / "odd.flac")

    def stumble(_tags):
        raise RecursionError

    monkeypatch.setattr("soniq_desktop.library.tags.fields", stumble)
    assert "RecursionError" in refused(path)


def test_batches_answer_for_every_path_in_order(tmp_path):
    good, bad = song(tmp_path / "good.flac"), tmp_path / "bad.flac"
    bad.write_bytes(b"no")
    task = {"paths": (str(bad), str(good)), "artwork": str(tmp_path / "cache"), "identity": True}
    first, second = read_batch(task)
    assert (first.path, second.path) == (str(bad), str(good))
    assert first.problem
    assert second.audio_hash
    assert len(second.audio_hash) == 32


def test_refusals_are_errors_for_those_who_ask_for_tags(tmp_path):
    (tmp_path / "x.mp3").write_bytes(b"hello" * 100)
    with pytest.raises(UnreadableAudioError):
        read_tags(str(tmp_path / "x.mp3"))
