"""Album covers: flat geometric pictures from signed distances, written as PNG without any library."""

import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIZE = 640
Plane = NDArray[np.float64]
Rng = np.random.Generator


def _rgb(code: str) -> Plane:
    return np.array([int(code[n : n + 2], 16) for n in (1, 3, 5)], dtype=np.float64)


class _Canvas:
    """A square picture with coordinates -1..1, x to the right and y down; shapes cover each other."""

    def __init__(self, top: str, bottom: str) -> None:
        axis = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
        self.x, self.y = np.meshgrid(axis, axis)
        blend = ((self.y + 1) / 2)[..., None]
        self.pixels = _rgb(top) * (1 - blend) + _rgb(bottom) * blend

    def paint(self, distance: Plane, colour: str, alpha: float = 1.0, to: str = "") -> None:
        """Fill where `distance` < 0, with a soft edge of one pixel; `to` makes a vertical gradient."""
        cover = alpha * np.clip(0.5 - distance * SIZE / 2, 0, 1)[..., None]
        fill = _rgb(colour)
        if to:
            blend = ((self.y + 1) / 2)[..., None]
            fill = fill * (1 - blend) + _rgb(to) * blend
        self.pixels = self.pixels * (1 - cover) + fill * cover

    def disc(self, x: float, y: float, radius: float) -> Plane:
        return np.hypot(self.x - x, self.y - y) - radius

    def box(self, x: float, y: float, width: float, height: float, turn: float = 0.0) -> Plane:
        cos, sin = np.cos(turn), np.sin(turn)
        across, along = self.x - x, self.y - y
        u, v = cos * across + sin * along, cos * along - sin * across
        return np.asarray(np.maximum(np.abs(u) - width, np.abs(v) - height))

    def below(self, line: Plane) -> Plane:
        return line - self.y


def _sun(canvas: _Canvas, rng: Rng) -> None:
    canvas.paint(canvas.disc(0.1, -0.05, 0.46), "#FFE2B0", to="#FF9B6A")
    for number in range(5):
        wave = 0.18 + 0.17 * number + 0.05 * np.sin(canvas.x * (2.4 + 0.3 * number) + rng.uniform(0, 6))
        canvas.paint(canvas.below(wave), ("#7FD6C8", "#4FB3AE", "#2F8A92", "#1F6273", "#15424F")[number])
    canvas.paint(np.maximum(canvas.disc(0.1, -0.05, 0.46), -canvas.disc(0.1, -0.05, 0.45)), "#FFF3DC", 0.5)


def _stripes(canvas: _Canvas, rng: Rng) -> None:
    canvas.paint(canvas.disc(0.0, 0.05, 0.58), "#FFC857", to="#FF3D81")
    for number in range(7):
        y = 0.10 + 0.085 * number
        canvas.paint(canvas.box(0, y, 2, 0.008 + 0.0055 * number), "#151233")
    canvas.paint(canvas.below(0.62 + 0 * canvas.x), "#151233")
    for number in range(-8, 9):
        edge = np.abs(canvas.x - number * 0.28 * (canvas.y - 0.35)) - 0.006
        canvas.paint(np.maximum(edge, 0.62 - canvas.y), "#29D3F0", 0.8)
    for number in range(4):
        canvas.paint(np.abs(canvas.y - (0.64 + 0.055 * number**1.5)) - 0.005, "#29D3F0", 0.8)
    for _ in range(26):
        x, y = rng.uniform(-1, 1), rng.uniform(-1, -0.2)
        canvas.paint(canvas.disc(x, y, rng.uniform(0.003, 0.009)), "#F4F0FF", 0.9)


def _blocks(canvas: _Canvas, rng: Rng) -> None:
    colours = ("#E4572E", "#F3A712", "#1B1B1E", "#F7EBD8", "#29335C", "#669BBC")
    for row in range(4):
        for column in range(4):
            x, y = -0.75 + 0.5 * column, -0.75 + 0.5 * row
            first, second = rng.choice(len(colours), 2, replace=False)
            canvas.paint(canvas.box(x, y, 0.252, 0.252), colours[first])
            kind = rng.integers(4)
            if kind == 0:
                canvas.paint(canvas.disc(x, y, 0.2), colours[second])
            elif kind == 1:
                corner = canvas.disc(x + rng.choice([-0.25, 0.25]), y + rng.choice([-0.25, 0.25]), 0.5)
                canvas.paint(np.maximum(corner, canvas.box(x, y, 0.25, 0.25)), colours[second])
            elif kind == 2:
                for n in range(3):
                    canvas.paint(canvas.box(x, y - 0.16 + 0.16 * n, 0.25, 0.035), colours[second])


def _mountains(canvas: _Canvas, rng: Rng) -> None:
    canvas.paint(canvas.disc(0.42, -0.42, 0.2), "#FFF1D0")
    for number, colour in enumerate(("#8C6A9E", "#6A4C86", "#49356B", "#2A2148", "#140F28")):
        ridge = -0.1 + 0.22 * number + 0 * canvas.x
        for octave in range(1, 6):
            slope = np.abs(((canvas.x * octave * 0.9 + rng.uniform(0, 2)) % 2) - 1) - 0.5
            ridge = ridge + 0.42 / octave**1.3 * slope
        canvas.paint(canvas.below(ridge), colour)
    for x, y, turn in ((-0.45, -0.55, 0.6), (-0.2, -0.7, 0.9), (-0.62, -0.3, 0.4)):
        canvas.paint(canvas.box(x, y, 0.075, 0.075, turn), "#FF6B5E")
        canvas.paint(canvas.box(x - 0.02, y + 0.2, 0.004, 0.12, 0.2), "#FFD9C9")


def _arcs(canvas: _Canvas, rng: Rng) -> None:
    for x, y, base in ((-0.5, 0.65, "#E07A5F"), (0.45, 0.65, "#3D5A80"), (0.0, -0.15, "#F2CC8F")):
        for ring in range(5):
            colour = base if ring % 2 == 0 else "#F4F1DE"
            canvas.paint(np.maximum(canvas.disc(x, y, 0.55 - 0.1 * ring), canvas.y - y), colour)
    canvas.paint(canvas.box(0, 0.72, 2, 0.05), "#293241")
    canvas.paint(canvas.disc(0.62, -0.62, 0.14), "#E07A5F")


def _windows(canvas: _Canvas, rng: Rng) -> None:
    for row in range(3):
        for column in range(3):
            x, y = -0.6 + 0.6 * column, -0.55 + 0.6 * row
            lit = rng.random() < 0.6
            canvas.paint(canvas.box(x, y + 0.04, 0.2, 0.2), "#1B2440")
            canvas.paint(
                canvas.box(x, y, 0.17, 0.21),
                "#FFD58A" if lit else "#35466F",
                to="#F28E63" if lit else "#22304F",
            )
            canvas.paint(np.minimum(canvas.box(x, y, 0.008, 0.21), canvas.box(x, y, 0.17, 0.008)), "#141B30")
            if lit and rng.random() < 0.7:
                canvas.paint(canvas.disc(x + rng.uniform(-0.08, 0.08), y + 0.14, 0.06), "#7A4A3A")


def _leaves(canvas: _Canvas, rng: Rng) -> None:
    canvas.paint(canvas.disc(0, 0.1, 0.62), "#F2E3BC")
    canvas.paint(
        np.abs(canvas.x + 0.12 * np.sin(canvas.y * 2)) - 0.014 - np.maximum(0, canvas.y + 1) * 0.006,
        "#3B2A1E",
    )
    for number in range(12):
        y, side = 0.85 - 0.14 * number, 1 if number % 2 else -1
        turn = side * (0.55 + rng.uniform(-0.12, 0.12))
        along, reach = np.array([side * np.cos(turn * side), -np.sin(abs(turn))]), 0.30 - 0.008 * number
        x0 = -0.12 * np.sin(y * 2)
        u = (canvas.x - x0) * along[0] + (canvas.y - y) * along[1]
        v = (canvas.y - y) * along[0] - (canvas.x - x0) * along[1]
        place = np.clip(u / (2 * reach), 0, 1)
        leaf = np.abs(v) - 0.085 * np.sin(np.pi * place**0.8)
        leaf = np.maximum(leaf, np.maximum(-u, u - 2 * reach))
        canvas.paint(leaf, ("#2F6B4F", "#4F9D69", "#88B04B", "#D98E3F")[int(rng.integers(4))])
        canvas.paint(np.maximum(np.abs(v) - 0.004, np.maximum(-u, u - 1.8 * reach)), "#1E3D2F", 0.6)


def _record(canvas: _Canvas, rng: Rng) -> None:
    angle = np.arctan2(canvas.y, canvas.x)
    rays = np.sin(angle * 12 + 0.3) * 0.05
    canvas.paint(rays, "#F08A4B", 0.9)
    canvas.paint(canvas.disc(0, 0, 0.74), "#14110F")
    for ring in range(12):
        canvas.paint(np.abs(canvas.disc(0, 0, 0.34 + 0.032 * ring)) - 0.0035, "#3A3330")
    shine = np.maximum(np.abs(((angle + 0.9) % np.pi) - np.pi / 2) - 0.16, canvas.disc(0, 0, 0.73))
    canvas.paint(np.maximum(shine, -canvas.disc(0, 0, 0.3)), "#FFFFFF", 0.08)
    canvas.paint(canvas.disc(0, 0, 0.28), "#D7263D")
    canvas.paint(np.abs(canvas.disc(0, 0, 0.19)) - 0.02, "#F9E0A2")
    canvas.paint(canvas.disc(0, 0, 0.03), "#F9E0A2")


def _palm(canvas: _Canvas, rng: Rng) -> None:
    canvas.paint(canvas.disc(0.3, -0.15, 0.4), "#F7D046")
    canvas.paint(canvas.below(0.45 + 0.04 * np.sin(canvas.x * 3)), "#1E6F5C")
    canvas.paint(canvas.below(0.68 + 0.05 * np.sin(canvas.x * 2 + 2)), "#0F4438")
    bend = -0.3 + 0.18 * (canvas.y - 0.6) ** 2
    canvas.paint(
        np.maximum(np.abs(canvas.x - bend) - 0.035, np.maximum(-0.28 - canvas.y, canvas.y - 0.66)), "#3A2416"
    )
    for turn in np.linspace(-2.9, 0.25, 8):
        u = (canvas.x + 0.16) * np.cos(turn) + (canvas.y + 0.27) * np.sin(turn)
        v = (canvas.y + 0.27) * np.cos(turn) - (canvas.x + 0.16) * np.sin(turn)
        droop = v - 0.5 * u**2 * np.cos(turn)
        frond = np.abs(droop) - 0.055 * np.sin(np.pi * np.clip(u / 0.62, 0, 1))
        canvas.paint(np.maximum(frond, np.maximum(-u, u - 0.62)), "#0B3B2E")


def _pixels(canvas: _Canvas, rng: Rng) -> None:
    cell = 2 / 16
    half = rng.random((11, 6)) < 0.5
    half[3:8, 3:] |= rng.random((5, 3)) < 0.6
    creature = np.concatenate([half, half[:, ::-1]], axis=1)
    colours = ("#4DE1C1", "#F25F9C", "#FFE066")
    for row, line in enumerate(creature):
        for column in np.flatnonzero(line):
            x, y = -1 + (column + 2.5) * cell, -1 + (row + 2) * cell
            canvas.paint(canvas.box(x, y, cell / 2 - 0.008, cell / 2 - 0.008), colours[(row // 4) % 3])
    for eye in (-0.19, 0.19):
        canvas.paint(canvas.box(eye, -0.2, 0.06, 0.06), "#10122B")
    for tile in range(16):
        canvas.paint(canvas.box(-1 + (tile + 0.5) * cell, 0.85, cell / 2 - 0.008, 0.05), colours[tile % 3])


PICTURES: dict[str, tuple[Callable[[_Canvas, Rng], None], str, str]] = {
    "sun": (_sun, "#F6C9A8", "#F08C7D"),
    "stripes": (_stripes, "#151233", "#3A1C5C"),
    "blocks": (_blocks, "#F7EBD8", "#F7EBD8"),
    "mountains": (_mountains, "#F7B89C", "#D1709A"),
    "arcs": (_arcs, "#F4F1DE", "#EFE6CF"),
    "windows": (_windows, "#2C3B63", "#1F2A48"),
    "leaves": (_leaves, "#C9DCC0", "#9CC2A5"),
    "record": (_record, "#F9B45C", "#E2673E"),
    "palm": (_palm, "#FF9F5A", "#F25C54"),
    "pixels": (_pixels, "#10122B", "#232763"),
}


def paint(kind: str, seed: int) -> NDArray[np.uint8]:
    """(640, 640, 3) picture of one of `PICTURES`."""
    draw, top, bottom = PICTURES[kind]
    canvas = _Canvas(top, bottom)
    draw(canvas, np.random.default_rng(seed))
    return np.clip(np.round(canvas.pixels), 0, 255).astype(np.uint8)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode (height, width, 3) as PNG, each row as the difference to the row above (filter 2)."""
    height, width, _ = pixels.shape
    rows = pixels.reshape(height, width * 3)
    above = np.concatenate([np.zeros((1, width * 3), np.uint8), rows[:-1]])
    filtered = np.concatenate([np.full((height, 1), 2, np.uint8), rows - above], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = (
        _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(filtered.tobytes(), 6)) + _chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body


def save(path: Path, kinds: Sequence[str], seed: int) -> None:
    """Write several covers side by side, for looking at them."""
    path.write_bytes(png(np.concatenate([paint(kind, seed) for kind in kinds], axis=1)))
