"""Identify: what is playing in the room, in a file, or on this computer."""

import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.fingerprint.reports import Hearing
from soniq_desktop.library.records import Track
from soniq_desktop.services.answers import Answer, Miss
from soniq_desktop.services.identify import IdentifyService
from soniq_desktop.services.live_play import LivePlay
from soniq_desktop.services.set_list_file import save_set_list
from soniq_desktop.ui.components import Button, IconButton, Label
from soniq_desktop.ui.identify.answers import AnswerColumn
from soniq_desktop.ui.identify.constellation import Constellation
from soniq_desktop.ui.identify.level import InputBar
from soniq_desktop.ui.identify.table import peaks_table
from soniq_desktop.ui.identify.text import decibels, seconds_text
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.parts import MARGIN, scrolled
from soniq_desktop.ui.persona.tables import TablePopover
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import SongActions
from soniq_desktop.ui.theme import Theme

SIDE_SHARE, SIDE_LEAST, SIDE_MOST = 0.464, 400, 620
HINT = "Hold the music near your microphone. Matching happens on this computer."
FILES = "Sound (*.wav *.flac *.mp3 *.m4a *.aac *.ogg *.opus *.wma *.aiff *.mp4 *.webm);;All files (*)"
FIGURES = {"heard": "heard", "peaks": "peaks", "lit": "lit, in step", "input": "input"}
TEXT, TABLE = "Text (*.txt)", "Spreadsheet (*.csv)"


class IdentifyPage(QWidget):
    """Listening at the left, the answer at the right."""

    right_panel = False

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        assert services.identify is not None
        self.title = "Identify"
        self._services, self._navigator = services, navigator
        self._identify: IdentifyService = services.identify
        self._actions = SongActions(services, navigator, "identify")
        self._live = LivePlay(services.player, self)
        self.setAcceptDrops(True)
        self._make_parts()
        self._lay_out()
        self._connect()
        self._connect_answers()
        self.answers.show_intro()

    def _make_parts(self) -> None:
        self.open_file = Button("Open a clip", "ph.folder-open", "ghost")
        self.duplicates = Button("Duplicates", "ph.copy", "ghost")
        self.duplicates.setVisible(self._services.duplicates is not None)
        self.table = IconButton("ph.table", "Show as table", shortcut="T")
        self.hint = Label(HINT, "body", "text2", elide=Qt.TextElideMode.ElideRight)
        self.constellation = Constellation()
        self.figures = {name: Label("–", "heading", figures=True) for name in FIGURES}
        self.input = InputBar()
        self.input.keep.setChecked(self._identify.keeps_listening())
        self.answers = AnswerColumn(self._services)
        self._side = scrolled(self.answers)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stage(), 1)
        layout.addWidget(self._side)

    def _stage(self) -> QWidget:
        stage = QWidget()
        head = QHBoxLayout()
        head.addWidget(Label("Identify", "title"), 1)
        head.addWidget(self.duplicates)
        head.addWidget(self.open_file)
        head.addWidget(self.table)
        figures = QHBoxLayout()
        figures.addStretch(1)
        for name, label in self.figures.items():
            figures.addLayout(_figure(label, FIGURES[name]), 2)
        figures.addStretch(1)
        column = QVBoxLayout(stage)
        column.setContentsMargins(MARGIN, 16, MARGIN, MARGIN)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.hint)
        column.addSpacing(8)
        column.addWidget(self.constellation, 1)
        column.addLayout(figures)
        column.addSpacing(20)
        column.addWidget(self.input)
        return stage

    def _connect(self) -> None:
        identify = self._identify
        self.constellation.toggled.connect(identify.toggle)
        self.open_file.clicked.connect(self._choose_file)
        self.table.clicked.connect(self.show_table)
        self.duplicates.clicked.connect(lambda: self._navigator.open("duplicates"))
        self.input.device_chosen.connect(identify.set_device)
        self.input.keep_changed.connect(identify.set_keep_listening)
        self.input.look_wanted.connect(identify.look_for_devices)
        identify.state_changed.connect(self._state_changed)
        identify.heard.connect(self._heard)
        identify.identified.connect(self._identified)
        identify.missed.connect(self._missed)
        identify.devices_changed.connect(self._devices_changed)
        identify.history_changed.connect(self._ask_history)
        identify.message.connect(self._navigator.tell)
        self._services.settings.changed.connect(self._setting_changed)

    def _connect_answers(self) -> None:
        identify, answers = self._identify, self.answers
        identify.trouble.connect(answers.show_trouble)
        identify.sound_described.connect(answers.show_sound)
        identify.set_list_changed.connect(answers.show_set_list)
        answers.listen_wanted.connect(identify.start)
        answers.keep_wanted.connect(identify.keep_clip)
        answers.file_wanted.connect(self._choose_file)
        answers.folder_wanted.connect(self._add_folder)
        answers.export_wanted.connect(self._export)
        answers.play_wanted.connect(self._play_from)
        answers.result.play_wanted.connect(self._live.play)
        answers.result.queue_wanted.connect(lambda track: self._actions.add_to_queue([track.id]))

    # what every page has

    def activate(self, params: dict[str, Any]) -> None:
        """`file`: identify this one."""
        self._identify.look_for_devices()
        self._ask_history()
        self._identify.ask_kept_again()
        if file := params.pop("file", None):
            self._identify.identify_file(str(file))

    def session(self) -> dict[str, Any]:
        return {}

    def focus_main(self) -> None:
        self.constellation.button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def toggle(self) -> None:
        """Ctrl+I."""
        self._identify.toggle()

    def show_table(self) -> None:
        """The peaks of the picture as rows."""
        table = peaks_table(self.constellation)
        TablePopover(self, table, f"{len(table.rows):,}").open_centred()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_T and not event.modifiers():
            self.show_table()
        else:
            super().keyPressEvent(event)

    # listening

    def _state_changed(self, state: str) -> None:
        busy = state != "idle"
        self.constellation.button.set_listening(busy)
        if state in ("starting", "reading"):
            self.constellation.begin()
            self.answers.show_waiting(file=state == "reading", keep=self._identify.keeps_listening())
        elif not busy:
            self.constellation.rest()
            self.input.set_words("Ready")
            if self.answers.waiting:
                self.answers.show_intro()

    def _heard(self, hearing: Hearing) -> None:
        self.constellation.hear(hearing)
        self.input.set_level(hearing.level)
        self.figures["heard"].setText(seconds_text(hearing.elapsed))
        self.figures["peaks"].setText(f"{self.constellation.peaks:,}")
        self.figures["input"].setText(decibels(hearing.level))
        self._show_lit()

    def _show_lit(self) -> None:
        self.figures["lit"].setText(f"{len(self.constellation.evidence):,}")

    def _identified(self, answer: Answer) -> None:
        self.constellation.set_evidence(answer.match.evidence)
        self._show_lit()
        self.answers.show_answer(answer)
        self._side.verticalScrollBar().setValue(0)

    def _missed(self, miss: Miss) -> None:
        self.constellation.set_evidence(())  # what fitted the leading candidate fitted by chance
        self._show_lit()
        self.answers.show_miss(miss)

    def _setting_changed(self, name: str) -> None:
        if name == "identify.keep_listening":
            self.input.keep.setChecked(self._identify.keeps_listening())

    def _devices_changed(self, devices: list[Any]) -> None:
        self.input.set_devices(devices, self._identify.device())

    def _ask_history(self) -> None:
        self._identify.history(self.answers.show_history)

    # what the answers ask for

    def _play_from(self, track: Track, seconds: float) -> None:
        self._services.player.play([track.id], 0, "identify")
        if seconds:
            self._services.player.seek(seconds)

    def _add_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Add a music folder", str(Path.home()))
        if folder:
            self._services.library.add_folder(folder)

    def _export(self) -> None:
        lines = self._identify.set_list()
        name = str(Path.home() / f"Set list {time.strftime('%Y-%m-%d')}.txt")
        chosen, form = QFileDialog.getSaveFileName(self, "Export the set list", name, f"{TEXT};;{TABLE}")
        if not chosen:
            return
        file = Path(chosen).with_suffix(".csv") if form == TABLE else Path(chosen)
        try:
            save_set_list(lines, file)
        except SoniqError as error:
            self._navigator.tell(str(error))
        else:
            self._navigator.tell(f"Saved {file.name}.")

    # files

    def _choose_file(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Identify a clip", str(Path.home()), FILES)
        if file:
            self._identify.identify_file(file)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        file = _dropped(event)
        if file:
            self._identify.identify_file(file)
            event.acceptProposedAction()

    # look

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setFixedWidth(min(SIDE_MOST, max(SIDE_LEAST, round(self.width() * SIDE_SHARE))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        side = QRectF(self._side.geometry())
        painter.fillRect(side, theme.color("sidebar"))
        painter.fillRect(QRectF(side.left(), 0, 1, self.height()), theme.color("line"))
        painter.end()


def _dropped(event: QDropEvent) -> str:
    """The one file of a drop; folders and several files are the window's."""
    urls = event.mimeData().urls()
    file = urls[0].toLocalFile() if len(urls) == 1 else ""
    return file if file and not Path(file).is_dir() else ""


def _figure(label: Label, words: str) -> QVBoxLayout:
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    caption = Label(words, "small", "text3")
    caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(label)
    column.addWidget(caption)
    return column
