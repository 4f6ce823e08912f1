"""Covers for the window: loaded and scaled off the GUI thread, the last ones kept in memory."""

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from soniq_desktop.common.log import topic
from soniq_desktop.library.artwork import SIZES, original_path, thumbnail_path
from soniq_desktop.services.tasks import Tasks

MEMORY = 48 << 20  # bytes of pixmaps
MOST_WAITING = 300  # covers; those that scrolled out of sight long ago are not worth loading
QUALITY = 88  # of JPEG thumbnails
MOST_PIXELS = 80_000_000  # of an original; more is not a cover but an attack on memory

Wanted = tuple[str, int]  # key, one of SIZES

log = topic("artwork")


class Covers(QObject):
    """An LRU cache of pixmaps, filled by one thread; what was asked for last is loaded first."""

    ready = Signal(str)  # key

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = root
        self._tasks = Tasks(1, self)
        self._pixmaps: OrderedDict[Wanted, QPixmap] = OrderedDict()
        self._bytes = 0
        self._waiting: OrderedDict[Wanted, None] = OrderedDict()
        self._broken: set[Wanted] = set()

    def get(self, key: str, size: int) -> QPixmap | None:
        """The cover at `size` pixels or a little larger; None until `ready` says that it is there."""
        wanted = key, next((each for each in SIZES if each >= size), SIZES[-1])
        pixmap = self._pixmaps.get(wanted)
        if pixmap is not None:
            self._pixmaps.move_to_end(wanted)
            return pixmap
        if wanted not in self._broken:
            self._ask(wanted)
        return None

    def close(self) -> None:
        """Stop loading."""
        self._waiting.clear()
        self._tasks.close()

    def _ask(self, wanted: Wanted) -> None:
        new = wanted not in self._waiting
        self._waiting[wanted] = None
        self._waiting.move_to_end(wanted)
        if len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        if new:
            self._tasks.run(self._load_latest, self._keep)

    def _load_latest(self) -> tuple[Wanted, QImage] | None:
        try:
            wanted, _ = self._waiting.popitem()
        except KeyError:  # dropped meanwhile
            return None
        return wanted, load_thumbnail(self._root, *wanted)

    def _keep(self, loaded: tuple[Wanted, QImage] | None) -> None:
        if loaded is None:
            return
        wanted, image = loaded
        if image.isNull():
            self._broken.add(wanted)
            return
        self._bytes += image.sizeInBytes()
        self._pixmaps[wanted] = QPixmap.fromImage(image)
        while self._bytes > MEMORY and len(self._pixmaps) > 1:
            _, oldest = self._pixmaps.popitem(last=False)
            self._bytes -= oldest.width() * oldest.height() * 4
        self.ready.emit(wanted[0])


def load_thumbnail(root: Path, key: str, size: int) -> QImage:
    """The thumbnail from the disk, made from the original at its first use; a null image where that fails."""
    path = thumbnail_path(root, key, size)
    image = QImage(str(path)) if path.exists() else QImage()
    if image.isNull():
        image = scaled(original_path(root, key), size)
        if not image.isNull():
            _save(image, path)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def scaled(original: Path, size: int) -> QImage:
    """A picture with its longer side at most `size` pixels; a null image for what cannot be read."""
    reader = QImageReader(str(original))
    reader.setDecideFormatFromContent(True)  # files are named by their hash
    reader.setAutoTransform(True)
    full = reader.size()
    if not full.isValid() or full.width() * full.height() > MOST_PIXELS:
        return QImage()
    target = full.scaled(QSize(size, size), Qt.AspectRatioMode.KeepAspectRatio)
    if target.width() >= full.width():
        return reader.read()
    reader.setScaledSize(target * 2)  # JPEG decodes to about this; the rest is done with care below
    image = reader.read()
    if image.isNull():
        log.info("picture %s cannot be read: %s", original.name, reader.errorString())
        return image
    return image.scaled(
        QSize(size, size), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def _save(image: QImage, path: Path) -> None:
    part = path.with_name(f"{path.name}.part")
    kind = "PNG" if image.hasAlphaChannel() else "JPG"
    # The stubs ask for bytes, which PySide 6.11 refuses when it is called.
    if image.save(str(part), kind, QUALITY if kind == "JPG" else -1):  # type: ignore[call-overload]
        part.replace(path)
