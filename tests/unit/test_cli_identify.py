"""`soniq identify` and `soniq duplicates`, on a small library of made-up music."""

import json

import numpy as np
import pytest

from soniq_desktop.analysis.fingerprints import keep
from soniq_desktop.analysis.listen import listen_to_file
from soniq_desktop.cli import main
from soniq_desktop.common.paths import Paths
from soniq_desktop.fingerprint import comparison
from soniq_desktop.fingerprint.compared import FILE_NAME
from soniq_desktop.fingerprint.manifest import segment_files
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.distinct import NotDuplicates
from soniq_desktop.library.ingest import ScannedFile
from soniq_desktop.library.recovery import open_documents
from soniq_desktop.library.tags import read_tags
from tests.audio_fixtures import write_audio
from tests.fingerprint_fixtures import melody

RATE = 44_100


@pytest.fixture(scope="module")
def songs():
    return [melody(30.0, RATE, seed=seed) for seed in range(3)]


@pytest.fixture(scope="module")
def music(tmp_path_factory, songs):
    """Three songs, one of them a second time as a 64 kbit/s MP3."""
    folder = tmp_path_factory.mktemp("music")
    for number, samples in enumerate(songs):
        tags = {"title": f"Song {number}", "artist": "The Testers"}
        write_audio(folder / f"{number}.flac", samples, RATE, tags=tags)
    write_audio(folder / "copy.mp3", songs[1], RATE, bit_rate=64_000, tags={"title": "Another name"})
    return folder


@pytest.fixture
def home(music, tmp_path, monkeypatch) -> Paths:
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path / "home"))
    paths = Paths.from_environment().ensure()
    with Catalogue(paths.catalogue, waveforms=paths.waveforms) as catalogue:
        catalogue.add_folder(str(music))
        with FingerprintStore(paths.fingerprints) as store:
            for file in sorted(music.iterdir()):
                status = file.stat()
                scanned = ScannedFile(str(file), status.st_size, status.st_mtime_ns, read_tags(str(file)))
                (track_id,) = catalogue.store_scanned([scanned])
                heard = listen_to_file(str(file))
                keep(store, catalogue.store_listening(track_id, heard), heard)
    return paths


def run(capsys, *arguments: str, code: int = 0) -> str:
    assert main(arguments) == code
    return capsys.readouterr().out


def test_a_clip_is_named_with_its_place(home, songs, tmp_path, capsys):
    clip = write_audio(tmp_path / "clip.wav", songs[2][12 * RATE : 19 * RATE], RATE)
    found = json.loads(run(capsys, "identify", str(clip), "--json"))
    assert found["match"]["track"]["title"] == "Song 2"
    assert found["match"]["offset_seconds"] == pytest.approx(12.0, abs=0.05)
    assert found["match"]["false_alarm_rate"] <= 0.005
    text = run(capsys, "identify", str(clip), "--seconds", "5")
    assert "Song 2 by The Testers, from 0:12" in text
    assert "clips of unknown music" in text


def test_an_unknown_clip_ends_with_a_sentence_and_code_1(home, tmp_path, capsys):
    clip = write_audio(tmp_path / "clip.wav", melody(6.0, RATE, seed=99), RATE)
    found = json.loads(run(capsys, "identify", str(clip), "--json", code=1))
    assert found["match"] is None
    assert found["reason"] in run(capsys, "identify", str(clip), code=1)


def test_a_mix_becomes_a_set_list(home, songs, tmp_path, capsys):
    mix = write_audio(
        tmp_path / "mix.flac", np.concatenate([songs[0], songs[2], songs[0][: 20 * RATE]]), RATE
    )
    found = json.loads(run(capsys, "identify", str(mix), "--setlist", "--json"))["tracks"]
    assert [entry["title"] for entry in found] == ["Song 0", "Song 2", "Song 0"]
    assert [entry["begins"] for entry in found] == pytest.approx([0.0, 30.0, 60.0], abs=10.0)
    assert "The Testers – Song 2" in run(capsys, "identify", str(mix), "--setlist")


def test_duplicates_are_listed_with_the_one_to_keep(home, music, capsys):
    found = json.loads(run(capsys, "duplicates", "--json"))
    (group,) = found["groups"]
    assert group["keep"]["path"] == str(music / "1.flac")
    assert [copy["path"] for copy in group["copies"]] == [str(music / "copy.mp3")]
    assert found["versions"] == []
    text = run(capsys, "duplicates")
    assert "keep  flac" in text
    assert "mp3 64 kbit/s" in text
    assert (music / "copy.mp3").exists()


def test_duplicates_compares_only_what_is_new_and_minds_what_the_user_decided(
    home, music, capsys, monkeypatch
):
    first = run(capsys, "duplicates", "--json")
    assert (home.cache / FILE_NAME).exists()
    with monkeypatch.context() as patch:
        patch.setattr(comparison, "comparing_pool", lambda *_: pytest.fail("everything was compared before"))
        assert run(capsys, "duplicates", "--json") == first
        group = json.loads(first)["groups"][0]
        decide_apart(home, group["keep"]["path"], group["copies"][0]["path"])
        assert json.loads(run(capsys, "duplicates", "--json")) == {"groups": [], "versions": []}


def decide_apart(home: Paths, one: str, other: str) -> None:
    """As the page does when the user says that they are different."""
    documents = open_documents(home)
    with Catalogue(home.catalogue, waveforms=home.waveforms) as catalogue:
        pair = [catalogue.track_by_path(path) for path in (one, other)]
    assert pair[0] is not None
    NotDuplicates(documents).add(pair[0], [each for each in pair[1:] if each is not None])
    documents.close()


def test_an_empty_library_says_so(tmp_path, monkeypatch, songs, capsys):
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path / "home"))
    clip = write_audio(tmp_path / "clip.wav", songs[0][: 5 * RATE], RATE)
    assert "listened to yet" in run(capsys, "identify", str(clip), code=1)
    assert "listened to yet" in run(capsys, "duplicates")
    mix = write_audio(tmp_path / "mix.flac", np.concatenate([songs[0], songs[1], songs[2][:RATE]]), RATE)
    assert main(["identify", str(mix), "--setlist"]) == 2
    assert "listened to yet" in capsys.readouterr().err.replace("\n", " ")
    assert json.loads(run(capsys, "duplicates", "--json")) == {"groups": [], "versions": []}


def test_where_no_file_is_there_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path / "home"))
    (tmp_path / "folder").mkdir()
    for name, words in (("no.wav", "There is no file"), ("folder", "is a folder")):
        for more in ([], ["--setlist"], ["--json"]):
            assert main(["identify", str(tmp_path / name), *more]) == 2
            told = capsys.readouterr()
            assert words in told.err.replace("\n", " ")
            assert told.out == ""


def test_a_file_or_the_microphone_must_be_named(home, capsys):
    assert main(["identify"]) == 2
    assert "Name a file" in capsys.readouterr().err


def test_doctor_knows_the_fingerprint_index(home, capsys):
    def lines(code: int) -> list[tuple[str, str]]:
        assert main(["doctor", "--json"]) in (0, 1)
        found = json.loads(capsys.readouterr().out)["findings"]
        return [(each["state"], each["text"]) for each in found if each["area"] == "fingerprints"]

    ((state, text),) = lines(0)
    assert state == "ok"
    assert "4 tracks" in text
    (segment,) = segment_files(home.fingerprints)
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 255
    segment.write_bytes(content)
    assert [state for state, _ in lines(1)] == ["problem"]
    assert not segment.exists()
    assert ["0 tracks" in text for _, text in lines(0)] == [True]
