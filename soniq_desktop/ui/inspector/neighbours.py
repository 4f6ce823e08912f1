"""The card of nearest neighbours: how alike, by which parts, and why."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.discovery.recommend import Recommendations, Recommended
from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import (
    Card,
    IconButton,
    Label,
    PaintedButton,
    fill_rounded,
    paint_cover,
    paint_genre_chip,
)
from soniq_desktop.ui.for_you.tiles import two_lines
from soniq_desktop.ui.genres import shown_genre
from soniq_desktop.ui.inspector import words
from soniq_desktop.ui.inspector.table import show_table
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.parts import emptied
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import SongActions
from soniq_desktop.ui.theme import Theme, text_width
from soniq_desktop.ui.tokens import FACET_COLOURS

SHOWN = 5
KEY = "inspector.neighbours"
ROW, COVER, BLEED = 40, 32, 12
HEAD = 58
BAR = 84  # of a similarity of 1
CHIP_FROM, BAR_FROM = 560, 440  # width of a row from which these have room
LISTED = ("timbre", "rhythm", "harmony", "energy", "mood")


class FacetLegend(QWidget):
    """A dot and a name for each part of a similarity."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Parts: " + ", ".join(LISTED))

    def sizeHint(self) -> QSize:
        wide = sum(text_width(name.capitalize(), "small") + 30 for name in LISTED)
        return QSize(round(wide), Theme.current().px(20))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        x = float(self.width())
        painter.setFont(theme.font("small"))
        for name in reversed(LISTED):
            text = name.capitalize()
            x -= text_width(text, "small")
            painter.setPen(theme.color("text2"))
            painter.drawText(QRectF(x, 0, 200, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            x -= 13
            square = QRectF(x, self.height() / 2 - 3.5, 7, 7)
            fill_rounded(painter, square, 2, QColor(FACET_COLOURS[name]))
            x -= 16
        painter.end()


class NeighbourRow(PaintedButton):
    """One neighbour. A click inspects it, its button plays it."""

    play_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, found: Recommended, services: Services) -> None:
        super().__init__()
        self.found = found
        self._services = services
        self.play = IconButton("ph.play-fill", f"Play {found.track.title}", size=14, side=28, parent=self)
        self.play.clicked.connect(self.play_wanted)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(filter(None, self._said())))
        self.setToolTip(found.reason.sentence)

    def _said(self) -> list[str]:
        track, reason = self.found.track, self.found.reason
        parts = [f"{name} {words.percent(share)}" for name, share in reason.shares.items() if share > 0]
        genres = " or ".join(shown_genre(track).names)
        return [
            track.title,
            track.artist,
            genres,
            f"similarity {self.found.score:.2f}",
            *parts,
            reason.sentence,
        ]

    def sizeHint(self) -> QSize:
        return QSize(400, Theme.current().px(ROW))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, Theme.current().px(ROW))

    def resizeEvent(self, _event: object) -> None:
        side = self.play.sizeHint().width()
        self.play.setGeometry(self.width() - side - 8, (self.height() - side) // 2, side, side)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill = self.fill_color(None, "raised", "raised_hover")
        fill_rounded(painter, QRectF(self.rect()), 8, fill)
        track, width = self.found.track, self.width()
        key = track.tags.artwork
        cover = QRectF(BLEED, (self.height() - COVER) / 2, COVER, COVER)
        paint_cover(painter, cover, self._services.library.artwork(key, 64) if key else None, 4)
        left = cover.right() + 12
        end = width * (0.31 if width >= CHIP_FROM else 0.42)
        self._lines(painter, QRectF(left, 0, end - left - 8, self.height()), track)
        x = end
        if width >= CHIP_FROM:
            names = shown_genre(track).names
            if names:
                paint_genre_chip(painter, QRectF(x, 0, width * 0.21, self.height()), names)
            x += width * 0.22
        score = QRectF(x, 0, theme.px(40), self.height())
        self._text(painter, score, f"{self.found.score:.2f}", "body", 600, "text")
        x = score.right() + 8
        if width >= BAR_FROM:
            self._bar(painter, x, self.height() / 2 - 3)
            x += BAR + 16
        self._reason(painter, x, self.play.x() - x - 8)
        painter.end()

    def _reason(self, painter: QPainter, left: float, width: float) -> None:
        lines = two_lines(self.found.reason.sentence, width)
        high = Theme.current().px(15)
        top = (self.height() - len(lines) * high) / 2
        for number, line in enumerate(lines):
            box = QRectF(left, top + number * high, width, high)
            self._text(painter, box, line, "small", 400, "text2")

    def _lines(self, painter: QPainter, box: QRectF, track: Track) -> None:
        theme = Theme.current()
        top = box.center().y() - theme.px(16)
        upper = QRectF(box.left(), top, box.width(), theme.px(17))
        lower = QRectF(box.left(), top + theme.px(17), box.width(), theme.px(15))
        self._text(painter, upper, track.title, "body", 500, "text")
        self._text(painter, lower, track.artist, "small", 400, "text2")

    def _text(self, painter: QPainter, box: QRectF, text: str, style: str, weight: int, token: str) -> None:
        theme = Theme.current()
        font = theme.font(style, weight, figures=style == "body")
        painter.setFont(font)
        painter.setPen(theme.color(token))
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)

    def _bar(self, painter: QPainter, x: float, y: float) -> None:
        whole = BAR * min(1.0, max(0.0, self.found.score))
        for name in LISTED:
            wide = whole * self.found.reason.shares.get(name, 0.0)
            if wide >= 1:
                box = QRectF(x, y, max(1.0, wide - 1), 6)
                fill_rounded(painter, box, 2, QColor(FACET_COLOURS[name]))
                x += wide


class NeighboursCard(Card):
    """Asks the discovery service; emits `chosen` with the id of a song to inspect."""

    chosen = Signal(int)

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        self._services, self._navigator = services, navigator
        self._actions = SongActions(services, navigator, "similar")
        self.found: tuple[Recommended, ...] = ()
        self.table = IconButton("ph.table", "Show the neighbours as a table", size=16, side=24)
        self.table.clicked.connect(self._show_table)
        self.more = IconButton("ph.caret-right", "More like this song", size=16, side=24)
        self.more.clicked.connect(self._open_all)
        self.message = Label("", "small", "text3", wrap=True)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(0)
        self._track: Track | None = None
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 6, 0)
        head.setSpacing(8)
        head.addWidget(Label("Nearest neighbours", "body", weight=600, elide=Qt.TextElideMode.ElideRight), 1)
        head.addWidget(FacetLegend())
        head.addWidget(self.table)
        head.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 8)
        column.setSpacing(6)
        column.addLayout(head)
        message = QHBoxLayout()
        message.setContentsMargins(12, 0, 12, 8)
        message.addWidget(self.message)
        column.addLayout(message)
        column.addLayout(self.rows)
        column.addStretch(1)
        self._restyle()
        Theme.current().changed.connect(self._restyle)
        services.library.artwork_ready.connect(self._artwork_ready)
        if services.discovery is not None:
            services.discovery.switched.connect(lambda: self.set_track(self._track))

    def _restyle(self) -> None:
        """As high as with all rows, so that nothing moves when they come."""
        self.setMinimumHeight(SHOWN * Theme.current().px(ROW) + HEAD)

    def set_track(self, track: Track | None) -> None:
        """Ask for what is like this song."""
        other = track is None or self._track is None or track.id != self._track.id
        self._track = track
        if other:
            self._show((), "Comparing…" if track is not None else "")
        if track is not None and self._services.discovery is not None:
            self._services.discovery.similar(track.id, self._arrived, self._failed, count=SHOWN, key=KEY)

    def _arrived(self, found: Recommendations) -> None:
        self._show(found.tracks, found.notice if found.tracks else found.notice or "No song is like it yet.")

    def _failed(self, error: Exception) -> None:
        self._show((), str(error))

    def _show(self, found: Sequence[Recommended], message: str) -> None:
        self.found = tuple(found)
        emptied(self.rows)
        for each in self.found:
            row = NeighbourRow(each, self._services)
            row.clicked.connect(partial(self.chosen.emit, each.track.id))
            row.play_wanted.connect(partial(self._actions.play, [each.track.id]))
            row.menu_wanted.connect(partial(self._menu, each.track))
            self.rows.addWidget(row)
        self.message.setText(message)
        self.message.setVisible(bool(message))
        self.more.setEnabled(bool(self.found))
        self.table.setEnabled(bool(self.found))

    def _menu(self, track: Track, at: QPoint) -> None:
        self._actions.menu([track.id], [track], self).popup(at)

    def _open_all(self) -> None:
        if self._track is not None:
            self._actions.more_like(self._track)

    def _artwork_ready(self, _key: str) -> None:
        for row in self.findChildren(NeighbourRow):
            row.update()

    def table_rows(self) -> list[list[str]]:
        """Song, similarity, and the share of each part in it."""
        return [
            [
                f"{each.track.title}, {each.track.artist}",
                f"{each.score:.2f}",
                *(words.percent(each.reason.shares.get(name, 0.0)) for name in LISTED),
            ]
            for each in self.found
        ]

    def _show_table(self) -> None:
        heads = ("Song", "Similarity", *(name.capitalize() for name in LISTED))
        show_table(self.table, "Nearest neighbours", heads, self.table_rows(), "Nothing to compare with yet.")
