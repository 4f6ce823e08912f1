"""The twelve genre families, and how other vocabularies map onto them. Importable without numpy.

The families are those that have a colour (docs/design-tokens). Every classifier here gives probabilities in
this order; a label set of somebody else (FMA-small's 8, GTZAN's 10, folder names, file tags) is mapped by
`family_of`.
"""

import re
from functools import lru_cache

FAMILIES: tuple[str, ...] = (
    "Rock", "Metal", "Pop", "Electronic", "Hip-Hop", "Jazz", "Blues", "Classical", "Folk", "Soul", "Reggae",
    "Ambient",
)  # fmt: skip

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
    ("Folk", r"\binternational\b"),
    ("Electronic", r"electr|techno|house|trance|\b[ie]dm\b|drum.?(and|n|&).?bass|dubstep|synth|chip|break"),
    ("Electronic", r"jungle|downtempo|trip.?hop|game|8.?bit|dance|club|industrial"),
    ("Pop", r"pop|chanson|schlager|easy.?listening|vocal"),
    ("Rock", r"rock|punk|grunge|indie|alternative|hardcore|emo|shoegaze|garage|surf|goth"),
)  # fmt: skip
# Names that say where music is from or for, not what it sounds like: no label to learn from.
VAGUE = re.compile(
    r"soundtrack|score|game|world|other|unknown|misc|various|vocal|experimental|noise|instrumental|latin",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s*[;/,|\x00]\s*")
_PATTERNS = tuple((family, re.compile(words, re.IGNORECASE)) for family, words in FAMILY_WORDS)


@lru_cache(maxsize=4096)
def family_of(name: str) -> str | None:
    """The family of one genre name ("hip_hop", "Post-Rock", "r&b"), or None where it fits none."""
    words = name.replace("_", " ")
    return next((family for family, pattern in _PATTERNS if pattern.search(words)), None)


@lru_cache(maxsize=4096)
def split_genres(tag: str) -> tuple[str, ...]:
    """The single names in a tag such as "Rock; Indie / Pop", in order, each once."""
    return tuple(dict.fromkeys(part for part in _SEPARATORS.split(tag.strip()) if part))


@lru_cache(maxsize=4096)
def trusted_family(tag: str) -> str | None:
    """The family that a file's genre tag can be trusted with, or None.

    All its names must mean the same family, and none be vague ("Soundtrack" says nothing of the sound).
    """
    names = split_genres(tag)
    families = {None if VAGUE.search(name) else family_of(name) for name in names}
    return families.pop() if len(families) == 1 else None
