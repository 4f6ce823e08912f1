"""Settings that tuning has found, kept under a name and reusable by it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.lab.needs import LabError

NAME = re.compile(r"[\w][\w .-]{0,59}")


@dataclass(frozen=True)
class Preset:
    """A recommender with the settings that served it best.

    Attributes:
        metric, value: what was looked at in tuning, and how far it came.
    """

    model: str
    embedding: str
    settings: dict[str, float | int | str]
    metric: str
    value: float


class Presets:
    """All of them, in one JSON file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "presets.json"

    def names(self) -> list[str]:
        return sorted(self._read())

    def get(self, name: str) -> Preset:
        """Raises LabError where there is none of that name."""
        found = self._read().get(name)
        if found is None:
            known = ", ".join(self.names()) or "none yet; make one with soniq lab tune"
            raise LabError(f"There are no settings named {name}.", f"Known: {known}.")
        try:
            return Preset(**found)
        except TypeError as error:
            raise self._damaged() from error

    def keep(self, name: str, preset: Preset) -> None:
        """Keep settings under a name; older ones of that name are replaced. Raises LabError for a bad
        name."""
        check_name(name)
        kept = self._read() | {name: preset.__dict__}
        write_atomic(self._file, json.dumps(kept, indent=2, sort_keys=True).encode(), backup=True)

    def _read(self) -> dict[str, dict[str, Any]]:
        if not self._file.is_file():
            return {}
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise self._damaged() from error
        return found if isinstance(found, dict) else {}

    def _damaged(self) -> LabError:
        return LabError(f"{self._file.name} is damaged.", "Rename or delete it.")


def check_name(name: str) -> None:
    """Raises LabError where settings cannot be called that."""
    if not NAME.fullmatch(name):
        raise LabError(
            f"“{name}” cannot be a name of settings.", "Use letters, digits, spaces, dots and dashes."
        )
