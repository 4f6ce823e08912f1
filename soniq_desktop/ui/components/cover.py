"""Album covers: rounded, cached at the size shown, with a quiet placeholder where there is none."""

from functools import lru_cache

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.ui.components.base import fill_rounded
from soniq_desktop.ui.theme import Theme

_sources: dict[int, QPixmap] = {}


@lru_cache(maxsize=600)
def _rounded(key: int, side: int, radius: float, ratio: float) -> QPixmap:
    source = _sources[key]
    pixels = round(side * ratio)
    scaled = source.scaled(
        pixels,
        pixels,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    x, y = (scaled.width() - pixels) // 2, (scaled.height() - pixels) // 2
    result = QPixmap(pixels, pixels)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(scaled.copy(x, y, pixels, pixels)))
    painter.drawRoundedRect(QRectF(0, 0, pixels, pixels), radius * ratio, radius * ratio)
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


def rounded_cover(source: QPixmap, side: int, radius: float, ratio: float) -> QPixmap:
    """`source` cropped to a square of `side` device-independent pixels with round corners; remembered."""
    key = source.cacheKey()
    _sources[key] = source
    try:
        return _rounded(key, side, radius, ratio)
    finally:
        del _sources[key]


def paint_cover(painter: QPainter, rect: QRectF, source: QPixmap | None, radius: float = 4) -> None:
    """A cover in `rect`, or a placeholder with a note."""
    if source is None or source.isNull():
        paint_placeholder(painter, rect, radius)
        return
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(rect.topLeft(), rounded_cover(source, round(rect.width()), radius, ratio))


def paint_placeholder(painter: QPainter, rect: QRectF, radius: float, icon: str = "ph.music-notes") -> None:
    """What stands where a cover is not there, or not there yet."""
    theme = Theme.current()
    fill_rounded(painter, rect, radius, theme.color("surface"), theme.color("line"))
    side = min(64.0, rect.width() * 0.44)
    box = QRectF(0, 0, side, side)
    box.moveCenter(rect.center())
    color = QColor(theme.color("text3"))
    color.setAlphaF(0.7)
    theme.paint_icon(painter, icon, box, color)


class Cover(QWidget):
    """One cover of a fixed or free width, always square. `clicked` makes it a door to somewhere."""

    clicked = Signal()

    def __init__(self, side: int | None = None, radius: float = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source: QPixmap | None = None
        self._radius = radius
        self._side = side
        if side is not None:
            self.setFixedSize(side, side)
        else:
            policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return self._side is None

    def heightForWidth(self, width: int) -> int:
        return width

    def sizeHint(self) -> QSize:
        side = self._side or 272
        return QSize(side, side)

    def set_source(self, source: QPixmap | None) -> None:
        """Another picture, or None for the placeholder."""
        self._source = source
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = min(self.width(), self.height())
        paint_cover(painter, QRectF(0, 0, side, side), self._source, self._radius)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()
