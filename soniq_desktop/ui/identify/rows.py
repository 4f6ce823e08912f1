"""Lists beside the picture: other candidates, closest in sound, history, set list. All made of one row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.ui.components import IconButton, Label, PaintedButton, fill_rounded, paint_cover
from soniq_desktop.ui.pages.parts import emptied
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.theme import Theme

COVER = 32
ROW = 48
SIGN = 16
BLEED = 8  # by which the background of a row is wider than what it holds


@dataclass(frozen=True)
class Line:
    """What a row shows. `do` happens when it is pressed; without it the row is only read."""

    title: str
    detail: str
    figure: str = ""
    before: str = ""  # at the left of the cover
    artwork: str | None = None
    icon: str = ""  # instead of a cover
    sign: str = ""  # at the right of the figure: what a press does
    quiet: bool = False
    hint: str = ""
    do: Callable[[], object] | None = None


class Row(PaintedButton):
    """One line, painted; Enter and Space press it."""

    focus_radius = 8.0

    def __init__(self, line: Line, services: Services, before: int) -> None:
        super().__init__()
        self.line = line
        self._services = services
        self._before = before
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name = ", ".join(filter(None, (line.before, line.title, line.detail, line.figure)))
        self.setAccessibleName(f"{line.hint}: {name}" if line.hint else name)
        self.setToolTip(line.hint)
        if line.do is None:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        else:
            self.clicked.connect(line.do)

    def sizeHint(self) -> QSize:
        return QSize(240, Theme.current().px(ROW))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.line.do is not None:
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        if self.line.do is not None and (self.hover_amount or self.isDown()):
            bleed = QRectF(self.rect())
            fill_rounded(painter, bleed, 8, self.fill_color(None, "row_hover", "row_selected"))
        x = float(BLEED)
        if self._before:
            painter.setFont(theme.font("small", figures=True))
            painter.setPen(theme.color("text3"))
            box = QRectF(x, 0, self._before, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.line.before)
            x += self._before + 12
        x = self._paint_picture(painter, x) + 12
        self._paint_texts(painter, x)
        painter.end()

    def _paint_picture(self, painter: QPainter, x: float) -> float:
        theme = Theme.current()
        box = QRectF(x, (self.height() - COVER) / 2, COVER, COVER)
        if self.line.icon:
            fill_rounded(painter, box, 4, theme.color("raised"))
            theme.paint_icon(painter, self.line.icon, box.adjusted(8, 8, -8, -8), "text2")
        else:
            key = self.line.artwork
            paint_cover(painter, box, self._services.library.artwork(key, COVER) if key else None)
        return box.right()

    def _paint_texts(self, painter: QPainter, x: float) -> None:
        theme, line = Theme.current(), self.line
        painter.setFont(theme.font("small", figures=True))
        room = painter.fontMetrics().horizontalAdvance(line.figure) + 16 if line.figure else 8
        painter.setPen(theme.color("text2"))
        right = QRectF(0, 0, self.width() - 8, self.height())
        if line.sign:
            box = QRectF(right.right() - SIGN, (self.height() - SIGN) / 2, SIGN, SIGN)
            theme.paint_icon(painter, line.sign, box, "text2")
            right.setRight(box.left() - 16)
            room += SIGN + 16
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, line.figure)
        width = self.width() - x - room - 8
        half = self.height() / 2
        for text, style, color, top, weight in (
            (line.title, "body", "text3" if line.quiet else "text", half - theme.px(18), 500),
            (line.detail, "small", "text3", half + theme.px(1), 400),
        ):
            painter.setFont(theme.font(style, weight))
            painter.setPen(theme.color(color))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(width))
            painter.drawText(QRectF(x, top, width, theme.px(17)), Qt.AlignmentFlag.AlignVCenter, shown)


class Section(QWidget):
    """A heading with rows under it; hidden while there are none."""

    def __init__(
        self, services: Services, title: str, caption: str = "", action: IconButton | None = None
    ) -> None:
        super().__init__()
        self._services = services
        self.heading = Label(title, "body", weight=600)
        self.caption = Label(caption, "small", "text3")
        self.rows: list[Row] = []
        head = QHBoxLayout()
        head.setContentsMargins(BLEED, 0, BLEED, 0)
        head.addWidget(self.heading)
        head.addStretch(1)
        head.addWidget(self.caption)
        if action is not None:
            head.addWidget(action)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(self._rows)
        services.library.artwork_ready.connect(self._artwork_ready)
        self.hide()

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Other rows."""
        emptied(self._rows)
        widest = max((len(line.before) for line in lines), default=0)
        before = Theme.current().px(8 * widest) if widest else 0
        self.rows = [Row(line, self._services, before) for line in lines]
        for row in self.rows:
            self._rows.addWidget(row)
        self.setVisible(bool(lines))

    def _artwork_ready(self, key: str) -> None:
        for row in self.rows:
            if row.line.artwork == key:
                row.update()
