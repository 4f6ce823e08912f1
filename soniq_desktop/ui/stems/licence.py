"""The licence of a model, read and accepted before it is fetched."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from soniq_desktop.ui.components import Button, Label, Popover, Toggle
from soniq_desktop.ui.songs.text import file_size
from soniq_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from soniq_desktop.services.stem_choices import EngineChoice

WIDTH, HEIGHT = 560, 260


def open_licence(owner: QWidget, choice: "EngineChoice", accepted: Callable[[], None] | None) -> Popover:
    """Show it; with `accepted` it can be agreed to, which calls that."""
    popover = Popover(owner, name=f"Licence of {choice.title}", width=WIDTH, padding=24)
    popover.body.addWidget(Label(f"Licence of {choice.title}", "heading"))
    popover.body.addWidget(Label(f"In short: {choice.licence}.", "body", "text2", wrap=True))
    popover.body.addWidget(_text(choice.licence_text))
    row = QHBoxLayout()
    row.setSpacing(12)
    cancel = Button("Close" if accepted is None else "Cancel")
    cancel.clicked.connect(popover.close_popover)
    if accepted is not None:
        agree = Toggle("I have read the licence and accept it", text="I have read it and accept it")
        row.addWidget(agree)
    row.addStretch(1)
    row.addWidget(cancel)
    if accepted is not None:
        get = Button(f"Download {file_size(choice.download_bytes)}", "ph.download-simple", "primary")
        get.setEnabled(False)
        agree.toggled.connect(get.setEnabled)
        get.clicked.connect(lambda: _agree(popover, accepted))
        row.addWidget(get)
    popover.body.addLayout(row)
    popover.open_centred()
    return popover


def _agree(popover: Popover, accepted: Callable[[], None]) -> None:
    popover.close_popover()
    accepted()


def _text(licence: str) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFixedHeight(Theme.current().px(HEIGHT))
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setAccessibleName("Text of the licence")
    paragraphs = [" ".join(each.split()) for each in licence.strip().split("\n\n")]
    label = Label("\n\n".join(paragraphs), "small", "text2", wrap=True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    area.setWidget(label)
    area.viewport().setAutoFillBackground(False)
    label.setAutoFillBackground(False)
    return area
