"""The tour from end to end, over two real pieces: what a stranger without a display sees first."""

import json
import shutil
from pathlib import Path

import pytest

from soniq_desktop.cli import main, work
from soniq_desktop.common.paths import Paths
from soniq_desktop.demo import worker
from soniq_desktop.demo.programme import ENTRIES

STYLES = ("electronic:chip", "classical:chorale", "beats:reggae")


@pytest.fixture
def short_programme(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three composed pieces stand in for the whole demo library; returns their titles."""

    def compose(folder: Path, **_options: object) -> bool:
        for number, entry in enumerate(ENTRIES):
            if entry.style in STYLES:
                worker.compose({"index": number, "folder": str(folder), "stems": False})
        return True

    monkeypatch.setattr(work, "compose", compose)
    return [entry.title for entry in ENTRIES if entry.style in STYLES]


@pytest.mark.slow
def test_the_tour_listens_compares_and_draws_the_window(
    short_programme: list[str], tmp_path: Path, capsys: pytest.CaptureFixture, paths: Paths
) -> None:
    folder = tmp_path / "tour"
    assert main(["tour", "--folder", str(folder), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result == json.loads((folder / "tour.json").read_text())
    heard = {track["title"]: track for track in result["tracks"]}
    assert sorted(heard) == sorted(short_programme)
    assert heard["Coin-Fed Comet"]["tempo"] == pytest.approx(150, rel=0.02)
    assert heard["Coin-Fed Comet"]["key"] == "C"
    assert all(len(track["tags"]) == 3 for track in heard.values())
    assert all(len(others) == 2 for others in result["similar"].values())
    assert [entry["right"] for entry in result["identified"]] == [True] * 3
    rooms = {"window-06-for_you.png", "window-07-wormhole.png", "window-09-galaxy.png"}
    assert {"window-01-songs.png", "window-05-player.png"} | rooms <= set(result["pictures"])
    assert all((folder / name).stat().st_size > 20_000 for name in result["pictures"])
    assert not paths.catalogue.exists(), "the tour touched the user's library"


def test_scan_and_demo_leave_a_library_that_search_finds(
    short_programme: list[str], capsys: pytest.CaptureFixture, paths: Paths
) -> None:
    assert main(["demo", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["added"]
    assert main(["search", "coin", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tracks"][0]["state"] == "listened"
    shutil.rmtree(paths.demo)
    assert main(["scan", "--no-listen", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["scan"]["absent"] == [str(paths.demo)]
    assert report["library"]["tracks"] == 3, "a folder that is away takes no track from the library"
