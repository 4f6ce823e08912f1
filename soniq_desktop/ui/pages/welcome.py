"""The first page of an empty library: bring your music, or try the demo."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.ui.adding import ask_for_folder
from soniq_desktop.ui.components import Button, Card, Label, ProgressRing, fill_rounded, paint_mark
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.welcome_sky import centre, sky
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import file_size
from soniq_desktop.ui.theme import Theme

MARK = 112
EXPLAINED = (
    ("ph.magnifying-glass", "Scan", "FLAC, MP3, AAC, Opus, Ogg and WAV.\nYou can play songs while it runs."),
    ("ph.activity", "Listen", "Tempo, key, energy and genre are\nworked out on this computer."),
    ("ph.planet", "Explore", "Galaxy, Wormhole and Identify fill\nin as songs are analysed."),
)


class WelcomePage(QWidget):
    """Two ways to begin, a guess where the music is, and what will happen."""

    right_panel = False

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        self.title = "Welcome"
        self._services, self._navigator = services, navigator
        self._asked = False
        self.add = Button("Add your music folder", "ph.folder-plus", "primary", "hero")
        self.demo = Button("Try the demo library", "ph.disc", "secondary", "hero")
        self.suggestion = SuggestionCard(services)
        self.composing = ComposingCard()
        self._lay_out()
        self.add.clicked.connect(self._choose)
        self._connect_demo()

    def _lay_out(self) -> None:
        centred = Qt.AlignmentFlag.AlignHCenter
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch(1)
        buttons.addWidget(self.add)
        buttons.addWidget(self.demo)
        buttons.addStretch(1)
        line = Label(
            "SONIQ reads your files where they are. Nothing is moved, renamed or uploaded.",
            "large",
            "text2",
            wrap=True,
        )
        line.setAlignment(centred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 0, 24, 24)
        layout.setSpacing(0)
        layout.addStretch(40)
        layout.addSpacing(230)
        layout.addWidget(Label("Bring your music", "hero"), 0, centred)
        layout.addSpacing(8)
        layout.addWidget(line)
        layout.addSpacing(28)
        layout.addLayout(buttons)
        layout.addSpacing(14)
        layout.addWidget(Label("or drop a folder anywhere in this window", "small", "text3"), 0, centred)
        layout.addSpacing(22)
        layout.addWidget(self.suggestion, 0, centred)
        layout.addWidget(self.composing, 0, centred)
        layout.addStretch(60)
        layout.addLayout(self._explanations())
        layout.addStretch(12)

    def _explanations(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addStretch(1)
        for icon, name, words in EXPLAINED:
            row.addWidget(Explanation(icon, name, words))
        row.addStretch(1)
        return row

    def _connect_demo(self) -> None:
        demo = self._services.demo
        self.demo.setEnabled(demo is not None)
        self.composing.hide()
        self.suggestion.hide()
        if demo is None:
            return
        self.demo.clicked.connect(self._start_demo)
        self.composing.cancel.clicked.connect(demo.cancel)
        demo.progress.connect(self._composed)
        demo.failed.connect(self._navigator.tell)

    # what the window asks

    def activate(self, _params: dict[str, Any]) -> None:
        if not self._asked and self._services.demo is not None:
            self._asked = True
            self._services.demo.suggest(self._suggested)

    def session(self) -> dict[str, Any]:
        return {}

    def focus_main(self) -> None:
        self.add.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # actions

    def _choose(self) -> None:
        ask_for_folder(self, self._services.library)

    def _suggested(self, found: Any) -> None:
        if found is not None and not self._is_composing():
            self.suggestion.show_suggestion(found)

    def _is_composing(self) -> bool:
        return self._services.demo is not None and self._services.demo.running

    def _start_demo(self) -> None:
        assert self._services.demo is not None
        self.demo.setEnabled(False)
        self.composing.show_progress(0, 0, "")
        self.suggestion.hide()
        self._services.demo.start()

    def _composed(self, progress: Any) -> None:
        self.demo.setEnabled(progress is None)
        if progress is None:
            self.composing.hide()
        else:
            self.composing.show_progress(progress.done, progress.total, progress.title)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("window"))
        picture = sky(self.width(), self.height(), self.devicePixelRatioF(), theme.dark)
        painter.drawPixmap(0, 0, picture)
        middle = centre(self.width(), self.height())
        box = QRectF(middle - QPointF(MARK / 2, MARK / 2), QSize(MARK, MARK).toSizeF())
        paint_mark(painter, box, theme.color("accent_text"))
        painter.end()


class Explanation(QWidget):
    """An icon in a tile, a word and two lines."""

    def __init__(self, icon: str, name: str, words: str) -> None:
        super().__init__()
        self._icon = icon
        self.setAccessibleName(f"{name}: {words}".replace("\n", " "))
        self.setMinimumWidth(Theme.current().px(296))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(56, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(Label(name, "body", weight=500))
        layout.addWidget(Label(words, "small", "text2"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        fill_rounded(painter, QRectF(0, 4, 40, 40), 8, theme.color("surface"), theme.color("line"))
        theme.paint_icon(painter, self._icon, QRectF(11, 15, 18, 18), "text2")
        painter.end()


class SuggestionCard(Card):
    """A folder that looks like the user's music, and a button that adds it."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._path = ""
        self.name = Label("", "body", weight=500, elide=Qt.TextElideMode.ElideMiddle)
        self.figures = Label("", "small", "text2")
        self.add = Button("Add this one")
        self.add.clicked.connect(lambda: services.library.add_folder(self._path))
        self.setFixedWidth(Theme.current().px(480))
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.name)
        texts.addWidget(self.figures)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(56, 14, 16, 14)
        layout.addLayout(texts, 1)
        layout.addWidget(self.add)

    def show_suggestion(self, found: Any) -> None:
        """`found`: a FolderSuggestion."""
        self._path = found.path
        home = str(Path.home())
        short = f"~{found.path[len(home) :]}" if found.path.startswith(home) else found.path
        self.name.setText(f"{short} looks like yours")
        more = "" if found.counted else "more than "
        files = f"{found.files:,} audio file{'' if found.files == 1 else 's'}"
        self.figures.setText(f"{more}{files}, {file_size(found.bytes)}, {_about(found.minutes)}")
        self.add.setAccessibleName(f"Add {short}")
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRectF(18, (self.height() - 22) / 2, 22, 22)
        Theme.current().paint_icon(painter, "ph.folder-open", box, "accent_text")
        painter.end()


class ComposingCard(Card):
    """How far the demo library is, and a way to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.ring = ProgressRing()
        self.name = Label("Composing the demo library", "body", weight=500)
        self.piece = Label("", "small", "text2", elide=Qt.TextElideMode.ElideRight)
        self.cancel = Button("Stop")
        self.setFixedWidth(Theme.current().px(480))
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.name)
        texts.addWidget(self.piece)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(14)
        layout.addWidget(self.ring)
        layout.addLayout(texts, 1)
        layout.addWidget(self.cancel)

    def show_progress(self, done: int, total: int, title: str) -> None:
        """`total` 0: not known yet."""
        self.ring.set_share(done / total if total else None)
        self.piece.setText(f"{done} of {total} pieces · {title}" if total else "Starting")
        self.show()


def _about(minutes: float) -> str:
    """ "about 8 minutes" of listening."""
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return f"about {round(minutes)} minute{'' if round(minutes) == 1 else 's'}"
    return f"about {round(minutes / 60)} hours"
