"""A scroll bar that keeps its place but is not seen while there is nothing to scroll."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollBar, QWidget


class QuietScrollBar(QScrollBar):
    """For areas whose policy is AlwaysOn, so that columns do not shift when a list grows.

    The style sheet draws no handle for a disabled bar.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setEnabled(False)

    def sliderChange(self, change: QScrollBar.SliderChange) -> None:
        super().sliderChange(change)
        if change == QScrollBar.SliderChange.SliderRangeChange:
            self.setEnabled(self.maximum() > self.minimum())
