"""What is shown as the genre of a track: the user's word, then the file's, then what was heard."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from soniq_desktop.common.genre_families import VAGUE, family_of, split_genres
from soniq_desktop.library.records import Track

Source = Literal["you", "tag", "heard", ""]


@dataclass(frozen=True, slots=True)
class ShownGenre:
    """Names to show, and where they come from.

    Attributes:
        names: genres as the file has them, or families; empty where nothing is known or nothing is sure.
        source: "you" corrected it, the file's "tag", "heard" by the classifier, "" where there is no name.
        note: why there is no name: "not sure", "speech", "no music", "too short", "silence", "clipped".
    """

    names: tuple[str, ...]
    source: Source
    note: str = ""


def shown_genre(track: Track) -> ShownGenre:
    """A correction before the file's own tag, where that means a family, before the set that was heard.

    A tag that means no family ("Soundtrack", "Other") gives way to what was heard.
    """
    return shown_names(track.genre_corrected, track.tags.genre, track.genre_heard, track.genre_note)


@lru_cache(maxsize=8192)
def shown_names(corrected: str | None, tag: str, heard: tuple[str, ...] | None, note: str) -> ShownGenre:
    """The same from the four values."""
    if corrected:
        return ShownGenre((corrected,), "you")
    names = split_genres(tag)
    if names and (not heard or any(family_of(name) and not VAGUE.search(name) for name in names)):
        return ShownGenre(names, "tag")
    return ShownGenre(heard, "heard") if heard else ShownGenre((), "", note)
