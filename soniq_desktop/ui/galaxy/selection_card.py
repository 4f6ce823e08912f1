"""The card of a selection: how much, which genres, which ranges, a few songs, and what to do with it."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.discovery.galaxy_selection import Spread, Summary
from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import Button, Cover, IconButton, Label
from soniq_desktop.ui.galaxy.colours import Entry
from soniq_desktop.ui.galaxy.panels import FloatingPanel
from soniq_desktop.ui.songs.text import long_duration, songs
from soniq_desktop.ui.theme import Theme, text_width

WIDTH, COVER = 280, 32
SHARES = 3  # genres that are named
LEAST_SHARE = 0.03


class ShareBar(QWidget):
    """Shares of the whole as a bar, and the largest with names."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.total = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """What the selection is made of, the largest first."""
        self.total = sum(entry.songs for entry in entries)
        self.entries = [entry for entry in entries if entry.songs]
        said = ", ".join(f"{entry.label} {self._share(entry)}" for entry in self.entries)
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = Theme.current()
        return QSize(200, theme.px(8) + 8 + theme.line_height("small"))

    def _share(self, entry: Entry) -> str:
        return f"{100 * entry.songs / max(1, self.total):.0f} %"

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bar(painter, theme)
        top = theme.px(8) + 8
        x = 0.0
        for entry in self.entries[:SHARES]:
            width = 12 + text_width(entry.label, "small") + 5 + text_width(self._share(entry), "small") + 12
            if x + width - 12 > self.width() or entry.songs < LEAST_SHARE * self.total:
                break
            self._paint_name(painter, theme, entry, QRectF(x, top, width, theme.line_height("small")))
            x += width
        painter.end()

    def _paint_bar(self, painter: QPainter, theme: Theme) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        x, height = 0.0, theme.px(8)
        for entry in self.entries:
            width = self.width() * entry.songs / max(1, self.total)
            painter.setBrush(entry.colour)
            painter.drawRoundedRect(QRectF(x, 0, max(1.0, width - 2), height), 2, 2)
            x += width

    def _paint_name(self, painter: QPainter, theme: Theme, entry: Entry, box: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(entry.colour)
        painter.drawEllipse(QRectF(box.left(), box.center().y() - 3.5, 7, 7))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2"))
        name = box.adjusted(12, 0, 0, 0)
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, entry.label)
        painter.setPen(theme.color("text3"))
        name.adjust(text_width(entry.label, "small") + 5, 0, 0, 0)
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, self._share(entry))


class _Facts(QWidget):
    """Three lines: name, range, and a word at the right."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        self.values: dict[str, tuple[Label, Label]] = {}
        for row, name in enumerate(("Tempo", "Energy", "Unplayed")):
            value, aside = (
                Label("", "small", weight=500, figures=True),
                Label("", "small", "text3", figures=True),
            )
            grid.setRowMinimumHeight(row, Theme.current().px(27))
            grid.setColumnMinimumWidth(0, Theme.current().px(64))
            grid.addWidget(Label(name, "small", "text3"), row, 0)
            grid.addWidget(value, row, 1)
            grid.addWidget(aside, row, 2, Qt.AlignmentFlag.AlignRight)
            self.values[name] = value, aside

    def set_line(self, name: str, value: str, aside: str) -> None:
        """One of the three lines."""
        for label, text in zip(self.values[name], (value, aside), strict=True):
            label.setText(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = Theme.current().color("line_strong")
        for row in range(4):
            painter.fillRect(
                QRectF(0, min(row * self.height() / 3, self.height() - 1), self.width(), 1), line
            )
        painter.end()


class SampleRow(QWidget):
    """Cover, title and artist of a song that stands for others."""

    def __init__(self) -> None:
        super().__init__()
        self.artwork: str | None = None
        self.cover = Cover(COVER, 4)
        self.title = Label("", "body", weight=500, elide=Qt.TextElideMode.ElideRight)
        self.artist = Label("", "small", "text2", elide=Qt.TextElideMode.ElideRight)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.title)
        texts.addWidget(self.artist)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.cover)
        row.addLayout(texts, 1)

    def set_track(self, track: Track) -> None:
        """Another song."""
        self.artwork = track.tags.artwork
        self.title.setText(track.title)
        self.artist.setText(track.artist)


class SelectionCard(FloatingPanel):
    """What a lasso or a cluster holds."""

    closed = Signal()
    play_wanted = Signal()
    playlist_wanted = Signal()
    queue_wanted = Signal()
    table_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.heading = Label("Lasso selection", "body", weight=600, elide=Qt.TextElideMode.ElideRight)
        self.close_button = IconButton("ph.x", "Clear the selection", shortcut="Esc", size=16, side=28)
        self.count = Label("", "title", figures=True)
        self.length = Label("", "body", "text3", figures=True)
        self.shares = ShareBar()
        self.facts = _Facts()
        self.samples = [SampleRow() for _ in range(3)]
        self._sampled = 0
        self.play = Button("Play", "ph.play-fill", "primary")
        self.playlist = Button("Playlist", "ph.playlist", "outline")
        self.queue = Button("Add to queue", "ph.queue", "ghost", "chip")
        self.table = Button("Show as table", "ph.table", "ghost", "chip")
        self._lay_out()
        self._connect()
        self.setFixedWidth(Theme.current().px(WIDTH))
        self.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.close_button)
        figures = QHBoxLayout()
        figures.setSpacing(8)
        figures.addWidget(self.count)
        figures.addWidget(self.length, 1, Qt.AlignmentFlag.AlignBottom)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.play, self.playlist):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            buttons.addWidget(button, 1)
        more = QHBoxLayout()
        more.setSpacing(0)
        more.addWidget(self.queue)
        more.addStretch()
        more.addWidget(self.table)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addLayout(head)
        column.addLayout(figures)
        column.addWidget(self.shares)
        column.addWidget(self.facts)
        for row in self.samples:
            column.addWidget(row)
        column.addLayout(buttons)
        column.addLayout(more)

    def _connect(self) -> None:
        for button, signal in (
            (self.close_button, self.closed),
            (self.play, self.play_wanted),
            (self.playlist, self.playlist_wanted),
            (self.queue, self.queue_wanted),
            (self.table, self.table_wanted),
        ):
            button.clicked.connect(signal)

    def show_summary(self, name: str, found: Summary, genres: Sequence[Entry]) -> None:
        """Fill in the figures; the samples come when their songs are known."""
        self.heading.setText(name)
        self.count.setText(songs(found.songs))
        self.length.setText(_length_text(found.seconds))
        self.shares.set_entries(genres)
        self.facts.set_line("Tempo", *_range_text(found.tempo, "{:.0f}", " BPM"))
        self.facts.set_line("Energy", *_range_text(found.energy, "{:.2f}", ""))
        share = 100 * found.unplayed / max(1, found.songs)
        self.facts.set_line("Unplayed", songs(found.unplayed), f"{share:.0f} %")
        self._sampled = min(self._sampled, found.songs)
        for row in self.samples[found.songs :]:
            row.hide()
        for button in (self.play, self.playlist, self.queue, self.table):
            button.setEnabled(found.songs > 0)
        self.setAccessibleName(f"{name}: {songs(found.songs)}, {long_duration(found.seconds)}")
        self.show()
        self.adjustSize()

    def show_samples(self, tracks: Sequence[Track]) -> None:
        """The songs that stand for the selection."""
        self._sampled = min(len(tracks), len(self.samples))
        for row, track in zip(self.samples, tracks, strict=False):
            row.set_track(track)
        self._show_first(self._sampled)

    def fit(self, room: int) -> None:
        """Show as many samples as leave the buttons in sight in `room` px of height."""
        for count in range(self._sampled, -1, -1):
            self._show_first(count)
            if self.height() <= room:
                return

    def _show_first(self, count: int) -> None:
        for number, row in enumerate(self.samples):
            row.setVisible(number < count)
        self._column.activate()
        self.adjustSize()


def _length_text(seconds: float) -> str:
    """Whole hours from a hundred on: there is no room for more, and nobody wants to know."""
    return f"{seconds / 3600:,.0f} h" if seconds >= 360_000 else long_duration(seconds)


def _range_text(spread: Spread | None, form: str, unit: str) -> tuple[str, str]:
    """What most songs have ("96 – 128 BPM"), and the median."""
    if spread is None:
        return "not known", ""
    low, high = form.format(spread.low), form.format(spread.high)
    said = low if low == high else f"{low} – {high}"
    return f"{said}{unit}", f"median {form.format(spread.median)}"
