"""run.py: what it checks and decides, without installing anything."""

import ast
import importlib.util
import json
import shutil
import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A fresh run.py whose environment is an empty folder."""
    spec = importlib.util.spec_from_file_location("run_under_test", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "soniq-setup.json")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return module


def test_only_the_standard_library_is_imported() -> None:
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_an_old_python_is_told_so(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(run, "MINIMUM", (99, 0))
    assert run.main([]) == 2
    assert "needs Python 3.11 or newer" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("apt-get", "sudo apt-get install -y libportaudio2"),
        ("dnf", "sudo dnf install -y portaudio"),
        ("pacman", "sudo pacman -S --needed portaudio"),
    ],
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="checks the libraries of Linux")
def test_missing_libraries_end_with_the_line_to_type(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, tool: str, line: str
) -> None:
    monkeypatch.setattr(run, "loadable", lambda library: library != "libportaudio.so.2")
    monkeypatch.setattr(run, "may_install", lambda: False)
    monkeypatch.setattr(run.shutil, "which", lambda name: name if name == tool else None)
    monkeypatch.setattr(run, "has_display", lambda: True)
    assert run.main([]) == 2
    assert capsys.readouterr().err.rstrip().endswith(line)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs apt-get")
def test_root_on_debian_gets_them_installed(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    present = {"value": False}
    asked: list[list[str]] = []

    def install(packages: list[str]) -> bool:
        asked.append(packages)
        present["value"] = True
        return True

    monkeypatch.setattr(run, "loadable", lambda library: present["value"] or "EGL" not in library)
    monkeypatch.setattr(run, "may_install", lambda: True)
    monkeypatch.setattr(run, "apt_install", install)
    run.check_libraries()
    assert asked == [["libegl1"]]


def test_set_up_is_done_once_and_again_when_the_pins_change(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[tuple[str, ...]] = []
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    monkeypatch.setattr(run, "ROOT", tmp_path)

    def make() -> None:
        run.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        run.PYTHON.touch()

    def pip(*arguments: str, **_options: object) -> bool:
        calls.append(arguments)
        return "hnswlib" not in arguments[0]

    monkeypatch.setattr(run, "make_environment", make)
    monkeypatch.setattr(run, "pip", pip)
    run.set_up("dev")
    assert any(".[dev]" in arguments for arguments in calls)
    calls.clear()
    run.set_up("dev")
    run.set_up("")
    assert calls == []
    (tmp_path / "constraints.txt").write_text("torch==2.99.0\nhnswlib==0.8.0\n")
    run.set_up("")
    assert calls


def test_torch_comes_from_pips_own_offer_first(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(run, "LINUX", True)
    monkeypatch.setattr(run, "pip", lambda *arguments, **_: bool(calls.append(arguments)) or len(calls) == 2)
    run.install_torch()
    assert calls[0][0].endswith("+cpu")
    assert run.TORCH_CPU_INDEX in calls[1]


def test_without_a_display_the_tour_is_given(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(run, "LINUX", True)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(run, "check_libraries", lambda: None)
    monkeypatch.setattr(run, "set_up", lambda extras: None)
    monkeypatch.setattr(run, "start", lambda arguments: started.append(arguments) or 0)
    assert run.main([]) == 0
    assert started == [["tour"]]
    assert "no display" in capsys.readouterr().out


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays of X11")
def test_a_display_that_does_not_answer_is_none(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for display in ("", ":61234", "localhost:59000.0", "nonsense"):
        monkeypatch.setenv("DISPLAY", display)
        assert not run.has_display()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    assert not run.has_display()
    (tmp_path / "wayland-7").touch()
    assert run.has_display()


def test_an_x_server_that_listens_is_found(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1] - 6000
        assert run.x_server_answers(f"127.0.0.1:{number}.0")


def test_other_words_are_soniq_commands(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(run, "set_up", lambda extras: None)
    monkeypatch.setattr(run, "start", lambda arguments: started.append(arguments) or 0)
    assert run.main(["search", "blue", "train"]) == 0
    assert started == [["search", "blue", "train"]]


def test_one_failing_check_fails_the_run_but_all_are_run(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    for name in ("check_libraries", "install_test_programs"):
        monkeypatch.setattr(run, name, lambda: None)
    monkeypatch.setattr(run, "set_up", lambda extras: None)
    monkeypatch.setattr(run.subprocess, "call", lambda command, **_: int("mypy" in command))
    assert run.run_tests([]) == 1
    out = capsys.readouterr().out
    assert "== pytest" in out
    assert out.rstrip().endswith("FAILED: mypy")


@pytest.mark.parametrize(
    ("failing", "alone", "code", "last"),
    [
        (["tests/ui/test_a.py::test_b"], 0, 0, "All checks passed."),
        (["tests/ui/test_a.py::test_b"], 1, 1, "FAILED: pytest, the window"),
        (["tests/unit/test_a.py::test_b"], 0, 1, "FAILED: pytest, the window"),
        ([f"tests/ui/test_a.py::test_{n}" for n in range(3)], 0, 1, "FAILED: pytest, the window"),
        (None, 0, 1, "FAILED: pytest, the window"),
    ],
    ids=["passes alone", "fails again", "of a unit", "too many", "no record"],
)
def test_few_tests_of_the_window_that_fail_are_tried_once_more_and_named(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, tmp_path: Path,
    failing: list[str] | None, alone: int, code: int, last: str,
) -> None:  # fmt: skip
    for name in ("check_libraries", "install_test_programs"):
        monkeypatch.setattr(run, name, lambda: None)
    monkeypatch.setattr(run, "set_up", lambda extras: None)
    monkeypatch.setattr(run, "ROOT", tmp_path)
    record = tmp_path / ".pytest_cache/v/cache/lastfailed"
    record.parent.mkdir(parents=True)
    if failing is not None:
        record.write_text(json.dumps(dict.fromkeys(failing, True)))

    def answer(command: list[str], **_: object) -> int:
        if failing and command[-1] == failing[-1]:
            return alone
        return int("tests/ui" in command)

    monkeypatch.setattr(run.subprocess, "call", answer)
    assert run.run_tests([]) == code
    out = capsys.readouterr().out
    assert out.rstrip().endswith(last)
    assert ("UNSTEADY" in out) == (code == 0)


def test_constraints_pin_versions_and_name_no_host() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(line.count("==") == 1 and "/" not in line and "@" not in line for line in pins)
    names = {line.split("==")[0].lower() for line in pins}
    assert {"torch", "hnswlib", "pyside6_essentials", "numpy", "av", "demucs"} <= names


def test_an_environment_that_works_is_kept_and_a_broken_one_is_made_anew(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    monkeypatch.setattr(run, "VENV", venv)
    monkeypatch.setattr(run, "PYTHON", venv / ("Scripts/python.exe" if run.WINDOWS else "bin/python"))
    run.make_environment()
    assert run.usable_environment()
    mine = venv / "something of mine"
    mine.touch()
    run.make_environment()
    assert mine.exists()
    shutil.rmtree(next(venv.rglob("site-packages")) / "pip")
    assert not run.usable_environment()
    run.make_environment()
    assert run.usable_environment()
    assert not mine.exists()
