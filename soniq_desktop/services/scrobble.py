"""Telling ListenBrainz and Last.fm what was played: off by default, in the background, patient."""

import random
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.common.log import topic
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Play
from soniq_desktop.services.player import PlayerService
from soniq_desktop.services.scrobble_clients import (
    LASTFM,
    LISTENBRAINZ,
    Answer,
    LastFm,
    ListenBrainz,
    Scrobble,
)
from soniq_desktop.services.scrobble_queue import ScrobbleQueue
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks

log = topic("scrobble")
SHORTEST = 30.0  # seconds: shorter songs are not told (rule of both services)
FIRST_WAIT, LONGEST_WAIT = 30.0, 3_600.0
SERVICES = ("listenbrainz", "lastfm")
NAMES = {"listenbrainz": "ListenBrainz", "lastfm": "Last.fm"}


class ScrobbleService(QObject):
    """Plays that count go into a queue on the disk, and from there to the services that are switched on.

    A service that cannot be reached is tried again after 30 s, twice as long each time, an hour at most. One
    that refuses its key or token is left alone until a setting changes, and `message` says so once.
    """

    changed = Signal()  # what waits
    message = Signal(str)

    def __init__(
        self,
        catalogue: Catalogue,
        player: PlayerService,
        settings: SettingsService,
        file: Path,
        parent: QObject | None = None,
        *,
        roots: dict[str, str] | None = None,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._settings = catalogue, settings
        self._roots = {"listenbrainz": LISTENBRAINZ, "lastfm": LASTFM} | (roots or {})
        self._queue = ScrobbleQueue(file)
        self._tasks = Tasks(1, self)
        self._first_wait = first_wait
        self._waits = dict.fromkeys(SERVICES, 0.0)
        self._batches: dict[str, int] = {}
        self._busy: set[str] = set()
        self._refused: set[str] = set()
        self._timers = {name: self._timer(name) for name in SERVICES}
        player.played.connect(self._played)
        settings.changed.connect(self._setting_changed)

    def start(self) -> None:
        """Tell what was left over."""
        for name in SERVICES:
            self._send(name)

    def close(self) -> None:
        """End the thread; a call that runs ends within its time limit. What was not told stays queued."""
        for timer in self._timers.values():
            timer.stop()
        self._tasks.close()

    def on(self, name: str) -> bool:
        """Whether a service is switched on and has what it needs."""
        get = self._settings.get
        if name == "listenbrainz":
            return bool(get("scrobble.listenbrainz") and get("scrobble.listenbrainz_token"))
        needed = ("scrobble.lastfm_key", "scrobble.lastfm_secret", "scrobble.lastfm_session")
        return bool(get("scrobble.lastfm") and all(get(each) for each in needed))

    def waiting(self, name: str) -> int:
        """How many plays are still to be told."""
        return self._queue.count(name)

    # -- connecting with Last.fm

    def ask_lastfm(self, done: Callable[[str, str], None], failed: Callable[[Exception], None]) -> None:
        """A token and the page on which the user allows it."""
        client = self._lastfm()

        def work() -> tuple[str, str]:
            token = client.token()
            return token, client.allow_url(token)

        self._tasks.run(work, lambda both: done(*both), failed)

    def finish_lastfm(
        self, token: str, done: Callable[[], None], failed: Callable[[Exception], None]
    ) -> None:
        """The user has allowed the token: keep the session key."""
        client = self._lastfm()

        def arrived(session: str) -> None:
            self._settings.set("scrobble.lastfm_session", session)
            done()

        self._tasks.run(lambda: client.session(token), arrived, failed)

    # -- telling

    def _played(self, play: Play) -> None:
        names = [name for name in SERVICES if self.on(name)]
        if names:
            self._tasks.run(lambda: self._add(play, names), lambda _none: self._added(names))

    def _add(self, play: Play, names: list[str]) -> None:
        track = self._catalogue.track(play.track_id)
        if track is None or not counts(play, track.tags.duration) or not track.artist:
            return
        tags = track.tags
        told = Scrobble(track.artist, track.title, tags.album, play.started_at, tags.duration)
        for name in names:
            self._queue.add(name, told)

    def _added(self, names: list[str]) -> None:
        self.changed.emit()
        for name in names:
            if not self._timers[name].isActive():
                self._send(name)

    def _send(self, name: str) -> None:
        if name in self._busy or name in self._refused or not self.on(name) or not self._queue.count(name):
            return
        client = self._client(name)
        plays = self._queue.first(name, self._batches.get(name, client.batch))
        self._busy.add(name)
        self._tasks.run(lambda: client.send(plays), lambda answer: self._told(name, plays, answer))

    def _told(self, name: str, plays: list[Scrobble], answer: Answer) -> None:
        self._busy.discard(name)
        if answer.result == "later":
            self._wait(name, answer)
            return
        self._waits[name] = 0.0
        if answer.result == "refused":
            self._refused.add(name)
            self.message.emit(f"{NAMES[name]} refused its key: {answer.words}. Plays wait until it is right.")
            return
        if answer.result == "bad" and len(plays) > 1:
            self._batches[name] = 1  # find the one that is wrong
        else:
            if answer.result == "bad":
                log.warning("%s did not take a play: %s", NAMES[name], answer.words)
            else:
                self._batches.pop(name, None)
            self._queue.drop(name, plays)
            self.changed.emit()
        self._send(name)

    def _wait(self, name: str, answer: Answer) -> None:
        longer = min(max(2 * self._waits[name], self._first_wait), LONGEST_WAIT)
        self._waits[name] = longer
        wait = max(answer.wait, longer * random.uniform(0.8, 1.2))
        log.info("%s cannot be reached (%s); again in %.0f s.", NAMES[name], answer.words, wait)
        self._timers[name].start(round(1000 * wait))

    def _timer(self, name: str) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(lambda: self._send(name))
        return timer

    def _setting_changed(self, name: str) -> None:
        if name.startswith("scrobble."):
            self._refused.clear()
            for each in SERVICES:
                self._send(each)

    def _client(self, name: str) -> ListenBrainz | LastFm:
        if name == "listenbrainz":
            return ListenBrainz(str(self._settings.get("scrobble.listenbrainz_token")), self._roots[name])
        return self._lastfm()

    def _lastfm(self) -> LastFm:
        key, secret, session = (
            str(self._settings.get(f"scrobble.lastfm_{part}")) for part in ("key", "secret", "session")
        )
        return LastFm(key, secret, session, self._roots["lastfm"])


def counts(play: Play, duration: float) -> bool:
    """Half of the song or four minutes, of songs longer than 30 s."""
    return play.ended != "skipped" and duration > SHORTEST and play.seconds_heard >= min(duration / 2, 240.0)
