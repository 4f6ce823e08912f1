"""Listening in the background: one pass after another while there are tracks that were not listened to."""

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from soniq_desktop.analysis.estimates import fill
from soniq_desktop.analysis.fingerprints import (
    adopt_replacements,
    fingerprint_library,
    fingerprint_pool,
    keep,
    remove_gone,
)
from soniq_desktop.analysis.genre.catching_up import catch_up, embedding_pool, unheard
from soniq_desktop.analysis.runner import ListenReport, listen_to_library, listening_pool
from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.log import topic
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.lab.embed.covering import hear
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Listening, Track
from soniq_desktop.library.sound_models import SoundModel
from soniq_desktop.services.tasks import Tasks

log = topic("listen")


def default_workers() -> int:
    """One process per core minus one, at least one."""
    try:
        cores = len(os.sched_getaffinity(0))  # type: ignore[attr-defined,unused-ignore]
    except AttributeError:  # not on Windows and macOS
        cores = os.cpu_count() or 2
    return max(1, cores - 1)


class Listener(QObject):
    """Runs passes of `listen_to_library` on one background thread. Signals arrive on the GUI thread."""

    progressed = Signal(object)  # ListenProgress
    stored = Signal(int)  # track id
    problem = Signal(int)  # track id
    replaced = Signal()  # a file took the place of a missing one: a row went
    comparing = Signal(object)  # ListenProgress of a chosen sound model, which hears what was listened to
    heard_by = Signal(object)  # SoundModel: it has heard all that it can
    deaf = Signal(object, str)  # SoundModel, and why it cannot be used: a plain sentence
    ended = Signal()
    failed = Signal(str)  # a plain sentence

    def __init__(
        self,
        catalogue: Catalogue,
        fingerprints: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._folder = fingerprints
        self._store: FingerprintStore | None = None  # opened by the first pass, on its thread
        self._heard: list[int] = []  # tracks of this pass
        self._tasks = Tasks(1, self)
        self._control = Control()
        self._first: tuple[int, ...] = ()
        self._workers = default_workers()
        self._genre_embedder: str | None = None
        self._sound_models: tuple[SoundModel, ...] = ()
        self._deaf_to: dict[str, set[int]] = {}  # by embedder, in this run of the program
        self._running = False
        self._again = False
        self._paused = False

    @property
    def busy(self) -> bool:
        return self._running

    def set_workers(self, workers: int) -> None:
        """Use so many processes; 0 for the default. A pass that runs begins anew with them."""
        workers = workers if workers > 0 else default_workers()
        if workers != self._workers:
            self._workers = workers
            self._begin_anew()

    def set_genre_embedder(self, name: str | None) -> None:
        """An embedder that hears every track besides, for the classifier that was chosen; None for none.

        A pass that runs begins anew with it, and what was listened to before is caught up with.
        """
        if name != self._genre_embedder:
            self._genre_embedder = name
            self._begin_anew()

    def set_sound_models(self, models: Sequence[SoundModel]) -> None:
        """Models of the lab that hear every song besides, in this order; `heard_by` says when one has.

        A pass that runs begins anew with them.
        """
        if tuple(models) != self._sound_models:
            self._sound_models = tuple(models)
            self._begin_anew()

    def _begin_anew(self) -> None:
        """What a pass that runs was begun with holds no more."""
        if self._running:
            self._again = True
            self._control.cancel()

    def start(self) -> None:
        """Listen to what has not been listened to."""
        if self._running:
            self._again = True
            return
        self._running = True
        self._again = False
        self._control = Control()
        if self._paused:
            self._control.pause()
        self._tasks.run(self._pass, self._done, self._broken)

    def first(self, ids: Sequence[int]) -> None:
        """These tracks jump the queue."""
        self._first = tuple(int(each) for each in ids)

    def pause(self) -> None:
        self._paused = True
        self._control.pause()

    def resume(self) -> None:
        self._paused = False
        self._control.resume()

    def cancel(self) -> None:
        """Stop; tracks in hand are begun anew another time."""
        self._again = False
        self._control.cancel()

    def close(self) -> None:
        """Stop and wait for the thread and its processes."""
        self.cancel()
        self._tasks.close()
        if self._store is not None:
            self._store.close()

    def _pass(self) -> ListenReport:
        """On the background thread."""
        control = self._control
        self._open_store()
        with listening_pool(self._workers, genre_embedder=self._genre_embedder) as pool:
            report = listen_to_library(
                self._catalogue,
                pool,
                control=control,
                progress=self.progressed.emit,
                on_stored=self._stored,
                on_problem=self._problem,
                on_copied=self.stored.emit,
                first=lambda: self._first,
            )
        log.info("listening: %s", report)
        if fill(self._catalogue):  # heard before there were estimates, by a version that is still in use
            self.replaced.emit()
        self._fingerprint(control)
        self._catch_up(control)
        self._hear_by_models(control)
        return report

    def _catch_up(self, control: Control) -> None:
        """Let the chosen embedder hear what was listened to without it."""
        name = self._genre_embedder
        tracks = unheard(self._catalogue, name) if name and not control.cancelled else []
        tracks = [track for track in tracks if track.id not in self._deaf_to.get(str(name), ())]
        if name and tracks:
            with embedding_pool(self._workers, name) as pool:
                catch_up(self._catalogue, tracks, pool, control=control, on_stored=self.stored.emit)
            if not control.cancelled:  # what failed is not tried again before the next start
                self._deaf_to[name] = {track.id for track in unheard(self._catalogue, name)}

    def _hear_by_models(self, control: Control) -> None:
        """Let the chosen sound models hear what they have not heard."""
        used = self._catalogue.sound_model()
        for model in self._sound_models:
            if control.cancelled:
                return
            in_use = used is not None and used.name == model.name  # else it is no news to anybody yet
            try:
                deaf_to = hear(
                    self._catalogue,
                    model,
                    self._workers,
                    control=control,
                    progress=self.comparing.emit,
                    on_stored=self.stored.emit if in_use else _nobody,
                    without=self._deaf_to.get(model.name, ()),
                )
            except SoniqError as error:
                log.warning("%s cannot be used: %s", model.name, error)
                self.deaf.emit(model, str(error))
                continue
            if not control.cancelled:
                self._deaf_to[model.name] = deaf_to
                self.heard_by.emit(model)

    def _open_store(self) -> None:
        """Without an index everything but identification works."""
        if self._store is None:
            try:
                self._store = FingerprintStore(self._folder)
            except SoniqError as error:
                log.warning("Fingerprints are not kept: %s", error)

    def _fingerprint(self, control: Control) -> None:
        """Bring the fingerprint index into step with the library."""
        store = self._store
        if store is None or control.cancelled:
            return
        try:
            store.flush()
            if adopt_replacements(self._catalogue, store, self._heard):
                self.replaced.emit()
            self._heard.clear()
            missing = remove_gone(self._catalogue, store).missing
            if missing:
                with fingerprint_pool(self._workers) as pool:
                    fingerprint_library(
                        self._catalogue, store, missing, pool, control=control, progress=self.progressed.emit
                    )
        except SoniqError as error:
            log.warning("The fingerprint index is not complete: %s", error)

    def _stored(self, track_id: int, listening: Listening) -> None:
        if self._store is not None:
            keep(self._store, track_id, listening)
            self._heard.append(track_id)
        self.stored.emit(track_id)

    def _problem(self, track: Track, _sentence: str) -> None:
        self.problem.emit(track.id)

    def _done(self, _report: ListenReport | None) -> None:
        self._running = False
        if self._again:
            self.start()
        else:
            self.ended.emit()

    def _broken(self, error: Exception) -> None:
        log.error("Listening stopped.", exc_info=error)
        self._again = False
        self.failed.emit(str(error) if isinstance(error, SoniqError) else "Listening stopped unexpectedly.")
        self._done(None)


def _nobody(_track_id: int) -> None:
    """Is told."""
