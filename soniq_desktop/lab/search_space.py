"""Which settings of a recommender are worth trying, and between which bounds."""

from collections.abc import Callable
from typing import Any

from soniq_desktop.lab.recommenders.options import Settings


def suggested(model: str, trial: Any) -> Settings:
    """Settings of one Optuna trial. Names carry the model, since two models mean different things by one
    name."""
    space = SPACES.get(model)
    return {} if space is None else space(_Names(trial, model))


class _Names:
    """A trial whose parameters are named after the model."""

    def __init__(self, trial: Any, model: str) -> None:
        self._trial, self._model = trial, model

    def choice(self, name: str, values: tuple[Any, ...]) -> Any:
        return self._trial.suggest_categorical(f"{self._model}.{name}", values)

    def real(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        return float(self._trial.suggest_float(f"{self._model}.{name}", low, high, log=log))

    def whole(self, name: str, low: int, high: int) -> int:
        return int(self._trial.suggest_int(f"{self._model}.{name}", low, high))


def _knn(names: _Names) -> Settings:
    return {"half_life": names.real("half_life", 0.5, 500.0, log=True)}


def _bpr(names: _Names) -> Settings:
    return _pairs(names) | {"decay": names.real("decay", 1e-2, 3.0, log=True)}


def _snn(names: _Names) -> Settings:
    return _pairs(names) | {"decay": names.real("decay", 1e-6, 1e-2, log=True)}


def _pairs(names: _Names) -> Settings:
    loss = names.choice("loss", ("bpr", "max-margin"))
    found: Settings = {
        "loss": loss,
        "dim": names.choice("dim", (32, 64, 128)),
        "negatives": names.choice("negatives", (4, 8, 16)),
        "rate": names.real("rate", 3e-4, 1e-2, log=True),
    }
    return found | ({"margin": names.real("margin", 0.05, 1.0)} if loss == "max-margin" else {})


def _bert4rec(names: _Names) -> Settings:
    return {
        "dim": names.choice("dim", (32, 64, 128)),
        "layers": names.whole("layers", 1, 3),
        "heads": names.choice("heads", (1, 2, 4)),
        "mask": names.real("mask", 0.1, 0.6),
        "last": names.real("last", 0.0, 0.5),
        "dropout": names.real("dropout", 0.0, 0.5),
        "rate": names.real("rate", 3e-4, 5e-3, log=True),
    }


SPACES: dict[str, Callable[[_Names], Settings]] = {
    "bpr": _bpr,
    "knn": _knn,
    "snn": _snn,
    "bert4rec": _bert4rec,
}


def own_settings(model: str, parameters: Settings) -> Settings:
    """The settings among a trial's parameters, by their plain names."""
    prefix = f"{model}."
    return {name.removeprefix(prefix): value for name, value in parameters.items() if name.startswith(prefix)}
