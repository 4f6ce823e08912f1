"""The song of the page and the player: position, meters, seeking, and starting it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from soniq_desktop.library.records import Track

if TYPE_CHECKING:
    from soniq_desktop.services.player import PlayerService
    from soniq_desktop.services.stems import StemService
    from soniq_desktop.ui.stems.board import Board

FRAME_MS = 33


class Playing(QObject):
    """Moves the playhead and the meters while the page is on the screen."""

    def __init__(
        self, player: "PlayerService", service: "StemService", board: "Board", parent: QObject
    ) -> None:
        super().__init__(parent)
        self._player, self._service, self._board = player, service, board
        self.track: Track | None = None
        self._shown = False
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._tick)
        player.state_changed.connect(lambda _state: self._start())
        player.track_changed.connect(lambda _track: self._start())
        player.position_changed.connect(lambda _seconds: self._show_position())

    def show_track(self, track: Track | None) -> None:
        """Another song on the page: the playhead leaves the place of the last one."""
        self.track = track
        self._start()

    @property
    def mine(self) -> bool:
        """The player has the page's song."""
        loaded = self._player.track()
        return loaded is not None and self.track is not None and loaded.id == self.track.id

    @property
    def going(self) -> bool:
        """It plays."""
        return self.mine and self._player.state() == "playing"

    def position(self) -> float:
        """Seconds, 0 where the player has another song."""
        return self._player.position() if self.mine else 0.0

    def play(self) -> None:
        """Play the page's song, or pause it."""
        if self.mine:
            self._player.toggle()
        elif self.track is not None:
            self._player.play([self.track.id], 0, "stems")

    def seek(self, seconds: float) -> None:
        """Go there; another song that is loaded gives way."""
        if self.track is None:
            return
        if not self.mine:
            self._player.play([self.track.id], 0, "stems")
        self._player.seek(seconds)

    def set_shown(self, shown: bool) -> None:
        """The page came to the screen, or left it."""
        self._shown = shown
        if shown:
            self._start()
        else:
            self._timer.stop()

    def _start(self) -> None:
        if self._shown:
            self._timer.start()
            self._tick()

    def _tick(self) -> None:
        self._show_position()
        going = self.going
        levels = self._service.levels() if going else None
        for row, meter in enumerate(self._board.meters):
            known = levels is not None and row < len(levels)
            meter.set_levels(*(map(float, levels[row]) if known and levels is not None else (0.0, 0.0)))
        if going or not all(meter.still for meter in self._board.meters):
            return
        self._timer.stop()

    def _show_position(self) -> None:
        if self._shown:
            self._board.set_position(self.position(), follow=self.going)
