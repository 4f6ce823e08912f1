"""What ListenBrainz and Last.fm are told, over HTTPS; no Qt, one call at a time, each with a time limit.

Sources: listenbrainz.readthedocs.io (POST /1/submit-listens) and last.fm/api (track.scrobble, auth.getToken,
auth.getSession, "authentication specification": a call is signed with the MD5 of its parameters in
alphabetical order, name and value run together, followed by the shared secret).
"""

import hashlib
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from soniq_desktop import __version__
from soniq_desktop.common.errors import SoniqError

TIMEOUT = 5.0  # seconds
LISTENBRAINZ = "https://api.listenbrainz.org"
LASTFM = "https://ws.audioscrobbler.com/2.0/"
LASTFM_ALLOW = "https://www.last.fm/api/auth/"
LISTENBRAINZ_BATCH, LASTFM_BATCH = 100, 50
# Last.fm: what will pass (11 offline, 16 unavailable, 29 too many calls), and what a new key must solve.
TEMPORARY, REFUSED = {8, 11, 16, 29}, {4, 9, 10, 13, 14, 26}

Result = Literal["sent", "later", "refused", "bad"]


@dataclass(frozen=True, slots=True)
class Scrobble:
    """One play to tell about; `started` in Unix seconds, `duration` in seconds."""

    artist: str
    title: str
    album: str
    started: float
    duration: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call.

    Attributes:
        result: "sent"; "later" (offline, overloaded); "refused" (key or token); "bad" (what was sent).
        wait: seconds the service asked to wait, 0 where it did not say.
        words: the reason, as the service gives it.
    """

    result: Result
    wait: float = 0.0
    words: str = ""


class ListenBrainz:
    """Told with the user's token."""

    name, batch = "ListenBrainz", LISTENBRAINZ_BATCH

    def __init__(self, token: str, root: str = LISTENBRAINZ) -> None:
        self._token, self._root = token.strip(), root

    def send(self, plays: Sequence[Scrobble]) -> Answer:
        """Tell about `batch` plays at most."""
        kind = "single" if len(plays) == 1 else "import"
        body = {"listen_type": kind, "payload": [_listen(play) for play in plays]}
        return _call(
            f"{self._root}/1/submit-listens", json.dumps(body).encode(),
            {"Authorization": f"Token {self._token}", "Content-Type": "application/json"},
        )[0]  # fmt: skip


def _listen(play: Scrobble) -> dict[str, Any]:
    data: dict[str, Any] = {
        "artist_name": play.artist,
        "track_name": play.title,
        "additional_info": {
            "media_player": "SONIQ", "submission_client": "SONIQ", "submission_client_version": __version__,
            "duration_ms": round(1000 * play.duration),
        },
    }  # fmt: skip
    if play.album:
        data["release_name"] = play.album
    return {"listened_at": round(play.started), "track_metadata": data}


class LastFm:
    """Told with an API account and a session key of the user's."""

    name, batch = "Last.fm", LASTFM_BATCH

    def __init__(self, key: str, secret: str, session: str = "", root: str = LASTFM) -> None:
        self._key, self._secret, self._session, self._root = key.strip(), secret.strip(), session, root

    def send(self, plays: Sequence[Scrobble]) -> Answer:
        """Tell about `batch` plays at most."""
        values = {"method": "track.scrobble", "sk": self._session}
        for number, play in enumerate(plays):
            values |= {
                f"artist[{number}]": play.artist,
                f"track[{number}]": play.title,
                f"timestamp[{number}]": str(round(play.started)),
                f"duration[{number}]": str(round(play.duration)),
            }
            if play.album:
                values[f"album[{number}]"] = play.album
        return self._signed(values)[0]

    def token(self) -> str:
        """A token that the user allows in the browser. Raises SoniqError."""
        return str(self._asked({"method": "auth.getToken"}).get("token", ""))

    def allow_url(self, token: str) -> str:
        """The page on which the user allows it."""
        return f"{LASTFM_ALLOW}?{urllib.parse.urlencode({'api_key': self._key, 'token': token})}"

    def session(self, token: str) -> str:
        """The session key, once the user has allowed the token; it does not expire. Raises SoniqError."""
        found = self._asked({"method": "auth.getSession", "token": token}).get("session", {})
        return str(found.get("key", "")) if isinstance(found, dict) else ""

    def _asked(self, values: dict[str, str]) -> dict[str, Any]:
        answer, data = self._signed(values)
        if answer.result != "sent":
            raise SoniqError("Last.fm did not answer as hoped.", answer.words or "Try again later.")
        return data

    def _signed(self, values: dict[str, str]) -> tuple[Answer, dict[str, Any]]:
        values = values | {"api_key": self._key}
        values |= {"api_sig": signature(values, self._secret), "format": "json"}
        answer, data = _call(
            self._root, urllib.parse.urlencode(values).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        code = data.get("error")
        if isinstance(code, int):
            result: Result = "later" if code in TEMPORARY else "refused" if code in REFUSED else "bad"
            return Answer(result, answer.wait, str(data.get("message", ""))), data
        return answer, data


def signature(values: Mapping[str, str], secret: str) -> str:
    """MD5 over the parameters in alphabetical order and the secret, as Last.fm asks for."""
    text = "".join(f"{name}{values[name]}" for name in sorted(values) if name not in ("format", "callback"))
    return hashlib.md5((text + secret).encode(), usedforsecurity=False).hexdigest()


def _call(url: str, body: bytes, headers: dict[str, str]) -> tuple[Answer, dict[str, Any]]:
    headers |= {"User-Agent": f"SONIQ/{__version__}"}
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - https, or a test's own server
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as reply:  # noqa: S310
            return Answer("sent"), _object(reply.read())
    except urllib.error.HTTPError as error:
        data = _object(error.read())
        words = str(data.get("error") or data.get("message") or error.reason)
        if error.code in (401, 403):
            return Answer("refused", words=words), data
        if error.code == 429 or error.code >= 500:
            return Answer("later", _wait(error), words), data
        return Answer("bad", words=words), data
    except (OSError, ValueError) as error:  # offline, no such host, a broken answer
        return Answer("later", words=str(error)), {}


def _wait(error: urllib.error.HTTPError) -> float:
    for name in ("Retry-After", "X-RateLimit-Reset-In"):
        value = error.headers.get(name, "")
        if value.isdigit():
            return float(value)
    return 0.0


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
