"""An in-memory discovery service with the signals and methods of the real one, for tests of the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.discovery.facets import FACETS
from soniq_desktop.discovery.for_you import Shelf
from soniq_desktop.discovery.reasons import Reason
from soniq_desktop.discovery.recommend import Recommendations, Recommended
from soniq_desktop.services.discovery import ForYou

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
    recalled = Signal()
    switched = Signal()
    message = Signal(str)

    def __init__(self, library: "FakeLibrary") -> None:
        super().__init__()
        self.library = library
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.error: Exception | None = None
        self.notice = ""
        self.full = True
        self.picked: dict[int, Recommended] = {}
        self.refusals: list[str] = []

    def recommended(self, track_id: int, place: int, because: str) -> Recommended:
        alike = dict.fromkeys(FACETS, 0.8)
        reason = Reason(("harmony",), False, SENTENCES[place % 3], {"harmony": 1.0}, alike)
        return Recommended(self.library.get(track_id), 0.95 - 0.01 * place, 0.9, because, reason, beside=4)

    def some(self, count: int, without: tuple[int, ...] = (), because: str = "a song") -> Recommendations:
        ids = [i for i in range(1, self.library.count + 1) if i not in without][:count]
        found = [self.recommended(each, place, because) for place, each in enumerate(ids)]
        return Recommendations(tuple(found), self.notice)

    def answer(self, done: Callable[[Any], None], failed: Callable[[Exception], None] | None, result: Any):
        if self.error is not None and failed is not None:
            QTimer.singleShot(0, lambda error=self.error: failed(error))
        else:
            QTimer.singleShot(0, lambda: done(result))

    def similar(
        self, track_id, done, failed=None, *, count=100, wanted=None, variety=None, genre="", key=None
    ) -> None:
        asked = {"track_id": track_id, "wanted": wanted, "variety": variety, "genre": genre}
        self.asked.append(("similar", asked))
        self.answer(done, failed, self.some(count if self.full else 0, (track_id,)))

    def for_you(self, done, failed=None, *, count=20, seed=0, key=None) -> None:
        self.asked.append(("for_you", {"seed": seed}))
        self.answer(done, failed, self.offers(count, seed))

    def offers(self, count: int, seed: int) -> ForYou:
        refused = {number for number in range(1, self.library.count + 1) if str(number) in self.refused()}
        every = self.some(self.library.count, tuple(refused)).tracks
        shelves = [
            Shelf(name, self.library.get(90 + n), done, every[20 + 10 * n : 30 + 10 * n])
            for n, (name, done) in enumerate((("Jazz", "finished"), ("Metal", "liked")))
        ]
        first = every[seed : seed + count] if self.full else ()
        return ForYou(Recommendations(first, self.notice), tuple(shelves) if self.full else (), len(every))

    def from_seeds(self, ids, done, failed=None, *, count=20, wanted=None, variety=None, key=None) -> None:
        self.asked.append(("from_seeds", {"ids": list(ids)}))
        self.answer(done, failed, self.some(count, tuple(ids)))

    def remember(self, tracks: Any) -> None:
        self.picked.update((each.track.id, each) for each in tracks)

    def why(self, track_id: int) -> Recommended | None:
        return self.picked.get(track_id)

    def refused(self) -> list[str]:
        return list(self.refusals)

    def refuse(self, track: Any, refused: bool = True) -> None:
        self.refusals.append(str(track.id))

    def forgive(self) -> None:
        self.refusals.clear()

    def closest(self, heard: Any, k: int, done: Callable[[list[tuple[int, float]]], None]) -> None:
        done([(2, 0.8)])
