"""Tiles over the list: what it may show, each with the covers of its songs. One is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from soniq_desktop.library.records import Track
from soniq_desktop.ui.components import PaintedButton, fill_rounded, paint_cover
from soniq_desktop.ui.pages.parts import emptied
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.theme import Theme, text_width

HEIGHT, PICTURE, NARROWEST = 76, 52, 168


@dataclass(frozen=True)
class TileText:
    """What a tile shows: a name, a line below it, and the songs whose covers stand for it."""

    name: str
    detail: str
    tracks: tuple[Track, ...] = ()
    icon: str = ""  # instead of covers


class Tile(PaintedButton):
    """Covers, name and detail; checked where its songs are listed."""

    focus_radius = 12.0

    def __init__(self, text: TileText, services: Services) -> None:
        super().__init__()
        self._services = services
        self.text_ = text
        self.setCheckable(True)
        self.setAccessibleName(f"{text.name}. {text.detail}")
        self.setToolTip(text.detail)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(Theme.current().px(240), Theme.current().px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, Theme.current().px(HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        on = self.isChecked()
        fill = theme.color("accent_bg") if on else self.fill_color("surface", "row_hover", "row_selected")
        line = theme.color("accent_line" if on else "line")
        fill_rounded(painter, QRectF(self.rect()), 12, fill, line)
        side = theme.px(PICTURE)
        box = QRectF(theme.px(12), (self.height() - side) / 2, side, side)
        self._picture(painter, box)
        self._texts(painter, box.right() + theme.px(12), on=on)
        painter.end()

    def _picture(self, painter: QPainter, box: QRectF) -> None:
        theme = Theme.current()
        if self.text_.icon:
            fill_rounded(painter, box, 8, theme.color("raised"))
            inner = box.width() / 3.6
            theme.paint_icon(
                painter, self.text_.icon, box.adjusted(inner, inner, -inner, -inner), "accent_text"
            )
            return
        covers = covers_of(self.text_.tracks)
        half = box.width() / 2
        corners = [(0.0, 0.0), (half, 0.0), (0.0, half), (half, half)]
        if len(covers) < 4:
            self._cover(painter, box, covers[0] if covers else None, 8)
            return
        for key, (x, y) in zip(covers, corners, strict=False):
            self._cover(painter, QRectF(box.left() + x, box.top() + y, half - 1, half - 1), key, 4)

    def _cover(self, painter: QPainter, box: QRectF, key: str | None, radius: float) -> None:
        picture = self._services.library.artwork(key, 64) if key else None
        paint_cover(painter, box, picture, radius)

    def _texts(self, painter: QPainter, x: float, *, on: bool) -> None:
        theme = Theme.current()
        width = self.width() - x - theme.px(12)
        lines = two_lines(self.text_.detail, width)
        top = (self.height() - theme.px(18) - len(lines) * theme.px(15)) / 2
        self._line(painter, QRectF(x, top, width, theme.px(18)), self.text_.name, 600,
                   "accent_text" if on else "text")  # fmt: skip
        for number, line in enumerate(lines):
            box = QRectF(x, top + theme.px(18 + 15 * number), width, theme.px(15))
            self._line(painter, box, line, 400, "text2" if on else "text3")

    def _line(self, painter: QPainter, box: QRectF, text: str, weight: int, color: str) -> None:
        theme = Theme.current()
        painter.setFont(theme.font("body" if weight == 600 else "small", weight))
        painter.setPen(QPen(theme.color(color)))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)


def two_lines(text: str, width: float) -> list[str]:
    """Broken between words where one line is too narrow; what is left over stays in the second."""
    words, first = text.split(" "), ""
    while words and text_width(f"{first} {words[0]}".strip(), "small") <= width:
        first = f"{first} {words.pop(0)}".strip()
    return [line for line in (first, " ".join(words)) if line]


def covers_of(tracks: Sequence[Track]) -> list[str]:
    """Up to four covers that differ."""
    return list(dict.fromkeys(track.tags.artwork for track in tracks if track.tags.artwork))[:4]


class TileRow(QWidget):
    """Tiles side by side; those that have no room are left out, the chosen one never."""

    chosen = Signal(int)

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self.tiles: list[Tile] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(12)
        self.setAccessibleName("Lists for you")
        services.library.artwork_ready.connect(self._artwork_ready)

    def set_tiles(self, texts: Sequence[TileText], chosen: int) -> None:
        """Other tiles."""
        for tile in self.tiles:
            self._group.removeButton(tile)
        emptied(self._layout)
        self.tiles = [Tile(text, self._services) for text in texts]
        for index, tile in enumerate(self.tiles):
            self._group.addButton(tile, index)
            self._layout.addWidget(tile, 1)
        self.choose(chosen)
        self._fit()

    def choose(self, index: int) -> None:
        """Check a tile without telling."""
        if 0 <= index < len(self.tiles):
            self.tiles[index].setChecked(True)

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, Theme.current().px(HEIGHT))

    def resizeEvent(self, _event: object) -> None:
        self._fit()

    def _fit(self) -> None:
        room = max(1, (self.width() + 12) // (Theme.current().px(NARROWEST) + 12))
        for index, tile in enumerate(self.tiles):
            tile.setVisible(index < room or tile.isChecked())

    def _artwork_ready(self, key: str) -> None:
        for tile in self.tiles:
            if any(track.tags.artwork == key for track in tile.text_.tracks):
                tile.update()
