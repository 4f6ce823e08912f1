"""Figures as the live views write them: true minus, thin spacing, units."""

from soniq_desktop.analysis.live.scales import nearest_note

MINUS = "\u2212"


def signed(value: float, decimals: int = 1) -> str:
    """A figure with a true minus."""
    text = f"{abs(value):,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and float(text.replace(",", "")) else text


def clock(seconds: float, decimals: int = 0) -> str:
    """1:39 or 1:39.89; hours where there are some."""
    scale = 10**decimals
    ticks = max(0, int(seconds * scale + 1e-6))
    whole, part = divmod(ticks, scale)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    head = f"{hours}:{minute:02}" if hours else f"{minute}"
    return f"{head}:{second:02}" + (f".{part:0{decimals}}" if decimals else "")


def hertz(value: float) -> str:
    """2,341 Hz, 55.3 Hz."""
    return f"{value:,.0f} Hz" if value >= 100 else f"{value:.1f} Hz"


def short_hertz(value: float) -> str:
    """An axis label: 50, 500, 1 k, 1.5 k."""
    return f"{value:g}" if value < 1000 else f"{value / 1000:g} k"


def range_hertz(value: float) -> str:
    """An end of a range: 40 Hz, 16 kHz."""
    return f"{value:.0f} Hz" if value < 1000 else f"{value / 1000:.3g} kHz"


def note(hz: float, tuning: float = 0.0) -> str:
    """D7 −6 ct."""
    name, octave, cents = nearest_note(hz, tuning)
    sign = "+" if cents > 0 else MINUS if cents < 0 else "±"
    return f"{name}{octave} {sign}{abs(cents)} ct"


def decibel(value: float, floor: float) -> str:
    """−31.4 dB, or "below" the floor of the scale."""
    return f"{signed(value)} dB" if value > floor + 0.05 else f"below {signed(floor, 0)} dB"
