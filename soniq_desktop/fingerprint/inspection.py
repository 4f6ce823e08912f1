"""A thorough look at the files of an index."""

from collections.abc import Iterator
from pathlib import Path

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.fingerprint import manifest as manifests
from soniq_desktop.fingerprint.segment_file import damage


def examine(folder: Path) -> list[str]:
    """What is damaged in an index, plain sentences; reads all of it. Empty where it is sound or not there."""
    try:
        members = manifests.read(folder).members
    except SoniqError as error:
        return [str(error)]
    return [sentence for each in members for sentence in _examine(folder / each.name)]


def _examine(path: Path) -> Iterator[str]:
    try:
        for name in damage(path):
            yield f"{path.name} is damaged ({name})."
    except SoniqError as error:
        yield str(error)
    except OSError as error:
        yield f"{path.name} cannot be read: {error.strerror}."
