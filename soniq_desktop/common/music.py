"""Names of keys, and which keys go together."""

from typing import Literal

Mode = Literal["major", "minor"]

# The usual spelling of each key: the one with fewer accidentals.
_MAJOR = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_MINOR = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B")


def key_name(tonic: int, mode: Mode) -> str:
    """("F♯m", "A♭", ...) for a pitch class (C = 0) and a mode."""
    return _MAJOR[tonic % 12] if mode == "major" else f"{_MINOR[tonic % 12]}m"


def camelot(tonic: int, mode: Mode) -> str:
    """Code on the Camelot wheel: C major is 8B, A minor 8A, each fifth up adds one."""
    relative = tonic if mode == "major" else tonic + 3
    return f"{(7 * relative + 7) % 12 + 1}{'B' if mode == 'major' else 'A'}"


def compatible_keys(tonic: int, mode: Mode) -> list[tuple[int, Mode]]:
    """The key itself, its relative, and its neighbours a fifth down and up: what mixes without a clash."""
    relative: tuple[int, Mode] = (
        ((tonic + 9) % 12, "minor") if mode == "major" else ((tonic + 3) % 12, "major")
    )
    return [(tonic % 12, mode), relative, ((tonic + 5) % 12, mode), ((tonic + 7) % 12, mode)]
