"""Short-time analysis for the live views: numpy alone, fast enough for 60 pictures a second.

Time is counted in columns of 10 ms from the start of the track (`COLUMN_RATE`), so what was heard and what
was decoded ahead land in the same place. A column describes the sound around its instant (centred windows).
"""

COLUMN_RATE = 100
"""Columns per second of every short-time analysis in this package."""

FLOOR_DB = -90.0
"""The darkest level shown, dB relative to a full-scale sine."""
