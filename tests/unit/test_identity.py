"""The identity of a file is its sound: tags come and go without changing it."""

import os
import shutil
from pathlib import Path

import av
import mutagen
import pytest
from mutagen import apev2, flac, id3, mp4

from soniq_desktop.audio.identity import PacketHash, audio_hash, packets
from soniq_desktop.audio.trailer import audio_end
from soniq_desktop.common.errors import UnreadableAudioError
from tests.audio_fixtures import FORMATS, noise, write_format

FAKE_FRAMES = b"\xff\xfb\x90\x64" * 5000  # looks like MPEG frames to a demuxer that does not know about tags
TAGGED_AT_THE_END = ("mp3", "flac", "adts", "wavpack")


@pytest.fixture(scope="module")
def originals(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("formats")
    return {name: write_format(folder, name, noise(1.0)) for name in FORMATS}


def add_native_tags(path: Path) -> None:
    """Long text and a large cover, so that everything behind the tags moves."""
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    if isinstance(file.tags, id3.ID3):
        file.tags.add(id3.TIT2(encoding=3, text="Title"))
        file.tags.add(
            id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=b"\xff\xd8" + FAKE_FRAMES)
        )
    elif isinstance(file.tags, mp4.MP4Tags):
        file.tags["\xa9nam"] = "Title"
        file.tags["covr"] = [mp4.MP4Cover(b"\xff\xd8" + FAKE_FRAMES)]
    else:
        file.tags["title"] = "Title"
        file.tags["comment"] = "long " * 10000
    if isinstance(file, flac.FLAC):
        picture = flac.Picture()
        picture.data, picture.type, picture.mime = b"\xff\xd8" + FAKE_FRAMES, 3, "image/jpeg"
        file.add_picture(picture)
    file.save()


def prepend_id3v2(path: Path) -> None:
    tags = id3.ID3()
    tags.add(id3.TIT2(encoding=3, text="Title"))
    tags.add(id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=FAKE_FRAMES))
    tags.save(path)


def append_id3v1(path: Path) -> None:
    with path.open("ab") as file:
        file.write(id3.MakeID3v1({"TIT2": id3.TIT2(encoding=3, text="Title")}))


def append_ape(path: Path) -> None:
    tags = apev2.APEv2()
    tags["Title"] = "Title"
    tags["Cover Art (Front)"] = apev2.APEValue(FAKE_FRAMES, apev2.BINARY)
    tags.save(path)


def append_lyrics(path: Path) -> None:
    lyrics = b"LYRICSBEGIN" + b"LYR00012La la la la l" + FAKE_FRAMES
    with path.open("ab") as file:
        file.write(lyrics + f"{len(lyrics):06d}".encode() + b"LYRICS200")


def append_everything(path: Path) -> None:
    append_ape(path)
    append_lyrics(path)
    with path.open("ab") as file:
        file.write(b"TAG+" + bytes(223))
    append_id3v1(path)


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "adts"])
def test_native_tags_do_not_change_it(kind, originals, tmp_path):
    tagged = Path(shutil.copy(originals[kind], tmp_path / originals[kind].name))
    add_native_tags(tagged)
    assert tagged.stat().st_size > originals[kind].stat().st_size
    assert audio_hash(str(tagged)) == audio_hash(str(originals[kind]))


@pytest.mark.parametrize("change", [append_id3v1, append_ape, append_lyrics, append_everything])
@pytest.mark.parametrize("kind", TAGGED_AT_THE_END)
def test_appended_tags_do_not_change_it(kind, change, originals, tmp_path):
    tagged = Path(shutil.copy(originals[kind], tmp_path / originals[kind].name))
    change(tagged)
    assert audio_hash(str(tagged)) == audio_hash(str(originals[kind]))


@pytest.mark.parametrize("kind", ["mp3", "adts", "flac"])
def test_a_tag_in_front_of_a_raw_stream_does_not_change_it(kind, originals, tmp_path):
    tagged = Path(shutil.copy(originals[kind], tmp_path / originals[kind].name))
    prepend_id3v2(tagged)
    append_everything(tagged)
    assert audio_hash(str(tagged)) == audio_hash(str(originals[kind]))


def test_removing_tags_brings_the_plain_file_back(originals, tmp_path):
    copy = Path(shutil.copy(originals["mp3"], tmp_path / "copy.mp3"))
    before = audio_end(str(copy))
    append_everything(copy)
    assert audio_end(str(copy)) == before
    assert copy.stat().st_size > before


@pytest.mark.parametrize("kind", FORMATS)
def test_other_sound_has_another_identity(kind, originals, tmp_path):
    other = write_format(tmp_path, kind, noise(1.0, seed=2))
    assert audio_hash(str(other)) != audio_hash(str(originals[kind]))


def test_it_is_128_bits_in_hexadecimal(originals):
    assert len(bytes.fromhex(audio_hash(str(originals["flac"])))) == 16


def test_feeding_packets_gives_the_same(originals):
    path = str(originals["mp3"])
    with av.open(path) as container:
        stream = container.streams.audio[0]
        digest = PacketHash(path, container.format.name)
        for packet in packets(container, stream):
            digest.update(packet)
            packet.decode()
    assert digest.hexdigest() == audio_hash(path)


def test_names_that_are_not_utf8_can_be_read(originals, tmp_path):
    odd = bytes(tmp_path / "caf") + b"\xe9.flac"
    shutil.copy(bytes(originals["flac"]), odd)
    assert audio_hash(os.fsdecode(odd)) == audio_hash(str(originals["flac"]))


@pytest.mark.parametrize("content", [b"", b"no music here\n" * 50, bytes(5000), b"TAG" + bytes(125)])
def test_files_without_sound_are_refused_in_plain_words(content, tmp_path):
    path = tmp_path / "broken.mp3"
    path.write_bytes(content)
    with pytest.raises(UnreadableAudioError) as raised:
        audio_hash(str(path))
    assert raised.value.sentence.endswith(".")


def test_a_file_that_is_gone_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        audio_hash(str(tmp_path / "gone.flac"))


def test_a_truncated_file_still_has_an_identity_of_its_own(originals, tmp_path):
    whole = originals["flac"].read_bytes()
    half = tmp_path / "half.flac"
    half.write_bytes(whole[: len(whole) // 2])
    assert audio_hash(str(half)) != audio_hash(str(originals["flac"]))
