"""Shipped weights: loaded when they are what they claim to be, and refused by name when not."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.common.errors import ModelError, NotFoundError
from soniq_desktop.models import registry
from soniq_desktop.models.embedder_specs import EMBEDDERS
from soniq_desktop.models.registry import WEIGHTS, load_weights, weights_path, weights_status

PARAMETERS = {"musicnn_msd": 787_159, "musicnn_mtt": 787_159, "beatnet": 402_325}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the models folder that may be damaged."""
    for name in WEIGHTS:
        (tmp_path / name).mkdir()
        shutil.copy(weights_path(name), tmp_path / name)
    monkeypatch.setattr(registry, "data_folder", lambda name: tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", WEIGHTS)
def test_shipped_weights_load_and_come_with_card_and_licence(name: str) -> None:
    tensors = load_weights(name)
    trained = [value.size for key, value in tensors.items() if not key.endswith((".mean", ".variance"))]
    assert sum(trained) == PARAMETERS.get(name, sum(trained)) > 0
    assert all(np.isfinite(value).all() for value in tensors.values())
    beside = weights_path(name).parent
    assert (beside / "LICENCE").stat().st_size > 500
    assert WEIGHTS[name].sha256 in (beside / "CARD.md").read_text(encoding="utf-8")


def test_every_embedder_has_registered_weights() -> None:
    assert {name for spec in EMBEDDERS.values() for name in spec.weights} <= set(WEIGHTS)


def test_truncated_weights_are_refused_with_name_and_hashes(folder: Path) -> None:
    path = folder / "musicnn_msd" / registry.FILE_NAME
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match="musicnn_msd") as caught:
        load_weights("musicnn_msd")
    assert WEIGHTS["musicnn_msd"].sha256 in caught.value.sentence
    assert len(re.findall(r"\b[0-9a-f]{64}\b", caught.value.sentence)) == 2
    assert caught.value.hint


def test_weights_of_another_model_are_refused(folder: Path) -> None:
    shutil.copy(folder / "musicnn_mtt" / registry.FILE_NAME, folder / "musicnn_msd" / registry.FILE_NAME)
    with pytest.raises(ModelError, match=WEIGHTS["musicnn_mtt"].sha256):
        load_weights("musicnn_msd")


def test_missing_weights_are_named(folder: Path) -> None:
    shutil.rmtree(folder / "musicnn_msd")
    with pytest.raises(ModelError, match='"musicnn_msd" are not installed'):
        load_weights("musicnn_msd")


def test_an_installation_without_models_is_a_model_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> Path:
        raise NotFoundError("The folder “models” is missing from this installation.")

    monkeypatch.setattr(registry, "data_folder", nowhere)
    with pytest.raises(ModelError, match="missing from this installation"):
        load_weights("musicnn_msd")


def test_unknown_weights_are_refused() -> None:
    with pytest.raises(ModelError, match='no model named "vggish"'):
        load_weights("vggish")


def test_status_tells_good_from_bad(folder: Path) -> None:
    (folder / "musicnn_mtt" / registry.FILE_NAME).write_bytes(b"nothing")
    good, bad = weights_status()[:2]
    assert (good.weights.name, good.problem) == ("musicnn_msd", "")
    assert good.path == folder / "musicnn_msd" / registry.FILE_NAME
    assert "damaged" in bad.problem
    shutil.rmtree(folder / "musicnn_msd")
    assert weights_status()[0].path is None
