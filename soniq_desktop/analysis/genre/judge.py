"""From a vector to what is shown: a set of families, or a note why there is none. numpy alone."""

import math

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.genre.conformal import Thresholds, calibrate, prediction_sets
from soniq_desktop.analysis.genre.head import VERSION, Head
from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.library.genre_results import SoundsToJudge
from soniq_desktop.library.records import GenreHeard, Listening
from soniq_desktop.models.embedder_specs import embedder_spec

Floats = NDArray[np.float64]

DEFAULT_LEVEL = 0.9
MOST_NAMES = 3  # a longer set is "not sure"
SHORT = 3.0  # seconds; one patch of the embedder
FAINT = -70.0  # LUFS, the gate of EBU R128
MUSIC = 0.2  # probability of being music below which it is said what it is instead
DOUBTFUL = 0.5  # and below which no family is named
CRUSHED = -5.0, 1.0  # LUFS and dBTP beyond which a file is mostly clipping; the loudest records have about −6


def classifier_name(head: Head) -> str:
    """What results are filed under."""
    return f"head {head.embedder}"


def judge(
    head: Head,
    thresholds: Thresholds,
    sounds: SoundsToJudge,
    classifier: str = "",
    kinds: Floats | None = None,
) -> list[GenreHeard]:
    """One result for each track, filed under `classifier`.

    `kinds`: (n, 3) probabilities of KINDS from elsewhere, where another classifier tells these better.
    """
    classifier = classifier or classifier_name(head)
    vectors = np.nan_to_num(sounds.vectors)
    probabilities = head.probabilities(vectors, head.base(np.nan_to_num(sounds.scores)))
    kinds = head.kinds(vectors) if kinds is None else kinds
    silent = np.isnan(sounds.vectors[:, 0])
    drawn = np.array([chance_of(each) for each in sounds.hashes])
    members = prediction_sets(probabilities, thresholds, drawn)
    results = []
    for row in range(len(sounds)):
        note = "silence" if silent[row] else note_of(kinds[row], sounds.numbers[row])
        chances = probabilities[row].astype(np.float32)
        names = named(probabilities[row], members[row])
        if not note and len(names) > MOST_NAMES:
            note = "not sure"
        shown = () if note else names
        results.append(GenreHeard(classifier, VERSION, chances, shown, note))
    return results


def note_of(kinds: Floats, numbers: Floats) -> str:
    """Why a genre would be a guess: (3,) probabilities of KINDS; duration, loudness, true peak. Or ""."""
    duration, loudness, peak = numbers.tolist()
    if duration < SHORT:
        return "too short"
    if not loudness > FAINT:
        return "silence"
    if loudness > CRUSHED[0] and peak > CRUSHED[1]:
        return "clipped"
    if kinds[0] < MUSIC:
        return "speech" if kinds[1] > kinds[2] else "no music"
    return "not sure" if kinds[0] < DOUBTFUL else ""


def named(probabilities: Floats, members: NDArray[np.bool_]) -> tuple[str, ...]:
    """The families of a set, likeliest first."""
    order = np.argsort(-probabilities, kind="stable")
    return tuple(FAMILIES[each] for each in order if members[each])


def chance_of(audio_hash: str) -> float:
    """The uniform number of a track: from its sound, so that its set stays the same from day to day."""
    return int(audio_hash[:12], 16) / 16**12 if audio_hash else 0.5


def hear_genre(head: Head, heard: Listening) -> GenreHeard:
    """The result for one track just listened to, with the shipped limits at the default level."""
    features, dim = heard.features, len(head.mean)
    mine = [each for each in heard.embeddings if each.embedder == head.embedder and each.scores is not None]
    tags = len(embedder_spec(head.embedder).tags)
    sounds = SoundsToJudge(
        np.zeros(1, np.int64),
        np.zeros(1, np.int64),
        [heard.audio_hash],
        [""],
        [None],
        np.array([[heard.duration, _number(features.loudness), _number(features.true_peak)]]),
        (mine[0].vector if mine else np.full(dim, np.nan, np.float32))[None, :],
        np.asarray(mine[0].scores if mine else np.full(tags, np.nan), np.float32)[None, :],
    )
    return judge(head, calibrate(head.calibration, DEFAULT_LEVEL), sounds)[0]


def _number(value: float | None) -> float:
    return math.nan if value is None else value
