"""BeatNet's port against the outputs of the package's own network, and what it hears."""

from pathlib import Path

import numpy as np
import pytest

from models.beatnet.convert import features
from soniq_desktop.analysis.beats_front import FRAME_RATE, HOP, BeatFrontEnd, log_filters
from soniq_desktop.models.beatnet import Listener, load_beatnet
from tests.listening_fixtures import drums

REFERENCE = Path(__file__).parents[1] / "data" / "beatnet_reference.npz"


@pytest.fixture(scope="module")
def network():
    return load_beatnet()


def test_the_port_equals_the_original_network(network):
    with np.load(REFERENCE) as reference:
        expected = reference["activations"]
    found = Listener(network)(features())
    assert np.abs(found - expected).max() < 3e-3  # the rest is half precision
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.9999


def test_a_track_given_in_pieces_is_heard_alike(network):
    whole = Listener(network)(features())
    listener = Listener(network)
    pieces = [listener(part) for part in np.array_split(features(), [1, 40, 41, 333])]
    assert np.allclose(np.concatenate(pieces), whole, atol=1e-5)


def test_two_tracks_do_not_remember_each_other(network):
    first, second = (Listener(network)(features(50)) for _ in range(2))
    assert np.array_equal(first, second)


def test_the_front_end_has_the_shape_that_the_network_was_trained_on():
    filters = log_filters()
    assert filters.shape == (705, 136)
    assert np.allclose(filters.sum(axis=0), 1, atol=1e-5)
    assert (np.diff(filters.argmax(axis=0)) > 0).all()


@pytest.mark.parametrize("block", [1, 2, 7])
def test_blocks_of_any_size_make_the_same_features(block):
    mono = np.random.default_rng(3).standard_normal(30_011).astype(np.float32)
    front = BeatFrontEnd()
    whole = front.add(mono, last=True)
    assert len(whole) == -(-len(mono) // HOP)
    front = BeatFrontEnd()
    parts = [front.add(part) for part in np.array_split(mono, block)] + [front.add(mono[:0], last=True)]
    assert np.allclose(np.concatenate(parts), whole, atol=1e-5)


def test_a_click_shows_as_a_rise_at_its_time():
    mono = np.zeros(44_100, np.float32)
    mono[22_050:22_100] = 0.5
    rise = BeatFrontEnd().add(mono, last=True)[:, 136:].sum(axis=1)
    assert abs(int(rise.argmax()) / FRAME_RATE - 1.0) < 0.05


def test_nothing_gives_nothing():
    assert BeatFrontEnd().add(np.zeros(0, np.float32), last=True).shape == (0, 272)


def test_the_network_hears_a_beat(network):
    activation = Listener(network)(BeatFrontEnd().add(drums(120, 12), last=True)).sum(axis=1)
    on = activation[[round(t * FRAME_RATE) for t in np.arange(4, 11.5, 0.5)]]
    between = activation[[round(t * FRAME_RATE) for t in np.arange(4.25, 11.5, 0.5)]]
    assert on.mean() > 3 * between.mean()
