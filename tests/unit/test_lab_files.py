"""Pictures of every file and faults of files: what is drawn, what is found, what is not done twice."""

import json
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.cli.commands import run
from soniq_desktop.lab import each_file
from soniq_desktop.lab import visualise as pictures
from soniq_desktop.lab.corrupt import clipped_runs, examine, find_corrupt
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.settings import size
from soniq_desktop.lab.tables import read_rows
from soniq_desktop.lab.visualise import Wanted, image_stem, transform, visualise
from tests.audio_fixtures import garbage, noise, sine, truncate, write_audio

RATE = 22050


def quiet(_share: float, _doing: str) -> None:
    pass


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    write_audio(folder / "tone.wav", sine(2.0, frequency=440))
    (folder / "below").mkdir()
    write_audio(folder / "below" / "tone.flac", sine(1.0, frequency=880))
    garbage(folder / "broken.flac")
    return folder


def test_a_tone_stands_at_its_pitch_in_every_picture() -> None:
    time = np.arange(2 * RATE) / RATE
    mono = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    mel = transform("mel", mono)
    assert mel.shape[0] == 128
    assert 0 <= mel.min() <= mel.max() <= 1
    assert transform("chroma", mono).mean(axis=1).argmax() == 9  # A
    spectrum = transform("fft", mono)[:, 0]
    assert abs(spectrum.argmax() * RATE / 2048 - 440) < 11


def test_clicks_stand_at_their_tempo() -> None:
    mono = np.zeros(8 * RATE, np.float32)
    mono[:: RATE // 2] = 1  # 120 a minute
    lags = transform("tempogram", mono).mean(axis=1)
    best = 10 + int(lags[10:32].argmax())
    assert abs(60 * RATE / 512 / best - 120) < 4


def test_silence_draws_black_and_warns_nobody() -> None:
    for kind in pictures.KINDS:
        assert np.isfinite(transform(kind, np.zeros(RATE, np.float32))).all()
    assert transform("mel", np.zeros(RATE, np.float32)).max() == 0


def test_images_have_exactly_the_size_asked_for_and_are_drawn_once(music: Path, tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    wanted = Wanted(("mel", "fft"), 160, 96, 1.0)
    first = visualise(music, tmp_path / "out", wanted, 1, quiet)
    assert (first["files"], first["drawn"], first["images"]) == (3, 3, 4)
    assert [each["path"] for each in first["corrupt"]] == ["broken.flac"]
    for file in (tmp_path / "out").glob("*.png"):
        with image.open(file) as opened:
            assert opened.size == (160, 96)
    assert visualise(music, tmp_path / "out", wanted, 1, quiet)["drawn"] == 0
    write_audio(music / "tone.wav", sine(1.5, frequency=220))
    assert visualise(music, tmp_path / "out", wanted, 1, quiet)["drawn"] == 1
    rows = {row["path"]: row for row in read_rows(tmp_path / "out" / "images.parquet")}
    assert rows["below/tone.flac"]["images"] == [
        f"{image_stem('below/tone.flac')}-{k}.png" for k in ("mel", "fft")
    ]


def test_the_table_grows_with_the_work_so_that_a_kill_costs_little(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(each_file, "SAVE_AFTER", 0.0)
    file, seen = tmp_path / "out" / "corrupt.parquet", list[int]()

    def progress(_share: float, _doing: str) -> None:
        seen.append(len(read_rows(file)) if file.is_file() else 0)

    find_corrupt(music, tmp_path / "out", 1, progress)
    assert seen == [0, 0, 1, 2]  # before the first, and as each is done: those before it are written


def test_pictures_for_people_have_axes(music: Path, tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    visualise(music, tmp_path / "out", Wanted(("mel",), 400, 300, 1.0, axes=True), 1, quiet)
    with image.open(next((tmp_path / "out").glob("tone-*-mel.png"))) as opened:
        plain = np.asarray(opened.convert("RGB"))
    assert plain.shape[:2] == (300, 400)
    assert (plain[0, 0] == 255).all()  # paper around the plot


def test_files_of_one_name_in_two_folders_have_two_images() -> None:
    assert image_stem("a/song.mp3") != image_stem("b/song.mp3")
    assert "/" not in image_stem("a/we?ird<na>me.mp3")


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [(Wanted(("oil",)), "no picture of kind oil"), (Wanted(()), "none"), (Wanted(width=5), "pixels")],
)
def test_impossible_pictures_get_a_sentence(
    music: Path, tmp_path: Path, wanted: Wanted, sentence: str
) -> None:
    with pytest.raises(LabError, match=sentence):
        visualise(music, tmp_path / "out", wanted, 1, quiet)


def test_folders_without_music_get_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no folder"):
        visualise(tmp_path / "nowhere", tmp_path / "out", Wanted(), 1, quiet)
    with pytest.raises(LabError, match="no audio files"):
        find_corrupt(tmp_path, tmp_path / "out", 1, quiet)


def test_sizes_are_read() -> None:
    assert size("224") == (224, 224)
    assert size("640×360") == (640, 360)
    with pytest.raises(LabError, match="no image size"):
        size("big")


def faults(path: Path) -> str:
    return examine({"path": str(path)})["faults"]


def test_faults_are_told_apart(tmp_path: Path) -> None:
    loud = np.clip(4 * sine(2.0, frequency=440), -1, 1)
    write_audio(tmp_path / "clipped.wav", loud)
    write_audio(tmp_path / "silent.flac", np.zeros_like(loud))
    write_audio(tmp_path / "good.wav", noise(2.0))
    write_audio(
        tmp_path / "full.wav", 0.99996 * sine(2.0, frequency=997) / np.abs(sine(2.0, frequency=997)).max()
    )
    write_audio(tmp_path / "long.flac", noise(8.0))
    assert faults(tmp_path / "clipped.wav") == "clipped"
    assert faults(tmp_path / "silent.flac") == "silent"
    assert faults(tmp_path / "good.wav") == ""
    assert faults(tmp_path / "full.wav") == ""  # at full scale, and not clipped
    assert "truncated" in faults(truncate(tmp_path / "long.flac", 0.5))
    assert faults(garbage(tmp_path / "noise.flac")) == "unreadable"


def test_runs_at_full_scale_are_counted_once_each() -> None:
    block = np.zeros((20, 1), np.float32)
    block[2:7] = 1  # one long run
    block[10:12] = 1  # two samples are no run
    block[14:17] = -1
    assert clipped_runs(block) == 2


def test_the_command_lists_faults_and_remembers_them(
    music: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["lab", "find-corrupt", str(music), "--out", str(tmp_path / "out"), "--workers", "1", "--json"]
    assert run(command) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["counts"] == {"unreadable": 1, "silent": 0, "clipped": 0, "truncated": 0}
    assert [each["path"] for each in result["found"]] == ["broken.flac"]
    (music / "broken.flac").unlink()
    assert run(command) == 0
    assert json.loads(capsys.readouterr().out)["found"] == []
