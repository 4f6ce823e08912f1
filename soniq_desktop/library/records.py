"""What the library knows about a track: plain values, no database and no Qt."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Mode = Literal["major", "minor"]
TrackState = Literal["new", "listened", "problem"]
Ended = Literal["finished", "part", "skipped"]


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says of itself. Empty strings and None mean "not there"."""

    title: str = ""
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    genre: str = ""
    year: int | None = None
    track_number: int | None = None
    disc_number: int | None = None
    composer: str = ""
    comment: str = ""
    duration: float = 0.0  # seconds
    codec: str = ""  # "flac", "mp3", "vorbis", "opus", "aac", "alac", "pcm", "wavpack", "ape"
    sample_rate: int = 0  # Hz
    channels: int = 0
    bitrate: int = 0  # bit/s
    bit_depth: int = 0  # 0 for lossy codecs
    artwork: str | None = None  # key into the artwork cache


@dataclass(frozen=True, slots=True)
class Features:
    """What listening measured. None: not measurable (silence, too short)."""

    version: int
    loudness: float | None = None  # LUFS, integrated (EBU R128)
    loudness_range: float | None = None  # LU
    true_peak: float | None = None  # dBTP
    tempo: float | None = None  # BPM
    tempo_alternative: float | None = None  # BPM, the other octave
    tempo_confidence: float | None = None  # 0..1
    key: int | None = None  # pitch class of the tonic, C = 0
    mode: Mode | None = None
    key_confidence: float | None = None  # 0..1
    energy: float | None = None  # 0..1
    brightness: float | None = None  # Hz, mean spectral centroid
    onset_rate: float | None = None  # onsets per second
    # Estimates, 0..1: see analysis/descriptors.py for what each of them means.
    danceability: float | None = None
    acousticness: float | None = None
    instrumentalness: float | None = None
    valence: float | None = None
    speechiness: float | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """One row of the library, as views and services see it."""

    id: int
    path: str  # os.fsdecode of the bytes on disk: may hold surrogate escapes
    tags: Tags
    features: Features | None = None
    audio_hash: str | None = None  # hex, BLAKE2b-128 of the demuxed audio packets
    size: int = 0  # bytes
    added_at: float = 0.0  # Unix seconds
    missing: bool = False
    liked: bool = False
    plays: int = 0
    skips: int = 0
    last_played: float | None = None
    state: TrackState = "new"
    tempo_corrected: float | None = None  # BPM as the user says; `features.tempo` then is this one
    genre_corrected: str | None = None  # as the user says: a family or any name
    genre_heard: tuple[str, ...] | None = None  # the set at the user's level; None: not judged yet
    genre_note: str = ""  # why that set is empty: "not sure", "speech", "no music", "too short", "silence"

    @property
    def title(self) -> str:
        """The tagged title, or the file name without its extension."""
        return self.tags.title or self.path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]

    @property
    def artist(self) -> str:
        return self.tags.artist or self.tags.album_artist or "Unknown artist"


@dataclass(frozen=True, slots=True)
class Album:
    """Tracks that belong together: same album title and album artist (or folder, for untagged artists)."""

    id: int
    title: str
    artist: str
    year: int | None
    tracks: int
    duration: float  # seconds
    artwork: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """An artist or a genre with its size."""

    name: str
    tracks: int
    albums: int
    duration: float
    artwork: tuple[str, ...] = ()  # up to four covers


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be read or analysed."""

    id: int
    path: str
    track_id: int | None
    stage: str  # "scan", "tags", "listen"
    reason: str  # a plain sentence
    at: float
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Play:
    """One listening event."""

    track_id: int
    started_at: float  # Unix seconds
    seconds_heard: float
    ended: Ended
    source: str  # "songs", "album", "artist", "genre", "playlist", "search", "similar", "queue"
    position: float = 0.0  # where in the track it ended, seconds


@dataclass(frozen=True, slots=True)
class Filters:
    """Filter chips above the songs table; None or empty means no restriction."""

    lossless: bool = False
    liked: bool = False
    unplayed: bool = False
    added_after: float | None = None  # Unix seconds
    duration: tuple[float, float] | None = None  # seconds
    tempo: tuple[float, float] | None = None  # BPM
    year: tuple[int, int] | None = None
    keys: frozenset[tuple[int, Mode]] = frozenset()
    energy: tuple[float, float] | None = None
    danceability: tuple[float, float] | None = None
    acousticness: tuple[float, float] | None = None
    instrumentalness: tuple[float, float] | None = None
    valence: tuple[float, float] | None = None
    speechiness: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class TrackQuery:
    """What a list of tracks shows and in which order."""

    text: str = ""
    sort: Literal[
        "title",
        "artist",
        "album",
        "genre",
        "tempo",
        "key",
        "energy",
        "duration",
        "plays",
        "added",
        "year",
        "last_played",
        "shuffle",
        "path",
    ] = "artist"
    descending: bool = False
    seed: int = 0  # for sort="shuffle"
    album_id: int | None = None
    artist: str | None = None
    genre: str | None = None  # a file's tag
    family: str | None = None  # what the chips show, one of FAMILIES
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """Figures for the sidebar."""

    tracks: int = 0
    albums: int = 0
    artists: int = 0
    genres: int = 0  # families with songs, as the genres page shows them
    folders: int = 0
    bytes: int = 0
    listened: int = 0
    problems: int = 0


@dataclass(frozen=True, slots=True)
class Waveform:
    """Overview of a whole track for the seek bar and the loudness curve.

    `peak`, `rms` and `colour` are uint8 arrays of one length n (about 1,024). `peak` and `rms` are linear
    amplitude with 255 = full scale; `colour` is the spectral centroid on a log scale, 0 = 100 Hz and
    255 = 8 kHz.
    `loudness` is the short-term loudness curve (EBU R128, 3 s window), float32 LUFS, of any length.
    """

    peak: NDArray[np.uint8]
    rms: NDArray[np.uint8]
    colour: NDArray[np.uint8]
    loudness: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BeatGrid:
    """Where the beats of a track lie.

    Attributes:
        beats: (n,) float32, seconds, ascending.
        downbeats: (n,) bool: the first beat of each bar.
        confidence: 0..1.
        beats_per_bar: 3 or 4.
    """

    beats: NDArray[np.float32]
    downbeats: NDArray[np.bool_]
    confidence: float
    beats_per_bar: int


@dataclass(frozen=True, slots=True)
class Embedding:
    """One vector of one embedder for one track."""

    embedder: str  # "musicnn-msd"
    version: int
    vector: NDArray[np.float32]  # (dim,)
    scores: NDArray[np.float32] | None = None  # (n_tags,), the embedder's own tag probabilities


@dataclass(frozen=True, slots=True)
class GenreHeard:
    """What a classifier says of one track.

    Attributes:
        classifier, version: who said it; results of two must not be mixed.
        probabilities: (12,) float32 in the order of `common.genre_families.FAMILIES`, calibrated.
        shown: the families to name, likeliest first; empty where the set would be too long, or with a note.
        note: why there is no genre: "not sure", "speech", "no music", "too short", "silence", "clipped".
    """

    classifier: str
    version: int
    probabilities: NDArray[np.float32]
    shown: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The landmarks of one recording; times in frames of `fingerprint.layout.FRAME_SECONDS`.

    Attributes:
        frames: length of the recording, in frames.
        peak_times: (n,) uint32, ascending: the stored spectral peaks, which verification reads back.
        peak_bins: (n,) uint16, their frequency in bins: `fingerprint.layout.hertz_of`.
        hashes: (m,) uint32 below 2**HASH_BITS: pairs of the strongest of those peaks.
        hash_times: (m,) uint32: frame of the earlier peak of each pair.
    """

    frames: int
    peak_times: NDArray[np.uint32]
    peak_bins: NDArray[np.uint16]
    hashes: NDArray[np.uint32]
    hash_times: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Listening:
    """Everything the listening stage found out about one file."""

    audio_hash: str  # hex, 32 characters
    duration: float  # seconds, decoded
    features: Features
    waveform: Waveform
    embeddings: tuple[Embedding, ...] = ()
    fingerprint: Fingerprint | None = None
    beats: BeatGrid | None = None  # None: no steady beat was found
    genre: GenreHeard | None = None
