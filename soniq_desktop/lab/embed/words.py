"""Embedders that read: the lyrics of a song (multilingual MiniLM), and what its tags say."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from soniq_desktop.common.errors import SoniqError
from soniq_desktop.lab.embed.specs import Clips, Embed, ModelSpec, Samples
from soniq_desktop.lab.embed.torch_side import damaged_weights, network, pretrained, transformers
from soniq_desktop.library.lyrics import read_lyrics
from soniq_desktop.library.records import Tags
from soniq_desktop.library.tags import read_tags

MISSING = "[no lyrics]"  # read in the place of lyrics that are not there: such songs are alike
MOST_TOKENS = 128  # what the model was trained with; longer lyrics are read in pieces
MOST_PIECES = 8


def lyrics_text(path: str) -> str:
    """The words of a song without times, or `MISSING`."""
    lyrics = read_lyrics(path)
    text = "\n".join(line.text for line in lyrics.lines if line.text) if lyrics else ""
    return text or MISSING


def tags_of(path: str) -> Tags:
    """The tags; empty ones where they cannot be read."""
    try:
        return read_tags(path)
    except (SoniqError, OSError):
        return Tags()


def metadata_text(tags: Tags) -> str:
    """One word for each fact: "artist=…", "album=…", "genre=…", "decade=1990"."""
    facts = [("artist", tags.artist), ("album", tags.album)]
    facts += [("genre", genre.strip()) for genre in tags.genre.split(";")]
    facts += [("decade", str(tags.year // 10 * 10) if tags.year else "")]
    return "\n".join(f"{name}={value.casefold()}" for name, value in facts if value)


def metadata(_folder: Path, spec: ModelSpec) -> Embed:
    """Feature hashing of the tags (Weinberger et al. 2009): each fact adds ±1 at a place that its hash gives.

    Needs no weights, says the same on every machine, and songs that share an artist, an album, a genre or a
    decade share that place. Nothing known gives zeros.
    """

    def embed(texts: Clips) -> Samples:
        vectors = np.zeros((len(texts), spec.dim), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for fact in str(text).splitlines():
                number = int.from_bytes(hashlib.blake2b(fact.encode(), digest_size=8).digest(), "little")
                row[(number >> 1) % spec.dim] += 1.0 if number & 1 else -1.0
        return vectors

    return embed


def lyrical(folder: Path, _spec: ModelSpec) -> Embed:
    """Mean of the last hidden states over the tokens that are there (Reimers and Gurevych 2019).

    Lyrics of more than 126 tokens are read in up to eight pieces, and the pieces' vectors are averaged by
    their length.
    """
    hub = transformers()
    with damaged_weights("lyrical"):
        tokenizer = hub.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = pretrained(hub.AutoModel, folder)

    def embed(texts: Clips) -> Samples:
        return np.stack([network(_mean, model, _pieces(tokenizer, str(text))) for text in texts])

    return embed


def _pieces(tokenizer: Any, text: str) -> Any:
    """Token ids and mask of up to eight pieces of 128 tokens."""
    return tokenizer(
        text,
        truncation=True,
        max_length=MOST_TOKENS,
        return_overflowing_tokens=True,
        padding=True,
        return_tensors="pt",
    )


def _mean(model: Any, batch: Any) -> Any:
    """(dim,): the mean over all real tokens of all pieces."""
    mask = batch["attention_mask"][:MOST_PIECES]
    hidden = model(input_ids=batch["input_ids"][:MOST_PIECES], attention_mask=mask).last_hidden_state
    weight = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weight).sum(dim=(0, 1)) / weight.sum().clamp(min=1)
