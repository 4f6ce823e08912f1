"""What is wrong with the input of an experiment is said in one sentence, and nothing is computed."""

import json
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.cli.commands import run
from soniq_desktop.lab.evaluate import Plan, evaluate
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.recommenders.options import OPTIONS, settings_of
from soniq_desktop.lab.tables import write_rows
from soniq_desktop.lab.tabular import models
from soniq_desktop.lab.tabular.run import Request, tabular
from soniq_desktop.lab.tune import Search, tune
from soniq_desktop.lab.vectors import from_parquet

PLAYS = "user,song\n" + "\n".join(f"u{u},s{(u * 3 + k) % 9}" for u in range(12) for k in range(6)) + "\n"
SONGS = tuple(f"s{number}" for number in range(9))
FEATURES = "track_id,track_name,track_artist,track_popularity,playlist_genre,energy,tempo,loudness\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path / "home"))


def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What a command says that is refused."""
    assert run(["lab", *words, "--json"]) == 2
    told = capsys.readouterr()
    assert not told.out
    assert "Traceback" not in told.err
    return told.err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("who,song\na,b\n", "no column for the user"),
        ("user,thing\na,b\n", "no column for the item"),
        ("user,song\n", "no complete row"),
        ("user,song,timestamp\nu,nan,2018-03-01\n,s,2018-03-01\nu,s,\n", "no complete row"),
        ("user,song\na,x\nb,y\nc,z\n", "No user has two events or more"),
        ("user,song\n" + "a,x\n" * 10 + "b,x\n", "is a repetition of one learned from"),
        ("user\rname,song\n", "cannot be read as a table"),
    ],
)
def test_interactions_that_cannot_be_used(
    tmp_path: Path, text: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plays.csv").write_bytes(text.encode())
    words = ["evaluate", "--interactions", str(tmp_path / "plays.csv"), "--out", str(tmp_path / "out")]
    assert sentence in said([*words, "--model", "popularity"], capsys)


def test_a_damaged_archive_of_interactions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plays.csv.gz").write_bytes(b"no archive")
    words = ["split", "--interactions", str(tmp_path / "plays.csv.gz"), "--out", str(tmp_path / "out")]
    assert "cannot be read as a table" in said(words, capsys)


def test_repeated_rows_and_a_k_beyond_the_catalogue_are_no_fault(tmp_path: Path) -> None:
    (tmp_path / "plays.csv").write_text(PLAYS + PLAYS.split("\n", 1)[1])
    plan = Plan(tmp_path / "plays.csv", tmp_path / "out", ("popularity",), ks=(100_000,), again=True)
    assert evaluate(plan)["ks"] == (len(SONGS),)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("epochs", "is no setting"),
        ("colour=red", "no setting named colour"),
        ("epochs=abc", "epochs cannot be abc. It is a whole number from 1 to 100,000"),
        ("epochs=2.5", "epochs cannot be 2.5"),
        ("batch=0", "batch cannot be 0"),
        ("rate=nan", "rate cannot be nan"),
        ("dropout=2", "dropout cannot be 2. It is a number from 0 to 0.99"),
        ("heads=3", "multiple of its heads"),
    ],
)
def test_settings_that_a_model_cannot_take(
    tmp_path: Path, given: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plays.csv").write_text(PLAYS)
    words = ["evaluate", "--interactions", str(tmp_path / "plays.csv"), "--out", str(tmp_path / "out")]
    assert sentence in said([*words, "--model", "bert4rec", "--setting", given], capsys)


def test_models_that_are_compared_take_their_own_settings(tmp_path: Path) -> None:
    (tmp_path / "plays.csv").write_text(PLAYS)
    settings = (("epochs", 1), ("half_life", 3))
    rows = evaluate(Plan(tmp_path / "plays.csv", tmp_path / "out", ("knn", "bpr"), settings=settings))[
        "results"
    ]
    assert [json.loads(row["settings"]) for row in rows] == [{"half_life": 3.0}, {"epochs": 1}]


def test_every_default_is_within_its_own_bounds() -> None:
    for model, own in OPTIONS.items():
        defaults = {name: option.default for name, option in own.items()}
        assert settings_of(model, defaults) == settings_of(model, {}) == defaults


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"name": "s0"}], "not an embedding"),
        ([{"id": "s0", "vector": "words"}], "not an embedding"),
        ([{"id": "s0", "vector": 1.0}], "not an embedding"),
        ([{"id": "s0", "vector": [1.0]}, {"id": "s1", "vector": [1.0, 2.0]}], "several lengths"),
        ([{"id": "other", "vector": [1.0]}], "no vectors of these items"),
        ([{"id": name, "vector": [float("nan"), 0.0]} for name in SONGS], "no vectors of these items"),
    ],
)
def test_embeddings_that_cannot_be_used(tmp_path: Path, rows: list[dict[str, object]], sentence: str) -> None:
    write_rows(tmp_path / "some.parquet", rows)
    with pytest.raises(LabError, match=sentence):
        from_parquet(tmp_path / "some.parquet", SONGS)


def test_results_cannot_go_where_a_file_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plays.csv").write_text(PLAYS)
    words = ["--interactions", str(tmp_path / "plays.csv"), "--out", str(tmp_path / "plays.csv")]
    for command in (["evaluate"], ["split"], ["tune", "--name", "mine"]):
        assert "cannot be made" in said([*command, *words], capsys)
    for command in (["visualise", str(tmp_path)], ["find-corrupt", str(tmp_path)]):
        (tmp_path / "song.wav").write_bytes(b"RIFF")
        assert "cannot be made" in said([*command, *words[2:]], capsys)


def test_figures_of_another_question_are_not_taken_for_an_answer(tmp_path: Path) -> None:
    (tmp_path / "plays.csv").write_text(PLAYS)
    plan = tmp_path / "plays.csv", tmp_path / "study", ("knn",)
    first = tune(Search(*plan, trials=1, metric="NDCG@5"))
    second = tune(Search(*plan, trials=1, metric="HitRate@5"))
    assert (first.trials, second.trials) == (1, 1)
    assert second.preset.value >= first.preset.value  # a hit counts whole, wherever it is
    assert tune(Search(*plan, trials=1, metric="NDCG@5")) == first


@pytest.mark.parametrize("text", ["{", '{"mine": 3}', '{"mine": {"model": "knn"}}'])
def test_damaged_presets(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "home" / "lab").mkdir(parents=True)
    (tmp_path / "home" / "lab" / "presets.json").write_text(text)
    words = ["evaluate", "--interactions", "x.csv", "--out", str(tmp_path / "out"), "--preset", "mine"]
    assert "presets.json is damaged" in said(words, capsys)


def test_a_damaged_study_and_a_name_that_cannot_be_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plays.csv").write_text(PLAYS)
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "study.sqlite3").write_bytes(b"no database, and longer than a heading " * 40)
    words = ["tune", "--interactions", str(tmp_path / "plays.csv"), "--out", str(tmp_path / "study")]
    assert "study.sqlite3 is damaged" in said([*words, "--name", "mine"], capsys)
    assert "cannot be a name" in said([*words, "--name", "../away"], capsys)


def test_genres_that_cannot_be_told_are_reported_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each genre is that of one artist, so no model can know it of another."""
    monkeypatch.setattr(models, "TREES", 5)
    rows = [f"t{i},S{i},A{i % 5},{i},g{i % 5},{i},{i % 3},2" for i in range(25)]
    rows.append("t90,S,A,5,g0,1e300,1,2")
    (tmp_path / "songs.csv").write_text(FEATURES + "\n".join(rows))
    found = tabular(Request(tmp_path / "songs.csv", tmp_path / "out"))
    assert found["tracks"] == 25
    assert [row["accuracy"] for row in found["genre"]["models"]] == [0.0, 0.0]


def test_a_track_that_is_not_there_is_missed_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "classifier", pytest.fail)
    rows = [f"t{i},S{i},A{i},{i},{'rock' if i % 2 else 'edm'},{i},{i % 3},2" for i in range(25)]
    (tmp_path / "songs.csv").write_text(FEATURES + "\n".join(rows))
    with pytest.raises(LabError, match="No track of the table"):
        tabular(Request(tmp_path / "songs.csv", tmp_path / "out", like="nobody"))


def test_a_fold_of_one_genre_is_predicted_as_that() -> None:
    fold = (np.arange(4), np.arange(4, 6))
    labels = np.array([1, 1, 1, 1, 0, 1])
    found = models.probabilities(
        lambda: models.classifier("boosting", 0, 1), np.zeros((6, 2)), labels, [fold]
    )
    assert found[4:].tolist() == [[0.0, 1.0], [0.0, 1.0]]
