"""The picture of a path: a tunnel with its songs as buttons on it."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.discovery.wormhole import Wormhole
from soniq_desktop.services.library import LibraryService
from soniq_desktop.ui.components import PaintedButton, paint_cover
from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.wormhole.tunnel_painting import (
    backdrop,
    colours,
    ink,
    paint_ends,
    paint_energy,
    paint_figures,
    paint_hops,
    paint_worst,
)
from soniq_desktop.ui.wormhole.tunnel_shape import Shape
from soniq_desktop.ui.wormhole.words import node_name, tunnel_name

RADIUS = 12  # of the card
HIGH, LEAST = 286, 200  # px
RIM = 3.0  # px around a cover


class SongNode(PaintedButton):
    """One song of the path."""

    left = Signal(int)  # by how many places the focus moves
    menu_wanted = Signal()

    def __init__(self, place: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.place = place
        self.color = QColor()
        self.cover: QPixmap | None = None
        self.playing = self.pinned = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def put(self, middle: QPointF, radius: float) -> None:
        """Centre it on a point of the picture."""
        side = round(2 * (radius + RIM))
        self.setGeometry(round(middle.x() - side / 2), round(middle.y() - side / 2), side, side)
        self.focus_radius = side / 2

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -99, Qt.Key.Key_End: 99}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            self.left.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, _event: QContextMenuEvent) -> None:
        self.menu_wanted.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        rim = ink("accent") if self.playing else self.color
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(rim if self.hover_amount < 0.5 or self.playing else rim.lighter(120)))
        painter.drawEllipse(box)
        inner = box.adjusted(RIM - 1, RIM - 1, 1 - RIM, 1 - RIM)
        round_ = QPainterPath()
        round_.addEllipse(inner)
        painter.setClipPath(round_)
        painter.fillRect(inner, ink("surface"))
        if self.cover is not None:
            paint_cover(painter, inner, self.cover, inner.width() / 2)
        else:
            side = inner.width() * 0.44
            icon = QRectF(0, 0, side, side)
            icon.moveCenter(inner.center())
            Theme.current().paint_icon(painter, "ph.music-notes", icon, self.color)
        painter.setClipping(False)
        if self.pinned and inner.width() > 20:
            badge = QRectF(box.right() - 13, box.top(), 13, 13)
            painter.setBrush(ink("raised"))
            painter.setPen(QPen(ink("line_strong"), 1))
            painter.drawEllipse(badge)
            Theme.current().paint_icon(painter, "ph.push-pin-fill", badge.adjusted(3, 3, -3, -3), ink("text"))
        painter.end()


class TunnelView(QWidget):
    """Shows a path; the songs on it are one stop of Tab, the arrows go along them."""

    chosen = Signal(int)  # place
    menu_wanted = Signal(int)  # place

    def __init__(self, library: LibraryService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._path: Wormhole | None = None
        self._playing_id: int | None = None
        self._pinned: frozenset[int] = frozenset()
        self._backdrop: QPixmap | None = None
        self._current = 0
        self.nodes: list[SongNode] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(LEAST)
        library.artwork_ready.connect(lambda _key: self._load_covers())
        Theme.current().changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        return QSize(600, HIGH)

    def set_path(self, path: Wormhole | None) -> None:
        """Another path, or None while there is none."""
        self._path = path
        count = len(path.tracks) if path else 0
        focused = any(node.hasFocus() for node in self.nodes)
        while len(self.nodes) > count:
            self.nodes.pop().deleteLater()
        while len(self.nodes) < count:
            self._add_node()
        self._current = min(self._current, max(0, count - 1))
        self.setAccessibleName(tunnel_name(path) if path else "Path")
        self._describe()
        if focused and self.nodes:
            self.nodes[self._current].setFocus(Qt.FocusReason.OtherFocusReason)
        self._redraw()

    def _add_node(self) -> None:
        node = SongNode(len(self.nodes), self)
        node.clicked.connect(lambda: self._pick(node.place))
        node.menu_wanted.connect(lambda: self.menu_wanted.emit(node.place))
        node.left.connect(lambda step: self._go(node.place, step))
        node.show()
        self.nodes.append(node)

    def set_playing(self, track_id: int | None) -> None:
        """Which song of the path plays."""
        self._playing_id = track_id
        self._describe()

    def set_pinned(self, ids: frozenset[int]) -> None:
        """Songs that the user keeps on the path."""
        self._pinned = ids
        self._describe()

    def show_place(self, place: int) -> None:
        """The song that Tab comes to."""
        self._current = place
        self._describe()

    def node_point(self, place: int) -> QPointF:
        """The middle of a song's lower edge, in the picture."""
        box = QRectF(self.nodes[place].geometry())
        return QPointF(box.center().x(), box.bottom() + 4)

    def _pick(self, place: int) -> None:
        self.show_place(place)
        self.chosen.emit(place)
        self.menu_wanted.emit(place)

    def _go(self, place: int, step: int) -> None:
        to = min(max(0, place + step), len(self.nodes) - 1)
        self.show_place(to)
        self.nodes[to].setFocus(Qt.FocusReason.TabFocusReason)
        self.chosen.emit(to)

    def _describe(self) -> None:
        path = self._path
        if path is None:
            return
        shades = colours(path)
        for place, node in enumerate(self.nodes):
            track = path.tracks[place]
            node.color, node.playing = shades[place], track.id == self._playing_id
            node.pinned = track.id in self._pinned
            name = node_name(path, place, playing=node.playing, pinned=node.pinned)
            node.setAccessibleName(name)
            node.setToolTip(f"{track.title}\n{track.artist}")
            tab = place == self._current
            node.setFocusPolicy(Qt.FocusPolicy.TabFocus if tab else Qt.FocusPolicy.ClickFocus)
            node.update()
        self._load_covers()

    def _load_covers(self) -> None:
        for node, track in zip(self.nodes, self._path.tracks if self._path else (), strict=False):
            key = track.tags.artwork
            node.cover = self._library.artwork(key, 96) if key else None
            node.update()

    # drawing

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw()

    def _shape(self) -> Shape:
        return Shape(self.width(), self.height(), max(2, len(self.nodes)))

    def _redraw(self) -> None:
        self._backdrop = None
        shape = self._shape()
        for node in self.nodes:
            node.put(shape.song(node.place), shape.radius_of(node.place))
            node.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        shape, path = self._shape(), self._path
        ratio = self.devicePixelRatioF()
        if self._backdrop is None or self._backdrop.devicePixelRatio() != ratio:
            self._backdrop = backdrop(shape, path, ratio)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QPainterPath()
        card.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setClipPath(card)
        painter.drawPixmap(0, 0, self._backdrop)
        if path is not None and path.hops:
            paint_energy(painter, shape, path)
            paint_hops(painter, shape, path)
            paint_figures(painter, shape, path)
            paint_worst(painter, shape, path)
            paint_ends(painter, shape, path)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(Theme.current().color("line_strong"), 1))
        painter.drawPath(card)
        painter.end()
