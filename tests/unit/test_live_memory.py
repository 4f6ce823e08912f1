"""Heard columns win, decoded ones fill the gaps, and levels match where they meet."""

import numpy as np
import pytest

from soniq_desktop.analysis.live import COLUMN_RATE
from soniq_desktop.analysis.live.bands import N_BANDS
from soniq_desktop.analysis.live.memory import Memory
from soniq_desktop.analysis.live.stream import Columns
from soniq_desktop.analysis.live.tempogram import WINDOW, tempo_axis


def columns(first: int, n: int, level: float = -30.0, period: int = 50) -> Columns:
    beats = (np.arange(first, first + n) % period == 0).astype(np.float32)
    return Columns(
        first,
        np.full((n, N_BANDS), level, np.float32),
        np.full((n, 12), 0.5, np.float32),
        beats,
    )


def test_heard_columns_win_and_decoded_ones_fill_the_rest():
    memory = Memory()
    memory.put_ahead(columns(0, 200, -30.0))
    memory.put_heard(columns(50, 10, -30.2))
    levels = memory.levels(np.array([49, 50, 59, 60, 300]))[:, 0]
    assert levels == pytest.approx([-30, -30.2, -30.2, -30, -90], abs=0.01)


def test_a_quieter_player_makes_what_comes_quieter_too():
    memory = Memory()
    memory.put_ahead(columns(0, 200, -30.0))
    assert memory.put_heard(columns(50, 10, -38.0))
    assert memory.gain == pytest.approx(-8.0)
    assert memory.levels(np.array([100]))[0, 0] == pytest.approx(-38.0)
    assert not memory.put_heard(columns(60, 10, -38.1))


def test_silence_says_nothing_about_the_level():
    memory = Memory()
    memory.put_ahead(columns(0, 100, -90.0))
    assert not memory.put_heard(columns(0, 100, -90.0))
    assert memory.gain == 0.0


def test_first_unknown_is_where_a_gap_begins():
    memory = Memory()
    memory.put_ahead(columns(0, 300))
    memory.put_heard(columns(300, 50))
    assert memory.first_unknown(0.0, 5.0) == pytest.approx(3.5)
    assert memory.first_unknown(1.0, 2.0) == 2.0
    assert memory.first_unknown(-4.0, 1.0) == 1.0
    memory.clear()
    assert memory.first_unknown(1.0, 2.0) == 1.0


def test_tempogram_row_is_the_same_whenever_its_past_arrives():
    late, early = Memory(), Memory()
    early.put_ahead(columns(0, 2 * WINDOW))
    late.put_ahead(columns(WINDOW, WINDOW))
    row = np.array([(2 * WINDOW - 5) // 5])
    late.tempi(row)  # must not stick: only half of its window is known
    late.put_ahead(columns(0, WINDOW))
    np.testing.assert_allclose(late.tempi(row), early.tempi(row), atol=1e-6)
    assert tempo_axis()[int(np.argmax(early.tempi(row)[0]))] == pytest.approx(120.0, rel=0.02)


def test_tempo_needs_half_a_window():
    memory = Memory()
    memory.put_ahead(columns(0, 3 * COLUMN_RATE))
    assert memory.tempo(2.9) is None
    memory.put_ahead(columns(0, 6 * COLUMN_RATE))
    estimate = memory.tempo(5.9)
    assert estimate is not None
    assert estimate.bpm == pytest.approx(120.0, rel=0.02)
