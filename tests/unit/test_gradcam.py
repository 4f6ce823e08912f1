"""Grad-CAM: what it marks is what the network used."""

import wave
from pathlib import Path

import numpy as np
import pytest
import torch

from soniq_desktop.analysis.genre.gradcam import (
    ExplanationTask,
    block_means,
    deletion,
    erased,
    explain,
    explain_image,
)
from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.common.processes import Finished, ProcessPool
from soniq_desktop.models.genre_mel import MelImage, band_frequencies
from soniq_desktop.models.genre_networks import LoadedNetwork
from tests.genre_fixtures import noise

RATE = 44_100


class Corner(torch.nn.Module):
    """Says "loud low bands early on" and looks nowhere else."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = torch.nn.AvgPool2d(8)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        maps = self.picture(image.unsqueeze(1))
        spoken = maps[:, 0, :10, :4].mean(dim=(1, 2))
        return torch.stack([spoken * 4, torch.zeros_like(spoken)], dim=1)


@pytest.fixture
def network() -> LoadedNetwork:
    return LoadedNetwork("corner", Corner(), ("early bass", "else"), 100.0, 50.0, 1.0)


@pytest.fixture
def image() -> np.ndarray:
    made = np.full((320, 128), 60, np.uint8)
    made[:80, :32] = 240
    return made


def test_the_heat_lies_where_the_network_looks(network: LoadedNetwork, image: np.ndarray) -> None:
    found = explain_image(network, image, "early bass", start=10.0)
    heat = found.heat.astype(float)
    assert heat.shape == image.shape
    assert heat.max() == 1.0
    assert heat[:72, :28].mean() > 0.9
    assert heat[120:, 60:].mean() < 0.01
    assert found.seconds[0] == pytest.approx(10.02, abs=0.01)
    assert np.diff(found.seconds) == pytest.approx(512 / RATE, abs=1e-4)


def test_deletion_tells_a_good_explanation_from_a_turned_one(
    network: LoadedNetwork, image: np.ndarray
) -> None:
    from dataclasses import replace

    good = explain_image(network, image, "early bass")
    turned = replace(good, heat=good.heat[::-1, ::-1])
    assert (right := deletion(network, good)).without_hottest < right.without_random - 0.1
    assert deletion(network, turned, share=0.05).without_hottest > right.without_random - 0.01


def test_the_likeliest_class_is_explained_unless_another_is_asked_for(
    network: LoadedNetwork, image: np.ndarray
) -> None:
    assert explain_image(network, image).label == "early bass"
    other = explain_image(network, image, "else")
    assert other.label == "else"
    assert not other.heat.any()  # nothing speaks for it
    with pytest.raises(AnalysisError, match="does not know “Polka”"):
        explain_image(network, image, "Polka")


def test_blocks_are_means_and_erasing_takes_just_them() -> None:
    ramp = np.arange(16 * 16, dtype=np.float32).reshape(16, 16)
    assert block_means(ramp)[0, 0] == pytest.approx(ramp[:8, :8].mean())
    image = np.full((20, 16), 200, np.uint8)
    image[:8, :8] = 0
    changed = erased(image, (2, 2), np.array([0]))
    assert (changed[:8, :8] == round(float(image.mean()))).all()
    assert (changed[8:] == 200).all()


def test_bands_are_where_their_tones_are() -> None:
    time = np.arange(RATE) / RATE
    maker = MelImage()
    for hertz in (220.0, 1000.0, 5000.0):
        picture = maker(np.sin(2 * np.pi * hertz * time).astype(np.float32))
        loudest = band_frequencies()[int(picture.mean(axis=0).argmax())]
        assert loudest == pytest.approx(hertz, rel=0.12)


def test_the_image_does_not_change_with_the_level() -> None:
    sound = noise(1, RATE, 1.0)
    loud, quiet = MelImage()(sound), MelImage()(sound * 0.01)
    assert np.abs(loud.astype(int) - quiet).max() <= 1
    assert not MelImage()(np.zeros(RATE, np.float32)).any()


def test_the_shipped_network_explains_a_file_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((noise(8, RATE, 1.0) * 32767).astype("<i2").tobytes())
    with ProcessPool("soniq_desktop.analysis.genre.gradcam:explain", 1, setup={}) as pool:
        pool.submit("one", ExplanationTask(str(path), 2.0, 4.0, "Rock"))
        events = []
        while not events:
            events = pool.events(0.5)
    assert isinstance(events[0], Finished)
    found = events[0].result
    assert found.label == "Rock"
    assert found.image.shape == found.heat.shape
    assert found.seconds[0] == pytest.approx(2.02, abs=0.02)
    assert found.probabilities.sum() == pytest.approx(1.0, abs=1e-4)


def test_silence_cannot_be_explained(tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(2 * 6 * RATE))
    with pytest.raises(AnalysisError, match="no sound"):
        explain(ExplanationTask(str(path), 0.0, 4.0))
