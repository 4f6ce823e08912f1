"""Mixer presets: those that come with SONIQ, and the user's own, kept with their documents."""

import secrets
from dataclasses import asdict, replace
from typing import Any

from tinydb.table import Document, Table

from soniq_desktop.audio.mixer import Lane, MixState
from soniq_desktop.library.documents import Documents

ORIGINAL, KARAOKE, ACAPELLA, NO_DRUMS, CUSTOM = "Original", "Karaoke", "Acapella", "No drums", "Custom"
OWN = (ORIGINAL, KARAOKE, ACAPELLA, NO_DRUMS)


def built_in(name: str, stems: tuple[str, ...]) -> tuple[Lane, ...]:
    """The lanes of a preset that comes with SONIQ."""
    muted = {KARAOKE: {"vocals"}, ACAPELLA: set(stems) - {"vocals"}, NO_DRUMS: {"drums"}}.get(name, set())
    return tuple(Lane(muted=stem in muted) for stem in stems)


def available(stems: tuple[str, ...]) -> list[str]:
    """The presets of `OWN` that these stems can make."""
    return [name for name in OWN if name in {ORIGINAL, KARAOKE, ACAPELLA} or "drums" in stems]


def name_of(state: MixState, stems: tuple[str, ...]) -> str:
    """Which preset the lanes are set to; CUSTOM where it is none."""
    found = (name for name in available(stems) if built_in(name, stems) == state.lanes)
    return next(found, CUSTOM)


class Presets:
    """The user's presets by name. Every change is on the disk when the method returns (DocumentError).

    A preset holds lanes by the names of their stems, speed and key; the loop and the comparison with the
    original belong to a track and are not kept.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def names(self) -> list[str]:
        """In the order of the alphabet."""
        with self._documents.lock:
            return sorted((str(each["name"]) for each in self._table().all()), key=str.casefold)

    def get(self, name: str, state: MixState, stems: tuple[str, ...]) -> MixState | None:
        """`state` with the preset's values put on top; None where there is none of that name."""
        with self._documents.lock:
            found = self._find(name)
        if found is None:
            return None
        kept = found.get("lanes", {})
        lanes = tuple(_lane(kept.get(stem, {})) for stem in stems)
        changed = replace(
            state, lanes=lanes, speed=found.get("speed", 1.0), semitones=found.get("semitones", 0.0)
        )
        return changed.within_limits()

    def save(self, name: str, state: MixState, stems: tuple[str, ...]) -> None:
        """Keep the mixer under a name, in place of an older one of that name."""
        lanes = {stem: asdict(lane) for stem, lane in zip(stems, state.lanes, strict=True)}
        values = {"name": name, "lanes": lanes, "speed": state.speed, "semitones": state.semitones}
        with self._documents.lock:
            older = self._find(name)
            number = older.doc_id if older is not None else secrets.randbits(47) + 1
            self._table().upsert(Document(values, doc_id=number))
            self._documents.flush()

    def rename(self, name: str, new: str) -> None:
        """Another name; an older preset of that name gives way. Nothing where there is none."""
        with self._documents.lock:
            found = self._find(name)
            if found is None or name == new:
                return
            older = self._find(new)
            if older is not None:
                self._table().remove(doc_ids=[older.doc_id])
            self._table().update({"name": new}, doc_ids=[found.doc_id])
            self._documents.flush()

    def delete(self, name: str) -> None:
        """Forget a preset; nothing where it is gone."""
        with self._documents.lock:
            found = self._find(name)
            if found is not None:
                self._table().remove(doc_ids=[found.doc_id])
                self._documents.flush()

    def _find(self, name: str) -> Document | None:
        return next((each for each in self._table().all() if each.get("name") == name), None)

    def _table(self) -> Table:
        return self._documents.table("mixer_presets")


def _lane(values: dict[str, Any]) -> Lane:
    """A lane of what was kept; unknown values of a newer version are left out."""
    return Lane(
        float(values.get("gain_db", 0.0)),
        float(values.get("pan", 0.0)),
        bool(values.get("muted", False)),
        bool(values.get("solo", False)),
    )
