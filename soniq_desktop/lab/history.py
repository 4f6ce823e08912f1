"""The app's own history, and simulated ones over its library, as interactions for experiments. Read only."""

import csv
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.common.paths import Paths
from soniq_desktop.discovery.compared_by import spec_in_use
from soniq_desktop.discovery.hybrid import counted, sessions_of
from soniq_desktop.discovery.sounds import Sounds, SoundStore
from soniq_desktop.lab.interactions import Interactions, interactions
from soniq_desktop.lab.needs import LabError
from soniq_desktop.lab.simulated import Ways, simulated_interactions
from soniq_desktop.lab.splits import Split
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.play_history import SHORT_SONG, PlayColumns, play_columns

HISTORY = "history"  # as a source: what was played in SONIQ
LIBRARY = "library"  # as an embedding: what SONIQ heard
CHOOSE, TEST = 0.6, 0.8  # shares of the plays before the validation and the test period


def read_history(paths: Paths) -> Interactions:
    """Plays that count, by session: a pause of 30 minutes begins another. Items are track ids as text.

    Raises:
        LabError: there is no library, or nothing was played in it.
    """
    sounds, columns = _library(paths)
    sessions = sessions_of(columns, counted(columns, sounds))
    if not len(sessions):
        raise LabError("Nothing was played in SONIQ yet.", "Play music, or import a history first.")
    users = [f"session {number:07d}" for number in sessions.numbers.tolist()]
    return interactions(users, [str(each) for each in sessions.tracks.tolist()], sessions.started, dated=True)


def library_vectors(paths: Paths, names: tuple[str, ...]) -> NDArray[np.float32]:
    """(items, dim) what SONIQ heard of tracks, by their ids as text; zeros for others.

    Raises:
        LabError: there is no library, or it has none of them.
    """
    sounds, _ = _library(paths)
    vectors = np.zeros((len(names), sounds.vectors.shape[1]), np.float32)
    places = [(place, int(name)) for place, name in enumerate(names) if name.isascii() and name.isdigit()]
    known = [(place, track) for place, track in places if len(sounds.rows([track]))]
    if not known:
        raise LabError("The library has none of these songs.", "Items must be its track ids.")
    vectors[[place for place, _ in known]] = sounds.vectors[sounds.rows(track for _, track in known)]
    return vectors


def session_split(events: Interactions, mode: str) -> Split:
    """The last song of each later session is predicted from the songs before it.

    Sessions count as earlier or later by when they began: the last fifth of the plays for "test", the fifth
    before it for "val", where later ones are not looked at. Only earlier sessions are learned from. The songs
    of a later one but its last are known when it is predicted, so that there is something to go by.

    Raises:
        LabError: too few sessions.
    """
    moments = np.sort(events.times)
    begun = np.full(events.user_count, np.inf)
    np.minimum.at(begun, events.users, events.times)
    cut = moments[int((CHOOSE if mode == "val" else TEST) * len(events))]
    end = moments[int(TEST * len(events))] if mode == "val" else np.inf
    last = np.r_[events.users[1:] != events.users[:-1], True]
    alone = np.bincount(events.users, minlength=events.user_count)[events.users] < 2
    begun_at = begun[events.users]
    after = last & ~alone & (begun_at >= cut) & (begun_at < end)
    if not after.any() or not (begun_at < cut).any():
        raise LabError("There are too few sessions to learn from some and predict others.", "Play on.")
    train, test = events.take(begun_at < cut), events.take(after)
    known = events.take((begun_at < end) & ~after)
    cold = np.flatnonzero((train.counts() == 0) & (test.counts() > 0))
    sentence = f"The last songs of {len(test):,} later sessions are predicted from those before them."
    return Split(train, test, cold, sentence, known)


def simulate(paths: Paths, out: Path, ways: Ways, listeners: int, days: int, seed: int) -> Interactions:
    """Write what simulated listeners of this library heard, as CSV: user, song (track id), timestamp.

    Raises:
        LabError: there is no library. SaveError.
    """
    sounds, _ = _library(paths)
    music = (sounds.columns["duration"] >= SHORT_SONG) & ~np.isnan(sounds.scales)
    events = simulated_interactions(
        sounds.ids[music], sounds.vectors[music], sounds.columns["duration"][music], ways, listeners,
        days=days, seed=seed,
    )  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("user", "song", "timestamp"))
    for user, item, at in zip(events.users, events.items, events.times, strict=True):
        writer.writerow((events.user_names[user], events.item_names[item], int(at)))
    write_atomic(out, text.getvalue().encode())
    return events


def _library(paths: Paths) -> tuple[Sounds, PlayColumns]:
    if not paths.catalogue.is_file():
        raise LabError("There is no library of SONIQ here.", "Add a folder in SONIQ, or set SONIQ_HOME.")
    with Catalogue(paths.catalogue) as catalogue:
        sounds = SoundStore(catalogue, spec_in_use(catalogue)).current()
        return sounds, play_columns(catalogue.database)
