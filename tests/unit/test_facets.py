"""Facet similarities: bounds, symmetry, octaves, the wheel, and what is unknown."""

from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.common.music import compatible_keys
from soniq_desktop.discovery.facets import FACETS, WEIGHTS, compare, wheel_steps
from soniq_desktop.discovery.filters import Wanted, eligible, fitting
from tests.reasons_fixtures import NOW, Shelf, direction


@pytest.fixture
def shelf(tmp_path: Path):
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.catalogue.close()


def facet(shelf: Shelf, seed: int, other: int, name: str) -> float:
    sounds = shelf.store.current()
    values = compare(sounds, sounds.point(seed, "")).values
    return float(values[sounds.rows([other])[0], FACETS.index(name)])


def test_the_weights_are_a_whole_and_all_similarities_lie_between_0_and_1(shelf: Shelf) -> None:
    ids = shelf.crowd(40)
    sounds = shelf.store.current()
    assert pytest.approx(1, abs=1e-6) == float(WEIGHTS.sum())
    for track_id in ids:
        compared = compare(sounds, sounds.point(track_id, ""))
        assert (compared.values >= 0).all()
        assert (compared.values <= 1).all()
        assert int(np.argmax(compared.scores)) == int(sounds.rows([track_id])[0])


def test_timbre_is_symmetric_and_scores_are_what_the_contributions_sum_to(shelf: Shelf) -> None:
    ids = shelf.crowd(30)
    assert facet(shelf, ids[3], ids[7], "timbre") == pytest.approx(
        facet(shelf, ids[7], ids[3], "timbre"), 1e-5
    )
    sounds = shelf.store.current()
    compared = compare(sounds, sounds.point(ids[3], ""))
    lifted = compared.contributions(np.arange(30)).sum(axis=1) + compared.average
    assert lifted == pytest.approx(compared.scores, abs=1e-5)


def test_an_octave_of_tempo_is_near_and_another_tempo_is_not(shelf: Shelf) -> None:
    seed = shelf.add(direction(0), tempo=90.0)
    close, double, other = (shelf.add(direction(0), tempo=bpm) for bpm in (91.0, 180.0, 127.0))
    values = [facet(shelf, seed, each, "rhythm") for each in (close, double, other)]
    assert values[0] > values[1] > values[2] + 0.2


def test_an_uncertain_tempo_counts_less(shelf: Shelf) -> None:
    seed = shelf.add(direction(0), tempo=90.0)
    sure = shelf.add(direction(0), tempo=127.0, tempo_confidence=0.9)
    unsure = shelf.add(direction(0), tempo=127.0, tempo_confidence=0.05)
    assert facet(shelf, seed, unsure, "rhythm") > facet(shelf, seed, sure, "rhythm") + 0.1


def test_one_step_on_the_wheel_is_what_mixes() -> None:
    keys = np.repeat(np.arange(12.0), 2)
    minors = np.tile([0.0, 1.0], 12)
    for key in range(12):
        for mode in ("major", "minor"):
            near = wheel_steps(keys, minors, key, float(mode == "minor")) <= 1
            found = {
                (int(k), "minor" if m else "major") for k, m in zip(keys[near], minors[near], strict=True)
            }
            assert found == set(compatible_keys(key, mode))


def test_what_is_unknown_counts_as_the_average(shelf: Shelf) -> None:
    seed = shelf.add(direction(0))
    shelf.crowd(10)
    blank = shelf.add(
        None, tempo=None, onset_rate=None, key=None, mode=None, energy=None, loudness=None,
        loudness_range=None, brightness=None,
    )  # fmt: skip
    sounds = shelf.store.current()
    compared = compare(sounds, sounds.point(seed, ""))
    assert compared.values[sounds.rows([blank])[0]] == pytest.approx(compared.means, abs=1e-6)
    assert np.isfinite(compare(sounds, sounds.point(blank, "")).scores).all()


def test_a_vector_with_nan_is_as_none(shelf: Shelf) -> None:
    shelf.crowd(4)
    broken = shelf.add(np.full(8, np.nan))
    sounds = shelf.store.current()
    assert np.isnan(sounds.scales[sounds.rows([broken])[0]])
    assert np.isfinite(compare(sounds, sounds.point(broken, "")).scores).all()


def test_equal_tracks_are_all_equally_alike(shelf: Shelf) -> None:
    ids = [shelf.add(direction(0)) for _ in range(5)]
    sounds = shelf.store.current()
    assert np.ptp(compare(sounds, sounds.point(ids[0], "")).scores) < 1e-6


def test_local_scaling_lowers_a_hub(shelf: Shelf) -> None:
    """A hub in a dense place is, at one distance, less near than a track in a sparse one."""
    hub = shelf.add(direction(0))
    for axis in range(1, 8):
        for share in (0.2, 0.25):
            shelf.add(direction(0, axis, share))
    for axis in range(2, 8):
        for share in (0.7, 0.9):
            shelf.add(direction(1, axis, share))
    lonely = shelf.add(direction(1))
    seed = shelf.add(direction(0, 1, np.pi / 4))  # exactly between both
    assert facet(shelf, seed, lonely, "timbre") > facet(shelf, seed, hub, "timbre")


def test_the_store_takes_over_what_changed(shelf: Shelf) -> None:
    ids = shelf.crowd(5)
    assert len(shelf.store.current()) == 5
    shelf.catalogue.set_liked(ids[2], True)
    assert shelf.store.current().columns["liked"].tolist() == [0, 0, 1, 0, 0]
    new = shelf.add(direction(3))
    assert shelf.store.current().ids.tolist() == [*ids, new]
    assert shelf.store.current() is shelf.store.current()


def test_a_track_that_was_not_listened_to_is_refused_in_a_sentence(shelf: Shelf) -> None:
    with pytest.raises(NotFoundError, match="not listened to “Kite”"):
        shelf.store.current().point(77, "Kite")


def test_filters_keep_what_they_say(shelf: Shelf) -> None:
    seed = shelf.add(direction(0), year=1999, tempo=100.0)
    fits = shelf.add(direction(0), year=1990, tempo=120.0, key=4, mode="minor")
    late = shelf.add(direction(0), year=2005, tempo=121.0, key=4, mode="minor")
    clash = shelf.add(direction(0), year=1991, tempo=122.0, key=3, mode="minor")
    jingle = shelf.add(direction(0), year=1991, tempo=122.0, key=4, mode="minor", duration=4.0)
    shelf.play(late, days_ago=1)
    shelf.catalogue.mark_missing([jingle])
    sounds = shelf.store.current()

    def kept(wanted: Wanted) -> set[int]:
        mask = eligible(sounds, wanted, NOW) & fitting(sounds, wanted, sounds.point(seed, ""))
        return set(sounds.ids[mask].tolist())

    assert kept(Wanted()) == {seed, fits, late, clash}
    assert kept(Wanted(year=(1990, 1995))) == {fits, clash}
    assert kept(Wanted(tempo=(119, 121))) == {fits, late}
    assert kept(Wanted(compatible_key=True)) == {seed, fits, late}
    assert kept(Wanted(rested=3)) == {seed, fits, clash}
    assert kept(Wanted(liked=True)) == set()
    assert kept(Wanted(among=np.array([late, jingle]))) == {late}
