"""Cards: copies of one recording, two versions of one, and the answer about two songs."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from soniq_desktop.fingerprint.duplicates import Group, Version, why_keep
from soniq_desktop.library.records import Track
from soniq_desktop.services.duplicates import Likeness
from soniq_desktop.ui.components import Button, Card, Cover, IconButton, Label
from soniq_desktop.ui.duplicates.file_row import FileRow
from soniq_desktop.ui.duplicates.overlap import OverlapBar
from soniq_desktop.ui.duplicates.text import difference_text, group_facts, overlap_text, verdict
from soniq_desktop.ui.identify.parts import Rule
from soniq_desktop.ui.services import Services

COVER = 48
Starts = dict[int, float]  # track id -> seconds at which it has the same moment


class ComparedCard(Card):
    """Tracks of which each can be heard from the same moment of the recording.

    `play_wanted(ids, index, starts)`: play these from the one at `index` on.
    """

    play_wanted = Signal(list, int, object)  # ids, index, Starts
    different_wanted = Signal(object, list)  # Track, its others

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.rows: list[FileRow] = []
        self.starts: Starts = {}
        self._services = services
        # Cards in a scrolled column are squeezed where their height may be less than their hint.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 16, 12, 12)
        self.column.setSpacing(4)

    def add_rows(self, rows: list[FileRow], starts: Starts) -> None:
        """`starts`: where each track has what is first heard in all of them."""
        self.rows, self.starts = rows, starts
        ids = [row.track.id for row in rows if not row.track.missing]
        for row in rows:
            self.column.addWidget(Rule())
            self.column.addWidget(row)
            row.play_wanted.connect(
                lambda each=row: self.play_wanted.emit(ids, ids.index(each.track.id), self.starts)
            )
            row.different_wanted.connect(lambda each=row: self._different(each.track))

    def _different(self, track: Track) -> None:
        self.different_wanted.emit(track, [row.track for row in self.rows if row.track.id != track.id])

    def show_playing(self, track: Track | None) -> None:
        """Mark the one that is heard."""
        for row in self.rows:
            row.set_playing(track is not None and row.track.id == track.id)


def head_line(cover: QWidget, title: str, facts: str, *buttons: QWidget) -> QHBoxLayout:
    """Cover, title over facts, and buttons at the right."""
    texts = QVBoxLayout()
    texts.setSpacing(2)
    texts.addWidget(Label(title, "heading", elide=Qt.TextElideMode.ElideRight))
    texts.addWidget(Label(facts, "small", "text3", figures=True, elide=Qt.TextElideMode.ElideRight))
    line = QHBoxLayout()
    line.setSpacing(12)
    line.addWidget(cover)
    line.addLayout(texts, 1)
    for button in buttons:
        line.addWidget(button)
    return line


class GroupCard(ComparedCard):
    """Copies of one recording, the one to keep first, and why."""

    def __init__(self, group: Group, services: Services) -> None:
        super().__init__(services)
        self.group = group
        keep, others = group.keep, [copy.track for copy in group.copies]
        self.cover = Cover(COVER, 6)
        self.setAccessibleName(f"{keep.title}, {group_facts(group)}")
        self.column.addLayout(head_line(self.cover, keep.title, group_facts(group)))
        why = f"Keep the first: {why_keep(keep, others)}."
        self.reason = Label(why, "small", "text2", elide=Qt.TextElideMode.ElideRight)
        self.column.addWidget(self.reason)
        self.column.addSpacing(4)
        rows = [FileRow(keep, "Keep")]
        rows += [FileRow(copy.track, "", difference_text(copy), apart=True) for copy in group.copies]
        self.add_rows(rows, starts_of(group))
        self.show_artwork(keep.tags.artwork)

    def show_artwork(self, key: str | None) -> None:
        """The cover, once it is loaded."""
        if key and key == self.group.keep.tags.artwork:
            self.cover.set_source(self._services.library.artwork(key, COVER))


class VersionCard(ComparedCard):
    """Two tracks that share a part of a recording, on one time line."""

    def __init__(self, version: Version, services: Services) -> None:
        super().__init__(services)
        one, other = version.track, version.other
        words = overlap_text(one, other, version.offset_seconds, version.overlap_seconds)
        self.setAccessibleName(f"{one.title} and {other.title}: {words}")
        self.bar = OverlapBar()
        self.bar.show_tracks(one, other, version.offset_seconds, version.overlap_seconds)
        different = Button("Not the same", "ph.link-break", "ghost")
        different.setAccessibleName(f"{one.title} and {other.title} are not the same recording")
        different.clicked.connect(lambda: self._different(one))
        title = Label(f"{one.title}  and  {other.title}", "heading", elide=Qt.TextElideMode.ElideMiddle)
        line = QHBoxLayout()
        line.addWidget(title, 1)
        line.addWidget(different)
        self.column.addLayout(line)
        self.column.addWidget(Label(words, "small", "text2", elide=Qt.TextElideMode.ElideRight))
        self.column.addSpacing(4)
        self.column.addWidget(self.bar)
        self.column.addSpacing(8)
        offset = version.offset_seconds
        self.add_rows([FileRow(one), FileRow(other)], {one.id: max(0.0, -offset), other.id: max(0.0, offset)})


class AnswerCard(ComparedCard):
    """Is this the same recording as that?"""

    closed = Signal()

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.title = Label("Comparing", "panel", wrap=True)
        self.sentence = Label("", "body", "text2", wrap=True)
        self.bar = OverlapBar()
        self.close_ = IconButton("ph.x", "Close the comparison")
        self.close_.clicked.connect(self.closed)
        line = QHBoxLayout()
        line.addWidget(self.title, 1)
        line.addWidget(self.close_, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(line)
        self.column.addWidget(self.sentence)
        self.column.addWidget(self.bar)
        self.bar.hide()

    def show_sentence(self, title: str, sentence: str) -> None:
        """Waiting, or why there is no answer."""
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.setAccessibleName(f"{title}. {sentence}")

    def show_likeness(self, likeness: Likeness) -> None:
        """The answer, with both songs."""
        one, other, relation = likeness.one, likeness.other, likeness.relation
        self.show_sentence(*verdict(likeness))
        offset = relation.offset_seconds if relation else 0.0
        if relation:
            self.bar.show_tracks(one, other, offset, relation.overlap_seconds)
            self.bar.show()
        rows = [FileRow(each, "", f"{each.title} · {each.artist}") for each in (one, other)]
        self.add_rows(rows, {one.id: max(0.0, -offset), other.id: max(0.0, offset)})


def starts_of(group: Group) -> Starts:
    """Where each copy has the first moment that all of them have, seconds."""
    offsets = {group.keep.id: 0.0} | {copy.track.id: copy.offset_seconds for copy in group.copies}
    first = max(0.0, *(-offset for offset in offsets.values()))
    return {each: first + offset for each, offset in offsets.items()}


def place_in(starts: Starts, heard: int, position: float, wanted: int) -> float:
    """Seconds in track `wanted` at which it has what is at `position` in track `heard`."""
    if heard not in starts:
        return starts[wanted]
    return max(0.0, position - starts[heard] + starts[wanted])
