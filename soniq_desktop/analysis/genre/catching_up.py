"""Tracks that were listened to before a classifier was chosen are heard by its embedder. No Qt."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from soniq_desktop.analysis.runner import MEMORY_LIMIT, POLL, TIME_LIMIT, ListenProgress
from soniq_desktop.common.control import Control
from soniq_desktop.common.log import topic
from soniq_desktop.common.processes import Failed, ProcessPool
from soniq_desktop.common.rate import Rate
from soniq_desktop.library.records import Embedding, Track
from soniq_desktop.models.embedder_specs import embedder_spec

log = topic("genre")
BATCH = 8  # tracks waiting for a free worker


class HeardCatalogue(Protocol):
    """What is needed of `library.catalogue.Catalogue`."""

    def without_embedding(self, embedder: str, version: int) -> list[int]: ...
    def tracks(self, ids: Sequence[int]) -> list[Track]: ...
    def store_embeddings(self, heard: Iterable[tuple[int, Embedding]]) -> None: ...


def embedding_pool(workers: int, embedder: str, *, nice: int = 10) -> ProcessPool:
    """A pool of processes with one embedder and nothing else; the caller closes it."""
    return ProcessPool(
        "soniq_desktop.analysis.genre.embed_worker:embed",
        workers,
        setup={"embedder": embedder},
        time_limit=TIME_LIMIT,
        memory_limit=MEMORY_LIMIT,
        nice=nice,
    )


def unheard(catalogue: HeardCatalogue, embedder: str) -> list[Track]:
    """Tracks to catch up with whose file is there."""
    ids = catalogue.without_embedding(embedder, embedder_spec(embedder).version)
    return [track for track in catalogue.tracks(ids) if not track.missing]


def catch_up(
    catalogue: HeardCatalogue,
    tracks: Sequence[Track],
    pool: ProcessPool,
    *,
    control: Control,
    on_stored: Callable[[int], None] = lambda _track_id: None,
    progress: Callable[[ListenProgress], None] = lambda _progress: None,
) -> int:
    """Hear and store these tracks, each as it arrives; how many were. Failures are named in the log."""
    waiting, done, rate = list(reversed(tracks)), 0, Rate()
    paths, total = {track.id: track.path for track in tracks}, len(tracks)
    try:
        while not control.cancelled and (waiting or not pool.idle()):
            if control.paused and not pool.in_hand():
                control.wait_if_paused()
                rate.restart()
            while waiting and not control.paused and pool.waiting() < BATCH:
                track = waiting.pop()
                pool.submit(track.id, track.path)
            for event in pool.events(POLL):
                track_id = int(str(event.key))
                rate.add(1)
                paths.pop(track_id, None)
                if isinstance(event, Failed):
                    log.warning("Track %d was not heard (%s): %s", track_id, event.reason, event.sentence)
                elif event.result is not None:
                    catalogue.store_embeddings([(track_id, event.result)])
                    on_stored(track_id)
                    done += 1
            items = tuple(paths[int(str(key))] for key in pool.in_hand() if int(str(key)) in paths)
            progress(
                ListenProgress(
                    total - len(paths), total, items, rate.per_second(), 0.0,
                    rate.seconds_left(len(paths)), control.paused,
                )
            )  # fmt: skip
    finally:
        pool.forget_waiting()
    return done
