"""Which page is shown, and the way back. Pages ask the navigator, never each other."""

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal

LIMIT = 100


@dataclass(frozen=True)
class Place:
    """A page and what it shows."""

    page: str
    params: dict[str, Any] = field(default_factory=dict)


class Navigator(QObject):
    """History of places. `opened` asks the window to show one; before it leaves one, it says so."""

    opened = Signal(object)  # Place
    about_to_leave = Signal(object)  # Place
    history_changed = Signal()
    notice = Signal(str)  # a plain sentence for the notice bar

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places: list[Place] = []
        self._at = -1

    @property
    def place(self) -> Place | None:
        """Where we are."""
        return self._places[self._at] if self._places else None

    @property
    def can_go_back(self) -> bool:
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        return self._at < len(self._places) - 1

    def open(self, page: str, **params: Any) -> None:
        """Go to a page; the same place again shows it again without a new step in the history."""
        place = Place(page, params)
        if place != self.place:
            self._leave()
            del self._places[self._at + 1 :]
            self._places.append(place)
            del self._places[: max(0, len(self._places) - LIMIT)]
            self._at = len(self._places) - 1
        self._show()

    def back(self) -> None:
        """One place back, where there is one."""
        if self.can_go_back:
            self._step(-1)

    def forward(self) -> None:
        """One place forward, where there is one."""
        if self.can_go_forward:
            self._step(1)

    def tell(self, sentence: str) -> None:
        """Show a plain sentence in the notice bar."""
        self.notice.emit(sentence)

    def _step(self, by: int) -> None:
        self._leave()
        self._at += by
        self._show()

    def _leave(self) -> None:
        if self.place is not None:
            self.about_to_leave.emit(self.place)

    def _show(self) -> None:
        self.opened.emit(self.place)
        self.history_changed.emit()
