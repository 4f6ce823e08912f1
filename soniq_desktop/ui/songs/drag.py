"""Tracks on the move: what a drag carries, and what follows the pointer."""

import json
from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QRectF, Qt, QUrl
from PySide6.QtGui import QPainter, QPixmap

from soniq_desktop.ui.components.base import fill_rounded
from soniq_desktop.ui.theme import Theme, text_width

MIME = "application/x-soniq-tracks"


def track_mime(ids: Sequence[int], paths: Sequence[str] = ()) -> QMimeData:
    """Tracks for a drag: their ids for us, their files for other programs."""
    mime = QMimeData()
    mime.setData(MIME, json.dumps([int(i) for i in ids]).encode())
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def dragged_ids(mime: QMimeData) -> list[int]:
    """The track ids in a drag, or none."""
    return json.loads(bytes(mime.data(MIME).data())) if mime.hasFormat(MIME) else []


def drag_pixmap(text: str, ratio: float) -> QPixmap:
    """A small label that follows the pointer during a drag."""
    theme = Theme.current()
    width = min(260.0, text_width(text, "body", 500) + 24)
    pixmap = QPixmap(round(width * ratio), round(32 * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    fill_rounded(painter, QRectF(0, 0, width, 32), 8, theme.color("popover"), theme.color("line_strong"))
    painter.setFont(theme.font("body", 500))
    painter.setPen(theme.color("text"))
    text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(width - 20))
    painter.drawText(QRectF(12, 0, width - 12, 32), Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return pixmap
