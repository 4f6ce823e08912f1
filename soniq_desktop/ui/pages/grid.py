"""A virtual grid of covers: albums, artists, genres. Thousands of cards cost what is in sight."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.pages.covers import paint_mosaic
from soniq_desktop.ui.theme import Theme

NARROWEST = 168  # a card's width where the window is small; cards share what is left
GAP = 20
TEXT_HEIGHT = 50
PLAY = 40  # diameter of the button on a hovered card
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

Artwork = Callable[[str], QPixmap | None]


@dataclass(frozen=True, slots=True)
class Card:
    """One card: what it stands for, its words and its covers (one, or up to four for a mosaic)."""

    key: Any
    title: str
    detail: str
    covers: tuple[str, ...] = ()
    round: bool = False  # artists
    colour: str | None = None  # a genre family, where there is no cover


class CardModel(QAbstractListModel):
    """Cards in order."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: Sequence[Card] = ()

    def set_cards(self, cards: Sequence[Card]) -> None:
        """Show other cards."""
        if list(cards) == list(self.cards):
            return
        self.beginResetModel()
        self.cards = cards
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.cards)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        card = self.cards[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return card.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{card.title}, {card.detail}" if card.detail else card.title
        return None


class GridView(QListView):
    """Shows a CardModel. A click or Enter opens a card, its play button or Shift+Enter plays it."""

    opened = Signal(object)  # Card
    played = Signal(object)  # Card
    menu_wanted = Signal(object, QPoint)  # Card, global position

    def __init__(self, model: CardModel, artwork: Artwork, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = model
        self._pressed: QPoint | None = None
        self.setModel(model)
        self.setAccessibleName(name)
        self.setItemDelegate(CardDelegate(artwork, self))
        self._set_up()
        Theme.current().changed.connect(self._fit)
        model.modelReset.connect(self._fit)

    def _set_up(self) -> None:
        # ListMode that flows and wraps: IconMode keeps a tree of all rectangles, ten times slower for 10,000.
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().setSingleStep(40)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)

    def columns(self) -> int:
        """How many cards stand in a row."""
        return max(2, self.viewport().width() // Theme.current().px(NARROWEST + GAP))

    def _fit(self) -> None:
        # A little less than all of it: a row that fits exactly is wrapped.
        width = max(1, (self.viewport().width() - 4) // self.columns())
        self.setGridSize(QSize(width, width - GAP + Theme.current().px(TEXT_HEIGHT) + 12))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def refresh(self, _key: str = "") -> None:
        """A cover arrived."""
        self.viewport().update()

    def card_at(self, point: QPoint) -> Card | None:
        index = self.indexAt(point)
        return self.cards.cards[index.row()] if index.isValid() else None

    def _play_target(self, index: QModelIndex) -> QRectF:
        return play_rect(cover_rect(QRectF(self.visualRect(index))))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or index != self.indexAt(pressed):
            return
        on_play = self._play_target(index).contains(event.position())
        (self.played if on_play else self.opened).emit(self.cards.cards[index.row()])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            at = self.visualRect(index).center() if by_key else event.pos()
            self.menu_wanted.emit(self.cards.cards[index.row()], self.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            plays = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.played if plays else self.opened).emit(self.cards.cards[index.row()])
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts of the window."""

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.viewport().update()


class CardDelegate(QStyledItemDelegate):
    """Paints a cover with two lines below; a play button on the hovered or focused card."""

    def __init__(self, artwork: Artwork, view: GridView) -> None:
        super().__init__(view)
        self._artwork = artwork
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self._view.gridSize()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        card = self._view.cards.cards[index.row()]
        cell = QRectF(option.rect)
        state = option.state
        cover = cover_rect(cell)
        painter.save()
        paint_mosaic(painter, cover, card, [self._artwork(key) for key in card.covers])
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        current = bool(state & QStyle.StateFlag.State_HasFocus) and index == self._view.currentIndex()
        focused = current and keyboard_used(self._view)
        if hovered or focused:
            paint_play(painter, play_rect(cover))
        if focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(Theme.current().color("accent_text"), 2))
            radius = cover.width() / 2 + 3 if card.round else 11
            painter.drawRoundedRect(cover.adjusted(-3, -3, 3, 3), radius, radius)
        self._paint_words(painter, cover, card)
        painter.restore()

    def _paint_words(self, painter: QPainter, cover: QRectF, card: Card) -> None:
        theme = Theme.current()
        top = cover.bottom() + 8
        upper = QRectF(cover.left(), top, cover.width(), theme.px(20))
        lower = QRectF(cover.left(), upper.bottom(), cover.width(), theme.px(18))
        align = Qt.AlignmentFlag.AlignCenter if card.round else LEFT
        for box, words, font, token in (
            (upper, card.title, theme.font("body", 500), "text"),
            (lower, card.detail, theme.font("small"), "text2"),
        ):
            painter.setFont(font)
            painter.setPen(theme.color(token))
            shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, align | Qt.TextFlag.TextSingleLine, shown)


def keyboard_used(view: QWidget) -> bool:
    """Whether the window's focus ring would show: only after keyboard use."""
    return bool(getattr(getattr(view.window(), "focus_ring", None), "keyboard_used", True))


def cover_rect(cell: QRectF) -> QRectF:
    """The square of the cover within a cell of the grid."""
    return QRectF(cell.left() + GAP / 2, cell.top() + 6, cell.width() - GAP, cell.width() - GAP)


def play_rect(cover: QRectF) -> QRectF:
    """The play button on a cover."""
    return QRectF(cover.right() - PLAY - 10, cover.bottom() - PLAY - 10, PLAY, PLAY)


def paint_play(painter: QPainter, box: QRectF) -> None:
    """A round lime play button."""
    theme = Theme.current()
    line = None if theme.dark else theme.color("accent_border")
    fill_rounded(painter, box, box.width() / 2, theme.color("accent"), line)
    theme.paint_icon(painter, "ph.play-fill", box.adjusted(12, 12, -12, -12), "on_accent")


class MosaicCover(QWidget):
    """A card's picture alone, for the head of a page."""

    def __init__(self, side: int, artwork: Artwork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._artwork = artwork
        self._card = Card(None, "", "")
        self.setFixedSize(side, side)

    def set_card(self, card: Card) -> None:
        self._card = card
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        pictures = [self._artwork(key) for key in self._card.covers]
        paint_mosaic(painter, QRectF(self.rect()), self._card, pictures)
        painter.end()
