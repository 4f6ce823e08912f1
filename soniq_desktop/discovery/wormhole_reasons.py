"""Plain words about two tracks that follow each other; every figure in them was measured."""

import re
from typing import Literal

import numpy as np

from soniq_desktop.common.music import Mode, camelot, compatible_keys
from soniq_desktop.discovery.facets import FACETS, Comparison, octaves_between, wheel_steps
from soniq_desktop.discovery.reasons import CLAUSES, LEAST_SHARE, THIN, Ranking, sure
from soniq_desktop.discovery.sounds import Point, Sounds
from soniq_desktop.library.records import Track

KeyRelation = Literal["same", "relative", "fifth up", "fifth down", "distant"]
Nearer = tuple[int, int] | None  # so many of so many songs around; None where it cannot be told

CLOSE_TIMBRE = 0.75  # share of the songs around that must be less alike
MOST_BREAKS = 2  # facets that a weak hop names
NEAR_TEMPO = 0.1  # octaves: less apart than this, tempo is not what breaks a hop
LEVELS = {"energy": 0.15, "loudness": 3.0, "brightness": 0.4}  # –, LU, octaves
NO_TIMBRE = frozenset(
    ("00s", "60s", "70s", "80s", "90s", "oldies", "beautiful", "sexy", "catchy", "party", "happy", "sad")
)
_FIGURES = re.compile(r" \([^)]*\)")


def key_relation(one: Track, other: Track) -> KeyRelation | None:
    """How the key of the later track lies to that of the earlier one; None where one is not known."""
    a, b = one.features, other.features
    if a is None or b is None or a.key is None or b.key is None or a.mode is None or b.mode is None:
        return None
    names: tuple[KeyRelation, ...] = ("same", "relative", "fifth down", "fifth up")
    near = dict(zip(compatible_keys(a.key, a.mode), names, strict=True))
    return near.get((b.key % 12, b.mode), "distant")


def signed(value: float, digits: int = 0) -> str:
    """ "+3", "−4", "±0": with a true minus."""
    rounded = round(value, digits)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else "±"
    return f"{sign}{abs(rounded):.{digits}f}"


def sentence(clauses: list[str], cosine: float, *, weak: bool, nearer: Nearer = None) -> str:
    """Clauses as one sentence; without any, nothing is claimed but the sound as a whole.

    A weak hop then says what else there was: how many of the songs around sound more alike.
    """
    if not clauses:
        whole = f"{'Different' if weak else 'Similar'} as a whole ({cosine:.2f})".replace("-", "−")
        return f"{whole}: {_what_else(*nearer)}" if weak and nearer is not None else whole
    joined = ", ".join(clauses)
    return joined[0].upper() + joined[1:]


def _what_else(nearer: int, around: int) -> str:
    if not nearer:
        return "no song around is nearer"
    return f"{nearer} of {around} songs around {'is' if nearer == 1 else 'are'} nearer"


def nearer_ones(comparison: Comparison, row: int, own: int) -> Nearer:
    """How many songs sound more like the one compared with (row `own`) than `row` does; of how many."""
    cosines = comparison.cosines
    if np.isnan(cosines[row]):
        return None
    known = ~np.isnan(cosines)
    known[[own, row]] = False
    return int(np.count_nonzero(cosines[known] > cosines[row] + 1e-6)), int(np.count_nonzero(known))


def brief(text: str) -> str:
    """A sentence without the figures in brackets, for where they stand beside it."""
    return _FIGURES.sub("", text).replace(" by their tags", "")


def breaking(ranking: Ranking, row: int, facets: list[int]) -> tuple[int, ...]:
    """Of `facets`, worst first: those without which the row would come earlier."""
    before = ranking.rank(row)
    return tuple(f for f in facets if ranking.rank(row, (f,)) < before)[:MOST_BREAKS]


def together(
    sounds: Sounds, point: Point, row: int, tags: tuple[str, ...], comparison: Comparison
) -> list[str]:
    """What can be said of each facet for the two being alike; empty where nothing can."""
    common = shared_tag(sounds, point, row, tags)
    return [
        CLAUSES[name](sounds, point, row, tags) if name in CLAUSES else _close_timbre(comparison, row, common)
        for name in FACETS
    ]


def apart(sounds: Sounds, point: Point, row: int, tags: tuple[str, ...], comparison: Comparison) -> list[str]:
    """What can be said of each facet for the two being different; empty where nothing can."""
    words = {
        "timbre": _far_timbre(comparison, row),
        "rhythm": _far_rhythm(sounds, point, row),
        "harmony": _far_harmony(sounds, point, row),
        "energy": _far_energy(sounds, point, row),
        "mood": _far_mood(sounds, point, row, tags),
    }
    return [words[name] for name in FACETS]


def _closer(comparison: Comparison, row: int) -> float:
    """Share of the songs around that are less alike in timbre; NaN where it cannot be told."""
    cosines = comparison.cosines
    known = int(np.count_nonzero(~np.isnan(cosines)))
    if np.isnan(cosines[row]) or not known:
        return float("nan")
    return float(np.count_nonzero(cosines < cosines[row] - 1e-6)) / known


def shared_tag(sounds: Sounds, point: Point, row: int, tags: tuple[str, ...]) -> str:
    """The tag that is strong in both, or an empty string; decades and praise do not describe a timbre."""
    if point.mood is None or not sounds.has_mood[row]:
        return ""
    both = np.minimum(point.mood, sounds.moods[row]) ** 2  # squares of the unit rows sum to 1
    order = np.argsort(-both, kind="stable")
    named = (int(tag) for tag in order if both[tag] >= LEAST_SHARE and tags[tag] not in NO_TIMBRE)
    found = next(named, None)
    return "" if found is None else tags[found].lower()


def _close_timbre(comparison: Comparison, row: int, tag: str) -> str:
    closer = _closer(comparison, row)
    if not closer >= CLOSE_TIMBRE:
        return ""
    return f"{tag or 'close'} timbre (nearer than {min(int(100 * closer), 99)}{THIN}% of the songs around)"


def _far_timbre(comparison: Comparison, row: int) -> str:
    further = 1 - _closer(comparison, row)
    if not further >= 0.5:
        return ""
    return f"another timbre (further than {min(int(100 * further), 99)}{THIN}% of the songs around)"


def _far_rhythm(sounds: Sounds, point: Point, row: int) -> str:
    before, after = point.values["tempo"], float(sounds.columns["tempo"][row])
    octaves = float(octaves_between(np.array([after]), before)[0])
    if not sure(sounds, point, row, "tempo_confidence") or not abs(octaves) >= NEAR_TEMPO:
        return ""
    return f"tempo {signed(100 * (2**octaves - 1))}{THIN}% ({before:.0f} to {after:.0f}{THIN}BPM)"


def _far_harmony(sounds: Sounds, point: Point, row: int) -> str:
    key, minor = (float(sounds.columns[name][row]) for name in ("key", "minor"))
    steps = wheel_steps(np.array([key]), np.array([minor]), point.values["key"], point.values["minor"])[0]
    if not steps > 1 or not sure(sounds, point, row, "key_confidence"):
        return ""
    codes = f"{_code(point.values['key'], point.values['minor'])} to {_code(key, minor)}"
    return f"key {steps:.0f} steps away ({codes})"


def _code(key: float, minor: float) -> str:
    mode: Mode = "minor" if minor else "major"
    return camelot(int(key), mode)


def _far_energy(sounds: Sounds, point: Point, row: int) -> str:
    """The largest of the differences in energy, loudness and brightness, if it is large."""
    before = point.values
    energy, loudness, bright = (float(sounds.columns[n][row]) for n in ("energy", "loudness", "brightness"))
    gaps = {
        "energy": energy - before["energy"],
        "loudness": loudness - before["loudness"],
        "brightness": float(octaves_between(np.array([bright]), before["brightness"])[0]),
    }
    large = {name: abs(gap) / LEVELS[name] for name, gap in gaps.items() if abs(gap) >= LEVELS[name]}
    if not large:  # NaN is not
        return ""
    side = max(large, key=large.__getitem__)
    up = gaps[side] > 0
    if side == "energy":
        figures = f"({100 * before['energy']:.0f} to {100 * energy:.0f}{THIN}%)"
        return f"{'more' if up else 'less'} energy {figures}"
    if side == "loudness":
        return f"{abs(gaps['loudness']):.0f}{THIN}dB {'louder' if up else 'quieter'}"
    return f"{'brighter' if up else 'darker'} ({before['brightness']:,.0f} to {bright:,.0f}{THIN}Hz)"


def _far_mood(sounds: Sounds, point: Point, row: int, tags: tuple[str, ...]) -> str:
    if point.mood is None or not sounds.has_mood[row]:
        return ""
    before, after = (tags[int(np.argmax(mood))].lower() for mood in (point.mood, sounds.moods[row]))
    return f"from {before} to {after} by their tags" if before != after else ""
