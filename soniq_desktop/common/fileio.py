"""Writing small files so that no crash, power cut or full disk can cost the user the old version."""

import contextlib
import errno
import glob
import os
import secrets
import shutil
import time
from pathlib import Path

from soniq_desktop.common.errors import SoniqError

_TEMPORARY = ".tmp"
_STALE = 60.0  # seconds after which a temporary file belongs to nobody
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC, errno.EFBIG}


class SaveError(SoniqError):
    """A file could not be written; what was there before is still there."""


def write_atomic(path: Path, data: bytes, *, backup: bool = False) -> None:
    """Replace the content of `path`: at any moment the file holds the old content or the new, whole.

    The data are on the disk before the name points at them. With `backup` the old content stays as
    `backup_of(path)`. A symbolic link is followed, an existing file keeps its permissions.

    Raises:
        SaveError: the disk is full, read-only or away; the old content is untouched.
    """
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = _write_temporary(target, data)
        try:
            if backup and target.exists():
                _keep_backup(target)
            temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        _sync_folder(target.parent)
    except OSError as error:
        raise _save_error(target, error) from error


def backup_of(path: Path) -> Path:
    """Where `write_atomic` keeps the previous content."""
    resolved = path.resolve()
    return resolved.with_name(resolved.name + ".bak")


def set_aside(path: Path, word: str = "damaged") -> Path:
    """Rename a file that is of no use as it is, so that nothing overwrites it; returns the new name.

    Raises:
        SaveError: it cannot be renamed.
    """
    number = 1
    while (target := path.with_name(f"{path.stem}.{word}-{number}{path.suffix}")).exists():
        number += 1
    try:
        path.rename(target)
    except OSError as error:
        raise _save_error(path, error) from error
    return target


def sweep_temporaries(path: Path) -> None:
    """Remove what a killed `write_atomic` left beside `path`, sparing what another process may be writing."""
    resolved = path.resolve()
    for left in resolved.parent.glob(f".{glob.escape(resolved.name)}.*{_TEMPORARY}"):
        with contextlib.suppress(OSError):
            if abs(time.time() - left.stat().st_mtime) > _STALE:
                left.unlink()


def _write_temporary(target: Path, data: bytes) -> Path:
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}{_TEMPORARY}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return temporary


def _keep_backup(target: Path) -> None:
    """Give the old content a second name; copy it where the file system knows no links."""
    spare = target.with_name(f".{target.name}.old{_TEMPORARY}")
    with contextlib.suppress(FileNotFoundError):
        spare.unlink()
    try:
        os.link(target, spare)
    except OSError:
        shutil.copy2(target, spare)
    spare.replace(backup_of(target))


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable. Windows has no such call and needs none."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # some network file systems refuse; the content is safe already
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _save_error(path: Path, error: OSError) -> SaveError:
    name = os.fsencode(path.name).decode("utf-8", "replace")
    if error.errno in _FULL:
        return SaveError(
            f"The disk is full: {name} could not be saved.", "Free some space; the previous version is kept."
        )
    return SaveError(
        f"{name} could not be saved: {(error.strerror or str(error)).lower()}.",
        "Check the folder's permissions; the previous version is kept.",
    )
