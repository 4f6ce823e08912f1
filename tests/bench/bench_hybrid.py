"""How often habits are found where there are some and where there are none, how sure finishing is, and a
published figure reproduced.

    python -m tests.bench.bench_hybrid listeners HOME [COUNT]   simulated, over the library of a home
    python -m tests.bench.bench_hybrid alarms HOME [COUNT]       wins where there is nothing to be found
    python -m tests.bench.bench_hybrid boosting HOME [COUNT]     finishing by boosting beside the app's model
    python -m tests.bench.bench_hybrid networks HOME [COUNT]     BERT4Rec beside the app's model, next song
    python -m tests.bench.bench_hybrid published ml-100k.inter [SPLITS]   MovieLens 100K, of RecBole's wheel
"""

import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from soniq_desktop.analysis.genre.conformal import wilson
from soniq_desktop.common.paths import Paths
from soniq_desktop.discovery import finishing
from soniq_desktop.discovery.hybrid import RADIO, Sessions, counted, sessions_of
from soniq_desktop.discovery.hybrid_judge import CHOOSE, by_session, judge, ndcg, next_songs
from soniq_desktop.discovery.hybrid_worker import after_last, checked_now
from soniq_desktop.discovery.sounds import Sounds, SoundStore
from soniq_desktop.lab.evaluation import Experiment, measure
from soniq_desktop.lab.interactions import Interactions, interactions
from soniq_desktop.lab.simulated import END, RANDOM, Ways, simulated_plays
from soniq_desktop.lab.splits import Split
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.play_history import PlayColumns
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec

LISTENERS = {
    "habits": Ways(),
    "no habits": Ways(habit=0.0),
    "weak": Ways(habit=0.15, repeat=0.3),
    "picky": Ways(picky=8.0),
    "random": RANDOM,
}
DAYS = 365
FRESH = 1_000_000  # seeds from here on


def listeners(home: Path, count: int) -> None:
    """Of each kind: share of wins for the radio and for For you, NDCG@10, share and AUC of finishing."""
    sounds, music = _library(home)
    print(f"{len(sounds):,} songs, {music.sum():,} of 30 s and more; {count} listeners of each kind")
    print(
        "listener   plays  radio: wins content hybrid  for you: wins content hybrid  finish: shown AUC ECE  s"
    )
    for name, ways in LISTENERS.items():
        rows = [_one(sounds, music, ways, seed) for seed in range(count)]
        print(f"{name:10}" + " ".join(f"{value:8.3f}" for value in np.nanmean(rows, axis=0)), flush=True)


def _one(sounds: Sounds, music: np.ndarray, ways: Ways, seed: int) -> list[float]:
    durations = sounds.columns["duration"][music]
    plays = simulated_plays(sounds.ids[music], sounds.vectors[music], durations, ways, days=DAYS, seed=seed)
    begun = time.perf_counter()
    found = checked_now(sounds, plays, END)
    took = time.perf_counter() - begun
    figures = [value for each in found.verdicts for value in (each.wins, each.content, each.hybrid)]
    evidence = found.evidence
    return [len(plays.tracks), *figures, evidence.shown, evidence.auc, evidence.error, took]


def alarms(home: Path, count: int) -> None:
    """Share of listeners who play at random (200 days) who are told that habits win, with Wilson's interval.

    Their seeds have served nothing else: the tests were chosen on seeds below a thousand. The library is what
    they play from: where it holds more, that they never play the rest is a habit, too, and is learned.
    """
    sounds, music = _library(home)
    sounds = sounds.part(music)
    durations = sounds.columns["duration"]
    won: dict[str, list[bool]] = {}
    by_one_test = 0
    for seed in range(FRESH, FRESH + count):
        plays = simulated_plays(sounds.ids, sounds.vectors, durations, RANDOM, days=200, seed=seed)
        verdicts = checked_now(sounds, plays, END).verdicts
        for each in verdicts:
            won.setdefault(each.use, []).append(each.wins)
        by_one_test += verdicts[0].low > 0
    won["either"] = np.any(list(won.values()), axis=0).tolist()
    for use, wins in won.items():
        low, high = wilson(sum(wins), count)
        print(f"{use:8} {sum(wins)} of {count}: {sum(wins) / count:.2%} [{low:.2%}, {high:.2%}]")
    print(f"radio, by the bootstrap interval alone: {by_one_test} of {count}")


def _library(home: Path) -> tuple[Sounds, np.ndarray]:
    """What a home has heard, and which of it is songs."""
    with Catalogue(Paths.under(home).catalogue) as catalogue:
        sounds = SoundStore(catalogue, embedder_spec(DEFAULT_EMBEDDER)).current()
    return sounds, (sounds.columns["duration"] >= 30) & ~np.isnan(sounds.scales)


def boosting(home: Path, count: int) -> None:
    """The app's logistic regression against gradient boosting on the same features and cuts."""
    from soniq_desktop.lab.tabular.models import classifier

    sounds, music = _library(home)
    durations = sounds.columns["duration"][music]
    rows = []
    for seed in range(count):
        plays: PlayColumns = simulated_plays(
            sounds.ids[music], sounds.vectors[music], durations, LISTENERS["picky"], days=DAYS, seed=seed
        )
        mask = finishing.known_endings(plays, sounds)
        values, ended = finishing.told_before(sounds, plays, mask), plays.ended[mask] == finishing.FINISHED
        first, second = int(finishing.FIT * len(values)), int(finishing.CALIBRATE * len(values))
        model = classifier("boosting", seed, 1).fit(values[:first], ended[:first])
        boosted = finishing.auc(model.predict_proba(values[second:])[:, 1], ended[second:])
        rows.append([finishing.fit(sounds, plays)[1].auc, boosted])
    logistic, boosted = np.mean(rows, axis=0)
    print(f"AUC of finishing, {count} picky listeners: logistic {logistic:.3f}, boosting {boosted:.3f}")


def networks(home: Path, count: int) -> None:
    """NDCG@10 of the next song on the judged fifth of each listener: content, habits over it, BERT4Rec."""
    sounds, music = _library(home)
    durations = sounds.columns["duration"][music]
    rows = []
    for seed in range(count):
        plays = simulated_plays(
            sounds.ids[music], sounds.vectors[music], durations, LISTENERS["habits"], days=DAYS, seed=seed
        )
        sessions = sessions_of(plays, counted(plays, sounds))
        verdict = judge(RADIO, sounds, sessions, lambda asked: after_last(sounds, asked), END)
        rows.append([verdict.content, verdict.hybrid, _network(sounds, sessions, seed)])
        print(" ".join(f"{value:.3f}" for value in rows[-1]), flush=True)
    content, hybrid, network = np.mean(rows, axis=0)
    print(f"mean of {count}: content {content:.3f}, habits {hybrid:.3f}, BERT4Rec {network:.3f}")


def _network(sounds: Sounds, sessions: Sessions, seed: int) -> float:
    """BERT4Rec from content vectors, on the sessions that the habits learned from, asked the same."""
    from soniq_desktop.lab.recommenders.base import Task
    from soniq_desktop.lab.recommenders.bert4rec import Bert4Rec

    cut = sessions.numbers[int(CHOOSE * len(sessions))]
    known = sessions.where(sessions.numbers < cut)
    names = [f"{row:06d}" for row in sounds.rows(known.tracks)]
    users = [f"{number:06d}" for number in known.numbers]
    events = interactions(users, names, known.started, dated=True)
    own = np.array([int(name) for name in events.item_names])
    model = Bert4Rec()
    settings: dict[str, float | int | str] = {"batch": 32, "length": 20, "epochs": 80, "patience": 12}
    model.fit(Task(events, sounds.vectors[own], seed, settings))
    asked = [each for each in next_songs(sessions) if each.session >= cut]
    places = {int(row): place for place, row in enumerate(own)}
    values, owners = [], []
    for each in asked:
        before = [places[row] for row in sounds.rows(each.context) if row in places]
        scores = np.full(len(sounds), -np.inf, np.float32)
        if before:
            scores[own] = model.scores_after([np.array(before, np.int32)])[0]
        allowed = np.ones(len(sounds), bool)
        allowed[sounds.rows(each.barred)] = False
        values.append(ndcg(scores, allowed, sounds.rows(each.wanted)))
        owners.append(each.session)
    return float(by_session(np.array(values), np.array(owners)).mean())


def published(file: Path, splits: int) -> None:
    """Recommenders' figures on MovieLens 100K: popularity on a random quarter, BPR on one of each user's.

    Theirs of BPR are of 200 factors in 15 epochs of plain gradient descent; ours of 200 factors and AdamW.
    Decay is chosen on a quarter of the events that are learned from.
    """
    rows = [line.split("\t") for line in file.read_text().splitlines()[1:]]
    times = np.array([float(row[3]) for row in rows])
    events = interactions([row[0] for row in rows], [row[1] for row in rows], times, dated=True)
    popular = [_measured("popularity", _quarter(events, seed, each=False), {}) for seed in range(20)]
    _told("popularity", popular, (0.2529, 0.2246, 0.1117))
    inner = _quarter(_quarter(events, 0, each=True).train, 1, each=True)
    tried = {decay: _measured("bpr", inner, {"dim": 200, "decay": decay})[0] for decay in (0.3, 1.0, 2.0)}
    print("BPR, NDCG@10 by decay on events that are learned from:", tried, flush=True)
    settings = {"dim": 200, "decay": max(tried, key=lambda decay: tried[decay])}
    factors = [_measured("bpr", _quarter(events, seed, each=True), settings, seed) for seed in range(splits)]
    _told("BPR", factors, (0.441997, 0.388229, 0.212522))


FIGURES = ("NDCG@10", "Precision@10", "Recall@10")


def _measured(
    model: str, halves: Split, settings: dict[str, float | int | str], seed: int = 0
) -> list[float]:
    figures = measure(Experiment(model, ks=(10,), seed=seed, settings=settings), halves, None).figures
    return [figures[name].value for name in FIGURES]


def _told(model: str, found: list[list[float]], theirs: tuple[float, ...]) -> None:
    for name, values, paper in zip(FIGURES, np.transpose(found), theirs, strict=True):
        spread = f"({values.min():.4f} to {values.max():.4f} over {len(values)} splits)"
        print(f"{model} {name:13} {values.mean():.4f} {spread}, published {paper}", flush=True)


def _quarter(events: Interactions, seed: int, *, each: bool) -> Split:
    """A random quarter is predicted: of each user's events, or of all."""
    random = np.random.default_rng(seed)
    test = np.zeros(len(events), bool)
    ends = np.searchsorted(events.users, np.arange(events.user_count + 1)) if each else [0, len(events)]
    for first, last in pairwise(ends):
        own = random.permutation(np.arange(first, last))
        test[own[round(0.75 * len(own)) :]] = True
    return Split(events.take(~test), events.take(test), np.zeros(0, np.int64), "random quarter")


if __name__ == "__main__":
    what, where, *rest = sys.argv[1:]
    if what == "published":
        published(Path(where), int(rest[0]) if rest else 5)
    else:
        {"listeners": listeners, "alarms": alarms, "boosting": boosting, "networks": networks}[what](
            Path(where), int(rest[0]) if rest else 20
        )
