"""Identify: what is playing in the room, in a file, or on this computer."""

import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.fingerprint.reports import Hearing, Trouble
from soniq_desktop.fingerprint.setlist import is_certain
from soniq_desktop.library.identifications import Identification
from soniq_desktop.library.records import Track
from soniq_desktop.services.clip_sound import ClipSound
from soniq_desktop.services.identify import Answer, IdentifyService, Miss, SetListLine
from soniq_desktop.services.live_play import LivePlay
from soniq_desktop.services.set_list_file import save_set_list
from soniq_desktop.ui.components import Button, IconButton, Label
from soniq_desktop.ui.identify.cards import ResultCard, SignCard
from soniq_desktop.ui.identify.constellation import Constellation
from soniq_desktop.ui.identify.level import InputBar
from soniq_desktop.ui.identify.rows import BLEED, Line, Section
from soniq_desktop.ui.identify.text import decibels, seconds_text, trouble_parts, when
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.parts import MARGIN, scrolled
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.actions import SongActions
from soniq_desktop.ui.songs.text import clock
from soniq_desktop.ui.theme import Theme

SIDE_SHARE, SIDE_LEAST, SIDE_MOST = 0.464, 400, 620
HISTORY = 12
HINT = "Hold the music near your microphone. Matching happens on this computer."
FILES = "Sound (*.wav *.flac *.mp3 *.m4a *.aac *.ogg *.opus *.wma *.aiff *.mp4 *.webm);;All files (*)"
PRIVACY = {
    "darwin": "x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone",
    "win32": "ms-settings:privacy-microphone",
}


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
        self._show_intro()

    def _make_parts(self) -> None:
        self.open_file = Button("Open a clip", "ph.folder-open", "ghost")
        self.hint = Label(HINT, "body", "text2", elide=Qt.TextElideMode.ElideRight)
        self.constellation = Constellation()
        self.figures = {
            name: Label("–", "heading", figures=True) for name in ("heard", "peaks", "lit", "input")
        }
        self.input = InputBar()
        self.input.keep.setChecked(self._identify.keeps_listening())
        self.card = SignCard()
        self.result = ResultCard(self._services)
        self.result.hide()
        self.others = Section(self._services, "Other candidates", "offset, score against the threshold")
        self.closest = Section(self._services, "Closest in sound", "similarity")
        self.export = IconButton("ph.export", "Export the set list", size=16)
        self.set_list = Section(self._services, "Set list", action=self.export)
        self.history = Section(self._services, "Earlier")

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stage(), 1)
        column = QWidget()
        answers = QVBoxLayout(column)
        answers.setContentsMargins(MARGIN - BLEED, MARGIN, MARGIN - BLEED, MARGIN)
        answers.setSpacing(12)
        cards = QVBoxLayout()
        cards.setContentsMargins(BLEED, 0, BLEED, 0)
        cards.addWidget(self.result)
        cards.addWidget(self.card)
        answers.addLayout(cards)
        for section in (self.others, self.closest, self.set_list, self.history):
            answers.addWidget(section)
        answers.addStretch(1)
        self._side = scrolled(column)
        layout.addWidget(self._side)

    def _stage(self) -> QWidget:
        stage = QWidget()
        head = QHBoxLayout()
        head.addWidget(Label("Identify", "title"), 1)
        head.addWidget(self.open_file)
        words = {"heard": "heard", "peaks": "peaks", "lit": "lit, in step", "input": "input"}
        figures = QHBoxLayout()
        figures.addStretch(1)
        for name, label in self.figures.items():
            figures.addLayout(_figure(label, words[name]), 2)
        figures.addStretch(1)
        column = QVBoxLayout(stage)
        column.setContentsMargins(MARGIN, 16, MARGIN, MARGIN)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.hint)
        column.addWidget(self.constellation, 1)
        column.addLayout(figures)
        column.addSpacing(20)
        column.addWidget(self.input)
        return stage

    def _connect(self) -> None:
        identify = self._identify
        self.constellation.toggled.connect(identify.toggle)
        self.open_file.clicked.connect(self._choose_file)
        self.input.device_chosen.connect(identify.set_device)
        self.input.keep_changed.connect(identify.set_keep_listening)
        self.input.look_wanted.connect(identify.look_for_devices)
        self.result.play_wanted.connect(self._live.play)
        self.result.queue_wanted.connect(lambda track: self._actions.add_to_queue([track.id]))
        self.export.clicked.connect(self._export)
        identify.state_changed.connect(self._state_changed)
        identify.heard.connect(self._heard)
        identify.identified.connect(self._identified)
        identify.missed.connect(self._missed)
        identify.trouble.connect(self._trouble)
        identify.sound_described.connect(self._sound_described)
        identify.set_list_changed.connect(self._set_list_changed)
        identify.devices_changed.connect(self._devices_changed)
        identify.history_changed.connect(self._ask_history)
        identify.message.connect(self._navigator.tell)

    # what every page has

    def activate(self, params: dict[str, Any]) -> None:
        """`file`: identify this one."""
        self._identify.look_for_devices()
        self._ask_history()
        if file := params.get("file"):
            self._identify.identify_file(str(file))

    def session(self) -> dict[str, Any]:
        return {}

    def focus_main(self) -> None:
        self.constellation.button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def toggle(self) -> None:
        """Ctrl+I."""
        self._identify.toggle()

    # listening

    def _state_changed(self, state: str) -> None:
        busy = state != "idle"
        self.constellation.button.set_listening(busy)
        if state in ("starting", "reading"):
            self.constellation.begin()
            self.result.hide()
            self._clear_candidates()
            self._show_waiting(state)
        elif not busy:
            self.constellation.rest()
            self.input.set_words("Ready")
            if self.result.isHidden() and self._waiting:
                self._show_intro()

    def _clear_candidates(self) -> None:
        for section in (self.others, self.closest):
            section.set_lines([])

    def _show_waiting(self, state: str) -> None:
        self._waiting = True
        if state == "reading":
            self.card.show_texts("ph.waveform", "Reading", "Comparing the file with your library.")
        elif self._identify.keeps_listening():
            self.card.show_texts(
                "ph.microphone", "Listening", "Every song that is recognised joins the set list."
            )
        else:
            self.card.show_texts(
                "ph.microphone", "Listening", "Usually two to five seconds; it gives up after fifteen."
            )
        self.card.show()

    def _show_intro(self) -> None:
        self._waiting = False
        self.card.show_texts(
            "ph.microphone",
            "What is playing?",
            "SONIQ compares what it hears with your own music: the song, the second, and how sure that is.",
            "Drop a file here to identify it. A recording of a whole evening gives a set list.",
        )
        self.card.offer("Listen", "ph.microphone", self._identify.start)
        self.card.show()

    def _heard(self, hearing: Hearing) -> None:
        self.constellation.hear(hearing)
        self.input.set_level(hearing.level)
        self.figures["heard"].setText(seconds_text(hearing.elapsed))
        self.figures["peaks"].setText(f"{self.constellation.peaks:,}")
        self.figures["lit"].setText(f"{len(self.constellation.evidence):,}")
        self.figures["input"].setText(decibels(hearing.level))

    # answers

    def _identified(self, answer: Answer) -> None:
        self._waiting = False
        self.constellation.set_evidence(answer.match.evidence)
        self.figures["lit"].setText(f"{len(self.constellation.evidence):,}")
        self.card.hide()
        self.result.show_answer(answer)
        self.result.show()
        self.others.set_lines(
            [
                Line(
                    track.title,
                    track.artist,
                    f"{clock(candidate.offset_seconds)}   {candidate.score:+.1f}".replace("-", "−"),
                    artwork=track.tags.artwork,
                    hint="Play",
                    do=partial(self._actions.play, [track.id]),
                )
                for track, candidate in answer.alternatives[:3]
            ]
        )
        self._side.verticalScrollBar().setValue(0)

    def _missed(self, miss: Miss) -> None:
        self._waiting = False
        self._clear_candidates()
        self.constellation.set_evidence(())  # what fitted the leading candidate fitted by chance
        self.figures["lit"].setText("0")
        self.result.hide()
        self.card.show_miss(miss, self._identify.start, self._identify.keep_clip)
        if self.constellation.elapsed == 0:
            self.card.primary.setText("Listen")
        self.card.show()

    def _sound_described(self, sound: ClipSound, closest: list[tuple[Track, float]]) -> None:
        if self.card.isHidden() or self._identify.state() != "idle":
            return
        self.card.show_sound(sound)
        self.closest.set_lines(
            [
                Line(
                    track.title,
                    track.artist,
                    f"{cosine:.2f}",
                    artwork=track.tags.artwork,
                    hint="Play",
                    do=partial(self._actions.play, [track.id]),
                )
                for track, cosine in closest
            ]
        )

    def _trouble(self, trouble: Trouble) -> None:
        self._waiting = False
        self._clear_candidates()
        icon, title, action = trouble_parts(trouble)
        self.result.hide()
        self.card.show_texts(icon, title, f"{trouble.sentence} {trouble.hint}".strip())
        if trouble.kind == "denied" and sys.platform not in PRIVACY:
            action = "Try again"
        self.card.offer(action, "", partial(self._fix, trouble.kind))
        self.card.show()

    def _fix(self, kind: str) -> None:
        """The one action of a trouble card."""
        if kind == "denied" and sys.platform in PRIVACY:
            QDesktopServices.openUrl(QUrl(PRIVACY[sys.platform]))
        elif kind == "file":
            self._choose_file()
        elif kind == "empty":
            self._add_folder()
        else:
            self._identify.start()

    def _add_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Add a music folder", str(Path.home()))
        if folder:
            self._services.library.add_folder(folder)

    def _devices_changed(self, devices: list[Any]) -> None:
        self.input.set_devices(devices, self._identify.device())

    # files

    def _choose_file(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Identify a clip", str(Path.home()), FILES)
        if file:
            self._identify.identify_file(file)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        file = self._dropped(event)
        if file:
            self._identify.identify_file(file)
            event.acceptProposedAction()

    def _dropped(self, event: QDropEvent) -> str:
        """The one file of a drop; folders and several files are the window's."""
        urls = event.mimeData().urls()
        file = urls[0].toLocalFile() if len(urls) == 1 else ""
        return file if file and not Path(file).is_dir() else ""

    # lists

    def _set_list_changed(self, lines: Sequence[SetListLine], done: float | None) -> None:
        self.set_list.set_lines(
            [
                Line(
                    line.track.title,
                    line.track.artist + ("" if is_certain(line.entry) else " · heard once, not certain"),
                    before=clock(line.entry.begins),
                    artwork=line.track.tags.artwork,
                    quiet=not is_certain(line.entry),
                    hint="Play",
                    do=partial(self._actions.play, [line.track.id]),
                )
                for line in lines
            ]
        )
        if done is not None and self.result.isHidden():
            self._show_share(done, len(lines))

    def _show_share(self, done: float, found: int) -> None:
        self._waiting = done < 1.0
        count = f"{found:,} song{'' if found == 1 else 's'} so far." if done < 1.0 else ""
        if done < 1.0:
            self.card.show_texts("ph.waveform", f"Reading, {done * 100:.0f} %", count)
        else:
            sentence = (
                f"{found:,} song{'' if found == 1 else 's'} of your library in this file."
                if found
                else "Nothing in this file was recognised."
            )
            self.card.show_texts("ph.playlist" if found else "ph.question", "Set list", sentence)
            if found:
                self.card.offer("Export the set list", "ph.export", self._export)
        self.card.show()

    def _export(self) -> None:
        lines = self._identify.set_list()
        name = str(Path.home() / f"Set list {time.strftime('%Y-%m-%d')}.txt")
        file, _ = QFileDialog.getSaveFileName(
            self, "Export the set list", name, "Text (*.txt);;Spreadsheet (*.csv)"
        )
        if not file:
            return
        try:
            save_set_list(lines, Path(file))
        except SoniqError as error:
            self._navigator.tell(str(error))
        else:
            self._navigator.tell(f"Saved {Path(file).name}.")

    def _ask_history(self) -> None:
        self._identify.history(self._show_history)

    def _show_history(self, entries: list[tuple[Identification, Track | None]]) -> None:
        self.history.set_lines([self._history_line(*each) for each in entries[:HISTORY]])

    def _history_line(self, entry: Identification, track: Track | None) -> Line:
        if not entry.known:
            hear = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(entry.clip)) if entry.clip else None
            return Line(
                "Not in your library",
                "The clip was kept" if entry.clip else f"{seconds_text(entry.heard)} heard",
                when(entry.at),
                icon="ph.question",
                quiet=True,
                hint="Hear clip" if entry.clip else "",
                do=hear,
            )
        play = None if track is None else partial(self._play_from, track, entry.offset)
        return Line(
            entry.title,
            f"{entry.artist} · at {clock(entry.offset)}" + ("" if track else " · no longer in your library"),
            when(entry.at),
            artwork=track.tags.artwork if track else None,
            quiet=track is None,
            hint="Play from there" if track else "",
            do=play,
        )

    def _play_from(self, track: Track, offset: float) -> None:
        self._services.player.play([track.id], 0, "identify")
        self._services.player.seek(max(0.0, offset))

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


def _figure(label: Label, words: str) -> QVBoxLayout:
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    caption = Label(words, "small", "text3")
    caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(label)
    column.addWidget(caption)
    return column
