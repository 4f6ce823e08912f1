"""Questions about the library, answered off the GUI thread."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Album, BeatGrid, Group, Problem, Track, TrackQuery, Waveform
from soniq_desktop.services.tasks import Tasks

Ids = NDArray[np.int64]


class LibraryQuestions(QObject):
    """The reading half of the library service.

    Each method calls `done` later on the GUI thread. With a `key`, an older question of the same key that has
    not been answered yet is dropped.
    """

    def __init__(self, catalogue: Catalogue, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._tasks = tasks

    def track_ids(self, query: TrackQuery, done: Callable[[Ids], None], key: str | None = None) -> None:
        """Ordered ids of a list."""
        self._tasks.run(lambda: self._catalogue.track_ids(query), done, key=key)

    def tracks(self, ids: Sequence[int], done: Callable[[list[Track]], None], key: str | None = None) -> None:
        """Tracks in the order of ids; those that left the library are left out."""
        self._tasks.run(lambda: self._catalogue.tracks(ids), done, key=key)

    def track(self, track_id: int, done: Callable[[Track | None], None], key: str | None = None) -> None:
        """One track."""
        self._tasks.run(lambda: self._catalogue.track(track_id), done, key=key)

    def locate(
        self, paths: Sequence[str], done: Callable[[list[int | None]], None], key: str | None = None
    ) -> None:
        """The track at each of these paths, None where there is none."""
        self._tasks.run(lambda: self._catalogue.locate([(None, path) for path in paths]), done, key=key)

    def total_duration(
        self, ids: Sequence[int], done: Callable[[float], None], key: str | None = None
    ) -> None:
        """Seconds of all these tracks together."""
        self._tasks.run(lambda: self._catalogue.total_duration(ids), done, key=key)

    def albums(
        self, text: str, artist: str | None, done: Callable[[list[Album]], None], key: str | None = None
    ) -> None:
        """Albums whose title or artist match, or those on which an artist plays."""
        self._tasks.run(lambda: self._catalogue.albums(text, artist), done, key=key)

    def artists(self, text: str, done: Callable[[list[Group]], None], key: str | None = None) -> None:
        """Artists that match."""
        self._tasks.run(lambda: self._catalogue.artists(text), done, key=key)

    def genres(self, text: str, done: Callable[[list[Group]], None], key: str | None = None) -> None:
        """Genres that match."""
        self._tasks.run(lambda: self._catalogue.genres(text), done, key=key)

    def genre_families(self, text: str, done: Callable[[list[Group]], None], key: str | None = None) -> None:
        """Families that match, with the songs whose chips show them."""
        self._tasks.run(lambda: self._catalogue.genre_families(text), done, key=key)

    def waveform(
        self, track_id: int, done: Callable[[Waveform | None], None], key: str | None = None
    ) -> None:
        """The overview of a track, None where it was not listened to."""
        self._tasks.run(lambda: self._catalogue.waveform(track_id), done, key=key)

    def beat_grid(
        self, track_id: int, done: Callable[[BeatGrid | None], None], key: str | None = None
    ) -> None:
        """Beats of a track at the octave of its tempo, None where no steady beat is known."""
        self._tasks.run(lambda: self._catalogue.beat_grid(track_id), done, key=key)

    def problems(self, done: Callable[[list[Problem]], None]) -> None:
        """Files that could not be read or analysed, newest first."""
        self._tasks.run(self._catalogue.problems, done)
