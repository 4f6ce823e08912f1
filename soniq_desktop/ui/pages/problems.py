"""Files that could not be read: which, why, since when, and what can be done."""

import time
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.library.records import Problem
from soniq_desktop.ui.components import Button, Card, EmptyState, IconButton, Label
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.parts import MARGIN, PageHead, emptied, scrolled
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import show_in_folder

SHOWN = 200  # cards at once; the rest is counted
STAGES = {"scan": "Looking through folders", "tags": "Reading tags", "listen": "Listening"}


class ProblemsPage(QWidget):
    """One card a file, newest first."""

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        self.title = "Problems"
        self._services, self._navigator = services, navigator
        self.retry_all = Button("Retry all", "ph.arrow-clockwise")
        self.duplicates = Button("Duplicates", "ph.copy", "ghost")
        if services.duplicates is None:
            self.duplicates.hide()
        self.head = PageHead("Problems", self.duplicates, self.retry_all)
        self.empty = EmptyState(
            "ph.check-circle-fill", "No problems", "Every file that was looked at could be read."
        )
        self._column = QWidget()
        self.cards = QVBoxLayout(self._column)
        self.cards.setContentsMargins(0, 0, MARGIN - 4, MARGIN)
        self.cards.setSpacing(8)
        self.stack = QStackedWidget()
        self._scroll = scrolled(self._column)
        self.stack.addWidget(self._scroll)
        self.stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 20, 4, 0)
        layout.setSpacing(16)
        self.head.setContentsMargins(0, 0, MARGIN - 4, 0)
        layout.addWidget(self.head)
        layout.addWidget(self.stack, 1)
        self.retry_all.clicked.connect(self._retry_all)
        self.duplicates.clicked.connect(lambda: navigator.open("duplicates"))
        services.library.problems_changed.connect(lambda _count: self._ask())

    def activate(self, _params: dict[str, Any]) -> None:
        self._ask()

    def session(self) -> dict[str, Any]:
        return {}

    def focus_main(self) -> None:
        self.retry_all.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _ask(self) -> None:
        self._services.library.problems(self._arrived)

    def _arrived(self, problems: Sequence[Problem]) -> None:
        emptied(self.cards)
        for problem in problems[:SHOWN]:
            self.cards.addWidget(ProblemCard(problem, self._services))
        if len(problems) > SHOWN:
            self.cards.addWidget(Label(f"and {len(problems) - SHOWN:,} more", "body", "text3"))
        self.cards.addStretch(1)
        self.head.figures.setText(f"{len(problems):,}" if problems else "")
        self.retry_all.setVisible(bool(problems))
        self.stack.setCurrentWidget(self._scroll if problems else self.empty)

    def _retry_all(self) -> None:
        self._services.library.retry_all()
        self._navigator.tell("All these files will be tried again.")


class ProblemCard(Card):
    """A file, its reason in a plain sentence, and three things to do."""

    def __init__(self, problem: Problem, services: Services) -> None:
        super().__init__()
        path = PurePath(problem.path)
        self.setAccessibleName(f"{path.name}: {problem.reason}")
        name = Label(printable(path.name), "body", weight=500, elide=Qt.TextElideMode.ElideMiddle)
        reason = Label(printable(problem.reason), "body", "text2", wrap=True)
        folder = Label(printable(str(path.parent)), "mono", "text3", elide=Qt.TextElideMode.ElideMiddle)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        for label in (name, reason, folder, Label(occasion(problem), "small", "text3")):
            texts.addWidget(label)
        retry = Button("Retry", "ph.arrow-clockwise")
        retry.setAccessibleName(f"Retry {path.name}")
        retry.clicked.connect(lambda: services.library.retry(problem.id))
        show = IconButton("ph.folder-open", f"Show {path.name} in folder")
        show.clicked.connect(lambda: show_in_folder(problem.path))
        dismiss = IconButton("ph.x", f"Dismiss {path.name}")
        dismiss.clicked.connect(lambda: services.library.dismiss(problem.id))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 14, 12, 14)
        layout.setSpacing(8)
        layout.addLayout(texts, 1)
        for button in (retry, show, dismiss):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)


def occasion(problem: Problem) -> str:
    """ "Listening, 14 March 2026 at 21:05, 2 attempts"."""
    then = time.localtime(problem.at)
    when = f"{then.tm_mday} {time.strftime('%B %Y at %H:%M', then)}"
    attempts = f", {problem.attempts} attempts" if problem.attempts > 1 else ""
    return f"{STAGES.get(problem.stage, problem.stage)}, {when}{attempts}"


def printable(text: str) -> str:
    """File names may hold bytes that are no text: shown as replacement characters."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
