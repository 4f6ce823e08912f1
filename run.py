#!/usr/bin/env python3
"""Set SONIQ up and start it, with nothing but Python.

    python3 run.py                    set up once, then open SONIQ (without a display: the tour)
    python3 run.py test [arguments]   set up once, then every check; with arguments just pytest
    python3 run.py <command> ...      any soniq command: scan, status, search, similar, demo, doctor, tour

Standard library only, and nothing is asked: the same line works on a desktop and in a bare container.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "soniq-setup.json"
MINIMUM = (3, 11)
WINDOW_TESTS, LONG_TESTS = "pytest, the window", "pytest, end to end"
MOST_UNSTEADY = 2  # tests that may fail once and pass alone; more is not chance
WINDOWS, LINUX = os.name == "nt", sys.platform.startswith("linux")
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"

# Shared library -> package of Debian, Fedora, Arch.
WINDOW_LIBRARIES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb", "libxcb"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb", "libxcb"),
    "libxcb-glx.so.0": ("libxcb-glx0", "libxcb", "libxcb"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libx11"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util", "xcb-util"),
}
SOUND_LIBRARIES = {"libportaudio.so.2": ("libportaudio2", "portaudio", "portaudio")}
INSTALLERS = (  # program, line to type
    ("apt-get", "sudo apt-get install -y"),
    ("dnf", "sudo dnf install -y"),
    ("pacman", "sudo pacman -S --needed"),
)
# What some tests want and skip without: a screen, a sound card, a font.
TEST_PROGRAMS = {
    "Xvfb": "xvfb xauth libgl1-mesa-dri",
    "pulseaudio": "pulseaudio pulseaudio-utils libasound2-plugins",
}
FONT_PACKAGE = "fonts-dejavu-core"
VENV_PACKAGE = "python{}.{}-venv".format(*sys.version_info[:2])


class Stop(Exception):  # noqa: N818 (not a fault of the program: the user has something to do first)
    """Set-up cannot go on; the text says what to do."""


def say(sentence: str) -> None:
    print(sentence, flush=True)


# ------------------------------------------------------------------------------------------ system libraries


def loadable(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(libraries: dict[str, tuple[str, str, str]], distribution: int) -> list[str]:
    """The packages of `distribution` (0 Debian, 1 Fedora, 2 Arch) whose libraries cannot be loaded."""
    return sorted({names[distribution] for library, names in libraries.items() if not loadable(library)})


def may_install() -> bool:
    return LINUX and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages as root; True where that worked."""
    apt_get("update", "-qq")
    done = apt_get("install", "-y", "-qq", "--no-install-recommends", *packages)
    if done.returncode:
        say((done.stdout + done.stderr)[-2000:])
    return done.returncode == 0


def apt_get(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    command = ["apt-get", *arguments]
    return subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def check_libraries() -> None:
    """Make sure that Qt and PortAudio find their system libraries.

    Raises:
        Stop: some are missing and this user cannot install them.
    """
    if not LINUX:
        return
    libraries = {**WINDOW_LIBRARIES, **SOUND_LIBRARIES}
    kind = next((n for n, (program, _) in enumerate(INSTALLERS) if shutil.which(program)), 0)
    missing = missing_packages(libraries, kind)
    if not missing:
        return
    line = f"{INSTALLERS[kind][1]} {' '.join(missing)}"
    if not may_install():
        raise Stop("Some system libraries are missing. Type this line, then start again:\n\n    " + line)
    say(f"Installing {len(missing)} system libraries ...")
    if not apt_install(missing) or missing_packages(libraries, kind):
        raise Stop("System libraries could not be installed. Try this line, then start again:\n\n    " + line)


def install_test_programs() -> None:
    """A screen, a sound card and a font for the tests, where we may install them; tests skip without."""
    wanted = [packages for program, packages in TEST_PROGRAMS.items() if not shutil.which(program)]
    if not Path("/usr/share/fonts").is_dir():
        wanted.append(FONT_PACKAGE)
    if not wanted or not LINUX:
        return
    packages = " ".join(wanted).split()
    if not may_install():
        say("Some tests will be skipped; they need: " + " ".join(packages))
        return
    say("Installing what the tests want: " + " ".join(packages) + " ...")
    if not apt_install(packages):
        say("That did not work; the tests that need it will be skipped.")


# ------------------------------------------------------------------------------------------ Python packages


def fingerprint() -> str:
    """Changes when the environment has to be set up again."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    digest.update(f"{sys.version}|{platform.machine()}|{ROOT}".encode())
    return digest.hexdigest()


def stamped(key: str, extras: str) -> bool:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        return PYTHON.exists() and stamp["key"] == key and extras in stamp["extras"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def pip(*arguments: str, quiet: bool = False, **environment: str) -> bool:
    """Run pip in our environment; True where it succeeded. `quiet` hides even the errors."""
    command = [str(PYTHON), "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check"]
    output = subprocess.DEVNULL if quiet else None
    variables = dict(os.environ, PIP_ROOT_USER_ACTION="ignore", **environment)
    return not subprocess.call(
        [*command, *arguments],
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )


def usable_environment() -> bool:
    """Whether `.venv` works here, for this version of Python (a moved or copied one does not)."""
    question = f"import sys, pip; print(sys.version_info[:2] == {tuple(sys.version_info[:2])}, sys.prefix)"
    try:
        answer = subprocess.run([str(PYTHON), "-c", question], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.strip() == f"True {VENV}"


def make_environment() -> None:
    """Create `.venv`, unless there is one that works: what somebody installed there stays.

    Raises:
        Stop: this Python cannot make environments.
    """
    if usable_environment():
        return
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode and may_install() and apt_install([VENV_PACKAGE]):
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        line = "sudo apt-get install -y " + VENV_PACKAGE
        raise Stop(f"Python cannot make a virtual environment here. On Debian or Ubuntu type:\n\n    {line}")


def pinned(name: str) -> str:
    """The requirement of one package as constraints.txt has it."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return next(line.split("#")[0].strip() for line in lines if line.startswith(name + "=="))


def install_torch() -> None:
    """CPU torch: what pip is configured to offer, on Linux else PyTorch's CPU index, else the default one."""
    torch = pinned("torch")
    if LINUX:  # elsewhere the default index has CPU builds
        if pip(torch + "+cpu", quiet=True):
            return
        if pip("--no-deps", "--index-url", TORCH_CPU_INDEX, torch, quiet=True):
            return
    if not pip(torch):
        raise Stop("torch could not be installed. Check the network connection and start again.")


def install_index() -> bool:
    """hnswlib has no wheels and compiles here; without it exact search takes over."""
    if pip(pinned("hnswlib"), "-c", "constraints.txt", quiet=True, HNSWLIB_NO_NATIVE="1"):
        return True
    say("hnswlib could not be built (is there a C++ compiler?), so SONIQ searches exactly instead.")
    return False


def set_up(extras: str) -> None:
    """Make `.venv` and install what is missing; nothing to do when the stamp is current."""
    key = fingerprint()
    if stamped(key, extras):
        return
    began = time.monotonic()
    if STAMP.exists():
        say("Bringing SONIQ's environment up to date.")
    else:
        say("Setting SONIQ up in .venv, once; this takes a few minutes and about 1.5 GB.")
    say("1/4  Python environment")
    make_environment()
    STAMP.unlink(missing_ok=True)
    say("2/4  torch (CPU build)")
    install_torch()
    say("3/4  SONIQ and what it uses")
    target = f".[{extras}]" if extras else "."
    if not pip("-c", "constraints.txt", "-e", target):
        raise Stop("The packages could not be installed. Check the network connection and start again.")
    say("4/4  Search index")
    indexed = install_index()
    stamp = {"key": key, "extras": ["", extras] if extras else [""], "hnswlib": indexed}
    STAMP.write_text(json.dumps(stamp), encoding="utf-8")
    say(f"Ready after {time.monotonic() - began:.0f} s.")


# ------------------------------------------------------------------------------------------ commands


def has_display() -> bool:
    """Whether a window can open: a display is named, and something answers there."""
    if not LINUX or os.environ.get("QT_QPA_PLATFORM"):
        return True
    wayland = os.environ.get("WAYLAND_DISPLAY")
    if wayland and Path(os.environ.get("XDG_RUNTIME_DIR", "/"), wayland).exists():
        return True
    return x_server_answers(os.environ.get("DISPLAY", ""))


def x_server_answers(display: str) -> bool:
    """Connect to an X display such as ":0", "unix:1.0" or "host:10"."""
    host, _, number = display.rpartition(":")
    number = number.partition(".")[0]
    if not number.isdigit():
        return False
    path = "/tmp/.X11-unix/X" + number  # noqa: S108 (where X servers listen)
    if host in {"", "unix"}:
        return any(connects(socket.AF_UNIX, address) for address in (path, "\0" + path))
    return connects(socket.AF_INET, (host, 6000 + int(number)))


def connects(family: int, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(2)
            probe.connect(address)
    except OSError:
        return False
    return True


def start(arguments: list[str]) -> int:
    """Hand over to soniq; on POSIX this process becomes it."""
    command = [str(PYTHON), "-m", "soniq_desktop", *arguments]
    if WINDOWS:
        return subprocess.call(command)
    sys.stdout.flush()
    os.execv(str(PYTHON), command)  # noqa: S606
    return 0


def open_soniq() -> int:
    if has_display():
        check_libraries()
        set_up("")
        return start([])
    say("There is no display here, so SONIQ gives its tour without a window.")
    return tour([])


def tour(arguments: list[str]) -> int:
    check_libraries()
    set_up("")
    return start(["tour", *arguments])


def checks(arguments: list[str]) -> list[tuple[str, list[str], dict[str, str]]]:
    """(name, command, extra environment) of every check."""
    python = str(PYTHON)
    offscreen = {"QT_QPA_PLATFORM": "offscreen"}
    pytest = [python, "-m", "pytest"]
    if arguments:
        return [("pytest", [*pytest, *arguments], offscreen)]
    everywhere = ["-n", "logical", "--durations=8"]
    found = [
        ("ruff check", [python, "-m", "ruff", "check", "."], {}),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."], {}),
        ("mypy", [python, "-m", "mypy"], {}),
        ("layers", [str(PYTHON.with_name("lint-imports" + PYTHON.suffix)), "--no-cache"], {}),
        ("pytest, units", [*pytest, "tests/unit", *everywhere], offscreen),
        (WINDOW_TESTS, [*pytest, "tests/ui", "-m", "not screen", *everywhere], offscreen),
        # Sound, and processes that are killed: one after the other.
        (LONG_TESTS, [*pytest, "tests/integration", "--durations=8"], offscreen),
    ]
    if shutil.which("xvfb-run"):
        screen = ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24 +extension GLX", *pytest, "-m", "screen"]
        found.append(("pytest on a screen", screen, {"QT_QPA_PLATFORM": "xcb"}))
    return found


def failed_tests() -> list[str]:
    """Tests of the window, of sound and of processes that failed last, by pytest's own cache."""
    try:
        kept = json.loads((ROOT / ".pytest_cache/v/cache/lastfailed").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [test for test in kept if test.startswith(("tests/integration", "tests/ui"))]


def unsteady_tests(name: str, environment: dict[str, str]) -> list[str]:
    """The tests that failed, if they are few and all of them pass when they run once more by themselves.

    Tests against the real clock may meet a machine that stands still for seconds. What is really broken fails
    both times; what was not is named at the end, so that it is mended and not forgotten.
    """
    failed = failed_tests() if name in {WINDOW_TESTS, LONG_TESTS} else []
    if not 0 < len(failed) <= MOST_UNSTEADY:
        return []
    say(f"\n== {name}, once more: " + ", ".join(failed))
    return [] if call([str(PYTHON), "-m", "pytest", *failed], environment) else failed


def call(command: list[str], environment: dict[str, str]) -> int:
    return subprocess.call(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)


def run_tests(arguments: list[str]) -> int:
    check_libraries()
    install_test_programs()
    set_up("dev,lab")
    calm = {"OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    failed, unsteady = [], []
    for name, command, extra in checks(arguments):
        say(f"\n== {name}")
        environment = {**os.environ, **calm, **extra}
        if call(command, environment):
            passed_later = unsteady_tests(name, environment)
            unsteady += passed_later
            failed += [] if passed_later else [name]
    if unsteady:
        say("\nUNSTEADY, failed once and passed alone: " + ", ".join(unsteady))
    say("\nFAILED: " + ", ".join(failed) if failed else "\nAll checks passed.")
    return 1 if failed else 0


def dispatch(arguments: list[str]) -> int:
    if not arguments:
        return open_soniq()
    if arguments[0] == "test":
        return run_tests(arguments[1:])
    if arguments[0] == "tour":
        return tour(arguments[1:])
    set_up("")
    return start(arguments)


def main(arguments: list[str]) -> int:
    if sys.version_info < MINIMUM:
        have = platform.python_version()
        say(f"SONIQ needs Python 3.11 or newer; this is {have}. Try: python3.11 run.py")
        return 2
    try:
        return dispatch(arguments)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
