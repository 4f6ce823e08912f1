"""Fingerprints without music: random landmarks in the shape and number of real ones."""

import numpy as np

from soniq_desktop.fingerprint.layout import HASH_BITS
from soniq_desktop.fingerprint.records import Fingerprint
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.fingerprint.store import FingerprintStore

PEAKS_PER_SECOND, HASHES_PER_SECOND, FRAMES_PER_SECOND = 40, 72, 43


def made_up(seed: int, seconds: float = 20.0, hash_bits: int = HASH_BITS) -> Fingerprint:
    """A fingerprint that depends on `seed` alone; some hashes are far commoner than others, as in music."""
    rng = np.random.default_rng(seed)
    frames = int(seconds * FRAMES_PER_SECOND)
    peaks, hashes = int(seconds * PEAKS_PER_SECOND), int(seconds * HASHES_PER_SECOND)
    spread = rng.random(hashes) ** 3  # low hashes are common
    return Fingerprint(
        frames,
        np.sort(rng.integers(0, frames, peaks)).astype(np.uint32),
        rng.integers(12, 500, peaks).astype(np.uint16),
        (spread * (1 << hash_bits)).astype(np.uint32),
        np.sort(rng.integers(0, frames, hashes)).astype(np.uint32),
    )


def sound(seed: int) -> str:
    """An audio hash."""
    return f"{seed:032x}"


def melody(seconds: float, rate: int = 44_100, seed: int = 0) -> np.ndarray:
    """Music enough for landmarks: plucked random notes over a little noise, (frames, 2) float32."""
    rng = np.random.default_rng(seed)
    mono = rng.normal(0.0, 0.003, round(seconds * rate))
    for at in np.arange(0.0, seconds - 0.3, 0.12):
        length = min(rate // 2, len(mono) - round(at * rate))
        t = np.arange(length) / rate
        hertz = 110.0 * 2 ** (rng.integers(0, 48) / 12)
        note = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in range(1, 6))
        mono[round(at * rate) :][:length] += 0.08 * note * np.exp(-t / 0.15)
    return np.repeat(mono[:, None], 2, axis=1).astype(np.float32)


def fill(store: FingerprintStore, ids, seconds: float = 5.0) -> None:
    """Add made-up tracks."""
    for each in ids:
        store.add(each, sound(each), made_up(each, seconds))


def occurrences(snapshot: Snapshot, hashes) -> set[tuple[int, int, int]]:
    """(hash, track, frame in the track) of all living postings of these hashes."""
    found = set()
    for segment, frames, owners in snapshot.postings(np.asarray(hashes, np.uint32), 1 << 40):
        index = segment.track_at(frames)
        alive = segment.alive[index]
        starts = segment.starts[index].astype(np.int64)
        rows = zip(
            np.asarray(hashes)[owners][alive], segment.track_ids[index][alive], (frames - starts)[alive],
            strict=True,
        )  # fmt: skip
        found |= {(int(a), int(b), int(c)) for a, b, c in rows}
    return found


def expected(prints: dict[int, Fingerprint], hashes) -> set[tuple[int, int, int]]:
    wanted = set(np.asarray(hashes).tolist())
    return {
        (int(value), track, int(frame))
        for track, print_ in prints.items()
        for value, frame in zip(print_.hashes, print_.hash_times, strict=True)
        if int(value) in wanted
    }


def check_whole(snapshot: Snapshot, prints: dict[int, Fingerprint]) -> None:
    """Every posting and every peak of exactly these tracks is there."""
    assert snapshot.track_ids().tolist() == sorted(prints)
    hashes = np.unique(np.concatenate([np.zeros(0, np.uint32), *(each.hashes for each in prints.values())]))
    assert occurrences(snapshot, hashes) == expected(prints, hashes)
    for track, print_ in prints.items():
        place = snapshot.locate(track)
        assert place is not None
        frames, bins = place[0].track_peaks(place[1])
        np.testing.assert_array_equal(frames, print_.peak_times)
        np.testing.assert_array_equal(bins, print_.peak_bins)
