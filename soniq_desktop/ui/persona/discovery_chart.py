"""First listens per play: the rate of the period, and a bar for each month."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent

from soniq_desktop.persona.behind import Selection
from soniq_desktop.persona.habits import Discovery
from soniq_desktop.ui.components import fill_rounded
from soniq_desktop.ui.persona.plot import Mark, Plot, Table
from soniq_desktop.ui.persona.text import month, percent
from soniq_desktop.ui.songs.text import songs
from soniq_desktop.ui.theme import Theme

MOST_BARS, AXIS, WIDEST = 13, 18, 28.0


class DiscoveryChart(Plot):
    """Marks are numbered by month from the first; the last thirteen are drawn, the table has all."""

    def __init__(self) -> None:
        super().__init__("Discovery rate", 112)
        self._found: Discovery | None = None
        self._last_day = 0
        self._period = ""

    def set_discovery(self, found: Discovery | None, last_day: int, period: str) -> None:
        """Another period; `period` in words: "in 12 months"."""
        self._found, self._last_day, self._period, self.key = found, last_day, period, None
        if found is not None:
            said = f"{percent(found.rate)} of plays are first listens, {songs(found.total)} {period}"
            self.setAccessibleDescription(said)
        self.update()

    def _months(self) -> range:
        count = 0 if self._found is None else len(self._found.begins)
        return range(max(0, count - MOST_BARS), count)

    def _rate(self, key: int) -> float:
        assert self._found is not None
        return float(self._found.firsts[key]) / max(1, int(self._found.plays[key]))

    def _bars(self) -> QRectF:
        left = min(Theme.current().px(108), self.width() * 0.4)
        return QRectF(left, 6, self.width() - left - 4, self.height() - Theme.current().px(AXIS) - 6)

    def _bar(self, key: int) -> QRectF:
        area, shown = self._bars(), self._months()
        width = area.width() / max(1, len(shown))
        most = max([self._rate(each) for each in shown] or [1.0]) or 1.0
        height = max(2.0, area.height() * self._rate(key) / most)
        gap = max(min(6.0, width * 0.35), width - WIDEST)
        left = area.left() + (key - shown.start) * width
        return QRectF(left + gap / 2, area.bottom() - height, width - gap, height)

    def key_at(self, point: QPointF) -> int | None:
        area, shown = self._bars(), self._months()
        if not shown or not area.adjusted(0, -6, 0, AXIS).contains(point):
            return None
        place = int((point.x() - area.left()) / area.width() * len(shown))
        return shown.start + min(max(0, place), len(shown) - 1)

    def step(self, key: int | None, right: int, down: int) -> int | None:
        shown = self._months()
        if not shown:
            return None
        return shown[-1] if key is None else min(max(shown.start, key + right + down), shown[-1])

    def mark(self, key: int) -> Mark | None:
        found = self._found
        if found is None or key >= len(found.begins):
            return None
        begin = int(found.begins[key])
        end = int(found.begins[key + 1]) if key + 1 < len(found.begins) else self._last_day + 1
        name = month(begin, year=True)
        of = f"{int(found.firsts[key]):,} of {int(found.plays[key]):,} plays"
        words = f"{name}\n{percent(self._rate(key))}: {of}"
        bar = self._bar(key)
        return Mark(
            bar.topLeft() + QPointF(bar.width() / 2, 0),
            words,
            Selection("first", f"First heard in {name}", 0, begin, end),
        )

    def as_table(self) -> Table:
        found = self._found
        if found is None:
            return Table("Discovery rate", (), ())
        rows = [
            (month(int(day), year=True), f"{int(plays):,}", f"{int(firsts):,}", percent(self._rate(key)))
            for key, (day, plays, firsts) in enumerate(
                zip(found.begins, found.plays, found.firsts, strict=True)
            )
        ]
        return Table(
            "Discovery rate", ("Month", "Plays", "First listens", "Rate"), rows, None, frozenset({1, 2, 3})
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        found, theme = self._found, Theme.current()
        if found is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_words(painter, found)
        shown = self._months()
        painter.setFont(theme.font("mono"))
        rates = [self._rate(key) for key in shown]
        best = shown.start + rates.index(max(rates)) if rates else -1
        for key in shown:
            bar = self._bar(key)
            held = key == self.key
            color = "accent" if key == shown[-1] else "text2" if held or key == best else "line_strong"
            fill_rounded(painter, bar, min(3.0, bar.width() / 2), theme.color(color))
            if (key - shown.start) % 3 == 0 or key == shown[-1]:
                painter.setPen(theme.color("text3"))
                box = QRectF(bar.center().x() - 12, self.height() - theme.px(AXIS) + 4, 24, 14)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, month(int(found.begins[key]))[:1])
        painter.end()

    def _paint_words(self, painter: QPainter, found: Discovery) -> None:
        theme = Theme.current()
        painter.setFont(theme.font("title", figures=True))
        painter.setPen(theme.color("text"))
        painter.drawText(
            QRectF(0, 4, self.width(), theme.px(34)), Qt.AlignmentFlag.AlignVCenter, percent(found.rate)
        )
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text3"))
        words = f"{found.total:,} new song{'' if found.total == 1 else 's'}\n{self._period}"
        painter.drawText(
            QRectF(0, theme.px(40), self.width(), theme.px(36)), Qt.AlignmentFlag.AlignTop, words
        )
