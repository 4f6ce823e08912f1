"""Errors a user can meet: a plain sentence, and what to do next."""


class SoniqError(Exception):
    """An error that is shown to the user as it is.

    Attributes:
        sentence: what happened, one plain sentence.
        hint: what to do next, or an empty string.
    """

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".strip()


class UnreadableAudioError(SoniqError):
    """A file that no decoder can turn into sound."""


class AnalysisError(SoniqError):
    """A stage of the analysis failed for one track."""


class CatalogueError(SoniqError):
    """The library database cannot be opened, migrated or written."""


class DocumentError(SoniqError):
    """The user's documents cannot be read or written."""


class OutputDeviceError(SoniqError):
    """The sound device is absent or refused to open."""


class InputDeviceError(SoniqError):
    """The microphone is absent, refused, silent or gone.

    Attributes:
        kind: "none", "library", "denied", "busy", "silent" or "lost".
    """

    def __init__(self, sentence: str, hint: str = "", kind: str = "busy") -> None:
        super().__init__(sentence, hint)
        self.kind = kind


class ModelError(SoniqError):
    """Weights are missing, damaged or of another kind than expected."""


class NotFoundError(SoniqError):
    """What was asked for (a track, a folder, a playlist) is not there."""


class WorkerStartError(SoniqError):
    """Background processes cannot be started (a broken installation, no memory left)."""
