"""Reasons: every facet that is named carries the rank, and every clause is true."""

from pathlib import Path

import pytest

from soniq_desktop.discovery.facets import FACETS, WEIGHTS, compare
from soniq_desktop.discovery.filters import Wanted, eligible, fitting
from soniq_desktop.discovery.reasons import CLAUSES, THIN
from tests.reasons_fixtures import TAGS, Shelf, direction


@pytest.fixture
def shelf(tmp_path: Path):
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.catalogue.close()


def rank(shelf: Shelf, seed: int, other: int, without: tuple[str, ...]) -> int:
    """Place among everything eligible, by a plain sort."""
    sounds = shelf.store.current()
    point = sounds.point(seed, "")
    allowed = eligible(sounds, Wanted()) & fitting(sounds, Wanted(), point)
    allowed[sounds.rows([seed])] = False
    comparison = compare(sounds, point)
    kept = WEIGHTS * [name not in without for name in FACETS]
    scores = (comparison.values - comparison.offsets) @ kept
    row = sounds.rows([other])[0]
    return sorted(scores[allowed].tolist(), reverse=True).index(scores[row])


@pytest.mark.parametrize("seed", range(3))
def test_the_rank_falls_when_a_named_facet_is_taken_away(shelf: Shelf, seed: int) -> None:
    ids = shelf.crowd(60, seed)
    claims = 0
    for track_id in ids[:8]:
        for each in shelf.recommender.like(track_id, 8).tracks:
            named = each.reason.named
            for part in [named] if each.reason.joint else [(name,) for name in named]:
                claims += 1
                assert rank(shelf, track_id, each.track.id, part) > rank(shelf, track_id, each.track.id, ())
    assert claims > 60


def test_a_facet_that_all_tracks_share_is_no_reason(shelf: Shelf) -> None:
    seed = shelf.add(direction(0))
    for axis in range(1, 8):
        for share in (0.3, 0.6, 0.9):
            shelf.add(direction(0, axis, share), energy=0.1 * axis, onset_rate=0.5 * axis)
    for each in shelf.recommender.like(seed, 8).tracks:  # one tempo, key, loudness and mood for all
        assert "harmony" not in each.reason.named
        assert "mood" not in each.reason.named
        assert "key" not in each.reason.sentence


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("rhythm", {"tempo": 102.0}, f"+2{THIN}% tempo (102{THIN}BPM)"),
        ("rhythm", {"tempo": 94.0}, f"−6{THIN}% tempo (94{THIN}BPM)"),
        ("rhythm", {"tempo": 100.2}, f"same tempo (100{THIN}BPM)"),
        ("rhythm", {"tempo": 199.0}, f"double the tempo (199{THIN}BPM)"),
        ("rhythm", {"tempo": 50.0}, f"half the tempo (50{THIN}BPM)"),
        ("rhythm", {"tempo": 131.0}, "as many onsets (4.0 a second)"),
        ("rhythm", {"tempo": 100.0, "tempo_confidence": 0.1, "onset_rate": 9.0}, ""),
        ("harmony", {}, "same key (8A)"),
        ("harmony", {"key": 0, "mode": "major"}, "relative key (8B)"),
        ("harmony", {"key": 4}, "neighbouring key (9A)"),
        ("harmony", {"key": 3}, ""),
        ("harmony", {"key_confidence": 0.1}, ""),
        ("energy", {"loudness": -20.0, "brightness": 4000.0}, f"similarly medium energy (50{THIN}%)"),
        ("energy", {"energy": 0.9, "brightness": 4000.0}, f"as loud (−12.0{THIN}LUFS)"),
        ("energy", {"energy": 0.9, "loudness": -20.0}, f"as bright (1,500{THIN}Hz)"),
        ("energy", {"energy": 0.9, "loudness": -20.0, "brightness": 4000.0}, ""),
        ("mood", {}, "both rock, jazz, ambient by their tags"),
        ("mood", {"scores": (0, 0, 0, 1)}, ""),
    ],
)
def test_clauses_say_what_was_measured(shelf: Shelf, name: str, known: dict, said: str) -> None:
    seed = shelf.add(direction(0), tempo=100.0)
    other = shelf.add(direction(1), **{"tempo": 100.0, **known})
    sounds = shelf.store.current()
    row = int(sounds.rows([other])[0])
    assert CLAUSES[name](sounds, sounds.point(seed, ""), row, TAGS) == said


def test_an_uncertain_key_is_not_stated(shelf: Shelf) -> None:
    seed = shelf.add(direction(0), key_confidence=0.1)
    shelf.crowd(20)
    shelf.add(direction(1))
    assert all("key" not in each.reason.sentence for each in shelf.recommender.like(seed, 20).tracks)


def test_shares_are_a_whole(shelf: Shelf) -> None:
    ids = shelf.crowd(30)
    for each in shelf.recommender.like(ids[0], 10).tracks:
        assert sum(each.reason.shares.values()) == pytest.approx(1, abs=1e-5)
        assert set(each.reason.similarities) == set(FACETS)


def test_where_nothing_decides_nothing_is_claimed(shelf: Shelf) -> None:
    ids = [shelf.add(direction(0)) for _ in range(4)]
    found = shelf.recommender.like(ids[0], 3).tracks
    assert all(each.reason.named == () for each in found)
    assert all("no single quality decides" in each.reason.sentence for each in found)
