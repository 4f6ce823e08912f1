"""What can go wrong while a track is taken apart."""

from soniq_desktop.common.errors import SoniqError


class StemsError(SoniqError):
    """A track cannot be taken apart, or its stems cannot be read or written."""


class NotEnoughMemoryError(StemsError):
    """The engine's expected peak does not fit in the memory that is free.

    Attributes:
        lighter: name of an engine that would fit, or None.
    """

    def __init__(self, sentence: str, hint: str = "", lighter: str | None = None) -> None:
        super().__init__(sentence, hint)
        self.lighter = lighter


class MissingWeightsError(StemsError):
    """The weights of an engine are not on this computer yet."""


class ExistsError(StemsError):
    """A file of that name is there already, and nobody said that it may be replaced."""
