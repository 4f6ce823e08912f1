"""A listening process that only pretends: quick results that depend on the file's bytes."""

import time
from pathlib import Path

import numpy as np

from soniq_desktop.analysis.fingerprints import Fingerprinted
from soniq_desktop.analysis.runner import OnlyHash
from soniq_desktop.audio.identity import audio_hash
from soniq_desktop.common.errors import UnreadableAudioError
from soniq_desktop.common.versions import FEATURES_VERSION
from soniq_desktop.library.records import Embedding, Features, Listening, Waveform
from soniq_desktop.models.embedder_specs import DEFAULT_EMBEDDER, embedder_spec
from tests.fingerprint_fixtures import made_up


def listen(path):
    """A vector that is the same for the same sound; "slow" in the name takes a while, "bad" fails."""
    if isinstance(path, OnlyHash):
        return audio_hash(path.path)
    name = Path(path).name
    if "bad" in name:
        raise UnreadableAudioError("Nothing but noise.")
    time.sleep(0.5 if "slow" in name else 0.0)
    digest = audio_hash(path)
    spec = embedder_spec(DEFAULT_EMBEDDER)
    vector = np.random.default_rng(int(digest[:8], 16)).normal(1.0, 0.5, spec.dim).astype(np.float32)
    bars = np.zeros(16, np.uint8)
    waveform = Waveform(bars, bars, bars, np.zeros(4, np.float32))
    embedding = Embedding(spec.name, spec.version, vector)
    features = Features(FEATURES_VERSION, tempo=120.0)
    return Listening(digest, 0.2, features, waveform, (embedding,), made_up(int(digest[:8], 16), 1.0))


def fingerprint(path):
    """What `listen` says, without the rest."""
    heard = listen(path)
    return Fingerprinted(heard.audio_hash, heard.duration, heard.fingerprint)
