"""Songs as vectors: what is in the table, what is not done twice, what is told where it cannot be done."""

import json
import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.cli.commands import run as soniq
from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.common.fileio import SaveError
from soniq_desktop.common.processes import Failed
from soniq_desktop.lab.each_file import audio_files
from soniq_desktop.lab.embed import run as running
from soniq_desktop.lab.embed import store
from soniq_desktop.lab.embed.clips import clips_of, plan
from soniq_desktop.lab.embed.report import components, standardised, write_report
from soniq_desktop.lab.embed.run import Wanted, embed
from soniq_desktop.lab.embed.specs import MODELS, model_spec
from soniq_desktop.lab.embed.store import Row, VectorTable
from soniq_desktop.lab.embed.words import MISSING, lyrics_text, metadata, metadata_text
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.tables import read_rows
from soniq_desktop.lab.vectors import from_parquet
from soniq_desktop.library.records import Tags
from soniq_desktop.models.musicnn import PATCH_SAMPLES
from tests.audio_fixtures import garbage, noise, sine, tag_file, write_audio


def quiet(_share: float, _doing: str) -> None:
    pass


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    (folder / "below").mkdir(parents=True)
    write_audio(folder / "tone.flac", sine(2.0, frequency=440))
    tag_file(folder / "tone.flac", {"title": "Tone", "artist": "Somebody", "genre": "Drone"})
    write_audio(folder / "below" / "noise.wav", noise(1.0))
    garbage(folder / "broken.flac")
    return folder


# The whole way


def test_songs_become_vectors_once_and_faults_are_named(music: Path, tmp_path: Path) -> None:
    out = tmp_path / "vectors.parquet"
    wanted = Wanted("mfcc", ("metadata",), batch=2, workers=1)
    first = embed(music, out, wanted, quiet)
    assert (first["files"], first["embedded"], first["vectors"], first["dim"]) == (3, 3, 2, 104 + 128)
    assert [each["path"] for each in first["corrupt"]] == ["broken.flac"]
    assert first["corrupt"][0]["reason"].endswith(".")
    rows = {row["id"]: row for row in read_rows(out)}
    tone = rows["tone.flac"]
    assert (tone["title"], tone["artist"]) == ("Tone", "Somebody")
    assert (tone["model"], tone["revision"], tone["dim"]) == ("mfcc+metadata", "1+1", 232)
    assert np.linalg.norm(tone["vector"][:104]) == pytest.approx(1, abs=1e-5)  # the parts weigh the same
    assert np.linalg.norm(tone["vector"][104:]) == pytest.approx(1, abs=1e-5)
    assert rows["broken.flac"]["vector"] is None
    assert not list(tmp_path.glob("*.parts"))
    page = Path(first["report"]).read_text(encoding="utf-8")
    assert "2 of 3 songs have a vector of 232 numbers" in page
    assert "broken.flac" in page
    assert embed(music, out, wanted, quiet)["embedded"] == 0

    (music / "broken.flac").unlink()
    write_audio(music / "tone.flac", sine(1.0, frequency=220))
    third = embed(music, out, wanted, quiet)
    assert (third["embedded"], third["vectors"], third["corrupt"]) == (1, 2, [])
    vectors = from_parquet(out, ("below/noise.wav", "elsewhere.mp3", "tone.flac"))
    assert vectors.shape == (3, 232)
    assert not vectors[1].any()


def test_the_command_prints_one_object(
    music: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "v.parquet"
    line = ["lab", "embed", str(music), "--model", "metadata", "--out", str(out), "--precision", "float16"]
    assert soniq([*line, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["model"], told["vectors"], told["precision"]) == ("metadata", 3, "float16")
    import pyarrow.parquet as pq

    assert str(pq.read_schema(out).field("vector").type) == "list<element: halffloat>"
    assert from_parquet(out, ("tone.flac",)).any()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--model", "oracle"], "no embedder named “oracle”"),
        (["--model", "mert-95m"], "not free for every use: CC-BY-NC-4.0"),
        (["--model", "encodecmae", "--accept-licence"], "runs code that comes with its weights"),
        (["--model", "mfcc", "--with", "moods"], "cannot be put beside"),
        (["--model", "lyrical", "--with", "lyrical"], "beside itself"),
        (["--model", "mfcc", "--precision", "float8"], "no precision float8"),
        (["--model", "dino-vits8", "--weights", "nowhere"], "There is no folder nowhere"),
    ],
)
def test_what_cannot_be_done_gets_a_sentence(
    music: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], sentence: str
) -> None:
    assert soniq(["lab", "embed", str(music), "--out", str(tmp_path / "v.parquet"), "--json", *options]) == 2
    assert sentence in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "v.parquet").exists()


def test_folders_without_music_get_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no audio files"):
        embed(tmp_path, tmp_path / "v.parquet", Wanted("mfcc"), quiet)
    with pytest.raises(LabError, match="is a folder"):
        embed(tmp_path, tmp_path, Wanted("mfcc"), quiet)


def test_embedders_are_listed_with_licences(capsys: pytest.CaptureFixture[str]) -> None:
    assert soniq(["lab", "embedders", "--json"]) == 0
    told = {each["name"]: each for each in json.loads(capsys.readouterr().out)["embedders"]}
    assert set(told) == set(MODELS)
    assert all(each["licence"] and each["source"] for each in told.values())
    assert told["mert-330m"]["accept_licence"]


# Parts and tables


def row(file: Path, folder: Path, vector: list[float] | None) -> Row:
    found = next(each for each in audio_files(folder) if each.path == str(file.resolve()))
    array = None if vector is None else np.array(vector, np.float32)
    return Row(found, file.name, vector=array, error=None if array is not None else "Nothing.")


def test_what_was_done_before_an_interruption_is_known(music: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.parquet"
    known = row(music / "tone.flac", music, [1, 2])
    table = VectorTable(out, "m", "r", "stamp", "float32")
    table.put(known)
    table.save()
    assert not out.exists()
    again = VectorTable(out, "m", "r", "stamp", "float32")
    assert again.current("tone.flac", known.file)
    assert not VectorTable(out, "m", "r", "another model", "float32").current("tone.flac", known.file)
    again.put(row(music / "broken.flac", music, None))
    assert again.finish(["tone.flac", "broken.flac", "new.mp3"]) == {
        "rows": 2,
        "vectors": 1,
        "dim": 2,
        "errors": [{"path": "broken.flac", "reason": "Nothing."}],
    }


def test_a_cut_part_is_made_again_and_a_foreign_table_is_not_touched(music: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.parquet"
    known = row(music / "tone.flac", music, [1, 2])
    table = VectorTable(out, "m", "r", "stamp", "float32")
    table.put(known)
    table.save()
    table.put(row(music / "broken.flac", music, [5, 6]))
    table.save()
    part = min((tmp_path / "v.parquet.parts").glob("*"))
    part.write_bytes(part.read_bytes()[:100])
    again = VectorTable(out, "m", "r", "stamp", "float32")
    assert not again.current("tone.flac", known.file)
    again.put(known)
    again.save()
    assert VectorTable(out, "m", "r", "stamp", "float32").finish(["tone.flac", "broken.flac"])["vectors"] == 2
    out.unlink()
    out.write_bytes(b"something of the user's")
    with pytest.raises(LabError, match="not a table of vectors"):
        VectorTable(out, "m", "r", "stamp", "float32")
    assert out.read_bytes() == b"something of the user's"


def test_vectors_of_two_models_never_share_a_table(music: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.parquet"
    for stamp, vector in (("one", [1.0, 2.0]), ("two", [3.0, 4.0, 5.0])):
        table = VectorTable(out, stamp, "r", stamp, "float32")
        table.put(row(music / "tone.flac", music, vector))
        counts = table.finish(["tone.flac", "broken.flac"])
    assert counts["dim"] == 3
    assert [each["model"] for each in read_rows(out)] == ["two"]


def test_a_full_disk_is_told_and_keeps_the_old_table(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "v.parquet"
    table = VectorTable(out, "m", "r", "stamp", "float32")
    table.put(row(music / "tone.flac", music, [1, 2]))
    table.finish(["tone.flac"])
    before = out.read_bytes()

    def full(_file: Path, _data: bytes) -> None:
        raise SaveError("The disk is full: v.parquet could not be saved.")

    monkeypatch.setattr(store, "write_atomic", full)
    write_audio(music / "tone.flac", sine(1.0, frequency=220))
    with pytest.raises(SaveError, match="disk is full"):
        embed(music, out, Wanted("metadata", workers=1), quiet)
    assert out.read_bytes() == before


def test_a_group_that_kills_its_process_is_tried_song_by_song(music: Path) -> None:
    files = {file.path: file for file in audio_files(music)}
    names = {path: Path(path).name for path in files}
    submitted = []

    class Pool:
        def submit(self, key: object, task: object) -> None:
            submitted.append((key, task))

    group = tuple(files)
    crash = Failed(group, "crash", "The background process crashed while it was reading this file.")
    assert running._rows(crash, files, names, Pool()) == []  # type: ignore[arg-type]
    assert [key for key, _ in submitted] == [(path,) for path in group]
    one = running._rows(replace(crash, key=group[:1]), files, names, Pool())  # type: ignore[arg-type]
    assert one[0].error == crash.sentence


def test_null_vectors_of_a_table_are_not_items(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": ["a", "b"], "vector": [[1.0, 2.0], None]}), tmp_path / "v.parquet")
    assert from_parquet(tmp_path / "v.parquet", ("b", "a")).tolist() == [[0, 0], [1, 2]]


def test_items_may_be_called_by_the_name_of_their_only_file(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    ids = ["audios/x1.mp3", "audios/twice.mp3", "other/twice.flac"]
    pq.write_table(pa.table({"id": ids, "vector": [[1.0], [2.0], [3.0]]}), tmp_path / "v.parquet")
    found = from_parquet(tmp_path / "v.parquet", ("x1", "twice", "other/twice.flac"))
    assert found[:, 0].tolist() == [1, 0, 3]


def test_slow_models_lose_a_minute_at_most(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = VectorTable(tmp_path / "v.parquet", "m", "r", "stamp", "float32")
    table.put(row(music / "tone.flac", music, [1, 2]))
    assert not list(tmp_path.glob("*.parts/*"))
    monkeypatch.setattr(store, "SAVE_SECONDS", 0.0)
    table.put(row(music / "broken.flac", music, [1, 2]))
    assert len(list(tmp_path.glob("*.parts/*"))) == 1


def test_the_report_names_neighbours(music: Path, tmp_path: Path) -> None:
    out = tmp_path / "v.parquet"
    for name in ("one", "two", "three"):
        write_audio(music / f"{name}.wav", sine(0.2))
    table = VectorTable(out, "m", "r", "stamp", "float16")
    for name, vector in (("one", [1.0, 0.0, 5]), ("two", [1.1, 0.1, 5]), ("three", [-3.0, 2.0, 5])):
        table.put(row(music / f"{name}.wav", music, vector))
    table.finish(["one.wav", "two.wav", "three.wav"])
    told = {"model": "m", "revision": "r", "licence": "ours", "files": 3, "vectors": 3, "dim": 3}
    page = write_report(out, told | {"precision": "float16", "corrupt": []}, 0)
    assert "<td>one.wav</td><td>two.wav</td>" in page.read_text(encoding="utf-8")
    assert {file.name for file in page.parent.iterdir()} == {"report.html", "cosines.png", "components.png"}


def test_columns_that_do_not_vary_say_nothing() -> None:
    rows = standardised(np.array([[1, 7], [2, 7], [3, 7]], np.float32))
    assert rows.tolist() == [[-1, 0], [0, 0], [1, 0]]
    points, share = components(rows)
    assert share == pytest.approx(1)
    assert np.abs(points[:, 1]).max() < 1e-9


# Clips and words


def test_clips_are_spread_over_the_song_and_do_not_overlap() -> None:
    assert plan(2.0, 5.0, 6) == [(0.0, 2.0)]
    spans = plan(100.0, 5.0, 6)
    assert len(spans) == 6
    assert spans[0][0] == pytest.approx(100 / 12 - 2.5)
    assert all(a + 5.0 <= b for (a, _), (b, _) in pairwise(spans))
    assert spans[-1][0] + 5.0 <= 100
    assert plan(60.0, 30.0, 1) == [(15.0, 30.0)]


def test_clips_have_the_length_of_the_model_and_silence_is_left_out(tmp_path: Path) -> None:
    sound = np.concatenate([sine(4.0, frequency=300), np.zeros_like(sine(4.0))])
    write_audio(tmp_path / "half.wav", sound)
    clips = clips_of(str(tmp_path / "half.wav"), model_spec("musicnn"))
    assert clips.shape[1] == PATCH_SAMPLES
    assert len(clips) == 1  # of two, the other is silent
    write_audio(tmp_path / "short.wav", sine(0.5, frequency=300))
    assert clips_of(str(tmp_path / "short.wav"), model_spec("musicnn")).shape == (1, PATCH_SAMPLES)
    write_audio(tmp_path / "silent.wav", np.zeros_like(sine(4.0)))
    with pytest.raises(AnalysisError, match="no sound"):
        clips_of(str(tmp_path / "silent.wav"), model_spec("mfcc"))


def test_large_models_hear_half_a_minute_at_a_time() -> None:
    sizes = {name: running.default_batch(spec) for name, spec in MODELS.items()}
    assert (sizes["musicfm"], sizes["mert-95m"], sizes["encodecmae"], sizes["lyrical"]) == (1, 6, 3, 8)
    assert min(sizes.values()) == 1


def test_songs_without_lyrics_read_one_token(music: Path) -> None:
    assert lyrics_text(str(music / "tone.flac")) == MISSING
    (music / "tone.lrc").write_text("[00:01.00]one\n[00:02.00]two", encoding="utf-8")
    assert lyrics_text(str(music / "tone.flac")) == "one\ntwo"


def test_new_lyrics_make_a_song_new(music: Path) -> None:
    song = next(file for file in audio_files(music) if file.path.endswith("tone.flac"))
    assert running._with_words(song) == song
    words = music / "tone.lrc"
    words.write_text("[00:01.00]one", encoding="utf-8")
    os.utime(words, ns=(song.mtime_ns + 7, song.mtime_ns + 7))
    assert running._with_words(song).mtime_ns == song.mtime_ns + 7
    os.utime(words, ns=(1, 1))  # lyrics that are older than the song
    assert running._with_words(song)[1:3] == (song.size + 13, song.mtime_ns)


def test_songs_that_share_facts_are_nearer() -> None:
    texts = [
        metadata_text(Tags(artist="A", album="X", genre="Rock; Pop", year=1994)),
        metadata_text(Tags(artist="a", album="Y", genre="Pop", year=1991)),
        metadata_text(Tags(artist="C", album="Z", genre="Jazz", year=1962)),
        metadata_text(Tags()),
    ]
    assert texts[0].splitlines() == ["artist=a", "album=x", "genre=rock", "genre=pop", "decade=1990"]
    vectors = metadata(Path(), model_spec("metadata"))(texts)
    assert vectors.shape == (4, 128)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert not vectors[3].any()
