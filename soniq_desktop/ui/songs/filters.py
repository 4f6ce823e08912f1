"""The chips above the table: which filters there are, how they read, and the popovers that edit them."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from soniq_desktop.common.music import camelot, compatible_keys, key_name
from soniq_desktop.library.records import Filters, Mode
from soniq_desktop.ui.components import Button, FilterChip, Label, Menu, Popover
from soniq_desktop.ui.songs.text import clock
from soniq_desktop.ui.theme import Theme

EMPTY = Filters()
DAY = 86400.0
ADDED_SPANS = (("today", 1), ("this week", 7), ("this month", 31), ("this year", 365))
# Estimates of 0 to 1, shown in per cent.
SHARES = (
    ("energy", "Energy"),
    ("danceability", "Danceability"),
    ("acousticness", "Acousticness"),
    ("instrumentalness", "Instrumentalness"),
    ("valence", "Bright mood"),
    ("speechiness", "Speech"),
)
MODES: tuple[Mode, Mode] = ("minor", "major")
# Camelot codes in order, each with its tonic and mode.
KEYS: tuple[tuple[str, int, Mode], ...] = tuple(
    sorted(
        ((camelot(tonic, mode), tonic, mode) for mode in MODES for tonic in range(12)),
        key=lambda key: (int(key[0][:-1]), key[0][-1]),
    )
)


@dataclass(frozen=True)
class FilterKind:
    """One kind of filter: the field of `Filters` (or the like) that it sets and how its chip reads."""

    field: str
    name: str
    describe: Callable[[Any], str]
    toggle: bool = False  # on or off, nothing to edit

    def value(self, filters: Any) -> Any:
        return getattr(filters, self.field)

    def is_on(self, filters: Any) -> bool:
        return bool(self.value(filters) != self.value(type(filters)()))


def _describe_added(after: float) -> str:
    days = (time.time() - after) / DAY
    return min(ADDED_SPANS, key=lambda span: abs(span[1] - days))[0]


def _describe_length(span: tuple[float, float]) -> str:
    low, high = span
    if high >= 86400:
        return f"over {clock(low)}"
    return f"under {clock(high)}" if low <= 0 else f"{clock(low)} – {clock(high)}"


def _describe_range(span: tuple[float, float]) -> str:
    return f"{span[0]:.0f} – {span[1]:.0f}"


def _describe_share(span: tuple[float, float]) -> str:
    low, high = (round(100 * value) for value in span)
    if high >= 100:
        return f"over {low} %"
    return f"under {high} %" if low <= 0 else f"{low} – {high} %"


def _describe_keys(keys: frozenset[tuple[int, Mode]]) -> str:
    codes = [code for code, tonic, mode in KEYS if (tonic, mode) in keys]
    return ", ".join(codes[:3]) + (f" +{len(codes) - 3}" if len(codes) > 3 else "")


KINDS: tuple[FilterKind, ...] = (
    FilterKind("lossless", "Quality", lambda _on: "Lossless", toggle=True),
    FilterKind("added_after", "Added", _describe_added),
    FilterKind("duration", "Length", _describe_length),
    FilterKind("tempo", "BPM", _describe_range),
    FilterKind("keys", "Key", _describe_keys),
    FilterKind("year", "Year", _describe_range),
    *(FilterKind(name, title, _describe_share) for name, title in SHARES),
    FilterKind("liked", "Liked", lambda _on: "", toggle=True),
    FilterKind("unplayed", "Unplayed", lambda _on: "", toggle=True),
)


def filters_to_session(filters: Filters) -> dict[str, Any]:
    """JSON values of the filters that are on."""
    session: dict[str, Any] = {kind.field: kind.value(filters) for kind in KINDS if kind.is_on(filters)}
    if "keys" in session:
        session["keys"] = [list(key) for key in session["keys"]]
    return session


def filters_from_session(session: dict[str, Any]) -> Filters:
    """The reverse; whatever does not fit is left out."""
    known = {kind.field for kind in KINDS}
    values = {name: value for name, value in session.items() if name in known}
    for name in ("duration", "tempo", "year", *(name for name, _title in SHARES)):
        if name in values:
            values[name] = tuple(values[name])
    if "keys" in values:
        values["keys"] = frozenset((int(tonic), mode) for tonic, mode in values["keys"])
    return Filters(**values)


class FilterBar(QWidget):
    """Chips of the filters in force and a button that adds one. `changed` carries the new filters.

    Args:
        empty: the filters of which none is on, a frozen dataclass.
        kinds: which of its fields there are chips for.
        editors: by field, what fills the popover of a kind that is not a toggle.
    """

    changed = Signal(object)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        empty: Any = EMPTY,
        kinds: Sequence[FilterKind] = KINDS,
        editors: "Mapping[str, Editor] | None" = None,
    ) -> None:
        super().__init__(parent)
        self._empty, self._kinds = empty, kinds
        self._editors = _EDITORS if editors is None else editors
        self._filters = empty
        self._chips: dict[str, FilterChip] = {}
        self._popover: Popover | None = None
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self.add_button = AddFilterButton()
        self.add_button.clicked.connect(self._choose)
        self._layout.addWidget(self.add_button)

    def filters(self) -> Any:
        return self._filters

    def set_filters(self, filters: Any) -> None:
        """Show these filters without emitting `changed`."""
        self._filters = filters
        for kind in self._kinds:
            self._show_chip(kind)

    def chip(self, field: str) -> FilterChip | None:
        """The chip of a field of Filters, where it is on."""
        return self._chips.get(field)

    def set_value(self, field: str, value: Any) -> None:
        """Change one filter and tell."""
        self.set_filters(replace(self._filters, **{field: value}))
        self.changed.emit(self._filters)

    def _show_chip(self, kind: FilterKind) -> None:
        chip = self._chips.get(kind.field)
        if not kind.is_on(self._filters):
            if chip is not None:
                self._chips.pop(kind.field).deleteLater()
                self._layout.removeWidget(chip)
                chip.hide()
            return
        text = kind.describe(kind.value(self._filters))
        if chip is not None:
            chip.set_value(text)
            return
        chip = FilterChip(kind.name, text)
        chip.clicked.connect(lambda: self.edit(kind))
        chip.removed.connect(lambda: self.set_value(kind.field, getattr(self._empty, kind.field)))
        self._chips[kind.field] = chip
        self._layout.insertWidget(len(self._chips) - 1, chip)

    def _choose(self) -> None:
        menu = Menu(parent=self)
        for kind in self._kinds:
            on = kind.is_on(self._filters)
            menu.item(
                f"{kind.name}: Lossless" if kind.field == "lossless" else kind.name,
                partial(self._start, kind),
                enabled=not on,
            )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))

    def _start(self, kind: FilterKind) -> None:
        if kind.toggle:
            self.set_value(kind.field, True)
        else:
            self.edit(kind)

    def edit(self, kind: FilterKind) -> None:
        """Open the editor of one kind beside its chip, or beside the button while it has none."""
        if kind.toggle:
            return
        anchor = self._chips.get(kind.field, self.add_button)
        popover = Popover(self, name=f"Filter: {kind.name}", width=300)
        popover.body.addWidget(Label(kind.name, "body", weight=600))
        self._editors[kind.field](popover, self)
        popover.open_at(anchor)
        self._popover = popover


class AddFilterButton(Button):
    """The quiet "+ Filter"."""

    def __init__(self) -> None:
        super().__init__("Filter", "ph.plus", "outline", "chip")


def _added_editor(popover: Popover, bar: FilterBar) -> None:
    for text, days in ADDED_SPANS:
        button = Button(text.capitalize(), kind="ghost")

        def choose(days: int = days) -> None:
            bar.set_value("added_after", time.time() - days * DAY)
            popover.close_popover()

        button.clicked.connect(choose)
        popover.body.addWidget(button)


def _range_editor(
    popover: Popover, bar: FilterBar, field: str, *, texts: tuple[str, str],
    parse: Callable[[str], float | None], limits: tuple[float, float],
    presets: tuple[tuple[str, Any], ...] = (),
) -> None:  # fmt: skip
    """Two fields "from" and "to", presets, and a button that applies."""
    row = QHBoxLayout()
    row.setSpacing(8)
    edits = [QLineEdit(text) for text in texts]
    for edit, name in zip(edits, ("From", "To"), strict=True):
        edit.setPlaceholderText(name)
        edit.setAccessibleName(name)
        row.addWidget(edit)
    popover.body.addLayout(row)
    if presets:
        choices = QHBoxLayout()
        choices.setSpacing(4)
        for text, value in presets:
            button = Button(text, kind="ghost")
            button.clicked.connect(lambda _=False, value=value: _use(popover, bar, field, value))
            choices.addWidget(button)
        choices.addStretch()
        popover.body.addLayout(choices)
    apply = Button("Apply", kind="secondary")

    def use() -> None:
        low, high = (parse(edit.text()) for edit in edits)
        low, high = limits[0] if low is None else low, limits[1] if high is None else high
        _use(popover, bar, field, (min(low, high), max(low, high)))

    apply.clicked.connect(use)
    for edit in edits:
        edit.returnPressed.connect(use)
    popover.body.addWidget(apply)


def _use(popover: Popover, bar: FilterBar, field: str, value: Any) -> None:
    bar.set_value(field, value)
    popover.close_popover()


def parse_time(text: str) -> float | None:
    """Seconds from "2:30", "150" or "1:02:03"; None where it is not a time."""
    try:
        parts = [float(part) for part in text.strip().split(":")]
    except ValueError:
        return None
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + part
    return seconds


def parse_number(text: str) -> float | None:
    """A number, or None."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _length_editor(popover: Popover, bar: FilterBar) -> None:
    span = bar.filters().duration
    texts = ("", "") if span is None else (clock(span[0]), clock(span[1]) if span[1] < 86400 else "")
    presets = (
        ("Under 3 min", (0.0, 180.0)),
        ("3 to 6", (180.0, 360.0)),
        ("Over 6", (360.0, 86400.0)),
    )
    _range_editor(
        popover, bar, "duration", texts=texts, parse=parse_time, limits=(0.0, 86400.0), presets=presets
    )


def tempo_editor(popover: Popover, bar: FilterBar) -> None:
    span = bar.filters().tempo
    texts = ("", "") if span is None else (f"{span[0]:.0f}", f"{span[1]:.0f}")
    presets = (("Slow", (40.0, 90.0)), ("Medium", (90.0, 125.0)), ("Fast", (125.0, 240.0)))
    _range_editor(
        popover, bar, "tempo", texts=texts, parse=parse_number, limits=(30.0, 300.0), presets=presets
    )


def year_editor(popover: Popover, bar: FilterBar) -> None:
    span = bar.filters().year
    texts = ("", "") if span is None else (str(span[0]), str(span[1]))
    now = time.localtime().tm_year

    def parse(text: str) -> float | None:
        number = parse_number(text)
        return None if number is None else int(number)

    presets = (("1980s", (1980, 1989)), ("1990s", (1990, 1999)), ("This year", (now, now)))
    _range_editor(popover, bar, "year", texts=texts, parse=parse, limits=(1900, now), presets=presets)


def _share_editor(popover: Popover, bar: FilterBar, field: str) -> None:
    span = getattr(bar.filters(), field)
    texts = ("", "") if span is None else (f"{100 * span[0]:.0f}", f"{100 * span[1]:.0f}")

    def parse(text: str) -> float | None:
        number = parse_number(text.replace("%", ""))
        return None if number is None else min(max(number / 100, 0.0), 1.0)

    popover.body.addWidget(Label("SONIQ's estimate, in per cent.", "small", "text3"))
    presets = (("Low", (0.0, 0.33)), ("Medium", (0.33, 0.67)), ("High", (0.67, 1.0)))
    _range_editor(popover, bar, field, texts=texts, parse=parse, limits=(0.0, 1.0), presets=presets)


def _keys_editor(popover: Popover, bar: FilterBar) -> None:
    popover.body.addWidget(
        Label("A click takes one key, Shift+click also those that mix with it.", "small", "text3", wrap=True)
    )
    picker = KeyPicker(bar.filters().keys)
    popover.body.addWidget(picker)
    picker.chosen.connect(lambda keys: _use(popover, bar, "keys", keys))


class KeyPicker(QWidget):
    """24 Camelot codes. A click chooses one key; "and neighbours" adds what mixes with it."""

    chosen = Signal(object)

    def __init__(self, keys: frozenset[tuple[int, Mode]]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for position, (code, tonic, mode) in enumerate(KEYS):
            on = (tonic, mode) in keys
            button = Button(code, kind="primary" if on else "secondary", size="chip")
            button.setToolTip(f"{key_name(tonic, mode)}; Shift adds the keys that mix with it")
            button.clicked.connect(lambda _=False, key=(tonic, mode): self._choose(key))
            button.setFixedWidth(Theme.current().px(40))
            pair, letter = divmod(position, 2)
            grid.addWidget(button, pair // 6 * 2 + letter, pair % 6)

    def _choose(self, key: tuple[int, Mode]) -> None:
        wide = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        self.chosen.emit(frozenset(compatible_keys(*key) if wide else [key]))


Editor: TypeAlias = Callable[[Popover, FilterBar], None]

_EDITORS: dict[str, Editor] = {
    "added_after": _added_editor,
    "duration": _length_editor,
    "tempo": tempo_editor,
    "keys": _keys_editor,
    "year": year_editor,
    **{name: partial(_share_editor, field=name) for name, _title in SHARES},
}
