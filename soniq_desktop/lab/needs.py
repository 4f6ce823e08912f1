"""Packages that only the lab needs: imported when an experiment starts, asked for in one sentence where they
are not."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from soniq_desktop.common.errors import SoniqError


class LabError(SoniqError):
    """An experiment cannot be made with what was given: files, columns, settings, packages."""


def need(name: str) -> ModuleType:
    """Import one of the lab's own packages.

    Raises:
        LabError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        sentence = f"This experiment needs the package {name.partition('.')[0]}, which is not installed."
        raise LabError(sentence, 'Install the lab: pip install "soniq-desktop[lab]"') from error


def out_folder(folder: Path) -> Path:
    """Make the folder for results, before there are any that could not be written.

    Raises:
        LabError: there is a file of that name, or nothing may be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(
            f"The folder {folder} cannot be made.", f"Choose another with --out ({error.strerror})."
        ) from error
    return folder
