"""From bars to seconds: loops that fit the music."""

from collections.abc import Sequence

from soniq_desktop.stems.errors import StemsError


def loop_of_bars(
    beats: Sequence[float], first: int, last: int, beats_per_bar: int = 4
) -> tuple[float, float]:
    """The seconds from the start of bar `first` to the end of bar `last`, both counted from 1.

    Args:
        beats: seconds of all beats, rising, the first of them on a bar's first beat. Where the last bar's end
            lies behind the last beat, the distance of the last two beats goes on.

    Raises:
        StemsError: there are not enough beats, or the bars are not in order.
    """
    begin, end = (first - 1) * beats_per_bar, last * beats_per_bar
    if first < 1 or last < first or len(beats) < 2 or begin >= len(beats):
        raise StemsError(f"There is no loop from bar {first} to bar {last} in this track.")
    if end < len(beats):
        return float(beats[begin]), float(beats[end])
    beat = float(beats[-1]) - float(beats[-2])
    return float(beats[begin]), float(beats[-1]) + (end - len(beats) + 1) * beat
