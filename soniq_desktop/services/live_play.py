"""Playing along with the room: a track is started where it is in the room, and stays in step."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject

from soniq_desktop.services.answers import Answer
from soniq_desktop.services.player import PlayerService

FIRST_DELAY = 0.35  # seconds between the order and the sound, before it was measured
TOLERANCE = 0.15  # seconds
LONGEST = 3.0  # seconds; what takes longer was not this start


class LivePlay(QObject):
    """Starts a recognised track at the room's position, ahead by the delay that starting takes."""

    def __init__(
        self,
        player: PlayerService,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._player = player
        self._clock = clock
        self._delay = FIRST_DELAY
        self._started: tuple[Answer, float, float] | None = None  # answer, when, from where
        player.position_changed.connect(self._position)

    def play(self, answer: Answer) -> None:
        """From where it is now; from the start where it must have ended, for a file where the clip begins."""
        live = answer.started is not None and not answer.ended()
        position = answer.live_position() if not answer.ended() else 0.0
        if live:
            position += self._delay * answer.match.tempo_ratio
        self._player.play([answer.track.id], 0, "identify")
        self._player.seek(position)
        self._started = (answer, self._clock(), position) if live else None

    def _position(self, position: float) -> None:
        """Once it sounds: measure the delay, and correct the position if it is off."""
        if self._started is None:
            return
        answer, since, begun = self._started
        track = self._player.track()
        passed = self._clock() - since
        if passed > LONGEST:
            self._started = None
            return
        if track is None or track.id != answer.track.id or position <= begun + 0.02:
            return  # not yet audible
        self._started = None
        self._delay = min(LONGEST, max(0.0, passed - (position - begun)))
        if abs(answer.live_position() - position) > TOLERANCE:
            self._player.seek(answer.live_position() + self._delay)
