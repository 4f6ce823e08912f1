"""Files of the model hub: fetched once, by commit, kept beside the other weights.

No token is ever sent, and no code of a repository is fetched or run.
"""

import contextlib
import errno
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soniq_desktop.common.errors import ModelError

TIMEOUT = 10.0  # seconds without an answer
# Settings that a repository may do without; what reads them has defaults.
OPTIONAL = ("preprocessor_config.json", "tokenizer_config.json", "special_tokens_map.json")
OFFLINE = "Check your connection, or name a folder that has the files with --weights."


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Files of one commit of a repository: `folder` holds them, `revision` is the commit's full hash."""

    folder: Path
    revision: str


def fetch(
    repository: str,
    revision: str,
    files: Sequence[str],
    cache: Path,
    *,
    endpoint: str | None = None,
    quiet: bool = False,
) -> Snapshot:
    """Files of a repository, fetched where they are not in `cache`; what is there needs no network.

    Args:
        revision: a commit; a branch is resolved to its newest commit when it is fetched, and stays that.
        files: names, the largest last; "a|b" where b is taken if there is no a.
        endpoint: another hub (a mirror).

    Raises:
        ModelError: no network, no such repository, commit or file, or no room on the disk.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        from huggingface_hub import constants, utils
    except ImportError as error:
        raise ModelError(
            "Fetching from the model hub needs the package huggingface_hub, which is not installed.",
            'Install the lab: pip install "soniq-desktop[lab]"',
        ) from error
    if quiet:
        utils.disable_progress_bars()  # type: ignore[attr-defined]
    source = _Source(repository, cache, endpoint)
    with contextlib.suppress(_NotHere):
        return _all_of(source, revision, files, local=True)
    _reach(endpoint or constants.ENDPOINT, repository)
    return _all_of(source, revision, files, local=False)


def here(repository: str, revision: str, files: Sequence[str], cache: Path) -> Path | None:
    """The folder of a commit (or branch) whose files were all fetched before, or None; asks nobody."""
    home = cache / f"models--{repository.replace('/', '--')}"
    with contextlib.suppress(OSError):
        revision = (home / "refs" / revision).read_text(encoding="ascii").strip()
    folder = home / "snapshots" / revision
    for names in files:
        found = any((folder / name).is_file() for name in names.split("|"))
        if not found and names not in OPTIONAL:
            return None
    return folder


@dataclass(frozen=True, slots=True)
class _Source:
    repository: str
    cache: Path
    endpoint: str | None


class _NotHere(Exception):  # noqa: N818 no fault: it is to be fetched
    """A file has not been fetched yet."""


def _reach(endpoint: str, repository: str) -> None:
    """ModelError where the hub does not answer at all: its own client would try for half a minute."""
    request = urllib.request.Request(endpoint, method="HEAD")  # noqa: S310 the hub, or what the caller names
    try:
        urllib.request.urlopen(request, timeout=TIMEOUT).close()  # noqa: S310
    except urllib.error.HTTPError as error:
        error.close()  # it answers
    except OSError as error:
        raise _unreachable(repository) from error


def _all_of(source: _Source, revision: str, files: Sequence[str], *, local: bool) -> Snapshot:
    folder: Path | None = None
    for names in files:
        file = _first_of(source, revision, names.split("|"), local=local)
        if file is not None:
            folder = file.parent
            revision = folder.name  # the others of the same commit
    if folder is None:
        raise ModelError(f"The repository {source.repository} has none of the files that are needed.")
    return Snapshot(folder, revision)


def _first_of(source: _Source, revision: str, names: Sequence[str], *, local: bool) -> Path | None:
    """The first of these files that there is; None where an optional one is not there."""
    from huggingface_hub.errors import EntryNotFoundError

    for name in names:
        try:
            return _one(source, revision, name, local=local)
        except EntryNotFoundError as error:
            if name != names[-1] or name in OPTIONAL:
                continue
            if local:
                raise _NotHere from error
            raise ModelError(f"The repository {source.repository} has no file {name}.") from error
    return None


def _one(source: _Source, revision: str, name: str, *, local: bool) -> Path:
    """One file. EntryNotFoundError where it is not there, ModelError for anything else."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    try:
        path = hf_hub_download(
            source.repository,
            name,
            revision=revision,
            cache_dir=source.cache,
            endpoint=source.endpoint,
            etag_timeout=TIMEOUT,
            local_files_only=local,
            token=False,
        )
    except LocalEntryNotFoundError as error:
        if local:
            raise
        raise _unreachable(source.repository) from error  # the connection broke
    except EntryNotFoundError:
        raise
    except Exception as error:
        raise _sentence(source.repository, revision, error) from error
    return Path(path)


def _unreachable(repository: str) -> ModelError:
    return ModelError(
        f"The weights of {repository} cannot be fetched: there is no connection to the model hub.", OFFLINE
    )


def _sentence(repository: str, revision: str, error: Exception) -> ModelError:
    from huggingface_hub import errors

    chain: Any = error
    full = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    while chain is not None:  # a full disk may lie beneath
        if isinstance(chain, OSError) and chain.errno in full:
            return ModelError(
                f"The disk is full: the weights of {repository} could not be kept.", "Free some space."
            )
        chain = chain.__cause__
    if isinstance(error, errors.RevisionNotFoundError):
        return ModelError(
            f"The repository {repository} has no commit {revision}.", "Use --revision main for its newest."
        )
    if isinstance(error, errors.RepositoryNotFoundError):  # gated ones, too
        return ModelError(f"The model hub does not give the repository {repository}.")
    if isinstance(error, errors.LocalEntryNotFoundError | errors.OfflineModeIsEnabled | ConnectionError):
        return ModelError(
            f"The weights of {repository} cannot be fetched: there is no connection to the model hub.",
            OFFLINE,
        )
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
    return ModelError(f"The weights of {repository} cannot be fetched ({reason}).", OFFLINE)
