"""`soniq identify` and `soniq duplicates`: asking the fingerprint index."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from soniq_desktop.audio.capture import Recording, choose_input, input_devices
from soniq_desktop.audio.decode import Decoder, probe
from soniq_desktop.cli import library
from soniq_desktop.cli.output import bars, clock
from soniq_desktop.cli.work import default_workers
from soniq_desktop.common.control import Control
from soniq_desktop.common.errors import NotFoundError
from soniq_desktop.common.paths import Paths
from soniq_desktop.fingerprint.compared import FILE_NAME
from soniq_desktop.fingerprint.comparison import ComparingProgress, compare_library
from soniq_desktop.fingerprint.duplicates import Copy, Duplicates, Group, Version, grouped
from soniq_desktop.fingerprint.identify import EMPTY, Identifier
from soniq_desktop.fingerprint.records import Match, NoMatch
from soniq_desktop.fingerprint.reports import Identified, Listened, SetListed, Unknown
from soniq_desktop.fingerprint.session import LONGEST_CLIP, listen, read_file
from soniq_desktop.fingerprint.setlist import is_certain
from soniq_desktop.fingerprint.store import FingerprintStore
from soniq_desktop.library.catalogue import Catalogue
from soniq_desktop.library.distinct import NotDuplicates
from soniq_desktop.library.records import Track
from soniq_desktop.library.recovery import open_documents

LONGEST = 60.0  # seconds of a file that are read for one answer; the engine uses the loudest part
NOTHING_COMPARED = "No track of your library has been listened to yet, so there is nothing to compare."
Answer = Match | NoMatch


def identify_file(paths: Paths, path: str, seconds: float | None) -> Answer:
    """Which track a file, or its first `seconds`, is from. Raises UnreadableAudioError, NotFoundError."""
    decoder = Decoder(_file(path))
    try:
        samples = decoder.read(round((seconds or LONGEST) * decoder.sample_rate))
    finally:
        decoder.close()
    with FingerprintStore(paths.fingerprints, merging=False) as store:
        return Identifier(store).identify(samples, decoder.sample_rate)


def identify_microphone(paths: Paths) -> Answer:
    """Listen until it is sure, at most 15 s. Raises InputDeviceError."""
    device = choose_input(None, input_devices())
    with FingerprintStore(paths.fingerprints, merging=False) as store, TemporaryDirectory() as scratch:
        for report in listen(Recording(device), Identifier(store), Path(scratch) / "clip.wav"):
            if isinstance(report, Identified):
                return report.match
            if isinstance(report, Unknown):
                return report.result
    raise NotFoundError("Nothing was heard.")


def set_list(paths: Paths, path: str) -> tuple[Listened, ...]:
    """The tracks of a mix with their times.

    Raises UnreadableAudioError; NotFoundError for a short file, or where there is nothing to compare with.
    """
    if probe(_file(path)).duration <= LONGEST_CLIP:
        raise NotFoundError("This is too short for a set list.", "Identify it without --setlist.")
    if not anything_listened_to(paths):
        raise NotFoundError(EMPTY)
    entries: tuple[Listened, ...] = ()
    with FingerprintStore(paths.fingerprints, merging=False) as store, bars() as display:
        bar = display.add_task("Listening ", total=100, item="")
        for report in read_file(path, Identifier(store), Path()):  # nothing is written for a long file
            if isinstance(report, SetListed):
                entries = report.entries
                display.update(bar, completed=round(100 * (report.done or 0.0)))
    return entries


def _file(path: str) -> str:
    """The same path. Raises NotFoundError where no file is there."""
    if Path(path).is_dir():
        raise NotFoundError(f"{path} is a folder.", "Name one file in it.")
    if not Path(path).exists():
        raise NotFoundError(f"There is no file {path}.")
    return path


def anything_listened_to(paths: Paths) -> bool:
    """Whether there is something to compare."""
    with FingerprintStore(paths.fingerprints, merging=False) as store:
        return bool(len(store.track_ids()))


def duplicates(catalogue: Catalogue, paths: Paths) -> Duplicates:
    """Copies and versions in the library, without those that the user said are none.

    What was compared before, here or in the window, is not compared again.
    """
    with bars() as display:
        bar = display.add_task("Comparing ", total=None, item="")

        def show(progress: ComparingProgress) -> None:
            display.update(bar, completed=progress.done, total=progress.total)

        compared = compare_library(
            paths.fingerprints,
            paths.cache / FILE_NAME,
            control=Control(),
            workers=default_workers(),
            progress=show,
        )
        known = max(len(compared.sounds), 1)
        display.update(bar, completed=known, total=known)
    decisions = NotDuplicates(open_documents(paths)).decisions()
    return grouped(catalogue, compared.relations.values(), decisions.apart)


# As data, and as lines for people


def answer_data(catalogue: Catalogue, answer: Answer) -> dict[str, Any]:
    """An answer for JSON; `match` is null where nothing was recognised."""
    ids = [each.track_id for each in answer.alternatives]
    tracks = {track.id: track for track in catalogue.tracks(ids)}
    alternatives = [
        {
            **library.as_data(tracks[each.track_id]),
            "offset_seconds": round(each.offset_seconds, 3),
            "score": round(each.score, 3),
        }
        for each in answer.alternatives
        if each.track_id in tracks
    ]
    if isinstance(answer, NoMatch):
        return {
            "match": None,
            "reason": answer.reason,
            "best_guess_similarity": round(answer.best_guess_similarity, 4),
            "alternatives": alternatives,
        }
    match = {
        "track": library.as_data(known_track(catalogue, answer.track_id)),
        "offset_seconds": round(answer.offset_seconds, 3),
        "tempo_ratio": round(answer.tempo_ratio, 4),
        "pitch_ratio": round(answer.pitch_ratio, 4),
        "confidence": round(answer.confidence, 5),
        "false_alarm_rate": answer.false_alarm_rate,
    }
    return {"match": match, "alternatives": alternatives}


def answer_lines(catalogue: Catalogue, answer: Answer) -> Iterator[str]:
    if isinstance(answer, NoMatch):
        yield answer.reason
        return
    track = known_track(catalogue, answer.track_id)
    yield f"{track.title} by {track.artist}, from {clock(max(0.0, answer.offset_seconds))}"
    yield f"{_sureness(answer.confidence)} sure; {_false_alarms(answer.false_alarm_rate)}"
    if abs(answer.tempo_ratio - 1) > 0.004 or abs(answer.pitch_ratio - 1) > 0.004:
        yield f"tempo {_change(answer.tempo_ratio)}, pitch {_change(answer.pitch_ratio)}"


def _sureness(confidence: float) -> str:
    return "more than 99.9 %" if confidence > 0.999 else f"{100 * confidence:.1f} %"


def _false_alarms(rate: float) -> str:
    """Rates below one in a million are extrapolated further than they were measured."""
    share = "fewer than one in a million" if rate < 1e-6 else f"about one in {round(1 / rate):,}"
    return f"{share} clips of unknown music would be named as clearly"


def _change(ratio: float) -> str:
    return f"{(ratio - 1) * 100:+.1f} %".replace("-", "−")


def known_track(catalogue: Catalogue, track_id: int) -> Track:
    """Raises NotFoundError where the index is ahead of the library."""
    track = catalogue.track(track_id)
    if track is None:
        raise NotFoundError("The track that was recognised has left the library.", "Scan the library again.")
    return track


def set_list_data(catalogue: Catalogue, entries: Sequence[Listened]) -> list[dict[str, Any]]:
    """The entries for JSON, seconds on the file's clock."""
    tracks = {track.id: track for track in catalogue.tracks([each.track_id for each in entries])}
    return [
        {
            **asdict(each),
            "certain": is_certain(each),
            "title": tracks[each.track_id].title,
            "artist": tracks[each.track_id].artist,
            "path": tracks[each.track_id].path,
        }
        for each in entries
        if each.track_id in tracks
    ]


def group_data(group: Group) -> dict[str, Any]:
    """A group of copies for JSON."""
    return {"keep": _file_data(group.keep), "copies": [_copy_data(copy) for copy in group.copies]}


def _copy_data(copy: Copy) -> dict[str, Any]:
    return {
        **_file_data(copy.track),
        "offset_seconds": round(copy.offset_seconds, 2),
        "overlap_seconds": round(copy.overlap_seconds, 1),
        "identical": copy.identical,
    }


def version_data(version: Version) -> dict[str, Any]:
    """Two versions of one recording for JSON."""
    return {
        "track": _file_data(version.track),
        "other": _file_data(version.other),
        "offset_seconds": round(version.offset_seconds, 2),
        "overlap_seconds": round(version.overlap_seconds, 1),
    }


def _file_data(track: Track) -> dict[str, Any]:
    tags = track.tags
    facts = {"bitrate": tags.bitrate, "sample_rate": tags.sample_rate, "bit_depth": tags.bit_depth}
    return {**library.as_data(track), **facts, "size": track.size}


def group_lines(group: Group) -> Iterator[str]:
    yield f"{group.keep.title} by {group.keep.artist}"
    yield f"  keep  {file_line(group.keep)}"
    for copy in group.copies:
        yield f"        {file_line(copy.track)}{_difference(copy)}"


def _difference(copy: Copy) -> str:
    if copy.identical:
        return "  (the same sound, bit by bit)"
    if abs(copy.offset_seconds) < 0.5:
        return ""
    return f"  (begins {abs(copy.offset_seconds):.1f} s {'later' if copy.offset_seconds < 0 else 'earlier'})"


def version_line(version: Version) -> str:
    one, other = version.track, version.other
    return (
        f"{one.title} by {one.artist} ({clock(one.tags.duration)}) and {other.title} by {other.artist}"
        f" ({clock(other.tags.duration)}) share {clock(version.overlap_seconds)}"
    )


def file_line(track: Track) -> str:
    """Format, bitrate or depth, length and path."""
    tags = track.tags
    detail = f"{tags.bit_depth} bit" if tags.bit_depth else f"{tags.bitrate / 1000:.0f} kbit/s"
    gone = " (missing)" if track.missing else ""
    return f"{tags.codec} {detail}, {clock(tags.duration)}  {Path(track.path)}{gone}"
