"""The weights of an embedder: agreed to, fetched where they are not here, told apart. No torch."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from soniq_desktop.common.paths import Paths
from soniq_desktop.lab.embed.specs import ModelSpec
from soniq_desktop.lab.needs import LabError
from soniq_desktop.models.hub import fetch
from soniq_desktop.models.registry import WEIGHTS

SHIPPED = {"musicnn": "musicnn_msd", "crnn": "genre_crnn"}


@dataclass(frozen=True, slots=True)
class Ready:
    """An embedder whose weights are on the disk; `folder` is None where they come with SONIQ or a package."""

    spec: ModelSpec
    folder: Path | None
    revision: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What the user has agreed to: licences that are not free for every use, code that comes with weights."""

    licence: bool = False
    remote_code: bool = False


def ready(
    spec: ModelSpec, consent: Consent, weights: Path | None = None, commit: str = "", *, quiet: bool = False
) -> Ready:
    """An embedder's weights: those in `weights`, SONIQ's own, or the published ones, fetched once.

    Args:
        commit: of the repository, instead of the pinned one.

    Raises:
        LabError: something was not agreed to, or there is no such folder. ModelError: see `hub.fetch`.
    """
    if spec.consent and not consent.licence:
        raise LabError(
            f"The weights of {spec.name} ({spec.source}) are not free for every use: {spec.licence}.",
            "Read their card, then add --accept-licence.",
        )
    if spec.remote_code and not consent.remote_code:
        raise LabError(
            f"Loading {spec.name} runs code that comes with its weights.",
            "Add --trust-remote-code to allow it.",
        )
    if weights is not None:
        return Ready(spec, weights, local_revision(weights))
    if not spec.hub:
        return Ready(spec, None, _own_revision(spec))
    cache = Paths.from_environment().models / "hub"
    found = fetch(spec.source, commit or spec.revision, spec.files, cache, quiet=quiet)
    return Ready(spec, found.folder, found.revision)


def _own_revision(spec: ModelSpec) -> str:
    """Of what comes with SONIQ: its number, and the checksum of the weights that are shipped now."""
    shipped = SHIPPED.get(spec.name)
    return f"{spec.revision} {WEIGHTS[shipped].sha256[:12]}" if shipped else spec.revision


def local_revision(weights: Path) -> str:
    """Names, sizes and times of local weights, so that a table is not continued with others.

    Raises:
        LabError: they are not there.
    """
    if not weights.exists():
        raise LabError(f"There is no folder {weights}.")
    files = sorted(weights.iterdir()) if weights.is_dir() else [weights]
    found = [(file.name, file.stat()) for file in files if file.is_file()]
    told = [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in found]
    digest = hashlib.blake2b("\n".join(told).encode(), digest_size=6).hexdigest()
    return f"local {digest}"
