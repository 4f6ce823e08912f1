"""How likely the listener is to finish a song, from the listener's own plays. numpy alone.

A logistic regression with a ridge, fitted by Newton's method (Hastie, Tibshirani and Friedman 2009, 4.4.1),
on what was known before each play; then Platt's calibration (Platt 1999) on later plays, and the check on
plays later still. The model that was checked is the model that is used.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.discovery.hybrid import session_numbers
from soniq_desktop.discovery.sounds import Sounds
from soniq_desktop.library.play_history import ENDINGS, PlayColumns

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FINISHED = ENDINGS.index("finished")
WITHOUT_ENDINGS = frozenset({"Last.fm", "ListenBrainz"})  # their plays do not say how they ended
LEAST_PLAYS, LEAST_UNFINISHED, LEAST_AUC = 200, 30, 0.55
MOST_ERROR = 0.10  # of the calibration
FIT, CALIBRATE = 0.6, 0.8  # shares of the plays
RIDGE = 3.0
PRIOR = 2.0  # plays that the rate of a song begins with, at the listener's own rate
MEMORY = 0.99  # of the mean sound of what was finished, at each play
BINS = 5
RESAMPLES = 1_000
MOST_PLAYS = 20_000
DAY = 86_400.0
SOUND = ("energy", "loudness", "brightness", "tempo", "onset_rate", "duration", "year")
FEATURES = ("rate", "heard", "rested", "taste", "distaste", "morning", "evening", *SOUND)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the check found.

    Attributes:
        plays: with a known ending; unfinished: of them.
        auc: on the latest fifth; low: lower end of its 95 % interval over sessions.
        error: expected calibration error there (Naeini et al. 2015).
    """

    plays: int
    unfinished: int
    auc: float = float("nan")
    low: float = float("nan")
    error: float = float("nan")

    @property
    def shown(self) -> bool:
        """Whether a chance may be shown at all."""
        enough = self.plays >= LEAST_PLAYS and self.unfinished >= LEAST_UNFINISHED
        return bool(enough and self.low > LEAST_AUC and self.error <= MOST_ERROR)

    def words(self, chance: float) -> tuple[str, str]:
        """A chance, and what it rests on."""
        return f"{100 * chance:.0f}\u202f%", f"from {self.plays:,} plays, AUC {self.auc:.2f}"


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Weights (f + 1,), the last one of 1; means and scales (f,) of the features; Platt's slope and shift."""

    weights: Floats
    means: Floats
    scales: Floats
    slope: float
    shift: float

    def chances(self, values: Floats) -> Floats:
        """(n,) for features (n, f); what is not known counts as the mean."""
        return _squashed(self.slope * self.margins(values) + self.shift)

    def margins(self, values: Floats) -> Floats:
        """(n,) log odds before calibration."""
        return np.asarray(_design(values, self.means, self.scales) @ self.weights)


class Memory:
    """What was known of a listener at a moment; grows play by play, in the order of time."""

    def __init__(self, sounds: Sounds) -> None:
        self.sounds = sounds
        count = len(sounds)
        self.heard, self.finished = np.zeros(count), np.zeros(count)
        self.last = np.full(count, np.nan)
        dim = sounds.vectors.shape[1]
        self.liked, self.left = np.zeros(dim), np.zeros(dim)
        self.base = np.zeros(2)  # finished, all
        names = [sounds.columns[name] for name in SOUND]
        self.sound = np.column_stack([*names]) if count else np.zeros((0, len(SOUND)))

    def add(self, row: int, finished: bool, at: float) -> None:
        self.heard[row] += 1
        self.finished[row] += finished
        self.last[row] = at
        self.base = MEMORY * self.base + (finished, 1)
        self.liked = MEMORY * self.liked + finished * self.sounds.vectors[row]
        self.left = MEMORY * self.left + (not finished) * self.sounds.vectors[row]

    def features(self, rows: NDArray[np.intp], at: float) -> Floats:
        """(len(rows), f) what is known before a play at a moment (Unix seconds)."""
        base = (self.base[0] + 1) / (self.base[1] + 2)
        rate = (self.finished[rows] + PRIOR * base) / (self.heard[rows] + PRIOR)
        rested = np.exp(-np.nan_to_num((at - self.last[rows]) / (3 * DAY), nan=np.inf))
        vectors = self.sounds.vectors[rows]
        angle = 2 * np.pi * (at % DAY) / DAY
        clock = np.tile([np.cos(angle), np.sin(angle)], (len(rows), 1))
        own = (
            np.log(rate / (1 - rate)), np.log1p(self.heard[rows]), rested,
            vectors @ _direction(self.liked), vectors @ _direction(self.left),
        )  # fmt: skip
        return np.column_stack([*own, clock, self.sound[rows]])


def known_endings(columns: PlayColumns, sounds: Sounds) -> Mask:
    """(n,) plays whose ending was recorded, of songs in the library."""
    unknown = [code for code, name in enumerate(columns.source_names) if name in WITHOUT_ENDINGS]
    return np.isin(columns.tracks, sounds.ids) & ~np.isin(columns.sources, unknown)


def fit(sounds: Sounds, columns: PlayColumns) -> tuple[Model | None, Evidence]:
    """The model, and what the check found; no model where there is too little to fit one."""
    mask = known_endings(columns, sounds)
    finished = columns.ended[mask] == FINISHED
    evidence = Evidence(len(finished), int((~finished).sum()))
    both = min(evidence.unfinished, int(finished.sum()))
    if evidence.plays < LEAST_PLAYS or both < LEAST_UNFINISHED:
        return None, evidence
    values = told_before(sounds, columns, mask)
    first, second = int(FIT * len(values)), int(CALIBRATE * len(values))
    parts = finished[:first], finished[first:second], finished[second:]
    if any(part.all() or not part.any() for part in parts):
        return None, evidence
    model = _fitted(values[:second], finished[:second], first)
    chances = model.chances(values[second:])
    sessions = session_numbers(columns.started[mask], (columns.started + columns.heard)[mask])[second:]
    return model, Evidence(
        evidence.plays, evidence.unfinished, auc(chances, parts[2]), lower(chances, parts[2], sessions),
        calibration_error(chances, parts[2]),
    )  # fmt: skip


def told_before(sounds: Sounds, columns: PlayColumns, mask: Mask) -> Floats:
    """(m, f) of each masked play, from the plays before it alone."""
    memory, rows = Memory(sounds), np.searchsorted(sounds.ids, columns.tracks[mask])
    started, finished = columns.started[mask].tolist(), (columns.ended[mask] == FINISHED).tolist()
    found = np.zeros((len(rows), len(FEATURES)))
    for place, row in enumerate(rows):
        found[place] = memory.features(rows[place : place + 1], started[place])[0]
        memory.add(int(row), finished[place], started[place])
    return found


def remembered(sounds: Sounds, columns: PlayColumns) -> Memory:
    """What is known now, of the latest `MOST_PLAYS`: this is asked whenever a song begins."""
    memory, known = Memory(sounds), np.flatnonzero(known_endings(columns, sounds))[-MOST_PLAYS:]
    rows = np.searchsorted(sounds.ids, columns.tracks[known]).tolist()
    for row, ended, at in zip(
        rows, columns.ended[known].tolist(), columns.started[known].tolist(), strict=True
    ):
        memory.add(row, ended == FINISHED, at)
    return memory


def auc(scores: Floats, positive: Mask) -> float:
    """Area under the ROC curve (Mann-Whitney), ties counting half; NaN where one side is empty."""
    above, below = scores[positive], np.sort(scores[~positive])
    if not len(above) or not len(below):
        return float("nan")
    wins = np.searchsorted(below, above) + np.searchsorted(below, above, side="right")
    return float(wins.mean() / (2 * len(below)))


def lower(scores: Floats, positive: Mask, sessions: NDArray[np.int64], seed: int = 0) -> float:
    """Lower end of the 95 % interval of the AUC, by a bootstrap over sessions."""
    random, members = np.random.default_rng(seed), list[NDArray[np.intp]]()
    for number in np.unique(sessions):
        members.append(np.flatnonzero(sessions == number))
    found = list[float]()
    for _ in range(RESAMPLES):
        drawn = np.concatenate([members[i] for i in random.integers(0, len(members), len(members))])
        found.append(auc(scores[drawn], positive[drawn]))
    return float(np.nanquantile(found, 0.025))


def calibration_error(chances: Floats, finished: Mask) -> float:
    """Mean distance between chance and share over bins of equal size."""
    order = np.argsort(chances, kind="stable")
    parts = np.array_split(order, BINS)
    gaps = [abs(chances[part].mean() - finished[part].mean()) * len(part) for part in parts if len(part)]
    return float(sum(gaps) / len(chances))


def _fitted(values: Floats, finished: Mask, first: int) -> Model:
    """Weights from the rows before `first`, Platt's line from those after."""
    known = values[:first]
    with np.errstate(invalid="ignore"):
        counts = np.maximum(np.isfinite(known).sum(axis=0), 1)
        means = np.nansum(known, axis=0) / counts
        scales = np.sqrt(np.nansum((known - means) ** 2, axis=0) / counts)
    scales = np.where(scales > 1e-9, scales, 1.0)
    weights = logistic(_design(known, means, scales), finished[:first], RIDGE)
    raw = Model(weights, means, scales, 1.0, 0.0)
    margins = raw.margins(values[first:])
    slope, shift = logistic(np.column_stack([margins, np.ones(len(margins))]), finished[first:], 1.0)
    return Model(weights, means, scales, float(slope), float(shift))


def logistic(design: Floats, positive: Mask, ridge: float) -> Floats:
    """(f,) weights by Newton's method; the ridge spares the last column, which is 1."""
    penalty = np.full(design.shape[1], ridge)
    penalty[-1] = 1e-6
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        chances = _squashed(design @ weights)
        slope = design.T @ (positive - chances) - penalty * weights
        curve = (design * (chances * (1 - chances))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights = weights + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _design(values: Floats, means: Floats, scales: Floats) -> Floats:
    scaled = np.clip((values - means) / scales, -4, 4)
    return np.column_stack([np.where(np.isfinite(scaled), scaled, 0.0), np.ones(len(values))])


def _squashed(margins: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(margins, -30, 30))))


def _direction(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else vector
