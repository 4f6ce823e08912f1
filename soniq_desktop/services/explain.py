"""What the genre network heard, as the window asks for it: Grad-CAM in a process that comes and goes."""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, Signal
from PySide6.QtGui import QImage

from soniq_desktop.analysis.genre.evidence import Evidence, Excerpt
from soniq_desktop.common.errors import WorkerStartError
from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.common.log import topic
from soniq_desktop.common.processes import Failed, Finished, ProcessPool
from soniq_desktop.services.tasks import Tasks

log = topic("explain")
HANDLER = "soniq_desktop.analysis.genre.explaining:explain"
PART = 12.0  # seconds of one picture
OVERLAP = 0.05  # seconds by which an excerpt is longer, so that pictures meet
KEPT = 48  # pictures in memory, about 0.3 MB each
IDLE = 90.0  # seconds without a question after which the process, 0.4 GB with torch, is ended
LIMIT = 60.0  # seconds for one picture

Done = Callable[[Evidence], None]
Trouble = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Question:
    key: str
    excerpt: Excerpt
    done: Done
    failed: Trouble


class ExplainService(QObject):
    """No method blocks; answers come on the GUI thread, known ones at once.

    Each `key` stands for one place that shows a picture: its newer question replaces the older one.
    """

    _answered = Signal(object, object)  # Excerpt, Evidence or a sentence

    def __init__(self, network: str = "genre_crnn", parent: QObject | None = None) -> None:
        """`network`: as `models.genre_networks.load_network` takes it."""
        super().__init__(parent)
        self._network = network
        self._known: OrderedDict[Excerpt, Evidence] = OrderedDict()
        self._asked: dict[str, _Question] = {}
        self._wanted: OrderedDict[str, Excerpt] = OrderedDict()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._tasks = Tasks(1, self)
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def excerpt(self, path: str, seconds: float, duration: float, label: str | None = None) -> Excerpt:
        """The part of a file in which an instant lies; parts follow each other, the last ends with it."""
        start = min(PART * int(max(0.0, seconds) / PART), max(0.0, duration - PART))
        length = min(PART + OVERLAP, duration - start) if duration > 0 else PART + OVERLAP
        return Excerpt(path, start, length, label, self._network)

    def known(self, excerpt: Excerpt) -> Evidence | None:
        """The answer where it is in memory."""
        return self._known.get(excerpt)

    def explain(self, excerpt: Excerpt, done: Done, failed: Trouble, *, key: str) -> None:
        """Ask; `done(evidence)` or `failed(sentence)`, unless a newer question with this key comes first."""
        self.cancel(key)
        if self._closed:
            return
        if (found := self.known(excerpt)) is not None:
            self._known.move_to_end(excerpt)
            done(found)
            return
        self._asked[key] = _Question(key, excerpt, done, failed)
        with self._changed:
            self._wanted[key] = excerpt
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="soniq-explain", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def cancel(self, key: str) -> None:
        """The place wants nothing any more."""
        self._asked.pop(key, None)
        with self._changed:
            self._wanted.pop(key, None)

    def busy(self, key: str) -> bool:
        """Whether an answer is awaited."""
        return key in self._asked

    def export(
        self, image: QImage, file: Path, done: Callable[[str], None], failed: Callable[[Exception], None]
    ) -> None:
        """Write a picture as PNG; `done` gets the file's name."""

        def write() -> str:
            data = QByteArray()
            buffer = QBuffer(data)
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            image.save(buffer, b"PNG")
            write_atomic(file, bytes(data.data()))
            return file.name

        self._tasks.run(write, done, failed)

    def close(self) -> None:
        """End the process. Safe to call twice."""
        self._closed = True
        self._tasks.close()
        self._asked.clear()
        with self._changed:
            self._wanted.clear()
            thread = self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join(3.0)

    # -- on the GUI thread

    def _deliver(self, excerpt: Excerpt, answer: Evidence | str) -> None:
        if isinstance(answer, Evidence):
            self._remember(excerpt, answer)
        for question in [each for each in self._asked.values() if each.excerpt == excerpt]:
            self._asked.pop(question.key, None)
            if isinstance(answer, Evidence):
                question.done(answer)
            else:
                question.failed(answer)

    def _remember(self, excerpt: Excerpt, evidence: Evidence) -> None:
        for each in {excerpt, replace(excerpt, label=evidence.label)}:
            self._known[each] = evidence
            self._known.move_to_end(each)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    # -- on the thread

    def _work(self) -> None:
        """Answer until nobody has asked for a while; the next question starts another thread."""
        pool: ProcessPool | None = None
        try:
            while (excerpt := self._next()) is not None:
                if pool is None:
                    pool = ProcessPool(HANDLER, 1, setup={}, time_limit=LIMIT, nice=5)
                self._tell(excerpt, self._answer(pool, excerpt))
        finally:
            if pool is not None:
                pool.close()

    def _next(self) -> Excerpt | None:
        """What was asked for last; None where it is time to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._wanted or self._closed, IDLE)
            if self._closed or not self._wanted:
                self._thread = None
                return None
            return self._wanted.popitem()[1]

    def _answer(self, pool: ProcessPool, excerpt: Excerpt) -> Evidence | str:
        try:
            pool.submit(excerpt, excerpt, urgent=True)
            while not self._closed:
                for event in pool.events(0.2):
                    return _result(event)
        except WorkerStartError as error:
            return str(error)
        return ""

    def _tell(self, excerpt: Excerpt, answer: Evidence | str) -> None:
        if not self._closed:
            with contextlib.suppress(RuntimeError):  # the application is gone
                self._answered.emit(excerpt, answer)


def _result(event: Finished | Failed) -> Evidence | str:
    if isinstance(event, Finished):
        found: Evidence = event.result
        return found
    log.warning("not explained: %s %s", event.sentence, event.detail)
    return event.sentence or "This part could not be explained."


__all__ = ["PART", "Evidence", "Excerpt", "ExplainService"]
