"""Settings of the recommenders: names, defaults and bounds. No torch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from soniq_desktop.lab.needs import LabError

Value = float | int | str
Settings = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: whole where its default is, or one of `words`."""

    default: Value
    low: float = 0.0
    high: float = 0.0
    words: tuple[str, ...] = ()

    def bounds(self) -> str:
        """What it may be, for a sentence."""
        if self.words:
            return f"one of {', '.join(self.words)}"
        kind = "a whole number" if isinstance(self.default, int) else "a number"
        return f"{kind} from {self.low:,.10g} to {self.high:,.10g}"

    def taken(self, value: Value) -> Value | None:
        """The value as the model wants it; None where it may not be that."""
        if self.words:
            return value if value in self.words else None
        if isinstance(value, str) or not self.low <= value <= self.high:  # NaN is in no bounds
            return None
        if isinstance(self.default, int):
            return int(value) if value == int(value) else None
        return float(value)


_TRAINING = {
    "epochs": Option(30, 1, 100_000),
    "patience": Option(4, 1, 100_000),
    "batch": Option(1024, 1, 1_000_000),
    "rate": Option(2e-3, 1e-8, 10.0),
    "decay": Option(1e-4, 0.0, 100.0),
}
_PAIRS = _TRAINING | {
    "dim": Option(64, 1, 4096),
    "loss": Option("bpr", words=("bpr", "max-margin")),
    "margin": Option(0.2, 0.0, 100.0),
    "negatives": Option(8, 1, 1000),
}
OPTIONS: dict[str, dict[str, Option]] = {
    "popularity": {},
    "random": {},
    "bpr": _PAIRS | {
        "negatives": Option(4, 1, 1000),
        "epochs": Option(60, 1, 100_000),
        "patience": Option(6, 1, 100_000),
        "decay": Option(1.0, 0.0, 100.0),
    },
    "knn": {"half_life": Option(0.0, 0.0, 1e9)},
    "snn": _PAIRS,
    "bert4rec": _TRAINING | {
        "dim": Option(64, 1, 4096),
        "layers": Option(2, 1, 48),
        "heads": Option(2, 1, 64),
        "length": Option(50, 2, 4096),
        "mask": Option(0.3, 0.0, 1.0),
        "last": Option(0.1, 0.0, 1.0),
        "dropout": Option(0.2, 0.0, 0.99),
        "batch": Option(128, 1, 1_000_000),
        "epochs": Option(60, 1, 100_000),
        "rate": Option(1e-3, 1e-8, 10.0),
        "decay": Option(0.01, 0.0, 100.0),
        "patience": Option(6, 1, 100_000),
    },
}  # fmt: skip


def settings_of(model: str, given: Mapping[str, Value]) -> Settings:
    """All settings of a model: those given, defaults for the rest.

    Raises:
        LabError: it has no such setting, or a value is out of bounds.
    """
    refuse_unknown(given, [model])
    own = OPTIONS[model]
    return {name: option.default for name, option in own.items()} | _checked(own, given)


def given_to(model: str, given: Mapping[str, Value]) -> Settings:
    """Those of the given settings that a model has.

    Raises:
        LabError: a value is out of bounds.
    """
    own = OPTIONS.get(model, {})
    return _checked(own, {name: value for name, value in given.items() if name in own})


def refuse_unknown(given: Iterable[str], models: Iterable[str]) -> None:
    """Raises LabError where a setting belongs to none of the models."""
    known = sorted({name for model in models for name in OPTIONS.get(model, {})})
    for name in given:
        if name not in known:
            hint = f"There are: {', '.join(known)}." if known else "These models have none."
            raise LabError(f"There is no setting named {name}.", hint)


def _checked(own: Mapping[str, Option], given: Mapping[str, Value]) -> Settings:
    taken = {name: own[name].taken(value) for name, value in given.items()}
    for name, value in taken.items():
        if value is None:
            raise LabError(f"The setting {name} cannot be {given[name]}.", f"It is {own[name].bounds()}.")
    return {name: value for name, value in taken.items() if value is not None}
