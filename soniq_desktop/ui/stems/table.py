"""The mixer as a table: what each lane is set to, and how loud it is now."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from soniq_desktop.audio.mixer import MixState
from soniq_desktop.ui.components import Button, Label, Popover
from soniq_desktop.ui.stems.look import gain_text, look, semitones_text, spoken_pan

if TYPE_CHECKING:
    from soniq_desktop.ui.stems.board import Board

HEADS = ("Stem", "Gain", "Pan", "Heard", "Level now")


def rows(board: "Board", state: MixState) -> list[tuple[str, ...]]:
    """A line for each lane, in the columns of HEADS."""
    soloed = any(lane.solo for lane in state.lanes)
    lines: list[tuple[str, ...]] = []
    for head, meter, lane in zip(board.heads, board.meters, state.lanes, strict=False):
        heard = (
            "muted" if lane.muted else "soloed" if lane.solo else "no, another is soloed" if soloed else "yes"
        )
        level = meter.describe()
        gain = gain_text(type(lane)(lane.gain_db))
        lines.append((look(head.stem).title, gain, spoken_pan(lane.pan), heard, level))
    return lines


def open_table(owner: QWidget, board: "Board", state: MixState, loop: str) -> Popover:
    """Show it in the middle of the window."""
    popover = Popover(owner, name="Mixer as a table", width=620, padding=24)
    popover.body.addWidget(Label("Mixer", "heading"))
    grid = QGridLayout()
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(8)
    for column, name in enumerate(HEADS):
        grid.addWidget(Label(name, "caption", "text3"), 0, column)
    for row, line in enumerate(rows(board, state), start=1):
        for column, text in enumerate(line):
            label = Label(text, "body", "text" if column == 0 else "text2", figures=True)
            label.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            label.setAccessibleName(f"{HEADS[column]}: {text}")
            grid.addWidget(label, row, column)
    popover.body.addLayout(grid)
    settings = (
        f"Loop: {loop or 'off'} · speed {state.speed * 100:.0f} % · key {semitones_text(state.semitones)}"
    )
    popover.body.addWidget(Label(settings, "small", "text2", wrap=True))
    close = Button("Close")
    close.clicked.connect(popover.close_popover)
    popover.body.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
    popover.open_centred()
    return popover
