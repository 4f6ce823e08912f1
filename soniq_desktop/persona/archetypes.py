"""From four axes to four archetypes, each with a share.

The axes lie between 0 and 1 and say one thing each:

    diversity   entropy of genres, bias taken off, over its maximum
    depth       1 − log100(effective artists), clipped: one artist is 1, ten are 0.5, a hundred are 0;
                effective artists = 1 / (chance that two plays are by one artist), unbiased (Simpson 1949)
    engagement  mean of: share of days with listening; 1 − exp(−hours a week / 7); and, where SONIQ itself
                recorded plays, 1 − exp(−likes and unlikes per 100 plays / 2)
    skip rate   skipped starts over starts whose end is known, (s + ½) / (n + 1)

Each is measured in steps from a middle (MIDDLE, STEP), at most two to either side. Explorer and Niche fan are
opposite ends of what is played, Casual and Enthusiast of how; weights below. Shares are the softmax of the
four sums (multinomial logit: McFadden 1974), so they add up to 1, and small changes of an axis change them
little.
"""

from dataclasses import dataclass

import numpy as np

NAMES = ("Explorer", "Niche fan", "Casual", "Enthusiast")
AXES = ("diversity", "depth", "engagement", "skip_rate")
MIDDLE = (0.70, 0.45, 0.50, 0.22)
STEP = (0.14, 0.18, 0.18, 0.12)
WEIGHTS = np.array(
    [
        [1.00, -0.35, 0.00, 0.00],
        [-1.00, 0.35, 0.00, 0.00],
        [0.00, 0.00, -0.70, 0.65],
        [0.00, 0.00, 0.70, -0.65],
    ]
)
SHARPNESS = 1.2
FARTHEST = 2.0
INSIDE = 0.15  # this far ahead of the second: well inside a class


@dataclass(frozen=True, slots=True)
class Axes:
    """Four values from 0 to 1; NaN where nothing is known (then the axis says nothing)."""

    diversity: float
    depth: float
    engagement: float
    skip_rate: float


@dataclass(frozen=True, slots=True)
class Archetype:
    """Shares by name, which add up to 1, the largest first; and the axes that gave them."""

    shares: tuple[tuple[str, float], ...]
    axes: Axes

    @property
    def name(self) -> str:
        return self.shares[0][0]

    @property
    def well_inside(self) -> bool:
        """Far enough from the next class that small changes should not matter."""
        return self.shares[0][1] - self.shares[1][1] >= INSIDE


def archetype(axes: Axes) -> Archetype:
    """Shares of the four archetypes for a position on the axes."""
    values = np.array([getattr(axes, name) for name in AXES])
    steps = np.clip((values - MIDDLE) / STEP, -FARTHEST, FARTHEST)
    scores = SHARPNESS * WEIGHTS @ np.nan_to_num(steps, nan=0.0)
    weights = np.exp(scores - scores.max())
    found = weights / weights.sum()
    order = np.argsort(-found, kind="stable")
    return Archetype(tuple((NAMES[i], float(found[i])) for i in order), axes)


def depth(same_artist: float) -> float:
    """The axis from the chance that two plays are by one artist."""
    effective = 1 / max(same_artist, 1e-4)
    return float(np.clip(1 - np.log10(effective) / 2, 0.0, 1.0))


def engagement(active_days: float, hours_a_week: float, acts_per_100: float | None) -> float:
    """The axis from the share of active days, listening, and likes (None: could not be recorded)."""
    parts = [min(active_days, 1.0), 1 - np.exp(-hours_a_week / 7)]
    if acts_per_100 is not None:
        parts.append(1 - np.exp(-acts_per_100 / 2))
    return float(np.mean(parts))
