"""Copies of a recording in the library, whatever their format, tags and ends; and its other versions.

Nothing is deleted here or anywhere: a group says what could go.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from soniq_desktop.fingerprint.overlay import Relation
from soniq_desktop.fingerprint.recordings import related
from soniq_desktop.fingerprint.snapshot import Snapshot
from soniq_desktop.library.bulk import LOSSLESS
from soniq_desktop.library.listened import Sound
from soniq_desktop.library.records import Track

SHORTER, LONGER = 0.85, 0.75  # shares of either track from which on they are copies, trimmed perhaps
VERSION_SHARE, VERSION_SECONDS = 0.5, 20.0  # of the shorter track, for two versions of one recording
REPLACED = 0.9  # share of both tracks for a file that takes the place of a missing one


class TrackSource(Protocol):
    """What is needed of `library.catalogue.Catalogue`."""

    def sounds(self) -> list[Sound]: ...
    def tracks(self, ids: Sequence[int]) -> list[Track]: ...


@dataclass(frozen=True, slots=True)
class Copy:
    """A member of a group, against the one that is proposed to be kept.

    Attributes:
        offset_seconds: what is at time t in the kept track is at t + offset_seconds here.
        overlap_seconds: how much is common.
        identical: the very same audio data, tags apart.
    """

    track: Track
    offset_seconds: float
    overlap_seconds: float
    identical: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Copies of one recording: the one to keep, and the others, the best first."""

    keep: Track
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """Two tracks that share a recording, but not all of it: album version and radio edit, say."""

    track: Track
    other: Track
    offset_seconds: float
    overlap_seconds: float


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found, the largest groups and the longest overlaps first."""

    groups: tuple[Group, ...]
    versions: tuple[Version, ...]


def grouped(
    source: TrackSource,
    relations: Iterable[Relation],
    apart: Callable[[Track, Track], bool] = lambda _one, _other: False,
) -> Duplicates:
    """Groups and versions of what was found out by `related`, each pair once, and of equal files.

    Args:
        apart: pairs of which the user said that they are no copies.
    """
    relations = [*_identical(source.sounds(), source), *relations]
    tracks = {track.id: track for track in source.tracks(sorted(_ids(relations)))}
    relations = [
        each
        for each in relations
        if each.track in tracks and each.other in tracks and not apart(tracks[each.track], tracks[each.other])
    ]
    copies = [each for each in relations if is_copy(each)]
    groups = [_group(members, copies, tracks) for members in _connected(copies)]
    versions = _versions(relations, groups, tracks)
    return Duplicates(
        tuple(sorted(groups, key=lambda each: -len(each.copies))),
        tuple(sorted(versions, key=lambda each: -each.overlap_seconds)),
    )


def is_copy(relation: Relation) -> bool:
    """All of the shorter track is in the longer one in one piece, and that is most of the longer.

    Poor encoders spoil some windows: of 64 kbit/s AAC at least 0.9 were measured to be left.
    """
    return relation.straight >= SHORTER and min(relation.share, relation.share_of_other) >= LONGER


def is_whole(relation: Relation) -> bool:
    """Two encodings of one recording from end to end."""
    return is_copy(relation) and min(relation.share, relation.share_of_other) >= REPLACED


def is_version(relation: Relation) -> bool:
    """Two tracks share a good part of a recording."""
    share = max(relation.share, relation.share_of_other)
    return share >= VERSION_SHARE and relation.overlap_seconds >= VERSION_SECONDS


def worth(track: Track) -> tuple[bool, int, float, bool, int, int]:
    """Larger for what is worth keeping: lossless, bitrate, length; then what the user did with it."""
    tags = track.tags
    lossless = tags.codec in LOSSLESS
    quality = tags.sample_rate * max(tags.bit_depth, 1) if lossless else tags.bitrate
    return (lossless, quality, round(tags.duration), track.liked, track.plays, -track.id)


def why_keep(keep: Track, others: Sequence[Track]) -> str:
    """Why this one is proposed, in a few words; in the order in which `worth` decides."""
    best, *rest = (worth(each) for each in (keep, *others))
    names = ("lossless", _finer(keep), "the longest", "liked by you", "played most")
    reasons = []
    for place, name in enumerate(names):
        level = [each for each in rest if each[place] == best[place]]
        if len(level) < len(rest):
            reasons.append(name)
        rest = level
    if rest:
        reasons.append("in the library for longest")
    return " and ".join(reasons)


def _finer(track: Track) -> str:
    return "the finest resolution" if track.tags.codec in LOSSLESS else "the highest bitrate"


def replacements(source: TrackSource, snapshot: Snapshot, ids: Iterable[int]) -> list[tuple[int, int]]:
    """(new, missing) pairs: new tracks that are another encoding of a whole recording whose file is gone.

    A track that was played or liked since it is there is a track in its own right, and stays one.
    """
    pairs = []
    taken: set[int] = set()
    for new in source.tracks(list(ids)):
        if new.missing or new.plays or new.liked:
            continue
        near = [
            each for each in related(snapshot, new.id) if min(each.share, each.share_of_other) >= REPLACED
        ]
        lost = [track for track in source.tracks([each.other for each in near]) if track.missing]
        old = next((track for track in lost if track.id not in taken), None)
        if old is not None:
            taken.add(old.id)
            pairs.append((new.id, old.id))
    return pairs


def _identical(sounds: Sequence[Sound], source: TrackSource) -> Iterator[Relation]:
    """Relations of tracks with the same audio data, of which the index holds one."""
    first: dict[str, int] = {}
    twins = []
    for sound in sounds:
        if sound.audio_hash in first:
            twins.append((first[sound.audio_hash], sound.track_id))
        else:
            first[sound.audio_hash] = sound.track_id
    durations = {each.id: each.tags.duration for each in source.tracks([twin for _, twin in twins])}
    for one, other in twins:
        yield Relation(one, other, 0.0, durations.get(other, 0.0), 1.0, 1.0, 1.0)


def _ids(relations: Iterable[Relation]) -> set[int]:
    return {number for each in relations for number in (each.track, each.other)}


def _connected(relations: Sequence[Relation]) -> list[list[int]]:
    """Tracks that hang together by these relations (union-find)."""
    root = {number: number for number in _ids(relations)}

    def find(number: int) -> int:
        while root[number] != number:
            root[number] = root[root[number]]
            number = root[number]
        return number

    for each in relations:
        root[find(each.other)] = find(each.track)
    groups: dict[int, list[int]] = {}
    for number in sorted(root):
        groups.setdefault(find(number), []).append(number)
    return list(groups.values())


def _group(members: Sequence[int], relations: Sequence[Relation], tracks: dict[int, Track]) -> Group:
    ordered = sorted((tracks[number] for number in members), key=worth, reverse=True)
    keep = ordered[0]
    reached = _reach(keep.id, relations)
    copies = [
        Copy(track, *reached[track.id], track.audio_hash is not None and track.audio_hash == keep.audio_hash)
        for track in ordered[1:]
    ]
    return Group(keep, tuple(copies))


def _reach(start: int, relations: Sequence[Relation]) -> dict[int, tuple[float, float]]:
    """Offset and overlap of each track against `start`, along the relations between them."""
    steps: dict[int, list[Relation]] = {}
    for each in relations:
        steps.setdefault(each.track, []).append(each)
        steps.setdefault(each.other, []).append(each.inverse)
    reached = {start: (0.0, float("inf"))}
    waiting = [start]
    for here in waiting:  # grows while it is walked: nearest first
        offset, overlap = reached[here]
        for step in steps.get(here, ()):
            if step.other not in reached:
                reached[step.other] = (offset + step.offset_seconds, min(overlap, step.overlap_seconds))
                waiting.append(step.other)
    return reached


def _versions(
    relations: Sequence[Relation], groups: Sequence[Group], tracks: dict[int, Track]
) -> Iterator[Version]:
    """Of each pair of groups (or tracks without one) that share a recording the longest overlap."""
    leader = {copy.track.id: group.keep.id for group in groups for copy in group.copies}
    best: dict[tuple[int, int], Relation] = {}
    for each in relations:
        one, other = leader.get(each.track, each.track), leader.get(each.other, each.other)
        key = min(one, other), max(one, other)
        if one == other or is_copy(each) or not is_version(each):
            continue
        if key not in best or best[key].overlap_seconds < each.overlap_seconds:
            best[key] = each
    for each in best.values():
        yield Version(tracks[each.track], tracks[each.other], each.offset_seconds, each.overlap_seconds)
