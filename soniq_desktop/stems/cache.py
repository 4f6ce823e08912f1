"""Where stems are kept: one folder for each sound and engine, the least recently used go first."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from soniq_desktop.common.locking import locked
from soniq_desktop.stems.engine import EngineSpec
from soniq_desktop.stems.errors import StemsError
from soniq_desktop.stems.stem_set import StemSet

DEFAULT_LIMIT = 10_000_000_000  # bytes: about 150 songs of four stems
_USED = "used"
_GONE = ".gone-"


class StemCache:
    """The stems of all tracks, below one folder.

    Args:
        folder: made when it is needed.
        limit: bytes that `trim` leaves.
    """

    def __init__(self, folder: Path, limit: int = DEFAULT_LIMIT) -> None:
        self.folder = folder
        self.limit = limit

    def path(self, audio_hash: str, spec: EngineSpec) -> Path:
        return self.folder / audio_hash / f"{spec.name}-{spec.version}"

    def open(self, audio_hash: str, spec: EngineSpec) -> StemSet:
        """The stems of a sound by an engine, as far as they are there; counts as using them."""
        folder = self.path(audio_hash, spec)
        if folder.is_dir():
            with contextlib.suppress(OSError):
                (folder / _USED).touch()
        return StemSet(folder)

    @contextlib.contextmanager
    def writing(self, audio_hash: str, spec: EngineSpec) -> Iterator[StemSet]:
        """The same for the one process that adds to it.

        Raises:
            StemsError: another process is at it, or the folder cannot be made.
        """
        folder = self.path(audio_hash, spec)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / _USED).touch()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise StemsError(
                f"The folder for stems cannot be made: {reason}.", f"Check {self.folder}."
            ) from error
        with locked(folder / "lock", 0.5) as mine:
            if not mine:
                raise StemsError("This track is being taken apart already, by another window or command.")
            yield StemSet(folder)

    def sets(self) -> list[Path]:
        """Folders of single sets, the least recently used first."""
        folders = [path for path in self.folder.glob("*/*") if path.is_dir() and _GONE not in str(path)]
        return sorted(folders, key=_last_used)

    def size(self) -> int:
        """Bytes of all stems."""
        return sum(map(_bytes_of, self.sets()))

    def trim(self, keep: str | None = None) -> int:
        """Remove the least recently used until the limit is met, never the hash `keep`; returns bytes."""
        sizes = {path: _bytes_of(path) for path in self.sets()}
        total, freed = sum(sizes.values()), 0
        for path, size in sizes.items():
            if total - freed <= self.limit:
                break
            if path.parent.name != keep and self._remove(path):
                freed += size
        return freed

    def clear(self, keep: str | None = None) -> int:
        """Free up the space of all stems, of `keep` (a hash) excepted; returns bytes freed."""
        sizes = [(path, _bytes_of(path)) for path in self.sets() if path.parent.name != keep]
        return sum(size for path, size in sizes if self._remove(path))

    def drop(self, audio_hash: str) -> None:
        """Forget the stems of one sound."""
        for path in (self.folder / audio_hash).glob("*"):
            self._remove(path)

    def sweep(self) -> None:
        """Delete what an interrupted removal has left."""
        for left in self.folder.glob(f"{_GONE}*"):
            shutil.rmtree(left, ignore_errors=True)

    def _remove(self, path: Path) -> bool:
        """Take a set away in one step, then delete it; one that is being written stays."""
        try:
            with locked(path / "lock", 0.0) as free:
                if not free:
                    return False
            gone = self.folder / f"{_GONE}{secrets.token_hex(6)}"
            path.rename(gone)
        except OSError:
            return False
        shutil.rmtree(gone, ignore_errors=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()
        return True


def _last_used(path: Path) -> float:
    try:
        return (path / _USED).stat().st_mtime
    except OSError:
        return 0.0


def _bytes_of(path: Path) -> int:
    total = 0
    with contextlib.suppress(OSError), os.scandir(path) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                total += entry.stat(follow_symlinks=False).st_size
    return total
