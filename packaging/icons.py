"""Draw resources/icons/soniq.svg at every size that desktops ask for: `python packaging/icons.py FOLDER`.

Writes soniq-16.png ... soniq-512.png, soniq.ico (Windows) and, with iconutil's naming, soniq.iconset (macOS).
"""

import os
import struct
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE = Path(__file__).parents[1] / "resources" / "icons" / "soniq.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)


def draw(renderer: QSvgRenderer, size: int) -> bytes:
    """The icon as PNG."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data.data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """A Windows icon of PNG pictures."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(head) + 16 * len(pictures)
    entries = b""
    for size, data in pictures.items():
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(data), offset)
        offset += len(data)
    return head + entries + b"".join(pictures.values())


def main(folder: Path) -> None:
    application = QGuiApplication.instance() or QGuiApplication([])
    renderer = QSvgRenderer(str(SOURCE))
    iconset = folder / "soniq.iconset"
    iconset.mkdir(parents=True, exist_ok=True)
    pictures = {size: draw(renderer, size) for size in SIZES}
    for size, data in pictures.items():
        (folder / f"soniq-{size}.png").write_bytes(data)
    (folder / "soniq.ico").write_bytes(ico({size: pictures[size] for size in ICO_SIZES}))
    for size in (16, 32, 128, 256):
        (iconset / f"icon_{size}x{size}.png").write_bytes(pictures[size])
        (iconset / f"icon_{size}x{size}@2x.png").write_bytes(pictures[2 * size])
    assert application is not None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
