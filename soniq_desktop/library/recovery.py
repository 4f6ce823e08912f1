"""Opening the user's data at start: what is damaged is set aside, and what the user made is brought back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from soniq_desktop.common.fileio import set_aside
from soniq_desktop.common.log import topic
from soniq_desktop.common.paths import Paths
from soniq_desktop.library.backup import backups, restore_tables
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.database import DamagedCatalogueError, check, suspicion
from soniq_desktop.library.documents import Documents

log = topic("recovery")


@dataclass(slots=True)
class OpenedLibrary:
    """The library, and plain sentences about what had to be done to open it."""

    catalogue: Catalogue
    notices: list[str] = field(default_factory=list)


def open_library(paths: Paths) -> OpenedLibrary:
    """Open the library, or start a new one where the file is damaged.

    The damaged file is kept under another name. The user's rows are read from it and, where that does
    not give all, from the newest backup that can be read; tracks come back with the next scan.

    Raises:
        NewerCatalogueError: written by a later version of SONIQ; nothing is changed.
        CatalogueError: the file cannot be opened for another reason.
    """
    try:
        _look_closely(paths.catalogue)
        return OpenedLibrary(Catalogue(paths.catalogue, waveforms=paths.waveforms))
    except DamagedCatalogueError as error:
        log.warning("The library is started again: %s", error)
        return _start_again(paths)


def open_documents(paths: Paths) -> Documents:
    """The user's documents; where the file and its previous version are damaged, those of the newest backup.

    Raises:
        DocumentError: the file is there but cannot be read.
    """
    return Documents(paths.documents, [each.documents for each in backups(paths.backups)])


def _look_closely(path: Path) -> None:
    """Check the whole file where damage was met the last time."""
    marker = suspicion(path)
    if marker.exists():
        found = check(path) if path.exists() else []
        marker.unlink(missing_ok=True)
        if found:
            log.error("The library database is damaged: %s", "; ".join(found))
            raise DamagedCatalogueError(f"The library database {path.name} is damaged.")


def _start_again(paths: Paths) -> OpenedLibrary:
    aside = set_aside(paths.catalogue)
    for suffix in ("-wal", "-shm"):  # the log of last changes belongs to the file: it moves with it
        beside = paths.catalogue.with_name(paths.catalogue.name + suffix)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + suffix))
    suspicion(paths.catalogue).unlink(missing_ok=True)
    catalogue = Catalogue(paths.catalogue, waveforms=paths.waveforms)
    restored = _restore(catalogue, [aside, *(each.library for each in backups(paths.backups))])
    kept = f"The library database was damaged and is kept as {aside.name}."
    if not restored:
        return OpenedLibrary(catalogue, [f"{kept} Add your music folder again to rebuild the library."])
    return OpenedLibrary(
        catalogue, [f"{kept} Your folders, likes and plays were restored; the tracks are being read again."]
    )


def _restore(catalogue: Catalogue, sources: Sequence[Path]) -> int:
    """Bring rows back from the first source that is whole, and from the damaged ones before it."""
    total = 0
    for source in sources:
        restored = restore_tables(catalogue, source)
        total += restored.rows
        if restored.complete:
            break
    return total
