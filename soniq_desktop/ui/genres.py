"""Genre names as views show them: the families that have a colour, and what is shown of a track."""

from soniq_desktop.common.genre_families import FAMILIES, split_genres
from soniq_desktop.common.genre_families import family_of as genre_family
from soniq_desktop.library.genre_shown import ShownGenre, shown_genre

__all__ = ["FAMILIES", "ShownGenre", "genre_family", "shown_genre", "split_genres"]
