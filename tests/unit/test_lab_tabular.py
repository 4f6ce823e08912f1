"""Models over tables: folds that do not leak, figures that can be checked, tables with faults."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.cli.commands import run
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.tabular import folds, models
from soniq_desktop.lab.tabular.alike import alike, row_named, standardised
from soniq_desktop.lab.tabular.features import read_table
from soniq_desktop.lab.tabular.kept import Kept
from soniq_desktop.lab.tabular.run import Request, tabular

HEADING = "track_id,track_name,track_artist,track_popularity,playlist_genre,energy,tempo,loudness,duration_ms"


def spotify_like(path: Path, rows: int = 240, artists: int = 40, seed: int = 0) -> Path:
    """Two genres that energy and tempo tell apart, artists with a sound, popularity by loudness."""
    generator = np.random.default_rng(seed)
    own = generator.normal(0, 1, (artists, 2))
    lines = [HEADING]
    for row in range(rows):
        artist = row % artists
        genre = artist % 2
        energy = 0.5 + 0.25 * (genre - 0.5) + 0.05 * own[artist, 0] + 0.05 * generator.normal()
        tempo = 120 + 30 * (genre - 0.5) + 5 * own[artist, 1] + 2 * generator.normal()
        loudness = generator.uniform(-20, -4)
        popularity = 50 + 2 * loudness + generator.normal()
        name = ("rock", "edm")[genre]
        lines.append(
            f"t{row},Song {row},Artist {artist},{popularity:.0f},{name},{energy},{tempo},{loudness},200000"
        )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_spotify_table_is_mapped_by_its_names(tmp_path: Path) -> None:
    table = read_table(spotify_like(tmp_path / "songs.csv"))
    assert table.names == ("energy", "loudness", "tempo", "duration")
    assert len(table) == 240
    assert table.genre_names == ("edm", "rock")
    assert table.titles[3] == "Song 3"
    assert table.popularity is not None


def test_a_table_in_an_archive_is_read(tmp_path: Path) -> None:
    plain = spotify_like(tmp_path / "songs.csv")
    with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
        archive.write(plain, "inside/songs.csv")
    np.testing.assert_array_equal(read_table(tmp_path / "songs.zip").values, read_table(plain).values)


def test_incomplete_and_repeated_rows_are_left_out_and_told(tmp_path: Path) -> None:
    path = spotify_like(tmp_path / "songs.csv", rows=20, artists=5)
    with path.open("a") as file:
        file.write("\nt1,Song 1,Artist 1,50,rock,0.5,120,-9,200000")  # there already
        file.write(
            "\nt90,Song,Artist,50,rock,nan,120,-9,200000\nt91,Song,Artist,50,,0.5,120,-9,200000\nt92,half"
        )
    table = read_table(path)
    assert len(table) == 20
    assert table.sentences[1].startswith("3 rows with missing")
    assert table.sentences[2].startswith("1 further rows")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,artist\na,b\n", "too few known columns"),
        (HEADING + "\n", "no rows"),
        (HEADING + "\nt,S,A,1,rock,x,y,z,w\n", "no complete row"),
        ("", "is empty"),
    ],
)
def test_a_table_that_cannot_be_used_gets_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "songs.csv"
    path.write_text(text)
    with pytest.raises(LabError, match=sentence):
        read_table(path)
    with pytest.raises(LabError, match="no file"):
        read_table(tmp_path / "none.csv")


@given(st.lists(st.integers(0, 30).map(str), min_size=30, max_size=120), st.integers(0, 5))
def test_no_artist_is_on_both_sides(artists: list[str], seed: int) -> None:
    groups = np.array(artists)
    if len(set(artists)) < folds.FOLDS:
        with pytest.raises(LabError, match="artists"):
            folds.grouped(groups, seed)
        return
    parts = folds.grouped(groups, seed)
    assert sorted(np.concatenate([held for _, held in parts]).tolist()) == list(range(len(groups)))
    for rest, held in parts:
        assert not set(groups[rest]) & set(groups[held])
        assert len(rest) + len(held) == len(groups)


def test_honest_folds_show_the_leak_of_random_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every artist has a sound and a genre, unrelated: only who knows the artist can know the genre."""
    monkeypatch.setattr(models, "TREES", 30)
    generator = np.random.default_rng(1)
    artists = np.repeat(np.arange(60), 8)
    labels = generator.integers(0, 2, 60)[artists]
    values = generator.normal(0, 1, (60, 4))[artists] + 0.02 * generator.normal(0, 1, (480, 4))
    make = lambda: models.classifier("forest", 0, 1)  # noqa: E731
    honest = models.probabilities(make, values, labels, folds.grouped(artists.astype(str), 0))
    leaking = models.probabilities(make, values, labels, folds.random(480, 0))
    assert models.genre_figures(leaking, labels).accuracy > 0.95
    assert models.genre_figures(honest, labels).accuracy < 0.65


def test_figures_by_hand() -> None:
    found = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])
    figures = models.genre_figures(found, np.array([0, 1, 1, 0]))
    assert figures.accuracy == 0.75
    assert figures.balanced == 0.75
    assert figures.confusion.tolist() == [[2, 0], [1, 1]]
    numbers = models.number_figures(np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 3.0]))
    assert numbers.r2 == pytest.approx(0.5)
    assert numbers.error == pytest.approx(1 / 3)
    assert models.number_figures(np.ones(3), np.ones(3)).r2 == 0


def test_a_shuffled_feature_that_matters_costs_accuracy() -> None:
    generator = np.random.default_rng(0)
    values = generator.normal(0, 1, (300, 3))
    labels = (values[:, 1] > 0).astype(np.int64)
    fold = (np.arange(200), np.arange(200, 300))
    worth = models.importance(lambda: models.classifier("forest", 0, 1), values, labels, fold, 0)
    assert worth[:, 0].argmax() == 1
    assert worth[1, 0] > 0.25
    assert np.abs(worth[[0, 2], 0]).max() < 0.1


def test_alike_tracks_leave_out_the_same_song(tmp_path: Path) -> None:
    path = spotify_like(tmp_path / "songs.csv", rows=30, artists=6)
    with path.open("a") as file:
        file.write("\nx1,SONG 3,Artist 3,1,edm,0.6,130,-9,200000")
        file.write("\nx2,Song 3 - Remastered 2011,Artist 3,1,edm,0.6,130,-9,200000")
        file.write("\nx3,Song 9 (Live),Artist 3,1,edm,0.6,130,-9,200000")
    table = read_table(path)
    row = row_named(table, "song 3 artist")
    found = alike(table, row, 5)
    assert not any(table.titles[i].lower().startswith("song 3 ") for i, _ in found)
    assert sum(table.titles[i].startswith("Song 9") for i, _ in found) == 1
    assert [cosine for _, cosine in found] == sorted((c for _, c in found), reverse=True)
    with pytest.raises(LabError, match="No track"):
        row_named(table, "nobody")


def test_a_constant_column_harms_nobody() -> None:
    scaled = standardised(np.array([[1.0, 5.0], [3.0, 5.0]]))
    assert scaled.tolist() == [[-1.0, 0.0], [1.0, 0.0]]


def test_the_command_reports_everything_the_table_can_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "TREES", 20)
    path = spotify_like(tmp_path / "songs.csv")
    status = run(
        ["lab", "tabular", "--csv", str(path), "--out", str(tmp_path / "out"), "--like", "Song 4", "--json"]
    )
    result = json.loads(capsys.readouterr().out)
    assert status == 0
    assert max(model["accuracy"] for model in result["genre"]["models"]) > 0.9
    assert next(iter(result["genre"]["importance"])) in {"energy", "tempo"}
    assert max(model["r2"] for model in result["popularity"]) > 0.8
    for row in result["genre"]["sets"]:
        assert row["high"] >= row["level"] - 0.05
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert {"genre.parquet", "popularity.parquet", "sets.parquet", "report.html", "confusion.png"} <= names


def test_a_table_of_one_genre_gets_a_sentence(tmp_path: Path) -> None:
    path = spotify_like(tmp_path / "songs.csv", rows=40)
    path.write_text(path.read_text().replace("rock", "edm"))
    with pytest.raises(LabError, match="one genre"):
        tabular(Request(path, tmp_path / "out"), lambda _name: lambda _share, _doing: None)


def test_a_run_that_was_killed_goes_on_after_the_last_folds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "TREES", 5)
    request = Request(spotify_like(tmp_path / "songs.csv", rows=80), tmp_path / "out")
    whole, fitted = models.regressor, list[str]()

    def regressor(name: str, seed: int, workers: int) -> object:
        fitted.append(name)
        if len(fitted) == 7:  # the second of the forest's random folds
            raise KeyboardInterrupt
        return whole(name, seed, workers)

    monkeypatch.setattr(models, "regressor", regressor)
    with pytest.raises(KeyboardInterrupt):
        tabular(request)
    monkeypatch.setattr(models, "probabilities", pytest.fail)  # genres were told in the first run
    found = tabular(request)
    assert fitted[7:] == ["forest"] * 5 + ["boosting"] * 10
    assert set(found) >= {"genre", "popularity"}


def test_damaged_predictions_are_made_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path, np.ones(3), 5)
    assert kept.get("some", lambda: np.arange(3.0)).tolist() == [0, 1, 2]
    assert kept.get("some", lambda: np.zeros(3)).tolist() == [0, 1, 2]
    assert Kept(tmp_path, np.ones(3), 6).get("some", lambda: np.zeros(3)).tolist() == [0, 0, 0]
    file = next(file for file in tmp_path.iterdir() if np.load(file).any())
    file.write_bytes(file.read_bytes()[:20])
    assert kept.get("some", lambda: np.full(3, 7.0)).tolist() == [7, 7, 7]
