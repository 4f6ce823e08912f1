"""Instruments: functions from a note to its sound, found by name.

`voice(pitch, held, velocity, rng)` returns mono (n,) or stereo (n, 2) of about unit peak; `held` is in
seconds and the sound may ring on after it. Velocity changes the timbre only: loudness is the mixer's.
"""

from collections.abc import Callable

import numpy as np

from soniq_desktop.demo.dsp import Signal
from soniq_desktop.demo.instruments import drums, keys, strings, synths, winds

Voice = Callable[[float, float, float, np.random.Generator], Signal]

VOICES: dict[str, Voice] = {**drums.VOICES, **keys.VOICES, **strings.VOICES, **synths.VOICES, **winds.VOICES}
