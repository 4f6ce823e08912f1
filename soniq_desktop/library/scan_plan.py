"""What a scan has to do: the files on the disk compared with the rows of the catalogue."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from soniq_desktop.library.catalogue import Catalogue, KnownFile
from soniq_desktop.library.mounts import Mounts
from soniq_desktop.library.records import Problem
from soniq_desktop.library.tags import TAGS_VERSION
from soniq_desktop.library.walk import FoundFile, Walk


@dataclass(slots=True)
class Plan:
    """The outcome of looking at names, sizes and times; no file has been opened.

    Attributes:
        folders: what was looked through.
        read: paths whose tags are to be read, in order.
        identify: those of `read` whose sound is to be identified too (`audio_hash`).
        known: rows below the scanned folders, by path.
        vanished: ids of rows whose file is gone.
        returned: ids of missing rows whose file is there again, unchanged.
        unreadable: folders that could not be opened, with the reason.
        absent: library folders that are not there at all (a drive that is not plugged in).
        outdated: ids of problems that are no more.
        unchanged: how many files are as they were.
    """

    folders: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    identify: set[str] = field(default_factory=set)
    known: dict[str, KnownFile] = field(default_factory=dict)
    vanished: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    outdated: list[Problem] = field(default_factory=list)
    unchanged: int = 0


def plan_scan(
    catalogue: Catalogue,
    folders: Sequence[str],
    *,
    deep: bool = False,
    again: bool = False,
    on_file: Callable[[FoundFile], bool] = lambda _file: True,
) -> Plan:
    """Walk `folders` (library folders or folders inside them) and compare.

    Args:
        deep: read every file and identify its sound, whatever its size and time say.
        again: read the tags of every file.
        on_file: told of each file found; returns False to stop the walk, which leaves the plan empty.
    """
    plan = Plan(folders=outermost(folders))
    walk = Walk(Mounts.now().without_files())
    tried = {(problem.path, problem.stage): problem for problem in catalogue.problems(dismissed=True)}
    found: dict[str, FoundFile] = {}
    for folder in plan.folders:
        known = catalogue.known_files(folder)
        plan.known |= known
        root = _root_of(folder, catalogue.folders())
        if is_absent(root, has_tracks=bool(known)):
            plan.absent.append(root)
            plan.vanished += [row.id for row in known.values() if not row.missing]
            continue
        for file in walk.files(folder):
            found[file.path] = file
            if not on_file(file):
                return Plan()
        _note_vanished(plan, known, found, walk.unreadable)
    plan.unreadable = walk.unreadable
    for file in found.values():
        _judge(plan, file, tried.get((file.path, "tags")), deep=deep, again=again)
    plan.outdated = [problem for problem in tried.values() if _outdated(problem, folders, found, plan)]
    return plan


def outermost(folders: Sequence[str]) -> list[str]:
    """Folders without those that lie inside another one."""
    unique = sorted(dict.fromkeys(os.path.abspath(folder) for folder in folders))  # noqa: PTH100
    return [one for one in unique if not any(inside(one, other) for other in unique if other != one)]


def inside(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def is_absent(folder: str, *, has_tracks: bool) -> bool:
    """Whether a library folder as a whole is not there: gone, unreachable, or an empty mount point."""
    try:
        with os.scandir(folder) as entries:
            return has_tracks and next(entries, None) is None
    except PermissionError:
        return False  # that is a problem to be named
    except OSError:
        return True


def _root_of(folder: str, roots: Sequence[str]) -> str:
    return next((root for root in roots if inside(folder, root)), folder)


def _note_vanished(
    plan: Plan,
    known: Mapping[str, KnownFile],
    found: Mapping[str, FoundFile],
    unreadable: Mapping[str, str],
) -> None:
    """Nobody knows what is in a folder that cannot be opened: its tracks stay as they are."""
    gone = (path for path, row in known.items() if not row.missing and path not in found)
    plan.vanished += [known[path].id for path in gone if not any(inside(path, one) for one in unreadable)]


def _judge(plan: Plan, file: FoundFile, problem: Problem | None, *, deep: bool, again: bool) -> None:
    row = plan.known.get(file.path)
    if problem is not None and problem.at > file.changed_at and not deep:
        plan.unchanged += 1  # it failed as it is now; Retry is for the user
        return
    same = row is not None and (row.size, row.mtime_ns) == (file.size, file.mtime_ns)
    if (
        same
        and not (deep or again)
        and row is not None
        and row.tags_version >= TAGS_VERSION
        and problem is None
    ):
        plan.unchanged += 1
        if row.missing:
            plan.returned.append(row.id)
        return
    plan.read.append(file.path)
    if deep or (row is not None and not same):
        plan.identify.add(file.path)


def _outdated(problem: Problem, folders: Sequence[str], found: Mapping[str, FoundFile], plan: Plan) -> bool:
    """A problem with a folder that opens again, or with a file that is gone."""
    covered = any(inside(problem.path, folder) for folder in folders)
    hidden = any(inside(problem.path, one) for one in (*plan.unreadable, *plan.absent))
    if problem.stage == "scan":
        return covered and not hidden
    return problem.stage == "tags" and covered and not hidden and problem.path not in found
