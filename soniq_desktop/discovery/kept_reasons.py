"""Recommendations as JSON types, so that a reason is still there when SONIQ is started again."""

import math
from collections.abc import Mapping
from typing import Any

from soniq_desktop.discovery.facets import FACETS
from soniq_desktop.discovery.reasons import Reason
from soniq_desktop.discovery.recommend import Recommended
from soniq_desktop.library.records import Track


def as_data(each: Recommended) -> dict[str, Any]:
    """What `from_data` takes; the track by its number and its sound."""
    reason = each.reason
    return {
        "track": each.track.id,
        "sound": each.track.audio_hash,
        "score": each.score,
        "cosine": None if math.isnan(each.cosine) else each.cosine,
        "because": each.because,
        "beside": each.beside,
        "exploring": each.exploring,
        "sentence": reason.sentence,
        "named": list(reason.named),
        "joint": reason.joint,
        "shares": dict(reason.shares),
        "similarities": dict(reason.similarities),
    }


def from_data(data: Mapping[str, Any], track: Track) -> Recommended | None:
    """The recommendation again; None where it was of another sound, or is not one."""
    try:
        if data["track"] != track.id or data["sound"] != track.audio_hash:
            return None
        similarities = {str(name): float(value) for name, value in data["similarities"].items()}
        if similarities and set(similarities) != set(FACETS):  # of another version
            return None
        reason = Reason(
            tuple(str(name) for name in data["named"]),
            bool(data["joint"]),
            str(data["sentence"]),
            {str(name): float(value) for name, value in data["shares"].items()},
            similarities,
        )
        return Recommended(
            track,
            float(data["score"]),
            math.nan if data["cosine"] is None else float(data["cosine"]),
            str(data["because"]),
            reason,
            bool(data["exploring"]),
            None if data["beside"] is None else int(data["beside"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
