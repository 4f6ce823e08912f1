"""Persona: speed at 200,000 events, estimators of entropy against the truth, stability of archetypes.

python -m tests.bench.bench_persona [speed] [entropy] [stability]
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.play_history import like_moments, play_columns, played_songs
from soniq_desktop.persona import entropy
from soniq_desktop.persona.history import history_of
from soniq_desktop.persona.interval import estimate
from soniq_desktop.persona.listeners import KINDS
from soniq_desktop.persona.portrait import portrait
from soniq_desktop.persona.stability import stability
from tests.persona_fixtures import fill

EVENTS = 200_000
ESTIMATORS = {
    "plug-in": lambda counts: float(entropy.plug_in(counts)),
    "Miller-Madow": entropy.miller_madow,
    "Chao-Shen": entropy.chao_shen,
    "Grassberger": entropy.grassberger,
}


def speed() -> None:
    """From a catalogue on the disk to the portrait, three times each, the best."""
    with tempfile.TemporaryDirectory() as folder, Catalogue(Path(folder) / "library.sqlite3") as catalogue:
        events = fill(catalogue, songs=20_000, events=EVENTS)
        print(f"{events:,} events of {len(played_songs(catalogue.database).ids):,} songs")
        steps: dict[str, list[tuple[float, float]]] = {}
        for _ in range(3):
            at = _now()

            def took(name: str) -> None:
                nonlocal at
                now = _now()
                steps.setdefault(name, []).append((now[0] - at[0], now[1] - at[1]))
                at = now

            columns = play_columns(catalogue.database)
            took("read events")
            songs = played_songs(catalogue.database)
            took("read songs")
            history = history_of(columns, songs)
            took("prepare")
            acts = like_moments(catalogue.database)
            took("read likes")
            for period in ("30 days", "12 months", "all"):
                portrait(history, period, acts=acts)  # type: ignore[arg-type]
                took(f"portrait, {period}")
        best = {name: np.min(times, axis=0) * 1000 for name, times in steps.items()}
        for name, (wall, processor) in best.items():
            print(f"  {name:22} {wall:7.0f} ms, processor {processor:.0f} ms")
        whole = sum(best[name] for name in ("read events", "read songs", "prepare", "portrait, all"))
        print(f"  all of it              {whole[0]:7.0f} ms, processor {whole[1]:.0f} ms")


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def estimators() -> None:
    """Bias and root mean square error in bits, over 2,000 samples each."""
    random = np.random.default_rng(0)
    cases = {
        "12 genres, mixed": np.array([30, 20, 15, 10, 8, 6, 4, 3, 2, 1, 0.5, 0.5]),
        "12 genres, one rules": np.array([88, 3, 2, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5]),
        "500 artists, Zipf": 1.0 / np.arange(1, 501),
    }
    for name, weights in cases.items():
        p = weights / weights.sum()
        truth = float(entropy.plug_in(p))
        for plays in (50, 200, 1_000):
            draws = random.multinomial(plays, p, 2_000).astype(float)
            print(f"{name}, {plays} plays, truth {truth:.3f} bits")
            for label, estimator in ESTIMATORS.items():
                errors = np.array([estimator(draw) for draw in draws]) - truth
                print(f"    {label:13} bias {errors.mean():+.3f}  rmse {np.sqrt((errors**2).mean()):.3f}")
    _coverage(random)


def _coverage(random: np.random.Generator) -> None:
    """How often the 90 % interval holds the truth: plays one by one, and in runs of an album."""
    p = np.array([30, 20, 15, 10, 8, 6, 4, 3, 2, 1, 0.5, 0.5]) / 100
    sets = entropy.shares(
        random.dirichlet(np.full(12, 0.2), 4_000) + np.eye(12)[random.choice(12, 4_000, p=p)]
    )
    for label, pool in (("whole labels", np.eye(12)), ("soft sets", sets)):
        weights = p if len(pool) == 12 else np.full(len(pool), 1 / len(pool))
        truth = float(entropy.plug_in(weights @ pool))
        for run in (1, 5):
            held, widths, errors = [], [], []
            for trial in range(300):
                rows = np.repeat(random.choice(len(pool), 500 // run, p=weights), run)
                days = np.arange(len(rows)) // 10
                starts = days * 86_400.0 + np.arange(len(rows)) % 10 * 200.0
                found = estimate(pool[rows], starts, days, trial)
                held.append(found.low <= truth <= found.high)
                widths.append(found.high - found.low)
                errors.append((found.raw - truth, found.bits - truth))
            raw, bits = np.mean(errors, axis=0)
            print(
                f"{label}, runs of {run}: holds the truth in {100 * np.mean(held):.0f} %, width"
                f" {np.mean(widths):.3f}, bias plug-in {raw:+.4f}, corrected {bits:+.4f} bits"
            )


def firmness(listeners: int = 20) -> None:
    """A tenth of the days replaced, 20 times for each simulated listener."""
    for kind in KINDS:
        found = stability(kind, listeners)
        print(
            f"{kind:11} right {found.right:.2f}  well inside {found.inside:.2f}  kept {found.kept:.3f}"
            f"  kept inside {found.kept_inside:.3f}  steady inside {found.steady_inside:.2f}"
        )


def main(names: list[str]) -> None:
    for name, part in (("speed", speed), ("entropy", estimators), ("stability", firmness)):
        if not names or name in names:
            part()


if __name__ == "__main__":
    main(sys.argv[1:])
