"""`soniq persona` and `soniq history`, in this process."""

import json

import pytest

from soniq_desktop.cli import main
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.persona.listeners import KINDS
from tests.catalogue_fixtures import scanned
from tests.persona_fixtures import fill


@pytest.fixture
def catalogue(paths, monkeypatch):
    monkeypatch.setenv("SONIQ_HOME", str(paths.data))
    with Catalogue(paths.catalogue) as opened:
        yield opened


def printed(capsys, *arguments: str) -> dict:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_portrait_as_json_and_in_words(catalogue, capsys):
    fill(catalogue, songs=200, events=2_000, days=300, habits=KINDS["Explorer"])
    data = printed(capsys, "persona")
    assert sum(data["archetype"]["shares"].values()) == pytest.approx(1, abs=0.001)
    low, high = data["entropy"]["interval_90"]
    assert low < data["entropy"]["normalised"] < high
    assert main(["persona"]) == 0
    out = capsys.readouterr().out
    assert data["archetype"]["name"] in out
    assert "90 % interval" in out


def test_a_date_narrows_it_and_nonsense_is_refused(catalogue, capsys):
    fill(catalogue, songs=200, events=2_000, days=300)
    everything = printed(capsys, "persona")
    assert printed(capsys, "persona", "--since", "2999-01-01")["plays"] == 0
    some = printed(capsys, "persona", "--since", everything["to"])
    assert some["plays"] < everything["plays"]
    assert main(["persona", "--since", "yesterday"]) == 2
    assert "is no date" in capsys.readouterr().err


def test_too_few_plays_are_said(catalogue, capsys):
    catalogue.add_folder("/music")
    assert main(["persona"]) == 0
    assert "50 plays more are needed" in capsys.readouterr().err


def test_history_in_and_out(catalogue, capsys, tmp_path):
    catalogue.store_scanned([scanned("/music/1", title="Only", artist="One", duration=200.0)])
    file = tmp_path / "history.csv"
    file.write_text("artist,title,timestamp\nOne,Only,1700000000\nTwo,Other,1700000500\n")
    report = printed(capsys, "history", "import", str(file))
    assert (report["added"], report["unmatched"]) == (1, 1)
    assert report["not_in_library"] == [{"artist": "Two", "title": "Other", "plays": 1}]
    assert main(["history", "import", str(file)]) == 0
    assert "0 added, 1 known already" in capsys.readouterr().out
    assert printed(capsys, "history", "export", str(tmp_path / "out.json"))["plays"] == 1
    assert json.loads((tmp_path / "out.json").read_text())["plays"][0]["title"] == "Only"


def test_a_file_that_is_no_history_is_refused(catalogue, capsys, tmp_path):
    (tmp_path / "x.txt").write_text("hello")
    assert main(["history", "import", str(tmp_path / "x.txt")]) == 2
    assert "no listening history" in capsys.readouterr().err
    assert main(["history", "import", str(tmp_path / "gone.csv")]) == 2
