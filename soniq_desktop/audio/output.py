"""What every way out of the player has in common."""

from typing import Protocol

from soniq_desktop.audio.ring import Ring

BLOCK = 1024  # frames that the device takes at once


class AudioOutput(Protocol):
    """A running device that reads a ring. One object per opened stream; used by the player's thread only."""

    name: str  # for messages
    sample_rate: int
    channels: int
    latency: float  # seconds from being read to being heard
    silent: bool  # True: there is no device, a clock stands in

    def start(self, ring: Ring) -> None:
        """Begin to read. Raises OutputDeviceError."""

    def publish(self) -> None:
        """Everything up to ring.written may be read now."""

    def frames_read(self) -> int:
        """Frames taken from the ring since its origin."""

    def alive(self) -> bool:
        """False once the stream has ended by itself: the device is gone."""

    def underruns(self) -> int:
        """How often the device ran out of sound, for whatever reason."""

    def close(self) -> None:
        """Stop at once and release the device. Idempotent."""
