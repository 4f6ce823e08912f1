"""At the end of the queue, music goes on: one track ahead, by what is heard, steered by skips at once.

While the last track of the queue plays, two continuations are worked out: what follows if it is heard, and
what follows if it is skipped. The first is queued, so that it joins without a gap; should the listener press
"next" early, the second takes its place before the player moves on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from soniq_desktop.audio.events import SKIPPED_BELOW
from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.common.log import topic
from soniq_desktop.discovery.radio import Radio
from soniq_desktop.discovery.recommend import Recommended
from soniq_desktop.library.records import Track
from soniq_desktop.services.discovery import DiscoveryService
from soniq_desktop.services.discovery_engine import DiscoveryEngine
from soniq_desktop.services.player import PlayerService
from soniq_desktop.services.settings import SettingsService

log = topic("radio")
SOURCE = "radio"
SETTING = "playback.radio"
SEEDS = 50  # last tracks of the queue among which seeds are sought


@dataclass(frozen=True, slots=True)
class Branch:
    """One continuation: the session as it is then, and the track that it chose, None at the library's end."""

    radio: Radio
    track: Recommended | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows a track."""

    after: int
    heard: Branch
    skipped: Branch


class RadioService(QObject):
    """The radio over player and discovery. Commands return at once; signals come on the GUI thread."""

    changed = Signal()  # on or off, or what comes next and why
    message = Signal(str)

    def __init__(
        self,
        player: PlayerService,
        discovery: DiscoveryService,
        settings: SettingsService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._player, self._discovery, self._settings = player, discovery, settings
        self._radio: Radio | None = None  # the session up to the current track
        self._plan: Plan | None = None
        self._queued: Branch | None = None  # of the plan: what was put into the queue
        self._asked: int | None = None  # the track for which a plan is being worked out
        self._hopeless: int | None = None  # the track for which there is none
        self._start: tuple[int, ...] = ()  # what "Start radio" was asked with
        self._session: dict[int, None] = {}  # every track since SONIQ was started, in order
        self._telling = False  # whether the listener waits for an answer
        player.track_changed.connect(self._track_changed)
        player.state_changed.connect(self._look)
        player.queue_changed.connect(self._look)
        player.options_changed.connect(self._look)
        player.skipping.connect(self._skipping)
        discovery.grown.connect(self._grown)
        settings.changed.connect(self._setting_changed)

    # what the window asks and orders

    def on(self) -> bool:
        """Whether music goes on at the end of the queue."""
        return bool(self._settings.get(SETTING))

    def set_on(self, on: bool) -> None:
        """Go on at the end of the queue, or stop there; what the radio had queued goes with it."""
        self._settings.set(SETTING, on)

    def start(self, ids: Sequence[int]) -> None:
        """Play the first of these songs, and go on by all of them."""
        if not ids:
            return
        self._forget()
        self._start, self._telling = tuple(int(each) for each in ids), True
        self.set_on(True)
        self._player.play([self._start[0]], 0, SOURCE)

    def next_track(self) -> Recommended | None:
        """What the radio has queued, with its reason; None where it has not."""
        return self._queued.track if self._queued is not None else None

    # what happens

    def _track_changed(self, track: Track | None) -> None:
        if track is None:
            return
        self._session[track.id] = None
        queued = self._queued
        if queued is not None and queued.track is not None and queued.track.track.id == track.id:
            self._radio = queued.radio
            self._plan = self._queued = None
        elif self._plan is None or self._plan.after != track.id:
            self._forget()
        self._look()

    def _grown(self) -> None:
        self._hopeless = None
        self._look()

    def _setting_changed(self, name: str) -> None:
        if name != SETTING:
            return
        if not self.on():
            self._take_back()
            self._forget()
        self._look()
        self.changed.emit()

    def _skipping(self) -> None:
        """What was queued for the end of this track gives way to what follows a skip."""
        plan, queued = self._plan, self._queued
        if plan is None or queued is not plan.heard or plan.skipped.track is None or not self._early():
            return
        if self._take_back():
            self._put(plan.skipped)

    def _early(self) -> bool:
        """Whether leaving now is a skip; see `audio.events`."""
        position = self._player.position()
        return position < SKIPPED_BELOW and position < self._player.duration() / 2

    # planning

    def _look(self) -> None:
        """Keep one track ahead while the last one of the queue plays."""
        track = self._player.track()
        if track is None or not self.on() or self._player.repeat() != "off":
            self._take_back()
            return
        upcoming = self._player.upcoming()
        if self._queued is not None and upcoming != self._own():
            self._take_back()  # the listener's own songs come first, or it was taken out by hand
            upcoming = self._player.upcoming()
        if upcoming or self._player.state() != "playing" or track.id in (self._asked, self._hopeless):
            return
        if self._plan is None or self._plan.after != track.id:
            self._ask(track.id)

    def _ask(self, track_id: int) -> None:
        self._asked = track_id
        queue = self._player.queue()
        seeds = self._start if self._start[:1] == (track_id,) else tuple(queue[-SEEDS:])
        base, session = self._radio, list(self._session)
        distance = self._discovery.distance()

        def work(engine: DiscoveryEngine) -> Plan:
            radio = Radio(engine.recommender, seeds) if base is None else base.copy()
            radio.distance = distance  # the dial may have been turned meanwhile
            return plan_after(radio, track_id, queue, session)

        self._discovery.run(work, self._planned, lambda error: self._failed(track_id, error), key="radio")

    def _planned(self, plan: Plan) -> None:
        self._asked, self._telling = None, False
        track = self._player.track()
        if track is None or track.id != plan.after or not self.on():
            self._look()
            return
        self._plan = plan
        if plan.heard.track is None:
            self._hopeless = plan.after
            self.message.emit("The radio has played everything that SONIQ has listened to.")
        elif not self._player.upcoming():
            self._put(plan.heard)

    def _failed(self, track_id: int, error: Exception) -> None:
        self._asked, self._hopeless = None, track_id
        if not isinstance(error, NotFoundError):
            log.error("The radio could not go on.", exc_info=error)
        if self._telling:
            self.message.emit(str(error))
        self._telling = False

    # the queue

    def _put(self, branch: Branch) -> None:
        if branch.track is None:
            return
        self._queued = branch
        self._discovery.remember([branch.track])
        self._player.add([branch.track.track.id], SOURCE)
        self.changed.emit()

    def _own(self) -> list[int]:
        queued = self._queued
        return [queued.track.track.id] if queued is not None and queued.track is not None else []

    def _take_back(self) -> bool:
        """Take what the radio queued out again; False where it is not there any more."""
        own, self._queued = self._own(), None
        upcoming = self._player.upcoming()
        if not own or own[0] not in upcoming:
            return False
        self._player.remove(self._player.current_index() + 1 + upcoming.index(own[0]))
        return True

    def _forget(self) -> None:
        """Another queue: a session of its own begins."""
        self._radio = self._plan = self._queued = self._hopeless = None


def plan_after(radio: Radio, track_id: int, queue: Sequence[int], session: Sequence[int]) -> Plan:
    """Both continuations after a track.

    Nothing of the queue comes again, and nothing of `session` (all that was heard since SONIQ was started)
    as long as the library holds anything else.
    """
    branches = []
    for skipped in (False, True):
        following = None
        for heard in ((*session, *queue), queue):
            branch = radio.copy()
            branch.hear(heard)
            (branch.skip if skipped else branch.finished)(track_id)
            following = branch.next()
            if following is not None:
                break
        branches.append(Branch(branch, following))
    return Plan(track_id, *branches)
