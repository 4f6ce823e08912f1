"""Asking before the stems of other songs are deleted: making them again takes minutes."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from soniq_desktop.ui.components import Popover, confirm
from soniq_desktop.ui.songs.text import file_size


def ask_to_free(owner: QWidget, anchor: QWidget, size: int, delete: Callable[[], None]) -> Popover:
    """`size` in bytes of all stems; `delete` is called when the user agrees."""
    words = (
        f"Stems take {file_size(size)} on this computer. Those of all songs but the one in the mixer are "
        "deleted; they can be made again."
    )
    return confirm(
        owner, "Free up space?", words, "Delete", delete, no="Keep them", danger=True, anchor=anchor
    )
