"""Genres over time as a stream: a band for each genre, as thick as its share of listening time."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.persona.behind import Selection
from soniq_desktop.persona.habits import GenreStream, day_of, month_starts
from soniq_desktop.ui.persona.plot import Mark, Plot, Table
from soniq_desktop.ui.persona.text import date, month, percent
from soniq_desktop.ui.theme import Theme

AXIS = 22
THINNEST, LEAST_HOURS = 0.62, 1e-9
SMOOTH_FROM = 26  # buckets; fewer are drawn as they are
LABEL_FROM = 14.0  # pixels of a band that a name fits into
ORDER = tuple(FAMILIES.index(name) for name in (
    "Reggae", "Hip-Hop", "Soul", "Jazz", "Blues", "Folk", "Pop", "Rock", "Metal", "Electronic", "Ambient",
    "Classical",
))  # fmt: skip
NUMBERS = frozenset(range(1, 2 + len(FAMILIES)))  # columns of the table
STEPS = {"day": "Day of", "week": "Week of", "month": "", "quarter": "Quarter from"}

Floats = NDArray[np.float64]


class StreamPlot(Plot):
    """Marks are numbered bucket * 12 + genre."""

    def __init__(self) -> None:
        super().__init__("Genres over time", 158)
        self._stream: GenreStream | None = None
        self._last_day = 0

    def set_stream(self, stream: GenreStream | None, last_day: int) -> None:
        """Another period; the last bucket ends with `last_day`."""
        self._stream, self._last_day = stream, last_day
        self.key = None
        if stream is not None and stream.hours.any():
            totals = (stream.shares * stream.hours[:, None]).sum(axis=0)
            best = FAMILIES[int(totals.argmax())]
            self.setAccessibleDescription(f"Most listened to: {best}, {percent(totals.max() / totals.sum())}")
        self.update()

    # geometry

    def _edges(self, stream: GenreStream) -> Floats:
        """(13, b) y of the borders between bands, from the top. A little thinner where less was heard."""
        height = self.height() - Theme.current().px(AXIS)
        hours = stream.hours / max(LEAST_HOURS, float(stream.hours.max()))
        thick = np.where(stream.hours > LEAST_HOURS, THINNEST + (1 - THINNEST) * np.sqrt(hours), 0.0)
        bands = smoothed(stream.shares[:, ORDER].T * thick) * (height - 8)
        top = height / 2 - bands.sum(axis=0) / 2
        return np.concatenate([top[None], top + np.cumsum(bands, axis=0)])

    def _x(self, stream: GenreStream) -> Floats:
        count = len(stream.begins)
        return (
            np.linspace(0.0, max(1.0, self.width() - 1.0), count)
            if count > 1
            else np.array([self.width() / 2])
        )

    def key_at(self, point: QPointF) -> int | None:
        stream = self._stream
        if stream is None or not len(stream.begins):
            return None
        bucket = int(np.argmin(np.abs(self._x(stream) - point.x())))
        edges = self._edges(stream)[:, bucket]
        band = int(np.searchsorted(edges, point.y(), side="right")) - 1
        if not 0 <= band < len(ORDER) or stream.hours[bucket] <= LEAST_HOURS:
            return None
        return bucket * len(FAMILIES) + ORDER[band]

    def step(self, key: int | None, right: int, down: int) -> int | None:
        stream = self._stream
        if stream is None or not len(stream.begins):
            return None
        if key is None:
            bucket = len(stream.begins) - 1
            return bucket * 12 + int(stream.shares[bucket].argmax())
        bucket, genre = divmod(key, 12)
        bucket = min(max(0, bucket + right), len(stream.begins) - 1)
        place = min(max(0, ORDER.index(genre) + down), 11)
        return bucket * 12 + ORDER[place]

    def mark(self, key: int) -> Mark | None:
        stream = self._stream
        if stream is None:
            return None
        bucket, genre = divmod(key, 12)
        if bucket >= len(stream.begins):
            return None
        edges = self._edges(stream)[:, bucket]
        at = QPointF(float(self._x(stream)[bucket]), float(edges[ORDER.index(genre)]))
        begin, end = self._days(stream, bucket)
        selection = Selection("genre", f"{FAMILIES[genre]}, {self._name(stream, bucket)}", genre, begin, end)
        return Mark(at, self._words(stream, bucket, genre), selection)

    def _days(self, stream: GenreStream, bucket: int) -> tuple[int, int]:
        last = bucket + 1 == len(stream.begins)
        return int(stream.begins[bucket]), self._last_day + 1 if last else int(stream.begins[bucket + 1])

    def _name(self, stream: GenreStream, bucket: int) -> str:
        day = int(stream.begins[bucket])
        if stream.step == "month":
            return month(day, year=True)
        return f"{STEPS[stream.step].lower()} {date(day)}"

    def _words(self, stream: GenreStream, bucket: int, genre: int) -> str:
        name = self._name(stream, bucket)
        share = stream.shares[bucket, genre]
        said = f"{FAMILIES[genre]} {percent(share)}"
        if bucket and stream.hours[bucket - 1] > LEAST_HOURS:
            before = stream.shares[bucket - 1, genre]
            if round(100 * before) != round(100 * share):
                said += f", {'up' if share > before else 'down'} from {percent(before)}"
        return f"{name[:1].upper()}{name[1:]}\n{said}\n{stream.hours[bucket]:.1f} h heard"

    def as_table(self) -> Table:
        stream = self._stream
        if stream is None:
            return Table("Genres over time", (), ())
        rows = [
            (date(int(day), year=True), f"{hours:.1f}", *(percent(share) for share in shares))
            for day, hours, shares in zip(stream.begins, stream.hours, stream.shares, strict=True)
        ]
        return Table(
            "Genres over time", (f"{stream.step.capitalize()} from", "Hours", *FAMILIES), rows, None, NUMBERS
        )

    # look

    def paintEvent(self, _event: QPaintEvent) -> None:
        stream = self._stream
        if stream is None or not len(stream.begins):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, edges = self._x(stream), self._edges(stream)
        wide, tall = self._drawn(x, edges)
        self._paint_bands(painter, wide, tall)
        self._paint_names(painter, wide, tall)
        self._paint_axis(painter, stream, x)
        if self.key is not None:
            theme = Theme.current()
            at = float(x[self.key // 12])
            painter.setPen(QPen(theme.color("text"), 1.4, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(at, 0), QPointF(at, self.height() - theme.px(AXIS)))
        painter.end()

    def _drawn(self, x: Floats, edges: Floats) -> tuple[Floats, Floats]:
        """A single bucket is drawn as wide as there is room: bands need two ends."""
        if len(x) > 1:
            return x, edges
        right = max(1.0, self.width() - 1.0)
        return np.array([0.0, right / 2, right]), np.repeat(edges, 3, axis=1)

    def _paint_bands(self, painter: QPainter, x: Floats, edges: Floats) -> None:
        theme = Theme.current()
        held = None if self.key is None else self.key % 12
        for place, genre in enumerate(ORDER):
            if float((edges[place + 1] - edges[place]).max()) < 0.2:
                continue
            color = QColor(theme.genre(FAMILIES[genre]))
            color.setAlphaF(0.86 if held in (None, genre) else 0.62)
            path = _line(x, edges[place])
            path.connectPath(_line(x[::-1], edges[place + 1][::-1]))
            path.closeSubpath()
            painter.setPen(QPen(theme.color("surface"), 1))
            painter.setBrush(color)
            painter.drawPath(path)

    def _paint_names(self, painter: QPainter, x: Floats, edges: Floats) -> None:
        """In each band its name, once, where it is thickest and there is room."""
        theme = Theme.current()
        font = theme.font("caption", 700)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        for place, genre in enumerate(ORDER):
            name = FAMILIES[genre]
            half = metrics.horizontalAdvance(name) / 2 + 6
            best, top, bottom = _roomiest(x, edges[place], edges[place + 1], half, self.width())
            if bottom - top < theme.px(LABEL_FROM):
                continue
            middle = (top + bottom) / 2
            box = QRectF(float(x[best]) - half, middle - 8, 2 * half, 16)
            painter.setPen(ink_on(theme.genre(name)))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_axis(self, painter: QPainter, stream: GenreStream, x: Floats) -> None:
        theme = Theme.current()
        painter.setFont(theme.font("mono"))
        painter.setPen(theme.color("text3"))
        top = self.height() - theme.px(AXIS) + 6
        free = 0.0
        for at, words in _labels(stream, self._last_day, x):
            width = painter.fontMetrics().horizontalAdvance(words)
            left = min(max(0.0, at - width / 2), self.width() - width)
            if left < free:
                continue
            painter.drawText(QRectF(left, top, width + 2, 16), Qt.AlignmentFlag.AlignLeft, words)
            free = left + width + 14


def _roomiest(x: Floats, top: Floats, bottom: Floats, half: float, width: float) -> tuple[int, float, float]:
    """Bucket around which a band is thickest over 2 * half pixels; and the free strip there."""
    best = (0, 0.0, 0.0)
    for bucket in np.flatnonzero((x >= half) & (x <= width - half)).tolist():
        near = np.abs(x - x[bucket]) <= half
        upper, lower = float(top[near].max()), float(bottom[near].min())
        if lower - upper > best[2] - best[1]:
            best = (bucket, upper, lower)
    return best


def smoothed(bands: Floats) -> Floats:
    """Each bucket with a quarter of both neighbours, for the eye; read-outs and tables are exact."""
    if bands.shape[1] < SMOOTH_FROM:
        return bands
    padded = np.concatenate([bands[:, :1], bands, bands[:, -1:]], axis=1)
    return np.asarray((padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]) / 4)


def _labels(stream: GenreStream, last_day: int, x: Floats) -> list[tuple[float, str]]:
    """Months below weeks, days below days, years below months."""
    begins = stream.begins.astype(np.float64)
    if stream.step == "day":
        first = min(2, len(begins) - 1)
        return [(float(at), date(int(day))) for at, day in list(zip(x, begins, strict=True))[first::5]]
    months = month_starts(int(begins[0]), last_day)
    if stream.step == "week":
        middle = months + 14.0
        return [
            (float(np.interp(day, begins, x)), month(int(start)))
            for start, day in zip(months.tolist(), middle.tolist(), strict=True)
            if begins[0] <= day <= begins[-1] + 7
        ]
    days: list[int] = months.tolist()
    januaries = [day for day in days if day_of(day).month == 1]
    return [(float(np.interp(day, begins, x)), str(day_of(day).year)) for day in januaries]


def _line(x: Floats, y: Floats) -> QPainterPath:
    """A smooth line that meets every point: cubic curves with level tangents at half the way."""
    path = QPainterPath(QPointF(float(x[0]), float(y[0])))
    for before in range(len(x) - 1):
        middle = float(x[before] + x[before + 1]) / 2
        first = QPointF(middle, float(y[before]))
        second = QPointF(middle, float(y[before + 1]))
        path.cubicTo(first, second, QPointF(float(x[before + 1]), float(y[before + 1])))
    return path


def ink_on(color: QColor) -> QColor:
    """White or the dark label ink, whichever stands out more (WCAG 2 relative luminance)."""
    levels = (color.redF(), color.greenF(), color.blueF())
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in levels]
    light = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    dark = Theme.current().color("label_ink")
    return dark if light > 0.18 else QColor(Qt.GlobalColor.white)
