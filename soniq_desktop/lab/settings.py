"""Settings of models as they are written on a command line: name=value."""

from collections.abc import Sequence

from soniq_desktop.lab.needs import LabError

Setting = tuple[str, float | int | str]


def parsed(words: Sequence[str]) -> tuple[Setting, ...]:
    """Names and values, sorted by name; whole numbers stay whole.

    Raises:
        LabError: a word without "=".
    """
    return tuple(sorted(_parsed(word) for word in words))


def _parsed(word: str) -> Setting:
    name, equals, value = word.partition("=")
    if not equals or not name.strip():
        raise LabError(f"“{word}” is no setting.", "Write it as name=value, for example epochs=20.")
    for kind in (int, float):
        try:
            return name.strip(), kind(value)
        except ValueError:
            continue
    return name.strip(), value.strip()


def size(text: str) -> tuple[int, int]:
    """Width and height in pixels from "224" or "640x360".

    Raises:
        LabError: neither.
    """
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) > 2 or not all(part.strip().isdigit() for part in parts):
        raise LabError(f"“{text}” is no image size.", "Write it as 224 or 640x360.")
    return int(parts[0]), int(parts[-1])
