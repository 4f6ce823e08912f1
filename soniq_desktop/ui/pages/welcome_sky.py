"""The painted sky behind the first page: a seeded spiral of dots, drawn once per size. Decoration only."""

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QRadialGradient

from soniq_desktop.ui.theme import Theme
from soniq_desktop.ui.tokens import GENRES

SEED = 20
STARS = 4_600
ARMS = 2
TURNS = 0.62  # of a full turn from the middle to the rim
TILT = math.radians(-14)
FLATTENED = 0.34  # the disc seen from the side
BRIGHT_SHARE = 0.06


@lru_cache(maxsize=4)
def sky(width: int, height: int, ratio: float, dark: bool) -> QPixmap:
    """The sky for a page of this size; its middle is at (width / 2, height * 0.27)."""
    pixmap = QPixmap(QSize(round(width * ratio), round(height * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = centre(width, height)
    reach = min(width * 0.43, 500.0)
    _paint_glow(painter, middle, reach, dark)
    _paint_orbits(painter, middle, reach)
    _paint_stars(painter, middle, reach, dark)
    painter.end()
    return pixmap


def centre(width: float, height: float) -> QPointF:
    """The middle of the spiral, where the mark stands."""
    return QPointF(width / 2, max(130.0, height * 0.215))


def star_field(reach: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions (n, 2) around the middle, brightness (n,) 0 to 1, and which of them are coloured."""
    dice = np.random.default_rng(SEED)
    radius = np.sqrt(dice.uniform(0.02, 1.0, STARS))
    arm = dice.integers(0, ARMS, STARS) * (2 * math.pi / ARMS)
    spread = dice.normal(0.0, 0.16, STARS) / np.maximum(radius, 0.25)
    angle = arm + 2 * math.pi * TURNS * radius * 1.7 + spread + 0.7
    x = radius * np.cos(angle) * reach
    y = radius * np.sin(angle) * reach * FLATTENED
    turned = np.stack(
        [x * math.cos(TILT) - y * math.sin(TILT), x * math.sin(TILT) + y * math.cos(TILT)], axis=1
    )
    brightness = dice.uniform(0.2, 1.0, STARS) * (1.25 - 0.7 * radius)
    return turned, np.clip(brightness, 0.06, 1.0), dice.random(STARS) < BRIGHT_SHARE


def _paint_glow(painter: QPainter, middle: QPointF, reach: float, dark: bool) -> None:
    glow = QRadialGradient(middle, reach)
    blue = QColor(64, 58, 140) if dark else QColor(120, 130, 220)
    for at, alpha in ((0.0, 105), (0.35, 50), (0.75, 12), (1.0, 0)):
        shade = QColor(blue)
        shade.setAlpha(alpha if dark else alpha // 2)
        glow.setColorAt(at, shade)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(glow)
    painter.drawEllipse(middle, reach, reach * 0.86)
    core = QRadialGradient(middle, reach * 0.24)
    lime = QColor(Theme.current().color("accent"))
    lime.setAlpha(44 if dark else 70)
    core.setColorAt(0, lime)
    lime.setAlpha(0)
    core.setColorAt(1, lime)
    painter.setBrush(core)
    painter.drawEllipse(middle, reach * 0.24, reach * 0.24)


def _paint_orbits(painter: QPainter, middle: QPointF, reach: float) -> None:
    line = QColor(Theme.current().color("text3"))
    line.setAlpha(46)
    painter.setPen(QPen(line, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.save()
    painter.translate(middle)
    painter.rotate(math.degrees(TILT) + 4)
    for share in (0.25, 0.46, 0.68):
        rx = reach * share
        painter.drawEllipse(QRectF(-rx, -rx * FLATTENED, 2 * rx, 2 * rx * FLATTENED))
    painter.restore()


def _paint_stars(painter: QPainter, middle: QPointF, reach: float, dark: bool) -> None:
    dice = np.random.default_rng(SEED + 1)
    palette = [QColor(value) for value in GENRES["dark" if dark else "light"].values()]
    dust = QColor(Theme.current().color("text2"))
    places, brightness, coloured = star_field(reach)
    painter.setPen(Qt.PenStyle.NoPen)
    for (x, y), bright, vivid in zip(places.tolist(), brightness.tolist(), coloured.tolist(), strict=True):
        shade = QColor(palette[int(dice.integers(len(palette)))] if vivid else dust)
        shade.setAlphaF(min(1.0, bright * (1.0 if vivid else 0.5)))
        size = 1.0 + 1.6 * bright * bright if vivid else 0.7
        painter.setBrush(shade)
        painter.drawEllipse(QPointF(middle.x() + x, middle.y() + y), size, size)
