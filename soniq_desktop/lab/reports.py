"""Reports of experiments: an HTML page that stands alone (pictures inside) and the same pictures as PNG
files."""

import base64
import html
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.lab.needs import need

STYLE = """
body {
  font: 15px/1.55 Inter, system-ui, sans-serif; color: #1b1d26; background: #fff;
  margin: 40px auto; max-width: 960px; padding: 0 24px;
}
h1 { font-size: 28px; letter-spacing: -.02em }
h2 { font-size: 18px; margin-top: 36px }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 12px 0 }
th, td { padding: 6px 14px 6px 0; text-align: left; border-bottom: 1px solid #e3e5ee }
td.n, th.n { text-align: right }
img { max-width: 100% }
.quiet { color: #666a7a }
@media (prefers-color-scheme: dark) {
  body { color: #e8e9f0; background: #0e0f14 }
  th, td { border-color: #262935 }
  .quiet { color: #9a9eb0 }
  img { background: #fff; border-radius: 8px }
}
"""


def figure(width: float = 8.0, height: float = 4.5) -> Any:
    """A matplotlib figure (inches) that needs no screen; `figure().subplots()` gives its axes."""
    need("matplotlib").use("Agg")
    return need("matplotlib.figure").Figure(figsize=(width, height), layout="constrained")


class Report:
    """Collects sections; `write` puts report.html and its pictures into a folder."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._parts: list[str] = []
        self._pictures: dict[str, bytes] = {}

    def heading(self, text: str) -> None:
        self._parts.append(f"<h2>{html.escape(text)}</h2>")

    def text(self, sentence: str, *, quiet: bool = False) -> None:
        style = ' class="quiet"' if quiet else ""
        self._parts.append(f"<p{style}>{html.escape(sentence)}</p>")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Numbers stand right; floats are shown with four digits after the point."""
        numeric = [all(isinstance(row[i], int | float) for row in rows) for i in range(len(columns))]
        marks = [' class="n"' if each else "" for each in numeric]
        head = "".join(
            f"<th{mark}>{html.escape(name)}</th>" for name, mark in zip(columns, marks, strict=True)
        )
        body = "".join(
            "<tr>" + "".join(f"<td{m}>{_cell(v)}</td>" for v, m in zip(row, marks, strict=True)) + "</tr>"
            for row in rows
        )
        self._parts.append(f"<table><tr>{head}</tr>{body}</table>")

    def picture(self, name: str, drawn: Any, description: str) -> None:
        """A matplotlib figure as PNG; `description` is its alternative text."""
        buffer = io.BytesIO()
        drawn.savefig(buffer, format="png", dpi=144)
        self._pictures[f"{name}.png"] = buffer.getvalue()
        data = base64.b64encode(buffer.getvalue()).decode()
        self._parts.append(f'<img alt="{html.escape(description)}" src="data:image/png;base64,{data}">')

    def write(self, folder: Path) -> Path:
        """Write report.html and the pictures; returns the page."""
        for name, data in self._pictures.items():
            write_atomic(folder / name, data)
        page = folder / "report.html"
        title = html.escape(self._title)
        body = "\n".join(self._parts)
        text = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
            f"<style>{STYLE}</style>"
            f"<h1>{title}</h1>{body}</html>\n"
        )
        write_atomic(page, text.encode())
        return page


def _cell(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else html.escape(str(value))
