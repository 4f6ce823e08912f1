"""From map to screen: what is where in the window, flat or in three dimensions."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]

LEAST, MOST = 0.5, 60.0  # zoom
DISTANCE = 3.2  # radii between the eye and the middle of the galaxy in the view of three dimensions


@dataclass(frozen=True, slots=True)
class Camera:
    """A view of the map. At zoom 1 all of it fills the window's free part.

    Attributes:
        width, height: the window in device pixels.
        unit: device pixels per radius at zoom 1.
        zoom: LEAST to MOST.
        x, y: the place of the map in the middle of the window.
        yaw, tilt: radians, how far the galaxy is turned; both 0 is the flat map.
        drop: device pixels that the middle of the view lies below the middle of the window.
        depth: 0 flat, 1 in three dimensions with perspective.
    """

    width: float
    height: float
    unit: float
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0
    tilt: float = 0.0
    depth: float = 0.0
    drop: float = 0.0

    @property
    def scale(self) -> float:
        """Device pixels per radius."""
        return self.unit * self.zoom

    @property
    def middle(self) -> tuple[float, float]:
        """The point of the window that shows (x, y) of the map."""
        return self.width / 2, self.height / 2 + self.drop

    def project(self, places: Points) -> Points:
        """Screen places (n, 2) float32 of map places (n, 3); y grows downwards on both."""
        middle = np.array(self.middle, np.float32)
        if self.depth <= 0:
            return (places[:, :2] - np.array([self.x, self.y], np.float32)) * np.float32(self.scale) + middle
        turned = (places - np.array([self.x, self.y, 0], np.float32)) @ self._rotation()
        nearer = np.float32(DISTANCE) / np.maximum(DISTANCE - turned[:, 2], 0.2)
        scaled: Points = turned[:, :2] * (nearer * np.float32(self.scale))[:, None] + middle
        return scaled

    def _rotation(self) -> NDArray[np.float32]:
        """(3, 3): turn around the upright axis of the map, tip it back, both by `depth`."""
        yaw, tilt = self.yaw * self.depth, self.tilt * self.depth
        cy, sy, ct, st = math.cos(yaw), math.sin(yaw), math.cos(tilt), math.sin(tilt)
        around = np.array([[cy, sy, 0], [-sy, cy, 0], [0, 0, self.depth]])
        back = np.array([[1, 0, 0], [0, ct, st], [0, -st, ct]])
        rotation: NDArray[np.float32] = (around @ back).astype(np.float32)
        return rotation

    def to_map(self, x: float, y: float) -> tuple[float, float]:
        """The place of the flat map under a point of the window."""
        middle_x, middle_y = self.middle
        return (x - middle_x) / self.scale + self.x, (y - middle_y) / self.scale + self.y

    def zoomed(self, factor: float, x: float, y: float) -> "Camera":
        """Zoomed so that what is under the point (x, y) of the window stays there exactly."""
        zoom = min(MOST, max(LEAST, self.zoom * factor))
        at_x, at_y = self.to_map(x, y)
        scale = self.unit * zoom
        return replace(
            self, zoom=zoom, x=at_x - (x - self.middle[0]) / scale, y=at_y - (y - self.middle[1]) / scale
        )

    def panned(self, dx: float, dy: float) -> "Camera":
        """Moved by device pixels, as a hand drags the map."""
        return replace(self, x=self.x - dx / self.scale, y=self.y - dy / self.scale)

    def towards(self, other: "Camera", share: float) -> "Camera":
        """On the way to another view: zoom geometrically, the rest evenly; 0 here, 1 there."""

        def between(one: float, two: float) -> float:
            return one + (two - one) * share

        return replace(
            other,
            zoom=self.zoom * (other.zoom / self.zoom) ** share,
            x=between(self.x, other.x),
            y=between(self.y, other.y),
            yaw=between(self.yaw, other.yaw),
            tilt=between(self.tilt, other.tilt),
            depth=between(self.depth, other.depth),
        )
