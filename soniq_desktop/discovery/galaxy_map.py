"""The map as it is shown: places, what is known of each song, regions and their words."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.fileio import SaveError
from soniq_desktop.common.log import topic
from soniq_desktop.discovery.galaxy_clusters import Cluster, find_clusters, words_of
from soniq_desktop.discovery.galaxy_place import place_among
from soniq_desktop.discovery.galaxy_store import Layout, load_layout, save_layout
from soniq_desktop.discovery.sounds import Mask, Sounds
from soniq_desktop.discovery.vectors import Ids
from soniq_desktop.library.genre_codes import GenresOfTracks
from soniq_desktop.models.embedder_specs import EmbedderSpec

VALUES = ("energy", "tempo", "plays", "last_played", "duration")
GROWN = 1.5  # times as many songs as the layout was learned from: a new one is worth its while

log = topic("galaxy")


@dataclass(frozen=True, slots=True, eq=False)
class GalaxyMap:
    """Songs on the map, ascending by id.

    Attributes:
        ids: (n,).
        places: (n, 3) float32: x, y, depth.
        values: one array (n,) for each name of `VALUES`, NaN where unknown.
        genre: (n,) index into `genres`, the tag of the file; −1 where it has none.
        genres: names as the files have them.
        heard: (n,) index into `tags`, the strongest first, (n, 3); −1 where nothing was heard.
        tags: names of the embedder's tags.
        members: (n,) index into `clusters`, −1 outside of all.
        clusters: regions, the largest first.
        learned: how many songs the layout was learned from.
        learned_at: Unix seconds; another layout has another value.
        trust: trustworthiness@15 when it was learned, or None.
        missing: (n,) whether the file is not there now; the song keeps its place.
        borrowed: the layout was learned by another embedder than the one in use, which has none yet.
    """

    ids: Ids
    places: NDArray[np.float32]
    values: dict[str, NDArray[np.float64]]
    genre: NDArray[np.int32]
    genres: tuple[str, ...]
    heard: NDArray[np.int32]
    tags: tuple[str, ...]
    members: NDArray[np.int32]
    clusters: tuple[Cluster, ...]
    learned: int
    learned_at: float
    trust: float | None
    missing: Mask
    borrowed: bool = False

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, track_id: int) -> int | None:
        """Where a song is in the arrays, or None."""
        place = int(np.searchsorted(self.ids, track_id))
        return place if place < len(self.ids) and self.ids[place] == track_id else None

    @property
    def outgrown(self) -> bool:
        """Whether so many songs came since that learning the map anew is worth its while."""
        return len(self) > GROWN * self.learned


class GalaxyMaps:
    """The map of one embedder: its layout on disk, kept in step with the library. Any thread.

    While there is no layout of this embedder that of `before` is shown as it is, if there is one: the map
    stays put until the user wants another. What is new in it is placed by this embedder, and not written.
    """

    def __init__(self, folder: Path, spec: EmbedderSpec, before: EmbedderSpec | None = None) -> None:
        self._folder, self._spec, self._before = folder, spec, before
        self._borrowed = False
        self._lock = threading.Lock()
        self._layout: Layout | None = None
        self._loaded = False

    def forget(self) -> None:
        """Another process wrote a new layout: read it when next asked."""
        with self._lock:
            self._loaded = False

    def current(self, sounds: Sounds, genres: GenresOfTracks) -> GalaxyMap | None:
        """The map of the library as it is; None where no layout was learned yet.

        Songs that are new are placed among their neighbours, and those that left the library are taken out;
        nothing else moves. What changed is written at once.
        """
        with self._lock:
            if not self._loaded:
                self._load()
            if self._layout is None:
                return None
            layout = in_step(self._layout, sounds)
            if layout is not self._layout:
                self._layout = layout
                if not self._borrowed:
                    self._save(layout)
            borrowed = self._borrowed
        return replace(shown(layout, sounds, genres, self._spec.tags), borrowed=borrowed)

    def _load(self) -> None:
        self._layout, self._loaded = load_layout(self._folder, self._spec), True
        self._borrowed = self._layout is None and self._before is not None
        if self._borrowed and self._before is not None:
            self._layout = load_layout(self._folder, self._before)

    def _save(self, layout: Layout) -> None:
        try:
            save_layout(self._folder, self._spec, layout)
        except SaveError as error:  # placed again at the next start, at the same places
            log.warning("The map could not be saved: %s", error)


def in_step(layout: Layout, sounds: Sounds) -> Layout:
    """The layout with what is new and without what is gone; the same object where nothing is."""
    usable = comparable(sounds)
    alive = np.isin(layout.ids, sounds.ids[usable])
    new = usable & ~np.isin(sounds.ids, layout.ids)
    if alive.all() and not new.any():
        return layout
    layout = replace(
        layout, ids=layout.ids[alive], places=layout.places[alive], learned=layout.learned[alive]
    )
    return _with_new(layout, sounds, new) if new.any() else layout


def comparable(sounds: Sounds) -> Mask:
    """(n,) which songs have a vector."""
    usable: Mask = np.isfinite(sounds.scales)
    return usable


def _with_new(layout: Layout, sounds: Sounds, new: Mask) -> Layout:
    places = np.zeros((len(sounds), 3), np.float32)
    learned = np.zeros(len(sounds), bool)
    rows = np.searchsorted(sounds.ids, layout.ids)
    places[rows], learned[rows] = layout.places, layout.learned
    ids = sounds.ids[new]
    placed = place_among(ids, sounds.vectors[new], sounds.vectors, places, learned)
    order = np.argsort(np.concatenate([layout.ids, ids]))
    return replace(
        layout,
        ids=np.concatenate([layout.ids, ids])[order],
        places=np.concatenate([layout.places, placed])[order],
        learned=np.concatenate([layout.learned, np.zeros(len(ids), bool)])[order],
    )


def shown(layout: Layout, sounds: Sounds, genres: GenresOfTracks, tags: Sequence[str]) -> GalaxyMap:
    """What the window shows of a layout that is in step with the library."""
    rows = np.searchsorted(sounds.ids, layout.ids)
    ids, places = layout.ids, layout.places
    scores = sounds.moods[rows] ** 2
    members, clusters = find_clusters(places[:, :2])
    words = words_of(scores, members, tags, len(clusters))
    return GalaxyMap(
        ids,
        places,
        {name: sounds.columns[name][rows] for name in VALUES},
        genres.of(ids),
        genres.names,
        _strongest(scores, 3),
        tuple(tags),
        members,
        tuple(replace(cluster, words=said) for cluster, said in zip(clusters, words, strict=True)),
        int(layout.learned.sum()),
        layout.learned_at,
        layout.trust,
        np.asarray(sounds.columns["missing"][rows] == 1),
    )


def _strongest(scores: NDArray[np.float32], count: int) -> NDArray[np.int32]:
    """(n, count) the tags of the highest scores, −1 where there are none."""
    if scores.shape[1] < count:
        return np.full((len(scores), count), -1, np.int32)
    best = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
    best = np.take_along_axis(best, order, axis=1)
    strongest: NDArray[np.int32] = best.astype(np.int32)
    strongest[~scores.any(axis=1)] = -1
    return strongest
