"""How a clip that is in no library sounds: tags by musicnn, likeness by what songs are compared by."""

from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from soniq_desktop.common.errors import AnalysisError
from soniq_desktop.common.processes import Failed, Finished
from soniq_desktop.library.records import Embedding, Listening
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from soniq_desktop.services import clip_sound
from soniq_desktop.services.clip_sound import describe_clip
from tests.catalogue_fixtures import FEATURES, waveform
from tests.sound_model_fixtures import MODEL

SPEC = embedder_spec(DEFAULT_EMBEDDER)
SCORES = np.linspace(0, 1, len(SPEC.tags), dtype=np.float32)
BY_MUSICNN = Embedding(SPEC.name, 1, np.ones(SPEC.dim, np.float32), SCORES)
BY_MODEL = Embedding(MODEL.name, 1, np.arange(6, dtype=np.float32))


class Pool:
    """Answers at once."""

    def __init__(self, answer: Finished | Failed) -> None:
        self.answer = answer

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, _key: object, _task: object, *, urgent: bool = False) -> None:
        pass

    def events(self, _timeout: float) -> list[Any]:
        return [self.answer]


@pytest.fixture(autouse=True)
def pools(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Listening("a" * 32, 5.0, FEATURES, waveform(), (BY_MUSICNN,))
    monkeypatch.setattr(clip_sound, "listening_pool", lambda *_, **__: Pool(Finished("clip", heard)))
    monkeypatch.setattr(clip_sound, "sound_pool", lambda *_, **__: Pool(Finished("clip", BY_MODEL)))


def test_without_a_choice_both_are_musicnns() -> None:
    found = describe_clip(Path("clip.wav"), Event())
    assert found.heard is BY_MUSICNN
    assert found.tags[0] == (SPEC.tags[-1], 1.0)


def test_a_chosen_model_hears_the_clip_and_the_tags_stay() -> None:
    found = describe_clip(Path("clip.wav"), Event(), MODEL)
    assert found.heard is BY_MODEL
    assert found.tags[0] == (SPEC.tags[-1], 1.0)


def test_a_clip_that_cannot_be_heard_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = Failed("clip", "error", "Nothing but noise.")
    monkeypatch.setattr(clip_sound, "sound_pool", lambda *_, **__: Pool(failed))
    with pytest.raises(AnalysisError, match="Nothing but noise"):
        describe_clip(Path("clip.wav"), Event(), MODEL)
