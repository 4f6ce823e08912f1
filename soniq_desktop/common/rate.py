"""How fast work goes, over the last half minute."""

import time
from collections import deque

WINDOW = 30.0  # seconds


class Rate:
    """Items per second over `WINDOW`, and the time that is left at that rate."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()
        self._since = time.monotonic()

    def add(self, count: int) -> None:
        """So many items have just been finished."""
        self._marks.append((time.monotonic(), count))

    def restart(self) -> None:
        """Forget the past, after a pause."""
        self._marks.clear()
        self._since = time.monotonic()

    def per_second(self) -> float:
        """Items per second; 0.0 while nothing is known."""
        now = time.monotonic()
        while self._marks and self._marks[0][0] < now - WINDOW:
            self._marks.popleft()
        span = min(WINDOW, now - self._since)
        return sum(count for _, count in self._marks) / span if span > 0 else 0.0

    def seconds_left(self, items: int) -> float | None:
        """Seconds for so many more items, None while that cannot be said."""
        rate = self.per_second()
        return items / rate if rate > 0 else None
