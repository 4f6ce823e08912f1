"""Comparing and tuning from files: reports are written, a stopped search goes on, settings are kept."""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pytest

import soniq_desktop.lab.tune as tune_module
from soniq_desktop.cli.commands import run
from soniq_desktop.lab import metrics
from soniq_desktop.lab.evaluate import Plan, evaluate
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.presets import Preset, Presets
from soniq_desktop.lab.recommenders.base import silent
from soniq_desktop.lab.tables import read_rows, write_rows
from soniq_desktop.lab.tune import Search, tune

ITEMS = 30


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Everybody goes round in a circle of thirty songs."""
    generator = np.random.default_rng(0)
    lines = ["playlist_id,track_id,pos"]
    for user in range(60):
        start = generator.integers(ITEMS)
        lines += [f"{user},{(start + step) % ITEMS},{step}" for step in range(8)]
    path = tmp_path / "playlists.csv"
    path.write_text("\n".join(lines))
    return path


def quiet(_name: str):
    return lambda _share, _doing: None


def test_models_are_compared_and_reported_once(source: Path, tmp_path: Path) -> None:
    plan = Plan(source, tmp_path / "out", ("popularity", "knn"), ks=(5, 1000))
    result = evaluate(plan, quiet)
    assert result["ks"] == (5, ITEMS)  # a k beyond the catalogue is the catalogue
    assert [row["model"] for row in result["results"]] == ["popularity", "knn"]
    assert result["results"][1]["NDCG@5"] > result["results"][0]["NDCG@5"]
    page = Path(result["report"]).read_text(encoding="utf-8")
    assert "data:image/png" in page
    style = page[page.index("<style>") : page.index("</style>")]
    assert {"max-width: 960px", "text-align: right"} <= set(re.findall(r"[a-z-]+: \w+", style))
    assert (tmp_path / "out" / "ndcg.png").read_bytes().startswith(b"\x89PNG")
    told = []
    again = evaluate(plan, lambda name: lambda _share, doing: told.append(doing))
    assert told == ["measured before"] * 2
    assert again["results"] == result["results"]


def test_items_without_plays_are_reported_on_their_own(source: Path, tmp_path: Path) -> None:
    with source.open("a") as file:
        file.write("\n0,999,8\n")  # heard once, by user 0, last
    names = [str(i) for i in range(ITEMS)] + ["999"]
    angle = np.linspace(0, 2 * np.pi, len(names))
    rows = [
        {"id": n, "vector": [float(np.cos(a)), float(np.sin(a))]} for n, a in zip(names, angle, strict=True)
    ]
    write_rows(tmp_path / "content.parquet", rows)
    plan = Plan(source, tmp_path / "out", ("knn",), str(tmp_path / "content.parquet"), ks=(31,))
    row = evaluate(plan, quiet)["results"][0]
    assert row["cold_users"] == 1
    assert row["cold HitRate@31"] == 1.0


def test_an_unknown_mode_or_embedding_gets_a_sentence(source: Path, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no mode"):
        evaluate(Plan(source, tmp_path, ("knn",), mode="train"), quiet)
    with pytest.raises(LabError, match="no file"):
        evaluate(Plan(source, tmp_path, ("knn",), str(tmp_path / "no.parquet")), quiet)
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(LabError, match="not an embedding"):
        evaluate(Plan(source, tmp_path, ("knn",), str(tmp_path / "bad.parquet")), quiet)


def test_a_stopped_search_goes_on(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "study"
    first = tune(Search(source, out, ("knn",), trials=2), lambda _share, _doing: None)
    shares: list[float] = []
    second = tune(Search(source, out, ("knn",), trials=5), lambda share, _doing: shares.append(share))
    assert (first.trials, second.trials) == (2, 5)
    assert shares == [0.6, 0.8, 1.0]
    assert second.preset.value >= first.preset.value
    rows = read_rows(out / "trials.parquet")
    assert max(row["value"] for row in rows) == second.preset.value
    assert {"report.html", "history.png", "study.sqlite3"} <= {file.name for file in out.iterdir()}


def test_a_trial_whose_process_was_killed_does_not_count(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Optuna writes down what it catches; a killed process writes nothing."""

    search = Search(source, tmp_path / "study", ("knn",), trials=3)
    tune(replace(search, trials=1))
    with monkeypatch.context() as patch:
        patch.setattr(tune_module, "measure", MagicMock(side_effect=Killed))
        with pytest.raises(Killed):
            tune(search)
    found = tune(search)
    assert (found.trials, found.pruned) == (3, 0)
    assert [row["state"] for row in read_rows(tmp_path / "study" / "trials.parquet")] == ["complete"] * 3


@pytest.mark.parametrize(
    ("model", "limits"),
    [
        ("bpr", {"epochs": 1}),
        ("snn", {"epochs": 1}),
        ("bert4rec", {"epochs": 1, "dim": 4, "heads": 2, "layers": 1}),
    ],
)
def test_every_model_can_be_tuned(
    source: Path, tmp_path: Path, model: str, limits: dict[str, float | int | str]
) -> None:
    found = tune(Search(source, tmp_path, (model,), trials=1, limits=tuple(limits.items())), silent)
    assert found.preset.model == model
    assert limits.items() <= found.preset.settings.items()


def test_trials_that_fall_behind_are_given_up(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Learning curves are made up here: whether a real one falls behind is a matter of luck."""
    measured = []

    def measure(experiment, *_parts, watch, **_options):
        measured.append(experiment)
        quality = 1.0 if len(measured) <= 5 else 0.1
        for epoch in range(6):
            watch(epoch, quality * epoch)
        return SimpleNamespace(figures={"HitRate@5": metrics.Figure(quality, 0, 1)})

    monkeypatch.setattr(tune_module, "measure", measure)
    limits = (("epochs", 6),)
    search = Search(source, tmp_path / "study", ("snn",), ("none",), 8, "HitRate@5", limits=limits)
    found = tune(search, lambda _share, _doing: None)
    assert (found.trials, found.pruned) == (8, 3)
    assert found.preset.settings["epochs"] == 6


def test_tuned_settings_are_kept_and_used_by_name(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path / "home"))
    files = ["--interactions", str(source), "--json"]
    tuned = run(["lab", "tune", *files, "--out", str(tmp_path / "t"), "--name", "mine", "--trials", "2"])
    best = json.loads(capsys.readouterr().out)["best"]
    assert tuned == 0
    assert run(["lab", "evaluate", *files, "--out", str(tmp_path / "e"), "--preset", "mine"]) == 0
    rows = json.loads(capsys.readouterr().out)["results"]
    assert json.loads(rows[1]["settings"]) == best["settings"]
    assert run(["lab", "evaluate", *files, "--out", str(tmp_path / "e"), "--preset", "yours"]) == 2
    assert "no settings named yours" in capsys.readouterr().err


def test_settings_need_a_name_that_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="cannot be a name"):
        Presets(tmp_path).keep("../away", Preset("knn", "none", {}, "NDCG@10", 0.1))


def test_nothing_to_tune_gets_a_sentence(source: Path, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="nothing to tune in popularity"):
        tune(Search(source, tmp_path, ("popularity",)), lambda _share, _doing: None)
    with pytest.raises(LabError, match="no metric"):
        tune(Search(source, tmp_path, ("knn",), metric="Beauty@10"), lambda _share, _doing: None)
