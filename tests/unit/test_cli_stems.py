"""soniq stems: from a file to files, with the tiny network as HTDemucs."""

import json

import numpy as np
import pytest

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.cli import main
from soniq_desktop.common.errors import ModelError
from soniq_desktop.stems.engine import ENGINES, load_engine
from tests.audio_fixtures import write_audio
from tests.stems_fixtures import chords, save_tiny_htdemucs


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path / "home"))
    return tmp_path


def test_without_weights_it_says_what_to_do(home, capsys):
    song = write_audio(home / "song.wav", chords(1.0))
    assert main(["stems", str(song), "--out", str(home / "out")]) == 2
    said = capsys.readouterr().err
    assert "soniq models get" in said
    assert not (home / "out").exists()


def test_stems_are_written_and_the_second_time_taken_from_the_cache(home, capsys):
    song = write_audio(home / "song.flac", chords(2.0), tags={"title": "My song", "artist": "Somebody"})
    assert main(["models", "import", str(save_tiny_htdemucs(home / "tiny.safetensors"))]) == 0
    capsys.readouterr()
    assert main(["stems", str(song), "--out", str(home / "out"), "--engine", "htdemucs", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    names = [f"My song - {stem}.wav" for stem in ("vocals", "drums", "bass", "other")]
    assert sorted(file.name for file in (home / "out").iterdir()) == sorted(names)
    assert result["engine"] == "htdemucs"
    assert not result["cached"]
    assert result["peak_memory"] > 0

    assert main(["stems", str(song), "--out", str(home / "out"), "--json"]) == 2  # they are there
    assert "is there already" in capsys.readouterr().err
    arguments = ["stems", str(song), "--out", str(home / "two"), "--two-stems", "vocals", "--json"]
    assert main(arguments) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["cached"]
    vocals, rest = (Decoder(str(home / "two" / name)).read(10**6) for name in
                    ("My song - vocals.wav", "My song - no_vocals - mix.wav"))  # fmt: skip
    parts = [Decoder(str(home / "out" / name)).read(10**6) for name in names]
    assert np.abs(vocals - parts[0]).max() < 1e-6
    if np.abs(sum(parts[1:])).max() < 1:
        assert np.abs(rest - sum(parts[1:])).max() < 1e-4


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--engine", "magic"], "no engine named"),
        (["--format", "ogg"], "no format"),
        (["--two-stems", "piano"], "has no stem"),
    ],
)
def test_wrong_words_are_explained(home, capsys, arguments, sentence):
    song = write_audio(home / "song.wav", chords(0.5))
    assert main(["models", "import", str(save_tiny_htdemucs(home / "tiny.safetensors"))]) == 0
    assert main(["stems", str(song), "--out", str(home / "out"), *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_an_onnx_file_cut_off_is_refused_with_a_sentence(tmp_path):
    pytest.importorskip("onnxruntime")
    (tmp_path / "weights.onnx").write_bytes(b"\x08\x08" + bytes(1000))
    with pytest.raises(ModelError, match="damaged, cut off, or of another model"):
        load_engine(ENGINES["htdemucs-onnx"], tmp_path / "weights.onnx", "cpu", 1)


def test_the_spectrogram_of_the_onnx_form_is_demucs_own(tmp_path):
    import torch

    from soniq_desktop.models.htdemucs import load_htdemucs
    from soniq_desktop.stems.htdemucs_onnx import inverse, spectrogram

    model = load_htdemucs(save_tiny_htdemucs(tmp_path / "tiny.safetensors"))
    wave = torch.from_numpy(chords(0.7).T.copy())[None]
    assert torch.equal(spectrogram(wave), model._magnitude(model._spec(wave)))
    parts = torch.stack([spectrogram(wave), 0.5 * spectrogram(wave)], dim=1)
    back = inverse(parts, wave.shape[-1])
    assert float((back[0, 1] - 0.5 * back[0, 0]).abs().max()) < 1e-6
    assert float((back[0, 0] - wave[0])[:, 2000:-2000].abs().max()) < 1e-3
