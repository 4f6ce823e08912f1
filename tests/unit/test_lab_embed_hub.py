"""Fetching from the model hub: a small hub of our own on this machine, and what happens without one."""

import errno
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from soniq_desktop.common.errors import ModelError
from soniq_desktop.lab.embed import weights
from soniq_desktop.lab.embed.specs import MODELS
from soniq_desktop.lab.embed.weights import Consent, ready
from soniq_desktop.models.hub import Snapshot, fetch

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {"config.json": b'{"hidden_size": 8}', "pytorch_model.bin": b"weights" * 100}


class Hub(BaseHTTPRequestHandler):
    """Answers /owner/name/resolve/REVISION/FILE as the model hub does."""

    tokens: ClassVar[list[str | None]] = []
    repository: ClassVar[str] = "some/model"
    files: ClassVar[dict[str, bytes]] = FILES

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        self.tokens.append(self.headers.get("Authorization"))
        _, owner, name, _, revision, file = [*self.path.split("/"), *[""] * 5][:6]
        fault = ""
        if f"{owner}/{name}" != self.repository:
            fault = "RepoNotFound"
        elif revision not in ("main", COMMIT):
            fault = "RevisionNotFound"
        elif file not in self.files:
            fault = "EntryNotFound"
        self.send_response(404 if fault else 200)
        self.send_header("X-Repo-Commit", COMMIT)
        if fault:
            self.send_header("X-Error-Code", fault)
        content = b"" if fault else self.files[file]
        self.send_header("ETag", f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"')
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(autouse=True)
def as_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tqdm.std.tqdm.monitor_interval", 0)  # its thread would outlive the test
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)  # the children's loaders set it


@pytest.fixture
def hub() -> Iterator[str]:
    Hub.tokens.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_branch_is_fetched_by_its_commit_which_is_told(hub: str, tmp_path: Path) -> None:
    names = ("config.json", "preprocessor_config.json", "model.safetensors|pytorch_model.bin")
    found = fetch("some/model", "main", names, tmp_path, endpoint=hub, quiet=True)
    assert found.revision == COMMIT
    assert {file.name: file.read_bytes() for file in found.folder.iterdir()} == FILES
    assert set(Hub.tokens) == {None}  # nobody's credentials are sent
    Hub.tokens.clear()
    again = fetch("some/model", "main", names, tmp_path, endpoint=hub, quiet=True)
    assert (again, Hub.tokens) == (found, [])  # what is here is not asked for again


def test_a_commit_that_is_here_needs_no_hub(hub: str, tmp_path: Path) -> None:
    fetch("some/model", COMMIT, ("config.json",), tmp_path, endpoint=hub, quiet=True)
    again = fetch("some/model", COMMIT, ("config.json",), tmp_path, endpoint="http://127.0.0.1:9", quiet=True)
    assert (again.folder / "config.json").read_bytes() == FILES["config.json"]


@pytest.mark.parametrize(
    ("repository", "revision", "file", "sentence"),
    [
        ("some/other", "main", "config.json", "does not give the repository some/other"),
        ("some/model", "f" * 40, "config.json", "has no commit f{40}.*--revision main"),
        ("some/model", "main", "vocab.bin", "has no file vocab.bin"),
    ],
)
def test_what_the_hub_does_not_have_is_told(
    hub: str, tmp_path: Path, repository: str, revision: str, file: str, sentence: str
) -> None:
    with pytest.raises(ModelError, match=sentence):
        fetch(repository, revision, (file,), tmp_path, endpoint=hub, quiet=True)


def test_without_a_network_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no connection to the model hub\. Check your connection"):
        fetch("some/model", "main", ("config.json",), tmp_path, endpoint="http://127.0.0.1:9", quiet=True)


def test_a_full_disk_is_told(hub: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    def full(*_: Any, local_files_only: bool, **__: Any) -> str:
        if local_files_only:
            raise LocalEntryNotFoundError("not here")
        raise RuntimeError("Data processing error") from OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", full)
    with pytest.raises(ModelError, match="The disk is full"):
        fetch("some/model", "main", ("config.json",), tmp_path, endpoint=hub, quiet=True)


def test_an_embedder_is_fetched_loaded_and_used(
    hub: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from soniq_desktop.lab.embed import torch_side
    from soniq_desktop.lab.embed.worker import load

    kinds = torch_side.transformers()
    config = kinds.ViTConfig(
        hidden_size=24, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, patch_size=32
    )
    kinds.ViTModel(config).save_pretrained(tmp_path / "made")
    monkeypatch.setattr(Hub, "repository", "facebook/dino-vits8")
    monkeypatch.setattr(Hub, "files", {f.name: f.read_bytes() for f in (tmp_path / "made").iterdir()})
    monkeypatch.setattr(weights, "fetch", partial(fetch, endpoint=hub))
    monkeypatch.setenv("SONIQ_HOME", str(tmp_path / "home"))
    found = ready(MODELS["dino-vits8"], Consent(), quiet=True)
    assert found.revision == COMMIT
    assert found.folder is not None
    assert (tmp_path / "home" / "models") in found.folder.parents
    noise = np.random.default_rng(1).standard_normal((1, 6 * 22_050)).astype(np.float32)
    assert load("dino-vits8", str(found.folder)).embed(noise).shape == (1, 24)


def test_new_weights_of_our_own_are_another_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ready(MODELS["crnn"], Consent()).revision
    assert ready(MODELS["mfcc"], Consent()).revision == "1"
    changed = replace(weights.WEIGHTS["genre_crnn"], sha256="f" * 64)
    monkeypatch.setitem(weights.WEIGHTS, "genre_crnn", changed)
    assert ready(MODELS["crnn"], Consent()).revision == "1 ffffffffffff" != before


def test_pinned_commits_are_fetched_and_another_may_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def note(repository: str, revision: str, files: Any, _cache: Path, **_: Any) -> Snapshot:
        asked.append((repository, revision, files))
        return Snapshot(tmp_path, COMMIT)

    monkeypatch.setattr(weights, "fetch", note)
    found = ready(MODELS["musicfm"], Consent())
    assert (found.folder, found.revision) == (tmp_path, COMMIT)
    ready(MODELS["musicfm"], Consent(), commit="main")
    assert [revision for _, revision, _ in asked] == [MODELS["musicfm"].revision, "main"]
    assert asked[0][0] == "minzwon/MusicFM"
    assert all(len(spec.revision) == 40 or spec.revision == "main" for spec in MODELS.values() if spec.hub)
