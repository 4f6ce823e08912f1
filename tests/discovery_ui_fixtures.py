"""An in-memory discovery service with the signals and methods of the real one, for tests of the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.discovery.filters import Wanted
from soniq_desktop.discovery.reasons import Reason
from soniq_desktop.discovery.recommend import Recommendations, Recommended

if TYPE_CHECKING:
    from tests.ui_fixtures import FakeLibrary

SENTENCES = (
    "Same key (8A), +2 % tempo (126 BPM)",
    "Both electronic, ambient by their tags",
    "Timbre nearer than 99 % of the library’s",
)


class FakeDiscovery(QObject):
    """Answers by number, and keeps what it was asked."""

    grown = Signal()
    message = Signal(str)

    def __init__(self, library: "FakeLibrary") -> None:
        super().__init__()
        self.library = library
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.error: Exception | None = None
        self.notice = ""

    def recommended(self, track_id: int, place: int, because: str) -> Recommended:
        reason = Reason(("harmony",), False, SENTENCES[place % 3], {"harmony": 1.0}, {"harmony": 1.0})
        return Recommended(self.library.get(track_id), 0.95 - 0.01 * place, 0.9, because, reason)

    def some(self, count: int, without: tuple[int, ...] = (), because: str = "a song") -> Recommendations:
        ids = [i for i in range(1, self.library.count + 1) if i not in without][:count]
        found = [self.recommended(each, place, because) for place, each in enumerate(ids)]
        return Recommendations(tuple(found), self.notice)

    def answer(self, done: Callable[[Any], None], failed: Callable[[Exception], None] | None, result: Any):
        if self.error is not None and failed is not None:
            QTimer.singleShot(0, lambda error=self.error: failed(error))
        else:
            QTimer.singleShot(0, lambda: done(result))

    def similar(self, track_id, done, failed=None, *, count=100, wanted=None, variety=None, key=None) -> None:
        self.asked.append(
            ("similar", {"track_id": track_id, "wanted": wanted or Wanted(), "variety": variety})
        )
        self.answer(done, failed, self.some(count, (track_id,)))

    def closest(self, vector: Any, k: int, done: Callable[[list[tuple[int, float]]], None]) -> None:
        done([(2, 0.8)])
