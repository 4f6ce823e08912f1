"""Where SONIQ keeps its files (DESIGN section 4)."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of one SONIQ home. Nothing is created until `ensure` is called."""

    data: Path
    cache: Path
    logs: Path

    @classmethod
    def from_environment(cls) -> "Paths":
        """Use SONIQ_HOME where it is set, otherwise the platform's own folders."""
        home = os.environ.get("SONIQ_HOME")
        if home:
            return cls.under(Path(home))
        dirs = platformdirs.PlatformDirs("soniq", appauthor=False)
        return cls(Path(dirs.user_data_path), Path(dirs.user_cache_path), Path(dirs.user_log_path))

    @classmethod
    def under(cls, home: Path) -> "Paths":
        """Everything below one folder (tests, portable use)."""
        return cls(home, home / "cache", home / "logs")

    @property
    def catalogue(self) -> Path:
        return self.data / "library.sqlite3"

    @property
    def documents(self) -> Path:
        return self.data / "documents.json"

    @property
    def index(self) -> Path:
        return self.data / "index"

    @property
    def fingerprints(self) -> Path:
        return self.data / "fingerprints"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def scrobbles(self) -> Path:
        """Plays that other services are still to be told about."""
        return self.data / "scrobbles.json"

    @property
    def clips(self) -> Path:
        """Recordings that the user kept."""
        return self.data / "clips"

    @property
    def artwork(self) -> Path:
        return self.cache / "artwork"

    @property
    def waveforms(self) -> Path:
        return self.cache / "waveforms"

    @property
    def stems(self) -> Path:
        return self.cache / "stems"

    @property
    def models(self) -> Path:
        """Weights that the user fetched or imported; for those that SONIQ ships see `common.resources`."""
        return self.data / "models"

    @property
    def demo(self) -> Path:
        return self.cache / "demo"

    def ensure(self) -> "Paths":
        """Create the folders and return self."""
        for folder in (self.data, self.cache, self.logs, self.index, self.artwork, self.waveforms):
            folder.mkdir(parents=True, exist_ok=True)
        return self
