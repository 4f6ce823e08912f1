"""The map as a widget without hands: places, camera, painting. `canvas` adds mouse and keys."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPolygonF, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from soniq_desktop.discovery.galaxy_camera import Camera
from soniq_desktop.discovery.galaxy_grid import PointGrid
from soniq_desktop.discovery.galaxy_map import GalaxyMap
from soniq_desktop.discovery.galaxy_picture import stars_of
from soniq_desktop.ui.galaxy import marks
from soniq_desktop.ui.galaxy.colours import Colouring
from soniq_desktop.ui.galaxy.motion import FLY_MS, TRAVEL_MS, Glide, Pulse
from soniq_desktop.ui.galaxy.names import RegionName
from soniq_desktop.ui.galaxy.star_picture import StarPicture

TOOLS = 64.0  # pixels below the upper edge that the tools take
BESIDE, ABOVE = 56.0, 40.0  # pixels round the outermost songs at zoom 1, for their labels
LEAST_EXTENT = 0.6  # radii: a few songs that lie together are not drawn further apart than that
CLOSE = 6.0  # zoom of a flight to one song
TURN, TILT = 0.5, 0.75  # radians of the first look in three dimensions
SINGLE = 1_000  # songs up to which labels keep clear of single stars
SETTLED_MS = 140  # after the last movement the picture is drawn in full again
FINE, MANY = 1.5, 30_000  # device pixels per pixel, and songs, from which a moving map is drawn coarser
NEAR = 7  # lines to the nearest songs


class GalaxyView(QWidget):
    """Draws the map; `camera_changed` whenever the view did."""

    camera_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.galaxy: GalaxyMap | None = None
        self.picture = StarPicture()
        self.camera = Camera(1, 1, 1)
        self._home = (0.0, 0.0)  # the middle of the map
        self._extent = (2.0, 2.0)  # its width and height in radii
        self.grid = PointGrid.over(np.zeros((0, 2), np.float32))
        self.names: list[RegionName] = []
        self.focus_row: int | None = None
        self.hover_row: int | None = None
        self.playing_id: int | None = None
        self.path_ids: list[int] = []
        self.chosen_rows: list[int] = []
        self.lasso = np.zeros((0, 2), np.float32)  # places of the map
        self.lasso_label = ""
        self.covered: list[QRectF] = []  # where panels lie: no label below them
        self._fresh = False
        self._glide = Glide(self)
        self._pulse = Pulse(self._repaint_playing, self)
        self._playing = False
        self._moving = False
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._settle)

    def sizeHint(self) -> QSize:
        return QSize(1000, 700)

    # what is shown

    def set_map(self, galaxy: GalaxyMap, colouring: Colouring, sizes: NDArray[np.uint8]) -> None:
        """Another map. Songs that were there travel to their new places where those differ."""
        old, old_places = self.galaxy, self.picture.places
        self._glide.finish()
        focused = self.song(self.focus_row)
        self.galaxy = galaxy
        self.focus_row = None if focused is None else galaxy.row(focused)
        self.hover_row, self.chosen_rows = None, []
        self.grid = PointGrid.over(np.ascontiguousarray(galaxy.places[:, :2]))
        self.picture.set_places(galaxy.places)
        self.set_colours(colouring, sizes)
        framed = *self._home, *self._extent
        if old is None:
            self._find_extent()
            self.set_camera(replace(self.camera, zoom=1.0, x=self._home[0], y=self._home[1]))
            self._fill_window()
        elif old.learned_at != galaxy.learned_at:
            self._find_extent()
            self._travel(_starting_places(old, old_places, galaxy), np.array(framed))

    def _find_extent(self) -> None:
        """What zoom 1 shows: all songs. Songs that are added later move neither the map nor the view."""
        places = self.picture.places[:, :2]
        if len(places):
            low, high = places.min(axis=0), places.max(axis=0)
            self._home = float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2
            wide, tall = np.maximum(high - low, LEAST_EXTENT)
            self._extent = float(wide), float(tall)

    def _travel(self, start: NDArray[np.float32], framed: NDArray[np.float64]) -> None:
        """Songs glide to their places, and what zoom 1 shows with them, from `framed`: middle and extent."""
        end, frame = self.picture.places, np.array((*self._home, *self._extent))
        whole = (self.camera.zoom, self.camera.x, self.camera.y) == (1.0, *framed[:2])

        def step(share: float) -> None:
            self.picture.set_places(end if share >= 1 else start + (end - start) * np.float32(share))
            x, y, wide, tall = (frame if share >= 1 else framed + (frame - framed) * share).tolist()
            self._extent = wide, tall
            if whole:
                self.camera = replace(self.camera, x=x, y=y)
            self._fill_window()
            self._moved()

        self._glide.run(TRAVEL_MS, step)

    def set_colours(self, colouring: Colouring, sizes: NDArray[np.uint8]) -> None:
        """Other colours and sizes; everything is shown again."""
        self.picture.set_stars(stars_of(colouring.colours, sizes))
        self.refresh()

    def show_only(self, shown: NDArray[np.bool_]) -> None:
        """Which songs (n,) are drawn and can be found."""
        self.picture.show_only(shown)
        self.refresh()

    def set_playing(self, track_id: int | None, *, sounding: bool) -> None:
        """Which song has the mark, and whether it pulses."""
        self.playing_id, self._playing = track_id, sounding
        self._pulse.set_running(sounding and self.isVisible())
        self.update()

    def refresh(self) -> None:
        """The picture is out of date."""
        self._fresh = False
        self.update()

    def song(self, row: int | None) -> int | None:
        """The track id of a row."""
        return None if row is None or self.galaxy is None else int(self.galaxy.ids[row])

    # the view

    def set_camera(self, camera: Camera) -> None:
        """Another view of the map."""
        self.camera = camera
        self._moved()
        self.refresh()
        self.camera_changed.emit()

    def _moved(self) -> None:
        """While many songs move on a fine screen, every second device pixel must do."""
        if self.isVisible() and self.devicePixelRatioF() >= FINE and len(self.picture.places) >= MANY:
            self._moving = True
            self._settled.start()

    def _settle(self) -> None:
        self._moving = False
        self.refresh()

    def fly(self, target: Camera) -> None:
        """Move there, or jump where motion is reduced."""
        start = self.camera
        self._glide.run(FLY_MS, lambda share: self.set_camera(start.towards(target, share)))

    def hold(self) -> None:
        """The user takes hold of the map: a flight ends where it is, stars arrive."""
        if self._glide.running:
            self._glide.finish()

    def fit(self) -> None:
        """The whole map."""
        self.fly(replace(self.camera, zoom=1.0, x=self._home[0], y=self._home[1]))

    def fly_to(self, row: int) -> None:
        """One song in the middle, near enough to see its neighbours."""
        x, y = (float(part) for part in self.picture.places[row, :2])
        self.fly(replace(self.camera, zoom=max(CLOSE, self.camera.zoom), x=x, y=y))

    def show_row(self, row: int) -> None:
        """Move the map just so far that a song is in sight."""
        point = self.place_of(row)
        inside = QRectF(self.rect()).adjusted(80, 80, -80, -80)
        if not inside.contains(point):
            x, y = (float(part) for part in self.picture.places[row, :2])
            self.fly(replace(self.camera, x=x, y=y))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom; what is under `at` (default: the middle) stays there."""
        self.hold()
        ratio = self.devicePixelRatioF()
        x, y = self.camera.middle if at is None else (at.x() * ratio, at.y() * ratio)
        self.set_camera(self.camera.zoomed(factor, x, y))

    def set_depth(self, on: bool) -> None:
        """Three dimensions, or the flat map."""
        self.fly(replace(self.camera, depth=1.0 if on else 0.0, yaw=TURN, tilt=TILT))

    def turn(self, yaw: float, tilt: float) -> None:
        """Turn the galaxy, in three dimensions."""
        camera = self.camera
        self.set_camera(replace(camera, yaw=camera.yaw + yaw, tilt=min(1.5, max(-1.5, camera.tilt + tilt))))

    def place_of(self, row: int) -> QPointF:
        """Where a song is in the widget."""
        self._see()
        x, y = self.picture.points[row] / self.devicePixelRatioF()
        return QPointF(float(x), float(y))

    # life and painting

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:  # moved to another screen
            self._fill_window()
        return super().event(event)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._fill_window()

    def _fill_window(self) -> None:
        ratio = self.devicePixelRatioF()
        width, height = self.width() * ratio, self.height() * ratio
        room = width - 2 * BESIDE * ratio, height - (TOOLS + 2 * ABOVE) * ratio
        unit = max(1.0, min(room[0] / self._extent[0], room[1] / self._extent[1]))
        self.set_camera(replace(self.camera, width=width, height=height, unit=unit, drop=TOOLS / 2 * ratio))

    def showEvent(self, _event: QShowEvent) -> None:
        self._pulse.set_running(self._playing)

    def hideEvent(self, _event: QHideEvent) -> None:
        self._glide.finish()
        self._pulse.set_running(False)
        self._settled.stop()
        self._moving = False

    def _see(self) -> None:
        if not self._fresh:
            self.picture.see(self.camera, self.devicePixelRatioF(), coarser=2 if self._moving else 1)
            self._fresh = True

    def _repaint_playing(self) -> None:
        row = self._row(self.playing_id)
        if row is not None:
            point = self.place_of(row).toPoint()
            side = round(2 * marks.RING) + 8
            self.update(QRect(point.x() - side // 2, point.y() - side // 2, side, side))

    def _row(self, track_id: int | None) -> int | None:
        return None if track_id is None or self.galaxy is None else self.galaxy.row(track_id)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        painter.fillRect(event.rect(), marks.ink("canvas"))
        if self.galaxy is not None and len(self.galaxy):
            self._see()
            self.picture.paint(painter, self.devicePixelRatioF())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_marks(painter)
        painter.end()

    def _paint_marks(self, painter: QPainter) -> None:
        self._paint_labels(painter)
        self._paint_path(painter)
        marks.paint_lasso(painter, self._lasso_line(), self.lasso_label)
        marks.paint_chosen(painter, [self.place_of(row) for row in self.chosen_rows])
        if self.hover_row is not None:
            marks.paint_near(painter, self.place_of(self.hover_row), self._near(self.hover_row))
            marks.paint_focus(painter, self.place_of(self.hover_row), keyboard=False)
        if self.focus_row is not None and self.hasFocus():
            marks.paint_focus(painter, self.place_of(self.focus_row), keyboard=True)
        playing = self._row(self.playing_id)
        if playing is not None:
            marks.paint_playing(painter, self.place_of(playing), self._pulse.phase)

    def _paint_labels(self, painter: QPainter) -> None:
        ratio, camera = self.devicePixelRatioF(), self.camera
        places = np.array([[name.x, name.y, 0] for name in self.names], np.float32).reshape(-1, 3)
        points = camera.project(places) / ratio
        songs = max(1, len(self.galaxy or ()))
        placed = []
        for name, (x, y) in zip(self.names, points.tolist(), strict=True):
            size = 2 * camera.scale / ratio * (name.songs / songs) ** 0.5
            placed.append((name, QPointF(x, y), size))
        few = songs <= SINGLE
        stars = self.picture.points / np.float32(ratio) if few else np.zeros((0, 2), np.float32)
        room = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        tag = marks.tag_box(self._lasso_line(), self.lasso_label)
        taken = [*self.covered, *([tag] if tag.isValid() else [])]
        marks.paint_labels(painter, placed, room, taken, stars)

    def _paint_path(self, painter: QPainter) -> None:
        rows = [row for row in map(self._row, self.path_ids) if row is not None]
        playing = self._row(self.playing_id)
        at = rows.index(playing) if playing in rows else None
        marks.paint_path(painter, [self.place_of(row) for row in rows], at)

    def _lasso_line(self) -> QPolygonF:
        flat = np.pad(self.lasso, ((0, 0), (0, 1)))
        points = self.camera.project(flat.astype(np.float32)) / self.devicePixelRatioF()
        return QPolygonF([QPointF(x, y) for x, y in points.tolist()])

    def _near(self, row: int) -> list[QPointF]:
        """The nearest songs on the map that can be seen."""
        points, ratio = self.picture.points, self.devicePixelRatioF()
        reach = 60.0 * ratio
        close = np.flatnonzero((np.abs(points - points[row]) < reach).all(axis=1) & self.picture.stars.shown)
        apart = np.square(points[close] - points[row]).sum(axis=1)
        best = close[np.argsort(apart, kind="stable")[1 : NEAR + 1]]
        return [QPointF(x, y) for x, y in (points[best] / ratio).tolist()]


def _starting_places(old: GalaxyMap, old_places: NDArray[np.float32], new: GalaxyMap) -> NDArray[np.float32]:
    """Where each song of the new map was; those that were not there start where they end."""
    start = new.places.copy()
    _, rows, old_rows = np.intersect1d(new.ids, old.ids, return_indices=True)
    start[rows] = old_places[old_rows]
    return start
