"""The vertical axis of a live view: a log scale that can be zoomed."""

import math
from dataclasses import dataclass, replace

from soniq_desktop.analysis.live.scales import from_log_fraction, log_fraction


@dataclass(frozen=True, slots=True)
class LogAxis:
    """Shows `low` to `high` within `lowest` to `highest`; fractions run from 0 (bottom) to 1 (top)."""

    lowest: float
    highest: float
    low: float
    high: float
    narrowest: float = 2.0  # smallest ratio of high to low

    @classmethod
    def whole(cls, lowest: float, highest: float, narrowest: float = 2.0) -> "LogAxis":
        """All of a range."""
        return cls(lowest, highest, lowest, highest, narrowest)

    @property
    def zoomed(self) -> bool:
        return (self.low, self.high) != (self.lowest, self.highest)

    def value(self, fraction: float) -> float:
        """What lies at a height."""
        return from_log_fraction(fraction, self.low, self.high)

    def fraction(self, value: float) -> float:
        """The height at which a value lies."""
        return log_fraction(value, self.low, self.high)

    def zoom(self, factor: float, around: float) -> "LogAxis":
        """Show 1/factor of the octaves; what lies at the fraction `around` stays in its place."""
        fixed = self.value(around)
        wanted = max(math.log(self.narrowest), math.log(self.high / self.low) / factor)
        ratio = math.exp(min(math.log(self.highest / self.lowest), wanted))
        low = min(max(self.lowest, fixed / ratio**around), self.highest / ratio)
        return replace(self, low=low, high=low * ratio)
