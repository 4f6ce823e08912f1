"""Progress of background work: a ring, what is done at which rate, and the ways to pause or stop it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.ui.components.base import PaintedButton, fill_rounded
from soniq_desktop.ui.components.buttons import IconButton
from soniq_desktop.ui.components.card import Card
from soniq_desktop.ui.components.label import Label
from soniq_desktop.ui.theme import Theme, text_width


class ProgressRing(QWidget):
    """A ring that fills clockwise; `set_share(None)` means the end is not known yet."""

    def __init__(self, side: int = 28, stroke: float = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share: float | None = 0.0
        self._stroke = stroke
        self.setFixedSize(side, side)

    def set_share(self, share: float | None) -> None:
        """0 to 1, or None."""
        self._share = share
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset = self._stroke / 2 + 1
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.setPen(QPen(theme.color("overlay" if theme.dark else "raised"), self._stroke))
        painter.drawEllipse(box)
        pen = QPen(theme.color("accent_text"), self._stroke)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        share = 0.25 if self._share is None else self._share
        if share > 0:
            painter.drawArc(box, 90 * 16, -round(share * 360 * 16))
        painter.end()


class ProblemsButton(PaintedButton):
    """The amber "3 problems" of the strip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int) -> None:
        """How many problems there are; none hides the button."""
        self.setText(f"{count:,} problem{'' if count == 1 else 's'}")
        self.setAccessibleName(self.text())
        self.setVisible(count > 0)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(round(text_width(self.text(), "small", 500)) + 42, Theme.current().px(28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(painter, QRectF(self.rect()), 8, theme.color("warn_bg"))
        ink = theme.color("warn")
        theme.paint_icon(painter, "ph.warning", QRectF(10, (self.height() - 14) / 2, 14, 14), ink)
        painter.setFont(theme.font("small", 500))
        painter.setPen(ink)
        painter.drawText(
            QRectF(30, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        painter.end()


class ProgressStrip(Card):
    """One line of headline and figures, one of the item in hand, percent, problems, pause and stop."""

    pause_clicked = Signal()
    cancel_clicked = Signal()
    problems_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.ring = ProgressRing()
        self.headline = Label("", "body", weight=500, figures=True)
        self.figures = Label("", "small", "text2", figures=True)
        self.item = Label("", "mono", "text3", elide=Qt.TextElideMode.ElideMiddle)
        self.percent = Label("", "large", weight=600, figures=True)
        self.problems = ProblemsButton()
        self.pause = IconButton("ph.pause", "Pause")
        self.cancel = IconButton("ph.x", "Stop")
        self.problems.clicked.connect(self.problems_clicked)
        self.pause.clicked.connect(self.pause_clicked)
        self.cancel.clicked.connect(self.cancel_clicked)
        self._announced = -1
        self._lay_out()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(0)
        line.addWidget(self.headline)
        line.addWidget(self.figures, 1)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch()
        texts.addLayout(line)
        texts.addWidget(self.item)
        texts.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 8, 0)
        layout.setSpacing(16)
        layout.addWidget(self.ring)
        layout.addLayout(texts, 1)
        layout.addWidget(self.percent)
        layout.addWidget(self.problems)
        layout.addSpacing(-4)
        layout.addWidget(self.pause)
        layout.addSpacing(-16)
        layout.addWidget(self.cancel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(400, Theme.current().px(56))

    def minimumSizeHint(self) -> QSize:
        return QSize(360, Theme.current().px(56))

    def show_progress(
        self, headline: str, figures: str, item: str, share: float | None, *, paused: bool = False
    ) -> None:
        """Fill the strip. `share` is 0 to 1 or None; every 10 % the accessible text changes."""
        self.headline.setText(headline)
        self.figures.setText(f"   ·   {figures}" if figures else "")
        self.item.setText(item)
        self.item.setVisible(bool(item))  # the headline alone stands in the middle
        self.ring.set_share(share)
        self.percent.setText("" if share is None else f"{int(share * 100)} %")
        self.pause.set_icon("ph.play" if paused else "ph.pause")
        self.pause.set_name("Carry on" if paused else "Pause")
        tenth = -1 if share is None else int(share * 10)
        if tenth != self._announced:
            self._announced = tenth
            self.setAccessibleName(f"{headline}, {self.percent.text()}")
