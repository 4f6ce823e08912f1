"""Asking before the stems of other songs are deleted: making them again takes minutes."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from soniq_desktop.ui.components import Button, Label, Popover
from soniq_desktop.ui.songs.text import file_size


def ask_to_free(owner: QWidget, anchor: QWidget, size: int, delete: Callable[[], None]) -> Popover:
    """`size` in bytes of all stems; `delete` is called when the user agrees."""
    popover = Popover(owner, name="Free up space", width=320)
    popover.body.addWidget(Label("Free up space", "panel"))
    words = (
        f"Stems take {file_size(size)} on this computer. Those of all songs but the one in the mixer are "
        "deleted; they can be made again."
    )
    popover.body.addWidget(Label(words, "body", "text2", wrap=True))
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addStretch(1)
    keep, go = Button("Keep them"), Button("Delete", kind="danger")
    keep.clicked.connect(popover.close_popover)
    go.clicked.connect(popover.close_popover)
    go.clicked.connect(lambda: delete())  # noqa: PLW0108 - without the button's state
    row.addWidget(keep)
    row.addWidget(go)
    popover.body.addLayout(row)
    popover.open_at(anchor, right=True)
    return popover
