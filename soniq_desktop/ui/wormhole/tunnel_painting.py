"""The picture behind the songs of a path: rings of the tunnel, hops, figures, the worst hop, the energy."""

import math
import random

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPen, QPixmap, QPolygonF

from soniq_desktop.discovery.wormhole import Wormhole
from soniq_desktop.ui.theme import Theme, mix, text_width
from soniq_desktop.ui.tokens import DARK, GENRES
from soniq_desktop.ui.wormhole.energy_curve import smooth
from soniq_desktop.ui.wormhole.tunnel_shape import Shape
from soniq_desktop.ui.wormhole.words import family_of, figure, short_figure

RINGS_EVERY = 7.0  # px
STARS = 420
ROOMY = 240.0  # px high, from which the titles have room above the arch
FIGURES_FROM = 34.0  # px between two songs, below which the figures have no room


def ink(token: str) -> QColor:
    """A colour of the dark theme: the canvas is dark in both."""
    return QColor(DARK[token])


def family_ink(family: str) -> QColor:
    return QColor(GENRES["dark"].get(family, DARK["text2"]))


def faint(color: QColor, alpha: float) -> QColor:
    clear = QColor(color)
    clear.setAlphaF(alpha)
    return clear


def colours(path: Wormhole) -> list[QColor]:
    """One for each song, by its genre."""
    return [family_ink(family_of(track)) for track in path.tracks]


def backdrop(shape: Shape, path: Wormhole | None, ratio: float) -> QPixmap:
    """Stars and the rings of the tunnel in the colours of the songs: what does not move."""
    pixmap = QPixmap(round(shape.width * ratio), round(shape.height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(ink("canvas"))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shades = colours(path) if path is not None else [ink("line_strong"), ink("line_strong")]
    _stars(painter, shape, shades)
    _rings(painter, shape, shades)
    painter.end()
    return pixmap


def _shade(shades: list[QColor], share: float) -> QColor:
    """The colour of the tunnel at a share of its length, blended between two songs."""
    at = share * (len(shades) - 1)
    before = min(int(at), len(shades) - 2) if len(shades) > 1 else 0
    return mix(shades[before], shades[min(before + 1, len(shades) - 1)], at - before)


def _rings(painter: QPainter, shape: Shape, shades: list[QColor]) -> None:
    count = max(2, round((shape.width - 80) / RINGS_EVERY))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ring in range(count + 1):
        share = ring / count
        wide = 1.0 - 0.32 * math.sin(math.pi * share)  # narrower where it is further away
        painter.save()
        painter.translate(shape.at(share))
        painter.rotate(shape.slope(share))
        painter.setPen(QPen(faint(_shade(shades, share), 0.34), 0.8))
        painter.drawEllipse(QPointF(0, 0), 15 * wide, 44 * wide)
        painter.restore()


def _stars(painter: QPainter, shape: Shape, shades: list[QColor]) -> None:
    """Dust around the tunnel: always the same, and denser near it."""
    dice = random.Random(4127)
    painter.setPen(Qt.PenStyle.NoPen)
    for _ in range(STARS):
        share = dice.random()
        off = dice.gauss(0, 60)
        point = shape.at(share) + QPointF(dice.uniform(-20, 20), off)
        painter.setBrush(faint(_shade(shades, share), dice.uniform(0.15, 0.6)))
        side = dice.uniform(0.5, 1.1)
        painter.drawEllipse(point, side, side)


def paint_energy(painter: QPainter, shape: Shape, path: Wormhole) -> None:
    """The measured energy of the songs, as a line over a quiet ground; gaps where it is not known."""
    known = [
        shape.energy(place, track.features.energy)
        for place, track in enumerate(path.tracks)
        if track.features is not None and track.features.energy is not None
    ]
    if len(known) < 2:
        return
    known, box = smooth(known), shape.energy_box
    ground = QPolygonF([*known, QPointF(known[-1].x(), box.bottom()), QPointF(known[0].x(), box.bottom())])
    fade = QLinearGradient(box.topLeft(), box.bottomLeft())
    fade.setColorAt(0, faint(ink("text3"), 0.28))
    fade.setColorAt(1, faint(ink("text3"), 0.08))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fade)
    painter.drawPolygon(ground)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink("text2"), 1.4))
    painter.drawPolyline(QPolygonF(known))
    theme = Theme.current()
    painter.setFont(theme.font("caption"))
    painter.setPen(ink("text3"))
    label = QRectF(known[-1].x() + 8, known[-1].y() - 8, 60, 16)
    painter.drawText(label, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "Energy")


def paint_hops(painter: QPainter, shape: Shape, path: Wormhole) -> None:
    """A line for each hop: thicker the smoother it is, dashed where it is weak."""
    shades = colours(path)
    for number, hop in enumerate(path.hops):
        first, last = shape.song(number), shape.song(number + 1)
        if hop.weak:
            pen = QPen(ink("warn"), 1.8, Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([3, 2.4])
        else:
            fade = QLinearGradient(first, last)
            fade.setColorAt(0.25, shades[number])
            fade.setColorAt(0.75, shades[number + 1])
            pen = QPen(fade, 1.0 + 3.0 * min(1.0, max(0.0, hop.smoothness)) ** 2)
        painter.setPen(pen)
        painter.drawLine(first, last)


def paint_figures(painter: QPainter, shape: Shape, path: Wormhole) -> None:
    """The smoothness below each hop but the worst, which has a tag of its own."""
    if shape.pitch < FIGURES_FROM:
        return
    theme = Theme.current()
    painter.setFont(theme.font("mono"))
    painter.setPen(ink("text2"))
    tag = worst_box(shape, path) if path.worst is not None else QRectF()
    for number, hop in enumerate(path.hops):
        box = figure_box(shape, number)
        if number != path.worst and not box.intersects(tag):
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, short_figure(hop.smoothness))


def figure_box(shape: Shape, hop: int) -> QRectF:
    """Where the smoothness of a hop is written."""
    aside = shape.aside(hop)
    return QRectF(aside.x() - 22, aside.y() - 8, 44, 16)


def worst_words(path: Wormhole) -> str:
    assert path.worst is not None
    return f"Worst hop {figure(path.hops[path.worst].smoothness)}"


def worst_box(shape: Shape, path: Wormhole) -> QRectF:
    """Where the tag of the worst hop is."""
    assert path.worst is not None
    middle = shape.between(path.worst)
    words = text_width(worst_words(path), "small", 500)
    width = words + (40.0 if path.hops[path.worst].weak else 24.0)
    first, last = shape.song(0), shape.song(shape.count - 1)
    clear = shape.radius_of(0) + 10  # of the ends, which are drawn over it
    left = min(max(first.x() + clear, middle.x() - width * 0.82), last.x() - clear - width)
    top = min(middle.y() + 54, shape.energy_box.top() - 30)
    return QRectF(left, top, width, 24 * Theme.current().scale)


def paint_worst(painter: QPainter, shape: Shape, path: Wormhole) -> None:
    """The tag of the worst hop, amber where it is weak."""
    if path.worst is None:
        return
    theme, hop = Theme.current(), path.hops[path.worst]
    color = ink("warn" if hop.weak else "text2")
    box, middle = worst_box(shape, path), shape.between(path.worst)
    painter.setPen(QPen(faint(color, 0.7), 1))
    foot = min(max(box.left() + 12, middle.x()), box.right() - 12)
    painter.drawLine(QPointF(middle.x(), middle.y() + 4), QPointF(foot, box.top()))
    painter.setBrush(ink("warn_bg" if hop.weak else "raised"))
    painter.setPen(QPen(faint(color, 0.6), 1))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), box.height() / 2, box.height() / 2)
    text = box.adjusted(12, 0, 0, 0)
    if hop.weak:
        icon = QRectF(text.left(), box.center().y() - 7, 14, 14)
        theme.paint_icon(painter, "ph.warning", icon, color)
        text.setLeft(icon.right() + 6)
    painter.setFont(theme.font("small", 500, figures=True))
    painter.setPen(color)
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, worst_words(path))


def paint_ends(painter: QPainter, shape: Shape, path: Wormhole) -> None:
    """From and To in the upper corners."""
    theme = Theme.current()
    room = shape.width * (0.3 if shape.height >= ROOMY else 0.2)  # clear of the arch
    for place, word, flag in (
        (0, "From", Qt.AlignmentFlag.AlignLeft),
        (-1, "To", Qt.AlignmentFlag.AlignRight),
    ):
        track = path.tracks[place]
        left = 24.0 if place == 0 else shape.width - 24 - room
        lines = (
            (word, "caption", 400, "text3", 16.0), (track.title, "large", 600, "text", 20.0),
            (track.artist, "small", 400, "text2", 16.0),
        )  # fmt: skip
        y = 18.0
        for text, style, weight, token, height in lines:
            font = theme.font(style, weight)
            painter.setFont(font)
            painter.setPen(ink(token))
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
            box = QRectF(left, y, room, height * theme.scale)
            painter.drawText(box, flag | Qt.AlignmentFlag.AlignVCenter, shown)
            y += height * theme.scale
