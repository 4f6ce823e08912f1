"""`soniq lab find-corrupt`: files that cannot be read, are silent, clipped or cut short. Nothing is
changed."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.audio.decode import Decoder
from soniq_desktop.common.errors import UnreadableAudioError
from soniq_desktop.lab.each_file import FileTable, Job, audio_files, work
from soniq_desktop.lab.needs import out_folder
from soniq_desktop.lab.recommenders.base import Progress, silent
from soniq_desktop.lab.reports import Report

BLOCK = 1 << 16  # frames
SILENT = 10 ** (-60 / 20)  # peak of a file that nobody hears: −60 dBFS
FULL_SCALE = 0.9999  # what integer formats reach at their limit
RUN = 3  # equal samples in a row at full scale: a sine of full scale has no such run at 44.1 kHz
CLIPPED = 2.0  # runs in a second, over the whole file
SHORT, SHORT_SHARE = 1.0, 0.02  # seconds and share that may be missing at the end
VERSION = "1"
KINDS = ("unreadable", "silent", "clipped", "truncated")


@dataclass(frozen=True)
class Findings:
    """What is wrong with one file, and the measures behind it.

    Attributes:
        peak: largest absolute sample of all channels.
        clipped_runs: runs of three or more samples at full scale, per second.
        seconds: length that could be decoded.
        stated: length by the header, seconds; 0 where it says nothing.
        faults: of `KINDS`, joined with commas.
        detail: what was measured, one sentence for each fault.
    """

    peak: float
    clipped_runs: float
    seconds: float
    stated: float
    faults: str
    detail: str


def examine(task: dict[str, Any]) -> dict[str, Any]:
    """Decode one file whole; called in a child. A file that cannot be read is a finding, not an error."""
    try:
        return asdict(_examined(task["path"]))
    except UnreadableAudioError as error:
        return asdict(Findings(0.0, 0.0, 0.0, 0.0, "unreadable", str(error)))


def _examined(path: str) -> Findings:
    decoder = Decoder(path)
    stated = decoder.frames / decoder.source_rate
    peak, runs, frames = 0.0, 0, 0
    fault = ""
    try:
        while True:
            block = decoder.read(BLOCK)
            frames += len(block)
            if len(block):
                peak = max(peak, float(np.abs(block).max()))
                runs += clipped_runs(block)
            if len(block) < BLOCK:
                break
    except UnreadableAudioError as error:
        fault = str(error)
    finally:
        decoder.close()
    return _judged(peak, runs, frames / decoder.sample_rate, stated, fault)


def clipped_runs(block: NDArray[np.float32]) -> int:
    """Runs of at least three equal samples at full scale in (frames, channels)."""
    at_limit = np.abs(block) >= FULL_SCALE
    level = at_limit[1:] & at_limit[:-1] & (block[1:] == block[:-1])
    long = level[1:] & level[:-1]
    starts = long.copy()
    starts[1:] &= ~long[:-1]
    return int(starts.sum())


def _judged(peak: float, runs: int, seconds: float, stated: float, fault: str) -> Findings:
    rate = runs / seconds if seconds else 0.0
    found: dict[str, str] = {}
    if fault:
        found["unreadable"] = f"Reading stopped at {seconds:.1f} s. {fault}"
    if peak < SILENT:
        found["silent"] = "No sample is louder than −60 dBFS."
    if rate >= CLIPPED:
        found["clipped"] = f"{rate:.1f} clipped peaks a second."
    if stated - seconds > max(SHORT, SHORT_SHARE * stated):
        found["truncated"] = f"{seconds:.1f} s of {stated:.1f} s are there."
    return Findings(peak, rate, seconds, stated, ",".join(found), " ".join(found.values()))


def find_corrupt(folder: Path, out: Path, workers: int = 1, progress: Progress = silent) -> dict[str, Any]:
    """Examine every audio file; corrupt.parquet and report.html in `out`.

    Raises:
        LabError: no such folder, or no audio file in it.
    """
    files = audio_files(folder)
    table = FileTable(out_folder(out) / "corrupt.parquet", folder)
    job = Job("soniq_desktop.lab.corrupt:examine", VERSION, workers=workers)
    work(files, table, job, lambda _file: {}, progress)
    bad = [_found(row) for row in table.rows() if row["error"] or row["faults"]]
    counts = {kind: sum(kind in row["faults"] for row in bad) for kind in KINDS}
    return {
        "files": len(files),
        "counts": counts,
        "found": bad,
        "report": str(_report(folder, out, len(files), counts, bad)),
    }


def _found(row: dict[str, Any]) -> dict[str, Any]:
    """What died in the child is unreadable, too."""
    if row["error"]:
        return {"path": row["path"], "faults": ["unreadable"], "detail": row["error"]}
    return {"path": row["path"], "faults": row["faults"].split(","), "detail": row["detail"]}


def _report(folder: Path, out: Path, total: int, counts: dict[str, int], bad: list[dict[str, Any]]) -> Path:
    report = Report("Files with faults")
    report.text(f"{total:,} files below {folder.name}; {len(bad):,} with faults. Nothing was changed.")
    report.table(("Fault", "Files"), list(counts.items()))
    if bad:
        report.heading("Files")
        report.table(
            ("File", "Fault", "Measured"), [(r["path"], ", ".join(r["faults"]), r["detail"]) for r in bad]
        )
    return report.write(out)
