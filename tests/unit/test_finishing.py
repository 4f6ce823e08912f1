"""How likely a song is finished: learned from the past, shown with enough evidence only."""

from dataclasses import replace

import numpy as np
import pytest

from soniq_desktop.discovery import finishing
from soniq_desktop.discovery.finishing import (
    Evidence,
    auc,
    calibration_error,
    fit,
    known_endings,
    logistic,
    remembered,
    told_before,
)
from soniq_desktop.lab.simulated import RANDOM, Ways
from tests.hybrid_fixtures import listener, sounds

LIBRARY = sounds()
PICKY = Ways(picky=8.0, sessions=2.0, repeat=0.0, habit=0.0, focus=2.0)


def test_a_picky_listener_is_told_apart_from_a_random_one() -> None:
    model, evidence = fit(LIBRARY, listener(LIBRARY, PICKY))
    assert model is not None
    assert evidence.shown
    assert evidence.auc > 0.65
    assert evidence.error < 0.1
    shown = [fit(LIBRARY, listener(LIBRARY, RANDOM, seed))[1].shown for seed in range(6)]
    assert not any(shown)


def test_songs_that_are_liked_have_a_higher_chance() -> None:
    columns = listener(LIBRARY, PICKY)
    model, _ = fit(LIBRARY, columns)
    assert model is not None
    memory = remembered(LIBRARY, columns)
    chances = model.chances(memory.features(np.arange(len(LIBRARY)), float(columns.started[-1]) + 600))
    often = memory.heard >= 3
    rate = memory.finished[often] / memory.heard[often]
    assert np.corrcoef(rate, chances[often])[0, 1] > 0.5
    assert ((chances > 0) & (chances < 1)).all()


def test_little_data_shows_nothing() -> None:
    columns = listener(LIBRARY, PICKY, days=5)
    model, evidence = fit(LIBRARY, columns)
    assert model is None
    assert not evidence.shown
    everything = replace(listener(LIBRARY, PICKY), ended=np.zeros_like(listener(LIBRARY, PICKY).ended))
    assert fit(LIBRARY, everything)[0] is None


def test_plays_without_a_known_ending_do_not_count() -> None:
    columns = replace(listener(LIBRARY, PICKY), source_names=("Last.fm",))
    assert not known_endings(columns, LIBRARY).any()
    assert fit(LIBRARY, columns)[1] == Evidence(0, 0)


def test_features_know_nothing_of_the_play_itself_and_what_follows() -> None:
    columns = listener(LIBRARY, PICKY, days=30)
    mask = known_endings(columns, LIBRARY)
    whole = told_before(LIBRARY, columns, mask)
    turned = replace(columns, ended=np.where(np.arange(len(mask)) >= 100, 2 - columns.ended, columns.ended))
    assert np.array_equal(told_before(LIBRARY, turned, mask)[:101], whole[:101], equal_nan=True)
    assert not np.array_equal(told_before(LIBRARY, turned, mask)[101:], whole[101:], equal_nan=True)


def test_unknown_features_do_no_harm() -> None:
    columns = listener(LIBRARY, PICKY)
    model, _ = fit(LIBRARY, columns)
    assert model is not None
    assert np.isfinite(model.chances(np.full((3, len(finishing.FEATURES)), np.nan))).all()


@pytest.mark.parametrize("seed", range(4))
def test_the_area_under_the_curve_is_that_of_all_pairs(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores, positive = random.integers(0, 8, 60) / 8, random.random(60) < 0.5
    pairs = scores[positive][:, None] - scores[~positive][None]
    assert auc(scores, positive) == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean())
    assert np.isnan(auc(scores, np.ones(60, bool)))


def test_logistic_finds_the_weights_that_made_the_data() -> None:
    random = np.random.default_rng(0)
    design = np.column_stack([random.standard_normal((20_000, 2)), np.ones(20_000)])
    true = np.array([1.0, -0.5, 0.3])
    positive = random.random(20_000) < 1 / (1 + np.exp(-design @ true))
    assert np.abs(logistic(design, positive, 1.0) - true).max() < 0.1


def test_calibration_error_is_the_gap_between_chance_and_share() -> None:
    finished = np.arange(1000) % 2 == 0
    assert calibration_error(np.full(1000, 0.5), finished) < 1e-9
    assert calibration_error(np.full(1000, 0.9), finished) == pytest.approx(0.4)


def test_a_chance_carries_its_evidence() -> None:
    words = Evidence(1640, 100, 0.71, 0.6, 0.03).words(0.784)
    assert words == ("78\u202f%", "from 1,640 plays, AUC 0.71")
