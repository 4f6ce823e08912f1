"""The picture of peaks as a table."""

from collections.abc import Sequence

from soniq_desktop.ui.identify.constellation import Constellation
from soniq_desktop.ui.persona.plot import Table

HEADS = ("Time", "Frequency")


def peaks_table(picture: Constellation) -> Table:
    """The peaks that fit the song, in the order of time; where none do, all that were heard."""
    if picture.evidence:
        fitting = [(peak.seconds, peak.hertz) for peak in picture.evidence]
        return Table("Peaks in step with the song", HEADS, _rows(fitting))
    heard = sorted(zip(picture.times.tolist(), picture.hertz.tolist(), strict=True))
    return Table("Peaks heard", HEADS, _rows(heard))


def _rows(peaks: Sequence[tuple[float, float]]) -> list[tuple[str, str]]:
    return [(f"{seconds:.2f} s", f"{hertz:,.0f} Hz") for seconds, hertz in peaks]
