"""Loudness of a whole album, for normalisation that keeps the differences between its tracks."""

from soniq_desktop.audio.gain import album_loudness
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.groups import album_key
from soniq_desktop.library.records import Track, TrackQuery


def album_name(track: Track) -> str | None:
    """The same string for all tracks of one album; None for a track of no album."""
    return album_key(track.tags, track.path)


def level_of_album(catalogue: Catalogue, track: Track) -> tuple[float | None, float | None]:
    """(LUFS, dBTP) of the album that a track belongs to; None where its tracks have not all been measured."""
    tracks = _album_tracks(catalogue, track)
    features = [one.features for one in tracks]
    if not tracks or None in features:
        return None, None
    levels = [
        (one.features.loudness, one.tags.duration)
        for one in tracks
        if one.features is not None and one.features.loudness is not None  # silent tracks have none
    ]
    peaks = [one.true_peak for one in features if one is not None and one.true_peak is not None]
    return album_loudness(levels), max(peaks, default=None)


def _album_tracks(catalogue: Catalogue, track: Track) -> list[Track]:
    key = album_name(track)
    if key is None:
        return []
    for album in catalogue.albums(track.tags.album):
        tracks = catalogue.tracks(catalogue.track_ids(TrackQuery(album_id=album.id)))
        if any(one.id == track.id for one in tracks):
            return tracks
    return []
