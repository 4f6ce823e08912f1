"""What the user teaches: gains on labels that were not seen, or nothing changes."""

import numpy as np
import pytest

from soniq_desktop.analysis.genre.probe import Labels, adapted, log_loss, refit, right
from soniq_desktop.analysis.genre.unsure import entropy, worth_asking
from tests.genre_fixtures import small_head, vectors_of


def labels(count: int, seed: int, shift: int = 0) -> Labels:
    families = np.random.default_rng(seed).integers(0, 12, count)
    return Labels(
        vectors_of(families, seed, shift), np.zeros((count, 12)), families, np.ones(count), np.arange(count)
    )


def test_a_library_that_sounds_otherwise_is_learned_and_the_gain_is_held_out() -> None:
    head, known, later = small_head(), labels(150, 1, shift=1), labels(300, 2, shift=1)
    taught = refit(head, known)
    assert taught is not None
    assert taught.taught
    assert taught.right_after > taught.right_before + 0.3
    fresh = right(taught.head.probabilities(later.vectors, later.base), later)
    assert fresh == pytest.approx(taught.right_after, abs=0.12)  # the promised gain is what comes


def test_a_few_labels_do_not_spoil_what_was_good() -> None:
    head, good = small_head(), labels(400, 5)
    result = refit(head, labels(12, 3))
    assert result is not None
    assert (
        right(result.head.probabilities(good.vectors, good.base), good)
        > right(head.probabilities(good.vectors, good.base), good) - 0.02
    )


def test_too_few_labels_are_not_learned_from() -> None:
    assert refit(small_head(), labels(7, 1)) is None


def test_a_strong_prior_changes_nothing() -> None:
    head, known = small_head(), labels(30, 1, shift=3)
    assert np.allclose(adapted(head, known, 1e9).weight, head.weight, atol=1e-4)


def test_fitting_lowers_the_loss_on_what_was_seen() -> None:
    head, known = small_head(), labels(100, 1, shift=2)
    before = log_loss(head.probabilities(known.vectors, known.base), known)
    assert log_loss(adapted(head, known, 1.0).probabilities(known.vectors, known.base), known) < 0.5 * before


def test_calibration_holds_predictions_that_did_not_see_their_label() -> None:
    known = labels(150, 1, shift=1)
    result = refit(small_head(), known)
    assert result is not None
    seen = result.head.probabilities(known.vectors, known.base)
    unseen = result.calibration.probabilities
    assert log_loss(unseen, known) > log_loss(seen, known)


def test_entropy_is_one_where_everything_is_as_likely() -> None:
    assert entropy(np.array([[0.25] * 4, [1.0, 0, 0, 0]])) == pytest.approx([1.0, 0.0], abs=1e-6)


def test_the_inbox_asks_for_uncertain_tracks_that_stand_for_others_and_not_for_twins() -> None:
    random = np.random.default_rng(1)
    crowd = np.array([1.0, 0, 0]) + random.standard_normal((50, 3)) * 0.05
    second = np.array([0, 1.0, 0]) + random.standard_normal((30, 3)) * 0.05
    loner = np.array([[0, 0, 1.0]])
    vectors = np.vstack([crowd, second, loner])
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    sure, unsure = np.array([0.98, 0.01, 0.01]), np.array([0.4, 0.35, 0.25])
    probabilities = np.tile(sure, (81, 1))
    probabilities[[3, 4, 55, 80]] = unsure
    chosen = worth_asking(probabilities, vectors, 3).tolist()
    assert chosen[0] in (3, 4)
    assert chosen[1] == 55
    assert 80 in (chosen[2], 80)
    assert len(set(chosen)) == 3


def test_the_inbox_of_an_empty_library_is_empty() -> None:
    assert len(worth_asking(np.zeros((0, 12)), np.zeros((0, 3), np.float32), 5)) == 0
