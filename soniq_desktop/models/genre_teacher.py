"""From musicnn's tags to the twelve families: the teacher of the genre models. numpy alone.

A family's evidence is the weighted sum of its tags' scores over the square root of what that sum usually is
(`USUAL`, because musicnn says "rock" of nearly everything and "blues" of hardly anything), to the power
`SHARPNESS`; the twelve are then scaled to sum to 1. Tags of mood, decade and voice carry no weight. Neither
tag list has reggae, and MSD has no classical music: MTT supplies that one, nobody the other.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.models.musicnn_tags import MSD_TAGS, MTT_TAGS

Floats = NDArray[np.float64]

MSD_MAPPING: dict[str, dict[str, float]] = {
    "Rock": {
        "rock": 1.0, "classic rock": 0.6, "alternative rock": 0.8, "alternative": 0.4, "indie rock": 0.6,
        "hard rock": 0.6, "punk": 0.8, "Progressive rock": 0.5, "indie": 0.3,
    },
    "Metal": {"metal": 1.0, "heavy metal": 1.0, "hard rock": 0.2},
    "Pop": {"pop": 1.0, "indie pop": 0.6, "catchy": 0.5, "female vocalists": 0.2, "easy listening": 0.2},
    "Electronic": {"electronic": 1.0, "electronica": 0.8, "electro": 0.8, "House": 0.8, "dance": 0.7},
    "Hip-Hop": {"Hip-Hop": 1.0},
    "Jazz": {"jazz": 1.0},
    "Blues": {"blues": 1.0},
    "Classical": {},
    "Folk": {"folk": 1.0, "country": 0.8, "acoustic": 0.4},
    "Soul": {"soul": 1.0, "funk": 0.8, "rnb": 0.8},
    "Reggae": {},
    "Ambient": {"ambient": 1.0, "chillout": 0.3, "experimental": 0.2},
}  # fmt: skip
MTT_MAPPING: dict[str, dict[str, float]] = {
    "Rock": {"rock": 1.0},
    "Metal": {"metal": 1.0},
    "Pop": {"pop": 0.6},
    "Electronic": {"techno": 1.0, "electronic": 0.8, "dance": 0.6, "beats": 0.3, "synth": 0.3},
    "Hip-Hop": {},
    "Jazz": {},
    "Blues": {},
    "Classical": {
        "classical": 1.0, "opera": 0.8, "harpsichord": 0.6, "choral": 0.5, "choir": 0.3, "violin": 0.6,
        "cello": 0.6, "strings": 0.5, "classic": 0.4, "piano": 0.2,
    },
    "Folk": {"country": 0.8, "sitar": 0.3, "indian": 0.3},
    "Soul": {},
    "Reggae": {},
    "Ambient": {"ambient": 1.0, "new age": 0.8},
}  # fmt: skip


def matrix(mapping: dict[str, dict[str, float]], tags: tuple[str, ...]) -> Floats:
    """(tags, families) of weights."""
    weights = np.zeros((len(tags), len(FAMILIES)))
    for family, words in mapping.items():
        for word, weight in words.items():
            weights[tags.index(word), FAMILIES.index(family)] = weight
    return weights


WEIGHTS = np.concatenate([matrix(MSD_MAPPING, MSD_TAGS), matrix(MTT_MAPPING, MTT_TAGS)])  # (100, 12)

# About the frequency of the tags in the data musicnn was trained on, summed with the weights above.
USUAL: dict[str, float] = {
    "Rock": 0.8, "Metal": 0.2, "Pop": 0.4, "Electronic": 0.5, "Hip-Hop": 0.06, "Jazz": 0.13, "Blues": 0.06,
    "Classical": 0.3, "Folk": 0.2, "Soul": 0.15, "Reggae": 1.0, "Ambient": 0.25,
}  # fmt: skip
SHARPNESS = 1.5


FLOOR = 0.003  # evidence that counts as none: nothing is impossible, reggae included


def teacher_logits(scores: ArrayLike, tags: tuple[str, ...]) -> Floats:
    """(n, tags) scores of one or both tag lists -> (n, 12) logits of the families.

    Args:
        tags: names of the scores: MSD_TAGS, MTT_TAGS, or one after the other.
    """
    first, second = tags[: len(MSD_TAGS)] == MSD_TAGS, tags[-len(MTT_TAGS) :] == MTT_TAGS
    weights = WEIGHTS[(0 if first else len(MSD_TAGS)) : (len(WEIGHTS) if second else len(MSD_TAGS))]
    evidence = np.maximum(np.asarray(scores, np.float64) @ weights, FLOOR)
    usual = np.array([USUAL[family] for family in FAMILIES])
    return np.asarray(SHARPNESS * (np.log(evidence) - np.log(usual) / 2))


def teacher_probabilities(scores: ArrayLike) -> Floats:
    """(n, 100) scores, 50 of MSD and 50 of MTT -> (n, 12) probabilities of the families."""
    powers = np.exp(teacher_logits(scores, MSD_TAGS + MTT_TAGS))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
