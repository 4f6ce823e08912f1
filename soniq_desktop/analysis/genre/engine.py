"""Genres of a whole library: what the user taught, limits at the chosen level, results kept up to date.

No Qt; the calls may take seconds at 100,000 tracks and belong on a background thread. numpy alone.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from soniq_desktop.analysis.genre.conformal import (
    Calibration,
    Coverage,
    Thresholds,
    calibrate,
    coverage_by_class,
    joined,
    measured_coverage,
)
from soniq_desktop.analysis.genre.head import VERSION, Head, load_head
from soniq_desktop.analysis.genre.judge import DEFAULT_LEVEL, Floats, classifier_name, judge
from soniq_desktop.analysis.genre.probe import MOST, Labels, Refit, refit
from soniq_desktop.analysis.genre.unsure import worth_asking
from soniq_desktop.common.genre_families import FAMILIES, family_of, trusted_family
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.genre_results import SoundsToJudge
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec

TAG_WEIGHT = 0.3  # of a file's own tag, against 1 for the user's word: taggers disagree
SHIPPED_FADES = 200.0  # labels of the user's by which the shipped calibration has no weight any more
CHUNK = 2_000  # tracks judged and stored at a time


Known = tuple[int, int, float]  # track id, index of the family, weight


@dataclass(frozen=True, slots=True)
class GenreOptions:
    """`level`: share of sets that shall hold the true family; `per_class`: within each family as well."""

    level: float = DEFAULT_LEVEL
    per_class: bool = False


@dataclass(frozen=True, slots=True)
class GenreCoverage:
    """What the sets are worth. `own`: on the user's labels, None for fewer than 20; `shipped`: before any."""

    shipped: Coverage | None
    own: Coverage | None
    corrections: int
    tags: int
    families: tuple[tuple[str, float, int], ...] = ()  # (family, coverage, tracks) where there are enough


class GenreEngine:
    """One library's classifier on the vectors of one embedder. Not to be called from two threads at once."""

    def __init__(
        self,
        catalogue: Catalogue,
        options: GenreOptions = GenreOptions(),
        embedder: str = DEFAULT_EMBEDDER,
    ) -> None:
        self._catalogue = catalogue
        self._spec = embedder_spec(embedder)
        # Everything that was listened to has the default's vector, or is silent.
        self._heard_by = None if embedder == DEFAULT_EMBEDDER else embedder
        self.options = options
        self.refit: Refit | None = None
        self._own: Calibration | None = (
            None  # the user's labels, predicted by weights that have not seen them
        )
        self._head: Head = load_head(embedder)
        self._digest: str | None = None  # of the labels that `_head` was taught
        self._limits: Thresholds | None = None

    @property
    def embedder(self) -> str:
        """Whose vectors are judged."""
        return self._spec.name

    def bring_up_to_date(self, stopped: Callable[[], bool] = lambda: False) -> list[int]:
        """Judge what was not judged with these labels and options; ids whose genre shows otherwise now."""
        digest, changed = self._teach(), []
        while not stopped():
            ids = self._catalogue.genres_to_judge(self._name(digest), VERSION, CHUNK, self._heard_by)
            if not ids:
                break
            changed += self._judge(self._sounds(ids), digest)
        return changed

    def judge(self, ids: Sequence[int]) -> list[int]:
        """Judge these tracks; ids whose genre shows otherwise now."""
        digest = self._teach()
        return self._judge(self._sounds(ids), digest)

    def unsure(self, count: int = 12) -> list[int]:
        """Tracks without a trusted label, about which the user's word would teach most."""
        self._teach()
        sounds = self._sounds(None)
        open_rows = np.flatnonzero(np.array([label < 0 for label, _ in map(label_of, *_columns(sounds))]))
        heard = open_rows[~np.isnan(sounds.vectors[open_rows, 0])]
        music = heard[self._head.kinds(sounds.vectors[heard])[:, 0] > 0.5] if len(heard) else heard
        if not len(music):
            return []
        vectors = sounds.vectors[music]
        chances = self._head.probabilities(vectors, self._head.base(sounds.scores[music]))
        chosen = worth_asking(chances, vectors, count)
        return [int(each) for each in sounds.ids[music[chosen]]]

    def coverage(self) -> GenreCoverage:
        """Measured coverage of the sets at the chosen level."""
        self._teach()
        level, per_class = self.options.level, self.options.per_class
        own = self._own
        weights = own.weights if own else np.zeros(0)
        head = load_head(self._spec.name)
        real = head.calibration.weights == 1  # rendered tracks say nothing of a library
        shipped, beside = head.calibration.rows(real), self._faded(head)
        return GenreCoverage(
            measured_coverage(shipped, level, per_class=per_class),
            measured_coverage(own, level, per_class=per_class, beside=beside) if own else None,
            int((weights == 1.0).sum()),
            int((weights < 1.0).sum()),
            self._by_family(own, beside)
            if own is not None and len(own) >= 20
            else self._by_family(shipped, None),
        )

    def _by_family(
        self, known: Calibration, beside: Calibration | None
    ) -> tuple[tuple[str, float, int], ...]:
        options = self.options
        found = coverage_by_class(known, options.level, per_class=options.per_class, beside=beside)
        return tuple((FAMILIES[each], one.share, one.tracks) for each, one in found.items())

    def _teach(self) -> str:
        """Refit where labels have changed; returns the digest of labels and options."""
        known = [
            (track_id, *label_of(tag, corrected))
            for track_id, tag, corrected in self._catalogue.genre_labels(self._spec.name, self._spec.version)
        ]
        chosen = chosen_labels([row for row in known if row[1] >= 0])
        digest = self._digest_of(chosen)
        if digest != self._digest:
            shipped = load_head(self._spec.name)
            labels = self._labels(shipped, chosen)
            self.refit = refit(shipped, labels)
            self._own = self.refit.calibration if self.refit else untaught(shipped, labels)
            self._head = self.refit.head if self.refit else shipped
            self._limits = calibrate(
                self._calibration(shipped), self.options.level, per_class=self.options.per_class
            )
            self._digest = digest
        return digest

    def _labels(self, head: Head, chosen: Sequence[Known]) -> Labels:
        """With what is known of the sound of these tracks."""
        said = {track_id: (label, weight) for track_id, label, weight in chosen}
        sounds = self._sounds(sorted(said))
        pairs = [said[track_id] for track_id in sounds.ids.tolist()]
        return Labels(
            sounds.vectors,
            head.base(sounds.scores),
            np.array([label for label, _ in pairs], np.int64),
            np.array([weight for _, weight in pairs], np.float64),
            sounds.artists,
        )

    def _calibration(self, shipped: Head) -> Calibration:
        """The shipped tracks, which fade as the user's own labels come, and those."""
        return shipped.calibration if self._own is None else joined([self._faded(shipped), self._own])

    def _faded(self, shipped: Head) -> Calibration:
        """The shipped tracks with the weight that the user's labels leave them."""
        own = 0.0 if self._own is None else float(self._own.weights.sum())
        first = shipped.calibration
        fading = max(0.0, 1.0 - own / SHIPPED_FADES)
        return Calibration(first.probabilities, first.labels, first.weights * fading)

    def _judge(self, sounds: SoundsToJudge, digest: str) -> list[int]:
        assert self._limits is not None
        results = judge(self._head, self._limits, sounds, self._name(digest), self._kinds(sounds))
        return self._catalogue.store_genres(zip(sounds.ids.tolist(), results, strict=True))

    def _kinds(self, sounds: SoundsToJudge) -> Floats | None:
        """Music, speech or noise as the default embedder hears it, which is better at that than the CRNN."""
        if self._heard_by is None:
            return None
        spec, head = embedder_spec(DEFAULT_EMBEDDER), load_head(DEFAULT_EMBEDDER)
        others = self._catalogue.sounds_to_judge(
            spec.name, spec.version, spec.dim, len(spec.tags), sounds.ids.tolist()
        )
        own = self._head.kinds(np.nan_to_num(sounds.vectors))
        there = ~np.isnan(others.vectors[:, :1])
        return np.where(there, head.kinds(np.nan_to_num(others.vectors)), own)

    def _sounds(self, ids: Sequence[int] | None) -> SoundsToJudge:
        spec = self._spec
        return self._catalogue.sounds_to_judge(spec.name, spec.version, spec.dim, len(spec.tags), ids)

    def _name(self, digest: str) -> str:
        return f"{classifier_name(self._head)} {digest}".strip()

    def _digest_of(self, chosen: Sequence[Known]) -> str:
        """Empty for no labels and default options: what the listening processes judge with.

        Every correction counts, of file tags only how often their number has doubled: while a large tagged
        library is being listened to, everything else must not be judged anew for each track.
        """
        if not chosen and self.options == GenreOptions():
            return ""
        corrections = [row for row in chosen if row[2] == 1]
        doublings = (len(chosen) - len(corrections)).bit_length()
        content = repr((self.options, corrections, doublings)).encode()
        return hashlib.blake2b(content, digest_size=6).hexdigest()


def chosen_labels(known: Sequence[Known]) -> list[Known]:
    """All corrections, and as many tags beside them as can be looked at, spread over the library."""
    corrections = [row for row in known if row[2] == 1][-MOST:]
    tags = [row for row in known if row[2] < 1]
    room = MOST - len(corrections)
    step = max(1, -(-len(tags) // max(room, 1)))
    return corrections + tags[::step][:room]


def untaught(head: Head, known: Labels) -> Calibration | None:
    """What the shipped weights say of the labelled tracks; None where there are none."""
    if not len(known):
        return None
    return Calibration(head.probabilities(known.vectors, known.base), known.labels, known.weights)


def label_of(tag: str, corrected: str | None) -> tuple[int, float]:
    """Index of the family that a track is known to be, −1 for none, and how much that counts."""
    if corrected:
        family = corrected if corrected in FAMILIES else family_of(corrected)
        return (FAMILIES.index(family), 1.0) if family else (-1, 0.0)
    family = trusted_family(tag)
    return (FAMILIES.index(family), TAG_WEIGHT) if family else (-1, 0.0)


def _columns(sounds: SoundsToJudge) -> tuple[list[str], list[str | None]]:
    return sounds.tags, sounds.corrected
