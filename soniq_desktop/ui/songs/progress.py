"""The progress strip of scanning and listening, fed by the library service."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from soniq_desktop.ui.components import ProgressStrip, confirm
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.songs.text import time_left

if TYPE_CHECKING:
    from soniq_desktop.services.library import LibraryService

VERBS = {"scan": "Looking through", "tags": "Reading", "listen": "Analysing", "compare": "Hearing"}
STAGES = {"scan": "Folders", "tags": "Tags", "listen": "Listening", "compare": "Sound model"}


class LibraryProgress(ProgressStrip):
    """Visible while something runs; stopping asks first."""

    def __init__(
        self, library: "LibraryService", navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._paused = False
        self.hide()
        library.progress.connect(self.show_library)
        library.problems_changed.connect(self.problems.set_count)
        self.problems.set_count(library.counts().problems)
        self.pause_clicked.connect(self._toggle)
        self.cancel_clicked.connect(self._ask)
        self.problems_clicked.connect(lambda: navigator.open("problems"))

    def show_library(self, progress: Any) -> None:
        """A Progress of the library service, or None when nothing runs."""
        if progress is None:
            self.hide()
            return
        self._paused = progress.paused
        verb = "Paused at" if progress.paused else VERBS.get(progress.stage, "Working on")
        known = progress.total > 0
        headline = (
            f"{verb} {progress.done:,} of {progress.total:,}" if known else f"{verb} {progress.done:,} files"
        )
        rate = f"{progress.rate:.1f} files/s" if progress.rate else ""
        left = time_left(progress.seconds_left)
        figures = "   ·   ".join(part for part in (rate, left) if part and not progress.paused)
        item = f"{STAGES.get(progress.stage, '')} {progress.item}".strip()
        share = progress.done / progress.total if known else None
        self.show_progress(headline, figures, item, share, paused=progress.paused)
        self.show()

    def _toggle(self) -> None:
        if self._paused:
            self._library.resume()
        else:
            self._library.pause()

    def _ask(self) -> None:
        confirm(
            self,
            "Stop for now?",
            "What is done is kept. The rest follows at the next start.",
            "Stop",
            self._library.cancel,
            no="Keep going",
            anchor=self.cancel,
        )
