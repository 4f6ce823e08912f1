"""The user's settings: one table of names and defaults, over the documents."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "appearance.theme": "system",  # "system" | "dark" | "light"
        "appearance.scale": 1.0,  # 0.9 | 1.0 | 1.15 | 1.3
        "appearance.reduced_motion": False,
        "keyboard.single_letters": True,
        "library.watch": True,
        "library.sweep_minutes": 5,
        "analysis.workers": 0,  # 0: one per core minus one, at least one
        "playback.device": None,  # None: the system's default
        "playback.volume": 0.7,
        "playback.muted": False,
        "playback.loudness": "track",  # "off" | "track" | "album"
        "playback.crossfade": 0.0,  # seconds
        "playback.radio": True,  # at the end of the queue, music goes on
        "playback.session": None,
        "identify.device": None,  # None: the system's default microphone
        "identify.keep_listening": False,
        "genre.level": 0.9,  # how often a set of families shall hold the true one: 0.8 | 0.9 | 0.95
        "genre.model": "head",  # who judges: "head" on musicnn's vectors | "crnn" on the spectrogram
        "genre.per_class": False,  # that often within each family, too
        "sound.model": "musicnn",  # what songs are compared by: a name of the lab's embedders
        "sound.weights": None,  # a folder (or file) of the user's own with its weights
        "sound.agreed": [],  # models whose licence (and code) the user has agreed to
        "discovery.distance": 20,  # how far from home recommendations may be, 0 to 100
        "wormhole.settings": None,  # length, detour and so on, as they were last
        "discovery.reasons": [],  # of the songs that were offered last, so that a queue can still say why
        "discovery.not_interested": [],  # audio hashes of songs that are not to be offered, the latest last
        "privacy.private_session": False,  # plays are left out of the history
        "persona.period": "12 months",  # "30 days" | "12 months" | "all"
        "scrobble.listenbrainz": False,
        "scrobble.listenbrainz_token": "",
        "scrobble.lastfm": False,
        "scrobble.lastfm_key": "",  # an API account of the user's own: last.fm/api/account/create
        "scrobble.lastfm_secret": "",
        "scrobble.lastfm_session": "",
        "window.session": None,
        "songs.view": None,
    }
)
SAVE_AFTER_MS = 800


class SettingsStore(Protocol):
    """The part of `library.documents.Documents` that settings need."""

    def get(self, name: str, default: Any = None) -> Any: ...

    def set(self, name: str, value: Any) -> None: ...

    def flush(self) -> None: ...


class SettingsService(QObject):
    """Reads are from memory; a write reaches the disk shortly afterwards, and at shutdown at the latest.

    Names outside `DEFAULTS` are a programming error (KeyError), so that a misspelt setting cannot hide.
    """

    changed = Signal(str)

    def __init__(self, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._values = {name: store.get(name, default) for name, default in DEFAULTS.items()}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self._store.flush)

    def get(self, name: str) -> Any:
        """The value, or its default."""
        return self._values[name]

    def set(self, name: str, value: Any) -> None:
        """Keep a value (JSON types only) and tell everybody if it is a new one."""
        if self._values[name] == value:
            return
        self._values[name] = value
        self._store.set(name, value)
        self._timer.start()
        self.changed.emit(name)

    def close(self) -> None:
        """Write what is outstanding."""
        self._timer.stop()
        self._store.flush()
