"""Plain sentences about two tracks that follow each other; every figure in them was measured."""

from typing import Literal

from soniq_desktop.common.music import camelot, compatible_keys
from soniq_desktop.library.records import Features, Track

KeyRelation = Literal["same", "relative", "fifth up", "fifth down", "distant"]
Side = Literal["sound", "tempo", "key", "energy", "brightness", "rhythm"]

SAME_TEMPO = 1.0  # per cent
OCTAVE = 0.06  # share by which a doubled or halved tempo may be off


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


def sentence(side: Side, close: bool, one: Track, other: Track, cosine: float) -> str:
    """What `side` says about the step from one track to the other.

    `close`: they are closer in it than most pairs of tracks. Both have been measured on that side.
    """
    a, b = one.features, other.features
    if side == "sound" or a is None or b is None:
        return f"{'Similar' if close else 'Different'} sound ({cosine:.2f})".replace("-", "−")
    if side == "tempo":
        return _tempo(close, a.tempo or 0.0, b.tempo or 0.0)
    if side == "key":
        return _key(key_relation(one, other), a, b)
    if side == "energy":
        return _values("energy", close, a.energy, b.energy, 2, "")
    if side == "brightness":
        before, after = (a.brightness or 0.0) / 1000, (b.brightness or 0.0) / 1000
        return _values("brightness", close, before, after, 1, " kHz")
    return _values("rhythmic density", close, a.onset_rate, b.onset_rate, 1, " onsets a second")


def _tempo(close: bool, before: float, after: float) -> str:
    change = 100 * (after / before - 1)
    figures = f"{before:.0f} to {after:.0f} BPM"
    if abs(change) < SAME_TEMPO:
        return f"Same tempo ({after:.0f} BPM)"
    for factor, name in ((2.0, "Double"), (0.5, "Half")):
        if abs(after / before / factor - 1) < OCTAVE:
            return f"{name} time ({figures})"
    return f"{'Close in tempo' if close else 'Another tempo'}: {figures} ({signed(change)} %)"


def _key(relation: KeyRelation | None, a: Features, b: Features) -> str:
    codes = [camelot(each.key, each.mode) if each.key is not None and each.mode else "" for each in (a, b)]
    names = {
        "same": f"Same key ({codes[0]})",
        "relative": f"Relative keys ({codes[0]} to {codes[1]})",
        "fifth up": f"One key step up ({codes[0]} to {codes[1]})",
        "fifth down": f"One key step down ({codes[0]} to {codes[1]})",
    }
    return names.get(relation or "", f"Another key ({codes[0]} to {codes[1]})")


def _values(name: str, close: bool, before: float | None, after: float | None, digits: int, unit: str) -> str:
    """ "Same energy (0.62)", "Similar energy (0.62 to 0.66)", "Different energy (0.2 to 0.9)"."""
    first, last = f"{before or 0.0:.{digits}f}", f"{after or 0.0:.{digits}f}"
    if first == last:
        return f"Same {name} ({first}{unit})"
    return f"{'Similar' if close else 'Different'} {name} ({first} to {last}{unit})"
