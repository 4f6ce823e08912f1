"""A split as files: the same events whoever learns from them."""

import csv
import io
from pathlib import Path
from typing import Any

from soniq_desktop.common.fileio import write_atomic
from soniq_desktop.lab.interactions import Interactions
from soniq_desktop.lab.needs import out_folder
from soniq_desktop.lab.reading import read_interactions
from soniq_desktop.lab.splits import END, START, TEST, split


def write_split(
    source: Path, out: Path, *, start: str = START, test: str = TEST, end: str = END
) -> dict[str, Any]:
    """Write train.csv, val.csv and test.csv (user, item, timestamp or order) and say what they hold.

    train.csv is what is learned from to be measured on val.csv; for the test, train.csv and val.csv together.

    Raises:
        LabError: see `read_interactions` and `split`.
    """
    read = read_interactions(source)
    validation = split(read.interactions, "val", start=start, test=test, end=end)
    final = split(read.interactions, "test", start=start, test=test, end=end)
    parts = {"train": validation.train, "val": validation.test, "test": final.test}
    out_folder(out)
    for name, events in parts.items():
        write_atomic(out / f"{name}.csv", _as_csv(events).encode())
    sizes = {name: len(events) for name, events in parts.items()}
    counted = ", ".join(f"{name} {count:,}" for name, count in sizes.items())
    sentences = [*read.sentences(), final.sentence, f"{counted}; {len(final.cold):,} items only in the test."]
    return {"out": str(out), "events": sizes, "cold_items": len(final.cold), "sentences": sentences}


def _as_csv(events: Interactions) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("user", "item", "timestamp" if events.dated else "order"))
    for user, item, time in zip(events.users, events.items, events.times, strict=True):
        writer.writerow((events.user_names[user], events.item_names[item], repr(float(time))))
    return text.getvalue()
