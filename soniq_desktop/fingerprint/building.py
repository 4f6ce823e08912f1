"""A segment in memory from the fingerprints of a few tracks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.fingerprint.layout import HASH_BITS
from soniq_desktop.fingerprint.records import Fingerprint
from soniq_desktop.fingerprint.segment import (
    HASH_BYTES,
    Dimensions,
    Segment,
    bucket_bits,
    count_blocks,
    offsets,
    time_line,
)

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Entry:
    """A track that is to be indexed. `audio_hash` is hex, 32 characters, or empty where it is not known."""

    track_id: int
    audio_hash: str
    fingerprint: Fingerprint


def build(entries: Sequence[Entry], hash_bits: int = HASH_BITS) -> Segment:
    """One segment of these tracks, in memory; takes time and room in proportion to their postings."""
    prints = [entry.fingerprint for entry in entries]
    starts, end = time_line([print_.frames for print_ in prints])
    hashes = _joined([print_.hashes for print_ in prints], np.uint32)
    frames = _joined(_moved([print_.hash_times for print_ in prints], starts), np.uint32)
    peaks = _joined(_moved([print_.peak_times for print_ in prints], starts), np.uint32)
    bits = bucket_bits(len(hashes), hash_bits)
    order = np.lexsort((frames, hashes))
    counts = np.bincount(hashes >> np.uint32(hash_bits - bits), minlength=1 << bits)
    return Segment(
        name="",
        dimensions=Dimensions(end, hash_bits, bits),
        track_ids=np.array([entry.track_id for entry in entries], np.int64),
        audio_hashes=np.array([hash_bytes(entry.audio_hash) for entry in entries], np.uint8).reshape(
            -1, HASH_BYTES
        ),
        starts=starts,
        lengths=np.array([print_.frames for print_ in prints], np.uint32),
        buckets=offsets(counts),
        lows=low_bytes(hashes[order], hash_bits - bits),
        postings=frames[order],
        blocks=offsets(count_blocks(peaks, end)),
        peak_steps=(peaks & np.uint32(255)).astype(np.uint8),
        peak_bins=_joined([print_.peak_bins for print_ in prints], np.uint16),
        alive=np.ones(len(entries), np.bool_),
    )


def hash_bytes(audio_hash: str) -> NDArray[np.uint8]:
    """(HASH_BYTES,) of a hash in hex; zeros where it is empty. Raises ValueError for anything else."""
    raw = bytes.fromhex(audio_hash) or bytes(HASH_BYTES)
    if len(raw) != HASH_BYTES:
        raise ValueError(f"an audio hash of {len(raw)} bytes")
    return np.frombuffer(raw, np.uint8)


def low_bytes(hashes: NDArray[np.uint32], shift: int) -> NDArray[np.uint8]:
    """What a bucket's number does not say of its hashes; empty where it says all."""
    if not shift:
        return np.zeros(0, np.uint8)
    return (hashes & np.uint32((1 << shift) - 1)).astype(np.uint8)


def _moved(times: Sequence[NDArray[np.uint32]], starts: NDArray[np.uint32]) -> list[NDArray[np.uint32]]:
    return [np.asarray(each + start, np.uint32) for each, start in zip(times, starts, strict=True)]


def _joined(parts: Sequence[NDArray[Any]], dtype: type[Number]) -> NDArray[Number]:
    return np.concatenate([np.zeros(0, dtype), *parts]).astype(dtype, copy=False)
