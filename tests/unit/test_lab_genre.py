"""Training of genre networks: data as people have it, a loop that resumes, a report, export."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest
import torch

from soniq_desktop.cli.commands import run
from soniq_desktop.common.errors import ModelError
from soniq_desktop.lab.genre.augment import centre, varied
from soniq_desktop.lab.genre.datasets import clips_of
from soniq_desktop.lab.genre.metrics import calibration_error, confusion, fitted_temperature, jensen_shannon
from soniq_desktop.lab.genre.training import Examples, Options, logits_of, train
from soniq_desktop.lab.genre.weights_file import packed
from soniq_desktop.lab.needs import LabError
from soniq_desktop.models.crnn import Crnn
from soniq_desktop.models.genre_networks import load_network, new_network
from tests.genre_fixtures import hum, noise

RATE = 44_100


def write(path: Path, mono: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((mono * 32767).astype("<i2").tobytes())


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


class Tiny(torch.nn.Module):
    """Bright or dark: enough to learn what these examples are."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = torch.nn.Linear(2, 2)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        halves = torch.stack([image[:, :, :64].mean((1, 2)), image[:, :, 64:].mean((1, 2))], dim=1)
        return self.dense(halves)


def examples(count: int, seed: int) -> Examples:
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    images = random.integers(0, 120, (count, 360, 128)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[:, 64 * label : 64 * label + 64] += 120
    return Examples(images, np.eye(2, dtype=np.float32)[labels], np.arange(count))


OPTIONS = Options(epochs=4, batch=8, half=False, frames=64, rate=0.2)


def test_training_learns_and_a_training_that_was_stopped_ends_the_same(tmp_path: Path) -> None:
    def trained(folder: Path, *stops: float) -> dict[str, torch.Tensor]:
        for seconds in (*stops, float("inf")):
            torch.manual_seed(1)
            network = Tiny()
            options = Options(**{**{f: getattr(OPTIONS, f) for f in OPTIONS.__slots__}, "seconds": seconds})
            history = train(network, examples(32, 1), examples(8, 2), options, folder)
        assert history.epochs == 4
        assert history.validation[-1] < 0.5 * history.validation[0] or history.validation[-1] < 0.1
        return network.state_dict()

    whole, parted = trained(tmp_path / "a"), trained(tmp_path / "b", 0.0, 0.0)
    for key, value in whole.items():
        assert torch.allclose(value, parted[key], atol=1e-5)


def test_a_checkpoint_of_other_options_is_refused(tmp_path: Path) -> None:
    train(
        Tiny(), examples(16, 1), examples(8, 2), Options(epochs=1, batch=8, half=False, frames=64), tmp_path
    )
    with pytest.raises(ModelError, match="cannot be resumed"):
        train(Tiny(), examples(16, 1), examples(8, 2), Options(epochs=2, batch=8, frames=64), tmp_path)


def test_training_stops_when_it_gets_no_better(tmp_path: Path) -> None:
    options = Options(epochs=50, batch=8, patience=2, half=False, frames=64, rate=1e-9)
    history = train(Tiny(), examples(16, 1), examples(8, 2), options, tmp_path)
    assert history.epochs < 50


def test_augmentation_is_repeatable_and_keeps_scale_and_shape() -> None:
    images = torch.from_numpy(examples(4, 1).images)
    first, second = (varied(images, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second)
    assert first.shape == (4, 320, 128)
    assert float(first.min()) >= 0
    assert float(first.max()) <= 255
    assert not torch.equal(first, varied(images, torch.Generator().manual_seed(4)))
    assert centre(images).shape == (4, 320, 128)


@pytest.mark.parametrize("name", ["crnn", "resnet18"])
def test_a_saved_network_says_the_same(tmp_path: Path, name: str) -> None:
    torch.manual_seed(2)
    network = new_network(name, 3).eval()
    images = examples(2, 1).images
    path = tmp_path / "weights.safetensors"
    path.write_bytes(packed(network, name, ["a", "b", "c"], (100.0, 50.0), 2.0))
    loaded = load_network(str(path))
    expected = torch.softmax(torch.from_numpy(logits_of(network, images, (100.0, 50.0))) / 2.0, dim=1)
    assert loaded.labels == ("a", "b", "c")
    assert np.allclose(loaded.probabilities(images[:, 20:340]), expected, atol=2e-3)


def test_crnn_and_resnet_are_what_they_should_be() -> None:
    parameters = sum(p.numel() for p in new_network("resnet18", 1000).parameters())
    assert parameters == 11_689_512 - 2 * 64 * 49  # torchvision's, with one channel instead of three colours
    crnn = Crnn(12)
    assert crnn.vector(torch.zeros(1, 320, 128)).shape == (1, 128)
    assert new_network("resnet18", 12).vector(torch.zeros(1, 320, 128)).shape == (1, 512)
    assert crnn.recurrent.bidirectional
    assert crnn.recurrent.num_layers == 2


def test_foreign_and_damaged_weights_are_refused_with_name_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError, match=r"weights\.safetensors.*[0-9a-f]{64}"):
        load_network(str(path))
    good = packed(Crnn(2), "crnn", ["a", "b", "c"], (1.0, 1.0), 1.0)  # labels that do not fit
    path.write_bytes(good)
    with pytest.raises(ModelError, match="is not a genre network"):
        load_network(str(path))
    with pytest.raises(ModelError, match="cannot be read"):
        load_network(str(tmp_path / "none.safetensors"))


def test_a_folder_per_genre_keeps_an_artists_files_together(tmp_path: Path) -> None:
    for genre in ("Rock", "Jazz"):
        touch(
            tmp_path,
            *(f"{genre}/artist {a}/{n}.mp3" for a in range(12) for n in range(3)),
            f"{genre}/notes.txt",
        )
    clips = clips_of(tmp_path)
    assert len(clips) == 72
    sides: dict[tuple[str, str], set[str]] = {}
    for clip in clips:
        sides.setdefault((clip.label, clip.path.parent.name), set()).add(clip.part)
    assert all(len(parts) == 1 for parts in sides.values())
    assert {clip.part for clip in clips} == {"train", "held", "test"}


def test_gtzan_uses_its_filtered_lists_and_nothing_else(tmp_path: Path) -> None:
    names = [f"{genre}/{genre}.{n:05d}.wav" for genre in ("blues", "rock") for n in range(10)]
    touch(tmp_path / "genres", *names)
    lists = {
        "train": names[:5] + names[10:15],
        "valid": names[5:7] + names[15:17],
        "test": names[7:9] + names[17:19],
    }
    for part, chosen in lists.items():
        (tmp_path / f"{part}_filtered.txt").write_text("\n".join(chosen))
    clips = clips_of(tmp_path / "genres", tmp_path)
    assert {clip.path.name for clip in clips} == {Path(n).name for chosen in lists.values() for n in chosen}
    assert {clip.part for clip in clips if clip.path.name == "blues.00005.wav"} == {"held"}


def test_fma_numbers_become_paths_and_its_split_is_kept(tmp_path: Path) -> None:
    touch(tmp_path, *(f"000/{n:06d}.mp3" for n in range(2, 12)))
    lines = [",album,artist,set,set,track", ",title,id,split,subset,genre_top", "track_id,,,,,"]
    lines += [
        f"{n},A,{n},{'training' if n < 8 else 'test'},small,{'Rock' if n % 2 else 'Folk'}"
        for n in range(2, 14)
    ]
    (tmp_path / "tracks.csv").write_text("\n".join(lines))
    clips = clips_of(tmp_path, tmp_path / "tracks.csv")
    assert len(clips) == 10  # two of the table have no file
    assert {clip.part for clip in clips} == {"train", "test"}
    assert next(c for c in clips if c.path.name == "000002.mp3").label == "Folk"


def test_a_table_without_the_columns_and_a_folder_of_one_genre_are_refused(tmp_path: Path) -> None:
    touch(tmp_path, *(f"Rock/{n}.mp3" for n in range(6)))
    (tmp_path / "table.csv").write_text("song,mood\na,b\n")
    with pytest.raises(LabError, match=r"path.*genre"):
        clips_of(tmp_path, tmp_path / "table.csv")
    with pytest.raises(LabError, match="two genres"):
        clips_of(tmp_path)
    with pytest.raises(LabError, match="no folder"):
        clips_of(tmp_path / "nowhere")


def test_metrics_of_known_cases() -> None:
    one, other = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    assert jensen_shannon(one, other)[0] == pytest.approx(1.0)
    assert jensen_shannon(one, one)[0] == pytest.approx(0.0)
    logits = np.log(np.array([[0.9, 0.1]] * 10))
    labels = np.array([0] * 9 + [1])
    assert calibration_error(logits, labels) == pytest.approx(0.0, abs=1e-6)
    assert calibration_error(logits * 5, labels) > 0.09
    assert fitted_temperature(logits * 3, np.eye(2)[labels]) == pytest.approx(3.0, rel=0.05)
    assert confusion(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist() == [[1, 1], [0, 1]]


def test_the_commands_train_report_and_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    data, out = tmp_path / "data", tmp_path / "out"
    for number in range(12):
        write(data / "hum" / f"{number}.wav", hum(5, RATE) * (0.3 + 0.04 * number))
        write(data / "noise" / f"{number}.wav", noise(5, RATE, seed=number))
    (data / "noise" / "broken.wav").write_bytes(b"not audio")
    command = ["lab", "train-genre", "--data", str(data), "--out", str(out), "--epochs", "2", "--batch", "4"]
    assert run([*command, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["labels"] == ["hum", "noise"]
    assert result["left_out"] <= 1
    assert result["epochs"] == 2
    assert {path.name for path in out.iterdir()} >= {"report.html", "confusion.png", "weights.safetensors"}
    assert load_network(result["weights"]).labels == ("hum", "noise")
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    assert (
        run(
            [
                "lab",
                "export",
                "--out",
                str(out),
                "--weights",
                result["weights"],
                "--data",
                str(data),
                "--json",
            ]
        )
        == 0
    )
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows["onnx float32"]["largest_difference"] < 1e-3
    assert rows["onnx int8"]["same_answer"] > 0.8
    assert rows["onnx int8"]["bytes"] < rows["onnx float32"]["bytes"]
