"""Instruments are in tune and start and end in silence; records are level, clean and reproducible."""

import numpy as np
import pytest

from soniq_desktop.demo import dsp, mix
from soniq_desktop.demo.instruments import VOICES, drums
from soniq_desktop.demo.score import Piece
from soniq_desktop.demo.writing import bass, chords
from soniq_desktop.demo.writing import drums as play_drums

UNPITCHED = {*drums.VOICES, "chip_noise", "riser", "air"}
LOW = {"upright_bass", "electric_bass", "slap_bass", "sub_bass", "saw_bass", "reese", "glide_bass", "cello"}


def sound_of(name: str, pitch: float, held: float = 1.0) -> np.ndarray:
    made = VOICES[name](pitch, held, 0.8, np.random.default_rng(5))
    return made if made.ndim == 1 else made.mean(axis=1)


def fundamental(sound: np.ndarray, near: float) -> float:
    """Hz of the strongest partial within a quarter tone of `near`, by a parabola over the log spectrum."""
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    hertz = np.fft.rfftfreq(size, 1 / dsp.RATE)
    inside = np.flatnonzero((hertz > near * 0.97) & (hertz < near * 1.03))
    top = inside[np.argmax(spectrum[inside])]
    left, middle, right = np.log(spectrum[top - 1 : top + 2])
    return float((top + 0.5 * (left - right) / (left - 2 * middle + right)) * dsp.RATE / size)


@pytest.mark.parametrize("name", sorted(set(VOICES) - UNPITCHED))
def test_an_instrument_is_in_tune(name: str) -> None:
    pitch = 43 if name in LOW else 67
    wanted = dsp.frequency(pitch)
    cents = 1200 * np.log2(fundamental(sound_of(name, pitch), wanted) / wanted)
    assert abs(cents) < 12  # sections are detuned on purpose


@pytest.mark.parametrize("name", ["acoustic_guitar", "nylon_guitar", "harp", "electric_bass"])
@pytest.mark.parametrize("pitch", [40, 52, 64, 76])
def test_plucked_strings_are_in_tune_all_over(name: str, pitch: int) -> None:
    wanted = dsp.frequency(pitch)
    cents = 1200 * np.log2(fundamental(sound_of(name, pitch), wanted) / wanted)
    assert abs(cents) < 4


@pytest.mark.parametrize("name", sorted(VOICES))
def test_a_sound_is_finite_and_does_not_click(name: str) -> None:
    sound = VOICES[name](52, 0.5, 0.9, np.random.default_rng(6))
    assert np.isfinite(sound).all()
    assert 0.02 < np.abs(sound).max() < 3
    assert np.abs(sound[0]).max() < 0.12
    assert np.abs(sound[-1]).max() < 0.005


def small_piece() -> Piece:
    piece = Piece(120, "C", "major", room="room", tail=1.0, target=-16.0)
    kit = piece.part("kick", -17, stem="drums")
    low = piece.part("sub_bass", -19, stem="bass", duck=0.5)
    keys = piece.part("electric_piano", -20, delay=0.2)
    section = piece.form("a 3")[0]
    play_drums(kit, section, kick="x...x...x...x...", hat="..o...o...o...o.")
    spans = section.harmony("C Am F|G")
    bass(low, spans, "0/.9/r 2/.9/5")
    chords(keys, spans, "0/1 2.5/1")
    return piece


def test_a_record_meets_its_loudness_without_clipping_or_offset() -> None:
    record = mix.render(small_piece(), 3).sound
    assert record.shape == (int(7.0 * dsp.RATE), 2)
    assert dsp.loudness(record) == pytest.approx(-16.0, abs=0.7)
    assert np.abs(record).max() <= mix.CEILING + 1e-6
    assert abs(record.mean()) < 1e-4
    assert np.abs(record[-1]).max() < 1e-4


def test_the_same_seed_gives_the_same_samples() -> None:
    first, again, other = (mix.render(small_piece(), seed).sound for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_stems_sum_to_the_record() -> None:
    plain = mix.render(small_piece(), 3).sound
    record = mix.render(small_piece(), 3, stems=True)
    assert set(record.stems) == {"drums", "bass", "other"}
    assert np.array_equal(record.sound, plain)
    assert np.abs(sum(record.stems.values()) - record.sound).max() < 1e-3


def test_loudness_agrees_with_pyloudnorm() -> None:
    import pyloudnorm

    record = mix.render(small_piece(), 3).sound
    reference = pyloudnorm.Meter(dsp.RATE).integrated_loudness(record.astype(np.float64))
    assert dsp.loudness(record) == pytest.approx(reference, abs=0.15)


def test_the_limiter_never_exceeds_its_ceiling() -> None:
    rng = np.random.default_rng(0)
    wild = rng.standard_normal((dsp.RATE, 2)).astype(np.float32) * np.linspace(0, 3, dsp.RATE)[:, None]
    limited = dsp.limit(wild.astype(np.float32), 0.8)
    assert np.abs(limited).max() <= 0.8 + 1e-6
    assert np.allclose(limited[: dsp.RATE // 50], wild[: dsp.RATE // 50], atol=0.02)
