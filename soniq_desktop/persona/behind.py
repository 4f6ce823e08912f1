"""The plays behind a mark of a plot."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from soniq_desktop.persona.history import Ids
from soniq_desktop.persona.portrait import Portrait

Kind = Literal["genre", "hour", "ending", "song", "artist", "album", "first"]
LEAST_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Selection:
    """What a mark stands for.

    Attributes:
        title: in words, for the head of the list.
        key: genre (place in FAMILIES), weekday * 24 + hour, place in ENDINGS, song row, artist id, album id.
        begin, end: local days, end exclusive; 0 and 0: the whole period.
    """

    kind: Kind
    title: str
    key: int = 0
    begin: int = 0
    end: int = 0


def behind(portrait: Portrait, selection: Selection) -> Ids:
    """Rows of `portrait.whole`, the latest first. A song is of a genre that makes up a quarter of its set."""
    plays, songs, key = portrait.whole, portrait.history.songs, selection.key
    if selection.kind == "ending":
        mask = plays.known & (plays.ended == key)
    elif selection.kind == "genre":
        mask = plays.counted & (np.nan_to_num(songs.genres[plays.songs, key], nan=0.0) >= LEAST_SHARE)
    elif selection.kind == "hour":
        mask = plays.counted & (plays.weekday * 24 + plays.hour == key)
    elif selection.kind == "first":
        mask = plays.first
    else:
        values = {
            "song": plays.songs,
            "artist": songs.artists[plays.songs],
            "album": songs.albums[plays.songs],
        }
        mask = plays.counted & (values[selection.kind] == key)
    if selection.end > selection.begin:
        mask = mask & (plays.day >= selection.begin) & (plays.day < selection.end)
    return np.asarray(np.flatnonzero(mask)[::-1])
