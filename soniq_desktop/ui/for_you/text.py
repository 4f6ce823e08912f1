"""Reasons as the window says them, and words for how far from home a list may be."""

from soniq_desktop.discovery.recommend import Recommended

DISTANCES = (  # up to which setting, and what it is called
    (0, "home"),
    (20, "close to home"),
    (45, "some way out"),
    (70, "adventurous"),
    (100, "deep space"),
)
FACET_NAMES = {
    "timbre": "Timbre",
    "rhythm": "Rhythm",
    "harmony": "Harmony",
    "energy": "Energy",
    "mood": "Mood and tags",
}


def why_text(each: Recommended) -> str:
    """Like "Like “Second Sunrise”: same key (8A), +2 % tempo (126 BPM)"."""
    if not each.reason.similarities:  # nothing was compared: a spread of the library
        return each.reason.sentence
    reason = each.reason.sentence[:1].lower() + each.reason.sentence[1:]
    if each.beside is not None:
        return f"Like “{each.because}”: {reason}"
    return f"{'Further out from' if each.exploring else 'From'} {each.because}: {reason}"


def short_why(each: Recommended) -> str:
    """The measured reason alone, for a list whose title says what it goes by."""
    sentence = each.reason.sentence.partition(";")[0]  # what no quality decides is said once, beside the song
    return f"Further out: {sentence[:1].lower()}{sentence[1:]}" if each.exploring else sentence


def distance_word(distance: float) -> str:
    """What a distance of 0 to 100 means."""
    return next(word for most, word in DISTANCES if distance <= most)
