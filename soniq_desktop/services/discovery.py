"""Discovery as the window sees it: one engine for all its rooms, asked in the background."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.discovery.filters import Wanted
from soniq_desktop.discovery.for_you import Listener, Shelf, Wish
from soniq_desktop.discovery.kept_reasons import as_data, from_data
from soniq_desktop.discovery.recommend import ANYTHING, USUAL, Recommendations, Recommended
from soniq_desktop.discovery.worth_hearing import Variety
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Embedding, Track, TrackQuery
from soniq_desktop.models.embedder_specs import EmbedderSpec
from soniq_desktop.services.discovery_engine import DiscoveryEngine
from soniq_desktop.services.library import LibraryService
from soniq_desktop.services.settings import SettingsService
from soniq_desktop.services.tasks import Tasks

T = TypeVar("T")
Done = Callable[[Recommendations], None]
Failed = Callable[[Exception], None]

log = topic("discovery")
WORKERS = 2  # so that a question need not wait for a long answer
SYNC_EVERY = 2.0  # seconds, at the least
SYNC_SHARE = 50  # syncing takes at most a fiftieth of the time
SAVE_AFTER = 30.0  # seconds without news
REFUSED, MOST_REFUSED = "discovery.not_interested", 1_000
REMEMBERED = 2_000  # recommendations of which the reason is kept
REASONS, KEPT = "discovery.reasons", 100  # and how many of them over a restart


@dataclass(frozen=True, slots=True)
class ForYou:
    """What the listener is offered: a list by all tastes, and a shelf for each.

    Attributes:
        compared: songs that SONIQ has listened to.
    """

    tracks: Recommendations
    shelves: tuple[Shelf, ...]
    compared: int


class DiscoveryService(QObject):
    """Similar songs, songs for you, and whatever else the rooms of discovery work out.

    No method blocks; answers come on the GUI thread. A failure without a `failed` of the caller is told by
    `message` as a plain sentence. With a `key`, an older question of the same key that has not been answered
    is dropped.
    """

    grown = Signal()  # the sound of more songs is known; while SONIQ listens, every few seconds
    message = Signal(str)
    recalled = Signal()  # `why` knows the reasons of the last time again
    switched = Signal()  # from now on songs are compared by another embedder

    def __init__(
        self,
        catalogue: Catalogue,
        library: LibraryService,
        folder: Path,
        settings: SettingsService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue, self._folder = catalogue, folder
        self._engine = DiscoveryEngine(catalogue, folder)
        self._arriving: DiscoveryEngine | None = None  # of another embedder, not ready yet
        self._copies: list[list[int]] = []
        self._settings = settings
        self._tasks = Tasks(WORKERS, self)
        self._soon = _once(self, self._sync)
        self._later = _once(self, self._save)
        self._sync_every = SYNC_EVERY
        self._picked: OrderedDict[int, Recommended] = OrderedDict()
        self._closed = False
        library.listened.connect(self._listened)
        self._recall()

    def run(
        self,
        work: Callable[[DiscoveryEngine], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
        *,
        key: str | None = None,
    ) -> None:
        """Work with the engine on a background thread, then `done(result)` or `failed(error)` here."""
        engine = self._engine
        self._tasks.run(lambda: work(engine), done, failed or self._say, key=key)

    def similar(
        self,
        track_id: int,
        done: Done,
        failed: Failed | None = None,
        *,
        count: int = 100,
        wanted: Wanted = ANYTHING,
        variety: Variety = USUAL,
        genre: str = "",
        key: str | None = None,
    ) -> None:
        """Songs like one song, most similar first, each with its reason; with a `genre`, only of that.

        `failed` gets a NotFoundError where SONIQ has not listened to the song, or it left the library.
        """

        def work(engine: DiscoveryEngine) -> Recommendations:
            among = engine.catalogue.track_ids(TrackQuery(genre=genre)) if genre else wanted.among
            return engine.recommender.like(track_id, count, replace(wanted, among=among), variety)

        self.run(work, done, failed, key=key)

    def closest(self, heard: Embedding, k: int, done: Callable[[list[tuple[int, float]]], None]) -> None:
        """Up to k pairs (id, cosine) for what an embedder heard; empty where there is no answer, or where
        songs are compared by another embedder.
        """

        def work(engine: DiscoveryEngine) -> list[tuple[int, float]]:
            if heard.embedder != engine.spec.name:
                return []
            ids, cosines = engine.index.search(engine.catalogue.scaled(heard.embedder, heard.vector), k)
            return list(zip(ids.tolist(), cosines.tolist(), strict=True))

        self.run(work, done, lambda _error: done([]))

    def for_you(
        self,
        done: Callable[[ForYou], None],
        failed: Failed | None = None,
        *,
        count: int = 20,
        seed: int = 0,
        key: str | None = None,
    ) -> None:
        """Songs by the listening history, as far from home as the setting "discovery.distance" says.

        A `seed` other than 0 draws others; the same seed draws the same ones.
        """
        distance, refused = self.distance(), self.refused()

        def work(engine: DiscoveryEngine) -> ForYou:
            known = (engine.catalogue.track_by_hash(sound) for sound in refused)
            ids = tuple(track.id for track in known if track is not None)
            listener = Listener(engine.recommender, Wish(count, distance, seed=seed, refused=ids))
            return ForYou(listener.tracks(), listener.shelves(count), len(listener.sounds))

        self.run(work, done, failed, key=key)

    def refused(self) -> list[str]:
        """The songs that the listener does not want to be offered, by their sound, the latest last."""
        return [sound for sound in self._settings.get(REFUSED) if isinstance(sound, str)]

    def refuse(self, track: Track, refused: bool = True) -> None:
        """Never offer a song again, and less of what is like it; or take that back."""
        if track.audio_hash is None:
            return
        others = [sound for sound in self.refused() if sound != track.audio_hash]
        self._settings.set(REFUSED, [*others, track.audio_hash][-MOST_REFUSED:] if refused else others)

    def forgive(self) -> None:
        """Offer everything again."""
        self._settings.set(REFUSED, [])

    def from_seeds(
        self,
        ids: Sequence[int],
        done: Done,
        failed: Failed | None = None,
        *,
        count: int = 20,
        wanted: Wanted = ANYTHING,
        variety: Variety = USUAL,
        key: str | None = None,
    ) -> None:
        """A list from one to five songs, each seed in turn."""
        seeds = list(ids)
        self.run(
            lambda engine: engine.recommender.from_seeds(seeds, count, wanted, variety), done, failed, key=key
        )

    def know_copies(self, groups: Iterable[Sequence[int]]) -> None:
        """Tracks that the fingerprints found to be one recording: one of each group is offered at most."""
        self._copies = [list(group) for group in groups]
        self._engine.sounds.know_copies(self._copies)

    def remember(self, tracks: Iterable[Recommended]) -> None:
        """These are about to be played: the reason of each can be asked for by `why`."""
        for each in tracks:
            self._picked.pop(each.track.id, None)
            self._picked[each.track.id] = each
        while len(self._picked) > REMEMBERED:
            self._picked.popitem(last=False)

    def why(self, track_id: int) -> Recommended | None:
        """What recommended a song that plays, where something did."""
        return self._picked.get(track_id)

    def embedder(self) -> EmbedderSpec:
        """The embedder that songs are compared by."""
        return self._engine.spec

    def adopt(
        self, spec: EmbedderSpec, take: Callable[[], None], done: Callable[[], None], failed: Failed
    ) -> None:
        """Compare by another embedder, once all that this takes has been read.

        Until then answers come as before. `take` is called on the background thread when everything is ready
        (the catalogue's word for it is changed there); then, at once and for all rooms, the new one answers,
        `switched` is emitted and `done` is called. Another call takes the place of one that has not ended.
        """
        if self._arriving is not None:
            self._arriving.stop()
        engine = self._arriving = DiscoveryEngine(self._catalogue, self._folder, spec)

        def work() -> DiscoveryEngine:
            engine.warm()
            if engine is self._arriving:  # nobody has called meanwhile
                take()
            return engine

        def ready(engine: DiscoveryEngine) -> None:
            old, self._engine, self._arriving = self._engine, engine, None
            old.stop()
            engine.sounds.know_copies(self._copies)
            self.switched.emit()
            self.grown.emit()
            done()

        self._tasks.run(work, ready, failed, key="adopt")

    def _recall(self) -> None:
        """Take up the reasons of the last time, of songs that are still what they were."""
        found = (each for each in self._settings.get(REASONS) if isinstance(each, dict))
        kept = {int(each["track"]): each for each in found if isinstance(each.get("track"), int)}

        def work(engine: DiscoveryEngine) -> list[Recommended]:
            again = (from_data(kept[track.id], track) for track in engine.catalogue.tracks(list(kept)))
            return [each for each in again if each is not None]

        if kept:
            self.run(
                work, self._recalled, lambda error: log.warning("No reasons of the last time: %s", error)
            )

    def _recalled(self, found: list[Recommended]) -> None:
        for each in reversed(found):  # what was offered since is newer
            if each.track.id not in self._picked:
                self._picked[each.track.id] = each
                self._picked.move_to_end(each.track.id, last=False)
        self.recalled.emit()

    def distance(self) -> float:
        """How far from home recommendations may be, 0 to 100."""
        return float(self._settings.get("discovery.distance"))

    def close(self) -> None:
        """End the threads; what was asked and has not begun is dropped. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._settings.set(REASONS, [as_data(each) for each in list(self._picked.values())[-KEPT:]])
        self._soon.stop()
        self._later.stop()
        self._engine.stop()
        if self._arriving is not None:
            self._arriving.stop()
        self._tasks.close()

    # -- in step with the library

    def _listened(self, _track_id: int) -> None:
        if not self._soon.isActive():
            self._soon.start(int(1000 * self._sync_every))

    def _sync(self) -> None:
        def work(engine: DiscoveryEngine) -> float:
            begun = time.monotonic()
            engine.sync()
            return time.monotonic() - begun

        self.run(work, self._synced, key="sync")

    def _synced(self, took: float) -> None:
        self._sync_every = max(SYNC_EVERY, SYNC_SHARE * took)
        self._later.start(int(1000 * SAVE_AFTER))
        self.grown.emit()

    def _save(self) -> None:
        self.run(lambda engine: engine.save(), lambda _none: None)

    def _say(self, error: Exception) -> None:
        if isinstance(error, SoniqError):
            self.message.emit(str(error))
        else:
            log.error("discovery", exc_info=error)
            self.message.emit("That could not be worked out. The log has the details.")


def _once(parent: QObject, call: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.timeout.connect(call)
    return timer
