"""What the index does with files: errors as sentences, new files all or nothing, a look for changes."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from soniq_desktop.common.errors import SoniqError

PART = ".part"


class FingerprintStoreError(SoniqError):
    """The fingerprint index cannot be read or written."""


def into_place(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` make a file of another name, then give it its own."""
    part = path.with_suffix(PART)
    part.unlink(missing_ok=True)
    try:
        write(part)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def stamp_of(path: Path) -> object:
    """Something that changes with the file; () where it is not there."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise FingerprintStoreError("The fingerprint index cannot be read.", str(error)) from error
    return status.st_ino, status.st_mtime_ns, status.st_size


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """OSErrors of the block become FingerprintStoreErrors."""
    try:
        yield
    except OSError as error:
        sentence = f"The fingerprint index cannot be written: {(error.strerror or str(error)).lower()}."
        raise FingerprintStoreError(sentence, "Playing and everything else go on.") from error
