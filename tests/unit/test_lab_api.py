"""The lab from Python."""

import subprocess
import sys

import pytest

from soniq_desktop.lab import api


def test_every_experiment_can_be_imported_by_its_name() -> None:
    assert set(api._HOMES) == set(api.__all__)
    for name in api.__all__:
        found = getattr(api, name)
        assert callable(found)
        assert found.__doc__
    with pytest.raises(AttributeError, match="oracle"):
        _ = api.oracle


def test_tables_are_read_without_torch() -> None:
    code = "import sys; from soniq_desktop.lab.api import from_parquet; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
