"""The card of the prediction set: its genres or why there are none, and what such sets are worth."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.analysis.genre.conformal import LEVELS
from soniq_desktop.analysis.genre.engine import GenreCoverage
from soniq_desktop.analysis.genre.judge import DEFAULT_LEVEL
from soniq_desktop.library.records import GenreHeard, Track
from soniq_desktop.ui.components import Card, IconButton, Label, Popover, Segmented, Toggle, fill_rounded
from soniq_desktop.ui.genres import genre_family
from soniq_desktop.ui.inspector import words
from soniq_desktop.ui.theme import Theme, text_width

CHIP, DOT, PADDING, GAP = 32, 10, 13, 8
ASIDE = 82  # margins, gaps and the sign beside the heading and the levels


class SetChips(QWidget):
    """The genres of the set as large chips, one row."""

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_names(self, names: Sequence[str]) -> None:
        """Other genres; none hides the row."""
        self._names = tuple(names)
        self.setAccessibleName("Genres in the set: " + ", ".join(names))
        self.setVisible(bool(names))
        self.updateGeometry()
        self.update()

    def _width(self, name: str) -> float:
        return text_width(name, "body", 600) + DOT + GAP + 2 * PADDING

    def sizeHint(self) -> QSize:
        return QSize(round(sum(map(self._width, self._names)) + 8), Theme.current().px(CHIP))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, Theme.current().px(CHIP))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        x = 0.0
        for name in self._names:
            chip = QRectF(x, 0, self._width(name), self.height())
            fill_rounded(painter, chip, chip.height() / 2, theme.color("raised"))
            dot = QRectF(x + PADDING, chip.center().y() - DOT / 2, DOT, DOT)
            fill_rounded(painter, dot, DOT / 2, theme.genre(genre_family(name) or ""))
            painter.setFont(theme.font("body", 600))
            painter.setPen(theme.color("text"))
            painter.drawText(chip.adjusted(PADDING + DOT + GAP, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, name)
            x += chip.width() + 8
        painter.end()


class SetCard(Card):
    """Emits `level_chosen` (0.8, 0.9, 0.95) and `per_class_chosen`: whether each genre shall hold it."""

    level_chosen = Signal(float)
    per_class_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._about, self._level, self.per_class = "", DEFAULT_LEVEL, False
        self.heading = Label("", "body", weight=600, elide=Qt.TextElideMode.ElideRight)
        self.levels = Segmented([f"{100 * level:.0f}" for level in LEVELS], "Percent of sets that hold it")
        self.info = IconButton("ph.info", "What this promises", size=16, side=28)
        self.chips = SetChips()
        self.note = Label("", "body", weight=600)
        self.why = Label("", "small", "text2", wrap=True)
        self.said = Label("", "small", "text2", wrap=True)
        self.coverage = Label("", "small", "text2", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.heading, 1)
        head.addWidget(self.levels)
        head.addWidget(self.info)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 10, 14, 14)
        column.setSpacing(8)
        column.addLayout(head)
        for part in (self.chips, self.note, self.why, self.said, self.coverage):
            column.addWidget(part)
        self.levels.changed.connect(lambda place: self.level_chosen.emit(LEVELS[place]))
        self.info.clicked.connect(self._explain)

    def set_level(self, level: float) -> None:
        """The level in force."""
        self._level = level
        self._show_heading()
        if level in LEVELS:
            self.levels.set_current(LEVELS.index(level))

    def _show_heading(self) -> None:
        """As long as there is room for."""
        whole = f"{100 * self._level:.0f}{words.THIN}% prediction set"
        fits = text_width(whole, "body", 600) <= self.width() - self.levels.sizeHint().width() - ASIDE
        self.heading.setText(whole if fits else f"{100 * self._level:.0f}{words.THIN}% set")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_heading()

    def show_set(self, track: Track | None, heard: GenreHeard | None) -> None:
        """The set of a song; `heard` None: not judged yet."""
        names = heard.shown if heard is not None else ()
        self.chips.set_names(names)
        head, why = (
            words.NOTES.get(heard.note, (heard.note, "")) if heard is not None else ("Not analysed yet", "")
        )
        self.note.setText(head)
        self.why.setText(why)
        self.note.setVisible(not names and bool(head))
        self.why.setVisible(not names and bool(why))
        self.said.setText(_said(track))
        self.said.setVisible(bool(self.said.text()))

    def show_coverage(self, found: GenreCoverage | None) -> None:
        """What such sets are worth, as measured."""
        if found is None:
            self.coverage.setText("")
            return
        shares = found.families
        text = f"{words.coverage_sentence(found)} {words.families_sentence(shares)}".strip()
        self.coverage.setText(text)
        self._about = "\n".join(
            f"{name}: {100 * share:.0f}{words.THIN}% of {count} songs" for name, share, count in shares
        )

    def _explain(self) -> None:
        popover = Popover(self.info, name="What this promises", width=320)
        popover.body.addWidget(Label(words.ABOUT_SETS, "small", "text2", wrap=True))
        if self._about:
            popover.body.addWidget(Label(self._about, "small", "text2", figures=True))
        toggle = Toggle("Hold the level within each genre", text="Hold it within each genre, too")
        toggle.setToolTip("Larger sets for genres that are often missed; needs enough known songs of each")
        toggle.setChecked(self.per_class)
        toggle.toggled.connect(self.per_class_chosen)
        popover.body.addWidget(toggle)
        popover.open_at(self.info, right=True)


def _said(track: Track | None) -> str:
    """What the user or the file says, which goes before what was heard."""
    if track is None:
        return ""
    if track.genre_corrected:
        return f"You say {track.genre_corrected}; that is what SONIQ shows."
    return f"The file says {track.tags.genre}." if track.tags.genre else ""
