"""The child's side of the daily check: read the history, judge, learn, write. A handler of a ProcessPool."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from soniq_desktop.discovery import finishing
from soniq_desktop.discovery.facets import Array, compare
from soniq_desktop.discovery.hybrid import FOR_YOU, RADIO, USES, Sessions, counted, learn, sessions_of
from soniq_desktop.discovery.hybrid_judge import Question, judge
from soniq_desktop.discovery.hybrid_store import Checked, save
from soniq_desktop.discovery.sounds import Sounds, SoundStore
from soniq_desktop.discovery.taste import HALF_LIFE, clusters, middle, tastes_for
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.play_history import PlayColumns, play_columns
from soniq_desktop.models.embedder_specs import EmbedderSpec


def check(task: tuple[str, str, EmbedderSpec]) -> None:
    """Check one listener's history and save what was found.

    `task`: path of the catalogue, folder for the result, the embedder. Raises SaveError.
    """
    catalogue, folder, spec = task
    with Catalogue(Path(catalogue)) as library:
        sounds = SoundStore(library, spec).current()
        save(Path(folder), spec, checked_now(sounds, play_columns(library.database), time.time()))


def checked_now(sounds: Sounds, columns: PlayColumns, now: float) -> Checked:
    """What a history shows at a moment (Unix seconds); plays after it, by a clock that was wrong, are left
    out."""
    columns = until(columns, now)
    sessions = sessions_of(columns, counted(columns, sounds))
    ways = {
        RADIO.name: lambda asked: after_last(sounds, asked),
        FOR_YOU.name: lambda asked: by_tastes(sounds, sessions, asked),
    }
    verdicts = tuple(judge(use, sounds, sessions, ways[use.name], now) for use in USES)
    model, evidence = finishing.fit(sounds, columns)
    return Checked(verdicts, learn(sessions, now), evidence, model)


def after_last(sounds: Sounds, asked: Question) -> Array:
    """(n,) as the radio compares: with the song before."""
    return compare(sounds, sounds.point(int(asked.context[-1]), "")).scores


def by_tastes(sounds: Sounds, sessions: Sessions, asked: Question) -> Array:
    """(n,) as For you compares: with the nearest of the tastes that the plays until then show."""
    past = sessions.where(sessions.started < asked.at)
    ids, places = np.unique(past.tracks, return_inverse=True)
    weights = np.bincount(places, 0.5 ** ((asked.at - past.started) / HALF_LIFE)).astype(np.float64)
    rows = np.searchsorted(sounds.ids, ids)
    usable = ~np.isnan(sounds.scales[rows])
    rows, weights = rows[usable], weights[usable]
    if not len(rows):
        return np.zeros(len(sounds), np.float32)
    labels = clusters(sounds.vectors[rows], weights, tastes_for(len(rows)))
    own = [labels == label for label in np.unique(labels)]
    points = [middle(sounds, rows[each], weights[each]) for each in own]
    best: Array = np.max([compare(sounds, point).scores for point in points], axis=0)
    return best


def until(columns: PlayColumns, now: float) -> PlayColumns:
    """The plays up to a moment."""
    past = columns.started <= now
    names = ("ids", "tracks", "started", "heard", "ended", "sources")
    return replace(columns, **{name: getattr(columns, name)[past] for name in names})
