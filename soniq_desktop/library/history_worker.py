"""Import and export of histories in a process of their own: 200,000 entries of JSON would halt the window."""

from pathlib import Path
from typing import Literal

from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.processes import Failed, ProcessPool
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.history_export import export_history
from soniq_desktop.library.history_import import ImportReport, import_history

LONGEST = 3_600.0  # seconds
MOST_MEMORY = 4 << 30
POLL = 0.2

Work = Literal["import", "export"]


def work(task: tuple[Work, str, str]) -> ImportReport | int:
    """In the child: (what, catalogue, file)."""
    what, catalogue, file = task
    with Catalogue(Path(catalogue)) as opened:
        return import_history(opened, Path(file)) if what == "import" else export_history(opened, Path(file))


def apart(what: Work, catalogue: Path, file: Path, control: Control) -> ImportReport | int:
    """Do that in a process of its own and wait for it; `control` can cancel.

    Raises:
        SoniqError: what the work raised, or that it was stopped; nothing was stored then.
    """
    with ProcessPool(f"{__name__}:work", 1, time_limit=LONGEST, memory_limit=MOST_MEMORY) as pool:
        pool.submit(what, (what, str(catalogue), str(file)))
        while not control.cancelled:
            for event in pool.events(POLL):
                if isinstance(event, Failed):
                    raise SoniqError(event.sentence)
                result: ImportReport | int = event.result
                return result
    raise SoniqError(f"The {what} was stopped.", "Nothing was changed.")
