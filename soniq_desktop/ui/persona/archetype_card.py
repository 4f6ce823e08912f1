"""The archetype as a picture: name, sentence, shares, and the genres on their orbits. Also saved as PNG."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QRadialGradient,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.persona.portrait import Portrait
from soniq_desktop.ui import tokens
from soniq_desktop.ui.persona.text import not_yet, share_words, story
from soniq_desktop.ui.theme import Theme, mix

RADIUS, PAD = 12.0, 23
TURNS = 1.8
PICTURE = QSize(1200, 700)
RAMP = tokens.SPECTRAL["dark"]


class ArchetypeCard(QWidget):
    """Dark in both themes, like the canvas of the map."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Portrait | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(400, Theme.current().px(254))

    def minimumSizeHint(self) -> QSize:
        return QSize(300, Theme.current().px(254))

    def set_portrait(self, found: Portrait | None) -> None:
        """Another listener or period; None while it is worked out."""
        self._found = found
        self.setAccessibleName(self.words())
        self.update()

    def words(self) -> str:
        """The card for those who do not see it."""
        found = self._found
        if found is None:
            return "Your archetype"
        if found.archetype is None:
            return f"Your archetype: not yet. {not_yet(found.missing)}"
        shares = ", ".join(f"{name} {share}" for share, name in share_words(found.archetype))
        return f"Your archetype: {found.archetype.name}. {story(found)} Shares: {shares}"

    def picture(self) -> QImage:
        """The card as it is saved, 1200 x 700."""
        image = QImage(PICTURE, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        scale = PICTURE.width() / 480
        painter = QPainter(image)
        painter.scale(scale, scale)
        self._paint(painter, QRectF(0, 0, PICTURE.width() / scale, PICTURE.height() / scale), signed=True)
        painter.end()
        return image

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint(painter, QRectF(self.rect()), signed=False)
        painter.end()

    # painting

    def _paint(self, painter: QPainter, rect: QRectF, *, signed: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        path = QPainterPath()
        path.addRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setClipPath(path)
        centre = QPointF(rect.left() + rect.width() * 0.765, rect.top() + rect.height() * 0.53)
        self._paint_sky(painter, rect, centre)
        self._paint_orbits(painter, rect, centre)
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(faded(QColor(RAMP[1]), 0.45), 1))
        painter.drawPath(path)
        self._paint_words(painter, rect.adjusted(PAD, 20, -PAD, -16), signed=signed)

    def _paint_sky(self, painter: QPainter, rect: QRectF, centre: QPointF) -> None:
        night = QColor(tokens.DARK["canvas"])
        ground = QLinearGradient(rect.topLeft(), rect.bottomRight())
        ground.setColorAt(0.0, mix(QColor(RAMP[0]), night, 0.66))
        ground.setColorAt(0.45, mix(QColor(RAMP[1]), night, 0.62))
        ground.setColorAt(1.0, mix(QColor(RAMP[2]), night, 0.48))
        painter.fillRect(rect, ground)
        glow = QRadialGradient(centre + QPointF(20, rect.height() * 0.18), rect.height() * 0.8)
        glow.setColorAt(0.0, faded(QColor(RAMP[4]), 0.55))
        glow.setColorAt(0.45, faded(QColor(RAMP[3]), 0.22))
        glow.setColorAt(1.0, faded(QColor(RAMP[2]), 0.0))
        painter.fillRect(rect, glow)
        dice = np.random.default_rng(12)
        painter.setPen(Qt.PenStyle.NoPen)
        for x, y, size, light in dice.random((70, 4)):
            painter.setBrush(faded(QColor(tokens.DARK["text"]), 0.12 + 0.4 * light * light))
            point = QPointF(rect.left() + x * rect.width(), rect.top() + y * rect.height())
            painter.drawEllipse(point, 0.4 + 0.6 * size, 0.4 + 0.6 * size)

    def _paint_orbits(self, painter: QPainter, rect: QRectF, centre: QPointF) -> None:
        white = QColor(tokens.DARK["text"])
        reach = min(rect.height() * 0.39, rect.width() * 0.185)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for step in range(1, 8):
            painter.setPen(QPen(faded(white, 0.13 - 0.012 * step), 1))
            painter.drawEllipse(centre, reach * 0.27 * step, reach * 0.25 * step)
        found = self._found
        if found is None or found.archetype is None:
            return
        painter.setPen(QPen(white, 1.7))
        painter.drawPath(spiral(centre, reach))
        self._paint_star(painter, centre)
        order = np.argsort(-found.genres)
        for rank, genre in enumerate(order[found.genres[order] >= 0.5].tolist()):
            share = (rank + 0.35) / len(FAMILIES)
            size = 4.5 + 9.0 * math.sqrt(float(found.genres[genre] / found.genres.sum())) * 0.6
            painter.setPen(QPen(QColor(tokens.DARK["canvas"]), 2.2))
            painter.setBrush(QColor(tokens.GENRES["dark"][FAMILIES[genre]]))
            painter.drawEllipse(on_spiral(centre, reach, share), size, size)

    def _paint_star(self, painter: QPainter, centre: QPointF) -> None:
        path = QPainterPath()
        for number in range(8):
            angle, radius = math.pi * number / 4, 13.0 if number % 2 == 0 else 3.2
            point = centre + QPointF(math.sin(angle) * radius, -math.cos(angle) * radius)
            path.lineTo(point) if number else path.moveTo(point)
        path.closeSubpath()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.DARK["text"]))
        painter.drawPath(path)

    def _paint_words(self, painter: QPainter, box: QRectF, *, signed: bool) -> None:
        theme, found = Theme.current(), self._found
        white, quiet = QColor(tokens.DARK["text"]), mix(QColor(tokens.DARK["text"]), QColor(RAMP[1]), 0.22)
        painter.setFont(theme.font("body"))
        painter.setPen(quiet)
        painter.drawText(box, Qt.AlignmentFlag.AlignTop, "Your archetype" if not signed else "My archetype")
        known = found is not None and found.archetype is not None
        name = f"The {found.archetype.name}" if known else "Not yet" if found is not None else ""  # type: ignore[union-attr]
        painter.setFont(theme.font("hero"))
        painter.setPen(white)
        painter.drawText(box.adjusted(0, theme.px(15), 0, 0), Qt.AlignmentFlag.AlignTop, name)
        if found is None:
            return
        words = story(found) if known else not_yet(found.missing)
        painter.setFont(theme.font("body"))
        below = theme.px(16) + 12
        width = box.width() * (0.52 if known else 0.62)
        flags = Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(box.left(), box.top(), width, box.height() - below - 8), flags, words)
        if found.archetype is not None:
            self._paint_shares(painter, box, share_words(found.archetype)[: 4 if signed else 3], quiet)
        if signed:
            painter.setPen(quiet)
            painter.drawText(box, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, "SONIQ")

    def _paint_shares(
        self, painter: QPainter, box: QRectF, shares: list[tuple[str, str]], quiet: QColor
    ) -> None:
        theme = Theme.current()
        x = box.left()
        height = theme.px(18)
        for share, name in shares:
            for text, weight, ink, gap in (
                (share, QFont.Weight.DemiBold, QColor(tokens.DARK["text"]), 5.0),
                (name, QFont.Weight.Normal, quiet, 18.0),
            ):
                font = theme.font("small", int(weight), figures=True)
                painter.setFont(font)
                painter.setPen(ink)
                painter.drawText(
                    QRectF(x, box.bottom() - height, 200, height), Qt.AlignmentFlag.AlignVCenter, text
                )
                x += painter.fontMetrics().horizontalAdvance(text) + gap


def on_spiral(centre: QPointF, reach: float, share: float) -> QPointF:
    """A point of the spiral: share 0 is at the star, 1 outermost."""
    angle = 0.28 * math.pi - 2 * math.pi * TURNS * (1 - share)
    radius = reach * (0.16 + 0.84 * share)
    return centre + QPointF(math.cos(angle) * radius * 1.12, math.sin(angle) * radius)


def spiral(centre: QPointF, reach: float) -> QPainterPath:
    """The whole line."""
    path = QPainterPath(on_spiral(centre, reach, 0.0))
    for step in range(1, 121):
        path.lineTo(on_spiral(centre, reach, step / 120))
    return path


def faded(color: QColor, alpha: float) -> QColor:
    """The colour at an opacity."""
    result = QColor(color)
    result.setAlphaF(max(0.0, min(1.0, alpha)))
    return result
