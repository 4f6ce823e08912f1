"""Scans in the background, one after the other, and everything else that changes which folders there are."""

import threading
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, Signal

from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.scan_plan import inside
from soniq_desktop.library.scanner import ScanReport
from soniq_desktop.services.tasks import Tasks

Scan = Callable[..., ScanReport]  # library.scanner.Scanner.scan

log = topic("scan")


class Scanning(QObject):
    """Runs a scanner on one background thread; requests that wait are merged.

    Signals arrive on the GUI thread.
    """

    progressed = Signal(object)  # ScanProgress
    ended = Signal(object)  # ScanReport
    folders_changed = Signal(list)  # list[str]
    failed = Signal(str)  # a plain sentence
    idle = Signal()

    def __init__(
        self,
        catalogue: Catalogue,
        scan: Scan,
        read: Callable[..., ScanReport],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._scan = scan
        self._read = read
        self._tasks = Tasks(1, self)
        self._lock = threading.Lock()
        self._wanted: dict[str, bool] = {}  # folder -> deep
        self._control = Control()
        self._paused = False
        self._open = 0  # requests that have not ended

    @property
    def busy(self) -> bool:
        """Whether a scan runs or waits."""
        return self._open > 0

    def request(self, folders: Iterable[str], *, deep: bool = False) -> None:
        """Scan these folders soon."""
        with self._lock:
            new = {folder: deep or self._wanted.get(folder, False) for folder in folders}
            self._wanted |= new
        if new:
            self._run(self._scan_wanted)

    def read(self, paths: Sequence[str]) -> None:
        """Read single files again."""
        self._run(lambda: self._read(paths, control=self._new_control()))

    def add(self, folder: str) -> None:
        """Make a folder a library folder and scan it."""
        self._run(lambda: self._change(self._catalogue.add_folder, folder))
        self.request([folder])

    def remove(self, folder: str) -> None:
        """Take a folder out of the library; a scan that is going on is broken off, and resumed elsewhere."""
        with self._lock:
            for inner in [one for one in self._wanted if inside(one, folder)]:
                del self._wanted[inner]
        self._control.cancel()
        self._run(lambda: self._change(self._catalogue.remove_folder, folder))
        self._run(self._rescan_all)

    def pause(self) -> None:
        self._paused = True
        self._control.pause()

    def resume(self) -> None:
        self._paused = False
        self._control.resume()

    def cancel(self) -> None:
        """Stop the scan and forget those that wait."""
        with self._lock:
            self._wanted.clear()
        self._control.cancel()

    def close(self) -> None:
        """Stop and wait for the thread."""
        self.cancel()
        self._tasks.close()

    # On the background thread

    def _new_control(self) -> Control:
        control = Control()
        with self._lock:
            self._control = control
        if self._paused:
            control.pause()
        return control

    def _scan_wanted(self) -> ScanReport | None:
        control = self._new_control()
        with self._lock:
            wanted, self._wanted = self._wanted, {}
        report = None
        for deep in (False, True):
            folders = [folder for folder, is_deep in wanted.items() if is_deep is deep]
            if folders and not control.cancelled:
                report = self._scan(folders, deep=deep, control=control, progress=self.progressed.emit)
        return report

    def _rescan_all(self) -> ScanReport | None:
        with self._lock:
            self._wanted |= {folder: self._wanted.get(folder, False) for folder in self._catalogue.folders()}
        return self._scan_wanted()

    def _change(self, change: Callable[[str], None], folder: str) -> None:
        change(folder)
        self.folders_changed.emit(self._catalogue.folders())

    # On the GUI thread

    def _run(self, work: Callable[[], ScanReport | None]) -> None:
        self._open += 1
        self._tasks.run(work, self._done, self._failed)

    def _done(self, report: ScanReport | None) -> None:
        self._open -= 1
        if report is not None:
            self.ended.emit(report)
        if not self.busy:
            self.idle.emit()

    def _failed(self, error: Exception) -> None:
        log.error("A scan failed.", exc_info=error)
        self.failed.emit(str(error) if isinstance(error, SoniqError) else "Scanning failed unexpectedly.")
        self._done(None)
