"""How stems are called and drawn, and how the mixer's values are written."""

from dataclasses import dataclass

from PySide6.QtGui import QColor

from soniq_desktop.audio.mixer import GAIN_DB, Lane
from soniq_desktop.ui.theme import Theme

MINUS = "−"


@dataclass(frozen=True, slots=True)
class Look:
    """Name, icon and the slot of the genre palette whose colour a stem has."""

    title: str
    icon: str
    family: str

    @property
    def color(self) -> QColor:
        """In the theme in force."""
        return Theme.current().genre(self.family)


LOOKS = {
    "vocals": Look("Vocals", "ph.microphone", "Pop"),
    "drums": Look("Drums", "mdi6.metronome", "Jazz"),
    "bass": Look("Bass", "ph.waves", "Electronic"),
    "other": Look("Other", "ph.music-notes-simple", "Classical"),
    "accompaniment": Look("Accompaniment", "ph.music-notes-simple", "Classical"),
}


def look(stem: str) -> Look:
    """Of a stem; one that is not known gets its own name and the colour of the rest."""
    return LOOKS.get(stem) or Look(stem.capitalize(), "ph.music-notes-simple", "Classical")


def signed(value: float, digits: int = 1) -> str:
    """ "0.0", "+1.5" or "−1.5" with a true minus sign."""
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


def gain_text(lane: Lane, *, soloed_elsewhere: bool = False) -> str:
    """What a lane is set to: "muted", "−1.5 dB", "−∞ dB"; "not soloed" where another lane alone sounds."""
    if lane.muted:
        return "muted"
    if soloed_elsewhere and not lane.solo:
        return "not soloed"
    if lane.gain_db <= GAIN_DB[0]:
        return f"{MINUS}∞ dB"
    return f"{signed(lane.gain_db)} dB"


def pan_text(pan: float) -> str:
    """ "C", "12 L", "100 R"."""
    amount = round(abs(pan) * 100)
    return "C" if amount == 0 else f"{amount} {'L' if pan < 0 else 'R'}"


def spoken_pan(pan: float) -> str:
    """The same in words."""
    amount = round(abs(pan) * 100)
    return "centre" if amount == 0 else f"{amount} % {'left' if pan < 0 else 'right'}"


def semitones_text(semitones: float) -> str:
    """ "0 semitones", "+1 semitone"."""
    text = signed(semitones, 0)
    return f"{text} semitone{'' if abs(round(semitones)) == 1 else 's'}"
