"""Training loops of the lab's torch models: epochs, early stopping on held-back users, checkpoints that
resume."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from soniq_desktop.lab.recommenders.base import VERSION, Task


def train(
    task: Task,
    model: torch.nn.Module,
    epoch: Callable[[torch.optim.Optimizer, int], float],
    validate: Callable[[], float],
    *,
    epochs: int,
    rate: float,
    decay: float,
    patience: int,
) -> None:
    """Train by AdamW until `validate` (higher is better) has not risen for `patience` epochs; the best
    weights stay.

    `epoch(optimizer, number)` trains once over the data and returns the mean loss. Random numbers are drawn
    from the epoch's number, so that a resumed run goes on exactly as one that was not stopped.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)
    state = _load(task, model, optimizer)
    for number in range(state["epoch"], epochs):
        if number - state["best_epoch"] > patience:
            break
        torch.manual_seed(task.seed * 100_003 + number)
        model.train()
        loss = epoch(optimizer, number)
        model.eval()
        with torch.no_grad():
            value = validate()
        if value > state["best"]:
            state |= {"best": value, "best_epoch": number, "weights": _copy(model)}
        state["epoch"] = number + 1
        _save(task, model, optimizer, state)
        task.progress((number + 1) / epochs, f"epoch {number + 1}, loss {loss:.4f}, held back {value:.4f}")
        task.watch(number, value)
    if state["weights"] is not None:
        model.load_state_dict(state["weights"])
    model.eval()


def _copy(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _fresh() -> dict[str, Any]:
    return {"epoch": 0, "best": float("-inf"), "best_epoch": 0, "weights": None}


def _file(task: Task) -> Path | None:
    """One file for each model, settings, data and seed: what was learned otherwise is never taken up."""
    if not task.checkpoint:
        return None
    events = (task.train, task.heard)
    told = b"".join(part.tobytes() for each in events for part in (each.users, each.items))
    data = hashlib.blake2b(told, digest_size=8).hexdigest()
    about = json.dumps([VERSION, sorted(task.settings.items()), task.seed, task.again, data])
    name = hashlib.blake2b(about.encode(), digest_size=8).hexdigest()
    return Path(f"{task.checkpoint}-{name}.pt")


def _load(task: Task, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    file = _file(task)
    if file is None or not file.is_file():
        return _fresh()
    try:
        saved = torch.load(file, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
    except (RuntimeError, KeyError, ValueError, EOFError, OSError):
        return _fresh()  # half a file or another shape: begin again
    return dict(saved["state"])


def _save(
    task: Task, model: torch.nn.Module, optimizer: torch.optim.Optimizer, state: dict[str, Any]
) -> None:
    file = _file(task)
    if file is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "state": state}, part)
    part.replace(file)
