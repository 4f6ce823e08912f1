"""A sound model hears the library in real processes: killed in the middle, it carries on where it was."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from soniq_desktop.analysis.runner import ListenProgress
from soniq_desktop.common.paths import Paths
from soniq_desktop.discovery.compared_by import spec_in_use
from soniq_desktop.lab.embed.covering import left
from soniq_desktop.lab.embed.use import Use, use
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER
from tests.sound_model_fixtures import listened_to, noises

ROOT = Path(__file__).parents[2]
SONGS, KILLED_AFTER = 6, 2

# Ends as kill -9 would end it, in the middle of the work: when the second song is on the disk.
PROGRAM = """
import os, signal, sys
from pathlib import Path
from soniq_desktop.common.paths import Paths
from soniq_desktop.lab.embed.use import Use, use
from soniq_desktop.library.catalogue import Catalogue

def look(progress):
    if progress.done == 2:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    paths = Paths.under(Path(sys.argv[1]))
    with Catalogue(paths.catalogue) as catalogue:
        use(catalogue, paths, Use("mfcc"), 1, look)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_hearing_leaves_the_old_model_in_use_and_the_next_carries_on(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path / "home").ensure()
    with Catalogue(paths.catalogue) as catalogue:
        ids = listened_to(catalogue, noises(tmp_path / "music", SONGS))
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    ended = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "home")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    with Catalogue(paths.catalogue) as catalogue:
        assert catalogue.sound_model() is None
        assert spec_in_use(catalogue).name == DEFAULT_EMBEDDER
        (model,) = catalogue.sound_models()
        heard, before = catalogue.embeddings(model.name)
        assert len(heard) == KILLED_AFTER
        assert len(left(catalogue, model)) == SONGS - KILLED_AFTER
        totals: list[ListenProgress] = []
        told = use(catalogue, paths, Use("mfcc"), 1, totals.append)
        assert {each.total for each in totals} == {SONGS - KILLED_AFTER}
        assert (told["vectors"], told["not_heard"]) == (SONGS, 0)
        assert catalogue.sound_model().fitted == SONGS
        assert spec_in_use(catalogue).name == model.name
        found, vectors = catalogue.embeddings(model.name)
        assert sorted(found.tolist()) == ids
        assert vectors.shape == (SONGS, 104)
        assert before.shape == (KILLED_AFTER, 104)
        assert use(catalogue, paths, Use("musicnn"), 1, totals.append)["model"] == "musicnn"
        assert catalogue.sound_model() is None
