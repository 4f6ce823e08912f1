"""Sources of a PulseAudio or PipeWire server, by the server's own command line tool.

PortAudio sees such a server as one device without a choice of sources. The server lists them with the names
that the desktop shows, monitors of what is played included, and its client library takes the one to record
from `PULSE_SOURCE` in the environment of the recording process.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

TIME_LIMIT = 3.0  # seconds for the server to answer


@dataclass(frozen=True, slots=True)
class PulseSource:
    """One source of the server."""

    name: str  # what PULSE_SOURCE takes
    label: str  # what the desktop calls it
    monitor: bool  # hears what is played on this computer
    default: bool


def pulse_sources() -> list[PulseSource]:
    """All sources; empty where there is no such server, or no tool to ask it."""
    if shutil.which("pactl") is None:
        return []
    listed, chosen = _ask("list", "sources"), _ask("info")
    if not isinstance(listed, list) or not isinstance(chosen, dict):
        return []
    default = chosen.get("default_source_name", "")
    return [_source(each, default) for each in listed if isinstance(each, dict) and each.get("name")]


def _source(entry: dict[str, Any], default: str) -> PulseSource:
    name = str(entry["name"])
    properties = entry.get("properties") or {}
    monitor = properties.get("device.class") == "monitor" or name.endswith(".monitor")
    return PulseSource(name, str(entry.get("description") or name), monitor, name == default)


def _ask(*words: str) -> Any:
    """The tool's answer, parsed; None where there is none."""
    try:
        answer = subprocess.run(
            ["pactl", "--format=json", *words], capture_output=True, timeout=TIME_LIMIT, check=False
        )
        return json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
