"""Finding audio files below folders, whatever lies around there.

Links are followed after everything that is really there, and nothing is listed twice, so loops end and a link
to a song of the library makes no second song. Names that are not UTF-8 come through as surrogate escapes.
What vanishes meanwhile is left out, what cannot be opened is remembered.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from soniq_desktop.library.sniff import has_audio_name

# Folders that systems and network drives make for themselves (besides hidden ones, which begin with a dot).
SYSTEM_FOLDERS = frozenset(
    {"$recycle.bin", "system volume information", "lost+found", "@eadir", "__macosx", "#recycle"}
)


class FoundFile(NamedTuple):
    """One audio file by its name; what is in it has not been looked at."""

    path: str
    size: int  # bytes
    mtime_ns: int
    changed_at: (
        float  # Unix seconds: when content, name or permissions last changed, as far as the system says
    )


FoundLink = tuple[os.DirEntry[str], os.stat_result]


@dataclass(slots=True)
class Walk:
    """A walk over any number of folders that may overlap.

    Attributes:
        refused: paths of folders that are never entered (`Mounts.without_files`).
        unreadable: folders that could not be opened, with the reason as a plain sentence.
    """

    refused: frozenset[str] = frozenset()
    unreadable: dict[str, str] = field(default_factory=dict)
    _folders: set[tuple[int, int]] = field(default_factory=set)  # (device, inode)
    _files: set[tuple[int, int]] = field(default_factory=set)

    def files(self, folder: str) -> Iterator[FoundFile]:
        """Audio files below `folder`, regular ones in order of their paths folder by folder, links last."""
        links: list[FoundLink] = []
        folder_links: list[str] = []
        waiting = [folder]
        while waiting or folder_links:
            current = waiting.pop() if waiting else folder_links.pop()
            if not self._enter(current):
                continue
            entries = self._entries(current)
            for entry in reversed(entries):
                if _is_folder(entry):
                    (folder_links if entry.is_symlink() else waiting).append(entry.path)
            for entry, status in _audio(entries):
                if entry.is_symlink():
                    links.append((entry, status))
                else:
                    self._files.add((status.st_dev, status.st_ino))
                    yield _found(entry, status)
        yield from self._not_listed(links)

    def _not_listed(self, links: "list[FoundLink]") -> Iterator[FoundFile]:
        for entry, status in links:
            identity = status.st_dev, status.st_ino
            if identity not in self._files:
                self._files.add(identity)
                yield _found(entry, status)

    def _enter(self, folder: str) -> bool:
        """Whether this folder is to be read, and was not before."""
        if folder in self.refused:
            return False
        try:
            status = os.stat(folder)  # noqa: PTH116 DirEntry.stat has no inode on Windows
        except OSError:
            return False
        identity = status.st_dev, status.st_ino
        if identity in self._folders:
            return False
        self._folders.add(identity)
        return True

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return sorted((entry for entry in entries if not _hidden(entry.name)), key=lambda e: e.name)
        except FileNotFoundError:
            return []
        except PermissionError:
            self.unreadable[folder] = "You do not have permission to open this folder."
        except OSError as error:
            self.unreadable[folder] = f"The drive could not read this folder ({error.strerror})."
        return []


def _hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in SYSTEM_FOLDERS


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _audio(entries: list[os.DirEntry[str]]) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    """Regular files with an audio name; broken links and what has just vanished are left out."""
    for entry in entries:
        if not has_audio_name(entry.name):
            continue
        try:
            status = entry.stat()
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield entry, status


def _found(entry: os.DirEntry[str], status: os.stat_result) -> FoundFile:
    changed_at = max(status.st_mtime, status.st_ctime)
    return FoundFile(entry.path, status.st_size, status.st_mtime_ns, changed_at)
