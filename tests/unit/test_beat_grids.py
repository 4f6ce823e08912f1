"""Beat grids in the library: packed, kept by sound, read at the octave that the user counts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.beat_grids import at_tempo, doubled, halved, pack, unpack
from soniq_desktop.library.records import BeatGrid, Features, Filters, TrackQuery
from tests.catalogue_fixtures import digest, listening, open_catalogue, scanned, unhurried


@pytest.fixture
def catalogue(tmp_path):
    with open_catalogue(tmp_path) as opened:
        yield opened


def grid(bpm=120.0, count=64, meter=4, first=0):
    beats = (0.5 + np.arange(count) * 60 / bpm).astype(np.float32)
    return BeatGrid(beats, (np.arange(count) - first) % meter == 0, 0.8, meter)


def heard(catalogue, name="a", **changes):
    (track_id,) = catalogue.store_scanned([scanned(f"/music/{name}")])
    catalogue.store_listening(track_id, replace(listening("song", tempo=120.0), beats=grid(), **changes))
    return track_id


@unhurried
@given(
    steps=st.lists(st.floats(0.05, 31.0), min_size=1, max_size=80),
    bars=st.integers(1, 7),
)
def test_packing_keeps_times_to_a_millisecond_and_every_downbeat(steps, bars):
    beats = np.cumsum(steps).astype(np.float32)
    given_ = BeatGrid(beats, np.arange(len(beats)) % bars == 0, 1.0, 4)
    times, downbeats = unpack(pack(given_))
    assert np.abs(times - beats).max() < 1.5e-3
    assert np.array_equal(downbeats, given_.downbeats)


def test_a_grid_takes_less_than_two_bytes_a_beat():
    jitter = np.random.default_rng(0).normal(0, 0.003, 500)
    beats = np.sort(grid(count=500).beats + jitter).astype(np.float32)
    assert len(pack(BeatGrid(beats, np.arange(500) % 4 == 0, 1.0, 4))) < 1_000


def test_beats_too_far_apart_are_refused():
    with pytest.raises(ValueError, match="32 s"):
        pack(BeatGrid(np.array([0, 40], np.float32), np.ones(2, bool), 1.0, 4))


@pytest.mark.parametrize("first", [0, 1, 2, 3])
@pytest.mark.parametrize("meter", [3, 4])
def test_twice_the_tempo_has_bars_of_as_many_beats(meter, first):
    twice = doubled(grid(meter=meter, first=first))
    assert np.allclose(np.diff(twice.beats), 0.25, atol=1e-4)
    places = np.flatnonzero(twice.downbeats)
    assert set(np.diff(places)) == {meter}
    assert twice.downbeats[2 * first]


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_half_the_tempo_keeps_beats_that_begin_bars(first):
    half = halved(grid(first=first))
    assert np.allclose(np.diff(half.beats), 1.0, atol=1e-4)
    downbeats = half.beats[half.downbeats]
    assert np.isin(downbeats, grid(first=first).beats[grid(first=first).downbeats]).all()
    assert set(np.diff(np.flatnonzero(half.downbeats))) == {4}


@given(bpm=st.floats(20, 400))
def test_any_tempo_is_read_at_the_nearest_octave(bpm):
    read = at_tempo(grid(120.0, 200), bpm)
    own = 60 / np.median(np.diff(read.beats))
    assert abs(np.log2(bpm / own)) <= 0.5 + 1e-6 or own in (pytest.approx(30), pytest.approx(480))


def test_the_grid_of_a_track_comes_back(catalogue):
    track_id = heard(catalogue)
    found = catalogue.beat_grid(track_id)
    assert np.allclose(found.beats, grid().beats, atol=1e-3)
    assert (found.confidence, found.beats_per_bar) == (0.8, 4)
    assert catalogue.beat_grid(99) is None


def test_a_copy_of_the_sound_has_the_same_grid(catalogue):
    heard(catalogue)
    (copy,) = catalogue.store_scanned([scanned("/music/copy")])
    assert catalogue.beat_grid(copy) is None
    catalogue.copy_listening(copy, digest("song"))
    assert catalogue.beat_grid(copy) is not None


def test_listening_again_without_a_steady_beat_takes_the_grid_away(catalogue):
    track_id = heard(catalogue)
    catalogue.store_listening(track_id, replace(listening("song"), beats=None))
    assert catalogue.beat_grid(track_id) is None


def test_a_correction_scales_tempo_and_grid_and_survives_listening_again(catalogue):
    track_id = heard(catalogue)
    catalogue.set_correction(track_id, "tempo", 60.0)
    for _ in range(2):
        track = catalogue.track(track_id)
        assert (track.features.tempo, track.features.tempo_alternative) == (60.0, 120.0)
        assert track.tempo_corrected == 60.0
        assert np.median(np.diff(catalogue.beat_grid(track_id).beats)) == pytest.approx(1.0, abs=1e-3)
        slow = TrackQuery(filters=Filters(tempo=(50, 70)))
        assert catalogue.track_ids(slow).tolist() == [track_id]
        catalogue.store_listening(track_id, replace(listening("song", tempo=120.0), beats=grid()))
    catalogue.set_correction(track_id, "tempo", None)
    assert catalogue.track(track_id).features.tempo == 120.0
    assert catalogue.track(track_id).tempo_corrected is None
    assert np.median(np.diff(catalogue.beat_grid(track_id).beats)) == pytest.approx(0.5, abs=1e-3)


def test_a_correction_comes_back_with_its_folder(catalogue):
    track_id = heard(catalogue)
    catalogue.set_correction(track_id, "tempo", 60.0)
    catalogue.remove_folder("/music")
    again = heard(catalogue)
    assert catalogue.track(again).features.tempo == 60.0


def test_tidying_forgets_grids_that_nobody_has(catalogue):
    track_id = heard(catalogue)
    catalogue.tidy()
    assert catalogue.beat_grid(track_id) is not None
    catalogue.remove_folder("/music")
    catalogue.tidy()
    with catalogue.database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM beat_grids").fetchone()[0] == 0


def test_estimates_are_filters(catalogue):
    low, high, unknown = catalogue.store_scanned([scanned(f"/music/{name}") for name in "lhu"])
    for track_id, name, value in ((low, "l", 0.1), (high, "h", 0.9), (unknown, "u", None)):
        features = Features(FEATURES_VERSION, danceability=value)
        catalogue.store_listening(track_id, replace(listening(name), features=features))
    query = TrackQuery(filters=Filters(danceability=(0.5, 1.0)))
    assert catalogue.track_ids(query).tolist() == [high]
    assert catalogue.track(high).features.danceability == 0.9


def test_damaged_data_are_no_grid(catalogue):
    track_id = heard(catalogue)
    with catalogue.database.writing() as connection:
        connection.execute("UPDATE beat_grids SET grid = X'00FF'")
    assert catalogue.beat_grid(track_id) is None
