"""What the player needs to know about a track."""

from dataclasses import dataclass

from soniq_desktop.audio.gain import LoudnessMode, normalisation_gain


@dataclass(frozen=True, slots=True)
class Source:
    """A track as the engine sees it. `loudness` in LUFS and `true_peak` in dBTP; None: not measured."""

    track: int
    path: str
    title: str
    loudness: float | None = None
    true_peak: float | None = None
    album: str | None = None  # the same string for tracks of one album
    album_loudness: float | None = None
    album_peak: float | None = None
    place: tuple[int, int] | None = None  # (disc, track number)

    def gain(self, mode: LoudnessMode) -> float:
        """Linear gain of the normalisation; album values fall back to the track's own."""
        if mode == "off":
            return 1.0
        if mode == "album" and self.album_loudness is not None:
            return normalisation_gain(self.album_loudness, self.album_peak)
        return normalisation_gain(self.loudness, self.true_peak)

    def continues(self, other: "Source") -> bool:
        """True if `other` comes right after this track on the same album."""
        if self.album is None or self.album != other.album or not self.place or not other.place:
            return False
        disc, number = self.place
        return other.place in ((disc, number + 1), (disc + 1, 1))
