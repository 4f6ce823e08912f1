"""Where the files that travel with SONIQ are: model weights, icons, theme.

One lookup serves the three ways of running: a source tree (beside the package), a wheel and a PyInstaller
folder (inside the package, under `_data`).
"""

from pathlib import Path
from typing import Literal

from soniq_desktop.common.errors import NotFoundError

PACKAGE = Path(__file__).resolve().parents[1]


def data_folder(name: Literal["models", "resources"]) -> Path:
    """The folder `models` or `resources` of this installation.

    Raises:
        NotFoundError: the installation is incomplete.
    """
    for root in (PACKAGE / "_data", PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise NotFoundError(f"The folder “{name}” is missing from this installation.", "Install SONIQ again.")


def resource(*parts: str) -> Path:
    """The path of one file below `resources`, whether or not it exists."""
    return data_folder("resources").joinpath(*parts)
