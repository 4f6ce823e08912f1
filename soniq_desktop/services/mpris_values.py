"""What MPRIS clients are told: the state of the player as D-Bus values (freedesktop.org, MPRIS 2.2).

Times are microseconds there. PySide sends a Python integer inside a map as 32 bit where it fits: the type of
"mpris:length" is i for songs below 36 minutes, where the specification has x. "Position" and "Seek" have x.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtDBus import QDBusObjectPath

from soniq_desktop.audio.queue import Repeat
from soniq_desktop.library.records import Track

NO_TRACK = "/org/mpris/MediaPlayer2/TrackList/NoTrack"
SECOND = 1_000_000  # microseconds
STATUS = {"playing": "Playing", "paused": "Paused", "stopped": "Stopped"}
LOOPS: dict[Repeat, str] = {"off": "None", "one": "Track", "all": "Playlist"}

ArtUrl = Callable[[str], str]  # artwork key -> "file:///...", "" where there is no picture


def track_path(track: Track | None) -> str:
    """The D-Bus object path that stands for a track."""
    return NO_TRACK if track is None else f"/io/github/soniq/track/{track.id}"


def metadata(track: Track | None, duration: float, art_url: ArtUrl) -> dict[str, Any]:
    """The map "Metadata"; what a file does not say is left out. `duration` in seconds."""
    found: dict[str, Any] = {"mpris:trackid": QDBusObjectPath(track_path(track))}
    if track is None:
        return found
    tags = track.tags
    url = art_url(tags.artwork) if tags.artwork else ""
    said = {
        "xesam:title": utf8(track.title),
        "xesam:artist": names(track.artist),
        "xesam:album": utf8(tags.album),
        "xesam:albumArtist": names(tags.album_artist),
        "xesam:genre": names(tags.genre),
        "xesam:trackNumber": tags.track_number,
        "xesam:discNumber": tags.disc_number,
        "xesam:url": Path(track.path).as_uri(),
        "mpris:artUrl": url,
        "mpris:length": round(duration * SECOND),
    }
    return found | {name: value for name, value in said.items() if value}


def names(text: str) -> list[str]:
    """Several artists or genres stand in one field, joined with "; "."""
    return [utf8(each) for each in text.split("; ") if each]


def utf8(text: str) -> str:
    """Text that a bus may carry: names made from files may hold bytes that are no UTF-8."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
