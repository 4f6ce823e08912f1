"""Files of the model hub: fetched once, by commit, kept beside the other weights.

No token is ever sent, and no code of a repository is fetched or run.
"""

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soniq_desktop.common.errors import ModelError

ETAG_TIMEOUT = 10.0  # seconds
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
    """Fetch files of a repository that are not in `cache` yet; a commit that is there needs no network.

    Args:
        revision: a commit; a branch is resolved to its newest commit, which all files are then taken from.
        files: names; "a|b" where b is taken if there is no a.
        endpoint: another hub (a mirror).

    Raises:
        ModelError: no network, no such repository, commit or file, or no room on the disk.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        from huggingface_hub import utils
    except ImportError as error:
        raise ModelError(
            "Fetching from the model hub needs the package huggingface_hub, which is not installed.",
            'Install the lab: pip install "soniq-desktop[lab]"',
        ) from error
    if quiet:
        utils.disable_progress_bars()  # type: ignore[attr-defined]
    folder: Path | None = None
    for names in files:
        file = _first_of(repository, revision, names.split("|"), cache, endpoint)
        if file is not None:
            folder = file.parent
            revision = folder.name
    if folder is None:
        raise ModelError(f"The repository {repository} has none of the files that are needed.")
    return Snapshot(folder, revision)


def _first_of(
    repository: str, revision: str, names: Sequence[str], cache: Path, endpoint: str | None
) -> Path | None:
    """The first of these files that the repository has; None where an optional one is not there."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    for name in names:
        try:
            return Path(
                hf_hub_download(
                    repository,
                    name,
                    revision=revision,
                    cache_dir=cache,
                    endpoint=endpoint,
                    etag_timeout=ETAG_TIMEOUT,
                    token=False,
                )
            )
        except LocalEntryNotFoundError as error:
            raise _sentence(repository, revision, error) from error
        except EntryNotFoundError as error:
            if name == names[-1] and not _optional(name):
                raise ModelError(f"The repository {repository} has no file {name}.") from error
        except Exception as error:
            raise _sentence(repository, revision, error) from error
    return None


def _optional(name: str) -> bool:
    """Settings that a repository may do without; what reads them has defaults."""
    return name in ("preprocessor_config.json", "tokenizer_config.json", "special_tokens_map.json")


def _sentence(repository: str, revision: str, error: Exception) -> ModelError:
    from huggingface_hub import errors

    chain: Any = error
    while chain is not None:  # a full disk may lie beneath
        if isinstance(chain, OSError) and chain.errno in (errno.ENOSPC, errno.EDQUOT):
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
