"""What the user teaches the classifier: the shipped weights are the prior, corrections move them. numpy.

Maximum a posteriori: multinomial logistic regression whose penalty is the distance to the shipped weights, so
with few labels little changes and with many they decide. How strong the prior is, and whether the user's
weights are used at all, is decided by cross-validation: they must predict labels they have not seen better
(log loss) than the shipped ones do. An artist's tracks are never on both sides of a fold. File tags help only
as far as there are corrections: together they weigh no more than those, so that one well-tagged collection
does not decide what everything else is.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.genre.conformal import Calibration
from soniq_desktop.analysis.genre.head import Head, softmax

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STRENGTHS = (100.0, 30.0, 10.0, 3.0)  # of the prior: as many labels move a weight half of the way
FOLDS = 5
STEPS = 150
LEAST = 8  # labels; fewer teach nothing that could be checked
LEAST_CORRECTIONS = 5
MOST = 1_000  # labels looked at, corrections before tags: more would cost seconds and teach little


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Tracks whose family is known.

    Attributes:
        vectors: (n, dim) embeddings; base: (n, 12) logits by the tags; labels: (n,) index of the family.
        weights: (n,) 1 for the user's word, less for a file's tag.
        groups: (n,) their artists.
    """

    vectors: NDArray[np.float32]
    base: Floats
    labels: Ints
    weights: Floats
    groups: Ints

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, chosen: NDArray[np.bool_]) -> "Labels":
        """Some of them."""
        return Labels(
            self.vectors[chosen],
            self.base[chosen],
            self.labels[chosen],
            self.weights[chosen],
            self.groups[chosen],
        )

    def balanced(self) -> "Labels":
        """The same with tags that together weigh no more than the user's own words."""
        tags = self.weights < 1
        own, theirs = float((~tags).sum()), float(self.weights[tags].sum())
        weights = np.where(tags, self.weights * min(1.0, own / max(theirs, 1e-9)), 1.0)
        return Labels(self.vectors, self.base, self.labels, weights, self.groups)


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """The result of teaching, and its held-out gain.

    Attributes:
        head: to be used from now on; the shipped one where the taught one was not better.
        taught: whether it was.
        labels: how many there were.
        right_before, right_after: share of held-out labels that were the likeliest family.
        loss_before, loss_after: held-out log loss, nats.
        calibration: the labels with probabilities from weights that had not seen them.
    """

    head: Head
    taught: bool
    labels: int
    right_before: float
    right_after: float
    loss_before: float
    loss_after: float
    calibration: Calibration


def refit(head: Head, known: Labels) -> Refit | None:
    """Teach the head; None for fewer than 8 labels, fewer than 5 of the user's, or one artist only."""
    if len(known) < LEAST or (known.weights == 1).sum() < LEAST_CORRECTIONS or len(set(known.groups)) < 2:
        return None
    known = known.balanced()
    shipped = head.probabilities(known.vectors, known.base)
    trials = [(strength, held_out(head, known, strength)) for strength in STRENGTHS]
    strength, unseen = min(trials, key=lambda trial: log_loss(trial[1], known))
    before, after = log_loss(shipped, known), log_loss(unseen, known)
    taught = after < before
    return Refit(
        adapted(head, known, strength) if taught else head,
        taught,
        len(known),
        right(shipped, known),
        right(unseen, known),
        before,
        after,
        Calibration(unseen if taught else shipped, known.labels, known.weights),
    )


def held_out(head: Head, known: Labels, strength: float) -> Floats:
    """(n, 12): each label predicted by weights that saw the other folds only."""
    artists, place = np.unique(known.groups, return_inverse=True)
    fold = (np.random.default_rng(5).permutation(len(artists)) % FOLDS)[place]
    found = np.empty((len(known), len(head.bias)))
    for number in range(FOLDS):
        rest = fold != number
        taught = adapted(head, known.rows(rest), strength)
        found[~rest] = taught.probabilities(known.vectors[~rest], known.base[~rest])
    return found


def adapted(head: Head, known: Labels, strength: float) -> Head:
    """The head moved towards the labels (Nesterov's accelerated gradient, fixed number of steps)."""
    vectors = np.hstack([head.scaled(known.vectors), np.ones((len(known), 1))])
    prior = np.hstack([head.weight, head.bias[:, None]])
    target = np.zeros((len(known), len(prior)))
    target[np.arange(len(known)), known.labels] = 1.0
    step = 1.0 / (0.5 * np.linalg.norm(vectors * np.sqrt(known.weights)[:, None], 2) ** 2 + strength)
    weight = ahead = prior
    for number in range(STEPS):
        said = softmax((known.base + vectors @ ahead.T) / head.temperature)
        error = (said - target) * known.weights[:, None]
        following = ahead - step * (error.T @ vectors + strength * (ahead - prior))
        ahead = following + number / (number + 3) * (following - weight)
        weight = following
    return replace(head, weight=weight[:, :-1], bias=weight[:, -1])


def log_loss(probabilities: Floats, known: Labels) -> float:
    """Weighted mean of −log of the true family's probability."""
    own = probabilities[np.arange(len(known)), known.labels]
    return float(-(np.log(np.maximum(own, 1e-9)) @ known.weights) / known.weights.sum())


def right(probabilities: Floats, known: Labels) -> float:
    """Weighted share of labels that are the likeliest family."""
    return float((probabilities.argmax(axis=1) == known.labels) @ known.weights / known.weights.sum())
