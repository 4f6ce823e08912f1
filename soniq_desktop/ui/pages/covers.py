"""Pictures of cards: one cover, a mosaic of four, a round one for artists, initials where there is none."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPixmap

from soniq_desktop.ui.components import fill_rounded, paint_cover
from soniq_desktop.ui.theme import Theme, mix

if TYPE_CHECKING:
    from soniq_desktop.ui.pages.grid import Card

RADIUS = 8.0


def paint_mosaic(painter: QPainter, rect: QRectF, card: "Card", pictures: Sequence[QPixmap | None]) -> None:
    """The picture of a card in `rect`. Pictures that are not here yet leave a quiet surface."""
    shown = [picture for picture in pictures if picture is not None and not picture.isNull()]
    if card.round:
        _paint_round(painter, rect, card, shown)
    elif len(shown) >= 4:
        _paint_four(painter, rect, shown)
    elif shown:
        paint_cover(painter, rect, shown[0], RADIUS)
    elif card.covers:
        fill_rounded(painter, rect, RADIUS, Theme.current().color("surface"), Theme.current().color("line"))
    else:
        _paint_initials(painter, rect, card, RADIUS)


def initials(name: str) -> str:
    """Up to two first letters: "Tin Meridian" is TM, "Björk" is B."""
    words = [word for word in name.split() if word[:1].isalnum()]
    if words and words[0].casefold() in {"the", "die", "les", "los"} and len(words) > 1:
        words = words[1:]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def _paint_four(painter: QPainter, rect: QRectF, pictures: Sequence[QPixmap]) -> None:
    painter.save()
    path = QPainterPath()
    path.addRoundedRect(rect, RADIUS, RADIUS)
    painter.setClipPath(path)
    half = rect.width() / 2
    for index, picture in enumerate(pictures[:4]):
        column, row = index % 2, index // 2
        tile = QRectF(rect.left() + column * half, rect.top() + row * half, half, half)
        paint_cover(painter, tile, picture, 0)
    painter.restore()


def _paint_round(painter: QPainter, rect: QRectF, card: "Card", pictures: Sequence[QPixmap]) -> None:
    if pictures:
        paint_cover(painter, rect, pictures[0], rect.width() / 2)
    else:
        _paint_initials(painter, rect, card, rect.width() / 2)


def _paint_initials(painter: QPainter, rect: QRectF, card: "Card", radius: float) -> None:
    theme = Theme.current()
    colour = theme.genre(card.colour) if card.colour else theme.color("text3")
    ground = theme.color("surface")
    gradient = QLinearGradient(rect.topLeft(), QPointF(rect.right(), rect.bottom()))
    gradient.setColorAt(0, mix(ground, colour, 0.30))
    gradient.setColorAt(1, mix(ground, colour, 0.12))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(gradient)
    painter.drawRoundedRect(rect, radius, radius)
    font = theme.font("title")
    font.setPixelSize(max(14, round(rect.width() * 0.28)))
    painter.setFont(font)
    painter.setPen(mix(colour, QColor(theme.color("text")), 0.35))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, initials(card.title))
