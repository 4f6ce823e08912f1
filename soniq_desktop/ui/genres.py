"""Genre tags as files carry them, mapped onto the twelve families that have a colour."""

import re
from functools import lru_cache

# First match wins, so the more particular words come first.
FAMILY_WORDS: tuple[tuple[str, str], ...] = (
    ("Hip-Hop", r"hip.?hop|\brap\b|trap|grime|boom.?bap"),
    ("Ambient", r"ambient|drone|new.?age|experimental|soundscape|field.?recording|noise|meditation"),
    ("Metal", r"metal|djent|grindcore|thrash|sludge|doom"),
    ("Reggae", r"reggae|\bdub\b|\bska\b|dancehall|rocksteady|calypso"),
    ("Blues", r"blues|boogie"),
    ("Jazz", r"jazz|swing|bebop|bossa|big.?band|dixieland|fusion"),
    ("Soul", r"soul|r\s?[&n]\s?b|rhythm.and.blues|funk|disco|gospel|motown"),
    ("Classical", r"classic|baroque|symphon|opera|orchestr|chamber|choral|piano|soundtrack|score"),
    ("Folk", r"folk|country|bluegrass|americana|songwriter|celtic|acoustic|world|traditional|latin"),
    ("Electronic", r"electr|techno|house|trance|\b[ie]dm\b|drum.?(and|n|&).?bass|dubstep|synth|chip|break"),
    ("Electronic", r"jungle|downtempo|trip.?hop|game|8.?bit|dance|club|industrial"),
    ("Pop", r"pop|chanson|schlager|easy.?listening|vocal"),
    ("Rock", r"rock|punk|grunge|indie|alternative|hardcore|emo|shoegaze|garage|surf|goth"),
)  # fmt: skip
_PATTERNS = tuple((family, re.compile(words, re.IGNORECASE)) for family, words in FAMILY_WORDS)
_SEPARATORS = re.compile(r"\s*[;/,|\x00]\s*")


@lru_cache(maxsize=2048)
def genre_family(tag: str) -> str | None:
    """The family of one genre name, or None where it fits none (it is then shown with a neutral dot)."""
    return next((family for family, pattern in _PATTERNS if pattern.search(tag)), None)


@lru_cache(maxsize=2048)
def split_genres(tag: str) -> tuple[str, ...]:
    """The single names in a tag such as "Rock; Indie / Pop", in order, each once."""
    return tuple(dict.fromkeys(part for part in _SEPARATORS.split(tag.strip()) if part))
