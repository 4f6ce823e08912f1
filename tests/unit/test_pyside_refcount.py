"""PySide6 6.12.0 on Python 3.11 loses a reference to None at each void call, and aborts after thousands."""

import sys

from PySide6.QtGui import QImage, QPainter


def test_painter_calls_keep_the_references_to_none() -> None:
    image = QImage(16, 16, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(1000):
        painter.drawLine(0, 0, 15, 15)
    after = sys.getrefcount(None)
    painter.end()
    assert after > before - 100
