"""The history of identifications: the user's, on the disk."""

from soniq_desktop.library import identifications
from soniq_desktop.library.documents import Documents
from soniq_desktop.library.identifications import Identification, Identifications


def entry(at: float, **values) -> Identification:
    return Identification(at, "microphone", 3.0, path=values.pop("path", "/a.flac"), **values)


def test_history_survives_a_restart_newest_first(tmp_path):
    documents = Documents(tmp_path / "documents.json")
    history = Identifications(documents)
    history.add(entry(1.0, title="Old"))
    history.add(entry(2.0, title="New", path="/b\udcff.flac"))
    again = Identifications(Documents(tmp_path / "documents.json")).all()
    assert [each.title for each in again] == ["New", "Old"]
    assert again[0].path == "/b\udcff.flac"
    assert again[0].known


def test_entries_change_and_are_forgotten(tmp_path):
    history = Identifications(Documents(tmp_path / "documents.json"))
    number = history.add(entry(1.0, path=""))
    history.change(number, clip="/clips/a.wav")
    history.change(12345, clip="nobody")
    assert history.all()[0].clip == "/clips/a.wav"
    assert not history.all()[0].known
    history.remove([number, 999])
    assert history.all() == []


def test_history_is_bounded_but_kept_clips_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(identifications, "LIMIT", 3)
    history = Identifications(Documents(tmp_path / "documents.json"))
    history.add(entry(0.0, clip="/clips/a.wav"))
    for at in range(1, 6):
        history.add(entry(float(at)))
    assert [each.at for each in history.all()] == [5.0, 4.0, 3.0, 0.0]
