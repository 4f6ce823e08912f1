"""Chunks of a track: the same result as in one piece, whatever the order, length and interruptions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.errors import UnreadableAudioError
from soniq_desktop.stems.chunking import layout_of, take_apart, wanted_windows
from soniq_desktop.stems.engine import load_engine
from soniq_desktop.stems.overlap import Grid, blend, triangle
from soniq_desktop.stems.stem_set import StemSet
from tests.audio_fixtures import garbage, truncate, write_audio
from tests.stems_fixtures import TINY, Echo, chords, save_tiny_htdemucs, track


@given(st.integers(8, 60), st.sampled_from([0.0, 0.1, 0.25, 0.5]), st.integers(1, 300))
def test_blending_unchanged_windows_gives_the_signal_back(segment, overlap, frames):
    grid, weights = Grid.of(segment, overlap), triangle(segment)
    signal = np.random.default_rng(frames).normal(size=(1, 2, frames)).astype(np.float32)
    before, parts = None, []
    for index in range(grid.chunks(frames)):
        window = signal[:, :, index * grid.stride : index * grid.stride + segment]
        parts.append(blend(grid, weights, window, before))
        before = window
    assert np.allclose(np.concatenate(parts, axis=2), signal, atol=1e-6)


def test_the_stems_of_an_exact_engine_add_up_to_the_track(tmp_path):
    path = track(tmp_path, 5.3)
    stems = StemSet(tmp_path / "set")
    take_apart(str(path), Echo(), stems)
    assert stems.complete
    assert stems.layout.frames == round(5.3 * 44100)
    sound = stems.read(0, stems.layout.frames)
    original = Decoder(str(path)).read(stems.layout.frames)
    assert np.abs(sound.sum(axis=0) - original).max() < 3 / 32768
    assert stems.residual < -70


@pytest.mark.parametrize("start", [0.0, 1.9, 4.0, 99.0])
def test_the_result_does_not_depend_on_where_one_starts(tmp_path, start):
    path = track(tmp_path, 5.3)
    reports = []
    stems = StemSet(tmp_path / "set")
    take_apart(str(path), Echo(), stems, start, reports.append)
    assert sorted(reports) == list(range(stems.chunks))
    assert reports[0] == (int(start * 44100) // stems.layout.stride if start < 5 else 0)
    straight = StemSet(tmp_path / "straight")
    take_apart(str(path), Echo(), straight)
    assert np.array_equal(stems.read(0, 10**6), straight.read(0, 10**6))


def test_an_interrupted_separation_goes_on_where_it_was(tmp_path):
    path, folder = str(track(tmp_path, 5.3)), tmp_path / "set"

    class EnoughError(Exception):
        pass

    def stop_at(index):
        if index == 3:
            raise EnoughError

    with pytest.raises(EnoughError):
        take_apart(path, Echo(), StemSet(folder), 1.6, stop_at)
    kept = StemSet(folder).done()
    assert kept == [2, 3]
    engine, made = Echo(), []
    again = StemSet(folder)
    take_apart(path, engine, again, 1.6, made.append)
    assert sorted(made + kept) == list(range(again.chunks))
    assert engine.windows == len(made) + 1  # one window more for the part that begins in the middle
    assert again.complete


def test_a_finished_set_is_not_made_again(tmp_path):
    path = str(track(tmp_path))
    take_apart(path, Echo(), StemSet(tmp_path / "set"))
    engine = Echo()
    take_apart(path, engine, StemSet(tmp_path / "set"))
    assert engine.windows == 0


@settings(deadline=None, max_examples=30)
@given(st.sets(st.integers(0, 9)), st.integers(0, 9))
def test_every_missing_chunk_gets_its_window_and_the_one_before(done, first):
    stems = StemSet.__new__(StemSet)
    stems.layout = layout_of(Echo(), 10 * Grid.of(44100, 0.25).stride, exact=True)
    stems.done = lambda: sorted(done)
    windows = list(wanted_windows(stems, first, None))
    missing = set(range(first, 10)) - done
    assert missing <= set(windows)
    assert all(index - 1 in windows for index in missing if index > 0)
    assert len(windows) == len(set(windows))
    assert windows == sorted(windows)


def test_htdemucs_in_chunks_equals_demucs_on_the_whole_track(tmp_path):
    from demucs.apply import apply_model

    torch = pytest.importorskip("torch")
    engine = load_engine(TINY, save_tiny_htdemucs(tmp_path / "tiny.safetensors"), "cpu", 1)
    path = track(tmp_path, 2.3)
    stems = StemSet(tmp_path / "set")
    take_apart(str(path), engine, stems, 1.0)
    whole = torch.from_numpy(Decoder(str(path)).read(10**6).T.copy())[None]
    with torch.inference_mode():
        reference = apply_model(engine._model, whole, shifts=0, overlap=0.25)[0].numpy()
    order = [engine._model.sources.index(stem) for stem in engine.stems]
    ours = stems.read(0, stems.layout.frames).transpose(0, 2, 1)
    assert ours.shape == reference.shape
    scale = float(np.abs(reference).max())
    assert np.abs(ours - reference[order]).max() < 1e-4 * max(scale, 1.0)
    assert scale > 1e-3


@pytest.mark.parametrize(
    ("rate", "channels", "seconds"),
    [(44100, 1, 2.0), (8000, 2, 2.0), (48000, 6, 2.0), (44100, 2, 1.0), (44100, 2, 0.1)],
)
def test_any_kind_of_file_is_taken_apart(tmp_path, rate, channels, seconds):
    path = track(tmp_path, seconds, rate=rate, channels=channels)
    stems = StemSet(tmp_path / "set")
    take_apart(str(path), Echo(), stems)
    assert stems.complete
    assert abs(stems.layout.frames - seconds * 44100) <= 2
    assert stems.read(0, 10**6).shape == (2, stems.layout.frames, 2)


def test_silence_gives_silent_stems(tmp_path):
    path = write_audio(tmp_path / "silent.wav", np.zeros((66150, 2), np.float32))
    engine = load_engine(TINY, save_tiny_htdemucs(tmp_path / "tiny.safetensors"), "cpu", 1)
    stems = StemSet(tmp_path / "set")
    take_apart(str(path), engine, stems)
    sound = stems.read(0, 10**6)
    assert np.isfinite(sound).all()
    assert stems.residual is None


def test_a_file_that_is_no_music_is_refused(tmp_path):
    with pytest.raises(UnreadableAudioError):
        take_apart(str(garbage(tmp_path / "noise.flac")), Echo(), StemSet(tmp_path / "set"))


def test_a_file_cut_off_gives_the_stems_of_what_is_there(tmp_path):
    whole = write_audio(tmp_path / "whole.flac", chords(6.0))
    stems = StemSet(tmp_path / "set")
    take_apart(str(truncate(whole, 0.5)), Echo(), stems)
    assert stems.complete
    assert 1.0 < stems.layout.frames / 44100 < 6.0
