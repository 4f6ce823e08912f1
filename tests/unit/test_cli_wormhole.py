"""`soniq wormhole`: from words to a path, as a table, as JSON and as a playlist file."""

import json
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.cli import main
from soniq_desktop.common.paths import Paths
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.discovery.slerp import slerp
from soniq_desktop.library import listened
from soniq_desktop.library.catalogue import Catalogue, ScannedFile
from soniq_desktop.library.m3u import read_m3u
from soniq_desktop.library.records import Embedding, Features, Tags
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec

WORDS = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"]


@pytest.fixture
def home(paths: Paths) -> list[int]:
    """Eight tracks at equal steps on a great circle, and one not listened to, in the home of commands."""
    spec = embedder_spec(DEFAULT_EMBEDDER)
    axes = np.eye(spec.dim)
    vectors = slerp(axes[0], axes[1], np.linspace(0, 1, len(WORDS)))
    files = [
        ScannedFile(f"/music/{word}.flac", 1, 1, Tags(title=word.capitalize(), artist=f"The {word}s"))
        for word in (*WORDS, "unheard")
    ]
    with Catalogue(paths.catalogue, waveforms=paths.waveforms) as catalogue:
        numbers = catalogue.store_scanned(files)
        with catalogue.database.writing() as connection:
            for i, (number, vector) in enumerate(zip(numbers, vectors, strict=False)):
                features = Features(
                    version=FEATURES_VERSION, tempo=100.0 + 10 * i, key=9, mode="minor", energy=0.1 * i
                )
                embedding = Embedding(spec.name, spec.version, vector)
                listened.put_listening(connection, number, features, (embedding,))
    return numbers


def run(capsys: pytest.CaptureFixture, *arguments: str, code: int = 0) -> str:
    assert main(arguments) == code
    shown = capsys.readouterr()
    return shown.out if code == 0 else shown.err


def test_a_path_as_json(home: list[int], capsys: pytest.CaptureFixture) -> None:
    found = json.loads(run(capsys, "wormhole", "alpha", "hotel", "--length", "8", "--json"))
    assert [track["title"].lower() for track in found["tracks"]] == WORDS
    assert found["tracks"][0]["hop"] is None
    hop = found["tracks"][1]["hop"]
    assert hop["smoothness"] == pytest.approx(np.cos(np.pi / 14), abs=1e-5)
    assert (hop["tempo_change"], hop["key"], hop["energy_change"]) == (10.0, "same", 0.1)
    assert found["recipe"]["length"] == 8
    assert found["notices"] == []


def test_a_path_as_a_table(home: list[int], capsys: pytest.CaptureFixture) -> None:
    shown = run(capsys, "wormhole", str(home[0]), "/music/hotel.flac", "--length", "4", "--via", "bravo")
    assert "From “Alpha” to “Hotel”" in shown
    assert "Bravo" in shown
    assert "Mean smoothness" in shown


def test_a_path_as_a_playlist_file(home: list[int], capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    file = tmp_path / "path.m3u8"
    run(capsys, "wormhole", "alpha", "hotel", "--length", "8", "--m3u", str(file))
    assert [Path(line.path).stem for line in read_m3u(file)] == WORDS


def test_a_library_with_fewer_tracks_says_so(home: list[int], capsys: pytest.CaptureFixture) -> None:
    found = json.loads(run(capsys, "wormhole", "alpha", "hotel", "--artist-cap", "0", "--json"))
    assert len(found["tracks"]) == 8
    assert found["notices"] == [
        "The library has only 8 songs that SONIQ has listened to, so the path is shorter than 12."
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["alpha", "unheard"], "SONIQ has not listened to “Unheard” yet."),
        (["alpha", "polka"], "No track in the library matches “polka”."),
        (["alpha", "hotel", "--energy", "loud"], "“loud” is not an energy curve."),
        (
            ["alpha", "hotel", "--length", "4", "--via", "bravo", "--via", "delta", "--via", "echo"],
            "do not fit",
        ),
        (["alpha", "hotel", "--length", "3"], "A wormhole has 4 to 40 tracks, not 3."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    home: list[int], capsys: pytest.CaptureFixture, arguments: list[str], sentence: str
) -> None:
    assert sentence in run(capsys, "wormhole", *arguments, code=2)
