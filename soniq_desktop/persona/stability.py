"""How firmly an archetype stands: it is worked out again from histories that differ a little."""

from dataclasses import dataclass, replace

import numpy as np

from soniq_desktop.persona.entropy import Array
from soniq_desktop.persona.history import History, first_of
from soniq_desktop.persona.listeners import KINDS, simulated, varied
from soniq_desktop.persona.portrait import portrait

TRIALS = 20
SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Stability:
    """Simulated listeners of one kind.

    Attributes:
        listeners: how many; right: share whose archetype is that of the kind.
        inside: share well inside a class (first share at least 0.15 ahead of the second).
        kept, kept_inside: share of trials with the same archetype, of all and of those well inside.
        steady_inside: share of listeners well inside whose archetype is the same in at least 90 % of trials.
    """

    kind: str
    listeners: int
    right: float
    inside: float
    kept: float
    kept_inside: float
    steady_inside: float


def stability(
    kind: str, listeners: int, *, share: float = SHARE, trials: int = TRIALS, seed: int = 0
) -> Stability:
    """Replace a share of the days by other days of the same listener, `trials` times for each listener."""
    random = np.random.default_rng(seed)
    right, inside, kept = [], [], []
    for number in range(listeners):
        history, acts = simulated(varied(KINDS[kind], random), seed * 1000 + number)
        end = 1_763_000_000.0
        first = portrait(history, "12 months", acts=acts, now=end, offset_of=_utc).archetype
        if first is None:
            continue
        names = [_again(history, acts, end, share, random) for _ in range(trials)]
        right.append(first.name == kind)
        inside.append(first.well_inside)
        kept.append(np.mean([name == first.name for name in names]))
    firm = np.array(kept)[np.array(inside)]
    return Stability(
        kind, len(kept), float(np.mean(right)), float(np.mean(inside)), float(np.mean(kept)),
        float(firm.mean()) if len(firm) else float("nan"),
        float((firm >= 0.9).mean()) if len(firm) else float("nan"),
    )  # fmt: skip


def _again(history: History, acts: Array, end: float, share: float, random: np.random.Generator) -> str:
    found = portrait(resampled(history, share, random), "12 months", acts=acts, now=end, offset_of=_utc)
    return found.archetype.name if found.archetype else ""


def resampled(history: History, share: float, random: np.random.Generator) -> History:
    """The history with a share of its days taken out, and as many others there twice."""
    plays = history.plays
    days = np.unique(plays.day)
    count = round(share * len(days))
    out, twice = np.split(random.permutation(days)[: 2 * count], [count])
    rows = np.concatenate(
        [np.flatnonzero(~np.isin(plays.day, out)), np.flatnonzero(np.isin(plays.day, twice))]
    )
    rows = rows[np.argsort(plays.started[rows], kind="stable")]
    fresh = plays.where(rows)
    return replace(history, plays=replace(fresh, first=first_of(fresh.songs, fresh.counted)))


def _utc(_moment: float) -> int:
    return 0
