"""What the Inspector says: evidence, sets, measured coverage, disagreement, the estimates."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.genre.conformal import Coverage
from soniq_desktop.analysis.genre.engine import GenreCoverage
from soniq_desktop.analysis.genre.evidence import Evidence, Region
from soniq_desktop.analysis.genre.probe import LEAST, LEAST_CORRECTIONS, Refit
from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.library.records import GenreHeard
from soniq_desktop.ui.spectrogram.text import clock

OWN_FROM = 20  # labels from which `measured_coverage` says something
THIN = "\u202f"  # before a unit
NOTES = {
    "new": ("Not analysed yet", ""),
    "not sure": ("Not sure", "Too many genres would be needed to be right often enough."),
    "speech": ("Speech", "This sounds like talking, so no genre is named."),
    "no music": ("No music heard", "This sounds like noise or an effect, so no genre is named."),
    "too short": ("Too short", "A genre needs at least three seconds of sound."),
    "silence": ("Silence", "There is nothing to hear in this song."),
    "clipped": ("Clipped", "The sound is so overloaded that a genre would be a guess."),
}
ABOUT_SETS = (
    "The promise is an average over songs like those it was measured on: so often does a set hold the genre. "
    "It is not the probability for this one song."
)


def percent(share: float) -> str:
    """58 %, 5.0 %, 0.4 %, and <0.1 % for what is next to nothing."""
    if share >= 0.0995:
        return f"{100 * share:.0f}{THIN}%"
    return f"{100 * share:.1f}{THIN}%" if share >= 0.0005 else f"<0.1{THIN}%"


def band(low: float, high: float) -> str:
    """0.5 – 3 kHz, 80 – 400 Hz."""
    if high < 1000:
        return f"{_two(low)} – {_two(high)} Hz"
    return f"{_two(low / 1000)} – {_two(high / 1000)} kHz"


def _two(value: float) -> str:
    """Two digits that count, without an exponent."""
    if value >= 100:
        return f"{round(value, -1):.0f}"
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")


def span(region: Region) -> str:
    """0:52.4 – 0:54.1, 0.5 – 3 kHz."""
    return f"{clock(region.start, 1)} – {clock(region.end, 1)}, {band(region.low, region.high)}"


def threshold(heard: GenreHeard) -> float | None:
    """Probability from which on a family is in the set of this song; None where that is not what decides.

    A set takes the likeliest families until it holds enough; with limits for each genre, one that is less
    likely than one outside can be in.
    """
    inside = [FAMILIES.index(name) for name in heard.shown if name in FAMILIES]
    if not inside or len(inside) == len(FAMILIES):
        return None
    least = float(heard.probabilities[inside].min())
    outside = float(np.delete(heard.probabilities, inside).max())
    return least if least >= outside else None


def who_judged(heard: GenreHeard) -> str:
    """Which classifier the probabilities come from."""
    kind, _, rest = heard.classifier.partition(" ")
    if kind != "head":
        return f"Judged by {heard.classifier}."
    embedder = rest.split(" ")[0]
    if embedder.startswith("genre-"):
        return f"Judged by the {embedder.removeprefix('genre-').upper()}, over the whole song."
    return f"Judged from the {embedder} embedding of the whole song."


def compared(heard: GenreHeard | None, evidence: Evidence) -> str:
    """Whom the picture explains, and whether it agrees with who names the genre."""
    order = np.argsort(-evidence.probabilities)[:2]
    says = ", ".join(
        f"{evidence.labels[number]} {percent(float(evidence.probabilities[number]))}" for number in order
    )
    text = f"The picture explains the CRNN, which hears {says} here."
    return text if heard is None else f"{text} {_agreement(heard, evidence.labels[int(order[0])])}"


def _agreement(heard: GenreHeard, crnn: str) -> str:
    family = FAMILIES[int(heard.probabilities.argmax())]
    if crnn == family:
        return "The song’s classifier agrees."
    if crnn in heard.shown:
        return f"The song’s classifier says {family} first."
    return f"They disagree: the song’s classifier says {family}."


def coverage_sentence(found: GenreCoverage) -> str:
    """How often such sets held the truth, with interval and size; on own songs, where there are enough."""
    if found.own is not None:
        own = _measured(found.own, "of yours")
        return f"Sets built this way held the genre that you or the tags say for {own}"
    if found.shipped is None:
        return "Nobody has measured yet how often such sets are right."
    return (
        f"Sets built this way held the teacher model’s genre for {_measured(found.shipped)} "
        f"From {OWN_FROM} songs of yours on whose genre is known, it is measured on those: "
        f"{found.corrections + found.tags} so far."
    )


def _measured(found: Coverage, whose: str = "of the test") -> str:
    interval = f"{100 * found.low:.0f} to {100 * found.high:.0f}"
    return (
        f"{100 * found.share:.1f}{THIN}% ({interval}) of {found.tracks:,} songs {whose}, "
        f"with {found.mean_size:.1f} genres in a set."
    )


def families_sentence(shares: Sequence[tuple[str, float, int]]) -> str:
    """By genre it varies: best and worst of (family, coverage, songs)."""
    if len(shares) < 2:
        return ""
    ordered = sorted(shares, key=lambda each: -each[1])
    best, worst = ordered[0], ordered[-1]
    return (
        f"By genre it varies: {best[0]} {100 * best[1]:.0f}{THIN}%, {worst[0]} {100 * worst[1]:.0f}{THIN}%."
    )


def learned(refit: Refit | None, corrections: int) -> str:
    """What the answers have taught, on answers that were held back."""
    answers = f"{corrections} answer{'' if corrections == 1 else 's'} so far"
    if refit is None:
        return (
            f"{answers}. What SONIQ learned can be checked from {LEAST_CORRECTIONS} answers, {LEAST} known "
            "songs and two artists on."
        )
    before, after = 100 * refit.right_before, 100 * refit.right_after
    words = f"{answers}. Of {refit.labels} known songs, each judged without its own answer, "
    if refit.taught:
        return f"{words}{after:.0f}{THIN}% are right now; before you taught it, {before:.0f}{THIN}%."
    return (
        f"{words}{before:.0f}{THIN}% are right; learning from them did not help yet, so nothing was changed."
    )


def in_order(probabilities: NDArray[np.float32]) -> list[tuple[str, float]]:
    """Families with their probabilities, the likeliest first."""
    order = np.argsort(-probabilities, kind="stable")
    return [(FAMILIES[int(each)], float(probabilities[each])) for each in order]
