"""Estimates move the way their definitions say, stay in 0..1, and fill in what an older version left out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.analysis.descriptors import ESTIMATES, Known, estimate
from soniq_desktop.analysis.estimates import TAGGER, fill, with_estimates
from soniq_desktop.library.records import Embedding, Features
from soniq_desktop.models.musicnn_tags import MSD_TAGS
from tests.catalogue_fixtures import listening, open_catalogue, scanned

scores = st.lists(st.floats(0, 1), min_size=50, max_size=50)


def known(tags, **values):
    columns = {"energy": 0.5, "tempo": 110.0, "tempo_confidence": 0.6, "onset_rate": 3.0}
    columns |= {"key_confidence": 0.5, "minor": 0.0} | values
    named = {name: np.array([value]) for name, value in zip(MSD_TAGS, tags, strict=True)}
    return Known(named, **{name: np.array([np.nan if v is None else v]) for name, v in columns.items()})


def of(name, tags, **values):
    return float(ESTIMATES[name](known(tags, **values))[0])


@settings(max_examples=60, deadline=None)
@given(tags=scores, energy=st.none() | st.floats(0, 1), tempo=st.none() | st.floats(40, 220))
def test_all_estimates_lie_between_0_and_1(tags, energy, tempo):
    for values in estimate(known(tags, energy=energy, tempo=tempo)).values():
        assert 0 <= values[0] <= 1


@settings(max_examples=30, deadline=None)
@given(tags=scores, more=st.floats(0.05, 1))
@pytest.mark.parametrize(
    ("name", "tag", "sign"),
    [
        ("danceability", "dance", 1), ("danceability", "ambient", -1),
        ("acousticness", "acoustic", 1), ("acousticness", "electronic", -1),
        ("instrumentalness", "instrumental", 1), ("instrumentalness", "female vocalists", -1),
        ("valence", "happy", 1), ("valence", "sad", -1),
        ("speechiness", "Hip-Hop", 1), ("speechiness", "instrumental", -1),
    ],
)  # fmt: skip
def test_a_tag_moves_its_estimate_one_way(name, tag, sign, tags, more):
    raised = list(tags)
    raised[MSD_TAGS.index(tag)] = min(1.0, tags[MSD_TAGS.index(tag)] + more)
    assert sign * (of(name, raised) - of(name, tags)) >= -1e-12


@pytest.mark.parametrize(
    ("name", "field", "low", "high", "sign"),
    [
        ("danceability", "tempo_confidence", 0.1, 0.9, 1), ("danceability", "energy", 0.1, 0.9, 1),
        ("danceability", "tempo", 60.0, 118.0, 1), ("danceability", "tempo", 118.0, 200.0, -1),
        ("acousticness", "energy", 0.1, 0.9, -1), ("valence", "minor", 0.0, 1.0, -1),
        ("valence", "energy", 0.1, 0.9, 1), ("speechiness", "key_confidence", 0.0, 0.9, -1),
    ],
)  # fmt: skip
def test_a_measured_value_moves_its_estimate_one_way(name, field, low, high, sign):
    tags = [0.1] * 50
    assert sign * (of(name, tags, **{field: high}) - of(name, tags, **{field: low})) > 0


def test_no_tempo_is_less_danceable_than_a_steady_one():
    tags = [0.1] * 50
    assert of("danceability", tags, tempo=None, tempo_confidence=None) < of("danceability", tags)


def test_a_track_without_tags_has_no_estimates():
    features = Features(2, energy=0.5)
    assert with_estimates(features, ()) == features
    other = Embedding("other", 1, np.ones(4, np.float32), np.ones(50, np.float32))
    assert with_estimates(features, (other,)) == features


def test_tracks_heard_by_an_older_version_get_theirs_from_the_stored_tags(tmp_path):
    rng = np.random.default_rng(1)
    tagged = Embedding(
        TAGGER.name,
        TAGGER.version,
        rng.random(TAGGER.dim).astype(np.float32),
        rng.random(50).astype(np.float32),
    )
    with open_catalogue(tmp_path) as catalogue:
        old, bare = catalogue.store_scanned([scanned("/music/a"), scanned("/music/b")])
        catalogue.store_listening(old, replace(listening("a"), embeddings=(tagged,)))
        catalogue.store_listening(bare, replace(listening("b"), embeddings=()))
        assert fill(catalogue) == 1
        features = catalogue.track(old).features
        expected = with_estimates(replace(features, danceability=None), (tagged,))
        for name in ESTIMATES:
            assert getattr(features, name) == pytest.approx(getattr(expected, name), abs=1e-6)
        assert catalogue.track(bare).features.danceability is None
        assert fill(catalogue) == 0
