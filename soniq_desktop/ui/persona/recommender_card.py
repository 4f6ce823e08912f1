"""Which recommender is in use, and by how much it wins on the listener's own later plays."""

from PySide6.QtWidgets import QVBoxLayout

from soniq_desktop.services.hybrid import HybridService
from soniq_desktop.ui.components import Card, Label

NOT_YET = "Recommendations go by the sound alone; your habits have not been checked yet."


class RecommenderCard(Card):
    """A sentence for the radio, one for For you."""

    def __init__(self, service: HybridService) -> None:
        super().__init__()
        self._service = service
        self.setAccessibleName("What recommends")
        self.words = Label("", "small", "text2", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(19, 14, 14, 14)
        layout.setSpacing(6)
        layout.addWidget(Label("What recommends", "body", weight=600))
        layout.addWidget(self.words)
        service.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.words.setText("\n".join(self._service.lines()) or NOT_YET)
