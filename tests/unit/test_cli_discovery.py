"""`soniq similar`, `radio` and `recommend`: reasons, filters, JSON and plain sentences."""

import json

import numpy as np
import pytest

from soniq_desktop.cli import main
from soniq_desktop.cli.discovery import between
from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.common.paths import Paths
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.discovery.facets import FACETS
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Embedding, Features, Listening, Waveform
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from tests.discovery_fixtures import add_track

GENRES = ("Jazz", "Techno")


@pytest.fixture
def home(paths: Paths) -> list[int]:
    """Twelve tracks of two genres, half of them at 90 BPM and half at 130."""
    spec, random = embedder_spec(DEFAULT_EMBEDDER), np.random.default_rng(0)
    nothing = np.zeros(4, np.uint8)
    ids = []
    with Catalogue(paths.catalogue, waveforms=paths.waveforms) as catalogue:
        for number in range(12):
            vector = random.standard_normal(spec.dim) + 3 * np.eye(spec.dim)[number % 2]
            genre = GENRES[number % 2]
            track_id = add_track(
                catalogue, f"{number}.flac", None, title=f"Kite {number}", artist=f"A{number}", genre=genre
            )
            features = Features(
                version=FEATURES_VERSION, tempo=(90.0, 130.0)[number % 2] + number / 4, tempo_confidence=0.9,
                key=number,
                mode="minor", key_confidence=0.9, energy=number / 12, loudness=-10.0, onset_rate=4.0,
            )  # fmt: skip
            embedding = Embedding(
                spec.name, spec.version, vector.astype(np.float32), random.random(50).astype(np.float32)
            )
            waveform = Waveform(nothing, nothing, nothing, np.zeros(4, np.float32))
            ids.append(
                catalogue.store_listening(
                    track_id, Listening(f"{number:032x}", 200.0, features, waveform, (embedding,))
                )
            )
    return ids


def ask(capsys: pytest.CaptureFixture, *arguments: str) -> dict:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_similar_gives_reasons_and_shares(home: list[int], capsys: pytest.CaptureFixture) -> None:
    found = ask(capsys, "similar", str(home[0]), "-k", "4")["similar"]
    assert len(found) == 4
    assert [each["score"] for each in found] == sorted((each["score"] for each in found), reverse=True)
    for each in found:
        assert each["reason"]
        assert set(each["facets"]) == set(FACETS)
        assert set(each["named"]) <= set(FACETS)


def test_similar_filters(home: list[int], capsys: pytest.CaptureFixture) -> None:
    techno = ask(capsys, "similar", str(home[0]), "--genre", "techno")["similar"]
    assert {each["genre"] for each in techno} == {"Techno"}
    slow = ask(capsys, "similar", str(home[0]), "--tempo", "80-100")["similar"]
    assert slow
    assert all(80 <= each["tempo"] <= 100 for each in slow)
    nothing = ask(capsys, "similar", str(home[0]), "--genre", "polka")
    assert nothing["similar"] == []
    assert nothing["notice"] == "Nothing in the library fits."


def test_radio_goes_on_from_several_seeds_without_repeats(
    home: list[int], capsys: pytest.CaptureFixture
) -> None:
    found = ask(capsys, "radio", str(home[0]), "/music/1.flac", "-n", "20")
    ids = [each["id"] for each in found["tracks"]]
    assert sorted(ids) == home[2:]
    assert found["notice"] == "Only 10 of 20: nothing else fits."


def test_recommend_says_that_it_knows_no_taste(home: list[int], capsys: pytest.CaptureFixture) -> None:
    found = ask(capsys, "recommend", "-n", "5")
    assert "does not know your taste yet" in found["notice"]
    assert len(found["tracks"]) == 5
    assert main(["recommend", "-n", "5"]) == 0
    assert "For you" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["similar", "radio"])
def test_a_track_that_is_not_there_is_a_plain_sentence(
    home: list[int], capsys: pytest.CaptureFixture, command: str
) -> None:
    assert main([command, "polka"]) == 2
    assert capsys.readouterr().err.strip() == "No track in the library matches “polka”."


def test_ranges_are_read_and_refused() -> None:
    assert between("120-130", "tempo") == between("130 – 120", "tempo") == (120, 130)
    assert between("1999", "year") == (1999, 1999)
    with pytest.raises(NotFoundError, match="“fast” is no range of the tempo"):
        between("fast", "tempo")
