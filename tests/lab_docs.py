"""The commands and examples of docs/lab.md, for tests that keep them true."""

import re
import shlex
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "lab.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """The words after `soniq` of every command line, in the order of the page."""
    lines = "\n".join(_blocks("")).replace("\\\n", " ").splitlines()
    words = [shlex.split(line, comments=True) for line in lines if line.startswith("soniq ")]
    return [each[1:] for each in words]


def examples() -> list[str]:
    """Every example in Python; later ones use what earlier ones import."""
    return _blocks("python")


def _blocks(language: str) -> list[str]:
    return [text for name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if name == language]
