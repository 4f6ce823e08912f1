"""The mixer on the page: lanes, presets, karaoke, loop, speed, key, and the keys for them."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from soniq_desktop.audio.mixer import Lane, MixState
from soniq_desktop.ui.components import Segmented
from soniq_desktop.ui.stems.board import Board
from soniq_desktop.ui.stems.looping import Looping
from soniq_desktop.ui.stems.preset_menu import BUILT_IN
from soniq_desktop.ui.stems.tool_cards import ToolRow, shifted_key

if TYPE_CHECKING:
    from soniq_desktop.library.records import BeatGrid, Track
    from soniq_desktop.services.stems import OpenStems, StemService
    from soniq_desktop.ui.stems.lyrics_card import LyricsCard

VOCALS = "vocals"


class Mixing(QObject):
    """Shows the service's mixer and passes on what the user does to it."""

    def __init__(
        self,
        service: "StemService",
        parts: tuple[Board, ToolRow, Segmented, "LyricsCard"],
        looping: Looping,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._service, self._looping = service, looping
        self.board, self.tools, self.presets, self.lyrics = parts
        self.track: Track | None = None
        self._open: OpenStems | None = None
        self._connect()

    def _connect(self) -> None:
        service, tools = self._service, self.tools
        service.mixer_changed.connect(lambda _state: self.show_state())
        self.board.lane_changed.connect(self._lane_changed)
        self.board.original_wanted.connect(service.set_original)
        self.board.canvas.loop_wanted.connect(self._looping.set)
        tools.karaoke_wanted.connect(self.set_karaoke)
        tools.loop_wanted.connect(self._looping.switch)
        tools.speed_wanted.connect(service.set_speed)
        tools.key_wanted.connect(service.set_key)
        self.lyrics.close_button.clicked.connect(self._hide_lyrics)

    # the song

    def set_track(self, track: "Track | None", *, there: bool = False) -> None:
        """A song, `there` in the mixer already or not: bars follow when they are known."""
        same = there and self.track is not None and track is not None and self.track.id == track.id
        self.track = track
        duration = track.tags.duration if track is not None else 1.0
        self.board.view.set_duration(duration)
        self._looping.new_song(self.board.view.duration, same=same)
        self._show_lines()
        self.lyrics.set_track(track)
        self.show_state()

    def set_grid(self, grid: "BeatGrid | None") -> None:
        """The beat of the song."""
        self._looping.take_grid(grid, self.board.view.duration)
        self._show_lines()
        self.show_state()

    def _show_lines(self) -> None:
        lines = self._looping.lines
        self.board.unit.setText("Bars" if lines.musical else "Time")
        self.board.canvas.show_lines(lines)

    def set_open(self, opened: "OpenStems | None") -> None:
        """Stems of the song came into the mixer, or left it."""
        self._open = opened
        if opened is None:
            return
        self.board.set_stems(opened.stems)
        self.presets.set_enabled(
            BUILT_IN.index("No drums"), "drums" in opened.stems, "" if "drums" in opened.stems else
            "Two stems: the drums are part of the accompaniment",
        )  # fmt: skip
        self.show_waves()
        self.show_state()

    def show_waves(self) -> None:
        """What is ready of each stem."""
        opened = self._open
        if opened is not None:
            peaks = [self._service.peaks(stem) for stem in opened.stems]
            self.board.canvas.show_stems(opened.stems, peaks, ready_spans(opened))

    # state

    def show_state(self) -> None:
        """Everything that follows from the mixer's state."""
        state = self._service.mixer()
        self.board.show_state(state)
        loop = self._looping.loop
        on = state.loop is not None
        self.board.canvas.show_loop(state.loop or loop, on=on)
        self.presets.set_current(BUILT_IN.index(self._service.preset()))
        self._show_tools(state)

    def _show_tools(self, state: MixState) -> None:
        karaoke = self.karaoke
        self.lyrics.show_for(karaoke=karaoke)
        self.tools.show_karaoke(self.lyrics.words(karaoke=karaoke), on=karaoke)
        loop = state.loop or self._looping.loop
        text = "Drag on the ruler, or [ and ]" if loop is None else self._looping.lines.describe(loop)
        self.tools.show_loop(text, on=state.loop is not None)
        features = self.track.features if self.track is not None else None
        self.tools.show_speed(state.speed, features.tempo if features else None)
        key = shifted_key(features.key, features.mode, state.semitones) if features else ""
        self.tools.show_key(state.semitones, key)

    @property
    def karaoke(self) -> bool:
        """The vocals are muted and the rest is heard."""
        muted = [lane.muted for lane in self._service.mixer().lanes]
        place = self._vocals()
        return place is not None and muted[place] and not all(muted)

    def _vocals(self) -> int | None:
        stems = self._open.stems if self._open is not None else ()
        lanes = self._service.mixer().lanes
        return stems.index(VOCALS) if VOCALS in stems and len(stems) == len(lanes) else None

    # what the user does

    def set_karaoke(self, on: bool) -> None:
        """Mute the vocals, or let them sound; other controls stay."""
        place = self._vocals()
        if place is None:
            return
        self.lyrics.closed = False
        lanes = list(self._service.mixer().lanes)
        if on and all(lane.muted for i, lane in enumerate(lanes) if i != place):
            lanes = [replace(lane, muted=False) for lane in lanes]
        lanes[place] = replace(lanes[place], muted=on, solo=False)
        self._service.set_mixer(replace(self._service.mixer(), lanes=tuple(lanes), original=False))

    def _hide_lyrics(self) -> None:
        self.lyrics.closed = True
        self.show_state()

    def _lane_changed(self, index: int, lane: Lane) -> None:
        if index < len(self._service.mixer().lanes):
            self._service.set_lane(index, lane)

    def toggle_lane(self, index: int, *, solo: bool) -> None:
        """Mute or solo by a key."""
        lanes = self._service.mixer().lanes
        if self._open is not None and index < len(lanes):
            lane = lanes[index]
            changed = replace(lane, solo=not lane.solo) if solo else replace(lane, muted=not lane.muted)
            self._service.set_lane(index, changed)

    def toggle_original(self) -> None:
        """A/B."""
        if self._open is not None:
            self._service.set_original(not self._service.mixer().original)


def ready_spans(opened: "OpenStems") -> list[tuple[float, float]]:
    """What is there, as spans of seconds in order; neighbours are one."""
    layout = opened.stem_set.layout
    if layout is None:
        return []
    spans: list[tuple[float, float]] = []
    for index in opened.stem_set.done():
        begin, end = (frame / layout.sample_rate for frame in layout.grid.span(index, layout.frames))
        if spans and begin - spans[-1][1] < 1e-3:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return spans


SHIFTED_DIGITS = ("Shift+1", "Shift+2", "Shift+3", "Shift+4")


def install_keys(
    page: QWidget, mixing: Mixing, looping: Looping, play: Callable[[], None]
) -> list[QShortcut]:
    """The page's own keys; single letters can be switched off."""
    keys: list[tuple[str, Callable[[], object]]] = [
        ("K", lambda: mixing.set_karaoke(not mixing.karaoke)),
        ("[", looping.begin_here),
        ("]", looping.end_here),
        ("\\", looping.clear),
        ("O", mixing.toggle_original),
        ("P", play),
    ]
    for index in range(4):
        keys.append((str(index + 1), partial(mixing.toggle_lane, index, solo=False)))
        keys.append((SHIFTED_DIGITS[index], partial(mixing.toggle_lane, index, solo=True)))
    shortcuts = []
    for sequence, do in keys:
        shortcut = QShortcut(QKeySequence(sequence), page)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(do)
        shortcuts.append(shortcut)
    return shortcuts
