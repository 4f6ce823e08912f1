"""Danceability, acousticness, instrumentalness, valence and speechiness: estimates, each in 0..1.

They are ours, not those of any service of the same names. Each is a logistic of a weighted sum of the terms
that its function names, so it rises and falls with each of them; 0.5 is where the terms cancel out. Tag terms
are odds between two groups of musicnn's tags, which need no calibration of single tags. Without tags an
estimate is NaN; any other term that is not known counts nothing.
docs/decisions/beats.md has the distribution over real music.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLOOR = 0.01  # what a group of tags is at least given: below it, scores are noise

LIVELY = ("dance", "party", "House", "electro", "funk", "Hip-Hop", "rnb", "sexy")
STILL = ("ambient", "acoustic", "Mellow", "sad", "beautiful", "chillout", "experimental", "Progressive rock")
UNPLUGGED = ("acoustic", "folk", "country", "jazz", "blues", "easy listening")
PLUGGED = (
    "electronic", "electronica", "electro", "House", "dance", "metal", "heavy metal", "hard rock", "punk",
    "alternative rock",
)  # fmt: skip
WORDLESS = ("instrumental", "ambient", "electronica", "experimental", "jazz")
SUNG = ("female vocalists", "male vocalists", "female vocalist", "Hip-Hop", "rnb", "soul", "pop", "indie pop")
BRIGHT = ("happy", "party", "catchy", "dance", "funk", "sexy")
DARK = ("sad", "Mellow", "ambient", "metal", "heavy metal", "experimental")
SPOKEN = ("Hip-Hop",)
NOT_SPOKEN = ("instrumental", "ambient", "rock", "electronic", "metal", "jazz", "beautiful", "folk")


@dataclass(frozen=True, slots=True)
class Known:
    """What the estimates are made from, one row a track; NaN where it is not known.

    Attributes:
        tags: {name: (n,)} scores of musicnn-msd, 0..1.
        energy, tempo, tempo_confidence, onset_rate, key_confidence: (n,) as in `Features`.
        minor: (n,) 1 for minor, 0 for major.
    """

    tags: dict[str, Floats]
    energy: Floats
    tempo: Floats
    tempo_confidence: Floats
    onset_rate: Floats
    key_confidence: Floats
    minor: Floats


def danceability(known: Known) -> Floats:
    """How well it suits dancing: a clear steady beat, a tempo near 118 BPM, energy, and tags of dance music.

    Steadiness counts by the confidence of the tempo; no tempo at all counts as none.
    """
    near = np.exp(-0.5 * (np.log2(known.tempo / 118.0) / 0.45) ** 2)
    return logistic(
        0.8 * odds(known.tags, LIVELY, STILL)
        + 1.6 * (or_zero(known.tempo_confidence) - 0.5)
        + 1.2 * (or_zero(near) - 0.6)
        + 1.5 * (or_value(known.energy, 0.5) - 0.5)
    )


def acousticness(known: Known) -> Floats:
    """How likely the instruments are not amplified and not synthetic: tags, and a low energy."""
    return logistic(1.1 * odds(known.tags, UNPLUGGED, PLUGGED) - 3.0 * (or_value(known.energy, 0.5) - 0.5))


def instrumentalness(known: Known) -> Floats:
    """How likely nobody sings: tags of wordless music against tags of voices and of sung genres."""
    return logistic(1.5 * odds(known.tags, WORDLESS, SUNG))


def valence(known: Known) -> Floats:
    """How bright the mood is: cheerful against dark tags, a major key (if it is sure), energy and tempo."""
    mode = np.where(np.isnan(known.minor), 0.0, 1 - 2 * known.minor) * or_zero(known.key_confidence)
    pace = np.clip(np.log2(known.tempo / 105.0), -1, 1)
    return logistic(
        0.9 * odds(known.tags, BRIGHT, DARK)
        + 0.7 * mode
        + 1.2 * (or_value(known.energy, 0.5) - 0.5)
        + 0.5 * or_zero(pace)
    )


def speechiness(known: Known) -> Floats:
    """How much it is spoken rather than sung or played: tags of rap, many onsets, and no steady beat or key.

    musicnn has no tag of plain speech; recordings of talk are told by what they lack.
    """
    shapeless = (1 - or_zero(known.tempo_confidence)) * (1 - or_zero(known.key_confidence))
    busy = np.log2(np.maximum(or_value(known.onset_rate, 3.0), 0.25) / 4.0)
    return logistic(
        1.2 * odds(known.tags, SPOKEN, NOT_SPOKEN) + 2.0 * (shapeless - 0.7) + 0.5 * np.minimum(busy, 1)
    )


ESTIMATES = {
    "danceability": danceability,
    "acousticness": acousticness,
    "instrumentalness": instrumentalness,
    "valence": valence,
    "speechiness": speechiness,
}


def estimate(known: Known) -> dict[str, Floats]:
    """All estimates, (n,) each; NaN where there are no tags."""
    return {name: function(known) for name, function in ESTIMATES.items()}


def odds(tags: dict[str, Floats], pro: Sequence[str], contra: Sequence[str]) -> Floats:
    """Log odds (n,) between two groups: the mean score of each, never below FLOOR."""
    first, second = (np.mean([tags[name] for name in group], axis=0) for group in (pro, contra))
    return np.asarray(np.log(np.maximum(first, FLOOR)) - np.log(np.maximum(second, FLOOR)))


def logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)))


def or_zero(values: Floats) -> Floats:
    return or_value(values, 0.0)


def or_value(values: Floats, instead: float) -> Floats:
    """With a value in place of NaN."""
    return np.asarray(np.where(np.isnan(values), instead, values))
