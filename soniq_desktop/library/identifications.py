"""What was identified, and when: the user's, in the documents."""

import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from tinydb.table import Document, Table

from soniq_desktop.library.documents import Documents

LIMIT = 500  # the file is rewritten as a whole


@dataclass(frozen=True, slots=True)
class Identification:
    """One answer.

    Attributes:
        at: Unix seconds.
        source: "microphone", "computer" or "file".
        title, artist, path, audio_hash: the track; empty where nothing was recognised.
        offset: seconds into the track where the sound began; `heard` seconds of it were needed.
        confidence, false_alarm_rate: as in fingerprint.records.Match.
        clip: file with the sound of an unknown one, where the user kept it.
        note: for an unknown one, how it sounds, in words.
        asked: Unix seconds at which a kept clip was last compared with the library.
    """

    at: float
    source: str
    heard: float
    title: str = ""
    artist: str = ""
    path: str = ""
    audio_hash: str | None = None
    offset: float = 0.0
    confidence: float = 0.0
    false_alarm_rate: float = 0.0
    clip: str = ""
    note: str = ""
    asked: float = 0.0
    id: int = 0  # given by `add`

    @property
    def known(self) -> bool:
        return bool(self.path)


class Identifications:
    """The history, newest first. Every change is on the disk when the method returns (DocumentError)."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def all(self) -> list[Identification]:
        """Newest first."""
        with self._documents.lock:
            found = [_read(each) for each in self._table().all()]
        return sorted(found, key=lambda each: each.at, reverse=True)

    def add(self, new: Identification) -> int:
        """Keep an answer; returns its id. The oldest beyond LIMIT without a kept clip are let go."""
        number = secrets.randbits(47) + 1
        with self._documents.lock:
            self._put(number, new)
            old = [each.id for each in self.all()[LIMIT:] if not each.clip]
            self._table().remove(doc_ids=old)
            self._documents.flush()
        return number

    def change(self, number: int, **values: Any) -> None:
        """Other values of one of them; nothing where it is gone."""
        with self._documents.lock:
            found = self._table().get(doc_id=number)
            if isinstance(found, Document):
                self._table().update(values, doc_ids=[number])
                self._documents.flush()

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget these."""
        with self._documents.lock:
            there = [number for number in numbers if self._table().contains(doc_id=number)]
            self._table().remove(doc_ids=there)
            self._documents.flush()

    def _put(self, number: int, new: Identification) -> None:
        values = {name: value for name, value in asdict(new).items() if name != "id"}
        # Surrogate escapes of a path travel through JSON as they are: the file is written in ASCII.
        self._table().insert(Document(values, doc_id=number))

    def _table(self) -> Table:
        return self._documents.table("identifications")


def _read(document: Document) -> Identification:
    known = {each.name for each in fields(Identification)} - {"id"}
    return Identification(**{k: v for k, v in document.items() if k in known}, id=document.doc_id)
