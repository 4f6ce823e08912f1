"""Which segments make up the index: one small file, replaced as a whole at each change."""

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.fileio import write_atomic

NAME = "manifest.json"
FORMAT = 1
_SEGMENT = re.compile(r"segment-(\d{8})\.fps")


class ManifestError(SoniqError):
    """The manifest is damaged or of another format."""


@dataclass(frozen=True, slots=True)
class Member:
    """A segment file of the index, and those of its tracks that were removed since."""

    name: str
    removed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The members by age, oldest first; `following` is the number of the next segment."""

    members: tuple[Member, ...] = ()
    following: int = 1

    def next_name(self) -> str:
        return f"segment-{self.following:08d}.fps"

    def with_new(self, member: Member, instead_of: Iterable[str] = ()) -> "Manifest":
        """One member more, the youngest, which may take the place of others."""
        kept = self.without(instead_of).members
        return Manifest((*kept, member), self.following + 1)

    def without(self, names: Iterable[str]) -> "Manifest":
        gone = set(names)
        return replace(self, members=tuple(each for each in self.members if each.name not in gone))

    def removing(self, name: str, tracks: Iterable[int]) -> "Manifest":
        """The same with these tracks of one member marked as removed."""
        gone = frozenset(tracks)
        return replace(
            self,
            members=tuple(
                Member(each.name, each.removed | gone) if each.name == name else each for each in self.members
            ),
        )


def changed_at(folder: Path) -> float:
    """Unix seconds of the last change; 0 where there is no index."""
    try:
        return (folder / NAME).stat().st_mtime
    except OSError:
        return 0.0


def read(folder: Path) -> Manifest:
    """The manifest of a folder; an empty one where there is none.

    Raises:
        ManifestError: it is damaged.
        OSError: it cannot be read.
    """
    try:
        text = (folder / NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return Manifest()
    except UnicodeDecodeError:
        raise ManifestError("The manifest of the fingerprint index is damaged.") from None
    try:
        return _parsed(text)
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestError("The manifest of the fingerprint index is damaged.") from error


def _parsed(text: str) -> Manifest:
    """Raises ValueError, KeyError or TypeError for anything that `write` has not written."""
    outer = json.loads(text)
    if zlib.crc32(outer["content"].encode()) != outer["crc"] or outer["format"] != FORMAT:
        raise ValueError("checksum or format")
    content = json.loads(outer["content"])
    members = tuple(Member(str(name), frozenset(map(int, gone))) for name, gone in content["segments"])
    return Manifest(members, int(content["next"]))


def write(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest; all or nothing. Raises SaveError."""
    content = json.dumps(
        {
            "next": manifest.following,
            "segments": [[each.name, sorted(each.removed)] for each in manifest.members],
        }
    )
    outer = {"format": FORMAT, "crc": zlib.crc32(content.encode()), "content": content}
    write_atomic(folder / NAME, json.dumps(outer).encode())


def from_files(folder: Path) -> Manifest:
    """A manifest of every segment file that is there, for want of a better one.

    Removals are lost by that; the tracks that the library does not know are removed again when the index is
    brought into step with it.
    """
    names = sorted(path.name for path in segment_files(folder))
    following = 1 + max((number_of(name) for name in names), default=0)
    return Manifest(tuple(Member(name) for name in names), following)


def segment_files(folder: Path) -> list[Path]:
    """Every file that is named as a segment, whether or not it belongs to the index."""
    return [path for path in folder.iterdir() if _SEGMENT.fullmatch(path.name)]


def number_of(name: str) -> int:
    """The number in the name of a segment file."""
    found = _SEGMENT.fullmatch(name)
    return int(found[1]) if found else 0
