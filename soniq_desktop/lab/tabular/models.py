"""Genre and popularity from features: random forest and gradient boosting, always predicted by folds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.lab.needs import need
from soniq_desktop.lab.tabular.folds import Fold

TREES = 200
Told = Callable[[int, int], None]  # folds done, of how many


def classifier(name: str, seed: int, workers: int) -> Any:
    """ "forest" (Breiman 2001) or "boosting" (histogram gradient boosting, as LightGBM)."""
    ensemble = need("sklearn.ensemble")
    if name == "forest":
        return ensemble.RandomForestClassifier(TREES, min_samples_leaf=3, n_jobs=workers, random_state=seed)
    return ensemble.HistGradientBoostingClassifier(
        learning_rate=0.06, max_iter=250, l2_regularization=1.0, early_stopping=False, random_state=seed
    )


def regressor(name: str, seed: int, workers: int) -> Any:
    """The same two for numbers."""
    ensemble = need("sklearn.ensemble")
    if name == "forest":
        return ensemble.RandomForestRegressor(TREES, min_samples_leaf=5, n_jobs=workers, random_state=seed)
    return ensemble.HistGradientBoostingRegressor(
        learning_rate=0.06, max_iter=200, l2_regularization=1.0, early_stopping=False, random_state=seed
    )


def probabilities(
    make: Callable[[], Any],
    values: NDArray[np.float64],
    labels: NDArray[np.int64],
    folds: Sequence[Fold],
    told: Told = lambda _done, _all: None,
) -> NDArray[np.float64]:
    """(n, classes): every row by a model that has not seen its fold."""
    found = np.zeros((len(values), int(labels.max()) + 1))
    for number, (rest, held) in enumerate(folds):
        classes = np.unique(labels[rest])
        if len(classes) == 1:  # nothing to learn; scikit-learn's models do not agree on what to give then
            found[held, classes[0]] = 1.0
        else:
            found[np.ix_(held, classes)] = make().fit(values[rest], labels[rest]).predict_proba(values[held])
        told(number + 1, len(folds))
    return found


def predictions(
    make: Callable[[], Any],
    values: NDArray[np.float64],
    targets: NDArray[np.float64],
    folds: Sequence[Fold],
    told: Told = lambda _done, _all: None,
) -> NDArray[np.float64]:
    """(n,): every row by a model that has not seen its fold."""
    found = np.zeros(len(values))
    for number, (rest, held) in enumerate(folds):
        found[held] = make().fit(values[rest], targets[rest]).predict(values[held])
        told(number + 1, len(folds))
    return found


@dataclass(frozen=True)
class GenreFigures:
    """Out-of-fold: share right, mean recall over classes, confusion (true by row, predicted by column)."""

    accuracy: float
    balanced: float
    confusion: NDArray[np.int64]


def genre_figures(found: NDArray[np.float64], labels: NDArray[np.int64]) -> GenreFigures:
    """What out-of-fold probabilities amount to."""
    guess = found.argmax(axis=1)
    confusion = np.zeros((found.shape[1], found.shape[1]), dtype=np.int64)
    np.add.at(confusion, (labels, guess), 1)
    recalls = np.diag(confusion) / np.maximum(confusion.sum(axis=1), 1)
    return GenreFigures(float((guess == labels).mean()), float(recalls.mean()), confusion)


@dataclass(frozen=True)
class NumberFigures:
    """Out-of-fold: R² against the mean of the data, mean absolute error in the target's unit."""

    r2: float
    error: float


def number_figures(found: NDArray[np.float64], targets: NDArray[np.float64]) -> NumberFigures:
    """What out-of-fold predictions amount to. R² is 0 where all targets are equal."""
    spread = float(((targets - targets.mean()) ** 2).sum())
    r2 = 1 - float(((targets - found) ** 2).sum()) / spread if spread > 0 else 0.0
    return NumberFigures(r2, float(np.abs(targets - found).mean()))


def importance(
    make: Callable[[], Any],
    values: NDArray[np.float64],
    labels: NDArray[np.int64],
    fold: Fold,
    seed: int,
    repeats: int = 5,
) -> NDArray[np.float64]:
    """(features, 2) mean and standard deviation of the accuracy lost when a feature of the held-out rows is
    shuffled.

    Permutation importance (Breiman 2001). Features that say the same share what they are worth.
    """
    rest, held = fold
    model = make().fit(values[rest], labels[rest])
    generator = np.random.default_rng(seed)
    whole = float((model.predict(values[held]) == labels[held]).mean())
    lost = np.zeros((values.shape[1], repeats))
    for feature in range(values.shape[1]):
        for repeat in range(repeats):
            shuffled = values[held].copy()
            shuffled[:, feature] = generator.permutation(shuffled[:, feature])
            lost[feature, repeat] = whole - float((model.predict(shuffled) == labels[held]).mean())
    return np.column_stack((lost.mean(axis=1), lost.std(axis=1)))
