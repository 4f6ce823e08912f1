"""The genre classifier on what listening has stored: tag scores and embedding. numpy alone.

The families' logits are those of the teacher's rule (`models.genre_teacher`) on the stored tag scores, plus
one linear layer on the embedding, which supplies what these tags do not have (classical music in MSD's). A
second layer tells music from speech and noise. Trained by models/genre_crnn/train_head.py; needs no second
listening and costs microseconds a track.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.analysis.genre.conformal import Calibration
from soniq_desktop.common.errors import ModelError
from soniq_desktop.common.genre_families import FAMILIES
from soniq_desktop.models.embedder_specs import GENRE_EMBEDDER, embedder_spec
from soniq_desktop.models.genre_teacher import teacher_logits
from soniq_desktop.models.registry import load_weights

Floats = NDArray[np.float64]

WEIGHTS = "genre_head"
VERSION = 2  # raised with every new weights file
LEAST = 1e-4  # probability that the logarithm is taken of
KINDS = ("music", "speech", "noise")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Head:
    """Weights for the vectors of one embedder.

    Attributes:
        embedder: name; `mean`, `deviation`: (dim,) of its vectors, for the z-score.
        weight, bias: (12, dim) and (12,), in the order of FAMILIES: what is added to the teacher's logits.
        temperature: what the sum is divided by, so that probabilities are calibrated.
        kind_weight, kind_bias: (3, dim) and (3,), in the order of KINDS.
        calibration: tracks that had no part in the training, for prediction sets.
    """

    embedder: str
    mean: Floats
    deviation: Floats
    weight: Floats
    bias: Floats
    temperature: float
    kind_weight: Floats
    kind_bias: Floats
    calibration: Calibration

    def scaled(self, vectors: NDArray[np.float32]) -> Floats:
        """(n, dim) -> (n, dim) z-scored."""
        return np.asarray((vectors - self.mean) / self.deviation, np.float64)

    def base(self, scores: NDArray[np.float32]) -> Floats:
        """(n, tags) scores stored with the vectors -> (n, 12) logits: the teacher's rule's, or the CRNN's."""
        if self.embedder == GENRE_EMBEDDER:
            return np.asarray(np.log(np.maximum(scores, LEAST)), np.float64)
        return teacher_logits(scores, embedder_spec(self.embedder).tags)

    def probabilities(self, vectors: NDArray[np.float32], base: Floats) -> Floats:
        """(n, dim) vectors and (n, 12) logits of `base` -> (n, 12), rows sum to 1."""
        added = self.scaled(vectors) @ self.weight.T + self.bias
        return softmax((base + added) / self.temperature)

    def kinds(self, vectors: NDArray[np.float32]) -> Floats:
        """(n, dim) -> (n, 3): music, speech, noise."""
        return softmax(self.scaled(vectors) @ self.kind_weight.T + self.kind_bias)


def softmax(logits: Floats) -> Floats:
    """Along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


@lru_cache(maxsize=4)
def load_head(embedder: str) -> Head:
    """The shipped classifier for the vectors of an embedder.

    Raises:
        ModelError: the weights are missing or damaged, or there are none for that embedder.
    """
    dim = embedder_spec(embedder).dim
    tensors = {
        key.removeprefix(f"{embedder}."): np.asarray(value, np.float64)
        for key, value in load_weights(WEIGHTS).items()
        if key.startswith(f"{embedder}.")
    }
    if not tensors or tensors["weight"].shape != (len(FAMILIES), dim):
        raise ModelError(f'There is no genre classifier for the embedder "{embedder}".')
    labels = tensors["calibration.labels"].astype(np.int64)
    return Head(
        embedder,
        tensors["mean"],
        tensors["deviation"],
        tensors["weight"],
        tensors["bias"],
        float(tensors["temperature"]),
        tensors["kind.weight"],
        tensors["kind.bias"],
        Calibration(tensors["calibration.probabilities"], labels, tensors["calibration.weights"]),
    )
