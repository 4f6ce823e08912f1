"""The full player: what plays, its live spectrogram, its loudness, lyrics, queue and facts."""

from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.library.records import BeatGrid, Track, Waveform
from soniq_desktop.ui.components import Button, Cover, Label, Segmented, Toggle
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.pages.player_evidence import PlayerEvidence
from soniq_desktop.ui.pages.player_side import PlayerSide
from soniq_desktop.ui.services import Services
from soniq_desktop.ui.spectrogram.canvas import GUTTER, MODES, SpectrogramCanvas
from soniq_desktop.ui.spectrogram.loudness import LoudnessCurve
from soniq_desktop.ui.spectrogram.palette import colour_table
from soniq_desktop.ui.spectrogram.text import MINUS
from soniq_desktop.ui.theme import Theme, text_width

COVER = 96
SIDE_FROM = 940  # page width from which the side panel has room
WORMHOLE = "Wormhole from here"
ROOMY = 1180  # page width from which title and view switch fit beside each other
SOURCES = {
    "songs": "Songs",
    "album": "an album",
    "artist": "an artist",
    "genre": "a genre",
    "playlist": "a playlist",
    "search": "a search",
    "similar": "similar songs",
    "queue": "the queue",
}


class PlayerPage(QWidget):
    """Parameters: mode (0 to 3), tab. Keys 1 to 4 choose the view; Esc leaves."""

    full_window = True

    def __init__(self, services: Services, navigator: Navigator) -> None:
        super().__init__()
        self.title = "Full player"
        self._services, self._navigator = services, navigator
        self._track: Track | None = None
        self._make_parts()
        self._lay_out()
        self._connect()
        self._track_changed(services.player.track())
        self._state_changed(services.player.state())

    def _make_parts(self) -> None:
        self.cover = Cover(COVER, 8)
        self.from_line = Label("", "small", "text3")
        self.heading = Label("", "track", elide=Qt.TextElideMode.ElideRight)
        self.byline = Label("", "large", "text2", elide=Qt.TextElideMode.ElideRight)
        self.modes = Segmented(MODES, "View", icons=("ph.activity",))
        self.follow = Toggle("Follow playhead", text="Follow")
        self.follow.setChecked(True)
        self.beats = Toggle("Show beats", text="Beats")
        self.beats.setToolTip("Beats as lines over the picture; the first of each bar is stronger")
        self.stems = Button("Stems", "ph.faders")
        self.stems.setToolTip("Separate into stems, S")
        self.stems.setVisible(self._services.stems is not None)
        self.wormhole = Button(WORMHOLE, "ph.flow-arrow")
        self.wormhole.setVisible(self._services.wormhole is not None)
        self._grid: BeatGrid | None = None
        self.figures = Figures()
        self.evidence: PlayerEvidence | None = None
        self.canvas = SpectrogramCanvas(self._services.player)
        if self._services.explain is not None:
            self.evidence = PlayerEvidence(self._services, self.canvas)
        self.loudness = LoudnessCurve()
        self.loudness_unit = Label("Short-term LUFS", "small", "text3")
        self.side = PlayerSide(self._services)

    def _head(self) -> QHBoxLayout:
        """Cover and names; buttons above the view switch at the right, as long as there is room."""
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        for label in (self.from_line, self.heading, self.byline):
            names.addWidget(label)
        names.addStretch(1)
        header = QHBoxLayout()
        header.setSpacing(20)
        header.addWidget(self.cover)
        header.addLayout(names, 1)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(8)
        self._actions.addStretch(1)
        self._actions.addWidget(self.stems)
        self._actions.addWidget(self.wormhole)
        self._corner = QVBoxLayout()
        self._corner.setSpacing(12)
        self._corner.addStretch(1)
        self._corner.addLayout(self._actions)
        self._corner.addWidget(self.modes, 0, Qt.AlignmentFlag.AlignRight)
        header.addLayout(self._corner)
        return header

    def _lay_out(self) -> None:
        header, self._options = self._head(), QHBoxLayout()
        self._views = QHBoxLayout()  # both in one line in a small window, else empty
        self._options.addWidget(self.follow)
        self._options.addSpacing(16)
        self._options.addWidget(self.beats)
        if self.evidence is not None:
            self._options.addSpacing(16)
            self._options.addWidget(self.evidence)
        self._options.addStretch(1)
        self._options.addWidget(self.figures)
        loudness_head = QHBoxLayout()
        loudness_head.setContentsMargins(GUTTER, 0, 0, 0)
        loudness_head.addWidget(Label("Loudness", "body", weight=600), 1)
        loudness_head.addWidget(self.loudness_unit)
        loudness = QHBoxLayout()
        loudness.setContentsMargins(GUTTER, 0, 0, 0)
        loudness.addWidget(self.loudness)
        centre = QVBoxLayout()
        centre.setContentsMargins(24, 24, 24, 24)
        centre.setSpacing(8)
        centre.addLayout(header)
        centre.addLayout(self._views)
        centre.addLayout(self._options)
        centre.addWidget(self.canvas, 1)
        centre.addLayout(loudness_head)
        centre.addLayout(loudness)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(centre, 1)
        layout.addWidget(self.side)

    def _connect(self) -> None:
        player, library = self._services.player, self._services.library
        player.track_changed.connect(self._track_changed)
        player.state_changed.connect(self._state_changed)
        player.position_changed.connect(self._position_changed)
        library.artwork_ready.connect(lambda _key: self._show_cover())
        library.tracks_updated.connect(self._tracks_updated)
        self.modes.changed.connect(self.set_mode)
        self.follow.toggled.connect(self.canvas.set_follow)
        self.beats.toggled.connect(lambda _on: self._show_beats())
        self.canvas.seek_requested.connect(player.seek)
        self.loudness.seek_requested.connect(player.seek)
        self.canvas.view_changed.connect(self._view_changed)
        self.side.closed.connect(self.leave)
        self.stems.clicked.connect(self._open_stems)
        self.wormhole.clicked.connect(self._open_wormhole)
        self.side.inspect_wanted.connect(lambda each: self._navigator.open("inspector", track_id=each))
        self._view_changed()
        self._keys: list[QShortcut] = []
        for index in range(len(MODES)):
            self._key(str(index + 1), partial(self.set_mode, index))
        self._key("Esc", self.leave)

    def _key(self, sequence: str, do) -> None:  # type: ignore[no-untyped-def]
        shortcut = QShortcut(QKeySequence(sequence), self)
        shortcut.activated.connect(do)
        self._keys.append(shortcut)

    # what the window asks

    def activate(self, params: dict[str, Any]) -> None:
        session = params.get("session") or {}
        mode = params.get("mode", session.get("mode"))
        if isinstance(mode, int) and mode in range(len(MODES)):
            self.set_mode(mode)
        self.beats.setChecked(bool(session.get("beats", self.beats.isChecked())))
        tab = params.get("tab", session.get("tab"))
        if tab in (0, 1):
            self.side.show_tab(tab)
        letters = bool(self._services.settings.get("keyboard.single_letters"))
        for shortcut in self._keys[: len(MODES)]:
            shortcut.setEnabled(letters)

    def session(self) -> dict[str, Any]:
        return {
            "session": {
                "mode": self.canvas.mode,
                "tab": self.side.tab(),
                "beats": self.beats.isChecked(),
            }
        }

    def focus_main(self) -> None:
        self.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_mode(self, mode: int) -> None:
        """Mel, Chroma, FFT or Tempogram."""
        self.modes.set_current(mode)
        self.canvas.set_mode(mode)

    def _open_stems(self) -> None:
        if self._track is not None:
            self._navigator.open("stems", track_id=self._track.id, separate=True)

    def _open_wormhole(self) -> None:
        if self._track is not None:
            self._navigator.open("wormhole", start=self._track.id)

    def leave(self) -> None:
        """Back to where the user came from."""
        if self._navigator.can_go_back:
            self._navigator.back()
        else:
            self._navigator.open("songs")

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        self.side.setVisible(self.width() >= SIDE_FROM)
        self._make_room(narrow=self.width() < ROOMY)

    def _make_room(self, *, narrow: bool) -> None:
        """In a small window the view switch has a row of its own: title and options need theirs."""
        if narrow == self.figures.isHidden():
            return
        self.figures.setVisible(not narrow)
        old, new = (self._corner, self._views) if narrow else (self._views, self._corner)
        old.removeWidget(self.modes)
        old.removeItem(self._actions)
        self.wormhole.setText("Wormhole" if narrow else WORMHOLE)
        if narrow:
            self._views.addWidget(self.modes)
            self._views.addLayout(self._actions, 1)
        else:
            new.addLayout(self._actions)
            new.addWidget(self.modes, 0, Qt.AlignmentFlag.AlignRight)

    # the player

    def _track_changed(self, track: Track | None) -> None:
        self._track = track
        self.heading.setText(track.title if track else "Nothing playing")
        self.byline.setText(" · ".join(filter(None, (track.artist, track.tags.album))) if track else "")
        self.from_line.setText(self._source_text() if track else "")
        self.side.set_track(track)
        self._show_cover()
        for button in (self.stems, self.wormhole):
            button.setEnabled(track is not None)
        self.loudness.set_waveform(None)
        self.loudness.set_duration(self._services.player.duration() if track else 0.0)
        if track is not None:
            self._services.library.waveform(track.id, partial(self._waveform_arrived, track.id))
        self._ask_for_beats()
        if self.evidence is not None:
            self.evidence.set_track(track)
        self.canvas.refresh()
        self.canvas.update()

    def _ask_for_beats(self) -> None:
        self._beats_arrived(None, None)
        if self._track is not None:
            track_id = self._track.id
            self._services.library.beat_grid(track_id, partial(self._beats_arrived, track_id))

    def _beats_arrived(self, track_id: int | None, grid: BeatGrid | None) -> None:
        if track_id == (self._track.id if self._track and track_id is not None else None):
            self._grid = grid
            self.beats.setEnabled(grid is not None)
            self._show_beats()

    def _show_beats(self) -> None:
        self.canvas.set_beats(self._grid if self.beats.isChecked() else None)

    def _source_text(self) -> str:
        label = str(self._services.player.session().get("label", ""))
        return f"Playing from {SOURCES[label]}" if label in SOURCES else "Now playing"

    def _state_changed(self, state: str) -> None:
        self.canvas.set_playing(state == "playing")

    def _position_changed(self, seconds: float) -> None:
        if self.isVisible():
            self.loudness.set_duration(self._services.player.duration())
            self.loudness.set_position(seconds)
            if self.evidence is not None:
                self.evidence.look()
            self.canvas.refresh()

    def _waveform_arrived(self, track_id: int, waveform: Waveform | None) -> None:
        if self._track is not None and self._track.id == track_id:
            self.loudness.set_waveform(waveform)
            self.loudness_unit.setText("Short-term LUFS" if waveform is not None else "Not analysed yet")

    def _tracks_updated(self, ids: list[int]) -> None:
        if self._track is not None and self._track.id in ids:
            self._services.library.track(self._track.id, self._refreshed)

    def _refreshed(self, track: Track | None) -> None:
        if track is None or self._track is None or track.id != self._track.id:
            return
        counted_otherwise = tempo_of(track) != tempo_of(self._track)
        self._track = track
        self.side.set_track(track)
        if counted_otherwise or self._grid is None:
            self._ask_for_beats()
        if not self.loudness.measured:
            self._services.library.waveform(track.id, partial(self._waveform_arrived, track.id))

    def _show_cover(self) -> None:
        key = self._track.tags.artwork if self._track else None
        self.cover.set_source(self._services.library.artwork(key, 320) if key else None)

    def hideEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().hideEvent(event)
        if self.evidence is not None:
            self.evidence.leave()

    def _view_changed(self) -> None:
        self.follow.blockSignals(True)
        self.follow.setChecked(self.canvas.follow)
        self.follow.blockSignals(False)
        self.follow.setVisible(MODES[self.canvas.mode] != "FFT")
        scale = {"Mel": (f"{MINUS}90", "0 dB"), "Chroma": ("0", "1"), "Tempogram": ("0", "0.5")}
        self.figures.show_figures(
            ("Range", self.canvas.range_text()), self.canvas.window_text(), scale.get(MODES[self.canvas.mode])
        )


def tempo_of(track: Track) -> float | None:
    """The tempo that the library goes by."""
    return track.features.tempo if track.features is not None else None


class Figures(QWidget):
    """Range and window above the plot, and the colour bar with its ends."""

    BAR = 96

    def __init__(self) -> None:
        super().__init__()
        self._pairs: tuple[tuple[str, str], ...] = ()
        self._ends: tuple[str, str] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_figures(
        self, first: tuple[str, str], second: tuple[str, str], ends: tuple[str, str] | None
    ) -> None:
        """Two names with values, and the ends of the colour bar (None: no bar)."""
        if (first, second) != self._pairs or ends != self._ends:
            self._pairs, self._ends = (first, second), ends
            self.setAccessibleName(", ".join(f"{name} {value}" for name, value in self._pairs))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        width = sum(text_width(n, "body") + text_width(v, "body", 500) + 28 for n, v in self._pairs)
        if self._ends is not None:
            width += self.BAR + sum(text_width(end, "mono") + 8 for end in self._ends)
        return QSize(round(width), Theme.current().px(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = Theme.current()
        x = float(self.width())
        if self._ends is not None:
            x = self._paint_bar(painter, x) - 20
        for name, value in reversed(self._pairs):
            if x < text_width(value, "body", 500) + text_width(name, "body") + 8:
                break  # rather nothing than half a figure
            for words, weight, token in ((value, 500, "text"), (name, None, "text3")):
                x -= text_width(words, "body", weight)
                painter.setFont(theme.font("body", weight))
                painter.setPen(theme.color(token))
                box = QRectF(x, 0, 2000, self.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
                x -= 8
            x -= 12
        painter.end()

    def _paint_bar(self, painter: QPainter, right: float) -> float:
        """The colour bar with its ends; gives its left edge."""
        assert self._ends is not None
        theme = Theme.current()
        low, high = self._ends
        painter.setFont(theme.font("mono"))
        painter.setPen(theme.color("text3"))
        middle = Qt.AlignmentFlag.AlignVCenter
        high_width = text_width(high, "mono")
        painter.drawText(QRectF(right - high_width, 0, 200, self.height()), middle, high)
        bar = QRectF(right - high_width - 8 - self.BAR, self.height() / 2 - 4, self.BAR, 8)
        image = QImage(bytes(range(256)), 256, 1, 256, QImage.Format.Format_Indexed8)
        image.setColorTable(colour_table(theme.color("canvas")))
        painter.drawImage(bar, image)
        left = bar.left() - 8 - text_width(low, "mono")
        painter.drawText(QRectF(left, 0, 200, self.height()), middle, low)
        return left
