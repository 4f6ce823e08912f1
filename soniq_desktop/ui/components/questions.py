"""Short questions in the window itself: a name to type, or a yes and a no. Neither stops anything else."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from soniq_desktop.ui.components.buttons import Button
from soniq_desktop.ui.components.label import Label
from soniq_desktop.ui.components.popover import Popover

WIDTH = 340
LONGEST_NAME = 200  # characters


def ask_name(
    owner: QWidget, title: str, button: str, then: Callable[[str], object], *, text: str = ""
) -> Popover:
    """Ask for a name in the middle of the window; `then` gets it, stripped, and never an empty one."""
    popover = Popover(owner, name=title, width=WIDTH, padding=20)
    edit = QLineEdit(text)
    edit.setAccessibleName("Name")
    edit.setPlaceholderText("Name")
    edit.setMaxLength(LONGEST_NAME)
    edit.selectAll()
    cancel, good = Button("Cancel", kind="ghost"), Button(button, kind="primary")
    good.setEnabled(bool(text.strip()))
    edit.textChanged.connect(lambda typed: good.setEnabled(bool(typed.strip())))

    def answer() -> None:
        name = edit.text().strip()
        if name:
            popover.close_popover()
            then(name)

    edit.returnPressed.connect(answer)
    good.clicked.connect(answer)
    cancel.clicked.connect(popover.close_popover)
    popover.body.addWidget(Label(title, "panel"))
    popover.body.addWidget(edit)
    popover.body.addLayout(_buttons(cancel, good))
    popover.open_centred()
    return popover


def confirm(
    owner: QWidget, question: str, detail: str, yes: str, then: Callable[[], object], *, no: str = "Keep",
    danger: bool = False, anchor: QWidget | None = None,
) -> Popover:  # fmt: skip
    """Ask before something is done; `then` is called on `yes`. The focus is on the way out.

    It opens below `anchor`, lined up at the right, or in the middle of the window.
    """
    popover = Popover(owner, name=question, width=WIDTH, padding=20)
    keep, go = Button(no, kind="ghost"), Button(yes, kind="danger" if danger else "secondary")

    def agree() -> None:
        popover.close_popover()
        then()

    keep.clicked.connect(popover.close_popover)
    go.clicked.connect(agree)
    popover.body.addWidget(Label(question, "body", weight=600, wrap=True))
    popover.body.addWidget(Label(detail, "small", "text2", wrap=True))
    popover.body.addLayout(_buttons(keep, go))
    if anchor is None:
        popover.open_centred()
    else:
        popover.open_at(anchor, right=True)
    return popover


def _buttons(*buttons: Button) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch()
    for button in buttons:
        row.addWidget(button)
    return row
