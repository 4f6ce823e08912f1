"""Shipped data are found in a source tree."""

from soniq_desktop.common.resources import data_folder, resource


def test_models_lie_beside_the_package_in_a_source_tree() -> None:
    assert (data_folder("models") / "musicnn_msd" / "weights.safetensors").is_file()


def test_a_resource_is_addressed_by_its_parts() -> None:
    assert resource("icons", "soniq.svg").is_file()
