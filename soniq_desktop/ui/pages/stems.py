"""Stems: a song taken apart, and the mixer for its parts."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QStandardPaths, Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from soniq_desktop.library.records import BeatGrid, Track, Waveform
from soniq_desktop.services.stems import OpenStems, StemService
from soniq_desktop.ui.components import Button, EmptyState, Menu
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.songs.text import file_size
from soniq_desktop.ui.stems import words
from soniq_desktop.ui.stems.board import Board
from soniq_desktop.ui.stems.choice import ChoicePanel
from soniq_desktop.ui.stems.export_panel import ExportPanel
from soniq_desktop.ui.stems.free_space import ask_to_free
from soniq_desktop.ui.stems.header import Header
from soniq_desktop.ui.stems.looping import Looping
from soniq_desktop.ui.stems.lyrics_card import LyricsCard
from soniq_desktop.ui.stems.mixing import Mixing, install_keys
from soniq_desktop.ui.stems.playing import Playing
from soniq_desktop.ui.stems.preset_menu import BUILT_IN, PresetMenu
from soniq_desktop.ui.stems.separating import Separating
from soniq_desktop.ui.stems.strip import SeparationStrip
from soniq_desktop.ui.stems.table import open_table
from soniq_desktop.ui.stems.tool_cards import ToolRow
from soniq_desktop.ui.wormhole.picker import SongPicker

EMPTY, CHOICE, MIXER, WAITING = range(4)
COVER = 128  # pixels of the cover that is asked for
NARROW = 1000  # page width below which gaps shrink


class StemsPage(QWidget):
    """Parameters: track_id; separate=True begins at once where a model is here."""

    right_panel = False

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        assert services.stems is not None
        self.title = "Stems"
        self._services, self._navigator = services, navigator
        self._service: StemService = services.stems
        self._track: Track | None = None
        self._wanted: int | None = None
        self._separate = False  # begin as soon as it is known that nothing is there
        self._folder: Path | None = None
        self._make_parts()
        self._lay_out()
        self._connect()
        self.show_state(EMPTY)

    def _make_parts(self) -> None:
        self.header = Header()
        self.strip = SeparationStrip()
        self.choice = ChoicePanel()
        self.board, self.tools = Board(), ToolRow()
        self.lyrics = LyricsCard(self._lyrics_arrived)
        self.playing = Playing(self._services.player, self._service, self.board, self)
        self.looping = Looping(self._service, self.playing, self)
        parts = (self.board, self.tools, self.header.presets, self.lyrics)
        self.mixing = Mixing(self._service, parts, self.looping, self)
        self.separating = Separating(self._service, self.strip, self.choice, self)
        self.preset_menu = PresetMenu(self._service, self)
        self.take_playing = Button("Take the playing song", "ph.play", "primary")
        self.choose_song = Button("Choose a song", "ph.magnifying-glass")
        self.empty = EmptyState(
            "ph.faders", "No song chosen", "Vocals, drums, bass and the rest, each with a fader of its own.",
            self.take_playing, self.choose_song,
        )  # fmt: skip

    def _lay_out(self) -> None:
        lanes = QHBoxLayout()
        lanes.setSpacing(16)
        lanes.addWidget(self.board, 1)
        lanes.addWidget(self.lyrics)
        mixer = QWidget()
        column = QVBoxLayout(mixer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(lanes, 1)
        column.addWidget(self.tools)
        self.stack = QStackedWidget()
        for page in (self.empty, self.choice, mixer, QWidget()):
            self.stack.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 12, 24, 24)
        self._column.setSpacing(16)
        for part in (self.header, self.strip):
            self._column.addWidget(part)
        self._column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        service, player, library = self._service, self._services.player, self._services.library
        service.opened.connect(self._opened)
        service.failed.connect(self._failed)
        service.chunk_ready.connect(self._chunk_ready)
        service.exported.connect(self._exported)
        self.separating.moved.connect(self._separation_moved)
        self.separating.choices_known.connect(self._choices_known)
        self.header.preset_chosen.connect(self._preset_chosen)
        self.header.export_wanted.connect(self._open_export)
        self.header.play_wanted.connect(self.playing.play)
        self.header.more_wanted.connect(self._open_menu)
        self.board.canvas.seek_wanted.connect(self.playing.seek)
        self.lyrics.view.seek_requested.connect(self.playing.seek)
        player.position_changed.connect(self._position_changed)
        player.track_changed.connect(lambda _track: self._loaded())
        player.state_changed.connect(lambda _state: self._show_header())
        library.artwork_ready.connect(self._artwork_ready)
        library.tracks_updated.connect(self._tracks_updated)
        self._services.settings.changed.connect(lambda _name: self._apply_letters())
        self.take_playing.clicked.connect(self._take_playing)
        self.choose_song.clicked.connect(lambda: self._pick(self.choose_song))
        self._keys = install_keys(self, self.mixing, self.looping, self.playing.play)

    # what the window asks

    def activate(self, params: dict[str, Any]) -> None:
        self._separate = bool(params.get("separate", False))
        track_id = params.get("track_id")
        found = self._usual_track() if track_id is None else None
        self._apply_letters()
        if track_id is None and found is None:
            self.show_track(None)
        elif found is not None:
            self.show_track(found)
        elif self._track is not None and self._track.id == track_id:
            self.show_track(self._track)
        else:
            self._wanted = int(track_id)  # type: ignore[arg-type]
            self._services.library.track(self._wanted, self._track_found)

    def session(self) -> dict[str, Any]:
        return {"track_id": self._track.id, "separate": False} if self._track is not None else {}

    def focus_main(self) -> None:
        target = self.board.canvas if self.stack.currentIndex() == MIXER else self.header.more
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def regions(self) -> list[QWidget]:
        """What F6 goes through."""
        parts = [self.header, self.strip, self.empty, self.choice, self.board, self.lyrics, self.tools]
        return [part for part in parts if part.isVisible()]

    def _usual_track(self) -> Track | None:
        """Without a wish: what is being taken apart, what plays, what is in the mixer, what is loaded."""
        player, current = self._services.player, self._service.current()
        if self.separating.running and self._track is not None:
            return self._track
        if player.state() == "playing" and player.track() is not None:
            return player.track()
        return current.track if current is not None else player.track()

    def _track_found(self, track: Track | None) -> None:
        if track is None:
            self._navigator.tell("This song is not in the library any more.")
            self.show_track(None)
        elif track.id == self._wanted:
            self.show_track(track)

    def show_track(self, track: Track | None) -> None:
        """Another song on the page; its stems come into the mixer if there are any."""
        self._track, self._wanted = track, None
        self.playing.show_track(track)
        self._show_header()
        if track is None:
            self.separating.set_track(None)
            self.mixing.set_track(None)
            self.show_state(EMPTY)
            return
        library, current = self._services.library, self._service.current()
        there = current is not None and current.track.id == track.id
        if not there:
            self.show_state(WAITING)
        self.mixing.set_track(track, there=there)
        self.separating.set_track(track)
        self.board.overview.set_waveform(None)
        library.waveform(track.id, partial(self._waveform_arrived, track.id))
        library.beat_grid(track.id, partial(self._grid_arrived, track.id))
        if there:
            self._opened(current)
        else:
            self._service.open(track)

    def show_state(self, state: int) -> None:
        """EMPTY, CHOICE, MIXER or WAITING."""
        self.stack.setCurrentIndex(state)
        self.header.setVisible(state != EMPTY)
        self.header.set_mixer(state == MIXER)
        self._loaded()

    # what the services say

    def _opened(self, opened: OpenStems | None) -> None:
        if self._track is None or (opened is not None and opened.track.id != self._track.id):
            return
        self.mixing.set_open(opened)
        self.separating.opened()
        working = self.separating.running
        if opened is None or not (working or opened.stem_set.done() or self._just_started(opened)):
            self._show_choice()
            return
        begin, self._separate = self._separate and not (working or opened.stem_set.complete), False
        self.show_state(MIXER)
        self._apply_letters()
        self._separation_moved()
        if begin and self._service.working_on() != opened.track.id:
            self.separating.carry_on()

    def _just_started(self, opened: OpenStems) -> bool:
        """Its separation begins: the service opens the stems before the first progress comes."""
        return self._service.working_on() == opened.track.id

    def _show_choice(self) -> None:
        self.show_state(CHOICE)
        self._choices_known()

    def _choices_known(self) -> None:
        """Nothing of the song is there: begin with the best engine that is here, if that was wished for."""
        if self.stack.currentIndex() != CHOICE or not self._separate or not self.separating.choices:
            return
        self._separate = False
        best = self.separating.best()
        if best is not None:
            self.separating.start(best)

    def _separation_moved(self) -> None:
        progress = self.separating.progress if self.separating.mine else None
        self.board.canvas.show_work(words.next_chunk(progress), running=self.separating.running)
        current = self._service.current()
        nothing = current is None or not current.stem_set.done()
        if (
            self.stack.currentIndex() == MIXER
            and progress is None
            and nothing
            and not self._service.working_on()
        ):
            self._show_choice()

    def _chunk_ready(self, track_id: int, _begin: float, _end: float) -> None:
        if self._track is not None and self._track.id == track_id:
            self.mixing.show_waves()

    def _failed(self, sentence: str, hint: str) -> None:
        self._separation_moved()
        self.separating.failed(sentence, hint)

    def _exported(self, files: list[Path]) -> None:
        count = len(files)
        self._navigator.tell(f"{count} file{'' if count == 1 else 's'} written to {files[0].parent}.")

    def _waveform_arrived(self, track_id: int, waveform: Waveform | None) -> None:
        if self._track is not None and self._track.id == track_id:
            self.board.overview.set_waveform(waveform)

    def _grid_arrived(self, track_id: int, grid: BeatGrid | None) -> None:
        if self._track is not None and self._track.id == track_id:
            self.mixing.set_grid(grid)

    def _artwork_ready(self, key: str) -> None:
        if self._track is not None and self._track.tags.artwork == key:
            self._show_header()

    def _tracks_updated(self, ids: list[int]) -> None:
        if self._track is not None and self._track.id in ids:
            self._services.library.track(self._track.id, self._refreshed)

    def _refreshed(self, track: Track | None) -> None:
        if track is None or self._track is None or track.id != self._track.id:
            return
        beats = (track.features is not None, track.tempo_corrected)
        known = (self._track.features is not None, self._track.tempo_corrected)
        self._track = self.playing.track = self.mixing.track = track
        self._show_header()
        self.mixing.show_state()
        if beats != known:
            self._services.library.beat_grid(track.id, partial(self._grid_arrived, track.id))

    def _lyrics_arrived(self) -> None:
        self.mixing.show_state()

    def _position_changed(self, seconds: float) -> None:
        if self.playing.mine and self.lyrics.isVisible():
            self.lyrics.view.set_position(seconds)

    def _loaded(self) -> None:
        """The player has another song, or none."""
        self._show_header()
        self.take_playing.setVisible(self._services.player.track() is not None)

    # header

    def _show_header(self) -> None:
        track = self._track
        if track is None:
            return
        key = track.tags.artwork
        cover = self._services.library.artwork(key, COVER) if key else None
        self.header.show_track(track, cover)
        self.header.show_playing(mine=self.playing.mine, going=self.playing.going)

    def _preset_chosen(self, index: int) -> None:
        self.mixing.show_state()  # the button shows what is in force until something changes
        if BUILT_IN[index] == "Custom":
            self.preset_menu.open_at(self.header.presets)
        else:
            self._service.apply_preset(BUILT_IN[index])

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.popup(self.header.more.mapToGlobal(QPoint(0, self.header.more.height() + 4)))

    def menu(self) -> Menu:
        """What is rarely needed."""
        menu, mixing = Menu("More", self), self.stack.currentIndex() == MIXER
        menu.item("Another song...", lambda: self._pick(self.header.more), icon="ph.magnifying-glass")
        loaded = self._services.player.track()
        if loaded is not None and self._track is not None and loaded.id != self._track.id:
            menu.item("Take the playing song", self._take_playing, icon="ph.play")
        if mixing:
            menu.item("Show as table", self.show_table, icon="ph.table")
            menu.item("Save as preset...", self.preset_menu.save, icon="ph.plus")
            menu.item("Close the mixer", self._service.leave, icon="ph.x")
            menu.addSeparator()
            self.separating.engine_items(menu)
        menu.addSeparator()
        menu.item("Free up space...", self._ask_free, icon="ph.hard-drives")
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def show_table(self) -> None:
        """The mixer as words and figures."""
        state, loop = self._service.mixer(), self.looping.lines
        open_table(self, self.board, state, loop.describe(state.loop) if state.loop else "")

    def _ask_free(self) -> None:
        def ask(size: int) -> None:
            ask_to_free(self, self.header.more, size, self._free)

        self._service.cache_size(ask)

    def _free(self) -> None:
        self._service.free_space(
            lambda freed: self._navigator.tell(f"{file_size(freed)} of stems of other songs were deleted.")
        )

    def _pick(self, anchor: QWidget) -> None:
        picker = SongPicker(
            self, "Song to take apart", self._services.library,
            lambda track: self._navigator.open("stems", track_id=track.id),
        )  # fmt: skip
        picker.open_at(anchor, right=anchor is self.header.more)

    def _take_playing(self) -> None:
        track = self._services.player.track()
        if track is not None:
            self._navigator.open("stems", track_id=track.id)

    def _open_export(self) -> None:
        current = self._service.current()
        if current is None:
            return
        if self._folder is None:
            music = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation)
            self._folder = Path(music or Path.home()) / "SONIQ stems"
        panel = ExportPanel(self, self._service, current, self._folder)
        panel.closed.connect(lambda: self._keep_folder(panel.folder))
        panel.open_at(self.header.export, right=True)

    def _keep_folder(self, folder: Path) -> None:
        self._folder = folder

    def _apply_letters(self) -> None:
        letters = bool(self._services.settings.get("keyboard.single_letters"))
        self.board.set_letters(letters)
        for shortcut in self._keys:
            shortcut.setEnabled(letters)

    # the screen

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.playing.set_shown(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.playing.set_shown(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = self.width() >= NARROW and self.height() >= 620
        self._column.setSpacing(16 if roomy else 10)
        self._column.setContentsMargins(24, 12 if roomy else 8, 24, 24 if roomy else 12)
