"""The command line over a small library."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from soniq_desktop.cli import commands, doctor, local_path, main, wants_window
from soniq_desktop.cli.output import clock, size
from soniq_desktop.common.errors import SoniqError
from soniq_desktop.common.paths import Paths
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.records import Embedding, Features, Listening, Waveform
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from tests.discovery_fixtures import add_track

TITLES = ("Blue Train", "Blue in Green", "Night Bus", "Kite Season")


@pytest.fixture
def home(paths: Paths) -> list[int]:
    """Four tracks whose vectors lie on a line, in the home that commands use; their numbers."""
    spec = embedder_spec(DEFAULT_EMBEDDER)
    with Catalogue(paths.catalogue, waveforms=paths.waveforms) as catalogue:
        ids = [
            add_track(catalogue, f"{number}.flac", None, title=title, artist=f"Artist {number}", genre="Jazz")
            for number, title in enumerate(TITLES)
        ]
        nothing = np.zeros(4, np.uint8)
        for number, track_id in enumerate(ids):
            vector = np.zeros(spec.dim, np.float32)
            vector[0], vector[1] = 1.0, 0.3 * number
            listening = Listening(
                f"{number:032x}",
                200.0,
                Features(version=FEATURES_VERSION, tempo=120.0 + number, key=9, mode="minor"),
                Waveform(nothing, nothing, nothing, np.zeros(4, np.float32)),
                (Embedding(spec.name, spec.version, vector),),
            )
            catalogue.store_listening(track_id, listening)
    return ids


def run(capsys: pytest.CaptureFixture, *arguments: str, code: int = 0) -> str:
    assert main(arguments) == code
    return capsys.readouterr().out


def run_json(capsys: pytest.CaptureFixture, *arguments: str, code: int = 0) -> dict:
    return json.loads(run(capsys, *arguments, "--json", code=code))


def test_status_counts_the_library(home: list[int], capsys: pytest.CaptureFixture) -> None:
    status = run_json(capsys, "status")
    assert (status["tracks"], status["listened"], status["waiting"]) == (4, 4, 0)
    assert "4 tracks" in run(capsys, "status")


def test_search_finds_beginnings_of_words(home: list[int], capsys: pytest.CaptureFixture) -> None:
    found = run_json(capsys, "search", "blu", "tr")
    assert [track["title"] for track in found["tracks"]] == ["Blue Train"]
    assert found["tracks"][0]["key"] == "Am"
    assert "8A  Am" in run(capsys, "search", "blue")


def test_search_without_a_match_says_so(home: list[int], capsys: pytest.CaptureFixture) -> None:
    assert "Nothing in the library matches “polka”." in run(capsys, "search", "polka")


@pytest.mark.parametrize("words", [["night", "bus"], ["NIGHT BUS"], ["/music/2.flac"], ["number"]])
def test_similar_takes_words_a_path_or_a_number(
    home: list[int], capsys: pytest.CaptureFixture, words: list[str]
) -> None:
    words = [str(home[2])] if words == ["number"] else words
    found = run_json(capsys, "similar", *words, "-k", "2")
    assert found["track"]["title"] == "Night Bus"
    assert {track["title"] for track in found["similar"]} == {"Blue in Green", "Kite Season"}
    assert all(0.9 < track["similarity"] < 1 for track in found["similar"])


def test_similar_asks_which_of_several(home: list[int], capsys: pytest.CaptureFixture) -> None:
    assert main(["similar", "blue"]) == 2
    message = capsys.readouterr().err
    assert "2 tracks match “blue”" in message
    assert message.count("\n") == 1


def test_an_unknown_track_is_one_sentence_and_exit_code_2(
    home: list[int], capsys: pytest.CaptureFixture
) -> None:
    assert main(["similar", "polka"]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "No track in the library matches “polka”.\n")


def test_a_folder_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    assert main(["scan", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err == f"There is no folder {tmp_path / 'nowhere'}.\n"


def test_scan_without_folders_asks_for_one(capsys: pytest.CaptureFixture) -> None:
    assert main(["scan"]) == 2
    assert "soniq scan FOLDER" in capsys.readouterr().err


def test_an_unknown_command_is_exit_code_2(capsys: pytest.CaptureFixture) -> None:
    assert main(["dance"]) == 2


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    def interrupted(_paths: Paths) -> list[doctor.Finding]:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "examine", interrupted)
    assert main(["doctor"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_the_doctor_reports_every_area(home: list[int], capsys: pytest.CaptureFixture) -> None:
    report = run_json(capsys, "doctor")
    assert report["healthy"]
    areas = {finding["area"] for finding in report["findings"]}
    assert areas == {"versions", "folders", "library", "index", "fingerprints", "models", "sound", "display"}
    assert any("4 tracks" in finding["text"] for finding in report["findings"])


def test_a_damaged_database_makes_the_doctor_fail(paths: Paths, capsys: pytest.CaptureFixture) -> None:
    paths.catalogue.write_bytes(os.urandom(8192))
    report = run_json(capsys, "doctor", code=1)
    assert not report["healthy"]
    assert any(f["area"] == "library" and f["state"] == "problem" for f in report["findings"])


def test_one_failing_check_does_not_stop_the_doctor(monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    def broken(_paths: Paths) -> doctor.Lines:
        raise SoniqError("The sound system does not answer.")
        yield

    monkeypatch.setattr(doctor, "CHECKS", (("sound", broken), *doctor.CHECKS[:1]))
    findings = doctor.examine(paths)
    assert findings[0] == doctor.Finding("sound", "problem", "The sound system does not answer.")
    assert len(findings) > 1


def test_the_window_opens_for_nothing_and_for_files(tmp_path: Path) -> None:
    song = tmp_path / "song.flac"
    song.touch()
    assert wants_window([])
    assert wants_window([str(song)])
    assert wants_window([song.as_uri()])
    assert not wants_window(["status"])
    assert not wants_window(["--help"])
    assert not wants_window(["sttaus"])


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
def test_a_file_url_becomes_a_path() -> None:
    assert local_path("file:///music/Caf%C3%A9%20au%20lait.mp3") == "/music/Café au lait.mp3"
    assert local_path("/music/a%20b.mp3") == "/music/a%20b.mp3"


def test_without_a_display_the_window_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 2
    assert "There is no display here." in capsys.readouterr().err


def test_file_names_that_are_not_utf8_can_be_printed(capsys: pytest.CaptureFixture) -> None:
    from soniq_desktop.cli.output import show, table

    name = os.fsdecode(b"caf\xe9.mp3")
    table("", [("Name", "left")], [[name]])
    show({"path": name}, True, lambda: None)
    assert "caf" in capsys.readouterr().out


def test_every_command_is_known_to_the_window_switch() -> None:
    from soniq_desktop.cli import COMMANDS

    names = {command.callback.__name__ for command in commands.app.registered_commands}
    names |= {group.name for group in commands.app.registered_groups}
    assert names == set(COMMANDS)


def test_durations_and_sizes_read_well() -> None:
    assert [clock(62), clock(3844)] == ["1:02", "1:04:04"]
    assert [size(999), size(486_000_000_000)] == ["999 bytes", "486.0 GB"]
