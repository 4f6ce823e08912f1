"""One click says what a song is: the twelve families, and back to what was heard."""

from collections.abc import Sequence
from functools import partial

from soniq_desktop.library.records import Track
from soniq_desktop.services.genre import GenreService
from soniq_desktop.ui.components import Menu
from soniq_desktop.ui.genres import FAMILIES, shown_genre
from soniq_desktop.ui.navigation import Navigator
from soniq_desktop.ui.songs.text import songs
from soniq_desktop.ui.theme import Theme


def genre_menu(
    genre: GenreService, navigator: Navigator, ids: Sequence[int], tracks: Sequence[Track], parent: Menu
) -> Menu:
    """A submenu "Genre"; what all of `tracks` are now is checked, the families that were heard come first."""
    menu = Menu("Genre", parent=parent)
    menu.setIcon(Theme.current().icon("ph.swatches", size=16))
    shown = {shown_genre(track).names for track in tracks}
    now = shown.pop() if len(shown) == 1 else ()
    heard = tracks[0].genre_heard or () if len(tracks) == 1 else ()
    for family in dict.fromkeys((*heard, *FAMILIES)):
        menu.item(family, partial(say, genre, navigator, ids, family), checked=now == (family,))
    menu.addSeparator()
    corrected = any(track.genre_corrected for track in tracks)
    menu.item("Take my correction back", partial(say, genre, navigator, ids, None), enabled=corrected)
    return menu


def say(genre: GenreService, navigator: Navigator, ids: Sequence[int], family: str | None) -> None:
    """Keep the user's word and tell what happens with it."""
    genre.correct(ids, family)
    if family is None:
        navigator.tell("Your genre was taken back.")
    else:
        navigator.tell(f"{songs(len(ids))} marked as {family}. SONIQ learns from it.")
