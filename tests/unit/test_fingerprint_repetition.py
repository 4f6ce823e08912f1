"""A loop that another piece shares is recognised at many places of a track, the music itself at one."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from soniq_desktop.fingerprint.calibration import ALLOWED_RATE, false_alarm_rate
from soniq_desktop.fingerprint.identify import Identifier
from soniq_desktop.fingerprint.layout import SAMPLE_RATE
from soniq_desktop.fingerprint.records import Match, NoMatch
from soniq_desktop.fingerprint.repetition import MUSIC_HEARD, elsewhere, stands_alone
from soniq_desktop.fingerprint.search import Findings, hear, search
from soniq_desktop.fingerprint.store import FingerprintStore
from tests.bench.bench_identify_loops import kit
from tests.engine_fixtures import in_noise, library, melody

SECONDS = 40.0
HITS = ((0.0, 0), (0.25, 2), (0.5, 1), (0.75, 2), (1.0, 0), (1.25, 0), (1.5, 1), (1.75, 2))  # second, drum


@cache
def with_drums(seed: int, loudness: float = 1.0) -> np.ndarray:
    """A tune of its own over a bar of drums that repeats."""
    bar, drums = np.zeros(2 * SAMPLE_RATE, np.float32), kit(7)
    for second, number in HITS:
        drum = drums[number][: round(0.25 * SAMPLE_RATE)]
        bar[round(second * SAMPLE_RATE) :][: len(drum)] += drum
    tune = melody(seed, SECONDS)
    return tune / np.abs(tune).max() + loudness * np.resize(bar, len(tune))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FingerprintStore]:
    songs = [with_drums(1), *(melody(seed, SECONDS) for seed in (2, 3, 4))]
    with library(tmp_path_factory.mktemp("index") / "fingerprints", songs) as opened:
        yield opened


def heard(store: FingerprintStore, song: np.ndarray, start: float, decibels: float = 5) -> Findings:
    clip = song[round(start * SAMPLE_RATE) :][: 5 * SAMPLE_RATE]
    return search(hear(in_noise(clip, decibels)), store.snapshot())


@pytest.mark.parametrize("start", [4.3, 14.1, 24.7])
def test_the_music_itself_fits_at_one_place(store: FingerprintStore, start: float) -> None:
    findings = heard(store, with_drums(1), start)
    best = findings.exact[0]
    assert best.offset_seconds == pytest.approx(start, abs=0.05)
    assert elsewhere(findings, best) < 0.8
    assert stands_alone(findings, best)


@pytest.mark.parametrize("start", [4.3, 14.1, 24.7])
def test_shared_drums_fit_at_several(store: FingerprintStore, start: float) -> None:
    findings = heard(store, with_drums(9, loudness=3.0), start)
    best = findings.exact[0]
    assert best.track_id == 1
    assert not stands_alone(findings, best)


@pytest.mark.parametrize("start", [4.3, 14.1, 24.7])
def test_so_it_is_where_noise_drowns_the_changes(store: FingerprintStore, start: float) -> None:
    own, shared = heard(store, with_drums(1), start, -6), heard(store, with_drums(9, loudness=3.0), start, -3)
    assert own.heard.clarity < MUSIC_HEARD
    assert shared.heard.clarity < MUSIC_HEARD
    assert stands_alone(own, own.exact[0])
    assert shared.exact[0].track_id == 1
    assert not stands_alone(shared, shared.exact[0])


def test_shared_drums_are_not_named_in_noise(store: FingerprintStore) -> None:
    engine, snapshot = Identifier(store), store.snapshot()
    clip = in_noise(with_drums(9, loudness=0.7)[14 * SAMPLE_RATE : 17 * SAMPLE_RATE], 5)
    findings = search(hear(clip), snapshot)
    rate = false_alarm_rate(findings.exact[0], 3.0, findings.heard.clarity)
    assert rate < ALLOWED_RATE / 5  # by itself the score would do
    assert isinstance(engine.identify(clip, SAMPLE_RATE), NoMatch)
    known = in_noise(with_drums(1, loudness=0.7)[14 * SAMPLE_RATE : 17 * SAMPLE_RATE], 5)
    assert isinstance(engine.identify(known, SAMPLE_RATE), Match)
