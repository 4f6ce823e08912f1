"""Over a list of similar songs: chips that narrow it, and the dial between alike and varied."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.discovery.filters import Wanted
from soniq_desktop.discovery.worth_hearing import Variety
from soniq_desktop.library.records import Group
from soniq_desktop.ui.components import Button, Label, Popover, Slider
from soniq_desktop.ui.pages.parts import scrolled
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.filters import FilterBar, FilterKind, tempo_editor, year_editor

RESTS = (("Not today", 1.0), ("Not this week", 7.0), ("Not this month", 31.0), ("Not this year", 365.0))
USUAL_DIVERSITY = 15
SETTLED_MS = 250
LISTED = 12  # songs of one artist or album at most, in a list of a hundred


@dataclass(frozen=True)
class SimilarFilters:
    """What the listed songs must be, as the chips say it."""

    genre: str = ""
    tempo: tuple[float, float] | None = None
    compatible_key: bool = False
    year: tuple[int, int] | None = None
    liked: bool = False
    rested: float | None = None  # days

    def wanted(self) -> Wanted:
        """The same for the engine; the genre is asked for by name."""
        return Wanted(None, self.tempo, self.year, self.compatible_key, self.liked, self.rested)


def _describe_span(span: tuple[float, float]) -> str:
    return f"{span[0]:.0f} – {span[1]:.0f}"


def _describe_rest(days: float) -> str:
    return min(RESTS, key=lambda rest: abs(rest[1] - days))[0].lower()


KINDS = (
    FilterKind("genre", "Genre", str),
    FilterKind("tempo", "BPM", _describe_span),
    FilterKind("compatible_key", "Key that mixes", lambda _on: "", toggle=True),
    FilterKind("year", "Year", _describe_span),
    FilterKind("liked", "Liked", lambda _on: "", toggle=True),
    FilterKind("rested", "Heard", _describe_rest),
)


class SimilarBar(QWidget):
    """`changed` comes when chips or dial ask for another list."""

    changed = Signal()

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        if services.discovery is not None:
            services.discovery.switched.connect(self.changed)
        editors = {
            "genre": self._genre_editor,
            "tempo": tempo_editor,
            "year": year_editor,
            "rested": _rest_editor,
        }
        self.chips = FilterBar(empty=SimilarFilters(), kinds=KINDS, editors=editors)
        self.diversity = Slider("Diversity, 0 alike to 100 varied")
        self.diversity.setValue(USUAL_DIVERSITY)
        self.diversity.setFixedWidth(120)
        self._timer = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._timer.timeout.connect(self.changed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.chips)
        layout.addStretch(1)
        layout.addWidget(Label("Alike", "small", "text3"))
        layout.addWidget(self.diversity)
        layout.addWidget(Label("Varied", "small", "text3"))
        self.chips.changed.connect(lambda _filters: self.changed.emit())
        self.diversity.valueChanged.connect(lambda _value: self._timer.start())

    def filters(self) -> SimilarFilters:
        filters: SimilarFilters = self.chips.filters()
        return filters

    def clear(self) -> None:
        """No filters."""
        self.chips.set_filters(SimilarFilters())
        self.changed.emit()

    def variety(self) -> Variety:
        """A list of a hundred may hold more of an artist than one of twenty."""
        return Variety(per_artist=LISTED, per_album=LISTED, diversity=self.diversity.value() / 100)

    def _genre_editor(self, popover: Popover, bar: FilterBar) -> None:
        """The genres of the library, the larger ones first."""
        column = QWidget()
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        area = scrolled(column)
        area.setFixedHeight(260)
        popover.body.addWidget(area)

        def choose(name: str) -> None:
            bar.set_value("genre", name)
            popover.close_popover()

        def fill(groups: list[Group]) -> None:
            for group in sorted(groups, key=lambda each: -each.tracks):
                button = Button(group.name, kind="ghost")
                button.clicked.connect(partial(choose, group.name))
                rows.addWidget(button)
            rows.addStretch(1)

        self._services.library.genres("", fill)


def _rest_editor(popover: Popover, bar: FilterBar) -> None:
    for text, days in RESTS:
        button = Button(text, kind="ghost")

        def choose(days: float = days) -> None:
            bar.set_value("rested", days)
            popover.close_popover()

        button.clicked.connect(lambda _=False, choose=choose: choose())
        popover.body.addWidget(button)
