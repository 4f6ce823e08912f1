"""Where the songs of a path stand in the picture of the tunnel. Plain geometry."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

EDGE = 64.0  # px from the sides to the middle of the first and last song
TOP, FOOT = 58.0, 62.0  # px above the middle of the highest song, and below that of the lowest
ENERGY_FOOT, ENERGY_HIGH = 12.0, 36.0  # px: lower edge and height of the energy curve
LARGEST, SMALLEST = 20.0, 7.0  # radius of a song
END_SHARE = 1.45  # how much larger the ends are
CROWDED = 0.36  # radius of a song, in distances between two


@dataclass(frozen=True, slots=True)
class Shape:
    """The picture of `count` songs in width x height px."""

    width: float
    height: float
    count: int

    @property
    def pitch(self) -> float:
        """px between two songs, left to right."""
        return (self.width - 2 * EDGE) / max(1, self.count - 1)

    @property
    def radius(self) -> float:
        """Of a song between the ends."""
        return min(LARGEST, max(SMALLEST, CROWDED * self.pitch))

    def radius_of(self, place: int) -> float:
        ends = place in (0, self.count - 1)
        return self.radius * END_SHARE if ends else self.radius

    def at(self, share: float) -> QPointF:
        """The middle line of the tunnel, from 0 to 1: an arch that ends a little higher than it begins."""
        rise = self.height - TOP - FOOT
        high = math.sin(math.pi * share) ** 0.9
        y = self.height - FOOT - rise * high - 16 * share * share
        return QPointF(EDGE + share * (self.width - 2 * EDGE), y)

    def song(self, place: int) -> QPointF:
        return self.at(place / max(1, self.count - 1))

    def slope(self, share: float) -> float:
        """Direction of the middle line in degrees."""
        before, after = self.at(max(0.0, share - 0.01)), self.at(min(1.0, share + 0.01))
        return math.degrees(math.atan2(after.y() - before.y(), after.x() - before.x()))

    def between(self, hop: int) -> QPointF:
        """The middle of a hop."""
        return (self.song(hop) + self.song(hop + 1)) / 2

    def aside(self, hop: int) -> QPointF:
        """A point below the middle of a hop, clear of the songs that it joins."""
        turn = math.radians(self.slope((hop + 0.5) / max(1, self.count - 1)))
        ends = hop in (0, self.count - 2)
        away = self.radius * (1.0 if ends else 0.55) + 12
        return self.between(hop) + QPointF(-math.sin(turn), math.cos(turn)) * away

    def energy(self, place: int, value: float) -> QPointF:
        """A point of the energy curve."""
        x = self.song(place).x()
        return QPointF(x, self.height - ENERGY_FOOT - ENERGY_HIGH * min(1.0, max(0.0, value)))

    @property
    def energy_box(self) -> QRectF:
        left, right = self.song(0).x(), self.song(self.count - 1).x()
        return QRectF(left, self.height - ENERGY_FOOT - ENERGY_HIGH, right - left, ENERGY_HIGH)
