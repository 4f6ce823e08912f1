"""Fetching one large file: goes on where it stopped, checks what came, says in one sentence why it cannot."""

import hashlib
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from soniq_desktop import __version__
from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import SoniqError

BLOCK = 1 << 18
TIMEOUT = 30.0  # seconds without a byte
ATTEMPTS = 4  # connections in a row that end before the file does
_SHA256 = re.compile(r"[0-9a-f]{64}")


class DownloadError(SoniqError):
    """Nothing came, or not what was expected; what has arrived of it is kept for the next attempt."""


class CancelledError(SoniqError):
    """Somebody cancelled; what has arrived is kept."""


@dataclass(frozen=True, slots=True)
class Received:
    """How far a download is; `rate` in bytes a second, total 0 where the server does not tell."""

    done: int
    total: int
    rate: float


def download(
    url: str,
    target: Path,
    sha256: str = "",
    control: Control | None = None,
    report: Callable[[Received], None] = lambda _: None,
) -> None:
    """Fetch `url` to `target`, which is called `target`.part until it is whole and checked.

    Args:
        sha256: of the whole file. Without one the server's own (the X-Linked-Etag of model hubs) is used, and
            where that is absent, too, the length alone.

    Raises:
        DownloadError: no connection, the server refuses, or what came is damaged (then it is deleted).
        CancelledError: by `control`.
    """
    part = target.with_name(target.name + ".part")
    control = control or Control()
    told = ""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            told = _fetch(url, part, control, report) or told
            break
        except (OSError, HTTPException) as error:
            if not _worth_another(error) or attempt == ATTEMPTS:
                raise _sentence(error) from error
            if control.wait_for_cancel(0.5 * attempt):
                raise CancelledError("The download was stopped; it goes on from there next time.") from error
    check(part, sha256 or told)
    part.replace(target)


def _fetch(url: str, part: Path, control: Control, report: Callable[[Received], None]) -> str:
    """One connection; returns the SHA-256 that the server tells, or ""."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": f"SONIQ/{__version__}"})  # noqa: S310 our own table
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416 and have:  # nothing is left to send
                return ""
            raise
    with response:
        if response.status != 206:
            have = 0
        total = have + int(response.headers.get("Content-Length") or 0)
        _store(response, part, have, total, control, report)
        return _told(response)


def _store(
    response: HTTPResponse,
    part: Path,
    have: int,
    total: int,
    control: Control,
    report: Callable[[Received], None],
) -> None:
    began, first = time.monotonic(), have
    with part.open("ab" if have else "wb") as file:
        while block := response.read(BLOCK):
            file.write(block)
            have += len(block)
            report(Received(have, total, (have - first) / max(time.monotonic() - began, 1e-3)))
            if control.cancelled:
                raise CancelledError("The download was stopped; it goes on from there next time.")
            control.wait_if_paused()
    if have < total:
        raise ConnectionError("the connection ended early")


def check(path: Path, sha256: str) -> None:
    """Raise DownloadError, and delete the file, where its content is not what was promised."""
    if not sha256:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        path.unlink(missing_ok=True)
        raise DownloadError(
            "What was downloaded is damaged, or not the file that SONIQ knows.", "Try again later."
        )


def _told(response: HTTPResponse) -> str:
    """The checksum in a model hub's answer; its ordinary ETag is no SHA-256 and is left alone."""
    tag = (response.headers.get("X-Linked-Etag") or "").strip('"').lower()
    return tag if _SHA256.fullmatch(tag) else ""


def _worth_another(error: Exception) -> bool:
    """A connection that broke may come back; a server that refuses or cannot be found will not."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code >= 500
    if isinstance(error, urllib.error.URLError):
        return isinstance(error.reason, TimeoutError | ConnectionResetError)
    return isinstance(error, ConnectionError | TimeoutError | HTTPException)


def _sentence(error: Exception) -> DownloadError:
    if isinstance(error, urllib.error.HTTPError):
        return DownloadError(
            f"The server does not give this file ({error.code} {error.reason}).", "Try again later."
        )
    if isinstance(error, urllib.error.URLError | ConnectionError | TimeoutError | HTTPException):
        return DownloadError(
            "The file cannot be fetched: there is no connection to its server.",
            "Check your connection and try again; what has arrived is kept.",
        )
    reason = getattr(error, "strerror", None) or str(error)
    return DownloadError(f"The download could not be written: {str(reason).lower()}.", "Is the disk full?")
