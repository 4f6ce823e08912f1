"""The stars as a picture: numpy alone, one pass over the points that are in sight.

Two layers. The glow is the light of all stars on a coarse grid, blurred; it shows where songs are dense.
The stars themselves are stamped pixel by pixel, the dim edges of all of them before the bright middles, so
that no star wipes out another's middle. Premultiplied alpha, so the window lays them over its ground.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
Pixels = NDArray[np.uint32]

COARSE = 8  # device pixels per cell of the glow
SPREADS = (1, 3)  # cells: the blurs whose sum is the glow
PASSES = 4
GLOW = 0.30
SHADES = 5  # how many sizes of star there are
LEVELS = 16  # of brightness in a star
EDGE = 0.06  # opacity below which a star's edge is left out


@dataclass(frozen=True, slots=True, eq=False)
class Stars:
    """What is drawn of each song.

    Attributes:
        palette: (p, 3) uint8, the colours that occur.
        codes: (n,) index into `palette`.
        sizes: (n,) uint8 below `SHADES`: small to large.
        shown: (n,) bool.
    """

    palette: NDArray[np.uint8]
    codes: NDArray[np.intp]
    sizes: NDArray[np.uint8]
    shown: NDArray[np.bool_]


def stars_of(colours: NDArray[np.uint8], sizes: NDArray[np.uint8]) -> Stars:
    """Stars of these colours (n, 3) and sizes (n,), all shown."""
    packed = colours.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    found, codes = np.unique(packed, return_inverse=True)
    palette = np.stack([found >> 16, found >> 8 & 0xFF, found & 0xFF], axis=1).astype(np.uint8)
    return Stars(palette.reshape(-1, 3), codes.astype(np.intp), sizes, np.ones(len(sizes), bool))


def in_sight(
    points: Points, shown: NDArray[np.bool_], width: int, height: int, margin: int
) -> NDArray[np.intp]:
    """Rows of the shown points (n, 2) that lie in the picture or within `margin` of it."""
    x, y = points[:, 0], points[:, 1]
    seen = (x >= -margin) & (x < width + margin) & (y >= -margin) & (y < height + margin) & shown
    return np.flatnonzero(seen)


def paint_stars(pixels: Pixels, points: Points, stars: Stars, radius: float, rows: NDArray[np.intp]) -> None:
    """Stamp the stars of `rows` into `pixels` (height, width), ARGB premultiplied, which is cleared first.

    `points` (n, 2) are places in the picture; `radius` is that of the smallest star, in pixels.
    """
    pixels.fill(0)
    flat = pixels.reshape(-1)
    width = pixels.shape[1]
    stamps = [_stamp(round(radius * (1 + 0.45 * size), 1)) for size in range(SHADES)]
    groups = _by_size(points, stars, rows, pixels.shape, max(reach for _, reach in stamps))
    for level in range(LEVELS):  # from the dim edges to the bright middles
        palette = _premultiplied(stars.palette, (level + 1) / LEVELS)
        for (spots, codes), (offsets, _) in zip(groups, stamps, strict=True):
            if len(spots) and level in offsets:
                value = palette[codes]
                for dx, dy in offsets[level]:
                    flat[spots + (dy * width + dx)] = value


def _by_size(
    points: Points, stars: Stars, rows: NDArray[np.intp], shape: tuple[int, ...], margin: int
) -> list[tuple[NDArray[np.int32], NDArray[np.intp]]]:
    """For each size the pixels of its stars and their colours; without stars that would not fit wholly."""
    height, width = shape
    x, y = np.rint(points[rows]).astype(np.int32).T
    fits = (x >= margin) & (x < width - margin) & (y >= margin) & (y < height - margin)
    kept, spots = rows[fits], (y * np.int32(width) + x)[fits]
    order = np.argsort(stars.sizes[kept], kind="stable")
    ends = np.cumsum(np.bincount(stars.sizes[kept], minlength=SHADES))[:-1]
    codes = stars.codes[kept[order]]
    return list(zip(np.split(spots[order], ends), np.split(codes, ends), strict=True))


def paint_glow(
    width: int,
    height: int,
    points: Points,
    stars: Stars,
    rows: NDArray[np.intp],
    strength: float,
    cell: int = COARSE,
) -> Pixels:
    """The light between the stars: (height / cell, width / cell) ARGB premultiplied, to be enlarged."""
    across, down = -(-width // cell), -(-height // cell)
    cells = (points[rows] / cell).astype(np.int32)
    inside = (cells >= 0).all(axis=1) & (cells[:, 0] < across) & (cells[:, 1] < down)
    spots = cells[inside, 1] * across + cells[inside, 0]
    colours = stars.palette.astype(np.float64)[stars.codes[rows[inside]]].T
    layers = [np.bincount(spots, colour, across * down).reshape(down, across) for colour in colours]
    near = _blurred(np.stack(layers, axis=2).astype(np.float32), SPREADS[0])
    return _toned((near + _blurred(near, SPREADS[1])) * np.float32(strength / 255))


def glow_strength(count: int, zoom: float, unit: float, cell: int = COARSE) -> float:
    """Light of one star: a library of any size glows alike at zoom 1, and never less when zoomed in."""
    cells = (unit / cell) ** 2
    return float(GLOW * cells / max(count, 60) * min(zoom, 4.0) ** 0.8)


def _toned(light: NDArray[np.float32]) -> Pixels:
    """ARGB premultiplied of light of any strength: the hue stays, the strength saturates."""
    strength = light.max(axis=2)
    alpha = 1 - np.exp(-strength)
    factor = 255 * alpha * 0.55 / np.maximum(strength, 1e-6)
    shades = (light * factor[:, :, None]).astype(np.uint32)
    opacity = (255 * alpha * 0.55).astype(np.uint32)
    pixels: Pixels = opacity << 24 | shades[:, :, 0] << 16 | shades[:, :, 1] << 8 | shades[:, :, 2]
    return np.ascontiguousarray(pixels, np.uint32)


def _blurred(light: NDArray[np.float32], spread: int) -> NDArray[np.float32]:
    """Box filters in each direction, so often that a lone star glows round, as with a Gaussian."""
    for axis in (0, 1):
        for _ in range(PASSES):
            light = _boxed(light, spread, axis)
    return light


def _boxed(light: NDArray[np.float32], spread: int, axis: int) -> NDArray[np.float32]:
    """Mean over 2·spread + 1 cells along an axis."""
    width = [(0, 0)] * 3
    width[axis] = (spread + 1, spread)
    sums = np.cumsum(np.pad(light, width), axis=axis, dtype=np.float32)
    size = light.shape[axis]
    upper = np.take(sums, np.arange(2 * spread + 1, 2 * spread + 1 + size), axis)
    lower = np.take(sums, np.arange(size), axis)
    boxed: NDArray[np.float32] = (upper - lower) / np.float32(2 * spread + 1)
    return boxed


def _premultiplied(colours: NDArray[np.uint8], opacity: float) -> Pixels:
    """(p,) ARGB of colours (p, 3); the brightest part of a star is nearly white."""
    white = max(0.0, opacity - 0.75) * 1.8
    mixed = (colours * (opacity * (1 - white)) + 255 * opacity * white).astype(np.uint32)
    alpha = np.uint32(round(255 * opacity) << 24)
    pixels: Pixels = (alpha | mixed[:, 0] << 16 | mixed[:, 1] << 8 | mixed[:, 2]).astype(np.uint32)
    return pixels


@lru_cache(maxsize=64)
def _stamp(radius: float) -> tuple[dict[int, list[tuple[int, int]]], int]:
    """Offsets of a star's pixels by their brightness, and how far it reaches."""
    reach = max(1, int(np.ceil(radius + 0.5)))
    levels: dict[int, list[tuple[int, int]]] = {}
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            opacity = float(np.clip(radius + 0.5 - np.hypot(dx, dy), 0, 1))
            opacity = opacity**0.8 * (
                0.80 + 0.20 * float(np.exp(-((np.hypot(dx, dy) / max(radius, 0.5)) ** 2)))
            )
            if opacity > EDGE:
                levels.setdefault(min(LEVELS - 1, int(opacity * LEVELS)), []).append((dx, dy))
    return levels, reach
