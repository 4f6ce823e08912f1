"""Landmarks: where the peaks are, what the hashes say, and that cutting the sound changes nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.fingerprint import layout
from soniq_desktop.fingerprint.hashes import hash_pairs, pair
from soniq_desktop.fingerprint.landmarks import Fingerprinter, fingerprint
from soniq_desktop.fingerprint.layout import BIN_HERTZ, FRAME_SECONDS, HASH_BITS, SAMPLE_RATE, hertz_of
from soniq_desktop.fingerprint.peaks import Peaks
from soniq_desktop.fingerprint.records import Fingerprint
from soniq_desktop.fingerprint.spectrum import centred, log_power, sliding_maximum, whiten
from tests.engine_fixtures import melody


def same(one: Fingerprint, other: Fingerprint) -> bool:
    arrays = ("peak_times", "peak_bins", "hashes", "hash_times")
    return one.frames == other.frames and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays
    )


def share(one: Fingerprint, other: Fingerprint) -> float:
    """Share of the hashes of `one` that `other` has at the same time."""
    first = set(zip(one.hashes.tolist(), one.hash_times.tolist(), strict=True))
    return len(first & set(zip(other.hashes.tolist(), other.hash_times.tolist(), strict=True))) / len(first)


SONG = melody(1, 75.0)
WHOLE = fingerprint(SONG, SAMPLE_RATE)


@settings(max_examples=8, deadline=None)
@given(cuts=st.lists(st.integers(0, len(SONG)), max_size=12))
def test_the_cut_of_the_blocks_does_not_matter(cuts: list[int]) -> None:
    printer = Fingerprinter(SAMPLE_RATE)
    for block in np.split(SONG, sorted(cuts)):
        printer.push(block)
    assert same(printer.finish(), WHOLE)


def test_the_cut_does_not_matter_where_the_rate_is_converted() -> None:
    song = melody(2, 8.0, 44_100)
    printer = Fingerprinter(44_100)
    for block in np.array_split(song, 37):
        printer.push(block)
    assert same(printer.finish(), fingerprint(song, 44_100))


def test_memory_is_bounded_while_it_streams() -> None:
    printer = Fingerprinter(SAMPLE_RATE)
    rows = []
    for _ in range(6):
        printer.push(SONG)
        rows.append(len(printer._rows))
    assert max(rows) < 2200  # frames: 51 s


def test_peaks_lie_where_a_tone_begins() -> None:
    time = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    sound = np.where((time > 1.5) & (time < 1.7), np.sin(2 * np.pi * 1000 * time), 0)
    found = fingerprint(sound.astype(np.float32), SAMPLE_RATE)
    hertz, seconds = hertz_of(found.peak_bins), found.peak_times * FRAME_SECONDS
    near = (np.abs(hertz - 1000) < BIN_HERTZ) & (np.abs(seconds - 1.6) < 0.12)
    assert near.any()


@pytest.mark.parametrize("hertz", [41.2, 43.65, 61.74, 110.0])
def test_notes_of_the_bass_are_told_from_their_neighbours(hertz: float) -> None:
    time = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    sound = np.where((time > 1.5) & (time < 2.0), np.sin(2 * np.pi * hertz * time), 0)
    found = fingerprint(sound.astype(np.float32), SAMPLE_RATE)
    bass = found.peak_bins >= layout.BASS_BIN
    held = bass & (found.peak_times * FRAME_SECONDS > 1.6) & (found.peak_times * FRAME_SECONDS < 1.9)
    assert held.any()
    semitone = hertz * (2 ** (1 / 12) - 1)
    assert np.abs(hertz_of(found.peak_bins[held]) - hertz).max() < max(semitone, layout.BASS_BIN_HERTZ / 2)


def test_the_bass_is_paired_with_itself_only() -> None:
    bins = np.array([layout.HIGHEST_BIN - 1, layout.BASS_BIN, layout.BINS - 1])
    peaks = Peaks(np.array([0, 10, 20]), bins, np.ones(3, np.float32), np.zeros(3, np.int64))
    pairs = pair(peaks, 4)
    assert [each.tolist() for each in pairs] == [[1], [2]]
    assert hash_pairs(peaks.times, peaks.bins, pairs).max() < 2**HASH_BITS


def test_columns_and_bins_belong_together() -> None:
    columns = np.arange(layout.COLUMNS)
    bins = layout.bins_of(columns)
    assert np.array_equal(layout.columns_of(bins), columns)
    assert np.all(np.diff(bins) > 0)
    assert np.diff(hertz_of(bins[layout.HIGHEST_BIN :])) == pytest.approx(layout.BASS_BIN_HERTZ)


def test_a_tone_is_as_strong_in_the_bass_as_above() -> None:
    time = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    bass = 30 * layout.BASS_BIN_HERTZ  # both in the middle of a bin
    tones = np.sin(2 * np.pi * bass * time) + np.sin(2 * np.pi * 100 * BIN_HERTZ * time)
    power = log_power(tones.astype(np.float32))[40]
    assert hertz_of(layout.bins_of(np.array([power.argmax()])))[0] in (bass, 100 * BIN_HERTZ)
    assert power[layout.HIGHEST_BIN :].max() == pytest.approx(power[100], abs=0.05)


def test_hashes_are_in_range_and_times_ascend() -> None:
    assert WHOLE.hashes.max() < 2**HASH_BITS
    assert np.all(np.diff(WHOLE.peak_times.astype(np.int64)) >= 0)
    assert WHOLE.hash_times.max() < WHOLE.frames
    assert len(WHOLE.hashes) > 30 * 75


def test_level_does_not_matter() -> None:
    assert share(WHOLE, fingerprint(SONG / 50, SAMPLE_RATE)) > 0.98


def test_a_constant_offset_does_not_matter() -> None:
    assert share(WHOLE, fingerprint(SONG + 0.4, SAMPLE_RATE)) > 0.9  # it begins and ends with a click


def test_other_sample_rates_give_nearly_the_same() -> None:
    song = melody(3, 12.0, 48_000)
    reference = fingerprint(song, 48_000)
    halved = fingerprint(np.ascontiguousarray(melody(3, 12.0, 96_000)), 96_000)
    assert abs(reference.frames - halved.frames) <= 1
    assert share(reference, halved) > 0.9


def test_samples_that_are_no_numbers_count_as_silence() -> None:
    broken = SONG.copy()
    broken[SAMPLE_RATE : SAMPLE_RATE + 100] = np.nan
    broken[5000] = np.inf
    silent = np.where(np.isfinite(broken), broken, 0)
    assert same(fingerprint(broken, SAMPLE_RATE), fingerprint(silent, SAMPLE_RATE))


@pytest.mark.parametrize("length", [0, 1, 100, 2000])
def test_next_to_nothing_has_a_fingerprint_too(length: int) -> None:
    found = fingerprint(np.zeros(length, np.float32), SAMPLE_RATE)
    assert len(found.peak_times) == len(found.hashes) == 0


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 Hz"):
        Fingerprinter(0)


def test_a_hash_holds_bin_step_and_time() -> None:
    peaks = Peaks(np.array([10, 14]), np.array([100, 90]), np.ones(2, np.float32), np.zeros(2, np.int64))
    hashes = hash_pairs(peaks.times, peaks.bins, pair(peaks, 4))
    assert hashes.tolist() == [(100 << 13) | ((-10 + 64) << 6) | 4]


def test_partners_are_the_strongest_in_reach() -> None:
    times = np.array([0, 1, 5, 9, 20, 63, 64])
    strengths = np.array([1, 9, 2, 3, 4, 5, 9], np.float32)
    peaks = Peaks(times, np.full(7, 50), strengths, np.zeros(7, np.int64))
    first, second = pair(peaks, 2)
    assert sorted(times[second[first == 0]].tolist()) == [20, 63]


def test_whitening_removes_an_equaliser() -> None:
    spectrum = log_power(centred(SONG[: 20 * SAMPLE_RATE]))
    tilt = (6 * hertz_of(layout.bins_of(np.arange(layout.COLUMNS))) / 5512).astype(np.float32)
    inner = slice(40, 440)
    difference = whiten(spectrum + tilt)[:, inner] - whiten(spectrum)[:, inner]
    assert np.abs(np.median(difference)) < 0.1


def test_sliding_maximum_is_the_maximum() -> None:
    values = np.random.default_rng(0).standard_normal((40, 3)).astype(np.float32)
    for radius in (1, 2, 5, 9, 60):
        expected = [values[max(0, row - radius) : row + radius + 1].max(axis=0) for row in range(40)]
        assert np.array_equal(sliding_maximum(values, radius), np.array(expected))
